import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { writeBlockDecision } from '../../../mapping/block-precision/block-decision.js';
import { blockGrid } from '../../../mapping/block-precision/block-grid.js';
import { choosePrecisions } from '../../../mapping/block-precision/choose-precisions.js';
import { relativeNoise } from '../../../mapping/calibrate.js';
import type { MatrixShape } from '../../../mapping/matrix-spec.js';
import type { NetworkLayer } from '../../../mapping/scheme.js';
import { scheme } from '../../../mapping/schemes/bwq.js';
import { commonShape } from './block-shapes.js';
import { naiveBlocks, naiveBlockWeights, naivePrecision } from './naive-blocks.js';
import { defaultValues, randomLayer } from './scheme-cases.js';

const seed = 20261121;
const values = defaultValues(scheme);

/** Noise share of a plan made with this table; every value is computed from the plan itself. */
function noiseOf(layer: NetworkLayer, bits: number, tables: readonly (readonly number[])[]): number {
  const precisions = tables.map((table) => Uint8Array.from(table));
  const decision = writeBlockDecision(bits, blockGrid(layer.shape), precisions);
  return relativeNoise(layer.matrix, scheme.plan(layer.matrix, layer.shape, decision, values), layer.inputPower);
}

/** Always the step with the least noise per bit, found by trying all of them, until one does not fit. */
function naiveGreedy(layer: NetworkLayer, bits: number, noise: number): number[][] {
  const { weights } = scheme.plan(layer.matrix, layer.shape, { bits, precisions: null }, values);
  const signs = layer.shape.encoding === 'differential' ? ([1, -1] as const) : [null];
  const tables = signs.map((sign) =>
    naiveBlocks(layer.shape.rows, layer.shape.outputs, layer.shape.ou)
      .flat()
      .map((block) => naivePrecision(naiveBlockWeights(weights, layer.shape.outputs, block, sign), sign === null)),
  );
  for (;;) {
    const here = noiseOf(layer, bits, tables);
    let best: { copy: number; block: number; to: number; perBit: number } | null = null;
    tables.forEach((table, copy) => {
      table.forEach((precision, block) => {
        for (let to = precision - 1; to >= 0; to--) {
          const tried = tables.map((other, c) => (c === copy ? other.with(block, to) : other));
          const perBit = (noiseOf(layer, bits, tried) - here) / (precision - to);
          if (best === null || perBit < best.perBit) best = { copy, block, to, perBit };
        }
      });
    });
    if (best === null) return tables;
    const { copy, block, to } = best;
    const narrowed = tables.map((other, c) => (c === copy ? other.with(block, to) : other));
    if (noiseOf(layer, bits, narrowed) > noise) return tables;
    tables[copy]![block] = to;
  }
}

const small: MatrixShape = { ...commonShape, rows: 5, outputs: 4, weightBits: 5, ou: { wordlines: 3, bitlines: 2 } };

describe('the search for precisions', () => {
  it.each(['differential', 'twos-complement'] as const)(
    'is the greedy one on each grid, with the fewest bits of all grids, %s',
    (encoding) => {
      fc.assert(
        fc.property(fc.integer({ min: 0, max: 2 ** 31 - 1 }), fc.integer({ min: 2, max: 12 }), (contents, halvings) => {
          const noise = 2 ** (-halvings / 2);
          const layer = randomLayer({ ...small, encoding }, contents);
          // Inputs that are always 0 make steps that cost exactly nothing; their order is another test.
          layer.inputPower.forEach((power, k) => {
            layer.inputPower[k] = Math.max(power, 1 + k);
          });
          const bits = (tables: readonly ArrayLike<number>[]) =>
            tables.reduce((sum, table) => sum + Array.from(table).reduce((a, b) => a + b, 0), 0);
          const candidates = [4, 3, 2, 1].map((grid) => ({ grid, tables: naiveGreedy(layer, grid, noise) }));
          const allowed = candidates.filter(({ grid, tables }) => grid === 4 || noiseOf(layer, grid, tables) <= noise);
          const fewest = Math.min(...allowed.map(({ tables }) => bits(tables)));
          const { grid, tables } = allowed.find((candidate) => bits(candidate.tables) === fewest)!;
          const chosen = choosePrecisions(layer, noise, 'searched');
          expect(chosen.magnitudeBits).toBe(grid);
          expect(chosen.tables.map((table) => Array.from(table))).toEqual(tables);
        }),
        { seed, numRuns: 15 },
      );
    },
  );

  it('drops blocks whose inputs are always 0, and nothing else without a budget', () => {
    const layer = randomLayer(small, 3);
    layer.inputPower.set([0, 0, 0, 9, 9]);
    const exact = scheme.plan(layer.matrix, layer.shape, { bits: 4, precisions: null }, values);
    const onGrid = { ...layer, matrix: { ...layer.matrix, weights: Float64Array.from(exact.weights) } };
    const { tables } = choosePrecisions(onGrid, 0, 'fixed');
    const needed = [1, -1].map((sign) =>
      naiveBlocks(5, 4, small.ou).flatMap((row, j) =>
        row.map((block) =>
          j === 0 ? 0 : naivePrecision(naiveBlockWeights(exact.weights, 4, block, sign as 1 | -1), false),
        ),
      ),
    );
    // The grid of a float matrix ends at its largest weight: with 15 there, every integer is a step of its own.
    expect(Math.max(...exact.weights.map(Math.abs))).toBe(15);
    expect(tables.map((table) => Array.from(table))).toEqual(needed);
  });

  it('of steps that cost the same, takes those of the first blocks', () => {
    // Six blocks of one weight 1 each, equal inputs: a share of 2/6 of the power pays for dropping two of them.
    const shape: MatrixShape = { ...small, rows: 3, outputs: 2, ou: { wordlines: 1, bitlines: 1 } };
    const layer: NetworkLayer = {
      ...randomLayer(shape, 1),
      matrix: { rows: 3, outputs: 2, weights: new Float64Array(6).fill(1), grid: null },
      inputPower: new Float64Array(3).fill(2),
    };
    // On the grid of 1 bit a block takes one bit, and only dropping it saves any.
    const { magnitudeBits, tables } = choosePrecisions(layer, 2.5 / 6, 'searched');
    expect(magnitudeBits).toBe(1);
    expect(tables.map((table) => Array.from(table))).toEqual([
      [0, 0, 1, 1, 1, 1],
      [0, 0, 0, 0, 0, 0],
    ]);
  });
});
