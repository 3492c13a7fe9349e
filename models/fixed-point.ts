/**
 * The fixed-point multiplications of TensorFlow Lite, exact. Products of two 32-bit integers exceed the 53 bits of a double,
 * so one factor is split into 16-bit halves; every intermediate value below is a whole number under 2^53.
 *
 * A real multiplier M is given as `multiplier` (Q31: M0 = multiplier / 2^31, 0.5 <= M0 < 1) and `shift`: M = M0 x 2^shift.
 */

const INT32_LIMIT = 2 ** 31;

/**
 * gemmlowp's saturating rounding doubling high multiplication: (a x b + (a x b >= 0 ? 2^30 : 1 - 2^30)) / 2^31, truncated
 * towards zero; halves are thus rounded upwards. a = b = -2^31 saturates.
 *
 * @param a 32-bit integer
 * @param b 32-bit integer
 */
export function doublingHighMultiply(a: number, b: number): number {
  const negative = a < 0 !== b < 0 && a !== 0 && b !== 0;
  const magnitudeA = Math.abs(a);
  const magnitudeB = Math.abs(b);
  const high = Math.floor(magnitudeB / 65536);
  const low = magnitudeB - high * 65536;
  // |a b| / 2^31 = (|a| high) / 2^15 + (|a| low) / 2^31; |a| high is at most 2^46.
  const upper = magnitudeA * high;
  const quotient = Math.floor(upper / 32768);
  const rest = (upper - quotient * 32768) * 65536 + magnitudeA * low;
  const rounded = quotient + Math.floor((rest + 2 ** 30 - (negative ? 1 : 0)) / INT32_LIMIT);
  return negative ? 0 - rounded : Math.min(rounded, INT32_LIMIT - 1);
}

/** x / 2^bits, rounded to the nearest whole number, halves away from zero. */
export function roundingRightShift(x: number, bits: number): number {
  if (bits === 0) return x;
  const rounded = Math.floor((Math.abs(x) + 2 ** (bits - 1)) / 2 ** bits);
  return x < 0 ? 0 - rounded : rounded;
}

/**
 * TensorFlow Lite's MultiplyByQuantizedMultiplier with double rounding: the doubling high multiplication of
 * x x 2^max(shift, 0), then a rounding right shift by max(-shift, 0).
 *
 * @param x 32-bit integer
 * @param shift -31 .. 30
 * @throws RangeError if x x 2^max(shift, 0) is no 32-bit integer, for which TensorFlow Lite has no defined result
 */
export function multiplyByQuantisedMultiplier(x: number, multiplier: number, shift: number): number {
  const shifted = shift > 0 ? x * 2 ** shift : x;
  if (shifted < -INT32_LIMIT || shifted >= INT32_LIMIT) {
    throw new RangeError(`fixed-point multiplication of ${x} with shift ${shift}; allowed: 32-bit integers`);
  }
  const product = doublingHighMultiply(shifted, multiplier);
  return shift < 0 ? roundingRightShift(product, -shift) : product;
}

/** Largest reduced multiplier: TensorFlow Lite keeps the rounding from reaching 2^15. */
const LARGEST_REDUCED = 0x7fff;

/**
 * TensorFlow Lite's MultiplyByQuantizedMultiplier of a 64-bit accumulator (16-bit activations, 8-bit weights):
 * (x r + 2^(14 - shift)) >> (15 - shift), rounding halves up, with r = (multiplier + 2^15) >> 16.
 *
 * @param x whole number below 2^53 in magnitude
 * @param multiplier 0 .. 2^31 - 1
 * @param shift -31 .. 7
 */
export function multiplyBySixteenBits(x: number, multiplier: number, shift: number): number {
  const reduced = Math.min(Math.floor((multiplier + 32768) / 65536), LARGEST_REDUCED);
  const bits = 15 - shift;
  // x r = (high 2^20 + low) r; |high| < 2^33, so high r < 2^48, and low r < 2^35. bits is at most 46.
  const high = Math.floor(x / 2 ** 20);
  const low = x - high * 2 ** 20;
  const upper = high * reduced;
  const carried = upper + Math.floor((low * reduced) / 2 ** 20);
  const rest = (low * reduced) % 2 ** 20;
  // floor((carried 2^20 + rest + 2^(bits - 1)) / 2^bits), where 0 <= rest < 2^20.
  if (bits <= 20) {
    const scale = 2 ** (20 - bits);
    return carried * scale + Math.floor((rest + 2 ** (bits - 1)) / 2 ** bits);
  }
  return Math.floor((carried + 2 ** (bits - 21)) / 2 ** (bits - 20));
}
