import type { TensorData } from '../tensor.js';
import { normalAxis } from './normal-axis.js';
import type { Activation, ConstantValue, OnnxNode, QuantisedConstant, Value } from './onnx-node.js';

/** Relu. */
export function readRelu(node: OnnxNode): Activation | null {
  node.onlyAttributes();
  const x = node.real(0);
  return x && emitClip(node, x, 0, Infinity);
}

/** Clip: limits as attributes (operator sets below 11) or as constant inputs. */
export function readClip(node: OnnxNode): Activation | null {
  node.onlyAttributes('min', 'max');
  const x = node.real(0);
  const min = node.hasInput(1) ? node.scalar(1, 'the lower limit') : node.float('min', -Infinity);
  const max = node.hasInput(2) ? node.scalar(2, 'the upper limit') : node.float('max', Infinity);
  if (x === null || min === null || max === null) return null;
  if (!(min <= max)) return node.report('', [min, max], 'a lower limit not above the upper one');
  return emitClip(node, x, min, max);
}

function emitClip(node: OnnxNode, x: Activation, min: number, max: number): Activation {
  return node.emit({ op: 'clip', inputs: [x.layer], shape: x.shape, min, max });
}

/** BatchNormalization with constant statistics: one gain and offset per channel. */
export function readBatchNormalization(node: OnnxNode): Activation | null {
  node.onlyAttributes('epsilon', 'momentum', 'training_mode', 'spatial', 'is_test');
  node.requireInt('training_mode', 0, 0, 'export the model in eval mode');
  node.requireInt('spatial', 1, 1);
  const x = node.real(0);
  const parts = [
    node.constant(1, 'the gain'),
    node.constant(2, 'the offset'),
    node.constant(3, 'the mean'),
    node.constant(4, 'the variance'),
  ];
  const complete = parts.filter((part) => part !== null);
  if (x === null || complete.length !== parts.length) return null;
  const channels = x.shape[0]!;
  const odd = complete.findIndex(({ data }) => data.length !== channels);
  if (odd >= 0)
    return node.reportInput(odd + 1, `${complete[odd]!.data.length} values`, `${channels}, one per channel`);
  const [scale, shift, mean, variance] = complete.map(({ data }) => data) as [
    TensorData,
    TensorData,
    TensorData,
    TensorData,
  ];
  const epsilon = node.float('epsilon', 1e-5);
  const gain = Float64Array.from({ length: channels }, (_, c) => scale[c]! / Math.sqrt(variance[c]! + epsilon));
  const offset = gain.map((value, c) => shift[c]! - mean[c]! * value);
  return node.emit({ op: 'scale', inputs: [x.layer], shape: x.shape, gain, offset });
}

/** Add, Sub, Mul and Div: two activations are added; a constant beside one activation is a gain or an offset per channel. */
export function readArithmetic(node: OnnxNode): Activation | null {
  node.onlyAttributes('axis', 'broadcast');
  const [a, b] = [node.value(0), node.value(1)];
  if (a.kind === 'unknown' || b.kind === 'unknown') return null;
  if (a.kind === 'activation' && b.kind === 'activation') return readAddition(node);
  if (a.kind !== 'activation' && b.kind !== 'activation') {
    return node.report('', 'two constants', 'at least one value computed from the image', 'simplify the model first');
  }
  const index = a.kind === 'activation' ? 0 : 1;
  if (index === 1 && (node.op === 'Sub' || node.op === 'Div')) {
    return node.reportInput(0, 'a constant', `a value computed from the image: ${node.op} takes its constant second`);
  }
  const x = node.real(index);
  if (x === null) return null;
  const constants = perChannel(node, 1 - index, (index === 0 ? b : a) as ConstantValue | QuantisedConstant, x);
  if (constants === null) return null;
  const channels = x.shape[0]!;
  const [gain, offset] = [new Float64Array(channels).fill(1), new Float64Array(channels)];
  if (node.op === 'Mul') gain.set(constants);
  if (node.op === 'Div') gain.set(constants.map((value) => 1 / value));
  if (node.op === 'Add') offset.set(constants);
  if (node.op === 'Sub') offset.set(constants.map((value) => -value));
  return node.emit({ op: 'scale', inputs: [x.layer], shape: x.shape, gain, offset });
}

