import type { MappingProblem } from './mapping-error.js';

/**
 * Weight encodings: how a signed weight becomes the unsigned number that its cells store (docs/timing-model.md, "Placement
 * of a matrix").
 */

export type Encoding = 'differential' | 'offset' | 'twos-complement';

/** Sign of a copy of the weights: differential crossbar pairs hold a positive and a negative one. */
export type Sign = 1 | -1;

interface EncodingRule {
  readonly doc: string;
  /** Copies of the matrix that are stored, in crossbar order. */
  readonly signs: readonly Sign[];
  readonly minWeightBits: number;
  /** Most bits that a cell may hold; null where any number will do. */
  readonly maxBitsPerCell: number | null;
  readonly smallestWeight: (weightBits: number) => number;
  readonly storedBits: (weightBits: number) => number;
  /** The unsigned number of `storedBits` bits that the copy of this sign stores. */
  readonly store: (weight: number, weightBits: number, sign: Sign) => number;
  /** True where the most significant stored bit counts negatively. */
  readonly negativeTopBit: boolean;
  readonly inputSumFactor: (weightBits: number) => number;
}

const RULES: Readonly<Record<Encoding, EncodingRule>> = {
  differential: {
    doc: 'Magnitudes of weightBits - 1 bits in a positive and a negative copy.',
    signs: [1, -1],
    minWeightBits: 2,
    maxBitsPerCell: null,
    smallestWeight: (weightBits) => -(2 ** (weightBits - 1) - 1),
    storedBits: (weightBits) => weightBits - 1,
    store: (weight, _weightBits, sign) => Math.max(sign * weight, 0),
    negativeTopBit: false,
    inputSumFactor: () => 0,
  },
  offset: {
    doc: 'Weight + 2^(weightBits - 1) in one copy; the sum of the inputs corrects the result, exactly.',
    signs: [1],
    minWeightBits: 1,
    maxBitsPerCell: null,
    smallestWeight: (weightBits) => -(2 ** (weightBits - 1)),
    storedBits: (weightBits) => weightBits,
    store: (weight, weightBits) => weight + (1 << (weightBits - 1)),
    negativeTopBit: false,
    inputSumFactor: (weightBits) => -(2 ** (weightBits - 1)),
  },
  'twos-complement': {
    doc: "Two's complement bits in one copy, the top bit of negative significance; needs 1-bit cells.",
    signs: [1],
    minWeightBits: 1,
    maxBitsPerCell: 1,
    smallestWeight: (weightBits) => -(2 ** (weightBits - 1)),
    storedBits: (weightBits) => weightBits,
    store: (weight, weightBits) => (weight < 0 ? weight + (1 << weightBits) : weight),
    negativeTopBit: true,
    inputSumFactor: () => 0,
  },
};

/** Names of the encodings, with a sentence about each. */
export const ENCODINGS: readonly { readonly name: Encoding; readonly doc: string }[] = (
  Object.keys(RULES) as Encoding[]
).map((name) => ({ name, doc: RULES[name].doc }));

export const MAX_WEIGHT_BITS = 16;
export const MAX_BITS_PER_CELL = 4;

/** How weights of one precision stand in cells of one size under one encoding. */
export interface WeightFormat {
  readonly encoding: Encoding;
  readonly weightBits: number;
  readonly bitsPerCell: number;
  /** Smallest and largest weight that can be stored. */
  readonly minWeight: number;
  readonly maxWeight: number;
  /** Copies of the matrix, in crossbar order. */
  readonly signs: readonly Sign[];
  /** Bits of the unsigned number that a copy stores per weight. */
  readonly storedBits: number;
  /** Bit-slices, one cell each: ceil(storedBits / bitsPerCell). The most significant one may hold fewer bits. */
  readonly slices: number;
  /** What every output gains per unit of the sum of the inputs; 0 where the encoding needs no correction. */
  readonly inputSumFactor: number;
}

