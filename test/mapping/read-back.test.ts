import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { OuProgram } from '../../mapping/ou-program.js';
import { readBackWeights } from '../../mapping/read-back.js';
import { arbitraryProgram } from './arbitrary-program.js';
import { naiveExecution } from './naive-operations.js';

describe('weights read back from a program', () => {
  it('honour wordline, shift, significance, complement and input-sum correction', () => {
    // Row list: wordline 1 carries input 0 shifted by 2, wordline 0 carries input 1.
    const program: OuProgram = {
      inputs: 2,
      outputs: 2,
      inputBits: 1,
      bitsPerPlane: 1,
      planes: 3,
      bitsPerCell: 2,
      wordlines: 2,
      bitlines: 3,
      ouWordlines: 2,
      ouBitlines: 2,
      rowLists: [{ wordlines: Int32Array.of(1, 0), inputs: Int32Array.of(0, 1), shifts: Uint8Array.of(2, 0), span: 2 }],
      crossbars: [
        {
          levels: Uint8Array.of(3, 1, 2, /* wordline 1 */ 2, 0, 1),
          groups: [
            {
              rowList: 0,
              bitlines: Int32Array.of(1, 2),
              outputs: Int32Array.of(1, 0),
              significance: Float64Array.of(-2, 4),
              complement: Uint8Array.of(1, 0),
              indexBits: 0,
            },
          ],
        },
      ],
      inputSumFactor: Float64Array.of(0, -5),
      cellsUsed: 4,
      indexBits: 0,
    };
    // Input 0, output 0: 4 x level 1 x 2^2 = 16; output 1: -2 x (3 - 0) x 2^2 - 5 = -29.
    // Input 1, output 0: 4 x level 2 = 8; output 1: -2 x (3 - 1) - 5 = -9.
    expect(Array.from(readBackWeights(program))).toEqual([16, -29, 8, -9]);
  });

  it('are what a unit of each input does to the outputs', () => {
    fc.assert(
      fc.property(arbitraryProgram(), ({ program }) => {
        const weights = readBackWeights(program);
        for (let k = 0; k < program.inputs; k++) {
          const unit = new Uint8Array(program.inputs);
          unit[k] = 1;
          const row = Array.from(weights.subarray(k * program.outputs, (k + 1) * program.outputs));
          const { outputs } = naiveExecution(program, unit, 'none', 24);
          expect(row.map((weight) => weight + 0)).toEqual(outputs.map((output) => output + 0));
        }
      }),
      { seed: 20261121, numRuns: 60 },
    );
  });
});
