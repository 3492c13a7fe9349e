import { type FloatMatrix, quantiseUniform } from '../float-matrix.js';
import { MappingError, type MappingProblem } from '../mapping-error.js';
import type { LayerPlan } from '../scheme.js';
import { type BlockFormat, copyOf, saturated } from './block-format.js';
import { type BlockGrid, forEachWeight } from './block-grid.js';
import type { PrecisionTables } from './precision-tables.js';
import type { ReadDecision } from './read-decision.js';

/**
 * The integers of a matrix [K][M] on a grid of `magnitudeBits` bits, saturated where the precision of their block in their
 * copy is less than they need.
 *
 * @param weightBits of the plan; the words that the grid is a part of
 * @throws MappingError where the matrix already has integers, and of more bits
 */
export function blockIntegers(
  matrix: FloatMatrix,
  weightBits: number,
  { magnitudeBits, format, grid, tables }: ReadDecision,
): LayerPlan {
  if (matrix.grid !== null && matrix.grid.weightBits > magnitudeBits + 1) {
    throw new MappingError([gridProblem(matrix.grid.weightBits, magnitudeBits, weightBits)]);
  }
  const { weights, scale } = quantiseUniform(matrix, magnitudeBits + 1);
  if (tables !== null) {
    forEachWeight(grid, (at, block) => {
      const weight = weights[at]!;
      if (weight !== 0) weights[at] = saturated(format, weight, tables[copyOf(format, weight)]![block]!);
    });
  }
  return { weights, scale, weightBits, windowPruning: null };
}

function gridProblem(gridBits: number, magnitudeBits: number, weightBits: number): MappingProblem {
  const integers = `integers of ${gridBits} bits with their sign`;
  if (magnitudeBits < weightBits - 1) {
    const allowed = `at least ${gridBits - 1}: the weights are ${integers}`;
    return { path: 'decision.bits', value: magnitudeBits, allowed, hint: 'a coarser grid needs the float weights' };
  }
  const allowed = `at least ${gridBits}: the weights are ${integers}`;
  return { path: 'weightBits', value: weightBits, allowed, hint: 'use longer words' };
}

/** Weights that their block cannot hold; the first ones one by one. Empty where all fit. */
export function misfits(
  weights: Int32Array,
  format: BlockFormat,
  grid: BlockGrid,
  tables: PrecisionTables,
): MappingProblem[] {
  const listed = 20;
  const problems: MappingProblem[] = [];
  let count = 0;
  forEachWeight(grid, (at, block) => {
    const weight = weights[at]!;
    if (weight === 0) return;
    const precision = tables[copyOf(format, weight)]![block]!;
    if (saturated(format, weight, precision) === weight) return;
    if (++count > listed) return;
    problems.push({
      path: `weights[${Math.floor(at / grid.outputs)}][${at % grid.outputs}]`,
      value: weight,
      allowed: `what ${precision} bits hold, the precision of its block`,
      hint: 'place the integers of the plan of the same decision',
    });
  });
  if (count > listed) {
    const hint = `the first ${listed} are listed one by one`;
    const allowed = 'what the precision of their block holds';
    problems.push({ path: 'weights', value: `${count - listed} further weights do not fit`, allowed, hint });
  }
  return problems;
}
