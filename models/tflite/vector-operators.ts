import type { AddNode, AvgpoolNode, ConcatNode, KernelGeometry, MaxpoolNode, NetworkNode, Shape } from '../network.js';
import { activationRange, type Clamp, type Quantisation, sameQuantisation } from './activation.js';
import { type QuantisedMultiplier, quantiseMultiplier } from './quantised-multiplier.js';
import { readIntegers, toFeatures } from './shape-operators.js';
import { NO_PADDING, type Padding, type TfliteGraph, type Value } from './tflite-graph.js';
import type { TfliteOperator, TfliteTensor } from './tflite-model.js';
import { windowGeometry } from './window-geometry.js';

/** Fraction bits of an ADD's operands (tensorflow/lite/kernels/add.cc). */
const ADD_LEFT_SHIFT = 20;

/** ADD of two activations of one shape, in the fixed point of tensorflow/lite/kernels/add.cc. */
export function convertAdd(graph: TfliteGraph, operator: TfliteOperator): void {
  const clamp = graph.fusedActivation(operator, 0);
  const [input, other] = [graph.input(operator, 0), graph.input(operator, 1)];
  const target = graph.outputTensor(operator);
  const output = graph.activation(operator, target);
  if (input.shape.join() !== other.shape.join() || input.flattened?.join() !== other.flattened?.join()) {
    const value = `shapes [${input.shape.join(', ')}] and [${other.shape.join(', ')}]`;
    graph.refuse(operator, value, 'two activations of one shape', 'broadcasting is not supported');
  }
  graph.checkShape(operator, output.shape, input.shape);
  if (input.format.signed !== output.format.signed || other.format.signed !== output.format.signed) {
    graph.refuse(operator, 'operands of different types', 'INT8 or UINT8 throughout');
  }
  const twiceLarger = 2 * Math.max(input.scale, other.scale);
  const own = quantiseMultiplier(input.scale / twiceLarger);
  const others = quantiseMultiplier(other.scale / twiceLarger);
  const sum = quantiseMultiplier(twiceLarger / (2 ** ADD_LEFT_SHIFT * output.scale));
  const node: AddNode = {
    op: 'add',
    name: graph.nameOf(target),
    input: input.node,
    inputShape: input.shape,
    inputFormat: input.format,
    other: other.node,
    otherFormat: other.format,
    outputShape: input.shape,
    outputFormat: output.format,
    arithmetic: {
      kind: 'fixed-point',
      leftShift: ADD_LEFT_SHIFT,
      multiplier: own.multiplier,
      shift: own.shift,
      otherMultiplier: others.multiplier,
      otherShift: others.shift,
      outputMultiplier: sum.multiplier,
      outputShift: sum.shift,
    },
    ...activationRange(clamp, output),
  };
  graph.add(node, output.scale, input.flattened, target);
}

/** AVERAGE_POOL_2D: the rounded mean of the integers, padding not counted. */
export function convertAveragePool(graph: TfliteGraph, operator: TfliteOperator): void {
  const { clamp, input, output, target, geometry, outputShape } = readPool(graph, operator, NO_PADDING);
  const node: AvgpoolNode = {
    op: 'avgpool',
    ...poolBase(graph, input, target, outputShape),
    ...geometry,
    arithmetic: { kind: 'mean' },
    ...activationRange(clamp, output),
  };
  graph.add(node, output.scale, null, target);
}

/**
 * MAX_POOL_2D. A PAD before it pads with the zero point, which wins over lower values: it can only be told from padding that
 * never wins where there are none, and where no window sees padding alone.
 */
export function convertMaxPool(graph: TfliteGraph, operator: TfliteOperator): void {
  const { value, padding } = graph.paddedInput(operator, 0);
  const lowest = value.format.signed ? -128 : 0;
  const harmless = value.format.zeroPoint === lowest;
  if (padding !== NO_PADDING && !harmless) {
    const hint = 'TensorFlow Lite pads with the zero point, which may win';
    graph.refuse(operator, `a PAD before, of zero point ${value.format.zeroPoint}`, `zero point ${lowest}`, hint);
  }
  const { clamp, input, output, target, geometry, outputShape } = readPool(graph, operator, padding);
  const range = activationRange(clamp, output);
  const full = activationRange('NONE', output);
  const clamps = range.min > full.min || range.max < full.max;
  const base = poolBase(graph, input, target, outputShape);
  const pooled: MaxpoolNode = { op: 'maxpool', ...base, ...geometry, name: clamps ? `${base.name}.max` : base.name };
  const pool = graph.add(pooled, output.scale, null, clamps ? null : target);
  if (clamps) addRescale(graph, base.name, pool, output, 1, range, target);
}

function poolBase(graph: TfliteGraph, input: Value, target: TfliteTensor, outputShape: Shape) {
  return {
    name: graph.nameOf(target),
    input: input.node,
    inputShape: input.shape,
    inputFormat: input.format,
    outputShape,
    outputFormat: input.format,
  };
}

