import { quantiseLinear } from '../layer-graph/quantise-linear.js';
import { normalAxis } from './normal-axis.js';
import type { Activation, OnnxNode, Value } from './onnx-node.js';
import type { OnnxTensor } from './onnx-tensor.js';
import { emitConcat } from './read-elementwise-operators.js';
import {
  asOutputsFirst,
  CONV_ATTRIBUTES,
  emitConv,
  emitFc,
  type GivenWeights,
  integerWeights,
} from './read-matrix-operators.js';
import { emitGlobalAverage, emitPool, POOL_ATTRIBUTES } from './read-pool-operators.js';

/** Scale and zero point of an activation, with the type of its integers. */
interface Quantisation {
  readonly scale: number;
  readonly zeroPoint: number;
  readonly type: 'int8' | 'uint8';
}

/** QuantizeLinear: of an activation a layer, of a constant the integers. */
export function readQuantizeLinear(node: OnnxNode): Value | null {
  node.onlyAttributes('axis', 'saturate', 'output_dtype', 'block_size', 'precision');
  node.requireInt('block_size', 0, 0, 'blocked quantisation is not imported');
  const value = node.value(0);
  if (value.kind === 'constant') return quantiseConstant(node, value.tensor);
  if (value.kind === 'activation' && value.softmax !== null) return value;
  const x = node.real(0, 'allowed');
  const quantisation = readQuantisation(node, 1, outputTypeOf(node));
  return x && quantisation && withPad(emitQuantise(node, x, quantisation, ''), x);
}

/** DequantizeLinear: of an activation a layer, of a constant its scale. */
export function readDequantizeLinear(node: OnnxNode): Value | null {
  node.onlyAttributes('axis', 'block_size', 'output_dtype');
  node.requireInt('block_size', 0, 0, 'blocked quantisation is not imported');
  const value = node.value(0);
  if (value.kind === 'activation') {
    if (value.softmax !== null) return value;
    const x = node.integers(0, 'allowed');
    const quantisation = readQuantisation(node, 1, x?.type === 'int8' ? 'int8' : 'uint8');
    return x && quantisation && withPad(emitDequantise(node, x, quantisation, ''), x);
  }
  if (value.kind === 'unknown') return null;
  if (value.kind === 'quantised-constant') {
    return node.reportInput(0, 'a constant that is dequantised already', 'an integer constant');
  }
  const scale = node.constant(1, 'the scale');
  const zeroPoint = node.hasInput(2) ? node.constant(2, 'the zero point') : null;
  if (scale === null || (node.hasInput(2) && zeroPoint === null)) return null;
  if (!areScales(scale)) return node.reportInput(1, shownValues(scale), 'finite scales above 0');
  const zeroPoints = zeroPoint === null ? new Int32Array(scale.data.length) : Int32Array.from(zeroPoint.data);
  if (zeroPoints.length !== scale.data.length) {
    return node.reportInput(2, `${zeroPoints.length} zero points`, `${scale.data.length}, one per scale`);
  }
  const { dims } = value.tensor;
  const axis = scale.data.length === 1 ? 0 : normalAxis(node.int('axis', 1), dims.length);
  if (scale.data.length > 1 && dims[axis] !== scale.data.length) {
    return node.reportInput(1, `${scale.data.length} scales`, `one, or ${dims[axis]} along axis ${axis}`);
  }
  return {
    kind: 'quantised-constant',
    tensor: value.tensor,
    scale: Float32Array.from(scale.data),
    zeroPoint: zeroPoints,
    axis,
  };
}

/** QLinearConv: dequantise, Conv, quantise. Biases are integers of scale x_scale * w_scale. */
export function readQLinearConv(node: OnnxNode): Activation | null {
  node.onlyAttributes(...CONV_ATTRIBUTES);
  const x = readOperand(node, 0);
  const given = readQuantisedWeights(node, 3, 0);
  const output = readQuantisation(node, 6, null);
  if (x === null || given === null || output === null) return null;
  const bias = node.hasInput(8) ? readIntegerBias(node, 8, x.scale, given.scale, given.dims[0] ?? 0) : null;
  const sums = emitConv(node, x.value, given, bias, false);
  return sums && emitQuantise(node, sums, output, '.quantise');
}

