import { type FloatMatrix, quantiseUniform } from '../float-matrix.js';
import { MappingError, type MappingProblem } from '../mapping-error.js';
import type { LayerPlan } from '../scheme.js';
import { type BlockFormat, copyOf, saturated } from './block-format.js';
import { type BlockGrid, blockOf } from './block-grid.js';
import type { PrecisionTables } from './precision-tables.js';

/**
 * The integers of a matrix [K][M] on a grid of `magnitudeBits` bits, saturated where the precision of their block in their
 * copy is less than they need.
 *
 * @param weightBits of the plan; the words that the grid is a part of
 * @param tables null where no block is narrowed
 * @throws MappingError where the matrix already has integers, and of more bits
 */
export function blockIntegers(
  matrix: FloatMatrix,
  weightBits: number,
  magnitudeBits: number,
  format: BlockFormat,
  grid: BlockGrid,
  tables: PrecisionTables | null,
): LayerPlan {
  if (matrix.grid !== null && matrix.grid.weightBits > magnitudeBits + 1) {
    throw new MappingError([gridProblem(matrix.grid.weightBits, magnitudeBits, weightBits)]);
  }
  const { weights, scale } = quantiseUniform(matrix, magnitudeBits + 1);
  if (tables !== null) {
    for (let k = 0, at = 0; k < grid.rows; k++) {
      for (let m = 0; m < grid.outputs; m++, at++) {
        const weight = weights[at]!;
        weights[at] = saturated(format, weight, tables[copyOf(format, weight)]![blockOf(grid, k, m)]!);
      }
    }
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
  for (let k = 0, at = 0; k < grid.rows; k++) {
    for (let m = 0; m < grid.outputs; m++, at++) {
      const weight = weights[at]!;
      const precision = tables[copyOf(format, weight)]![blockOf(grid, k, m)]!;
      if (saturated(format, weight, precision) === weight) continue;
      if (++count > listed) continue;
      problems.push({
        path: `weights[${k}][${m}]`,
        value: weight,
        allowed: `what ${precision} bits hold, the precision of its block`,
        hint: 'place the integers of the plan of the same decision',
      });
    }
  }
  if (count > listed) {
    const hint = `the first ${listed} are listed one by one`;
    const allowed = 'what the precision of their block holds';
    problems.push({ path: 'weights', value: `${count - listed} further weights do not fit`, allowed, hint });
  }
  return problems;
}
