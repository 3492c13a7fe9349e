import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compileDense } from '../../mapping/dense.js';
import { type Formation, ProgramExecutor } from '../../mapping/execute.js';
import { LinearColumns } from '../../mapping/linear-columns.js';
import type { MatrixSpec } from '../../mapping/matrix-spec.js';
import { exactAdcBits } from '../../mapping/operation-sum.js';
import type { OuProgram } from '../../mapping/ou-program.js';
import { columnsByRowList } from '../../mapping/program-columns.js';
import { SaturatingColumns } from '../../mapping/saturating-columns.js';
import { arbitraryShape, randomWindow, withRandomWeights } from './arbitrary-matrix.js';
import { arbitraryProgram } from './arbitrary-program.js';
import { naiveExecution } from './naive-operations.js';

const seed = 20261121;
const formation = fc.constantFrom<Formation>('fixed', 'driven');

/** The integer matrix product, from the weights. */
function product({ rows, outputs, weights }: MatrixSpec, window: ArrayLike<number>): number[] {
  return Array.from({ length: outputs }, (_, m) => {
    let sum = 0;
    for (let k = 0; k < rows; k++) sum += window[k]! * weights[k * outputs + m]!;
    return sum;
  });
}

function execute(
  program: OuProgram,
  window: ArrayLike<number>,
  adcBits: number,
  how: Formation,
): { outputs: number[]; saturated: number } {
  const executor = new ProgramExecutor(program, { adcBits, formation: how });
  const out = new Float64Array(program.outputs).fill(Number.NaN);
  executor.run(window, out);
  return { outputs: Array.from(out), saturated: executor.saturatedCodes };
}

/** -0 and 0 are the same output. */
const plain = (outputs: readonly number[]) => outputs.map((output) => output + 0);

describe('an ADC of the exact width', () => {
  it('gives the integer product for every encoding, layout and width', () => {
    fc.assert(
      fc.property(
        arbitraryShape({ rows: 60, outputs: 20, wordlines: 32, bitlines: 40 }),
        formation,
        ({ shape, seed: contents }, how) => {
          const spec = withRandomWeights(shape, contents);
          const window = randomWindow(spec.rows, spec.inputBits, contents);
          const bits = exactAdcBits(spec.ou.wordlines, spec.crossbar.bitsPerCell, spec.bitsPerPlane);
          const result = execute(compileDense(spec), window, bits, how);
          expect(plain(result.outputs)).toEqual(product(spec, window));
          expect(result.saturated).toBe(0);
        },
      ),
      { seed, numRuns: 400 },
    );
  });

  it('gives it for 16-bit weights and 16-bit inputs over several row blocks', () => {
    for (const encoding of ['differential', 'offset', 'twos-complement'] as const) {
      for (const layout of ['adjacent', 'planar'] as const) {
        for (const bitsPerCell of encoding === 'twos-complement' ? [1] : [1, 3, 4]) {
          const spec = withRandomWeights(
            {
              rows: 300,
              outputs: 12,
              weightBits: 16,
              inputBits: 16,
              bitsPerPlane: bitsPerCell,
              encoding,
              layout,
              crossbar: { wordlines: 128, bitlines: 64, bitsPerCell },
              ou: { wordlines: 9, bitlines: 8 },
            },
            seed,
          );
          const window = randomWindow(300, 16, seed);
          const bits = exactAdcBits(9, bitsPerCell, bitsPerCell);
          expect(plain(execute(compileDense(spec), window, bits, 'fixed').outputs)).toEqual(product(spec, window));
        }
      }
    }
  });

  it('gives it at the corners: one cell, all inputs and weights at their extremes', () => {
    const one: MatrixSpec = {
      rows: 1,
      outputs: 1,
      weights: Int32Array.of(-1),
      weightBits: 1,
      inputBits: 1,
      bitsPerPlane: 4,
      encoding: 'offset',
      layout: 'adjacent',
      crossbar: { wordlines: 1, bitlines: 1, bitsPerCell: 4 },
      ou: { wordlines: 1, bitlines: 1 },
    };
    expect(plain(execute(compileDense(one), [1], exactAdcBits(1, 4, 4), 'fixed').outputs)).toEqual([-1]);
    expect(plain(execute(compileDense(one), [0], exactAdcBits(1, 4, 4), 'driven').outputs)).toEqual([0]);

    const extreme: MatrixSpec = {
      ...one,
      rows: 20,
      weights: new Int32Array(20).fill(-32768),
      weightBits: 16,
      inputBits: 16,
      crossbar: { wordlines: 8, bitlines: 4, bitsPerCell: 4 },
      ou: { wordlines: 8, bitlines: 4 },
    };
    const window = new Uint16Array(20).fill(65535);
    expect(execute(compileDense(extreme), window, exactAdcBits(8, 4, 4), 'fixed').outputs).toEqual([
      20 * 65535 * -32768,
    ]);
  });
});

