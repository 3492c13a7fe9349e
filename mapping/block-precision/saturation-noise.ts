import { type FloatMatrix, quantiseUniform } from '../float-matrix.js';
import { type BlockFormat, copyOf, largestMagnitudeAt, precisionOf } from './block-format.js';
import { type BlockGrid, blockCount, blockOf } from './block-grid.js';

/** What the output of a layer loses on a grid, and what every block adds to it at every precision. */
export interface SaturationNoise {
  /** Output noise of the grid alone: sum of E[x_k^2] (w - W)^2. */
  readonly rounding: number;
  /** Precision that holds the weights of each block: [copies][blocks]. */
  readonly needed: Uint8Array;
  /** Precisions 0 .. largestPrecision: entries of a block in `excess`. */
  readonly stride: number;
  /** Noise that a block adds at precision p: [copies][blocks][stride]; 0 from the needed precision on, growing below. */
  readonly excess: Float64Array;
}

/** Output power of the exact matrix: sum of E[x_k^2] W^2, the reference of `relativeNoise`. */
export function outputPower({ weights, rows, outputs, grid }: FloatMatrix, inputPower: Float64Array): number {
  const unit = grid?.scale ?? 1;
  let power = 0;
  for (let k = 0; k < rows; k++) {
    let rowPower = 0;
    for (let at = k * outputs; at < (k + 1) * outputs; at++) rowPower += (weights[at]! * unit) ** 2;
    power += inputPower[k]! * rowPower;
  }
  return power;
}

/**
 * The noise of saturating the blocks of a matrix on a grid of `magnitudeBits` bits, with inputs of mean squares
 * `inputPower`, as `relativeNoise` counts it (`mapping/calibrate.ts`).
 */
export function saturationNoise(
  matrix: FloatMatrix,
  inputPower: Float64Array,
  magnitudeBits: number,
  format: BlockFormat,
  blocks: BlockGrid,
): SaturationNoise {
  const { weights, scale } = quantiseUniform(matrix, magnitudeBits + 1);
  const unit = matrix.grid?.scale ?? 1;
  const stride = format.largestPrecision + 1;
  const perCopy = blockCount(blocks);
  const needed = new Uint8Array(format.signs.length * perCopy);
  const excess = new Float64Array(needed.length * stride);
  const positive = saturationLevels(format, scale, 1);
  const negative = saturationLevels(format, scale, -1);
  let rounding = 0;
  for (let k = 0, at = 0; k < matrix.rows; k++) {
    const power = inputPower[k]!;
    for (let m = 0; m < matrix.outputs; m++, at++) {
      const weight = weights[at]!;
      const magnitude = Math.abs(matrix.weights[at]! * unit);
      const roundingNoise = power * (magnitude - Math.abs(weight) * scale) ** 2;
      rounding += roundingNoise;
      if (weight === 0) continue;
      const levels = weight < 0 ? negative : positive;
      const precision = precisionOf(format, weight);
      const block = copyOf(format, weight) * perCopy + blockOf(blocks, k, m);
      if (precision > needed[block]!) needed[block] = precision;
      for (let p = 0; p < precision; p++) {
        excess[block * stride + p]! += power * (magnitude - levels[p]!) ** 2 - roundingNoise;
      }
    }
  }
  return { rounding, needed, stride, excess };
}

/** Real value at which a weight of this sign saturates, by precision. */
function saturationLevels(format: BlockFormat, scale: number, sign: 1 | -1): Float64Array {
  return Float64Array.from(
    { length: format.largestPrecision + 1 },
    (_, precision) => scale * largestMagnitudeAt(format, precision, sign),
  );
}
