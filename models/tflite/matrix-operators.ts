import type { ConvNode, FcNode, FixedPointRequantiser, Shape } from '../network.js';
import { activationRange, type Clamp, type Quantisation } from './activation.js';
import { quantiseMultiplier } from './quantised-multiplier.js';
import { toFeatures } from './shape-operators.js';
import type { TfliteGraph, Value } from './tflite-graph.js';
import type { TfliteOperator } from './tflite-model.js';
import { readBias, readWeights, type TfliteWeights } from './weights.js';
import { windowGeometry } from './window-geometry.js';

/** Numbers of the fields in an operator's table of options, by what they hold. */
interface ConvFields {
  readonly activation: number;
  readonly dilationWidth: number;
  readonly dilationHeight: number;
}

/** CONV_2D: weights [out][kernel height][kernel width][in / groups]. */
export function convertConv(graph: TfliteGraph, operator: TfliteOperator): void {
  const fields = { activation: 3, dilationWidth: 4, dilationHeight: 5 };
  convertWindowed(graph, operator, fields, 0, (weights, channels) => {
    const [outputs, height, width, inputs] = weights.shape as [number, number, number, number];
    if (channels % inputs !== 0 || outputs % (channels / inputs) !== 0) {
      const allowed = `weights of ${channels} input channels, or of a group of them`;
      graph.refuse(operator, `weights [${weights.shape.join(', ')}]`, allowed);
    }
    const stored = new Int8Array(weights.data.length);
    for (let m = 0, k = 0; m < outputs; m++) {
      for (let c = 0; c < inputs; c++) {
        for (let at = 0; at < height * width; at++) {
          stored[k++] = weights.data[(m * height * width + at) * inputs + c]!;
        }
      }
    }
    return { outputs, height, width, groups: channels / inputs, stored };
  });
}

/** DEPTHWISE_CONV_2D: weights [1][kernel height][kernel width][out], output m from input floor(m / depth multiplier). */
export function convertDepthwiseConv(graph: TfliteGraph, operator: TfliteOperator): void {
  const fields = { activation: 4, dilationWidth: 5, dilationHeight: 6 };
  convertWindowed(graph, operator, fields, 3, (weights, channels) => {
    const [one, height, width, outputs] = weights.shape as [number, number, number, number];
    if (one !== 1 || outputs % channels !== 0) {
      const allowed = `weights [1, height, width, a multiple of ${channels}]`;
      graph.refuse(operator, `weights [${weights.shape.join(', ')}]`, allowed);
    }
    const stored = new Int8Array(weights.data.length);
    for (let m = 0, k = 0; m < outputs; m++) {
      for (let at = 0; at < height * width; at++) stored[k++] = weights.data[at * outputs + m]!;
    }
    return { outputs, height, width, groups: channels, stored };
  });
}

interface ArrangedWeights {
  readonly outputs: number;
  readonly height: number;
  readonly width: number;
  readonly groups: number;
  /** [out][in / groups][kernel height][kernel width] */
  readonly stored: Int8Array;
}

/** What both convolutions share. */
function convertWindowed(
  graph: TfliteGraph,
  operator: TfliteOperator,
  fields: ConvFields,
  channelAxis: number,
  arrange: (weights: TfliteWeights, channels: number) => ArrangedWeights,
): void {
  const { options } = operator;
  const clamp = graph.fusedActivation(operator, fields.activation);
  const same = (options?.int8(0) ?? 0) === 0;
  const [strideWidth, strideHeight] = [options?.int32(1) ?? 0, options?.int32(2) ?? 0];
  const dilationWidth = options?.int32(fields.dilationWidth, 1) ?? 1;
  const dilationHeight = options?.int32(fields.dilationHeight, 1) ?? 1;
  if (Math.min(strideWidth, strideHeight, dilationWidth, dilationHeight) < 1) {
    const value = `strides ${strideHeight} x ${strideWidth}, dilation ${dilationHeight} x ${dilationWidth}`;
    graph.refuse(operator, value, 'strides and dilations >= 1');
  }
  const { value: input, padding } = graph.paddedInput(operator, 0);
  const target = graph.outputTensor(operator);
  const output = graph.activation(operator, target);
  const weights = readWeights(graph, operator, 4, channelAxis, !input.format.signed);
  const { outputs, height, width, groups, stored } = arrange(weights, input.shape[0]!);
  const requantiser = fixedPointRequantiser(graph, operator, input, output, weights, outputs, clamp);
  if (input.shape.length !== 3) {
    graph.refuse(operator, `an input of ${input.shape.length + 1} axes`, '[1, height, width, channels]');
  }
  const [, inputHeight, inputWidth] = input.shape as [number, number, number];
  const { rows, columns } = windowGeometry(
    { input: inputHeight, kernel: height, stride: strideHeight, dilation: dilationHeight },
    { input: inputWidth, kernel: width, stride: strideWidth, dilation: dilationWidth },
    same,
    padding,
  );
  const outputShape: Shape = [outputs, rows.output, columns.output];
  graph.checkShape(operator, output.shape, outputShape);
  const node: ConvNode = {
    op: 'conv',
    ...matrixNodeBase(graph.nameOf(target), input, output, outputShape, weights, stored, requantiser),
    kernelHeight: height,
    kernelWidth: width,
    strideHeight,
    strideWidth,
    padTop: rows.before,
    padLeft: columns.before,
    padBottom: rows.behind,
    padRight: columns.behind,
    dilationHeight,
    dilationWidth,
    groups,
  };
  graph.add(node, output.scale, null, target);
}

