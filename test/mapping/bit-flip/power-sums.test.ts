import { describe, expect, it } from 'vitest';
import { PowerSums } from '../../../mapping/bit-flip/power-sums.js';

const onesOf = (code: number) => code.toString(2).replaceAll('0', '').length;

describe('sums of powers of two', () => {
  it("quantise the two weights of Bit-Transformer's example with three terms and 8 bits", () => {
    const sums = new PowerSums(8, 3);
    expect(sums.nearest(0.137 * 256)).toBe(2 ** 5 + 2 ** 1 + 2 ** 0); // 2^-3 + 2^-7 + 2^-8
    expect(sums.nearest(0.266 * 256)).toBe(2 ** 6 + 2 ** 2); // 2^-2 + 2^-6
  });

  it('number as many as there are ways to choose their terms', () => {
    expect(new PowerSums(8, 3).codes).toHaveLength(1 + 8 + 28 + 56);
    expect(new PowerSums(8, 8).codes).toHaveLength(256);
    expect(new PowerSums(15, 1).codes).toHaveLength(16);
  });

  it('are the nearest of all codes with so few ones, the smaller of two, found by trying every one', () => {
    for (const [bits, terms] of [
      [8, 3],
      [6, 1],
      [5, 2],
      [4, 4],
      [1, 3],
    ] as const) {
      const sums = new PowerSums(bits, terms);
      const codes = Array.from({ length: 2 ** bits }, (_, code) => code).filter((code) => onesOf(code) <= terms);
      for (let magnitude = 0; magnitude <= 2 ** bits; magnitude += 0.25) {
        const distances = codes.map((code) => Math.abs(code - magnitude));
        expect(sums.nearest(magnitude)).toBe(codes[distances.indexOf(Math.min(...distances))]);
      }
    }
  });
});