/** QLinearMatMul of one image's features with a constant matrix. */
export function readQLinearMatMul(node: OnnxNode): Activation | null {
  node.onlyAttributes();
  const x = readOperand(node, 0);
  const given = readQuantisedWeights(node, 3, 1);
  const outputsFirst = given && asOutputsFirst(node, given, false);
  const output = readQuantisation(node, 6, null);
  if (x === null || outputsFirst === null || output === null) return null;
  const sums = emitFc(node, x.value, outputsFirst, null, false);
  return sums && emitQuantise(node, sums, output, '.quantise');
}

/** QGemm (com.microsoft): A, B and integer biases C; without an output scale the result is float. */
export function readQGemm(node: OnnxNode): Activation | null {
  node.onlyAttributes('alpha', 'transA', 'transB');
  node.requireInt('transA', 0, 0);
  if (node.float('alpha', 1) !== 1) node.report('alpha', node.float('alpha', 1), '1');
  const transposed = node.int('transB', 0) !== 0;
  const x = readOperand(node, 0);
  const given = readQuantisedWeights(node, 3, transposed ? 0 : 1);
  const outputsFirst = given && asOutputsFirst(node, given, transposed);
  const isQuantised = node.hasInput(7);
  const output = isQuantised ? readQuantisation(node, 7, null) : null;
  if (x === null || given === null || outputsFirst === null || (isQuantised && output === null)) return null;
  const bias = node.hasInput(6) ? readIntegerBias(node, 6, x.scale, given.scale, outputsFirst.dims[0] ?? 0) : null;
  const sums = emitFc(node, x.value, outputsFirst, bias, false);
  return sums && output ? emitQuantise(node, sums, output, '.quantise') : sums;
}

/** ConvInteger: sums of (x - x_zero_point) (w - w_zero_point). */
export function readConvInteger(node: OnnxNode): Activation | null {
  node.onlyAttributes(...CONV_ATTRIBUTES);
  const x = readIntegerOperand(node, 0, 2);
  const given = readIntegerWeights(node, 1, 3, 0);
  return x && given && emitConv(node, x, given, null, true);
}

/** MatMulInteger of one image's features with a constant matrix. */
export function readMatMulInteger(node: OnnxNode): Activation | null {
  node.onlyAttributes();
  const x = readIntegerOperand(node, 0, 2);
  const given = readIntegerWeights(node, 1, 3, 1);
  const outputsFirst = given && asOutputsFirst(node, given, false);
  return x && outputsFirst && emitFc(node, x, outputsFirst, null, true);
}

/** QLinearAdd (com.microsoft) of two activations. */
export function readQLinearAdd(node: OnnxNode): Activation | null {
  node.onlyAttributes();
  const a = readOperand(node, 0);
  const b = readOperand(node, 3);
  const output = readQuantisation(node, 6, null);
  if (a === null || b === null || output === null) return null;
  if (a.value.shape.join() !== b.value.shape.join()) {
    return node.reportInput(3, b.value.shape, `the shape of the first operand, [${a.value.shape.join(', ')}]`);
  }
  const sum = node.emit({ op: 'add', inputs: [a.value.layer, b.value.layer], shape: a.value.shape });
  return emitQuantise(node, sum, output, '.quantise');
}

/** QLinearConcat (com.microsoft): output scale and zero point, then value, scale and zero point of every input. */
export function readQLinearConcat(node: OnnxNode): Activation | null {
  node.onlyAttributes('axis');
  const output = readQuantisation(node, 0, null);
  const count = Math.floor((node.proto.input.length - 2) / 3);
  const operands = Array.from({ length: count }, (_, i) => readOperand(node, 2 + 3 * i));
  const complete = operands.filter((operand) => operand !== null).map(({ value }) => value);
  if (output === null || complete.length !== count) return null;
  const joined = emitConcat(node, complete, node.int('axis', 1));
  return joined && emitQuantise(node, joined, output, '.quantise');
}

/** QLinearGlobalAveragePool and QLinearAveragePool (com.microsoft). */
export function readQLinearAverage(node: OnnxNode): Activation | null {
  const isGlobal = node.op === 'QLinearGlobalAveragePool';
  node.onlyAttributes('channels_last', ...(isGlobal ? [] : POOL_ATTRIBUTES));
  node.requireInt('channels_last', 0, 0, 'export with channels first');
  const x = readOperand(node, 0);
  const output = readQuantisation(node, 3, null);
  if (x === null || output === null) return null;
  const mean = isGlobal ? emitGlobalAverage(node, x.value) : emitPool(node, x.value, 'avgpool');
  return mean && emitQuantise(node, mean, output, '.quantise');
}

