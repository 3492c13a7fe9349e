import { describe, expect, it } from 'vitest';
import { type BlockFormat, precisionOf, saturated } from '../../../mapping/block-precision/block-format.js';

const magnitudes: BlockFormat = { signs: [1, -1], signBit: false, bitsPerCell: 1, largestPrecision: 8 };
const withSign: BlockFormat = { signs: [1], signBit: true, bitsPerCell: 1, largestPrecision: 9 };

describe('the precision of a weight', () => {
  it.each([
    [0, 0, 0],
    [1, 1, 2],
    [-1, 1, 1],
    [2, 2, 3],
    [-2, 2, 2],
    [3, 2, 3],
    [-4, 3, 3],
    [255, 8, 9],
    [-255, 8, 9],
    [-256, 9, 9],
  ])("%i: %i bits of magnitude, %i of two's complement", (weight, magnitude, twosComplement) => {
    expect(precisionOf(magnitudes, weight)).toBe(magnitude);
    expect(precisionOf(withSign, weight)).toBe(twosComplement);
  });
});

describe('a weight that does not fit', () => {
  it('becomes the nearest one that does, which is never farther than its lower bits alone', () => {
    for (let weight = 0; weight <= 255; weight++) {
      for (let p = 0; p <= 8; p++) {
        const kept = saturated(magnitudes, weight, p);
        const masked = weight % 2 ** p;
        expect(precisionOf(magnitudes, kept)).toBeLessThanOrEqual(p);
        expect(weight - kept).toBeLessThanOrEqual(weight - masked);
        expect(saturated(magnitudes, -weight, p) + kept).toBe(0);
      }
    }
  });

  it("saturates at the ends of two's complement", () => {
    expect([0, 1, 2, 3].map((p) => saturated(withSign, 7, p))).toEqual([0, 0, 1, 3]);
    expect([0, 1, 2, 3].map((p) => saturated(withSign, -7, p))).toEqual([-0, -1, -2, -4]);
  });
});
