import type { OuProgram } from './ou-program.js';
import { presentedBits } from './presented-inputs.js';

/** Inputs of so many bits or fewer look their digits up. */
const TABLE_BITS = 16;

/**
 * How often each row list of a program has a driven row, over all planes and windows: all that inputs have an influence on
 * where no detector looks at them.
 *
 * Counted by input and not by row list: a shift by whole digits changes the planes in which an input is driven and not
 * their number, so that only the rest of a shift matters.
 */
export class DrivenRows {
  /** By the rest of a shift: planes in which each input is driven, over all windows; undefined where no row has that rest. */
  private readonly drives: readonly (Float64Array | undefined)[];
  /** By the rest of a shift: of the lowest `TABLE_BITS` bits of an input, the digits that are not zero. */
  private readonly digits: readonly Uint8Array[];

  constructor(private readonly program: OuProgram) {
    const { rowLists, bitsPerPlane, inputBits, inputs } = program;
    presentedBits(program);
    const rests = new Set<number>();
    for (const { shifts } of rowLists) for (const shift of shifts) rests.add(shift % bitsPerPlane);
    this.drives = Array.from({ length: bitsPerPlane }, (_, rest) =>
      rests.has(rest) ? new Float64Array(inputs) : undefined,
    );
    this.digits = drivenDigits(Math.min(inputBits, TABLE_BITS), bitsPerPlane);
  }

  /** Counts a window, shape [program.inputs], of unsigned integers of `program.inputBits` bits. */
  add(window: Int32Array): void {
    this.drives.forEach((sums, rest) => {
      if (sums === undefined) return;
      if (this.program.inputBits <= TABLE_BITS) addDigits(window, this.digits[rest]!, sums);
      else this.addWide(window, rest, sums);
    });
  }

  /** By index in `program.rowLists`. */
  totals(): Float64Array {
    const { bitsPerPlane, rowLists } = this.program;
    return Float64Array.from(rowLists, ({ inputs, shifts }) => {
      let sum = 0;
      for (let row = 0; row < inputs.length; row++) sum += this.drives[shifts[row]! % bitsPerPlane]![inputs[row]!]!;
      return sum;
    });
  }

  private addWide(window: Int32Array, rest: number, sums: Float64Array): void {
    const { bitsPerPlane } = this.program;
    for (let k = 0; k < window.length; k++) {
      for (let left = window[k]! << rest; left !== 0; left >>>= bitsPerPlane) {
        if ((left & ((1 << bitsPerPlane) - 1)) !== 0) sums[k]!++;
      }
    }
  }
}

/** By the rest of a shift and input: its digits that are not zero when it is presented with the shift. */
function drivenDigits(inputBits: number, bitsPerPlane: number): Uint8Array[] {
  const digit = 2 ** bitsPerPlane - 1;
  const unshifted = new Uint8Array(2 ** inputBits);
  for (let input = 1; input < unshifted.length; input++) {
    unshifted[input] = unshifted[input >>> bitsPerPlane]! + ((input & digit) === 0 ? 0 : 1);
  }
  return Array.from({ length: bitsPerPlane }, (_, rest) =>
    rest === 0
      ? unshifted
      : unshifted.map(
          (_, input) => unshifted[input >>> (bitsPerPlane - rest)]! + (((input << rest) & digit) === 0 ? 0 : 1),
        ),
  );
}

function addDigits(window: Int32Array, digits: Uint8Array, sums: Float64Array): void {
  for (let k = 0; k < window.length; k++) sums[k]! += digits[window[k]!]!;
}