interface Pool {
  readonly clamp: Clamp;
  readonly input: Value;
  readonly output: Quantisation;
  readonly target: TfliteTensor;
  readonly geometry: KernelGeometry;
  readonly outputShape: Shape;
}

/** @param given padding that a PAD before adds; with any, the input may be a padded one */
function readPool(graph: TfliteGraph, operator: TfliteOperator, given: Padding): Pool {
  const { options } = operator;
  const clamp = graph.fusedActivation(operator, 5);
  const [strideWidth, strideHeight] = [options?.int32(1) ?? 0, options?.int32(2) ?? 0];
  const [kernelWidth, kernelHeight] = [options?.int32(3) ?? 0, options?.int32(4) ?? 0];
  if (Math.min(strideWidth, strideHeight, kernelWidth, kernelHeight) < 1) {
    const value = `kernel ${kernelHeight} x ${kernelWidth}, strides ${strideHeight} x ${strideWidth}`;
    graph.refuse(operator, value, 'kernel and strides >= 1');
  }
  const input = given === NO_PADDING ? graph.input(operator, 0) : graph.paddedInput(operator, 0).value;
  const target = graph.outputTensor(operator);
  const output = graph.activation(operator, target);
  checkSameQuantisation(graph, operator, input, output);
  if (input.shape.length !== 3) graph.refuse(operator, 'an input of features', '[1, height, width, channels]');
  const [channels, height, width] = input.shape as [number, number, number];
  const { rows, columns } = windowGeometry(
    { input: height, kernel: kernelHeight, stride: strideHeight, dilation: 1 },
    { input: width, kernel: kernelWidth, stride: strideWidth, dilation: 1 },
    (options?.int8(0) ?? 0) === 0,
    given,
  );
  if (Math.max(rows.before, rows.behind) >= kernelHeight || Math.max(columns.before, columns.behind) >= kernelWidth) {
    graph.refuse(operator, 'windows of padding alone', 'less padding than the kernel is large');
  }
  const outputShape: Shape = [channels, rows.output, columns.output];
  graph.checkShape(operator, output.shape, outputShape);
  const geometry: KernelGeometry = {
    kernelHeight,
    kernelWidth,
    strideHeight,
    strideWidth,
    padTop: rows.before,
    padLeft: columns.before,
    padBottom: rows.behind,
    padRight: columns.behind,
  };
  return { clamp, input, output, target, geometry, outputShape };
}

/**
 * MEAN over height and width: `QuantizedMeanOrSum` of tensorflow/lite/kernels/internal/reference/reduce.h, which takes the
 * number of pixels into the multiplier.
 */
export function convertMean(graph: TfliteGraph, operator: TfliteOperator): void {
  const input = graph.input(operator, 0);
  const target = graph.outputTensor(operator);
  const output = graph.activation(operator, target);
  const axes = readIntegers(graph, operator, 1, 'axes').map((axis) => (axis < 0 ? axis + 4 : axis));
  if (input.shape.length !== 3 || axes.sort().join() !== '1,2') {
    graph.refuse(
      operator,
      `axes [${axes.join(', ')}]`,
      'axes [1, 2], height and width, of [1, height, width, channels]',
    );
  }
  const [channels, height, width] = input.shape as [number, number, number];
  graph.checkShape(operator, output.shape, output.shape.length === 3 ? [channels, 1, 1] : [channels]);
  const flat = output.shape.length === 1;
  const name = graph.nameOf(target);
  const node: AvgpoolNode = {
    op: 'avgpool',
    name: flat ? `${name}.mean` : name,
    input: input.node,
    inputShape: input.shape,
    inputFormat: input.format,
    outputShape: [channels, 1, 1],
    outputFormat: output.format,
    kernelHeight: height,
    kernelWidth: width,
    strideHeight: height,
    strideWidth: width,
    padTop: 0,
    padLeft: 0,
    padBottom: 0,
    padRight: 0,
    arithmetic: { kind: 'fixed-point', ...meanMultiplier(input.scale / output.scale, height * width), divides: false },
    ...activationRange('NONE', output),
  };
  const mean = graph.add(node, output.scale, null, flat ? null : target);
  if (flat) graph.alias(target, toFeatures(graph, mean, name));
}

function meanMultiplier(factor: number, pixels: number): QuantisedMultiplier {
  const { multiplier, shift } = quantiseMultiplier(factor);
  const gained = Math.min(Math.floor(Math.log2(pixels)), 32, 31 + shift);
  return { multiplier: Number((BigInt(multiplier) << BigInt(gained)) / BigInt(pixels)), shift: shift - gained };
}

