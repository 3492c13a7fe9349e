import { describe, expect, it } from 'vitest';
import { largestWindowCode, nearestWindowCode } from '../../../mapping/squeeze/bit-window.js';

/** Whether the ones of a code lie within `window` adjacent bits, from its binary digits. */
function fitsWindow(code: number, window: number): boolean {
  const digits = code.toString(2);
  return code === 0 || digits.lastIndexOf('1') - digits.indexOf('1') < window;
}

describe('codes with their ones within a window', () => {
  it('are 4/4, 5/4, 6/4 and 7/4 times a power of two for a window of 3', () => {
    const nearest = (magnitude: number) => nearestWindowCode(magnitude, 8, 3);
    expect([64, 80, 96, 112, 128, 160, 192, 224].map(nearest)).toEqual([64, 80, 96, 112, 128, 160, 192, 224]);
    expect(nearest(71)).toBe(64);
    expect(nearest(73)).toBe(80);
    expect(nearest(72)).toBe(64); // 4.5 steps of 16: the even mantissa, 4
    expect(nearest(88)).toBe(96); // 5.5 steps: 6
    expect(nearest(121)).toBe(128); // rounds up into the next power of two
    expect(nearest(6.4)).toBe(6);
    expect(nearest(0.4)).toBe(0);
    expect(nearest(0.6)).toBe(1);
  });

  it('end at the largest one: the largest weight is brought to 2^bits and takes it', () => {
    expect(nearestWindowCode(256, 8, 3)).toBe(0b11100000);
    expect(nearestWindowCode(241, 8, 3)).toBe(0b11100000);
    expect(nearestWindowCode(16, 4, 4)).toBe(15);
    expect(nearestWindowCode(4, 2, 3)).toBe(3);
    expect(largestWindowCode(8, 1)).toBe(128);
  });

  it('are powers of two for a window of 1, and all codes for a window of all bits', () => {
    for (let magnitude = 0; magnitude < 256; magnitude++) {
      const power = nearestWindowCode(magnitude, 8, 1);
      expect(power === 0 || Number.isInteger(Math.log2(power))).toBe(true);
      expect(nearestWindowCode(magnitude, 8, 8)).toBe(magnitude);
      expect(nearestWindowCode(magnitude, 8, 15)).toBe(magnitude);
    }
  });

  it('are the nearest of all such codes, found by trying every one', () => {
    for (const [bits, window] of [
      [8, 3],
      [8, 2],
      [6, 1],
      [5, 4],
      [1, 1],
    ] as const) {
      const codes = Array.from({ length: 2 ** bits }, (_, code) => code).filter((code) => fitsWindow(code, window));
      expect(codes.at(-1)).toBe(largestWindowCode(bits, window));
      for (let magnitude = 0; magnitude <= 2 ** bits; magnitude += 0.25) {
        const code = nearestWindowCode(magnitude, bits, window);
        expect(codes).toContain(code);
        const nearest = Math.min(...codes.map((candidate) => Math.abs(candidate - magnitude)));
        expect(Math.abs(code - magnitude)).toBe(nearest);
      }
    }
  });
});
