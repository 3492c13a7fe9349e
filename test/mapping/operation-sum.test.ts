import { describe, expect, it } from 'vitest';
import { exactAdcBits, largestOperationSum } from '../../mapping/operation-sum.js';

describe('largest operation sum', () => {
  it('is ou.wordlines x largest level x largest digit', () => {
    expect(largestOperationSum({ ouWordlines: 9, bitsPerCell: 1, bitsPerPlane: 1 })).toBe(9);
    expect(largestOperationSum({ ouWordlines: 128, bitsPerCell: 2, bitsPerPlane: 1 })).toBe(384);
    expect(largestOperationSum({ ouWordlines: 10, bitsPerCell: 4, bitsPerPlane: 3 })).toBe(10 * 15 * 7);
  });
});

describe('exact ADC bits', () => {
  it('is ceil(log2(S + 1))', () => {
    expect(exactAdcBits(1, 1, 1)).toBe(1); // S = 1
    expect(exactAdcBits(9, 1, 1)).toBe(4); // S = 9
    // ISAAC: 128 rows of 2-bit cells at 1 input bit need 9 bits (its encoding then saves one).
    expect(exactAdcBits(128, 2, 1)).toBe(9);
    expect(exactAdcBits(7, 1, 1)).toBe(3); // S = 7 = 2^3 - 1
    expect(exactAdcBits(8, 1, 1)).toBe(4);
  });

  it('turns over at every power of two', () => {
    for (let bits = 1; bits <= 12; bits++) {
      expect(exactAdcBits(2 ** bits - 1, 1, 1)).toBe(bits);
      expect(exactAdcBits(2 ** bits, 1, 1)).toBe(bits + 1);
    }
  });
});
