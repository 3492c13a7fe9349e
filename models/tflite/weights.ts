import { decodeLittleEndian, elementsOf } from '../tensor.js';
import type { TfliteGraph } from './tflite-graph.js';
import type { TfliteOperator, TfliteTensor } from './tflite-model.js';

/** Weights of a matrix operator, 8 bits, in the order of the file. */
export interface TfliteWeights {
  readonly shape: readonly number[];
  /** Unsigned weights less 128. */
  readonly data: Int8Array;
  /** Float32 scales: one, or one per output channel. */
  readonly scales: readonly number[];
  /** One per output channel, less 128 for unsigned weights; null: all 0. */
  readonly zeroPoints: Int32Array | null;
}

const UNSIGNED_OFFSET = 128;

/**
 * The constant weights of an operator; what does not fit is reported and refused.
 *
 * @param rank number of their axes
 * @param channelAxis the axis of the output channels, along which they may have a scale each
 * @param unsigned whether the activations are: weights then are too
 */
export function readWeights(
  graph: TfliteGraph,
  operator: TfliteOperator,
  rank: number,
  channelAxis: number,
  unsigned: boolean,
): TfliteWeights {
  const tensor = graph.tensor(operator, 1);
  const { name, type, shape, data, scales, peculiarity } = tensor;
  const refuse = (value: string, allowed: string, hint = '') =>
    graph.refuse(operator, `${value} of weights "${name}"`, allowed, hint);
  const needed = unsigned ? 'UINT8' : 'INT8';
  if (type !== needed) {
    const hint =
      type === 'INT4' || type === 'INT2' ? 'only 8-bit weights are read' : 'quantise weights and activations';
    return refuse(type, `${needed} weights, as the activations are`, hint);
  }
  if (peculiarity !== '') return refuse(`a ${peculiarity} tensor`, 'plain tensors');
  if (data === null) return refuse('no data', 'constant weights');
  if (shape.length !== rank || data.length !== elementsOf(shape)) {
    return refuse(`[${shape.join(', ')}], ${data.length} bytes`, `weights of ${rank} axes, a byte each`);
  }
  const channels = shape[channelAxis]!;
  const perChannel = scales.length === channels && tensor.quantisedDimension === channelAxis;
  if (!(scales.length === 1 || perChannel) || scales.some((scale) => !(scale >= 0 && Number.isFinite(scale)))) {
    const value = `${scales.length} scales along axis ${tensor.quantisedDimension}`;
    return refuse(value, `one scale, or ${channels} along axis ${channelAxis}`);
  }
  const zeroPoints = readZeroPoints(tensor, channels, unsigned);
  if (zeroPoints === undefined) {
    return refuse(`zero points [${tensor.zeroPoints.slice(0, 4).join(', ')}, ...]`, 'zero points inside the type');
  }
  const stored = unsigned ? Int8Array.from(data, (weight) => weight - UNSIGNED_OFFSET) : new Int8Array(data);
  return { shape, data: stored, scales, zeroPoints };
}

/** Zero points per channel; null: all 0; undefined: impossible ones. */
function readZeroPoints(tensor: TfliteTensor, channels: number, unsigned: boolean): Int32Array | null | undefined {
  const { zeroPoints, scales } = tensor;
  const given = zeroPoints.length === 0 ? [0] : zeroPoints;
  const offset = unsigned ? UNSIGNED_OFFSET : 0;
  const inside = given.every((zero) => Number.isInteger(zero) && zero - offset >= -128 && zero - offset <= 127);
  if (!inside || (given.length !== 1 && given.length !== scales.length)) return undefined;
  const stored = Int32Array.from({ length: channels }, (_, m) => given[given.length === 1 ? 0 : m]! - offset);
  return stored.every((zero) => zero === 0) ? null : stored;
}

/** The bias of each output channel; zeros where there is none. */
export function readBias(graph: TfliteGraph, operator: TfliteOperator, channels: number): Float64Array {
  const tensor = graph.optionalTensor(operator, 2);
  if (tensor === null) return new Float64Array(channels);
  const { name, type, data } = tensor;
  if (type !== 'INT32' || data === null || data.length !== 4 * channels) {
    const value = `${type}, ${data?.length ?? 'no'} bytes, of bias "${name}"`;
    graph.refuse(operator, value, `a constant INT32 bias of ${channels} elements`);
  }
  return Float64Array.from(decodeLittleEndian('I32', data, '', name));
}
