import { roundHalfEven } from '../round-half-even.js';
import type { FloatLayerWeights, IntegerLayerWeights } from './layer-graph.js';

/** Largest magnitude of a weight: symmetric, so -128 is not used. */
const LARGEST_WEIGHT = 127;

/**
 * Symmetric 8-bit weights with one scale for the layer, as the bundled networks have: scale = max|W| / 127,
 * w = clamp(roundHalfEven(W / scale), -127, 127). A layer of zeros has scale 1.
 */
export function quantiseWeights({ values }: FloatLayerWeights): IntegerLayerWeights {
  let largest = 0;
  for (const value of values) largest = Math.max(largest, Math.abs(value));
  const scale = largest === 0 ? 1 : largest / LARGEST_WEIGHT;
  const integers = Int8Array.from(values, (value) =>
    Math.min(LARGEST_WEIGHT, Math.max(-LARGEST_WEIGHT, roundHalfEven(value / scale))),
  );
  return { kind: 'integer', values: integers, scale: Float32Array.of(scale), zeroPoint: Int32Array.of(0) };
}
