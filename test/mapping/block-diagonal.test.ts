import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { mergePrograms } from '../../mapping/block-diagonal.js';
import { compileDense } from '../../mapping/dense.js';
import { ProgramExecutor } from '../../mapping/execute.js';
import type { MatrixSpec } from '../../mapping/matrix-spec.js';
import type { OuProgram } from '../../mapping/ou-program.js';
import { readBackWeights } from '../../mapping/read-back.js';
import { arbitraryShape, randomWindow, withRandomWeights } from './arbitrary-matrix.js';
import { naiveExecution } from './naive-operations.js';

const RUNS = { seed: 20261121, numRuns: 150 };
const LIMITS = { rows: 14, outputs: 6, wordlines: 8, bitlines: 24 };

/** One to four matrices for one machine, of any sizes and contents. */
const blocks = arbitraryShape(LIMITS).chain(({ shape, seed }) =>
  fc
    .array(fc.record({ rows: fc.integer({ min: 1, max: 14 }), outputs: fc.integer({ min: 1, max: 6 }) }), {
      minLength: 1,
      maxLength: 4,
    })
    .map((sizes) => ({
      seed,
      specs: sizes.map((size, index) => withRandomWeights({ ...shape, ...size }, seed + index)),
    })),
);

/** The whole matrix, shape [K][M], with the blocks on its diagonal. */
function diagonal(specs: readonly MatrixSpec[]): number[][] {
  const outputs = specs.reduce((sum, spec) => sum + spec.outputs, 0);
  const matrix: number[][] = [];
  let firstOutput = 0;
  for (const spec of specs) {
    for (let k = 0; k < spec.rows; k++) {
      const row = new Array<number>(outputs).fill(0);
      for (let m = 0; m < spec.outputs; m++) row[firstOutput + m] = spec.weights[k * spec.outputs + m]!;
      matrix.push(row);
    }
    firstOutput += spec.outputs;
  }
  return matrix;
}

/** Without the negative zero of products. */
const plain = (values: Iterable<number>) => Array.from(values, (value) => value + 0);

describe('mergePrograms', () => {
  it('the merged program computes the block-diagonal matrix, cell by cell and by the executor', () => {
    fc.assert(
      fc.property(blocks, ({ specs, seed }) => {
        const program = mergePrograms(specs.map((spec) => compileDense(spec)));
        const matrix = diagonal(specs);
        const window = randomWindow(matrix.length, program.inputBits, seed);
        const expected = matrix[0]!.map((_, m) => matrix.reduce((sum, row, k) => sum + row[m]! * window[k]!, 0));
        const out = new Float64Array(program.outputs);
        new ProgramExecutor(program, { adcBits: 24, formation: 'fixed' }).run(window, out);
        expect(plain(out)).toEqual(expected);
        expect(plain(naiveExecution(program, window, 'none', 24).outputs)).toEqual(expected);
        expect(plain(readBackWeights(program))).toEqual(matrix.flat());
      }),
      RUNS,
    );
  });

  it('has the crossbars, cells and index bits of its blocks together', () => {
    fc.assert(
      fc.property(blocks, ({ specs }) => {
        const programs = specs.map((spec, index): OuProgram => ({ ...compileDense(spec), indexBits: 3 + index }));
        const program = mergePrograms(programs);
        const total = (of: (part: OuProgram) => number) => programs.reduce((sum, part) => sum + of(part), 0);
        expect(program.crossbars).toHaveLength(total(({ crossbars }) => crossbars.length));
        expect(program.crossbars.map(({ levels }) => levels)).toEqual(
          programs.flatMap(({ crossbars }) => crossbars.map(({ levels }) => levels)),
        );
        expect(program.cellsUsed).toBe(total(({ cellsUsed }) => cellsUsed));
        expect(program.indexBits).toBe(total(({ indexBits }) => indexBits));
      }),
      RUNS,
    );
  });

  const small: MatrixSpec = {
    ...{ rows: 2, outputs: 1, weightBits: 3, inputBits: 2, bitsPerPlane: 1, encoding: 'offset', layout: 'adjacent' },
    ...{ crossbar: { wordlines: 4, bitlines: 4, bitsPerCell: 1 }, ou: { wordlines: 2, bitlines: 2 } },
    weights: Int32Array.of(1, -2),
  };

  it('each block is corrected by the sum of its own inputs', () => {
    // Stored with + 4, corrected by -4 x the sum of the inputs of the block: 5 x 1 + 2 x 2 - 4 x 3 = -3, 5 x 3 - 4 x 3 = 3.
    const program = mergePrograms([compileDense(small), compileDense(small)]);
    const out = new Float64Array(2);
    new ProgramExecutor(program, { adcBits: 24, formation: 'fixed' }).run([1, 2, 3, 0], out);
    expect([...out]).toEqual([-3, 3]);
    expect(program.inputSumBlocks).toEqual([
      { firstInput: 0, inputs: 2, firstOutput: 0, outputs: 1 },
      { firstInput: 2, inputs: 2, firstOutput: 1, outputs: 1 },
    ]);
  });

  it('has the planes of the block whose inputs are shifted most', () => {
    const plainBlock = compileDense(small);
    const [list] = plainBlock.rowLists;
    const shifted = { ...plainBlock, planes: 4, rowLists: [{ ...list!, shifts: Uint8Array.of(0, 2) }] };
    expect(mergePrograms([plainBlock, shifted]).planes).toBe(4);
  });

  it('of one program is that program; refuses none, and programs for different machines', () => {
    const program = compileDense(small);
    expect(mergePrograms([program])).toBe(program);
    expect(() => mergePrograms([])).toThrow(/got no programs; allowed at least one/);
    expect(() => mergePrograms([program, { ...program, wordlines: 8 }])).toThrow(
      /wordlines of block 1: got 8; allowed 4, as block 0 has/,
    );
  });
});
