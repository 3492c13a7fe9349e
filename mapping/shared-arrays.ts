import { SequenceNumbers } from './sequence-numbers.js';

/** Typed arrays of numbers, one for all that have equal elements. Not to be written to. */
export class SharedArrays {
  private readonly int32Numbers = new SequenceNumbers();
  private readonly int32Arrays: Int32Array[] = [];
  private readonly uint8Numbers = new SequenceNumbers();
  private readonly uint8Arrays: Uint8Array[] = [];
  private readonly float64Numbers = new SequenceNumbers();
  private readonly float64Arrays: Float64Array[] = [];
  private readonly zeroArrays: Uint8Array[] = [];
  /** The elements asked for, as numbers and as the words that they stand in. */
  private numbers = new Float64Array(0);
  private words = new Int32Array(0);

  int32(elements: ArrayLike<number>): Int32Array {
    this.takeWords(elements);
    const number = this.int32Numbers.numberOf(this.words, elements.length);
    this.int32Arrays[number] ??= this.words.slice(0, elements.length);
    return this.int32Arrays[number]!;
  }

  uint8(elements: ArrayLike<number>): Uint8Array {
    this.takeWords(elements);
    const number = this.uint8Numbers.numberOf(this.words, elements.length);
    this.uint8Arrays[number] ??= new Uint8Array(this.words.subarray(0, elements.length));
    return this.uint8Arrays[number]!;
  }

  float64(elements: ArrayLike<number>): Float64Array {
    this.makeRoom(elements.length);
    for (let i = 0; i < elements.length; i++) this.numbers[i] = elements[i]!;
    const number = this.float64Numbers.numberOf(this.words, 2 * elements.length);
    this.float64Arrays[number] ??= this.numbers.slice(0, elements.length);
    return this.float64Arrays[number]!;
  }

  /** So many bytes of 0. */
  zeros(length: number): Uint8Array {
    this.zeroArrays[length] ??= new Uint8Array(length);
    return this.zeroArrays[length]!;
  }

  private takeWords(elements: ArrayLike<number>): void {
    this.makeRoom(elements.length);
    for (let i = 0; i < elements.length; i++) this.words[i] = elements[i]!;
  }

  private makeRoom(length: number): void {
    if (length <= this.numbers.length) return;
    this.numbers = new Float64Array(2 * length);
    this.words = new Int32Array(this.numbers.buffer);
  }
}
