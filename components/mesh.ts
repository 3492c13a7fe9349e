import { hopsBetween, type MeshGeometry, PORT_TILE, routerPlace } from '../mapping/floor-plan/mesh-geometry.js';
import type { Actor, Kernel } from '../sim/kernel.js';
import type { TraceSink, TrackId } from '../sim/trace/trace.js';
import type { LinkStatistics } from './chip-statistics.js';
import type { MachineConfig } from './machine.js';
import { SETTLE, START } from './pe-phases.js';

/** Who sends packets, and hears of them. */
export interface PacketClient {
  /** The packet has left its tile: the first link has carried it. In phase `settle`. */
  packetLeft(tag: number): void;
  /** The last link has carried it. In phase `settle`. */
  packetArrived(tag: number): void;
}

/** The way between two tiles. */
export interface Route {
  readonly from: number;
  readonly to: number;
  /** Links between routers, and those of them that are between chips. */
  readonly hops: number;
  readonly crossings: number;
  /** From the sending tile to the receiving one, which is at least two; none before the first packet. */
  links: readonly Link[];
}

/** A packet under way; the mesh takes it back when it has arrived. */
class Packet {
  flits = 0;
  links: readonly Link[] = [];
  rank = 0;
  client: PacketClient | null = null;
  tag = 0;
  /** Index in `links` of the link that it asks next, or is on. */
  next = 0;
  /** When its last flit was behind the link before. */
  tailAt = 0;
  asked = 0;
  /** The packet behind it in the queue of a link. */
  behind: Packet | null = null;

  /** @param number its index in the mesh's packets */
  constructor(readonly number: number) {}
}

const BEGIN = 0;
const END = 1;
const HEAD = 2;

/**
 * A link of the network: carries one packet at a time, and begins only when there is room for the packet behind it
 * (virtual cut-through, docs/timing-model.md, rule 13).
 */
class Link implements Actor {
  packets = 0;
  flits = 0;
  busy = 0;
  wait = 0;
  waitMax = 0;
  stallBuffer = 0;
  /** The first and the last of the packets that wait, in the order of service. */
  private first: Packet | null = null;
  private last: Packet | null = null;
  private current: Packet | null = null;
  /** Index of this link on the way of the current packet. */
  private place = 0;
  private freeSince = 0;
  /** Packets that the buffer behind the link still takes. */
  private room: number;
  private readonly begin: number;
  private readonly end: number;
  private readonly track: TrackId;

  constructor(
    private readonly kernel: Kernel,
    private readonly mesh: Mesh,
    readonly path: string,
    private readonly flitCycles: number,
    private readonly hopCycles: number,
    bufferPackets: number,
    private readonly trace: TraceSink | null,
  ) {
    this.room = bufferPackets;
    this.begin = kernel.event(this, BEGIN);
    this.end = kernel.event(this, END);
    this.track = trace?.track(path) ?? -1;
    kernel.monitor(this);
  }

  ask(packet: Packet): void {
    const { last } = this;
    const { now } = this.kernel;
    packet.asked = now;
    if (last === null) this.first = packet;
    else if (last.asked < now || last.rank <= packet.rank) last.behind = packet;
    else this.insert(packet);
    if (packet.behind === null) this.last = packet;
    this.wake();
  }

  /** Puts a packet before the first one of this cycle that comes after it; there is one. */
  private insert(packet: Packet): void {
    let before: Packet | null = null;
    let after = this.first!;
    while (after.asked < packet.asked || after.rank <= packet.rank) {
      before = after;
      after = after.behind!;
    }
    packet.behind = after;
    if (before === null) this.first = packet;
    else before.behind = packet;
  }

  on(kind: number, arg: number): void {
    if (kind === BEGIN) this.beginPacket();
    else if (kind === END) this.endPacket();
    else this.headArrives(arg);
  }

  outstanding(): string[] {
    let waiting = this.current === null ? 0 : 1;
    for (let packet = this.first; packet !== null; packet = packet.behind) waiting++;
    return waiting === 0 ? [] : [`${this.path} has ${waiting} packets left; room behind it for ${this.room}`];
  }

