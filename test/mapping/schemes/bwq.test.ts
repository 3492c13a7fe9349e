import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { denseOperationsPerWindow } from '../../../mapping/activity.js';
import type { BlockDecision } from '../../../mapping/block-precision/block-decision.js';
import { relativeNoise } from '../../../mapping/calibrate.js';
import { compileDense } from '../../../mapping/dense.js';
import type { MatrixShape, MatrixSpec } from '../../../mapping/matrix-spec.js';
import type { OuProgram } from '../../../mapping/ou-program.js';
import { readBackWeights } from '../../../mapping/read-back.js';
import { scheme } from '../../../mapping/schemes/bwq.js';
import { randomWindow } from '../arbitrary-matrix.js';
import { arbitraryBlockShape, commonShape, withUnevenWeights } from '../block-precision/block-shapes.js';
import { naiveBlocks, naiveBlockWeights, naivePrecision } from '../block-precision/naive-blocks.js';
import {
  defaultValues,
  expectExact,
  integerMatrix,
  problemsOf,
  programOf,
  randomLayer,
} from '../block-precision/scheme-cases.js';

const seed = 20261121;
const packings = fc.constantFrom('aligned', 'stacked');
const values = defaultValues(scheme);

const operations = (program: OuProgram) =>
  denseOperationsPerWindow(program, { first: 0, count: program.crossbars.length });

/** Weights of blocks that need exactly these precisions in the positive copy; nothing is negative. */
function positiveBlocks(shape: MatrixShape, precisions: readonly (readonly number[])[]): MatrixSpec {
  const weights = new Int32Array(shape.rows * shape.outputs);
  naiveBlocks(shape.rows, shape.outputs, shape.ou).forEach((row, j) => {
    row.forEach(({ rows, outputs }, i) => {
      const largest = 2 ** precisions[j]![i]! - 1;
      rows.forEach((k, r) => {
        outputs.forEach((m, c) => {
          weights[k * shape.outputs + m] = (r + c) % 2 === 0 ? largest : Math.min(1, largest);
        });
      });
    });
  });
  return { ...shape, weights };
}

