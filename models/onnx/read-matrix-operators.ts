import type { IntegerLayerWeights, LayerWeights } from '../layer-graph/layer-graph.js';
import type { Activation, OnnxNode, Value } from './onnx-node.js';
import type { OnnxTensor } from './onnx-tensor.js';
import { readWindow } from './read-window.js';

/** Attributes of Conv, QLinearConv and ConvInteger. */
export const CONV_ATTRIBUTES = ['auto_pad', 'dilations', 'group', 'kernel_shape', 'pads', 'strides'] as const;

/** Weights as a node has them, with the shape of the constant. */
export interface GivenWeights {
  readonly dims: readonly number[];
  readonly weights: LayerWeights;
}

/** Conv, with its weights in float or behind DequantizeLinear. */
export function readConv(node: OnnxNode): Activation | null {
  node.onlyAttributes(...CONV_ATTRIBUTES);
  const x = node.real(0, 'allowed');
  const given = readWeights(node, 1, 0);
  const bias = node.hasInput(2) && given !== null ? readBias(node, 2, given.dims[0]!) : null;
  if (x === null || given === null) return null;
  return emitConv(node, x, given, bias, false);
}

/** The layer of a convolution whose parts are read: of Conv, QLinearConv and ConvInteger. */
export function emitConv(
  node: OnnxNode,
  x: Activation,
  { dims, weights }: GivenWeights,
  bias: Float64Array | null,
  integerSums: boolean,
): Activation | null {
  const image = node.image(0, x);
  const groups = node.int('group', 1);
  if (dims.length !== 4 || dims.includes(0)) {
    return node.report('weights', dims, '[out, in / group, kernel height, kernel width]', 'only images are convolved');
  }
  if (image === null) return null;
  const [outputs, inputs, kernelHeight, kernelWidth] = dims as readonly [number, number, number, number];
  const kernel = node.ints('kernel_shape');
  if (kernel !== undefined && (kernel[0] !== kernelHeight || kernel[1] !== kernelWidth)) {
    return node.report('kernel_shape', kernel, `[${kernelHeight}, ${kernelWidth}], as the weights have`);
  }
  if (groups < 1 || inputs * groups !== image[0] || outputs % groups !== 0) {
    return node.report(
      'group',
      groups,
      `a divisor of the ${outputs} outputs such that the weights' ${inputs} inputs times it are the image's ${image[0]} channels`,
    );
  }
  const window = readWindow(node, image, [kernelHeight, kernelWidth], x.pad);
  if (window === null) return null;
  const { geometry, dilationHeight, dilationWidth, outputHeight, outputWidth } = window;
  return node.emit(
    {
      op: 'conv',
      inputs: [x.layer],
      shape: [outputs, outputHeight, outputWidth],
      ...geometry,
      dilationHeight,
      dilationWidth,
      groups,
      weights,
      bias,
      integerSums,
    },
    integerSums ? 'int32' : 'real',
  );
}

/** Gemm: alpha A B + beta C with A the features of one image. */
export function readGemm(node: OnnxNode): Activation | null {
  node.onlyAttributes('alpha', 'beta', 'transA', 'transB', 'broadcast');
  node.requireInt('transA', 0, 0);
  const x = node.real(0);
  const given = readWeights(node, 1, node.int('transB', 0) === 0 ? 1 : 0);
  if (given === null) return null;
  const outputsFirst = asOutputsFirst(node, given, node.int('transB', 0) !== 0);
  if (outputsFirst === null) return null;
  const bias = node.hasInput(2) ? readBias(node, 2, outputsFirst.dims[0]!) : null;
  const beta = node.float('beta', 1);
  const weights = timesFactor(outputsFirst.weights, node.float('alpha', 1));
  return x && emitFc(node, x, { ...outputsFirst, weights }, bias?.map((value) => value * beta) ?? null, false);
}

/** MatMul of one image's features with a constant matrix. */
export function readMatMul(node: OnnxNode): Activation | null {
  node.onlyAttributes();
  const x = node.real(0);
  const given = readWeights(node, 1, 1);
  const outputsFirst = given && asOutputsFirst(node, given, false);
  return x && outputsFirst && emitFc(node, x, outputsFirst, null, false);
}

/** The layer of a fully connected layer whose parts are read; weights [out][in]. */
export function emitFc(
  node: OnnxNode,
  x: Activation,
  { dims, weights }: GivenWeights,
  bias: Float64Array | null,
  integerSums: boolean,
): Activation | null {
  const [outputs, inputs] = dims as readonly [number, number];
  if (x.shape.length !== 1 || x.shape[0] !== inputs) {
    const hint = x.shape.length === 1 ? '' : 'put Flatten in front';
    return node.reportInput(0, `[1, ${x.shape.join(', ')}]`, `[1, ${inputs}], as the weights need`, hint);
  }
  const layer = { op: 'fc', inputs: [x.layer], shape: [outputs], weights, bias, integerSums } as const;
  return node.emit(layer, integerSums ? 'int32' : 'real');
}