/** A quantised operand: value, scale and zero point at `index` and the two behind it; dequantised. */
function readOperand(node: OnnxNode, index: number): { readonly value: Activation; readonly scale: number } | null {
  const x = node.integers(index, 'allowed');
  const quantisation = readQuantisation(node, index + 1, x === null ? null : (x.type as 'int8' | 'uint8'));
  if (x === null || quantisation === null) return null;
  const value = withPad(emitDequantise(node, x, quantisation, index === 0 ? '.dequantise' : `.dequantise${index}`), x);
  return { value, scale: quantisation.scale };
}

function readIntegerOperand(node: OnnxNode, index: number, zeroPointIndex: number): Activation | null {
  const x = node.integers(index, 'allowed');
  const zeroPoint = node.hasInput(zeroPointIndex) ? node.scalar(zeroPointIndex, 'the zero point') : 0;
  if (x === null || zeroPoint === null) return null;
  const type = x.type as 'int8' | 'uint8';
  return withPad(emitDequantise(node, x, { scale: 1, zeroPoint, type }, '.dequantise'), x);
}

interface QuantisedWeights extends GivenWeights {
  readonly scale: Float32Array;
}

/** Integer weights with scales and zero points at the two inputs behind them. */
function readQuantisedWeights(node: OnnxNode, index: number, outputAxis: number): QuantisedWeights | null {
  const scale = node.constant(index + 1, 'the scale of the weights');
  if (scale !== null && !areScales(scale))
    return node.reportInput(index + 1, shownValues(scale), 'finite scales above 0');
  const scales = scale && Float32Array.from(scale.data);
  const given = readIntegers(node, index, index + 2, outputAxis, scales);
  return scales && given && { ...given, scale: scales };
}

function readIntegerWeights(
  node: OnnxNode,
  index: number,
  zeroPointIndex: number,
  outputAxis: number,
): GivenWeights | null {
  return readIntegers(node, index, zeroPointIndex, outputAxis, Float32Array.of(1));
}

function readIntegers(
  node: OnnxNode,
  index: number,
  zeroPointIndex: number,
  outputAxis: number,
  scales: Float32Array | null,
): GivenWeights | null {
  const tensor = node.constant(index, 'weights');
  const zeroPoint = node.hasInput(zeroPointIndex)
    ? node.constant(zeroPointIndex, 'the zero point of the weights')
    : null;
  if (tensor === null || scales === null || (node.hasInput(zeroPointIndex) && zeroPoint === null)) return null;
  const outputs = tensor.dims[outputAxis] ?? 1;
  const zeroPoints = zeroPoint === null ? Int32Array.of(0) : Int32Array.from(zeroPoint.data);
  for (const [what, count] of [
    ['scales', scales.length],
    ['zero points', zeroPoints.length],
  ] as const) {
    if (count !== 1 && count !== outputs) {
      return node.reportInput(index, `${count} ${what}`, `one, or one per output, ${outputs}`);
    }
  }
  return integerWeights(node, index, tensor, scales, zeroPoints);
}

/** Integer biases of scale x_scale * w_scale as real values; the products of float32 numbers are exact in doubles. */
function readIntegerBias(
  node: OnnxNode,
  index: number,
  inputScale: number,
  weightScale: Float32Array,
  outputs: number,
): Float64Array | null {
  const tensor = node.constant(index, 'biases');
  if (tensor === null) return null;
  if (tensor.type !== 'int32' || tensor.data.length !== outputs) {
    return node.reportInput(index, `${tensor.type} [${tensor.dims.join(', ')}]`, `int32 [${outputs}], one per output`);
  }
  return Float64Array.from(tensor.data, (bias, m) => {
    return bias * Math.fround(inputScale * weightScale[weightScale.length === 1 ? 0 : m]!);
  });
}

/**
 * A scale and, at the input behind it, a zero point.
 *
 * @param type of the integers; null: that of the zero point, uint8 where there is none
 */
