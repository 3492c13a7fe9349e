import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { quantiseMultiplier } from '../../../models/tflite/quantised-multiplier.js';

const RUNS = { seed: 20261121 };

describe('quantiseMultiplier', () => {
  it('is the factor to 2^-31 of it, with a fraction of 31 bits', () => {
    const factor = fc
      .tuple(fc.double({ min: 0.5, max: 1, noNaN: true }), fc.integer({ min: -30, max: 30 }))
      .map(([fraction, exponent]) => fraction * 2 ** exponent);
    fc.assert(
      fc.property(factor, (value) => {
        const { multiplier, shift } = quantiseMultiplier(value);
        expect(Number.isInteger(multiplier)).toBe(true);
        expect(multiplier).toBeGreaterThanOrEqual(2 ** 30);
        expect(multiplier).toBeLessThan(2 ** 31);
        expect(Math.abs(multiplier * 2 ** (shift - 31) - value)).toBeLessThanOrEqual(value * 2 ** -31);
      }),
      RUNS,
    );
  });

  it.each([
    [1, 2 ** 30, 1],
    [0.5, 2 ** 30, 0],
    [0.75, 3 * 2 ** 29, 0],
    [3, 3 * 2 ** 29, 2],
    // Rounds up to 2^31, which 32 bits do not hold: half of it, and one more power of two.
    [1 - 2 ** -33, 2 ** 30, 1],
    [1 - 2 ** -31, 2 ** 31 - 1, 0],
    // Half a unit of the fraction is rounded away from zero.
    [0.5 + 2 ** -32, 2 ** 30 + 1, 0],
    [2 ** -32, 2 ** 30, -31],
    [2 ** -33, 0, 0],
    [0, 0, 0],
  ])('%d is %d and shift %d', (factor, multiplier, shift) => {
    expect(quantiseMultiplier(factor)).toEqual({ multiplier, shift });
  });
});
