import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compileDense } from '../../../mapping/dense.js';
import { type Formation, ProgramExecutor } from '../../../mapping/execute.js';
import { flipColumns } from '../../../mapping/flip-encoding/flip-columns.js';
import type { MatrixShape, MatrixSpec } from '../../../mapping/matrix-spec.js';
import { exactAdcBits } from '../../../mapping/operation-sum.js';
import type { OuProgram } from '../../../mapping/ou-program.js';
import { readBackWeights } from '../../../mapping/read-back.js';
import { mappingScheme } from '../../../mapping/schemes.js';
import { arbitraryShape, randomWindow, slicesOf, withRandomWeights } from '../arbitrary-matrix.js';
import { naiveExecution } from '../naive-operations.js';
import { randomInteger, seededRandom } from '../random.js';

const seed = 20261121;
const formation = fc.constantFrom<Formation>('fixed', 'driven');
const isaac = mappingScheme('isaac');
const flipping = { flip: 'yes' };
const unflipped = { flip: 'no' };
const compile = (spec: MatrixSpec) => isaac.compile(spec, isaac.given(flipping), flipping);

/** ISAAC's array: 128 x 128 cells of 2 bits, read whole; 16-bit weights with a bias, side by side. */
const ARRAY = {
  weightBits: 16,
  inputBits: 16,
  bitsPerPlane: 1,
  encoding: 'offset',
  layout: 'adjacent',
  crossbar: { wordlines: 128, bitlines: 128, bitsPerCell: 2 },
  ou: { wordlines: 128, bitlines: 128 },
} as const satisfies Partial<MatrixShape>;

/** Columns of a program: the stored levels in row order, and the flip bit. */
function columnsOf(program: OuProgram): { levels: number[]; flipped: boolean }[] {
  return program.crossbars.flatMap(({ levels, groups }) =>
    groups.flatMap((group) =>
      Array.from(group.bitlines, (bitline, i) => ({
        levels: Array.from(
          program.rowLists[group.rowList]!.wordlines,
          (wordline) => levels[wordline * program.bitlines + bitline]!,
        ),
        flipped: group.complement[i] === 1,
      })),
    ),
  );
}

const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
const plain = (outputs: Iterable<number>) => Array.from(outputs, (output) => output + 0);

function product({ rows, outputs, weights }: MatrixSpec, window: ArrayLike<number>): number[] {
  return Array.from({ length: outputs }, (_, m) =>
    sum(Array.from({ length: rows }, (_, k) => window[k]! * weights[k * outputs + m]!)),
  );
}

function execute(program: OuProgram, window: ArrayLike<number>, adcBits: number, how: Formation) {
  const executor = new ProgramExecutor(program, { adcBits, formation: how });
  const out = new Float64Array(program.outputs);
  executor.run(window, out);
  return { outputs: plain(out), saturated: executor.saturatedCodes };
}

/** Matrices whose columns lean up or down: weights of one sign, extremes and mixtures. */
function leaningMatrix(rows: number, outputs: number, contents: number): MatrixSpec {
  const random = seededRandom(contents);
  const weights = new Int32Array(rows * outputs);
  for (let m = 0; m < outputs; m++) {
    const lean = randomInteger(random, 0, 3);
    for (let k = 0; k < rows; k++) {
      const any = randomInteger(random, -32768, 32767);
      weights[k * outputs + m] = [any, 32767, -32768, Math.abs(any) % 256][lean]!;
    }
  }
  return { ...ARRAY, rows, outputs, weights };
}