describe('the mapping', () => {
  it('computes the integer product, and its cells read back as the weights', () => {
    fc.assert(
      fc.property(arbitraryBlockShape(), packings, ({ shape, seed: contents }, packing) => {
        const spec = withUnevenWeights(shape, contents);
        const program = programOf(scheme, spec, { packing });
        expect(Array.from(readBackWeights(program))).toEqual(Array.from(spec.weights));
        expectExact(program, spec.weights, randomWindow(spec.rows, spec.inputBits, contents));
      }),
      { seed, numRuns: 150 },
    );
  });

  it('gives every block in every copy an operation unit for each bit-slice of its own precision, and no others', () => {
    fc.assert(
      fc.property(arbitraryBlockShape(), packings, ({ shape, seed: contents }, packing) => {
        const spec = withUnevenWeights(shape, contents);
        const program = programOf(scheme, spec, { packing });
        const signs = shape.encoding === 'differential' ? ([1, -1] as const) : [null];
        const slices = signs.flatMap((sign) =>
          naiveBlocks(spec.rows, spec.outputs, spec.ou)
            .flat()
            .map((block) => {
              const precision = naivePrecision(
                naiveBlockWeights(spec.weights, spec.outputs, block, sign),
                shape.encoding === 'twos-complement',
              );
              return Math.ceil(precision / shape.crossbar.bitsPerCell);
            }),
        );
        expect(operations(program)).toBe(program.planes * slices.reduce((sum, each) => sum + each, 0));
      }),
      { seed, numRuns: 150 },
    );
  });

  it('stores every bit of a weight in one cell, and no cell is walked twice', () => {
    fc.assert(
      fc.property(arbitraryBlockShape(), packings, ({ shape, seed: contents }, packing) => {
        const program = programOf(scheme, withUnevenWeights(shape, contents), { packing });
        const bits = new Set<string>();
        let cellsWalked = 0;
        for (const crossbar of program.crossbars) {
          const walked = new Uint8Array(crossbar.levels.length);
          for (const group of crossbar.groups) {
            const { wordlines, inputs, span } = program.rowLists[group.rowList]!;
            expect(span).toBeGreaterThanOrEqual(inputs.length);
            wordlines.forEach((wordline, row) => {
              group.bitlines.forEach((bitline, column) => {
                walked[wordline * program.bitlines + bitline]!++;
                // In two's complement, -2^b and 2^b may not both stand for bit b of a weight.
                const worth = group.significance[column]!;
                const copy = shape.encoding === 'differential' ? Math.sign(worth) : 0;
                bits.add(`${inputs[row]}:${group.outputs[column]}:${Math.abs(worth)}:${copy}`);
                cellsWalked++;
              });
            });
          }
          expect(Math.max(...walked)).toBeLessThanOrEqual(1);
          expect(crossbar.levels.every((level, cell) => level === 0 || walked[cell] === 1)).toBe(true);
        }
        expect(bits.size).toBe(cellsWalked);
        expect(program.cellsUsed).toBe(cellsWalked);
      }),
      { seed, numRuns: 100 },
    );
  });

  // BWQ, TCAD 2024, Section IV: the worked example reads two rows of weight blocks in 6 cycles, most significant bits first.
  it('reads two rows of two blocks with 2 + 1 and 1 + 2 bits in 6 operations, most significant bit first', () => {
    const spec = positiveBlocks({ ...commonShape, inputBits: 1 }, [
      [2, 1],
      [1, 2],
    ]);
    const program = programOf(scheme, spec);
    expect(program.crossbars.length).toBe(1);
    expect(operations(program)).toBe(6);
    const read = program.crossbars[0]!.groups.map(({ rowList, bitlines, outputs, significance }) => ({
      wordline: program.rowLists[rowList]!.wordlines[0],
      input: program.rowLists[rowList]!.inputs[0],
      bitline: bitlines[0],
      output: outputs[0],
      worth: significance[0],
    }));
    expect(read).toEqual([
      { wordline: 0, input: 0, bitline: 0, output: 0, worth: 2 },
      { wordline: 0, input: 0, bitline: 8, output: 0, worth: 1 },
      { wordline: 0, input: 0, bitline: 16, output: 8, worth: 1 },
      { wordline: 9, input: 9, bitline: 0, output: 0, worth: 1 },
      { wordline: 9, input: 9, bitline: 8, output: 8, worth: 2 },
      { wordline: 9, input: 9, bitline: 16, output: 8, worth: 1 },
    ]);
  });

  it('with 8 bits everywhere takes the operations of a dense planar mapping, which starts a batch at every 128th row', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 300 }), fc.integer({ min: 1, max: 40 }), (rows, outputs) => {
        const shape: MatrixShape = { ...commonShape, rows, outputs, layout: 'planar' };
        const spec = { ...shape, weights: Int32Array.from({ length: rows * outputs }, (_, i) => (i % 2 ? 255 : -255)) };
        const decision: BlockDecision = {
          bits: null,
          precisions: [Array.from({ length: Math.ceil(rows / 9) }, () => '8'.repeat(Math.ceil(outputs / 8)))],
        };
        const columns = Math.ceil(outputs / 8);
        const perColumn = 8 * 2 * shape.inputBits * columns;
        const dense = operations(compileDense(spec));
        expect(operations(scheme.compile(spec, decision, values))).toBe(Math.ceil(rows / 9) * perColumn);
        // A full block of 128 rows has 14 batches of 9 and one of 2; blocks of weights go on across that border.
        const whole = Math.floor(rows / 128);
        expect(dense).toBe((15 * whole + Math.ceil((rows % 128) / 9)) * perColumn);
      }),
      { seed, numRuns: 25 },
    );
  });

  it('stores a matrix of zeros in an empty crossbar', () => {
    const program = programOf(scheme, { ...commonShape, weights: new Int32Array(18 * 16) });
    expect(program.crossbars.map(({ groups }) => groups.length)).toEqual([0]);
    expect([program.cellsUsed, program.indexBits]).toEqual([0, 0]);
  });
});

