import type { ActivationFormat, Shape } from '../network.js';
import { elementsOf } from '../tensor.js';
import type { TfliteTensor } from './tflite-model.js';

/** Format and value of one step of a quantised activation. */
export interface Quantisation {
  readonly format: ActivationFormat;
  /** A float32 value. */
  readonly scale: number;
}

/** What is wrong with a tensor: the value found, what is allowed, what to do. */
export interface TensorProblem {
  readonly value: unknown;
  readonly allowed: string;
  readonly hint: string;
}

const QUANTISE_HINT = 'convert the model with full integer quantisation (int8)';

/** Why the tensor is no 8-bit activation of one image; null where it is one. */
export function activationProblem(tensor: TfliteTensor): TensorProblem | null {
  const { name, type, shape, shapeSignature, scales, zeroPoints, peculiarity } = tensor;
  const about = (value: unknown) => `${String(value)} of tensor "${name}"`;
  if (type !== 'INT8' && type !== 'UINT8') {
    return { value: about(type), allowed: 'INT8 or UINT8 activations', hint: QUANTISE_HINT };
  }
  if (peculiarity !== '') {
    return { value: about(`a ${peculiarity} tensor`), allowed: 'plain tensors', hint: '' };
  }
  // The batch may be dynamic: it is 1 here in any case.
  if (shapeSignature?.some((extent, axis) => axis > 0 && extent < 1) || shape.some((extent) => !(extent >= 1))) {
    const allowed = 'shapes that are known beforehand';
    return {
      value: about(`[${(shapeSignature ?? shape).join(', ')}]`),
      allowed,
      hint: 'fix the input shape at export',
    };
  }
  if (shapeOf(tensor) === null) {
    return {
      value: about(`[${shape.join(', ')}]`),
      allowed: '[1, height, width, channels] or [1, features], batch 1',
      hint: shape.length > 1 && shape[0] !== 1 ? 'export the model with batch 1' : '',
    };
  }
  const [low, high] = type === 'INT8' ? [-128, 127] : [0, 255];
  const zero = zeroPoints[0] ?? 0;
  const sound = scales.length === 1 && scales[0]! > 0 && Number.isFinite(scales[0]) && zeroPoints.length <= 1;
  if (!sound || !Number.isInteger(zero) || zero < low || zero > high) {
    return {
      value: about(`scale [${scales.join(', ')}], zero point [${zeroPoints.join(', ')}]`),
      allowed: `one scale above 0 and one zero point from ${low} to ${high}`,
      hint: QUANTISE_HINT,
    };
  }
  return null;
}

/** Quantisation of a tensor without `activationProblem`. */
export function quantisationOf({ type, scales, zeroPoints }: TfliteTensor): Quantisation {
  return { format: { bits: 8, signed: type === 'INT8', zeroPoint: zeroPoints[0] ?? 0 }, scale: scales[0]! };
}

/**
 * [channels, height, width] of a tensor [1, height, width, channels], [features] of [1, features] or [features]; null for
 * others.
 */
export function shapeOf({ shape }: TfliteTensor): Shape | null {
  if (shape.length === 1) return [shape[0]!];
  if (shape[0] !== 1 || elementsOf(shape) > 2 ** 31) return null;
  if (shape.length === 2) return [shape[1]!];
  return shape.length === 4 ? [shape[3]!, shape[1]!, shape[2]!] : null;
}

export function sameQuantisation(a: Quantisation, b: Quantisation): boolean {
  return sameFormat(a.format, b.format) && a.scale === b.scale;
}

function sameFormat(a: ActivationFormat, b: ActivationFormat): boolean {
  return a.bits === b.bits && a.signed === b.signed && a.zeroPoint === b.zeroPoint;
}

/** Fused activation functions by their number in the file (enum ActivationFunctionType of schema.fbs). */
export const ACTIVATION_FUNCTIONS = ['NONE', 'RELU', 'RELU_N1_TO_1', 'RELU6', 'TANH', 'SIGN_BIT'] as const;
export type Clamp = 'NONE' | 'RELU' | 'RELU_N1_TO_1' | 'RELU6';

export function isClamp(name: string | undefined): name is Clamp {
  return name === 'NONE' || name === 'RELU' || name === 'RELU_N1_TO_1' || name === 'RELU6';
}

/**
 * Limits of the integers that a fused activation function leaves, as `CalculateActivationRangeQuantized` of
 * tensorflow/lite/kernels/kernel_util.cc: zero point + round(f / scale) in float32, inside the format.
 */
export function activationRange(clamp: Clamp, { format, scale }: Quantisation): { min: number; max: number } {
  const lowest = format.signed ? -128 : 0;
  const highest = format.signed ? 127 : 255;
  // Rounded half away from zero, as C's round; every f here is small and f / scale a float32, so adding 0.5 is exact.
  const quantised = (value: number) => {
    const steps = Math.fround(value / scale);
    return format.zeroPoint + Math.sign(steps) * Math.floor(Math.abs(steps) + 0.5);
  };
  const min = clamp === 'RELU' || clamp === 'RELU6' ? quantised(0) : clamp === 'RELU_N1_TO_1' ? quantised(-1) : lowest;
  const max = clamp === 'RELU6' ? quantised(6) : clamp === 'RELU_N1_TO_1' ? quantised(1) : highest;
  return { min: Math.max(lowest, min), max: Math.min(highest, max) };
}