function readAddition(node: OnnxNode): Activation | null {
  if (node.op !== 'Add') {
    return node.report('', `${node.op} of two values that are computed from the image`, 'Add, or a constant operand');
  }
  const [a, b] = [node.real(0), node.real(1)];
  if (a === null || b === null) return null;
  if (a.shape.join() !== b.shape.join()) {
    return node.reportInput(1, b.shape, `the shape of the first operand, [${a.shape.join(', ')}]`);
  }
  return node.emit({ op: 'add', inputs: [a.layer, b.layer], shape: a.shape });
}

/** A constant operand as one value per channel: it is a single number, or differs along the channels only. */
function perChannel(
  node: OnnxNode,
  index: number,
  value: ConstantValue | QuantisedConstant,
  { shape }: Activation,
): Float64Array | null {
  const { tensor } = value;
  const scaleAt = (i: number) => {
    if (value.kind === 'constant') return tensor.data[i]!;
    const at = value.scale.length === 1 ? 0 : i;
    return (tensor.data[i]! - value.zeroPoint[at]!) * value.scale[at]!;
  };
  const channels = shape[0]!;
  // Dimensions are aligned at the end; the channels are the first of the shape without the batch.
  const channelAxis = tensor.dims.length - shape.length;
  const isPerChannel = tensor.data.length === channels && tensor.dims[channelAxis] === channels;
  if (tensor.data.length !== 1 && !isPerChannel) {
    const allowed = `one value, or one per channel ([${channels}${', 1'.repeat(shape.length - 1)}])`;
    return node.reportInput(index, `a constant of shape [${tensor.dims.join(', ')}]`, allowed);
  }
  return Float64Array.from({ length: channels }, (_, c) => scaleAt(tensor.data.length === 1 ? 0 : c));
}

/** Concat of activations along the channels. */
export function readConcat(node: OnnxNode): Activation | null {
  node.onlyAttributes('axis');
  const values = node.proto.input.map((_, index) => node.activation(index));
  const complete = values.filter((value) => value !== null);
  if (complete.length !== values.length) return null;
  const odd = complete.findIndex(({ type }) => type !== complete[0]!.type);
  if (odd >= 0) return node.reportInput(odd, `${complete[odd]!.type} values`, `${complete[0]!.type}, as the first has`);
  return emitConcat(node, complete, node.int('axis', 1));
}

/** Channels one after the other, of Concat and QLinearConcat. */
export function emitConcat(node: OnnxNode, values: readonly Activation[], axis: number): Activation | null {
  const [first] = values;
  if (first === undefined) return node.report('', 'no inputs', 'at least one');
  const rank = first.shape.length + 1;
  if (normalAxis(axis, rank) !== 1) return node.report('axis', axis, '1: the channels, or the features');
  const rest = first.shape.slice(1).join();
  const odd = values.findIndex(({ shape }) => shape.length !== first.shape.length || shape.slice(1).join() !== rest);
  if (odd >= 0)
    return node.report(`input[${odd}]`, values[odd]!.shape, `the height and width of the others, [${rest}]`);
  const channels = values.reduce((sum, { shape }) => sum + shape[0]!, 0);
  const inputs = values.map(({ layer }) => layer);
  return node.emit({ op: 'concat', inputs, shape: [channels, ...first.shape.slice(1)] }, first.type);
}

/** Softmax and LogSoftmax, which are passed through: they do not change which output is largest. */
export function readSoftmax(node: OnnxNode): Value | null {
  node.onlyAttributes('axis');
  const x = node.real(0);
  return x && { ...x, softmax: node.origin };
}

/** Cast of the sums of ConvInteger and MatMulInteger to float, and of floats to floats. */
export function readCast(node: OnnxNode): Value | null {
  node.onlyAttributes('to', 'saturate');
  const x = node.activation(0);
  if (x === null) return null;
  const to = node.int('to', 0);
  const isFloat = to === 1 || to === 11;
  if (isFloat && (x.type === 'real' || x.type === 'int32')) return { ...x, type: 'real' };
  const hint = x.type === 'int8' || x.type === 'uint8' ? 'use DequantizeLinear, which knows the scale' : '';
  return node.report('to', to, '1 (float32), from sums or from floats', hint);
}
