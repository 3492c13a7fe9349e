import type { NetworkLayer } from '../scheme.js';
import { blockFormat } from './block-format.js';
import { blockCount, blockGrid } from './block-grid.js';
import { narrowBlocks } from './narrow-blocks.js';
import type { PrecisionTables } from './precision-tables.js';
import { outputPower, type SaturationNoise, saturationNoise } from './saturation-noise.js';

/**
 * Precisions by a search on trained weights. BWQ and BSQ find them while they train, by a group lasso on bit planes; we
 * start from trained weights and have no gradients, so this is a reconstruction of the outcome, not of the way.
 */

/** Sums of noises differ in their last digits from `relativeNoise`; this much of the budget is kept back. */
const MARGIN = 1e-9;

/** Which grids are tried. */
export type GridSearch = 'searched' | 'fixed';

export interface ChosenPrecisions {
  readonly magnitudeBits: number;
  readonly tables: PrecisionTables;
}

/**
 * The grid and the precision of every block with the fewest bits stored, within a noise share.
 *
 * On each grid, blocks are narrowed step by step: next comes the step with the least noise per bit saved, taken along the
 * lower convex hull of each block's noise over its precision, until the share is used up. More noise only lengthens that
 * list of steps, so it never costs bits. Of all grids the one with the fewest bits is taken, of equal ones the finest.
 * Where even the finest grid is noisier than allowed, nothing is narrowed on it.
 *
 * @param noise share of the layer's output power, as `relativeNoise` counts it
 */
export function choosePrecisions(layer: NetworkLayer, noise: number, search: GridSearch): ChosenPrecisions {
  const budget = noise * (1 - MARGIN) * outputPower(layer.matrix, layer.inputPower);
  let best: { bits: number; magnitudeBits: number; narrowed: Uint8Array } | null = null;
  for (const magnitudeBits of gridsTried(layer, search)) {
    const noises = layerNoise(layer, magnitudeBits);
    if (best !== null && noises.rounding > budget) continue;
    const narrowed = narrowBlocks(noises, budget - noises.rounding);
    const bits = narrowed.reduce((sum, precision) => sum + precision, 0);
    if (best === null || bits < best.bits) best = { bits, magnitudeBits, narrowed };
  }
  const { magnitudeBits, narrowed } = best!;
  const perCopy = blockCount(blockGrid(layer.shape));
  const copies = narrowed.length / perCopy;
  const tables = Array.from({ length: copies }, (_, copy) => narrowed.slice(copy * perCopy, (copy + 1) * perCopy));
  return { magnitudeBits, tables };
}

/**
 * The same with one precision for all blocks of the layer: the smallest one that some grid allows within the noise share,
 * on the grid with the least noise. Where no grid allows any, what the weights need on the finest grid.
 */
export function chooseLayerPrecision(
  layer: NetworkLayer,
  noise: number,
  search: GridSearch,
): { readonly magnitudeBits: number; readonly precision: number } {
  const budget = noise * (1 - MARGIN) * outputPower(layer.matrix, layer.inputPower);
  let best: { magnitudeBits: number; precision: number; noise: number } | null = null;
  for (const magnitudeBits of gridsTried(layer, search)) {
    const noises = layerNoise(layer, magnitudeBits);
    const needed = noises.needed.reduce((a, b) => Math.max(a, b), 0);
    let precision = needed;
    while (precision > 0 && noiseOfAll(noises, precision - 1) <= budget) precision--;
    const candidate = { magnitudeBits, precision, noise: noiseOfAll(noises, precision) };
    if (best === null) best = candidate;
    else if (candidate.noise > budget) continue;
    else if (precision < best.precision || (precision === best.precision && candidate.noise < best.noise)) {
      best = candidate;
    }
  }
  return { magnitudeBits: best!.magnitudeBits, precision: best!.precision };
}

/** Magnitude bits of the grids that are tried, the finest first. Integers stay on the grid that they have. */
function gridsTried({ matrix, shape }: NetworkLayer, search: GridSearch): number[] {
  const finest = shape.weightBits - 1;
  if (search === 'fixed' || matrix.grid !== null) return [finest];
  return Array.from({ length: finest }, (_, coarser) => finest - coarser);
}

function layerNoise({ matrix, shape, inputPower }: NetworkLayer, magnitudeBits: number): SaturationNoise {
  return saturationNoise(matrix, inputPower, magnitudeBits, blockFormat(shape, magnitudeBits), blockGrid(shape));
}

function noiseOfAll({ rounding, needed, stride, excess }: SaturationNoise, precision: number): number {
  let noise = rounding;
  for (let block = 0; block < needed.length; block++) noise += excess[block * stride + precision]!;
  return noise;
}