describe('the bit-width table', () => {
  // Positive copy: 4 blocks of 3, 0, 1 and 2 bits. 3 takes 2 bits; a word's block of up to 8 takes 4. The negative copy
  // has 4 blocks of no bits: 4 entries that say so, and no crossbar to fetch them.
  const spec = positiveBlocks(commonShape, [
    [3, 0],
    [1, 2],
  ]);

  it.each([
    ['largest', 2],
    ['word', 4],
  ])('has an entry of the width %s for each block', (lutEntry, width) => {
    const program = programOf(scheme, spec, { lutEntry });
    expect(program.crossbars).toHaveLength(1);
    expect(program.indexBits).toBe(2 * 4 * width);
    // Fetched with the first bit of a block; that of the vanished block on the way to the next one.
    expect(program.crossbars[0]!.groups.map(({ indexBits }) => indexBits)).toEqual(
      [1, 0, 0, 2, 1, 0].map((entries) => entries * width),
    );
  });

  const bitsFetched = ({ crossbars }: OuProgram) =>
    crossbars.flatMap(({ groups }) => groups).reduce((sum, { indexBits }) => sum + indexBits, 0);

  it('is fetched by crossbars in each walk: those of vanished ones never', () => {
    expect(bitsFetched(programOf(scheme, spec, { lutEntry: 'word' }))).toBe(4 * 4);
  });

  it('is fetched as a whole in each walk where every part of the matrix has a crossbar', () => {
    fc.assert(
      fc.property(arbitraryBlockShape(), packings, ({ shape: any, seed: contents }, packing) => {
        const crossbar = { ...any.crossbar, bitsPerCell: 1 };
        const shape: MatrixShape = { ...any, crossbar, encoding: 'twos-complement' };
        const uneven = withUnevenWeights(shape, contents).weights;
        const weights = uneven.map((weight, at) => (at % shape.outputs === 0 ? 1 : weight));
        const program = programOf(scheme, { ...shape, weights }, { packing });
        expect(bitsFetched(program)).toBe(program.indexBits);
      }),
      { seed, numRuns: 100 },
    );
  });

  it('has the sizes that BWQ computes for 4 bits a block: 155 thousand blocks of ResNet-18 in 76 KB', () => {
    const blocks = 11.17e6 / 72;
    const program = programOf(scheme, spec, { lutEntry: 'word' });
    expect((blocks * (program.indexBits / (2 * 4))) / 8 / 1024).toBeCloseTo(75.8, 0);
  });
});

