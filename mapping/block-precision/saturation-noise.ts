import type { Sign } from '../encoding.js';
import { type FloatMatrix, largestMagnitude, roundHalfEven } from '../float-matrix.js';
import { type BlockFormat, copyOf, largestMagnitudeAt, precisionOf } from './block-format.js';
import { type BlockGrid, blockCount } from './block-grid.js';

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
  const { rows, outputs, weights } = matrix;
  const { step, unit } = stepOf(matrix, magnitudeBits);
  const stride = format.largestPrecision + 1;
  const perCopy = blockCount(blocks);
  const needed = new Uint8Array(format.signs.length * perCopy);
  const excess = new Float64Array(needed.length * stride);
  const levels = { positive: saturationLevels(format, step, 1), negative: saturationLevels(format, step, -1) };
  const precisions = {
    positive: precisionsOf(format, magnitudeBits, 1),
    negative: precisionsOf(format, magnitudeBits, -1),
  };
  const firstNegativeBlock = copyOf(format, -1) * perCopy;
  let rounding = 0;
  // Runs for every weight on every grid: no calls but the rounding, no division but the step's.
  for (let k = 0, at = 0; k < rows; k++) {
    const power = inputPower[k]!;
    const rowOfBlocks = Math.floor(k / blocks.wordlines) * blocks.blockColumns;
    for (let first = 0, block = rowOfBlocks; first < outputs; first += blocks.bitlines, block++) {
      const end = at + Math.min(blocks.bitlines, outputs - first);
      for (; at < end; at++) {
        const weight = weights[at]! * unit;
        const negative = weight < 0;
        const magnitude = negative ? -weight : weight;
        const steps = roundHalfEven(magnitude / step);
        const error = magnitude - steps * step;
        const roundingNoise = power * error * error;
        rounding += roundingNoise;
        const precision = (negative ? precisions.negative : precisions.positive)[steps]!;
        const saturation = negative ? levels.negative : levels.positive;
        const entry = negative ? block + firstNegativeBlock : block;
        if (precision > needed[entry]!) needed[entry] = precision;
        const firstExcess = entry * stride;
        for (let p = 0; p < precision; p++) {
          const loss = magnitude - saturation[p]!;
          excess[firstExcess + p] = excess[firstExcess + p]! + power * loss * loss - roundingNoise;
        }
      }
    }
  }
  return { rounding, needed, stride, excess };
}

/** Real value of a step of the grid, as `quantiseUniform` has it, and of a unit of the matrix's own numbers. */
function stepOf({ weights, grid }: FloatMatrix, magnitudeBits: number): { step: number; unit: number } {
  if (grid !== null) return { step: grid.scale, unit: grid.scale };
  const largest = largestMagnitude(weights);
  return { step: largest === 0 ? 1 : largest / (2 ** magnitudeBits - 1), unit: 1 };
}

/** Real value at which a weight of this sign saturates, by precision. */
function saturationLevels(format: BlockFormat, step: number, sign: Sign): Float64Array {
  const precisions = Array.from({ length: format.largestPrecision + 1 }, (_, precision) => precision);
  return Float64Array.from(precisions, (precision) => step * largestMagnitudeAt(format, precision, sign));
}

/** Precision that holds a weight of this sign, by its magnitude in steps; one more than the grid has, for integers. */
function precisionsOf(format: BlockFormat, magnitudeBits: number, sign: Sign): Uint8Array {
  return Uint8Array.from({ length: 2 ** magnitudeBits + 1 }, (_, steps) => precisionOf(format, sign * steps));
}