  get statistics(): LinkStatistics {
    const { path, busy, packets, flits, wait, waitMax, stallBuffer } = this;
    return { path, use: { busy, requests: packets, wait, waitMax }, stallBuffer, packets, flits };
  }

  private beginPacket(): void {
    const packet = this.first;
    if (this.current !== null || packet === null || this.room === 0) return;
    const { now } = this.kernel;
    this.first = packet.behind;
    if (this.first === null) this.last = null;
    packet.behind = null;
    const wait = now - packet.asked;
    this.wait += wait;
    if (wait > this.waitMax) this.waitMax = wait;
    const stalled = now - Math.max(packet.asked, this.freeSince);
    if (stalled > 0) {
      this.stallBuffer += stalled;
      this.trace?.span(this.track, 'stall.buffer', now - stalled, now);
    }
    // The last flit cannot leave before it has come.
    const cycles = Math.max(packet.flits * this.flitCycles, packet.tailAt + this.flitCycles - now);
    this.room--;
    this.current = packet;
    this.place = packet.next;
    this.busy += cycles;
    this.packets++;
    this.flits += packet.flits;
    packet.tailAt = now + cycles;
    this.trace?.span(this.track, 'packet', now, now + cycles);
    this.kernel.schedule(this.end, cycles, SETTLE);
    if (packet.next < packet.links.length - 1) this.kernel.post(this.hopCycles, this, HEAD, packet.number, SETTLE);
  }

  private headArrives(number: number): void {
    const packet = this.mesh.packets[number]!;
    packet.next++;
    packet.links[packet.next]!.ask(packet);
  }

  private endPacket(): void {
    const { mesh, place } = this;
    const { now } = this.kernel;
    const packet = this.current!;
    const { links, tag } = packet;
    const client = packet.client!;
    const isLast = place === links.length - 1;
    this.current = null;
    this.freeSince = now;
    if (place > 0) links[place - 1]!.leave();
    if (isLast) {
      this.room++;
      mesh.takeBack(packet);
    }
    if (this.first !== null) {
      // What asked before this cycle comes before all that may still ask in it.
      if (this.room > 0 && this.first.asked < now) this.beginPacket();
      else this.wake();
    }
    if (place === 0) client.packetLeft(tag);
    if (isLast) client.packetArrived(tag);
  }

  /** A packet behind this link has gone on. */
  private leave(): void {
    this.room++;
    if (this.first !== null) this.wake();
  }

  private wake(): void {
    if (this.current === null && !this.kernel.isPending(this.begin)) this.kernel.schedule(this.begin, 0, START);
  }
}

/** The network-on-chip: routers in a mesh, XY routing, and the links between them, the tiles and the port. */
export class Mesh {
  packetsInjected = 0;
  packetsDelivered = 0;
  linkFlits = 0;
  chipLinkFlits = 0;
  routerFlits = 0;
  /** Of the packets under way, and those that may be used again. */
  readonly packets: Packet[] = [];
  private readonly unused: Packet[] = [];
  private readonly links = new Map<string, Link>();
  /** By sending tile and receiving tile, each + 1. */
  private readonly routes: Route[][] = [];
  private readonly geometry: MeshGeometry;
  /** Of all chips together. */
  private readonly columns: number;

  constructor(
    private readonly kernel: Kernel,
    private readonly machine: MachineConfig,
    chips: number,
    private readonly trace: TraceSink | null,
  ) {
    this.geometry = meshOf(machine);
    this.columns = machine.chip.columns * chips;
  }

  /** The way from tile to tile; either may be the port. */
  route(from: number, to: number): Route {
    this.routes[from + 1] ??= [];
    const routes = this.routes[from + 1]!;
    routes[to + 1] ??= this.newRoute(from, to);
    return routes[to + 1]!;
  }