describe('flip encoding of full-array reads', () => {
  const leaning = fc.record({
    rows: fc.oneof(fc.constantFrom(64, 65, 127, 128, 129, 256), fc.integer({ min: 1, max: 300 })),
    outputs: fc.integer({ min: 1, max: 20 }),
    contents: fc.integer({ min: 0, max: 2 ** 31 - 1 }),
  });

  it('leaves no column that any input could drive above half of the range, 128 x 3 / 2 = 192', () => {
    let flipped = 0;
    let kept = 0;
    fc.assert(
      fc.property(leaning, ({ rows, outputs, contents }) => {
        const spec = leaningMatrix(rows, outputs, contents);
        const before = columnsOf(compileDense(spec));
        const after = columnsOf(compile(spec));
        expect(after).toHaveLength(before.length);
        after.forEach(({ levels, flipped: isFlipped }, i) => {
          // All rows driven is the worst that can happen to unsigned levels.
          expect(sum(levels)).toBeLessThanOrEqual(192);
          expect(isFlipped).toBe(sum(before[i]!.levels) > 192);
          expect(levels).toEqual(before[i]!.levels.map((level) => (isFlipped ? 3 - level : level)));
          if (isFlipped) flipped++;
          else kept++;
        });
      }),
      { seed, numRuns: 60 },
    );
    expect(Math.min(flipped, kept)).toBeGreaterThan(1000);
  });

  it('makes 8 ADC bits exact for any input, also with all input bits set', () => {
    fc.assert(
      fc.property(leaning, formation, ({ rows, outputs, contents }, how) => {
        const spec = leaningMatrix(rows, outputs, contents);
        const program = compile(spec);
        for (const window of [randomWindow(rows, 16, contents), new Uint16Array(rows).fill(65535)]) {
          expect(execute(program, window, 8, how)).toEqual({ outputs: product(spec, window), saturated: 0 });
        }
      }),
      { seed, numRuns: 60 },
    );
  });

  it('is what makes them exact: without it 9 bits are needed', () => {
    // 128 weights of 32767 with the bias 32768 are 0xffff: eight columns of 128 levels 3, whose sum is 384.
    const spec: MatrixSpec = { ...ARRAY, rows: 128, outputs: 1, weights: new Int32Array(128).fill(32767) };
    const window = new Uint16Array(128).fill(65535);
    const plainProgram = isaac.compile(spec, null, unflipped);
    expect(exactAdcBits(128, 2, 1)).toBe(9);
    expect(execute(plainProgram, window, 9, 'fixed')).toEqual({ outputs: [128 * 65535 * 32767], saturated: 0 });
    // 16 planes x 8 columns, every code cut to 255.
    expect(execute(plainProgram, window, 8, 'fixed').saturated).toBe(16 * 8);
    // Flipped, all cells are 0, so that a single bit would do.
    expect(execute(compile(spec), window, 1, 'fixed')).toEqual({ outputs: [128 * 65535 * 32767], saturated: 0 });
  });

  it('flips a hand-made column: levels 3 3 1 of 3 rows, whose half is 4.5, are stored as 0 0 2', () => {
    // Offset weights of 2 bits: stored = weight + 2.
    const spec: MatrixSpec = {
      rows: 3,
      outputs: 2,
      weights: Int32Array.of(1, 1, 1, -2, -1, -1),
      weightBits: 2,
      inputBits: 2,
      bitsPerPlane: 1,
      encoding: 'offset',
      layout: 'adjacent',
      crossbar: { wordlines: 3, bitlines: 2, bitsPerCell: 2 },
      ou: { wordlines: 3, bitlines: 2 },
    };
    const program = compile(spec);
    // Output 1: levels 3 0 1, sum 4, are kept.
    expect(Array.from(program.crossbars[0]!.levels)).toEqual([0, 3, 0, 0, 2, 1]);
    expect(Array.from(program.crossbars[0]!.groups[0]!.complement)).toEqual([1, 0]);
    // Inputs 2 3 1: sum 6; 3 x 6 - (0 + 0 + 2) - 2 x 6 = 4 = 2 + 3 - 1, and 6 + 0 + 1 - 2 x 6 = -5.
    // Sums up to 9 take 4 bits, half of the range 3.
    expect(execute(program, [2, 3, 1], 3, 'fixed')).toEqual({ outputs: [4, -5], saturated: 0 });
  });

  it('stores and fetches one flip bit per column', () => {
    // 20 outputs of 8 cells in 2 column blocks of 16 and 4, 300 rows in 3 row blocks.
    const program = compile(leaningMatrix(300, 20, 1));
    expect(program.crossbars).toHaveLength(6);
    expect(program.indexBits).toBe(3 * 20 * 8);
    const fetched = program.crossbars.map(({ groups }) => sum(groups.map((group) => group.indexBits)));
    expect(fetched).toEqual([128, 32, 128, 32, 128, 32]);
  });
});