/** FULLY_CONNECTED: weights [out][in], of an input that is flattened if it is not yet. */
export function convertFullyConnected(graph: TfliteGraph, operator: TfliteOperator): void {
  const clamp = graph.fusedActivation(operator, 0);
  const format = operator.options?.int8(1) ?? 0;
  if (format !== 0) graph.report(operator, `weights format ${format}`, 'the default weights format');
  const target = graph.outputTensor(operator);
  const input = toFeatures(graph, graph.input(operator, 0), `${graph.nameOf(target)}.flatten`);
  const output = graph.activation(operator, target);
  const weights = readWeights(graph, operator, 2, 0, !input.format.signed);
  const [outputs, features] = weights.shape as [number, number];
  if (features !== input.shape[0]) {
    const value = `weights [${weights.shape.join(', ')}]`;
    graph.refuse(operator, value, `weights of ${input.shape[0]} inputs, the batch being 1`);
  }
  const requantiser = fixedPointRequantiser(graph, operator, input, output, weights, outputs, clamp);
  const stored = input.flattened === null ? weights.data : channelSlowest(weights.data, outputs, input.flattened);
  graph.checkShape(operator, output.shape.length === 3 ? [output.shape[0]!] : output.shape, [outputs]);
  const node: FcNode = {
    op: 'fc',
    ...matrixNodeBase(graph.nameOf(target), input, output, [outputs], weights, stored, requantiser),
  };
  graph.add(node, output.scale, null, target);
}

/** Columns of [height][width][channels] brought to the order [channels][height][width]. */
function channelSlowest(weights: Int8Array, outputs: number, shape: Shape): Int8Array {
  const [channels, height, width] = shape as [number, number, number];
  const pixels = height * width;
  const stored = new Int8Array(weights.length);
  for (let m = 0, k = 0; m < outputs; m++) {
    for (let c = 0; c < channels; c++) {
      for (let at = 0; at < pixels; at++) stored[k++] = weights[(m * pixels + at) * channels + c]!;
    }
  }
  return stored;
}

function matrixNodeBase(
  name: string,
  input: Value,
  output: Quantisation,
  outputShape: Shape,
  { zeroPoints, scales }: TfliteWeights,
  weights: Int8Array,
  requantiser: FixedPointRequantiser,
) {
  return {
    name,
    input: input.node,
    inputShape: input.shape,
    inputFormat: input.format,
    outputShape,
    outputFormat: output.format,
    weights,
    weightBits: 8,
    weightZeroPoint: zeroPoints,
    weightScale: scales.length === 1 ? scales[0]! : null,
    requantiser,
    windowPruning: null,
    last: false,
  };
}

function fixedPointRequantiser(
  graph: TfliteGraph,
  operator: TfliteOperator,
  input: Quantisation,
  output: Quantisation,
  { scales }: TfliteWeights,
  outputs: number,
  clamp: Clamp,
): FixedPointRequantiser {
  const factors = scales.map((scale) => sumScale(operator.op, input, scale, scales.length > 1, output.scale));
  const quantised = factors.map(quantiseMultiplier);
  const of = (m: number) => quantised[quantised.length === 1 ? 0 : m]!;
  return {
    kind: 'fixed-point',
    rounding: 'double',
    bias: readBias(graph, operator, outputs),
    multiplier: Int32Array.from({ length: outputs }, (_, m) => of(m).multiplier),
    shift: Int32Array.from({ length: outputs }, (_, m) => of(m).shift),
    ...activationRange(clamp, output),
  };
}

/**
 * Input scale x weight scale / output scale. Convolutions of signed activations, and scales per channel, multiply in double
 * (`PopulateConvolutionQuantizationParams`); unsigned activations and FULLY_CONNECTED multiply the two float32 scales in
 * float32 first (`GetQuantizedConvolutionMultipler`, both in tensorflow/lite/kernels/kernel_util.cc).
 */
function sumScale(op: string, input: Quantisation, weight: number, perChannel: boolean, output: number): number {
  const inDouble = perChannel || (op !== 'FULLY_CONNECTED' && input.format.signed);
  const product = input.scale * weight;
  return (inDouble ? product : Math.fround(product)) / output;
}
