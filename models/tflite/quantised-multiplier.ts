/** A real factor as TensorFlow Lite computes with it: multiplier x 2^(shift - 31), multiplier 0 or 2^30 .. 2^31 - 1. */
export interface QuantisedMultiplier {
  readonly multiplier: number;
  readonly shift: number;
}

const SMALLEST_SHIFT = -31;

/**
 * `QuantizeMultiplier` of tensorflow/lite/kernels/internal/quantization_util.cc: a fraction of 31 bits, rounded half away
 * from zero, and its power of two. Factors below about 2^-32 become 0.
 *
 * @param factor finite, >= 0
 */
export function quantiseMultiplier(factor: number): QuantisedMultiplier {
  if (factor === 0) return { multiplier: 0, shift: 0 };
  let shift = Math.floor(Math.log2(factor)) + 1;
  let fraction = factor / 2 ** shift;
  // The logarithm may be off by one next to a power of two: frexp's fraction lies in [1/2, 1).
  if (fraction >= 1) {
    fraction /= 2;
    shift++;
  } else if (fraction < 0.5) {
    fraction *= 2;
    shift--;
  }
  let multiplier = Math.round(fraction * 2 ** 31);
  if (multiplier === 2 ** 31) {
    multiplier /= 2;
    shift++;
  }
  return shift < SMALLEST_SHIFT ? { multiplier: 0, shift: 0 } : { multiplier, shift };
}
