import { BYTES_PER_SUM, type ChipProgram, type Part } from '../chip-program.js';
import { hopsBetween, type MeshGeometry, PORT_TILE, routerPlace } from './mesh-geometry.js';

/** Bytes that go from one tile to another (-1: the port) in packets, for an image. */
export interface Flow {
  readonly from: number;
  readonly to: number;
  /** A mean where the windows of an image do not divide evenly among replicas. */
  readonly bytes: number;
}

/** All flows between different tiles, in the order of from and to. */
export function flowsOf({ stages }: ChipProgram): Flow[] {
  const byPair = new Map<number, Map<number, number>>();
  const add = (from: number, to: number, bytes: number): void => {
    if (from === to || bytes === 0) return;
    let ofFrom = byPair.get(from);
    if (ofFrom === undefined) {
      ofFrom = new Map();
      byPair.set(from, ofFrom);
    }
    ofFrom.set(to, (ofFrom.get(to) ?? 0) + bytes);
  };
  for (const { windows, replicas } of stages) {
    const perReplica = windows / replicas.length;
    for (const { parts } of replicas) {
      for (const part of parts) {
        part.sumsTo.forEach((sums, home) => {
          add(part.tile, parts[home]!.tile, sums * BYTES_PER_SUM * perReplica);
        });
        for (const destination of part.destinations) {
          const to =
            destination.kind === 'port'
              ? PORT_TILE
              : partAt(stages, destination.stage, destination.replica, destination.part).tile;
          add(part.tile, to, destination.bytes * perReplica);
        }
      }
    }
  }
  const byNumber = ([a]: readonly [number, unknown], [b]: readonly [number, unknown]) => a - b;
  return [...byPair]
    .sort(byNumber)
    .flatMap(([from, ofFrom]) => [...ofFrom].sort(byNumber).map(([to, bytes]) => ({ from, to, bytes })));
}

function partAt(stages: ChipProgram['stages'], stage: number, replica: number, part: number): Part {
  return stages[stage]!.replicas[replica]!.parts[part]!;
}

/** Sum over all packets of an image of bytes x links between routers. */
export function byteHops(flows: readonly Flow[], mesh: MeshGeometry, tileAt?: readonly number[]): number {
  const place = (tile: number) => routerPlace(mesh, tile === PORT_TILE ? tile : (tileAt?.[tile] ?? tile));
  return flows.reduce((sum, { from, to, bytes }) => sum + bytes * hopsBetween(place(from), place(to)), 0);
}