function readQuantisation(node: OnnxNode, index: number, type: 'int8' | 'uint8' | null): Quantisation | null {
  const scale = node.scalar(index, 'the scale');
  if (scale !== null && !(scale > 0 && Number.isFinite(scale))) {
    return node.reportInput(index, scale, 'a finite scale above 0');
  }
  if (!node.hasInput(index + 1)) return scale === null ? null : { scale, zeroPoint: 0, type: type ?? 'uint8' };
  const zeroPoint = node.constant(index + 1, 'the zero point');
  const value = zeroPoint === null ? null : node.scalar(index + 1, 'the zero point');
  if (scale === null || zeroPoint === null || value === null) return null;
  if (zeroPoint.type !== 'int8' && zeroPoint.type !== 'uint8') {
    return node.reportInput(index + 1, `${zeroPoint.type} activations`, 'int8 or uint8 activations');
  }
  if (type !== null && type !== zeroPoint.type) {
    return node.reportInput(index + 1, `a zero point of type ${zeroPoint.type}`, `${type}, as the values have`);
  }
  return { scale, zeroPoint: value, type: zeroPoint.type };
}

/** The type of a QuantizeLinear's integers where its attribute says it; null: its zero point says it. */
function outputTypeOf(node: OnnxNode): 'int8' | 'uint8' | null {
  const type = node.int('output_dtype', 0);
  if (type === 0) return null;
  if (type === 2) return 'uint8';
  if (type === 3) return 'int8';
  return node.report('output_dtype', type, '2 (uint8) or 3 (int8)');
}

function quantiseConstant(node: OnnxNode, tensor: OnnxTensor): Value | null {
  const scale = node.constant(1, 'the scale');
  const zeroPoint = node.hasInput(2) ? node.constant(2, 'the zero point') : null;
  if (scale === null || (node.hasInput(2) && zeroPoint === null)) return null;
  if (!areScales(scale)) return node.reportInput(1, shownValues(scale), 'finite scales above 0');
  const type = zeroPoint?.type ?? 'uint8';
  if (type !== 'int8' && type !== 'uint8' && type !== 'int32') {
    return node.reportInput(2, `${type} constants`, 'int8, uint8 or int32 constants');
  }
  const { dims } = tensor;
  const axis = normalAxis(node.int('axis', 1), dims.length);
  const count = scale.data.length;
  if (count !== 1 && dims[axis] !== count) {
    return node.reportInput(1, `${count} scales`, `one, or ${dims[axis]} along axis ${axis}`);
  }
  const inner = dims.slice(axis + 1).reduce((product, extent) => product * extent, 1);
  const limits = { int8: [-128, 127], uint8: [0, 255], int32: [-(2 ** 31), 2 ** 31 - 1] }[type] as [number, number];
  const range = { min: limits[0], max: limits[1] };
  const integers = Float64Array.from(tensor.data, (value, i) => {
    const at = count === 1 ? 0 : Math.floor(i / inner) % count;
    return quantiseLinear(value, scale.data[at]!, zeroPoint?.data[zeroPoint.data.length === 1 ? 0 : at] ?? 0, range);
  });
  const data = { int8: Int8Array, uint8: Uint8Array, int32: Int32Array }[type].from(integers);
  return { kind: 'constant', tensor: { type, dims, data } };
}

function emitQuantise(
  node: OnnxNode,
  x: Activation,
  { scale, zeroPoint, type }: Quantisation,
  suffix: string,
): Activation {
  const signed = type === 'int8';
  return node.emit({ op: 'quantise', inputs: [x.layer], shape: x.shape, scale, zeroPoint, signed }, type, suffix);
}

function emitDequantise(
  node: OnnxNode,
  x: Activation,
  { scale, zeroPoint, type }: Quantisation,
  suffix: string,
): Activation {
  const signed = type === 'int8';
  return node.emit({ op: 'dequantise', inputs: [x.layer], shape: x.shape, scale, zeroPoint, signed }, 'real', suffix);
}

/** Quantising keeps 0 exactly, at the zero point, so padding may come before or after. */
function withPad(value: Activation, from: Activation): Activation {
  return { ...value, pad: from.pad };
}

function areScales({ data }: OnnxTensor): boolean {
  return data.length > 0 && data.every((value: number) => value > 0 && Number.isFinite(value));
}

function shownValues({ data }: OnnxTensor): readonly number[] {
  return Array.from(data.slice(0, 4));
}