/** CONCATENATION along the channels of activations in one format. */
export function convertConcatenation(graph: TfliteGraph, operator: TfliteOperator): void {
  const clamp = graph.fusedActivation(operator, 1);
  if (clamp !== 'NONE') graph.report(operator, `fused activation ${clamp}`, 'none');
  const inputs = operator.inputs.map((_, position) => graph.input(operator, position));
  const target = graph.outputTensor(operator);
  const output = graph.activation(operator, target);
  const given = operator.options?.int32(0) ?? 0;
  const rank = target.shape.length;
  if ((given < 0 ? given + rank : given) !== rank - 1) {
    graph.refuse(operator, `axis ${given}`, `the channels, axis ${rank - 1} or -1`);
  }
  for (const input of inputs) {
    checkSameQuantisation(graph, operator, input, output);
    if (input.flattened !== null) graph.refuse(operator, 'flattened pixels', 'channels, or features of one pixel');
  }
  const first = inputs[0] ?? graph.refuse(operator, 'no inputs', 'at least one');
  const channels = inputs.reduce((sum, { shape }) => sum + shape[0]!, 0);
  graph.checkShape(operator, output.shape, [channels, ...first.shape.slice(1)]);
  for (const { shape } of inputs) graph.checkShape(operator, shape, [shape[0]!, ...first.shape.slice(1)]);
  const node: ConcatNode = {
    op: 'concat',
    name: graph.nameOf(target),
    input: first.node,
    inputShape: first.shape,
    inputFormat: first.format,
    inputs: inputs.map((input) => input.node),
    inputShapes: inputs.map((input) => input.shape),
    outputShape: output.shape,
    outputFormat: output.format,
  };
  graph.add(node, output.scale, null, target);
}

function checkSameQuantisation(
  graph: TfliteGraph,
  operator: TfliteOperator,
  input: Quantisation,
  output: Quantisation,
): void {
  if (sameQuantisation(input, output)) return;
  const shown = ({ format, scale }: Quantisation) => `scale ${scale}, zero point ${format.zeroPoint}`;
  graph.refuse(operator, `${shown(input)} to ${shown(output)}`, 'one scale and zero point for inputs and output');
}

/** QUANTIZE of integers: another scale, zero point or type. */
export function convertQuantize(graph: TfliteGraph, operator: TfliteOperator): void {
  const input = graph.input(operator, 0);
  const target = graph.outputTensor(operator);
  const output = graph.activation(operator, target);
  graph.checkShape(operator, output.shape, input.shape);
  const range = activationRange('NONE', output);
  addRescale(graph, graph.nameOf(target), input, output, input.scale / output.scale, range, target);
}

/**
 * RELU, RELU6 and RELU_N1_TO_1 as operators of their own. Where the format stays and nothing else reads the node before,
 * its own limits do the same; otherwise a rescale node does what tensorflow/lite/kernels/activations.cc does, whose factor
 * is a float32 quotient.
 */
export function convertRelu(graph: TfliteGraph, operator: TfliteOperator): void {
  const input = graph.input(operator, 0);
  const target = graph.outputTensor(operator);
  const output = graph.activation(operator, target);
  graph.checkShape(operator, output.shape, input.shape);
  const range = activationRange(operator.op as Clamp, output);
  const own = sameQuantisation(input, output) ? graph.ownNode(operator, 0) : null;
  const clamped = own === null ? null : withLimits(own, range);
  if (clamped !== null) {
    graph.replace(clamped, operator, 0, target);
    return;
  }
  const factor = Math.fround(input.scale / output.scale);
  addRescale(graph, graph.nameOf(target), input, output, factor, range, target);
}

/** The node with its limits narrowed; null where it has none. */
function withLimits(node: NetworkNode, range: { min: number; max: number }): NetworkNode | null {
  const narrowed = ({ min, max }: { min: number; max: number }) => ({
    min: Math.min(Math.max(min, range.min), range.max),
    max: Math.max(Math.min(max, range.max), range.min),
  });
  switch (node.op) {
    case 'conv':
    case 'fc':
      if (node.requantiser.kind !== 'fixed-point') return null;
      return { ...node, requantiser: { ...node.requantiser, ...narrowed(node.requantiser) } };
    case 'add':
    case 'avgpool':
    case 'rescale':
      return { ...node, ...narrowed(node) };
    default:
      return null;
  }
}

function addRescale(
  graph: TfliteGraph,
  name: string,
  input: Value,
  output: Quantisation,
  factor: number,
  range: { min: number; max: number },
  target: TfliteTensor,
): void {
  graph.add(
    {
      op: 'rescale',
      name,
      input: input.node,
      inputShape: input.shape,
      inputFormat: input.format,
      outputShape: input.shape,
      outputFormat: output.format,
      arithmetic: { kind: 'fixed-point', ...quantiseMultiplier(factor) },
      ...range,
    },
    output.scale,
    input.flattened,
    target,
  );
}
