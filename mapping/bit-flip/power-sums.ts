/**
 * Codes that are a sum of few powers of two: Bit-Transformer's quantiser (ICCAD 2021), of the family of additive powers of
 * two (APoT). The powers need not be adjacent.
 */
export class PowerSums {
  /** Every code of `bits` bits with at most `terms` ones, ascending. */
  readonly codes: Int32Array;
  /** The nearest code by twice the magnitude, rounded up: midpoints between codes are halves of whole numbers. */
  private readonly nearestCode: Int32Array;

  constructor(bits: number, terms: number) {
    const codes: number[] = [];
    for (let code = 0; code < 2 ** bits; code++) if (ones(code) <= terms) codes.push(code);
    this.codes = Int32Array.from(codes);
    this.nearestCode = new Int32Array(2 ** (bits + 1) + 1);
    for (let twice = 0, i = 0; twice < this.nearestCode.length; twice++) {
      while (i + 1 < codes.length && twice > codes[i]! + codes[i + 1]!) i++;
      this.nearestCode[twice] = codes[i]!;
    }
  }

  /**
   * The code nearest to `magnitude`, the smaller one of two equally near. What lies beyond the largest code takes that
   * one.
   *
   * @param magnitude in units of the least significant bit, 0 .. 2^bits
   */
  nearest(magnitude: number): number {
    return this.nearestCode[Math.ceil(2 * magnitude)]!;
  }
}

function ones(code: number): number {
  let count = 0;
  for (let rest = code; rest > 0; rest &= rest - 1) count++;
  return count;
}