describe('plan', () => {
  const floats = { rows: 1, outputs: 4, weights: Float64Array.of(2.55, -1.27, 0.64, 0.01), grid: null };
  const shape: MatrixShape = { ...commonShape, rows: 1, outputs: 4, ou: { wordlines: 1, bitlines: 2 } };

  it('quantises uniformly, 255 steps to the largest magnitude', () => {
    const plan = scheme.plan(floats, shape, { bits: null, precisions: null }, values);
    expect(Array.from(plan.weights)).toEqual([255, -127, 64, 1]);
    expect(plan.scale).toBeCloseTo(0.01, 12);
  });

  it('takes a coarser grid, and saturates what a block cannot hold', () => {
    // 3 bits: a step of 2.55 / 7 = 0.3643, so 7, -3, 2, 0. Two bits of the first block hold 3, one bit of the second 1.
    const plan = scheme.plan(floats, shape, { bits: 3, precisions: [['21'], ['20']] }, values);
    expect(Array.from(plan.weights)).toEqual([3, -3, 1, 0]);
    expect(plan.scale).toBeCloseTo(2.55 / 7, 12);
    // One table for both copies.
    expect(Array.from(scheme.plan(floats, shape, { bits: 3, precisions: [['12']] }, values).weights)).toEqual([
      1, -1, 2, 0,
    ]);
  });

  it("counts the sign bit in two's complement", () => {
    const twos: MatrixShape = { ...shape, encoding: 'twos-complement' };
    // 2 bits hold -2 .. 1.
    const plan = scheme.plan(floats, twos, { bits: 3, precisions: [['22']] }, values);
    expect(Array.from(plan.weights)).toEqual([1, -2, 1, 0]);
  });

  it('keeps integers that already are on a grid, and their scale', () => {
    fc.assert(
      fc.property(arbitraryBlockShape(), ({ shape: any, seed: contents }) => {
        const spec = withUnevenWeights(any, contents);
        const matrix = { ...integerMatrix(spec), grid: { scale: 0.125, weightBits: spec.weightBits } };
        const plan = scheme.plan(matrix, spec, scheme.given(values), values);
        expect(Array.from(plan.weights)).toEqual(Array.from(spec.weights));
        expect([plan.scale, plan.weightBits, plan.windowPruning]).toEqual([0.125, spec.weightBits, null]);
      }),
      { seed, numRuns: 50 },
    );
  });

  it('makes what compile can place, whatever table of precisions was loaded', () => {
    fc.assert(
      fc.property(arbitraryBlockShape(), fc.integer({ min: 0, max: 15 }), ({ shape: any, seed: contents }, cap) => {
        const layer = randomLayer(any, contents);
        const bits = any.weightBits - 1;
        const digits = Math.min(cap, bits);
        const rows = Math.ceil(any.rows / any.ou.wordlines);
        const row = Array.from({ length: Math.ceil(any.outputs / any.ou.bitlines) }, (_, i) =>
          Math.max(digits - i, 0).toString(36),
        ).join('');
        const decision: BlockDecision = { bits, precisions: [Array.from({ length: rows }, () => row)] };
        const { weights } = scheme.plan(layer.matrix, any, decision, values);
        const program = scheme.compile({ ...any, weights }, decision, values);
        expect(Array.from(readBackWeights(program))).toEqual(Array.from(weights));
      }),
      { seed, numRuns: 60 },
    );
  });
});

