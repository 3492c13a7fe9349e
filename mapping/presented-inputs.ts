import type { OuProgram } from './ou-program.js';

/** Presented inputs are 32-bit signed integers, and so is 2^bits of the widest. */
const MAX_PRESENTED_BITS = 30;

/**
 * Bits of the widest input that a row presents: inputBits + largest shift.
 *
 * @throws RangeError where that is more than 30 bits, or where the program's planes do not cover it exactly.
 */
export function presentedBits(program: OuProgram): number {
  let largestShift = 0;
  for (const { shifts } of program.rowLists) for (const shift of shifts) largestShift = Math.max(largestShift, shift);
  const bits = program.inputBits + largestShift;
  if (bits > MAX_PRESENTED_BITS) {
    throw new RangeError(
      `OU program: inputs of ${program.inputBits} bits with a shift of ${largestShift} take ${bits} bits; ` +
        `allowed at most ${MAX_PRESENTED_BITS}`,
    );
  }
  const planes = Math.ceil(bits / program.bitsPerPlane);
  if (program.planes !== planes) {
    throw new RangeError(
      `OU program: got ${program.planes} planes; allowed ${planes}, the planes of ${program.bitsPerPlane} bits ` +
        `that cover presented inputs of ${bits} bits`,
    );
  }
  return bits;
}

/**
 * Copies a window of `program.inputs` unsigned integers of `program.inputBits` bits into `into`.
 *
 * @throws RangeError for a window of another length or an input that is not such an integer.
 */
export function loadWindow(program: OuProgram, window: ArrayLike<number>, into: Int32Array): void {
  const { inputs, inputBits } = program;
  if (window.length !== inputs) {
    throw new RangeError(`window: got ${window.length} inputs; allowed ${inputs}, one per row of the matrix`);
  }
  // Not 2 ** inputBits - 1: V8 would evaluate that power again for every input.
  const mask = (1 << inputBits) - 1;
  for (let k = 0; k < inputs; k++) {
    const input = window[k]!;
    // The mask also turns fractions, NaN and negative numbers into something else than themselves.
    if ((input & mask) !== input) {
      throw new RangeError(`window: got ${input} for input ${k}; allowed an integer 0 .. ${mask} (${inputBits} bits)`);
    }
    into[k] = input;
  }
}
