import type { MachineConfig } from '../../components/machine.js';
import { meshOf } from '../../components/mesh.js';
import { routerPlace, tilesPerChip } from '../../mapping/floor-plan/mesh-geometry.js';
import type { EdramUse, FloorPlanPart, FloorPlanTile } from '../../sim/results/chip-result.js';
import { type PlacedPart, type PlacedStage, tilePath } from './placed-stage.js';

/** What stands on each tile that holds a part of the network, by tile and then in the order of execution. */
export function floorPlanOf(stages: readonly PlacedStage[], machine: MachineConfig): FloorPlanTile[] {
  const tiles = new Map<number, FloorPlanPart[]>();
  for (const { stage, pass, parts } of stages) {
    for (const placed of parts) {
      const { part, replica } = placed;
      if (part.tile < 0) continue;
      const onTile = tiles.get(part.tile) ?? [];
      const room = bufferBytes(placed, ({ capacity }) => capacity);
      onTile.push({
        layer: stage.name,
        replica,
        pass: pass.index,
        pes: part.pes.length,
        crossbars: part.pes.reduce((sum, { crossbars }) => sum + crossbars.count, 0),
        buffer_bytes: Number.isFinite(room) ? room : null,
        bufferPeak_bytes: peakBytes(placed),
      });
      tiles.set(part.tile, onTile);
    }
  }
  const mesh = meshOf(machine);
  const perChip = tilesPerChip(mesh);
  return [...tiles]
    .sort(([a], [b]) => a - b)
    .map(([tile, parts]) => ({ tile, chip: Math.floor(tile / perChip), ...routerPlace(mesh, tile), parts }));
}

/** How full the tiles' eDRAM was; of several passes the fullest counts. */
export function edramUse(stages: readonly PlacedStage[], { edram }: MachineConfig): EdramUse {
  const peaks = new Map<number, Map<number, number>>();
  for (const { pass, parts } of stages) {
    for (const placed of parts) {
      if (placed.part.tile < 0) continue;
      const ofPasses = peaks.get(placed.part.tile) ?? new Map<number, number>();
      ofPasses.set(pass.index, (ofPasses.get(pass.index) ?? 0) + peakBytes(placed));
      peaks.set(placed.part.tile, ofPasses);
    }
  }
  const fullest = { tile: -1, bytes: -1 };
  let keptElsewhere_bytes = 0;
  for (const [tile, ofPasses] of [...peaks].sort(([a], [b]) => a - b)) {
    const bytes = Math.max(...ofPasses.values());
    keptElsewhere_bytes += Math.max(0, bytes - edram.bytes);
    if (bytes > fullest.bytes) Object.assign(fullest, { tile, bytes });
  }
  return {
    capacity_bytes: edram.bytes,
    fullest: fullest.tile < 0 ? '' : `${tilePath(fullest.tile)}.Edram`,
    peak_bytes: Math.max(0, fullest.bytes),
    keptElsewhere_bytes,
  };
}

function peakBytes(placed: PlacedPart): number {
  return bufferBytes(placed, (_, input) => placed.statistics.bufferPeak[input]!);
}

function bufferBytes({ part }: PlacedPart, pixels: (buffer: { capacity: number }, input: number) => number): number {
  return part.buffers.reduce((sum, buffer, input) => {
    // A part that needs nothing of an input has no buffer for it, whatever its capacity.
    return buffer.bytesPerPixel === 0 ? sum : sum + buffer.bytesPerPixel * pixels(buffer, input);
  }, 0);
}
