import { roundHalfEven } from '../float-matrix.js';

/**
 * The largest code of `bits` bits whose ones all lie within `window` adjacent bits: 11100000 for 8 bits and a window of 3.
 */
export function largestWindowCode(bits: number, window: number): number {
  return (1 << bits) - (1 << Math.max(0, bits - window));
}

/**
 * SME's quantiser (ICCD 2021; as BWQ describes it: at most three adjacent bits of a weight may be one): the code nearest to
 * `magnitude` whose ones all lie within `window` adjacent bits, a tiny float with window - 1 bits of mantissa. Ties go to
 * the code with the even mantissa.
 *
 * What rounds up to 2^bits has no code and takes the largest one. That befalls the largest weight of a matrix whose scale
 * is max |W| (reconstruction: the paper's scale is only known to bring weights into [0, 1)).
 *
 * @param magnitude in units of the least significant bit, 0 .. 2^bits
 */
export function nearestWindowCode(magnitude: number, bits: number, window: number): number {
  if (magnitude < 1) return roundHalfEven(magnitude);
  // 31 - clz32 is the place of the leading one of the whole part.
  const leading = 31 - Math.clz32(magnitude);
  const step = leading < window ? 1 : 1 << (leading - window + 1);
  const code = roundHalfEven(magnitude / step) * step;
  return code < 1 << bits ? code : largestWindowCode(bits, window);
}