/** What is wrong with an encoding, its weight bits (1 .. 16) and its cells (1 .. 4 bits); empty if nothing is. */
export function encodingProblems(encoding: string, weightBits: number, bitsPerCell: number): MappingProblem[] {
  const problems: MappingProblem[] = [];
  const rule = Object.hasOwn(RULES, encoding) ? RULES[encoding as Encoding] : undefined;
  if (rule === undefined) {
    problems.push({
      path: 'encoding',
      value: encoding,
      allowed: Object.keys(RULES).join(' | '),
      hint: 'choose one of the encodings',
    });
  }
  if (!isIntegerWithin(weightBits, 1, MAX_WEIGHT_BITS)) {
    problems.push({
      path: 'weightBits',
      value: weightBits,
      allowed: `integer ${rule?.minWeightBits ?? 1} .. ${MAX_WEIGHT_BITS}`,
      hint: 'weightBits counts the sign',
    });
  } else if (rule !== undefined && weightBits < rule.minWeightBits) {
    problems.push({
      path: 'weightBits',
      value: weightBits,
      allowed: `integer ${rule.minWeightBits} .. ${MAX_WEIGHT_BITS} with encoding ${encoding}`,
      hint: 'a sign without a magnitude stores nothing; use encoding offset or twos-complement',
    });
  }
  if (!isIntegerWithin(bitsPerCell, 1, MAX_BITS_PER_CELL)) {
    problems.push({
      path: 'crossbar.bitsPerCell',
      value: bitsPerCell,
      allowed: `integer 1 .. ${rule?.maxBitsPerCell ?? MAX_BITS_PER_CELL}`,
      hint: 'bits that one cell stores',
    });
  } else if (rule !== undefined && rule.maxBitsPerCell !== null && bitsPerCell > rule.maxBitsPerCell) {
    problems.push({
      path: 'crossbar.bitsPerCell',
      value: bitsPerCell,
      allowed: `${rule.maxBitsPerCell} with encoding ${encoding}`,
      hint: 'the sign bit needs a bitline of its own; use encoding offset or differential for larger cells',
    });
  }
  return problems;
}

/** The format of valid parameters (`encodingProblems` finds none). */
export function weightFormat(encoding: Encoding, weightBits: number, bitsPerCell: number): WeightFormat {
  const rule = RULES[encoding];
  const storedBits = rule.storedBits(weightBits);
  return {
    encoding,
    weightBits,
    bitsPerCell,
    minWeight: rule.smallestWeight(weightBits),
    maxWeight: 2 ** (weightBits - 1) - 1,
    signs: rule.signs,
    storedBits,
    slices: Math.ceil(storedBits / bitsPerCell),
    inputSumFactor: rule.inputSumFactor(weightBits),
  };
}

/** The unsigned number that the copy of this sign stores for a weight within the format's range. */
export function storedValue(format: WeightFormat, weight: number, sign: Sign): number {
  return RULES[format.encoding].store(weight, format.weightBits, sign);
}

/** What the copy of this sign stores for each of many weights. */
export function storedValues({ encoding, weightBits }: WeightFormat, weights: Int32Array, sign: Sign): Int32Array {
  const { store } = RULES[encoding];
  const stored = new Int32Array(weights.length);
  for (let i = 0; i < weights.length; i++) stored[i] = store(weights[i]!, weightBits, sign);
  return stored;
}

/** The level of the cell that holds a bit-slice of a stored value; slice 0 is the least significant. */
export function sliceLevel(format: WeightFormat, stored: number, slice: number): number {
  return (stored >>> (slice * format.bitsPerCell)) & ((1 << format.bitsPerCell) - 1);
}

/** Writes the levels of these bit-slices of a stored value to neighbouring cells, those from `first` on. */
export function writeSlices(
  { bitsPerCell }: WeightFormat,
  stored: number,
  slices: readonly number[],
  levels: Uint8Array,
  first: number,
): void {
  const mask = (1 << bitsPerCell) - 1;
  for (let i = 0; i < slices.length; i++) levels[first + i] = (stored >>> (slices[i]! * bitsPerCell)) & mask;
}

/** Signed weight of a code of this bit-slice in its output: what one level of one of its cells is worth. */
export function sliceSignificance(format: WeightFormat, slice: number, sign: Sign): number {
  const negative = RULES[format.encoding].negativeTopBit && slice === format.slices - 1;
  return (negative ? -sign : sign) * 2 ** (slice * format.bitsPerCell);
}

function isIntegerWithin(value: number, min: number, max: number): boolean {
  return Number.isInteger(value) && value >= min && value <= max;
}
