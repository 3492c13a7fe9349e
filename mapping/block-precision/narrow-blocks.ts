import type { SaturationNoise } from './saturation-noise.js';

/** Steps that narrow blocks, those of a block together, the widest precision first. */
interface NarrowingSteps {
  readonly count: number;
  /** Index of the block, over all copies. */
  readonly block: Int32Array;
  /** Precision before and after the step. */
  readonly from: Uint8Array;
  readonly to: Uint8Array;
  /** Noise per bit that the step saves. */
  readonly slope: Float64Array;
}

/**
 * The precision of every block, [copies][blocks], after the steps that a noise budget allows. Next comes always the step
 * with the least noise per bit saved, of equal ones that of the first block; the first step that does not fit ends it.
 */
export function narrowBlocks(noises: SaturationNoise, budget: number): Uint8Array {
  const steps = narrowingSteps(noises);
  const limit = affordableSlope(steps, budget);
  const precisions = noises.needed.slice();
  let { left } = limit;
  for (let step = 0; step < steps.count; step++) {
    const block = steps.block[step]!;
    const slope = steps.slope[step]!;
    // Slopes of a block grow along its hull, so a step is taken only after those before it; rounding could say otherwise.
    if (slope > limit.slope || precisions[block] !== steps.from[step]) continue;
    if (slope === limit.slope) {
      left -= slope * (steps.from[step]! - steps.to[step]!);
      if (left < 0) left = Number.NEGATIVE_INFINITY;
      if (left < 0) continue;
    }
    precisions[block] = steps.to[step]!;
  }
  return precisions;
}

/** The lower convex hull of every block's noise over its precision, from the needed precision down to 0. */
function narrowingSteps({ needed, stride, excess }: SaturationNoise): NarrowingSteps {
  const most = needed.reduce((sum, precision) => sum + precision, 0);
  const block = new Int32Array(most);
  const from = new Uint8Array(most);
  const to = new Uint8Array(most);
  const slope = new Float64Array(most);
  let count = 0;
  for (let b = 0; b < needed.length; b++) {
    for (let p = needed[b]!; p > 0; p = to[count - 1]!) {
      const here = excess[b * stride + p]!;
      let least = Number.POSITIVE_INFINITY;
      for (let below = p - 1; below >= 0; below--) {
        const perBit = (excess[b * stride + below]! - here) / (p - below);
        if (perBit > least) continue;
        least = perBit;
        to[count] = below;
      }
      block[count] = b;
      from[count] = p;
      slope[count++] = least;
    }
  }
  return { count, block, from, to, slope };
}

/**
 * The smallest slope whose steps do not all fit into the budget, infinite where all do, and what is left of the budget
 * after all steps below it. Sorted bit by bit, so that plain numbers are sorted and not objects.
 */
function affordableSlope({ count, from, to, slope }: NarrowingSteps, budget: number): { slope: number; left: number } {
  const perBit = new Float64Array(slope.length);
  let bits = 0;
  for (let step = 0; step < count; step++) {
    for (let bit = to[step]!; bit < from[step]!; bit++) perBit[bits++] = slope[step]!;
  }
  perBit.sort();
  let left = budget;
  for (let first = 0, end = 0; first < bits; first = end) {
    while (end < bits && perBit[end] === perBit[first]) end++;
    const cost = perBit[first]! * (end - first);
    if (cost > left) return { slope: perBit[first]!, left };
    left -= cost;
  }
  return { slope: Number.POSITIVE_INFINITY, left };
}
