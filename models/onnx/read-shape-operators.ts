import { elementsOf } from '../tensor.js';
import { normalAxis } from './normal-axis.js';
import type { Activation, OnnxNode, Value } from './onnx-node.js';
import { elementTypeName, elementTypeOf, type OnnxTensor } from './onnx-tensor.js';

/** Identity and Dropout (in inference): the value itself. */
export function readIdentity(node: OnnxNode): Value | null {
  return node.value(0);
}

/** Flatten, Reshape, Squeeze and Unsqueeze: to features, or the same values in the same order. */
export function readReshape(node: OnnxNode): Value | null {
  const value = node.value(0);
  if (value.kind === 'unknown') return null;
  if (value.kind !== 'activation') {
    return node.reportInput(0, 'a constant', 'a value computed from the image', 'simplify the model first');
  }
  // The order of the classes stays, whatever the shape.
  if (value.softmax !== null) return value;
  const x = node.activation(0);
  const given = x && targetShape(node, x);
  if (x === null || given === null) return null;
  if (given[0] !== 1) return node.report('', `[${given.join(', ')}]`, 'a first dimension of 1, the batch');
  const shape = given.slice(1);
  if (shape.join() === x.shape.join()) return x;
  const isFeatures = shape.length === 1;
  const isPixel = shape.length === 3 && shape[1] === 1 && shape[2] === 1;
  if (!isFeatures && !isPixel) {
    return node.report(
      '',
      `[${given.join(', ')}]`,
      '[1, features], or [1, features, 1, 1]',
      'other orders are not kept',
    );
  }
  return node.emit({ op: 'reshape', inputs: [x.layer], shape }, x.type);
}

/** The shape that comes out, with the batch; null, and reported, where it does not fit. */
function targetShape(node: OnnxNode, { shape }: Activation): readonly number[] | null {
  const dims = [1, ...shape];
  switch (node.op) {
    case 'Flatten': {
      node.onlyAttributes('axis');
      const axis = normalAxis(node.int('axis', 1), dims.length);
      return [elementsOf(dims.slice(0, axis)), elementsOf(dims.slice(axis))];
    }
    case 'Reshape':
      node.onlyAttributes('allowzero');
      return reshapeTarget(node, dims);
    case 'Squeeze': {
      node.onlyAttributes('axes');
      const axes = readAxes(node, dims.length);
      return axes && dims.filter((extent, axis) => !(axes.includes(axis) && extent === 1));
    }
    default: {
      node.onlyAttributes('axes');
      const axes = readAxes(node, dims.length + 1);
      if (axes === null) return null;
      const extended = [...dims];
      for (const axis of [...axes].sort((a, b) => a - b)) extended.splice(axis, 0, 1);
      return extended;
    }
  }
}

function reshapeTarget(node: OnnxNode, dims: readonly number[]): readonly number[] | null {
  const wanted = node.hasInput(1) ? node.constant(1, 'the shape')?.data : node.ints('shape');
  if (wanted === undefined) return null;
  const keepsZero = node.int('allowzero', 0) !== 0;
  const target = Array.from(wanted, (extent, i) => (extent === 0 && !keepsZero ? (dims[i] ?? 0) : extent));
  const known = elementsOf(target.filter((extent) => extent !== -1));
  const result = target.map((extent) => (extent === -1 ? elementsOf(dims) / known : extent));
  if (elementsOf(result) === elementsOf(dims) && result.every(Number.isInteger)) return result;
  return node.reportInput(1, Array.from(wanted), `a shape of ${elementsOf(dims)} values, as [${dims.join(', ')}] has`);
}

function readAxes(node: OnnxNode, rank: number): readonly number[] | null {
  const axes = node.hasInput(1) ? node.constant(1, 'the axes')?.data : node.ints('axes');
  if (axes === undefined) return node.report('axes', undefined, 'a list of axes');
  return Array.from(axes, (axis) => normalAxis(axis, rank));
}

