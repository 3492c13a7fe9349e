import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  doublingHighMultiply,
  multiplyByQuantisedMultiplier,
  multiplyBySixteenBits,
  roundingRightShift,
} from '../../models/fixed-point.js';
import { roundHalfEven } from '../../models/round-half-even.js';

const RUNS = { seed: 20261121, numRuns: 5000 };
const INT32_MIN = -(2 ** 31);
const INT32_MAX = 2 ** 31 - 1;
const int32 = fc.oneof(
  fc.integer({ min: INT32_MIN, max: INT32_MAX }),
  fc.constantFrom(INT32_MIN, INT32_MAX, 0, 1, -1, 2 ** 30, -(2 ** 30)),
  // Few significant bits, so that products end in halves.
  fc.tuple(fc.integer({ min: -7, max: 7 }), fc.integer({ min: 0, max: 28 })).map(([a, shift]) => a * 2 ** shift),
);

/** The definitions of SOURCES.md and of gemmlowp, in integers of any size. BigInt division truncates towards zero. */
function srdhm(a: bigint, b: bigint): bigint {
  const product = a * b;
  const nudged = product + (product >= 0n ? 1n << 30n : 1n - (1n << 30n));
  const result = nudged / (1n << 31n);
  return result > BigInt(INT32_MAX) ? BigInt(INT32_MAX) : result;
}

function shiftRight(x: bigint, bits: bigint): bigint {
  const mask = (1n << bits) - 1n;
  const threshold = (mask >> 1n) + (x < 0n ? 1n : 0n);
  return (x >> bits) + ((x & mask) > threshold ? 1n : 0n);
}

describe('doublingHighMultiply', () => {
  it('by hand: halves upwards, saturation', () => {
    expect(doublingHighMultiply(3, 2 ** 30)).toBe(2); // 1.5
    expect(doublingHighMultiply(-3, 2 ** 30)).toBe(-1); // -1.5
    expect(doublingHighMultiply(-3, 2 ** 30 + 1)).toBe(-2); // a little less
    expect(doublingHighMultiply(1, 2 ** 29)).toBe(0); // 0.25
    expect(doublingHighMultiply(0, -5)).toBe(0);
    expect(doublingHighMultiply(INT32_MIN, INT32_MIN)).toBe(INT32_MAX);
    expect(doublingHighMultiply(INT32_MIN, INT32_MAX)).toBe(-INT32_MAX);
  });

  it('equals its definition', () => {
    fc.assert(
      fc.property(int32, int32, (a, b) => {
        const result = doublingHighMultiply(a, b);
        expect(result).toBe(Number(srdhm(BigInt(a), BigInt(b))));
      }),
      RUNS,
    );
  });
});

describe('roundingRightShift', () => {
  it('rounds to the nearest, halves away from zero', () => {
    const shifted = [5, 6, 7, -5, -6, -7, 2, -2, 1, -1].map((x) => roundingRightShift(x, 2));
    expect(shifted).toEqual([1, 2, 2, -1, -2, -2, 1, -1, 0, 0]);
    expect(roundingRightShift(-3, 0)).toBe(-3);
  });

  it("equals gemmlowp's definition", () => {
    fc.assert(
      fc.property(int32, fc.integer({ min: 0, max: 31 }), (x, bits) => {
        expect(roundingRightShift(x, bits)).toBe(Number(shiftRight(BigInt(x), BigInt(bits))));
      }),
      RUNS,
    );
  });
});

describe('multiplyByQuantisedMultiplier', () => {
  it('equals both steps in integers of any size, and refuses factors that leave 32 bits', () => {
    fc.assert(
      fc.property(int32, fc.integer({ min: 0, max: INT32_MAX }), fc.integer({ min: -31, max: 10 }), (x, m, shift) => {
        const shifted = shift > 0 ? BigInt(x) << BigInt(shift) : BigInt(x);
        if (shifted > BigInt(INT32_MAX) || shifted < BigInt(INT32_MIN)) {
          expect(() => multiplyByQuantisedMultiplier(x, m, shift)).toThrow(/allowed: 32-bit integers/);
          return;
        }
        const expected = shiftRight(srdhm(shifted, BigInt(m)), BigInt(Math.max(-shift, 0)));
        expect(multiplyByQuantisedMultiplier(x, m, shift)).toBe(Number(expected));
      }),
      RUNS,
    );
  });
});

describe('multiplyBySixteenBits', () => {
  it('by hand: 2^30 with shift 1 is 1 (M0 = 0.5, times 2), with shift 0 a half, rounded up', () => {
    expect(multiplyBySixteenBits(12345, 2 ** 30, 1)).toBe(12345);
    expect([3, -3, -4, 5].map((x) => multiplyBySixteenBits(x, 2 ** 30, 0))).toEqual([2, -1, -2, 3]);
  });

  it('equals its definition for sums up to 2^51', () => {
    const sum = fc.oneof(
      fc.integer({ min: -(2 ** 40), max: 2 ** 40 }),
      fc.integer({ min: -(2 ** 51), max: 2 ** 51 }),
      int32,
    );
    const multiplier = fc.oneof(
      fc.integer({ min: 0, max: INT32_MAX }),
      fc.constantFrom(INT32_MAX, 0x7fff0000, 2 ** 30),
    );
    fc.assert(
      fc.property(sum, multiplier, fc.integer({ min: -31, max: 1 }), (x, m, shift) => {
        const half = (BigInt(m) + (1n << 15n)) >> 16n;
        const reduced = half > 0x7fffn ? 0x7fffn : half;
        const bits = BigInt(15 - shift);
        const expected = (BigInt(x) * reduced + (1n << (bits - 1n))) >> bits;
        // Results beyond 2^53 are rounded, far above any limit of an output.
        if (expected > -(1n << 53n) && expected < 1n << 53n) {
          expect(BigInt(multiplyBySixteenBits(x, m, shift))).toBe(expected);
        }
      }),
      RUNS,
    );
  });
});

describe('roundHalfEven', () => {
  it('rounds halves to the even neighbour', () => {
    expect([0.5, 1.5, 2.5, -0.5, -1.5, -2.5, 2.4, -2.6].map((x) => roundHalfEven(x) + 0)).toEqual([
      0, 2, 2, 0, -2, -2, 2, -3,
    ]);
  });
});
