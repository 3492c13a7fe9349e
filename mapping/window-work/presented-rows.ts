import type { OuProgram } from '../ou-program.js';
import { loadWindow, presentedBits } from '../presented-inputs.js';

const UNSEEN = -1;

/**
 * What the rows of a program present: its inputs, or, where rows shift them, every pair of an input and its shift that
 * occurs, numbered in the order in which row lists first name it. So rows of a row block stand side by side.
 */
export class PresentedRows {
  /** Presented rows. */
  readonly count: number;

  private readonly program: OuProgram;
  /** Where rows shift inputs, by presented row: its input and its left shift in bits. */
  private readonly shifted: { readonly inputs: Int32Array; readonly shifts: Uint8Array } | null;
  /** Where rows shift inputs, entry (input << shiftBits) | shift: the number of the presented row, or UNSEEN. */
  private readonly numbers: Int32Array;
  private readonly shiftBits: number;

  /** @throws RangeError where the program presents inputs of more than 30 bits. */
  constructor(program: OuProgram) {
    this.program = program;
    const largestShift = presentedBits(program) - program.inputBits;
    this.shiftBits = 32 - Math.clz32(largestShift);
    if (largestShift === 0) {
      this.numbers = new Int32Array(0);
      this.shifted = null;
      this.count = program.inputs;
      return;
    }
    this.numbers = new Int32Array(program.inputs << this.shiftBits).fill(UNSEEN);
    const keys: number[] = [];
    for (const { inputs, shifts } of program.rowLists) {
      for (let row = 0; row < inputs.length; row++) {
        const key = (inputs[row]! << this.shiftBits) | shifts[row]!;
        if (this.numbers[key] !== UNSEEN) continue;
        this.numbers[key] = keys.length;
        keys.push(key);
      }
    }
    this.shifted = {
      inputs: Int32Array.from(keys, (key) => key >>> this.shiftBits),
      shifts: Uint8Array.from(keys, (key) => key & ((1 << this.shiftBits) - 1)),
    };
    this.count = keys.length;
  }

  /** The number of what a row of the program presents. */
  numberOf(input: number, shift: number): number {
    return this.shifted === null ? input : this.numbers[(input << this.shiftBits) | shift]!;
  }

  /**
   * Writes, by presented row, the planes in which a window drives it: bit p is set where digit p is not zero.
   *
   * @returns the planes in which any row is driven
   * @throws RangeError for a window of another length or an input that is not an unsigned integer of `inputBits` bits.
   */
  load(window: Int32Array, driven: Int32Array): number {
    const inputs = bitsOfAny(window);
    if (window.length !== this.program.inputs || inputs >>> this.program.inputBits !== 0) {
      // Finds which input is wrong, and throws.
      loadWindow(this.program, window, new Int32Array(this.program.inputs));
    }
    if (this.shifted === null) driven.set(window);
    else shift(window, this.shifted.inputs, this.shifted.shifts, driven);
    if (this.program.bitsPerPlane > 1) planesOfDigits(this.program.bitsPerPlane, driven);
    return this.shifted === null && this.program.bitsPerPlane === 1 ? inputs : bitsOfAny(driven);
  }
}

function bitsOfAny(numbers: Int32Array): number {
  const { length } = numbers;
  let any = 0;
  let i = 0;
  // Eight at a time: the loop itself costs more than a load.
  for (; i + 7 < length; i += 8) {
    any |= numbers[i]! | numbers[i + 1]! | numbers[i + 2]! | numbers[i + 3]!;
    any |= numbers[i + 4]! | numbers[i + 5]! | numbers[i + 6]! | numbers[i + 7]!;
  }
  for (; i < length; i++) any |= numbers[i]!;
  return any;
}

function shift(window: Int32Array, inputs: Int32Array, shifts: Uint8Array, into: Int32Array): void {
  for (let row = 0; row < inputs.length; row++) into[row] = window[inputs[row]!]! << shifts[row]!;
}

/** Replaces numbers by their digits that are not zero, a bit each. */
function planesOfDigits(bitsPerPlane: number, numbers: Int32Array): void {
  const digit = 2 ** bitsPerPlane - 1;
  for (let i = 0; i < numbers.length; i++) {
    let planes = 0;
    let rest = numbers[i]!;
    for (let plane = 1; rest !== 0; plane <<= 1, rest >>>= bitsPerPlane) {
      if ((rest & digit) !== 0) planes |= plane;
    }
    numbers[i] = planes;
  }
}
