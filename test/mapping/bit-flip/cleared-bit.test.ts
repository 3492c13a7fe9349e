import { describe, expect, it } from 'vitest';
import { ABOVE, BELOW, clearedBit, FURTHER_BELOW } from '../../../mapping/bit-flip/cleared-bit.js';

describe('a cleared bit with its neighbours', () => {
  it("changes the value by 1 in Bit-Transformer's two examples", () => {
    expect(clearedBit(0b0100, 0)).toBe(0b0011);
    expect(clearedBit(0b0111, 0)).toBe(0b1000);
  });

  it('may not touch a locked bit', () => {
    expect(clearedBit(0b0111, ABOVE)).toBe(0b0011);
    expect(clearedBit(0b0100, BELOW)).toBe(0b0001);
    expect(clearedBit(0b0100, BELOW | FURTHER_BELOW)).toBe(0b0000); // 1000 is as near and has a one more
    expect(clearedBit(0b0110, ABOVE | FURTHER_BELOW)).toBe(0b0010);
    for (const v of [4, 5, 6, 7, 12, 13, 14, 15]) expect(clearedBit(v, ABOVE | BELOW | FURTHER_BELOW)).toBe(v - 4);
  });

  it('takes the nearest number that it may', () => {
    for (const v of [4, 5, 6, 7, 12, 13, 14, 15]) {
      for (let locked = 0; locked < 16; locked++) {
        if ((locked & 4) !== 0) continue;
        const cleared = clearedBit(v, locked);
        for (let other = 0; other < 16; other++) {
          const allowed = (other & 4) === 0 && ((other ^ v) & locked) === 0;
          if (other === cleared) expect(allowed).toBe(true);
          if (allowed) expect(Math.abs(cleared - v)).toBeLessThanOrEqual(Math.abs(other - v));
        }
      }
    }
  });
});
