import type { OuProgram } from '../ou-program.js';
import { loadWindow, presentedBits } from '../presented-inputs.js';

const UNSEEN = -1;

/**
 * What the rows of a program present: every pair of an input and its shift that occurs, once, numbered in the order in
 * which row lists first name it. So the rows of a row block stand side by side, whatever inputs they carry.
 */
export class PresentedRows {
  /** Presented rows. */
  readonly count: number;

  private readonly program: OuProgram;
  /** By presented row: its logical input, and its left shift in bits. */
  private readonly inputs: Int32Array;
  private readonly shifts: Uint8Array;
  /** Entry (input << shiftBits) | shift: the number of the presented row, or UNSEEN. */
  private readonly numbers: Int32Array;
  private readonly shiftBits: number;

  /** @throws RangeError where the program presents inputs of more than 30 bits. */
  constructor(program: OuProgram) {
    this.program = program;
    const largestShift = presentedBits(program) - program.inputBits;
    this.shiftBits = 32 - Math.clz32(largestShift);
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
    this.count = keys.length;
    this.inputs = Int32Array.from(keys, (key) => key >>> this.shiftBits);
    this.shifts = Uint8Array.from(keys, (key) => key & ((1 << this.shiftBits) - 1));
  }

  /** The number of what a row presents; UNSEEN for a pair that no row list has. */
  numberOf(input: number, shift: number): number {
    return this.numbers[(input << this.shiftBits) | shift]!;
  }

  /**
   * Writes, by presented row, the planes in which a window drives it: bit p is set where digit p is not zero.
   *
   * @returns the planes in which any row is driven
   * @throws RangeError for a window of another length or an input that is not an unsigned integer of `inputBits` bits.
   */
  load(window: Int32Array, driven: Int32Array): number {
    this.check(window);
    return this.program.bitsPerPlane === 1 ? this.loadBits(window, driven) : this.loadDigits(window, driven);
  }

  private loadBits(window: Int32Array, driven: Int32Array): number {
    const { inputs, shifts, count } = this;
    let any = 0;
    for (let row = 0; row < count; row++) {
      const presented = window[inputs[row]!]! << shifts[row]!;
      driven[row] = presented;
      any |= presented;
    }
    return any;
  }

  private loadDigits(window: Int32Array, driven: Int32Array): number {
    const { inputs, shifts, count } = this;
    const { bitsPerPlane } = this.program;
    const digit = 2 ** bitsPerPlane - 1;
    let any = 0;
    for (let row = 0; row < count; row++) {
      let planes = 0;
      let presented = window[inputs[row]!]! << shifts[row]!;
      for (let plane = 1; presented !== 0; plane <<= 1, presented >>>= bitsPerPlane) {
        if ((presented & digit) !== 0) planes |= plane;
      }
      driven[row] = planes;
      any |= planes;
    }
    return any;
  }

  /** One test for all inputs; `loadWindow` finds which of them is wrong. */
  private check(window: Int32Array): void {
    let bits = 0;
    for (let input = 0; input < window.length; input++) bits |= window[input]!;
    if (window.length === this.program.inputs && bits >>> this.program.inputBits === 0) return;
    loadWindow(this.program, window, new Int32Array(this.program.inputs));
  }
}