  /**
   * Sends a packet over a route.
   *
   * @param rank order among the packets that ask a link in the same cycle
   */
  send(route: Route, bytes: number, rank: number, client: PacketClient, tag: number): void {
    if (route.links.length === 0) route.links = this.linksOf(route);
    const packet = this.unused.pop() ?? this.newPacket();
    packet.flits = this.count(route, bytes);
    packet.links = route.links;
    packet.rank = rank;
    packet.client = client;
    packet.tag = tag;
    packet.next = 0;
    packet.tailAt = 0;
    route.links[0]!.ask(packet);
  }

  /** Counts a packet of a schedule that is fixed beforehand, which waits for nothing. */
  countScheduled(route: Route, bytes: number): void {
    this.count(route, bytes);
    this.packetsDelivered++;
  }

  /** A packet has arrived. */
  takeBack(packet: Packet): void {
    this.packetsDelivered++;
    packet.client = null;
    this.unused.push(packet);
  }

  private newPacket(): Packet {
    const packet = new Packet(this.packets.length);
    this.packets.push(packet);
    return packet;
  }

  /** Counts a packet and its flits on links and in routers; returns its flits. */
  private count({ hops, crossings }: Route, bytes: number): number {
    const flits = Math.ceil(bytes / this.machine.router.flitBytes);
    this.packetsInjected++;
    this.linkFlits += flits * (hops + 2);
    this.chipLinkFlits += flits * crossings;
    this.routerFlits += flits * (hops + 1);
    return flits;
  }

  get statistics(): LinkStatistics[] {
    return [...this.links.values()].map((link) => link.statistics).sort((a, b) => (a.path < b.path ? -1 : 1));
  }

  private newRoute(from: number, to: number): Route {
    const [a, b] = [routerPlace(this.geometry, from), routerPlace(this.geometry, to)];
    const { columns } = this.geometry;
    const crossings = Math.abs(Math.floor(a.x / columns) - Math.floor(b.x / columns));
    return { from, to, hops: hopsBetween(a, b), crossings, links: [] };
  }

  /** First along the row, then along the column. */
  private linksOf({ from, to }: Route): Link[] {
    const path = [this.link(`${placeName(from)}.Out`, this.machine.router.bufferPackets, false)];
    let { x, y } = routerPlace(this.geometry, from);
    const goal = routerPlace(this.geometry, to);
    while (x !== goal.x || y !== goal.y) {
      const name = `Chip.Router[${y * this.columns + x}]`;
      const east = x < goal.x;
      const { columns } = this.machine.chip;
      if (x !== goal.x) {
        const nextX = east ? x + 1 : x - 1;
        const betweenChips = Math.floor(x / columns) !== Math.floor(nextX / columns);
        path.push(this.link(`${name}.${east ? 'East' : 'West'}`, this.machine.router.bufferPackets, betweenChips));
        x = nextX;
      } else {
        const south = y < goal.y;
        path.push(this.link(`${name}.${south ? 'South' : 'North'}`, this.machine.router.bufferPackets, false));
        y += south ? 1 : -1;
      }
    }
    path.push(this.link(`${placeName(to)}.In`, Number.POSITIVE_INFINITY, false));
    return path;
  }

  private link(name: string, bufferPackets: number, betweenChips: boolean): Link {
    let link = this.links.get(name);
    if (link === undefined) {
      const { router, offChip } = this.machine;
      const flitCycles = betweenChips ? offChip.flitCycles : router.flitCycles;
      link = new Link(this.kernel, this, name, flitCycles, router.hopCycles, bufferPackets, this.trace);
      this.links.set(name, link);
    }
    return link;
  }
}

function placeName(tile: number): string {
  return tile === PORT_TILE ? 'Chip.Port' : `Chip.Tile[${tile}]`;
}

/** The routers of the chips, as the floor plan sees them too. */
export function meshOf({ chip, router }: MachineConfig): MeshGeometry {
  return { columns: chip.columns, rows: chip.rows, tilesPerRouter: router.tiles };
}
