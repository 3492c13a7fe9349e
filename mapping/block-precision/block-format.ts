import { type Sign, weightFormat } from '../encoding.js';
import type { MappingProblem } from '../mapping-error.js';
import type { MatrixShape } from '../matrix-spec.js';

/**
 * How the weights of a block stand in its cells at a precision p, the bits that are kept of each of them.
 *
 * BWQ (TCAD 2024, Eq. 1) counts magnitude bits and does not say how the sign is stored. Two reconstructions follow
 * `mapping.encoding`:
 * - `differential`: a positive and a negative copy of the magnitudes, each with precisions of its own, because a block
 *   without weights of a sign needs no cells in that copy. A copy holds 0 .. 2^p - 1.
 * - `twos-complement`: one copy; p counts the sign bit. The block holds -2^(p-1) .. 2^(p-1) - 1, at p = 0 only zeros.
 * Encoding `offset` stores 2^(weightBits-1) for a zero: the top bit of every block would be set, and none could be masked.
 */
export interface BlockFormat {
  /** Sign of each copy, in crossbar order. Every copy has a table of precisions. */
  readonly signs: readonly Sign[];
  /** Whether the most significant of the p bits counts negatively. */
  readonly signBit: boolean;
  readonly bitsPerCell: number;
  /** The bits that a copy stores of a weight: most that p can be. */
  readonly largestPrecision: number;
}

/** What keeps blocks from having precisions of their own; for encodings that can be stored otherwise. */
export function blockEncodingProblems({ encoding }: Pick<MatrixShape, 'encoding'>): MappingProblem[] {
  if (encoding !== 'offset') return [];
  return [
    {
      path: 'encoding',
      value: encoding,
      allowed: 'differential | twos-complement with blocks of a precision of their own',
      hint: 'an offset sets the top bit of every weight, so that no bit of a block could be left out',
    },
  ];
}

/** The format of weights with `magnitudeBits` bits and a sign, in an encoding without `blockEncodingProblems`. */
export function blockFormat(
  { encoding, crossbar }: Pick<MatrixShape, 'encoding' | 'crossbar'>,
  magnitudeBits: number,
): BlockFormat {
  const { signs, storedBits } = weightFormat(encoding, magnitudeBits + 1, crossbar.bitsPerCell);
  return {
    signs,
    signBit: encoding === 'twos-complement',
    bitsPerCell: crossbar.bitsPerCell,
    largestPrecision: storedBits,
  };
}

/** The copy, an index into `signs`, whose cells are not all 0 for this weight. */
export function copyOf({ signs }: BlockFormat, weight: number): number {
  return weight < 0 ? signs.length - 1 : 0;
}

/** The precision that holds a weight: bits of its magnitude, or of its two's complement; 0 for 0. */
export function precisionOf({ signBit }: BlockFormat, weight: number): number {
  if (!signBit) return bitLength(Math.abs(weight));
  if (weight === 0) return 0;
  return 1 + bitLength(weight < 0 ? -weight - 1 : weight);
}

/**
 * The largest magnitude that a weight of this sign can have at a precision. Larger ones saturate there. To mask the bits
 * above p instead, w mod 2^p, is never closer: saturation loses w - (2^p - 1) = (w mod 2^p) + 2^p floor(w / 2^p) - 2^p + 1,
 * which is at most the 2^p floor(w / 2^p) that masking loses, as w mod 2^p is at most 2^p - 1. Both store the same bits.
 */
export function largestMagnitudeAt({ signBit }: BlockFormat, precision: number, sign: Sign): number {
  if (precision === 0) return 0;
  // Precisions are at most 16; a shift is many times faster than a power, and this is asked for every weight.
  if (!signBit) return (1 << precision) - 1;
  return sign < 0 ? 1 << (precision - 1) : (1 << (precision - 1)) - 1;
}

/** The nearest weight that a block of this precision can hold. */
export function saturated(format: BlockFormat, weight: number, precision: number): number {
  if (weight < 0) return -Math.min(-weight, largestMagnitudeAt(format, precision, -1));
  return Math.min(weight, largestMagnitudeAt(format, precision, 1));
}

/** The unsigned number of p bits that a copy stores of a weight that its block can hold. */
export function storedBits({ signs, signBit }: BlockFormat, weight: number, copy: number, precision: number): number {
  if (!signBit) return Math.max(signs[copy]! * weight, 0);
  return weight < 0 ? weight + (1 << precision) : weight;
}

/** Cells of a weight in a block of this precision: bit-slices, one operation unit each. */
export function slicesAt({ bitsPerCell }: BlockFormat, precision: number): number {
  return Math.ceil(precision / bitsPerCell);
}

function bitLength(magnitude: number): number {
  return 32 - Math.clz32(magnitude);
}
