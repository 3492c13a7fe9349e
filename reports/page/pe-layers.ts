import type { Result } from '../../sim/results/result.js';

/**
 * Layers whose weights a PE holds, by the path of the PE: one, or where several passes program it anew one of each. Read off
 * the floor plan: the parts of a tile take its PEs in their order, and every pass begins anew. Empty without a chip.
 */
export function layersOfPes({ chip }: Result): ReadonlyMap<string, readonly string[]> {
  const layers = new Map<string, string[]>();
  for (const { tile, parts } of chip?.floorPlan ?? []) {
    const taken = new Map<number, number>();
    for (const { layer, pass, pes } of parts) {
      const first = taken.get(pass) ?? 0;
      taken.set(pass, first + pes);
      for (let pe = first; pe < first + pes; pe++) {
        const path = `Chip.Tile[${tile}].Pe[${pe}]`;
        const known = layers.get(path) ?? [];
        if (!known.includes(layer)) layers.set(path, [...known, layer]);
      }
    }
  }
  return layers;
}