/** Pad of height and width with zeros, which the convolution behind it takes up. */
export function readPad(node: OnnxNode): Value | null {
  node.onlyAttributes('mode', 'pads', 'value');
  const mode = node.text('mode', 'constant');
  if (mode !== 'constant') return node.report('mode', mode, 'constant');
  const x = node.real(0, 'allowed');
  const pads = node.hasInput(1) ? node.constant(1, 'the padding')?.data : node.ints('pads');
  const fill = node.hasInput(2) ? node.scalar(2, 'the value') : node.float('value', 0);
  const axes = node.hasInput(3) ? node.constant(3, 'the axes')?.data : [0, 1, 2, 3];
  if (x === null || fill === null || axes === undefined || node.image(0, x) === null) return null;
  if (fill !== 0) return node.report('value', fill, '0');
  if (pads === undefined || pads.length !== 2 * axes.length) {
    return node.report('pads', pads && Array.from(pads), `${2 * axes.length} values: before and after every axis`);
  }
  const [before, after] = [
    [0, 0, 0, 0],
    [0, 0, 0, 0],
  ];
  axes.forEach((axis: number, i: number) => {
    before[normalAxis(axis, 4)] = pads[i]!;
    after[normalAxis(axis, 4)] = pads[i + axes.length]!;
  });
  if (before[0] || before[1] || after[0] || after[1] || [...before, ...after].some((extent) => extent < 0)) {
    return node.report('pads', Array.from(pads), 'whole numbers >= 0, 0 for batch and channels');
  }
  const { pad } = x;
  return {
    ...x,
    pad: {
      top: before[2]! + (pad?.top ?? 0),
      left: before[3]! + (pad?.left ?? 0),
      bottom: after[2]! + (pad?.bottom ?? 0),
      right: after[3]! + (pad?.right ?? 0),
    },
  };
}

/** Shape of an activation, known as the batch is 1; exporters compute the argument of Reshape from it. */
export function readShape(node: OnnxNode): Value | null {
  node.onlyAttributes();
  const x = node.activation(0);
  return x && constant('int64', [x.shape.length + 1], [1, ...x.shape]);
}

/** Constant: its value. */
export function readConstant(node: OnnxNode, tensor: OnnxTensor | null): Value | null {
  if (tensor !== null) return { kind: 'constant', tensor };
  const float = node.attribute('value_float');
  if (float !== undefined) return constant('float32', [], [float.f ?? 0]);
  const int = node.attribute('value_int');
  if (int !== undefined) return constant('int64', [], [int.i ?? 0]);
  const floats = node.attribute('value_floats');
  if (floats !== undefined) return constant('float32', [floats.floats.length], floats.floats);
  const ints = node.attribute('value_ints');
  if (ints !== undefined) return constant('int64', [ints.ints.length], ints.ints);
  return node.report('value', undefined, 'value, value_float, value_floats, value_int or value_ints');
}

/**
 * Operators on constants that exporters leave in a graph to compute shapes: Gather, Concat, Unsqueeze, Squeeze, Cast and
 * Identity of lists.
 *
 * @returns undefined where the node is not one of them, or not all of its inputs are constants
 */
export function foldConstants(node: OnnxNode): Value | null | undefined {
  if (!['Gather', 'Concat', 'Unsqueeze', 'Squeeze', 'Cast'].includes(node.op)) return undefined;
  const values = node.proto.input.filter((name) => name !== '').map((name) => node.graph.valueOf(name));
  const tensors = values.flatMap((value) => (value.kind === 'constant' ? [value.tensor] : []));
  const [first] = tensors;
  if (first === undefined || tensors.length !== values.length) return undefined;
  switch (node.op) {
    case 'Concat':
      return foldLists(node, tensors);
    case 'Gather': {
      const indices = tensors[1]!;
      if (first.dims.length !== 1) return undefined;
      const picked = Array.from(indices.data, (index) => first.data[normalAxis(index, first.data.length)]!);
      return constant(first.type, indices.dims, picked);
    }
    case 'Cast':
      return castConstant(node, first);
    default:
      if (first.data.length !== 1) return undefined;
      return constant(first.type, node.op === 'Unsqueeze' ? [1] : [], Array.from(first.data));
  }
}

function foldLists(node: OnnxNode, tensors: readonly OnnxTensor[]): Value | null {
  const odd = tensors.findIndex(({ dims }) => dims.length > 1);
  if (odd >= 0)
    return node.report(`input[${odd}]`, tensors[odd]!.dims, 'a list of numbers', 'simplify the model first');
  const joined = tensors.flatMap(({ data }) => Array.from(data));
  return constant(tensors[0]!.type, [joined.length], joined);
}

/** Casts of a constant to an integer cut off what stands behind the point. */
function castConstant(node: OnnxNode, { dims, data }: OnnxTensor): Value | null {
  const to = node.int('to', 0);
  const type = elementTypeOf(to);
  if (type === null || type === 'bool') return node.report('to', elementTypeName(to), 'an integer or float type');
  const isFloat = type === 'float32' || type === 'float64';
  const round = type === 'float32' ? Math.fround : isFloat ? Number : Math.trunc;
  return constant(type, dims, Array.from(data, round));
}

function constant(type: OnnxTensor['type'], dims: readonly number[], values: readonly number[]): Value {
  return { kind: 'constant', tensor: { type, dims, data: Float64Array.from(values) } };
}
