import { hopsBetween, type MeshGeometry, PORT_TILE, type RouterPlace, routerPlace } from './mesh-geometry.js';
import { byteHops, type Flow } from './traffic.js';

/**
 * Moves the contents of whole tiles, so that what fits together stays together: which tile of the chips each tile in use
 * becomes, for a small sum of bytes x hops.
 *
 * Two beginnings, the numbers as they are and one that sets the tile with most traffic to those already set onto the best
 * free place, again and again; then each tile in turn changes places with the one, or the free place, that lessens the sum
 * most, until none does or the steps are used up. The result is never worse than the numbers as they are.
 *
 * @param used tiles in use, numbered from 0
 * @param available tiles of the chips, at least `used`
 * @param steps terms of the sum that may be looked at; bounds the time, and keeps the result the same on every machine
 * @returns by tile in use: its tile of the chips
 */
export function placeByTraffic(
  flows: readonly Flow[],
  used: number,
  available: number,
  mesh: MeshGeometry,
  steps = 100_000_000,
): number[] {
  const asNumbered = Array.from({ length: used }, (_, tile) => tile);
  const fromNumbers = new TrafficSearch(flows, used, available, mesh, steps / 2);
  const fromGreedy = new TrafficSearch(flows, used, available, mesh, steps / 2);
  const candidates = [asNumbered, fromNumbers.improve(asNumbered), fromGreedy.improve(fromGreedy.greedy())];
  const sums = candidates.map((tileAt) => byteHops(flows, mesh, tileAt));
  return candidates[sums.indexOf(Math.min(...sums))]!;
}

interface Neighbour {
  /** -1: the port. */
  readonly tile: number;
  /** Both ways. */
  readonly bytes: number;
}

class TrafficSearch {
  private readonly neighbours: Neighbour[][];
  /** Router of each tile of the chips, and the places of all routers. */
  private readonly routerOf: Int32Array;
  private readonly places: RouterPlace[] = [];
  private readonly port: RouterPlace;

  constructor(
    flows: readonly Flow[],
    private readonly used: number,
    private readonly available: number,
    mesh: MeshGeometry,
    private steps: number,
  ) {
    this.neighbours = neighboursOf(flows, used);
    this.port = routerPlace(mesh, PORT_TILE);
    this.routerOf = new Int32Array(available);
    for (let tile = 0; tile < available; tile++) {
      const router = Math.floor(tile / mesh.tilesPerRouter);
      this.routerOf[tile] = router;
      if (router === this.places.length) this.places.push(routerPlace(mesh, tile));
    }
  }

  /** Sets one tile after another; costs about used x (used + routers) steps. */
  greedy(): number[] {
    const { used, available, neighbours, places, routerOf } = this;
    const tileAt = new Array<number>(used).fill(-1);
    const isFree = new Array<boolean>(available).fill(true);
    const drawn = neighbours.map((list) => list.find(({ tile }) => tile === PORT_TILE)?.bytes ?? 0);
    for (let set = 0; set < used; set++) {
      let next = -1;
      for (let tile = 0; tile < used; tile++) {
        if (tileAt[tile] === -1 && (next === -1 || drawn[tile]! > drawn[next]!)) next = tile;
      }
      const costs = this.costsAt(next, tileAt);
      let best = -1;
      for (let place = 0; place < available; place++) {
        if (isFree[place] && (best === -1 || costs[routerOf[place]!]! < costs[routerOf[best]!]!)) best = place;
      }
      tileAt[next] = best;
      isFree[best] = false;
      for (const { tile, bytes } of neighbours[next]!) if (tile !== PORT_TILE) drawn[tile]! += bytes;
      this.steps -= used + places.length;
    }
    return tileAt;
  }

  improve(start: readonly number[]): number[] {
    const { used, routerOf } = this;
    const tileAt = [...start];
    const tileOn = new Int32Array(this.available).fill(-1);
    tileAt.forEach((place, tile) => {
      tileOn[place] = tile;
    });
    for (let moved = true; moved && this.steps > 0; ) {
      moved = false;
      for (let tile = 0; tile < used && this.steps > 0; tile++) {
        const place = this.bestExchange(tile, tileAt, tileOn);
        if (place === null) continue;
        const other = tileOn[place]!;
        const own = tileAt[tile]!;
        tileOn[place] = tile;
        tileOn[own] = other;
        tileAt[tile] = place;
        if (other >= 0) tileAt[other] = own;
        moved = moved || routerOf[own] !== routerOf[place];
      }
    }
    return tileAt;
  }

  /** The place that, exchanged with that of a tile, lessens the sum most; null where none does. */
  private bestExchange(tile: number, tileAt: readonly number[], tileOn: Int32Array): number | null {
    const { routerOf, places, neighbours } = this;
    const own = routerOf[tileAt[tile]!]!;
    const costs = this.costsAt(tile, tileAt);
    const between = new Map(neighbours[tile]!.map((neighbour) => [neighbour.tile, neighbour.bytes]));
    let best: number | null = null;
    let least = 0;
    for (let place = 0; place < this.available; place++) {
      const router = routerOf[place]!;
      // An exchange that saves nothing on the tile's own side may still help the other one, but then that one finds it.
      if (router === own || costs[router]! >= costs[own]!) continue;
      const other = tileOn[place]!;
      let change = costs[router]! - costs[own]!;
      if (other >= 0) {
        change += this.costAt(other, own, tileAt) - this.costAt(other, router, tileAt);
        // Both sums took the two tiles to be together afterwards; they stay as far apart as they were.
        change += 2 * (between.get(other) ?? 0) * hopsBetween(places[own]!, places[router]!);
      }
      if (change < least && isLess(change, costs[own]!)) {
        best = place;
        least = change;
      }
    }
    return best;
  }

  /** Bytes x hops of a tile if it stood at each router, the others where they are; those without a place do not count. */
  private costsAt(tile: number, tileAt: readonly number[]): Float64Array {
    const costs = new Float64Array(this.places.length);
    for (let router = 0; router < costs.length; router++) costs[router] = this.costAt(tile, router, tileAt);
    return costs;
  }

  private costAt(tile: number, router: number, tileAt: readonly number[]): number {
    const place = this.places[router]!;
    const neighbours = this.neighbours[tile]!;
    let cost = 0;
    for (const { tile: other, bytes } of neighbours) {
      if (other === PORT_TILE) cost += bytes * hopsBetween(place, this.port);
      else if (tileAt[other]! >= 0) cost += bytes * hopsBetween(place, this.places[this.routerOf[tileAt[other]!]!]!);
    }
    this.steps -= neighbours.length + 1;
    return cost;
  }
}

/** Changes within the rounding of the sums are none, so that no exchange is made and undone for ever. */
function isLess(change: number, cost: number): boolean {
  return change < -1e-9 * cost;
}

/** By tile: whom it exchanges bytes with, in the order of their numbers. */
function neighboursOf(flows: readonly Flow[], used: number): Neighbour[][] {
  const bytes = Array.from({ length: used }, () => new Map<number, number>());
  const add = (tile: number, other: number, amount: number): void => {
    if (tile !== PORT_TILE) bytes[tile]!.set(other, (bytes[tile]!.get(other) ?? 0) + amount);
  };
  for (const flow of flows) {
    add(flow.from, flow.to, flow.bytes);
    add(flow.to, flow.from, flow.bytes);
  }
  return bytes.map((ofTile) =>
    [...ofTile].sort(([a], [b]) => a - b).map(([tile, amount]) => ({ tile, bytes: amount })),
  );
}
