import { MappingError } from './mapping-error.js';

/** The matrix that a mapping scheme starts from. */
export interface FloatMatrix {
  /** K: rows, inputs of a window. */
  readonly rows: number;
  /** M: columns, outputs of a window. */
  readonly outputs: number;
  /** Shape [K][M] row-major. */
  readonly weights: Float64Array;
  /**
   * Where the weights already are integers of a given precision, what they mean; a scheme then keeps their scale. Null
   * where they are real numbers and the scheme quantises them itself.
   */
  readonly grid: WeightGrid | null;
}

export interface WeightGrid {
  /** Real value of one unit. */
  readonly scale: number;
  /** Bits of a weight, its sign included. */
  readonly weightBits: number;
}

/** Integers of a matrix and the real value of one unit. */
export interface QuantisedMatrix {
  /** Shape [K][M] row-major. */
  readonly weights: Int32Array;
  readonly scale: number;
  /** Bits of a weight, its sign included. */
  readonly weightBits: number;
}

/**
 * Symmetric uniform quantisation, one scale a matrix: w = round(W / scale), scale = max |W| / (2^(weightBits - 1) - 1),
 * ties to even. A matrix on a grid keeps its integers.
 *
 * @throws MappingError where the integers of a grid do not fit into `weightBits`
 */
export function quantiseUniform(matrix: FloatMatrix, weightBits: number): QuantisedMatrix {
  const { weights, grid } = matrix;
  requireGridFits(grid, weightBits);
  if (grid !== null) return { weights: Int32Array.from(weights), scale: grid.scale, weightBits };
  const largest = largestMagnitude(weights);
  const scale = largest === 0 ? 1 : largest / (2 ** (weightBits - 1) - 1);
  const integers = new Int32Array(weights.length);
  // Not Int32Array.from with a function, which takes half a second for the largest layers.
  for (let i = 0; i < integers.length; i++) integers[i] = roundHalfEven(weights[i]! / scale);
  return { weights: integers, scale, weightBits };
}

/**
 * Codes of sign and magnitude that a scheme chooses itself, one scale a matrix: of real weights max |W| / 2^(weightBits - 1),
 * so that the largest weight would be one more than the largest code; of a matrix on a grid its own.
 *
 * @param nearest the magnitude of the code, 0 .. 2^(weightBits - 1) - 1, of a magnitude in units of the scale
 * @throws MappingError where the integers of a grid do not fit into `weightBits`
 */
export function quantiseMagnitudes(
  { weights, grid }: FloatMatrix,
  weightBits: number,
  nearest: (magnitude: number) => number,
): QuantisedMatrix {
  requireGridFits(grid, weightBits);
  const largest = grid === null ? largestMagnitude(weights) : 0;
  const scale = grid?.scale ?? (largest === 0 ? 1 : largest / 2 ** (weightBits - 1));
  const unit = grid === null ? scale : 1;
  const codes = new Int32Array(weights.length);
  for (let at = 0; at < weights.length; at++) {
    const code = nearest(Math.abs(weights[at]!) / unit);
    codes[at] = weights[at]! < 0 ? -code : code;
  }
  return { weights: codes, scale, weightBits };
}

function requireGridFits(grid: WeightGrid | null, weightBits: number): void {
  if (grid === null || grid.weightBits <= weightBits) return;
  throw new MappingError([
    {
      path: 'weightBits',
      value: weightBits,
      allowed: `at least ${grid.weightBits}, the bits of the network's integers`,
      hint: 'use longer words, or let the scheme quantise the float weights',
    },
  ]);
}

export function largestMagnitude(weights: Float64Array): number {
  let largest = 0;
  for (const weight of weights) largest = Math.max(largest, Math.abs(weight));
  return largest;
}

/** The nearest whole number; of two equally near the even one. */
export function roundHalfEven(value: number): number {
  const floor = Math.floor(value);
  const above = value - floor;
  if (above !== 0.5) return Math.round(value);
  return floor % 2 === 0 ? floor : floor + 1;
}
