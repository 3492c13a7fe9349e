import { type Encoding, encodingProblems, weightFormat } from './encoding.js';
import type { MappingProblem } from './mapping-error.js';
import { LAYOUTS, type Layout } from './placement.js';

/** What a mapping scheme is told about a matrix and its machine, apart from the weights. */
export interface MatrixShape {
  /** K: rows of the matrix, inputs of a window. */
  readonly rows: number;
  /** M: columns of the matrix, outputs of a window. */
  readonly outputs: number;
  /** Bits of a weight, its sign included: 1 .. 16. */
  readonly weightBits: number;
  /** Bits of an (unsigned) input: 1 .. 16. */
  readonly inputBits: number;
  /** Input bits presented at once: 1 .. 4. */
  readonly bitsPerPlane: number;
  readonly encoding: Encoding;
  readonly layout: Layout;
  readonly crossbar: {
    readonly wordlines: number;
    readonly bitlines: number;
    /** 1 .. 4. */
    readonly bitsPerCell: number;
  };
  /** Wordlines and bitlines that one operation reads at most; no larger than the crossbar. */
  readonly ou: { readonly wordlines: number; readonly bitlines: number };
}

export interface MatrixSpec extends MatrixShape {
  /** Signed weights, shape [rows][outputs] row-major. */
  readonly weights: Int32Array;
}

const MAX_INPUT_BITS = 16;
const MAX_BITS_PER_PLANE = 4;

/** Out-of-range weights reported one by one; what goes beyond is reported as a number. */
const WEIGHTS_LISTED = 20;

/** Everything wrong with a shape; empty if it can be placed. */
export function matrixShapeProblems(shape: MatrixShape): MappingProblem[] {
  const { rows, outputs, crossbar, ou } = shape;
  const problems: MappingProblem[] = [];
  const requireInteger = (path: string, value: number, max: number | null, hint: string): boolean => {
    if (Number.isSafeInteger(value) && value >= 1 && (max === null || value <= max)) return true;
    problems.push({ path, value, allowed: max === null ? 'integer >= 1' : `integer 1 .. ${max}`, hint });
    return false;
  };

  requireInteger('rows', rows, null, 'a matrix needs at least one row');
  requireInteger('outputs', outputs, null, 'a matrix needs at least one column');
  requireInteger('inputBits', shape.inputBits, MAX_INPUT_BITS, 'inputs are unsigned integers of this many bits');
  requireInteger('bitsPerPlane', shape.bitsPerPlane, MAX_BITS_PER_PLANE, 'input bits presented at once');
  const wordlinesFit = requireInteger('crossbar.wordlines', crossbar.wordlines, null, 'rows of the array');
  const bitlinesFit = requireInteger('crossbar.bitlines', crossbar.bitlines, null, 'columns of the array');
  const ouHint = 'an operation unit is a part of one crossbar';
  requireInteger('ou.wordlines', ou.wordlines, wordlinesFit ? crossbar.wordlines : null, ouHint);
  requireInteger('ou.bitlines', ou.bitlines, bitlinesFit ? crossbar.bitlines : null, ouHint);
  if (!LAYOUTS.some(({ name }) => name === shape.layout)) {
    problems.push({
      path: 'layout',
      value: shape.layout,
      allowed: LAYOUTS.map(({ name }) => name).join(' | '),
      hint: 'choose one of the layouts',
    });
  }

  const formatProblems = encodingProblems(shape.encoding, shape.weightBits, crossbar.bitsPerCell);
  problems.push(...formatProblems);
  if (formatProblems.length === 0 && bitlinesFit && shape.layout === 'adjacent') {
    const { slices } = weightFormat(shape.encoding, shape.weightBits, crossbar.bitsPerCell);
    if (slices > crossbar.bitlines) {
      problems.push({
        path: 'crossbar.bitlines',
        value: crossbar.bitlines,
        allowed: `integer >= ${slices}, the bit-slices of a weight, in layout adjacent`,
        hint: 'use layout planar, more bits per cell or fewer weight bits',
      });
    }
  }
  return problems;
}

/** Everything wrong with a specification, its weights included; empty if it can be placed. */
export function matrixSpecProblems(spec: MatrixSpec): MappingProblem[] {
  const problems = matrixShapeProblems(spec);
  const { rows, outputs, weights } = spec;
  const cells = rows * outputs;
  if (!Number.isSafeInteger(cells)) return problems;
  if (weights.length !== cells) {
    problems.push({
      path: 'weights',
      value: `${weights.length} weights`,
      allowed: `rows x outputs = ${rows} x ${outputs} = ${cells} weights`,
      hint: 'the matrix is ragged or belongs to another shape',
    });
    return problems;
  }
  if (encodingProblems(spec.encoding, spec.weightBits, spec.crossbar.bitsPerCell).length > 0) return problems;

  const { minWeight, maxWeight } = weightFormat(spec.encoding, spec.weightBits, spec.crossbar.bitsPerCell);
  const allowed = `integer ${minWeight} .. ${maxWeight} (weightBits ${spec.weightBits}, encoding ${spec.encoding})`;
  let outOfRange = 0;
  for (let i = 0; i < weights.length; i++) {
    const weight = weights[i]!;
    if (weight >= minWeight && weight <= maxWeight) continue;
    outOfRange++;
    if (outOfRange > WEIGHTS_LISTED) continue;
    problems.push({
      path: `weights[${Math.floor(i / outputs)}][${i % outputs}]`,
      value: weight,
      allowed,
      hint:
        weight === minWeight - 1 && spec.encoding === 'differential'
          ? 'magnitudes have weightBits - 1 bits; use encoding offset or twos-complement for this weight'
          : 'raise weightBits or quantise the weights again',
    });
  }
  if (outOfRange > WEIGHTS_LISTED) {
    problems.push({
      path: 'weights',
      value: `${outOfRange - WEIGHTS_LISTED} further weights out of range`,
      allowed,
      hint: `the first ${WEIGHTS_LISTED} are listed one by one`,
    });
  }
  return problems;
}