/**
 * An input that holds weights: a float constant, or an integer one behind DequantizeLinear.
 *
 * @param outputAxis axis of the outputs, along which scales may differ
 */
export function readWeights(node: OnnxNode, index: number, outputAxis: number): GivenWeights | null {
  const value: Value = node.value(index);
  if (value.kind === 'unknown') return null;
  if (value.kind === 'activation') {
    const hint = 'products of two activations (as in attention) have no weights to put on crossbars';
    return node.reportInput(index, 'a value computed from the image', 'weights, a constant of the model', hint);
  }
  const { tensor } = value;
  if (value.kind === 'constant') {
    if (tensor.type !== 'float32' && tensor.type !== 'float64') {
      return node.reportInput(index, `${tensor.type} weights`, 'float32 weights, or DequantizeLinear of int8 or uint8');
    }
    const values = Float32Array.from(tensor.data);
    if (!values.every(Number.isFinite)) return node.reportInput(index, 'weights that are not finite', 'finite weights');
    return { dims: tensor.dims, weights: { kind: 'float', values } };
  }
  const outputs = tensor.dims[outputAxis] ?? 1;
  if (value.scale.length > 1 && (value.axis !== outputAxis || value.scale.length !== outputs)) {
    const got = `${value.scale.length} scales along axis ${value.axis}`;
    return node.reportInput(index, got, `one scale, or one per output (axis ${outputAxis})`);
  }
  return integerWeights(node, index, tensor, value.scale, value.zeroPoint);
}

/** int8 or uint8 constants as weights; uint8 less 128, and their zero points too. */
export function integerWeights(
  node: OnnxNode,
  index: number,
  { dims, data, type }: OnnxTensor,
  scale: Float32Array,
  zeroPoint: Int32Array,
): { readonly dims: readonly number[]; readonly weights: IntegerLayerWeights } | null {
  if (type !== 'int8' && type !== 'uint8') return node.reportInput(index, `${type} weights`, 'int8 or uint8 weights');
  const offset = type === 'uint8' ? 128 : 0;
  const values = Int8Array.from(data, (value) => value - offset);
  return { dims, weights: { kind: 'integer', values, scale, zeroPoint: zeroPoint.map((value) => value - offset) } };
}

/** [in][out] (or [out][in] where `transposed`) to [out][in]. */
export function asOutputsFirst(
  node: OnnxNode,
  { dims, weights }: GivenWeights,
  transposed: boolean,
): GivenWeights | null {
  if (dims.length !== 2 || dims.includes(0)) return node.report('weights', dims, 'a matrix, two dimensions');
  if (transposed) return { dims, weights };
  const [inputs, outputs] = dims as readonly [number, number];
  const transpose = <A extends Float32Array | Int8Array>(values: A): A => {
    const result = values.slice() as A;
    for (let k = 0; k < inputs; k++) {
      for (let m = 0; m < outputs; m++) result[m * inputs + k] = values[k * outputs + m]!;
    }
    return result;
  };
  const turned: LayerWeights =
    weights.kind === 'float'
      ? { kind: 'float', values: transpose(weights.values) }
      : { ...weights, values: transpose(weights.values) };
  return { dims: [outputs, inputs], weights: turned };
}

function timesFactor(weights: LayerWeights, factor: number): LayerWeights {
  if (factor === 1) return weights;
  return weights.kind === 'float'
    ? { kind: 'float', values: weights.values.map((value) => value * factor) }
    : { ...weights, scale: weights.scale.map((value) => value * factor) };
}

/** Biases as real values, one per output, from a float constant or an integer one behind DequantizeLinear. */
function readBias(node: OnnxNode, index: number, outputs: number): Float64Array | null {
  const value = node.value(index);
  if (value.kind === 'unknown') return null;
  if (value.kind === 'activation') {
    return node.reportInput(index, 'a value computed from the image', 'biases, a constant of the model');
  }
  const { data, dims } = value.tensor;
  const single = data.length === 1;
  if (!single && (data.length !== outputs || dims.at(-1) !== outputs)) {
    return node.reportInput(index, `biases of shape [${dims.join(', ')}]`, `${outputs} biases, one per output`);
  }
  return Float64Array.from({ length: outputs }, (_, m) => {
    const bias = data[single ? 0 : m]!;
    if (value.kind === 'constant') return bias;
    const { scale, zeroPoint } = value;
    return (bias - zeroPoint[zeroPoint.length === 1 ? 0 : m]!) * scale[scale.length === 1 ? 0 : m]!;
  });
}
