import type { OuProgram } from './ou-program.js';
import { presentedBits } from './presented-inputs.js';

/**
 * How often each row list has a driven row, over all planes and windows: all that inputs have an influence on where no
 * detector looks at them.
 *
 * Counted by input and not by row list: a shift by whole digits changes the planes in which an input is driven and not
 * their number, so that only the rest of a shift matters.
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
  const { rowLists, bitsPerPlane, inputBits } = program;
  presentedBits(program);
  /** By the rest of a shift: planes in which each input is driven, over all windows; those that no row has are left out. */
  const drives: (Float64Array | undefined)[] = [];
  for (const { shifts } of rowLists) {
    for (let row = 0; row < shifts.length; row++)
      drives[shifts[row]! % bitsPerPlane] ??= new Float64Array(program.inputs);
  }
  const window = new Int32Array(program.inputs);
  const digits = drives.map((_, shift) => drivenDigits(inputBits, shift, bitsPerPlane));
  for (let index = 0; index < windows; index++) {
    gather(index, window);
    drives.forEach((sums, shift) => {
      addDigits(window, digits[shift]!, sums!);
    });
  }
  return Float64Array.from(rowLists, ({ inputs, shifts }) => {
    let sum = 0;
    for (let row = 0; row < inputs.length; row++) sum += drives[shifts[row]! % bitsPerPlane]![inputs[row]!]!;
    return sum;
  });
}

/** By input: its digits that are not zero when it is presented with a shift. */
function drivenDigits(inputBits: number, shift: number, bitsPerPlane: number): Uint8Array {
  const digits = new Uint8Array(2 ** inputBits);
  for (let input = 0; input < digits.length; input++) {
    for (let rest = input << shift; rest !== 0; rest >>>= bitsPerPlane) {
      if ((rest & ((1 << bitsPerPlane) - 1)) !== 0) digits[input]!++;
    }
  }
  return digits;
}

function addDigits(window: Int32Array, digits: Uint8Array, sums: Float64Array): void {
  for (let k = 0; k < window.length; k++) sums[k]! += digits[window[k]!]!;
}