describe('a narrow ADC', () => {
  it('saturates a hand-derived code', () => {
    // Four weights of 1 on one bitline, inputs 1 1 1 1 and 3 0 0 1, OUs of 3 rows, 1 ADC bit.
    const spec: MatrixSpec = {
      rows: 4,
      outputs: 1,
      weights: Int32Array.of(1, 1, 1, 1),
      weightBits: 2,
      inputBits: 2,
      bitsPerPlane: 1,
      encoding: 'differential',
      layout: 'adjacent',
      crossbar: { wordlines: 4, bitlines: 1, bitsPerCell: 1 },
      ou: { wordlines: 3, bitlines: 1 },
    };
    const program = compileDense(spec);
    // Plane 0: rows {0 1 2} sum 3 -> 1, row {3} sum 1.
    expect(execute(program, [1, 1, 1, 1], 1, 'fixed')).toEqual({ outputs: [2], saturated: 1 });
    // Plane 0: rows {0 1 2} sum 1, row {3} sum 1; plane 1: sum 1, weight 2.
    expect(execute(program, [3, 0, 0, 1], 1, 'fixed')).toEqual({ outputs: [4], saturated: 0 });
    // Formed: plane 0 has one batch of rows {0 3}, sum 2 -> 1; plane 1: sum 1, weight 2.
    expect(execute(program, [3, 0, 0, 1], 1, 'driven')).toEqual({ outputs: [3], saturated: 1 });
    expect(execute(program, [3, 0, 0, 1], 2, 'driven')).toEqual({ outputs: [4], saturated: 0 });
  });

  it('gives the codes of a cell-by-cell loop on placed matrices', () => {
    let saturatedRuns = 0;
    fc.assert(
      fc.property(
        arbitraryShape({ rows: 30, outputs: 6, wordlines: 20, bitlines: 24 }),
        formation,
        fc.integer({ min: 1, max: 12 }),
        ({ shape, seed: contents }, how, bits) => {
          const program = compileDense(withRandomWeights(shape, contents));
          const window = randomWindow(shape.rows, shape.inputBits, contents);
          const result = execute(program, window, bits, how);
          const naive = naiveExecution(program, window, how === 'driven' ? 'form' : 'none', bits);
          expect(plain(result.outputs)).toEqual(plain(naive.outputs));
          expect(result.saturated).toBe(naive.saturated);
          if (naive.saturated > 0) saturatedRuns++;
        },
      ),
      { seed, numRuns: 300 },
    );
    expect(saturatedRuns).toBeGreaterThan(50);
  });

  it('gives the codes of a cell-by-cell loop with shifts, complements and any row lists', () => {
    let saturatedRuns = 0;
    fc.assert(
      fc.property(
        arbitraryProgram(),
        formation,
        fc.integer({ min: 1, max: 10 }),
        ({ program, seed: contents }, how, bits) => {
          const window = randomWindow(program.inputs, program.inputBits, contents);
          const result = execute(program, window, bits, how);
          const naive = naiveExecution(program, window, how === 'driven' ? 'form' : 'group', bits);
          expect(plain(result.outputs)).toEqual(plain(naive.outputs));
          expect(result.saturated).toBe(naive.saturated);
          if (naive.saturated > 0) saturatedRuns++;
        },
      ),
      { seed, numRuns: 1000 },
    );
    expect(saturatedRuns).toBeGreaterThan(100);
  });

  it('counts saturated codes over windows', () => {
    const program = compileDense({
      rows: 3,
      outputs: 1,
      weights: Int32Array.of(1, 1, 1),
      weightBits: 2,
      inputBits: 1,
      bitsPerPlane: 1,
      encoding: 'differential',
      layout: 'adjacent',
      crossbar: { wordlines: 3, bitlines: 1, bitsPerCell: 1 },
      ou: { wordlines: 3, bitlines: 1 },
    });
    const executor = new ProgramExecutor(program, { adcBits: 1, formation: 'fixed' });
    const out = new Float64Array(1);
    const outputs = [
      [1, 1, 1],
      [1, 0, 0],
      [0, 1, 1],
      [0, 0, 0],
    ].map((window) => {
      executor.run(window, out);
      return out[0];
    });
    expect(outputs).toEqual([1, 1, 1, 0]);
    expect(executor.saturatedCodes).toBe(2);
  });
});

