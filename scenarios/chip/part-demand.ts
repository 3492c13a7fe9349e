import type { MachineConfig } from '../../components/machine.js';
import { meshOf } from '../../components/mesh.js';
import { cyclesFor } from '../../components/tile-services.js';
import { BYTES_PER_SUM, type Part } from '../../mapping/chip-program.js';
import { hopsBetween, PORT_TILE, routerPlace } from '../../mapping/floor-plan/mesh-geometry.js';
import type { PlacedPart, PlacedStage } from './placed-stage.js';

/** Cycles of a tile's servers that one part asked for in a run, by the rules 7 to 13 of docs/timing-model.md. */
export interface PartDemand {
  /** Fetches, pixels for finishing, and the writing of pixels into its buffers. */
  bank: number;
  bus: number;
  shiftAdd: number;
  activation: number;
  pooling: number;
}

/** What each part of the stages asks of its tile; the demands of a tile's parts sum to the use of its servers. */
export function partDemands(stages: readonly PlacedStage[], machine: MachineConfig): Map<PlacedPart, PartDemand> {
  const demands = new Map<PlacedPart, PartDemand>();
  for (const { stage, parts } of stages) {
    for (const placed of parts) demands.set(placed, ownDemand(stage.kind, placed, parts, machine));
  }
  addWrites(stages, machine, demands);
  return demands;
}

function ownDemand(
  kind: string,
  { part, replica, windows }: PlacedPart,
  parts: readonly PlacedPart[],
  { edram, bus, tileShiftAdd, activation, pooling }: MachineConfig,
): PartDemand {
  const finishBytes = part.buffers.reduce((sum, buffer) => sum + buffer.finishBytes, 0);
  const fetched = kind === 'source' ? 0 : part.fetchBytes;
  const toPes = kind === 'matrix' ? fetched : 0;
  const replicaParts = parts.filter((other) => other.replica === replica);
  const own = replicaParts.findIndex((other) => other.part === part);
  const gathered = replicaParts.reduce(
    (sum, other, i) => sum + (i === own ? 0 : cyclesFor(other.part.sumsTo[own] ?? 0, tileShiftAdd.addsPerCycle)),
    0,
  );
  const merged = (cyclesOf: (sums: number) => number) => part.pes.reduce((sum, pe) => sum + cyclesOf(pe.sums), 0);
  return {
    bank: windows * (cyclesFor(fetched, edram.bytesPerCycle) + cyclesFor(finishBytes, edram.bytesPerCycle)),
    bus:
      windows *
      (cyclesFor(toPes, bus.bytesPerCycle) + merged((sums) => cyclesFor(sums * BYTES_PER_SUM, bus.bytesPerCycle))),
    shiftAdd: windows * (merged((sums) => cyclesFor(sums, tileShiftAdd.addsPerCycle)) + gathered),
    activation: kind === 'matrix' ? windows * cyclesFor(part.homeValues, activation.valuesPerCycle) : 0,
    pooling: windows * cyclesFor(part.vectorValues, pooling.valuesPerCycle),
  };
}

/** Pixels are written into the bank of the part that receives them. */
function addWrites(
  stages: readonly PlacedStage[],
  { edram }: MachineConfig,
  demands: ReadonlyMap<PlacedPart, PartDemand>,
): void {
  const receivers = new Map<Part, PlacedPart>();
  for (const { parts } of stages) for (const placed of parts) receivers.set(placed.part, placed);
  for (const { pass, parts } of stages) {
    for (const { part, windows } of parts) {
      for (const destination of part.destinations) {
        if (destination.kind === 'port') continue;
        const { stage, replica, part: index } = destination;
        const receiver = receivers.get(pass.program.stages[stage]!.replicas[replica]!.parts[index]!)!;
        demands.get(receiver)!.bank += windows * cyclesFor(destination.bytes, edram.bytesPerCycle);
      }
    }
  }
}

/** Bytes of all packets times the links between routers that they cross: shares of pixels, sums, input and outputs. */
export function trafficByteHops(stages: readonly PlacedStage[], machine: MachineConfig): number {
  const mesh = meshOf(machine);
  const hops = (from: number, to: number) => hopsBetween(routerPlace(mesh, from), routerPlace(mesh, to));
  let total = 0;
  for (const { stage, pass, parts } of stages) {
    for (const { part, replica, windows } of parts) {
      for (const destination of part.destinations) {
        const to =
          destination.kind === 'port'
            ? PORT_TILE
            : pass.program.stages[destination.stage]!.replicas[destination.replica]!.parts[destination.part]!.tile;
        total += windows * destination.bytes * hops(part.tile, to);
      }
      part.sumsTo.forEach((sums, home) => {
        const to = stage.replicas[replica]!.parts[home]!.tile;
        total += windows * sums * BYTES_PER_SUM * hops(part.tile, to);
      });
    }
  }
  return total;
}