describe('flip encoding with any operation unit', () => {
  const shapes = arbitraryShape({ rows: 40, outputs: 12, wordlines: 24, bitlines: 40 });

  it('changes no weight, and no cell of a column that it does not flip', () => {
    fc.assert(
      fc.property(shapes, ({ shape, seed: contents }) => {
        const spec = withRandomWeights(shape, contents);
        const program = compile(spec);
        expect(plain(readBackWeights(program))).toEqual(plain(spec.weights));
        const top = 2 ** spec.crossbar.bitsPerCell - 1;
        const restored = columnsOf(program).map(({ levels, flipped }) =>
          levels.map((level) => (flipped ? top - level : level)),
        );
        const dense = compileDense(spec);
        expect(restored).toEqual(columnsOf(dense).map(({ levels }) => levels));
        expect(program.cellsUsed).toBe(dense.cellsUsed);
        expect(program.indexBits).toBe(restored.length);
        const signs = spec.encoding === 'differential' ? 2 : 1;
        const slices = slicesOf(spec.encoding, spec.weightBits, spec.crossbar.bitsPerCell);
        const rowBlocks = Math.ceil(spec.rows / spec.crossbar.wordlines);
        expect(restored).toHaveLength(rowBlocks * signs * slices * spec.outputs);
      }),
      { seed, numRuns: 200 },
    );
  });

  it('gives the integer product at the exact width, and the codes of a cell-by-cell loop below it', () => {
    let saturatedRuns = 0;
    fc.assert(
      fc.property(shapes, formation, fc.integer({ min: 1, max: 9 }), ({ shape, seed: contents }, how, narrow) => {
        const spec = withRandomWeights(shape, contents);
        const program = compile(spec);
        const window = randomWindow(spec.rows, spec.inputBits, contents);
        const exact = exactAdcBits(spec.ou.wordlines, spec.crossbar.bitsPerCell, spec.bitsPerPlane);
        expect(execute(program, window, exact, how)).toEqual({ outputs: product(spec, window), saturated: 0 });
        const naive = naiveExecution(program, window, how === 'driven' ? 'form' : 'none', narrow);
        const result = execute(program, window, narrow, how);
        expect(result).toEqual({ outputs: plain(naive.outputs), saturated: naive.saturated });
        if (naive.saturated > 0) saturatedRuns++;
      }),
      { seed, numRuns: 200 },
    );
    expect(saturatedRuns).toBeGreaterThan(20);
  });

  it('never makes the largest sum of a column larger', () => {
    fc.assert(
      fc.property(shapes, ({ shape, seed: contents }) => {
        const spec = withRandomWeights(shape, contents);
        const before = columnsOf(compileDense(spec));
        const batchSums = (levels: readonly number[]) => {
          const sums: number[] = [];
          for (let first = 0; first < levels.length; first += spec.ou.wordlines) {
            sums.push(sum(levels.slice(first, first + spec.ou.wordlines)));
          }
          return sums;
        };
        columnsOf(flipColumns(compileDense(spec))).forEach(({ levels, flipped }, i) => {
          const now = Math.max(...batchSums(levels));
          const then = Math.max(...batchSums(before[i]!.levels));
          if (flipped) expect(now).toBeLessThan(then);
          else expect(now).toBe(then);
        });
      }),
      { seed, numRuns: 100 },
    );
  });
});

describe('the integers of a plan', () => {
  const shape: MatrixShape = { ...ARRAY, rows: 2, outputs: 2 };

  it('are those of a network on a grid, in longer words', () => {
    const matrix = {
      rows: 2,
      outputs: 2,
      weights: Float64Array.of(-128, 127, 0, 5),
      grid: { scale: 0.5, weightBits: 8 },
    };
    const plan = isaac.plan(matrix, shape, null, flipping);
    expect(plan).toEqual({ weights: Int32Array.of(-128, 127, 0, 5), scale: 0.5, weightBits: 16, windowPruning: null });
    const spec: MatrixSpec = { ...shape, ...plan };
    // 8 cells a weight, 16 planes, whatever the network's own words.
    const program = compile(spec);
    expect(program.cellsUsed).toBe(2 * 2 * 8);
    expect(program.planes).toBe(16);
    expect(plain(readBackWeights(program))).toEqual([-128, 127, 0, 5]);
  });

  it('are float weights rounded to 16 bits', () => {
    const matrix = { rows: 2, outputs: 2, weights: Float64Array.of(1, -1, 0.5, 0), grid: null };
    // 0.5 x 32767 = 16383.5, to even.
    expect(Array.from(isaac.plan(matrix, shape, null, flipping).weights)).toEqual([32767, -32767, 16384, 0]);
  });
});
