import type { OuProgram } from './ou-program.js';
import { presentedBits } from './presented-inputs.js';

const HALF_BITS = 16;
const HALF_MASK = 2 ** HALF_BITS - 1;

/** Ones of every number of 16 bits. */
const ONES = new Uint8Array(HALF_MASK + 1);
for (let number = 1; number < ONES.length; number++) ONES[number] = ONES[number >>> 1]! + (number & 1);

/**
 * How often each row list has a driven row, over all planes and windows: all that inputs have an influence on where no
 * detector looks at them.
 *
 * @param windows how many; `gather` writes window `index` into `into`, shape [program.inputs], unsigned integers of
 *   `program.inputBits` bits
 * @returns by index in `program.rowLists`
 */
export function drivenRows(
  program: OuProgram,
  windows: number,
  gather: (index: number, into: Int32Array) => void,
): Float64Array {
  const { rowLists, bitsPerPlane, planes } = program;
  presentedBits(program);
  let lowestBits = 0;
  for (let plane = 0; plane < planes; plane++) lowestBits |= 1 << (plane * bitsPerPlane);
  const driven = new Float64Array(rowLists.length);
  const window = new Int32Array(program.inputs);
  for (let index = 0; index < windows; index++) {
    gather(index, window);
    for (let list = 0; list < rowLists.length; list++) {
      const { inputs, shifts } = rowLists[list]!;
      let sum = 0;
      for (let row = 0; row < inputs.length; row++) {
        const presented = window[inputs[row]!]! << shifts[row]!;
        let any = presented;
        for (let bit = 1; bit < bitsPerPlane; bit++) any |= presented >>> bit;
        any &= lowestBits;
        sum += ONES[any & HALF_MASK]! + ONES[any >>> HALF_BITS]!;
      }
      driven[list]! += sum;
    }
  }
  return driven;
}
