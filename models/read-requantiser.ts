import type { JsonFields } from './json-fields.js';
import type { NamedTensors } from './named-tensors.js';
import type { ActivationFormat, Requantiser, Residual, Shape } from './network.js';
import type { NodeSources } from './node-sources.js';
import { readLimits } from './read-format.js';

/** What is known of the outputs of a conv or fc; null where a problem hides it. */
export interface MatrixOutputs {
  readonly count: number | null;
  readonly shape: Shape | null;
  readonly format: ActivationFormat | null;
  readonly isFinal: boolean;
}

/** Keys of a `real` requantiser, which stand on the node itself. */
export const REAL_KEYS = ['M', 'B', 'residual', 'R'] as const;

const KEYS_OF_KIND = {
  'fixed-point': ['kind', 'rounding', 'bias', 'multiplier', 'shift', 'min', 'max'],
  float32: ['kind', 'bias', 'scale', 'min', 'max'],
  none: ['kind'],
} as const;
const KINDS = Object.keys(KEYS_OF_KIND) as (keyof typeof KEYS_OF_KIND)[];

/** Shifts of TensorFlow Lite's fixed-point multiplications: `models/fixed-point.ts`. */
export const SHIFTS = { double: { min: -31, max: 30 }, int16x8: { min: -31, max: 7 } } as const;

/** `M`, `B`, `residual` and `R`, or `requantiser`; null, with problems, where they make none. */
export function readRequantiser(
  fields: JsonFields,
  outputs: MatrixOutputs,
  tensors: NamedTensors,
  sources: NodeSources,
): Requantiser | null {
  if (!fields.has('requantiser')) return readReal(fields, outputs, tensors, sources);
  for (const key of REAL_KEYS) {
    if (fields.has(key)) fields.report(key, 'left out beside requantiser');
  }
  const own = fields.section('requantiser', ['kind', 'bias', '...']);
  const kind = own?.oneOf('kind', KINDS) ?? null;
  if (own === null || kind === null) return null;
  own.onlyKeys(KEYS_OF_KIND[kind]);
  switch (kind) {
    case 'none':
      if (!outputs.isFinal) return own.report('kind', 'none on the final node only');
      return { kind };
    case 'float32': {
      const bias = readBias(own, outputs, tensors);
      const scale = tensors.readPerOutput(own, 'scale', 'F32', outputs.count, Number.isFinite, 'finite values');
      const limits = readLimits(own, outputs.format);
      return bias && scale && limits && { kind, bias, scale: scale.data as Float32Array, ...limits };
    }
    case 'fixed-point':
      return readFixedPoint(own, outputs, tensors);
  }
}

function readBias(own: JsonFields, outputs: MatrixOutputs, tensors: NamedTensors): Float64Array | null {
  const allowed = 'whole numbers below 2^53 in magnitude';
  const tensor = tensors.readPerOutput(own, 'bias', 'F64', outputs.count, Number.isSafeInteger, allowed);
  return tensor && (tensor.data as Float64Array);
}

function readFixedPoint(own: JsonFields, outputs: MatrixOutputs, tensors: NamedTensors): Requantiser | null {
  const rounding = own.oneOf('rounding', ['double', 'int16x8']);
  const bias = readBias(own, outputs, tensors);
  const least = rounding === 'int16x8' ? 0 : -(2 ** 31);
  const isMultiplier = (value: number) => value >= least;
  const multiplier = tensors.readPerOutput(
    own,
    'multiplier',
    'I32',
    outputs.count,
    isMultiplier,
    `values from ${least}`,
  );
  const { min, max } = SHIFTS[rounding ?? 'double'];
  const isShift = (value: number) => value >= min && value <= max;
  const shift = tensors.readPerOutput(own, 'shift', 'I32', outputs.count, isShift, `values from ${min} to ${max}`);
  const limits = readLimits(own, outputs.format);
  if (rounding === null || bias === null || multiplier === null || shift === null || limits === null) return null;
  return {
    ...{ kind: 'fixed-point', rounding, bias },
    multiplier: multiplier.data as Int32Array,
    shift: shift.data as Int32Array,
    ...limits,
  };
}

function readReal(
  fields: JsonFields,
  outputs: MatrixOutputs,
  tensors: NamedTensors,
  sources: NodeSources,
): Requantiser | null {
  const read = (key: 'M' | 'B') =>
    tensors.readPerOutput(fields, key, 'F64', outputs.count, Number.isFinite, 'finite values');
  const multiplier = read('M');
  const bias = read('B');
  const residual = readResidual(fields, outputs.shape, sources);
  if (multiplier === null || bias === null || residual === 'problem') return null;
  return { kind: 'real', multiplier: multiplier.data as Float64Array, bias: bias.data as Float64Array, residual };
}

function readResidual(
  fields: JsonFields,
  outputShape: Shape | null,
  sources: NodeSources,
): Residual | null | 'problem' {
  if (!fields.has('residual')) {
    if (!fields.has('R')) return null;
    fields.report('R', 'R only beside residual');
    return 'problem';
  }
  const node = fields.text('residual');
  const source = sources.take(fields, 'residual', node);
  const multiplier = fields.number('R');
  if (node === null || source === null || multiplier === null) return 'problem';
  if (outputShape !== null && source.shape !== null && outputShape.join() !== source.shape.join()) {
    const hint = `the outputs of "${node}" are [${source.shape.join(', ')}]`;
    fields.report('residual', `a node with outputs [${outputShape.join(', ')}], as this one has`, hint);
    return 'problem';
  }
  return { node, multiplier };
}