describe('both paths', () => {
  it('agree where nothing saturates', () => {
    fc.assert(
      fc.property(arbitraryProgram(), formation, ({ program, seed: contents }, how) => {
        const window = Int32Array.from(randomWindow(program.inputs, program.inputBits, contents));
        const adcBits = exactAdcBits(program.ouWordlines, program.bitsPerCell, program.bitsPerPlane);
        for (const [rowList, columns] of columnsByRowList(program, { first: 0, count: program.crossbars.length })) {
          const atOnce = new Float64Array(program.outputs);
          const codeByCode = new Float64Array(program.outputs);
          new LinearColumns(program, rowList, columns).addTo(window, atOnce);
          const saturating = new SaturatingColumns(program, rowList, columns, { adcBits, formation: how });
          expect(saturating.addTo(window, codeByCode)).toBe(0);
          expect(plain(Array.from(codeByCode))).toEqual(plain(Array.from(atOnce)));
        }
      }),
      { seed, numRuns: 500 },
    );
  });
});

describe('parts of the crossbars', () => {
  it('add up to the whole, whatever the ADC', () => {
    fc.assert(
      fc.property(
        arbitraryShape({ rows: 40, outputs: 8, wordlines: 12, bitlines: 20 }),
        fc.integer({ min: 1, max: 8 }),
        fc.integer({ min: 1, max: 7 }),
        ({ shape, seed: contents }, crossbarsPerPart, adcBits) => {
          const program = compileDense(withRandomWeights(shape, contents));
          const window = randomWindow(shape.rows, shape.inputBits, contents);
          const sum = new Array<number>(program.outputs).fill(0);
          const out = new Float64Array(program.outputs);
          let saturated = 0;
          for (let first = 0; first < program.crossbars.length; first += crossbarsPerPart) {
            const count = Math.min(crossbarsPerPart, program.crossbars.length - first);
            const part = new ProgramExecutor(program, { adcBits, formation: 'fixed', crossbars: { first, count } });
            part.run(window, out);
            for (let m = 0; m < sum.length; m++) sum[m]! += out[m]!;
            saturated += part.saturatedCodes;
          }
          const whole = execute(program, window, adcBits, 'fixed');
          expect(plain(sum)).toEqual(plain(whole.outputs));
          expect(saturated).toBe(whole.saturated);
        },
      ),
      { seed, numRuns: 150 },
    );
  });
});

describe('bad calls', () => {
  const program = compileDense({
    rows: 2,
    outputs: 1,
    weights: Int32Array.of(1, 1),
    weightBits: 2,
    inputBits: 3,
    bitsPerPlane: 1,
    encoding: 'offset',
    layout: 'adjacent',
    crossbar: { wordlines: 2, bitlines: 2, bitsPerCell: 1 },
    ou: { wordlines: 2, bitlines: 2 },
  });
  const executor = new ProgramExecutor(program, { adcBits: 2, formation: 'fixed' });

  it('name the input that is not an unsigned integer of inputBits bits', () => {
    const out = new Float64Array(1);
    expect(() => executor.run([7, 7], out)).not.toThrow();
    for (const bad of [8, -1, 0.5, Number.NaN, 2 ** 32 + 1]) {
      expect(() => executor.run([0, bad], out)).toThrow(`got ${bad} for input 1; allowed an integer 0 .. 7`);
    }
  });

  it('name lengths that do not match', () => {
    expect(() => executor.run([1], new Float64Array(1))).toThrow('got 1 inputs; allowed 2');
    expect(() => executor.run([1, 1], new Float64Array(2))).toThrow('got 2 elements; allowed 1');
  });

  it('name crossbars that the program does not have, and ADCs without a whole number of bits', () => {
    const build = (adcBits: number, first: number, count: number) => () =>
      new ProgramExecutor(program, { adcBits, formation: 'fixed', crossbars: { first, count } });
    expect(build(2, 0, 1)).not.toThrow();
    expect(build(2, 0, 2)).toThrow('got first 0, count 2');
    expect(build(2, -1, 1)).toThrow('got first -1');
    expect(build(0, 0, 1)).toThrow('adcBits: got 0');
    expect(build(1.5, 0, 1)).toThrow('adcBits: got 1.5');
  });

  it('name shifts that do not fit and planes that do not cover the inputs', () => {
    const shifted = (shift: number, planes: number): OuProgram => ({
      ...program,
      planes,
      rowLists: [{ ...program.rowLists[0]!, shifts: Uint8Array.of(0, shift) }],
    });
    const build = (broken: OuProgram) => () => new ProgramExecutor(broken, { adcBits: 2, formation: 'fixed' });
    expect(build(shifted(27, 30))).not.toThrow();
    expect(build(shifted(28, 31))).toThrow('take 31 bits; allowed at most 30');
    expect(build(shifted(1, 3))).toThrow('got 3 planes; allowed 4');
  });
});
