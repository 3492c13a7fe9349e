import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compileDense } from '../../mapping/dense.js';
import { isExactProduct } from '../../mapping/exact-product.js';
import { ProgramExecutor } from '../../mapping/execute.js';
import { exactAdcBits } from '../../mapping/operation-sum.js';
import { readBackWeights } from '../../mapping/read-back.js';
import { arbitraryProgram } from './arbitrary-program.js';
import { naiveExecution } from './naive-operations.js';
import { randomInteger, seededRandom } from './random.js';

const SEED = { seed: 20261121, numRuns: 200 };
const formation = fc.constantFrom('fixed', 'driven');

describe('a program is an exact product', () => {
  it('only where executing its operations one by one gives the product, and no code saturates', () => {
    let exact = 0;
    fc.assert(
      fc.property(
        arbitraryProgram(),
        fc.integer({ min: 1, max: 14 }),
        formation,
        ({ program, seed }, adcBits, rows) => {
          const weights = readBackWeights(program);
          if (!isExactProduct(program, weights, { adcBits, formation: rows })) return;
          exact++;
          const random = seededRandom(seed);
          const largest = 2 ** program.inputBits - 1;
          for (const most of [largest, randomInteger(random, 0, largest)]) {
            const window = Int32Array.from({ length: program.inputs }, () => randomInteger(random, most >> 1, most));
            const detector = rows === 'driven' ? 'form' : 'none';
            const { outputs, saturated } = naiveExecution(program, window, detector, adcBits);
            expect(saturated).toBe(0);
            const product = Array.from({ length: program.outputs }, (_, m) =>
              window.reduce((sum, input, k) => sum + input * weights[k * program.outputs + m]!, 0),
            );
            expect(outputs.map((output) => output + 0)).toEqual(product.map((output) => output + 0));
          }
        },
      ),
      SEED,
    );
    // The property must not hold because there was nothing to look at.
    expect(exact).toBeGreaterThan(20);
  });

  it('wherever the ADC is as wide as the operations need, and only with the weights that the cells stand for', () => {
    fc.assert(
      fc.property(arbitraryProgram(), formation, fc.nat(), ({ program }, rows, at) => {
        const adcBits = exactAdcBits(program.ouWordlines, program.bitsPerCell, program.bitsPerPlane);
        const weights = readBackWeights(program);
        expect(isExactProduct(program, weights, { adcBits, formation: rows })).toBe(true);
        weights[at % weights.length]! += 1;
        expect(isExactProduct(program, weights, { adcBits, formation: rows })).toBe(false);
        expect(isExactProduct(program, weights.subarray(1), { adcBits, formation: rows })).toBe(false);
      }),
      SEED,
    );
  });

  it('with a narrower ADC where the cells leave room: a column of three ones of 4-row operations', () => {
    // Rows 0 .. 3 hold 1, 1, 1, 0 and rows 4 .. 7 hold 0, 0, 0, 1: at most 3 come together in fixed operations, 4 in formed
    // ones, and 2 bits hold 3.
    const program = compileDense({
      rows: 8,
      outputs: 1,
      weights: Int32Array.of(1, 1, 1, 0, 0, 0, 0, 1),
      weightBits: 2,
      inputBits: 1,
      bitsPerPlane: 1,
      encoding: 'differential',
      layout: 'adjacent',
      crossbar: { wordlines: 8, bitlines: 8, bitsPerCell: 1 },
      ou: { wordlines: 4, bitlines: 8 },
    });
    const weights = readBackWeights(program);
    const is = (adcBits: number, rows: 'fixed' | 'driven') =>
      isExactProduct(program, weights, { adcBits, formation: rows });
    expect([is(1, 'fixed'), is(2, 'fixed'), is(2, 'driven'), is(3, 'driven')]).toEqual([false, true, false, true]);
    const executor = new ProgramExecutor(program, { adcBits: 2, formation: 'driven' });
    const out = new Float64Array(1);
    executor.run([1, 1, 1, 0, 0, 0, 0, 1], out);
    expect([out[0], executor.saturatedCodes]).toEqual([3, 1]);
  });
});
