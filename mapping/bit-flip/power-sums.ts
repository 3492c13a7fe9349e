/**
 * Codes that are a sum of few powers of two: Bit-Transformer's quantiser (ICCAD 2021), of the family of additive powers of
 * two (APoT). The powers need not be adjacent.
 */
export class PowerSums {
  /** Every code of `bits` bits with at most `terms` ones, ascending. */
  readonly codes: Int32Array;

  constructor(bits: number, terms: number) {
    const codes: number[] = [];
    for (let code = 0; code < 2 ** bits; code++) if (ones(code) <= terms) codes.push(code);
    this.codes = Int32Array.from(codes);
  }

  /**
   * The code nearest to `magnitude`, the smaller one of two equally near. What lies beyond the largest code takes that
   * one.
   *
   * @param magnitude in units of the least significant bit, >= 0
   */
  nearest(magnitude: number): number {
    const { codes } = this;
    let low = 0;
    let high = codes.length - 1;
    // The first code whose midpoint with the next one is not below the magnitude.
    while (low < high) {
      const middle = (low + high) >> 1;
      if (2 * magnitude <= codes[middle]! + codes[middle + 1]!) high = middle;
      else low = middle + 1;
    }
    return codes[low]!;
  }
}

function ones(code: number): number {
  let count = 0;
  for (let rest = code; rest > 0; rest &= rest - 1) count++;
  return count;
}