describe('a decision that does not fit', () => {
  const matrix = integerMatrix({ ...commonShape, weights: new Int32Array(18 * 16) });
  const problems = (decision: unknown, shape: MatrixShape = commonShape) =>
    problemsOf(() => scheme.plan(matrix, shape, decision, values)).map(({ path, value }) => [path, value]);

  it.each([
    ['no object', [3], [['decision', '[3]']]],
    ['null', null, [['decision', 'null']]],
    [
      'other keys',
      { bit: 3, precisions: null },
      [
        ['decision.bit', '"bit"'],
        ['decision.bits', 'nothing'],
      ],
    ],
    ['no bits', { bits: 0, precisions: null }, [['decision.bits', 0]]],
    ['more bits than the word', { bits: 9, precisions: null }, [['decision.bits', 9]]],
    ['half a bit', { bits: 2.5, precisions: null }, [['decision.bits', 2.5]]],
    ['three copies', { bits: null, precisions: [[], [], []] }, [['decision.precisions', '[[],[],[]]']]],
    ['too few rows', { bits: null, precisions: [['88']] }, [['decision.precisions[0]', '"1 rows"']]],
    [
      'several, all at once',
      {
        bits: null,
        precisions: [
          ['89', '8'],
          ['x0', 12],
        ],
      },
      [
        ['decision.precisions[0][0][1]', '"9"'],
        ['decision.precisions[0][1]', '"1 digits"'],
        ['decision.precisions[1][0][0]', '"x"'],
        ['decision.precisions[1][1]', 12],
      ],
    ],
    ['a coarser grid than that of the integers', { bits: 6, precisions: null }, [['decision.bits', 6]]],
  ])('is refused: %s', (_, decision, expected) => {
    expect(problems(decision)).toEqual(expected);
  });

  it('allows 9 bits in a block with the sign, and precisions no finer than the grid', () => {
    const twos: MatrixShape = { ...commonShape, encoding: 'twos-complement' };
    expect(problems({ bits: null, precisions: [['99', '90']] }, twos)).toEqual([]);
    expect(problems({ bits: null, precisions: [['a0', '00']] }, twos).length).toBe(1);
    const floats = { ...matrix, grid: null };
    const finer = { bits: 3, precisions: [['44', '00']] };
    expect(problemsOf(() => scheme.plan(floats, commonShape, finer, values)).length).toBe(2);
  });

  it('counts the problems beyond the twentieth', () => {
    const shape: MatrixShape = { ...commonShape, rows: 9 * 25 };
    const found = problems({ bits: null, precisions: [Array.from({ length: 25 }, () => '9')] }, shape);
    expect(found.length).toBe(21);
    expect(found.at(-1)).toEqual(['decision', '5 further problems']);
  });

  it('is refused by compile, with every weight that does not fit', () => {
    const weights = new Int32Array(18 * 16);
    weights[0] = 8;
    weights[17 * 16 + 15] = -3;
    const decision: BlockDecision = { bits: null, precisions: [['30', '00']] };
    const found = problemsOf(() => scheme.compile({ ...commonShape, weights }, decision, values));
    expect(found.map(({ path, value }) => [path, value])).toEqual([
      ['weights[0][0]', 8],
      ['weights[17][15]', -3],
    ]);
  });

  it('encoding offset is refused: no bit of a block could be masked', () => {
    expect(problems(scheme.given(values), { ...commonShape, encoding: 'offset' })).toEqual([['encoding', 'offset']]);
  });
});

describe('calibration', () => {
  const shares = Array.from({ length: 32 }, (_, k) => 2 ** (-k / 2));
  const stored = (decision: unknown) =>
    (decision as BlockDecision)
      .precisions!.flatMap((table) => table.flatMap((row) => Array.from(row, (digit) => Number.parseInt(digit, 36))))
      .reduce((sum, precision) => sum + precision, 0);

  it.each(['searched', 'fixed'])('more noise never stores more bits, and the noise is kept; grids %s', (grids) => {
    fc.assert(
      fc.property(arbitraryBlockShape(), ({ shape, seed: contents }) => {
        const layer = randomLayer({ ...shape, weightBits: Math.min(Math.max(shape.weightBits, 5), 9) }, contents);
        const calibrated = defaultValues(scheme, { grids });
        let before = 0;
        const finest = scheme.plan(layer.matrix, layer.shape, { bits: null, precisions: null }, calibrated);
        const attainable = relativeNoise(layer.matrix, finest, layer.inputPower);
        for (const noise of shares) {
          const decision = scheme.calibration!.decide(layer, noise, calibrated);
          const plan = scheme.plan(layer.matrix, layer.shape, decision, calibrated);
          expect(relativeNoise(layer.matrix, plan, layer.inputPower)).toBeLessThanOrEqual(Math.max(noise, attainable));
          expect(stored(decision)).toBeGreaterThanOrEqual(before);
          before = stored(decision);
          const program = scheme.compile({ ...layer.shape, weights: plan.weights }, decision, calibrated);
          if (shape.crossbar.bitsPerCell === 1) expect(operations(program)).toBe(program.planes * before);
        }
      }),
      { seed, numRuns: 20 },
    );
  });

  it('is plain JSON', () => {
    const layer = randomLayer(commonShape, 7);
    const decision = scheme.calibration!.decide(layer, 0.01, values);
    expect(JSON.parse(JSON.stringify(decision))).toEqual(decision);
  });
});
