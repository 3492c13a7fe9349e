import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { FloatMatrix } from '../../../mapping/float-matrix.js';
import { pruningOfRowGroups, pruningOfWeights } from '../../../mapping/pruning/prune.js';

const seed = 20261121;

const matrix = (outputs: number, weights: number[], grid: FloatMatrix['grid'] = null): FloatMatrix => ({
  rows: weights.length / outputs,
  outputs,
  weights: Float64Array.from(weights),
  grid,
});

describe('unstructured pruning', () => {
  it('zeroes the smallest magnitudes and keeps the integers of the rest', () => {
    // scale = 0.7 / 7, so the integers are 1 -2 3 -4 5 -6 7 0.
    const { weights, scale } = pruningOfWeights(matrix(4, [0.1, -0.2, 0.3, -0.4, 0.5, -0.6, 0.7, 0]), 4)(0.5);
    expect(scale).toBeCloseTo(0.1, 12);
    expect(Array.from(weights)).toEqual([0, 0, 0, -4, 5, -6, 7, 0]);
  });

  it('keeps the scale even where the largest weight is pruned', () => {
    const { weights, scale } = pruningOfWeights(matrix(2, [0.7, -0.7]), 4)(1);
    expect(scale).toBeCloseTo(0.1, 12);
    expect(Array.from(weights)).toEqual([0, 0]);
  });

  it('keeps integers on a grid, with their scale', () => {
    const { weights, scale } = pruningOfWeights(matrix(2, [5, -1, 0, 3], { scale: 0.25, weightBits: 4 }), 4)(0.5);
    expect(scale).toBe(0.25);
    expect(Array.from(weights)).toEqual([5, 0, 0, 3]);
  });
});

describe('pruning of groups in a row', () => {
  it('zeroes the groups of the smallest mean square, whatever their width', () => {
    // Groups of 2 and 1: mean squares 5, 4 | 8.5, 9 | 0, 1. Half of six groups go: 0, 1 and 4.
    const runs = [
      { first: 0, count: 2 },
      { first: 2, count: 1 },
    ];
    const integers = matrix(3, [3, -1, 2, -4, 1, 3, 0, 0, -1], { scale: 1, weightBits: 4 });
    expect(Array.from(pruningOfRowGroups(integers, 4, runs)(0.5).weights)).toEqual([3, -1, 0, -4, 1, 3, 0, 0, 0]);
  });

  it('of single weights is unstructured pruning', () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: -1, max: 1, noNaN: true }), { minLength: 12, maxLength: 12 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (weights, sparsity) => {
          // Magnitudes whose squares are distinct, so that both orders are the same.
          const spread = weights.map((weight, i) => (Math.abs(weight) + i + 1) * (weight < 0 ? -1 : 1));
          const runs = [0, 1, 2].map((first) => ({ first, count: 1 }));
          expect(pruningOfRowGroups(matrix(3, spread), 8, runs)(sparsity)).toEqual(
            pruningOfWeights(matrix(3, spread), 8)(sparsity),
          );
        },
      ),
      { seed },
    );
  });
});
