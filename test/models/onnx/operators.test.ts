import { describe, expect, it } from 'vitest';
import { executeNetwork } from '../../../models/execute.js';
import { evaluate } from '../../../models/layer-graph/evaluate.js';
import type { Network } from '../../../models/network.js';
import { importOnnx, readOnnxGraph } from '../../../models/onnx/import-onnx.js';
import { quantiseImage } from '../../../models/preprocess.js';
import { encodeModel, node, type TestModel, type TestNode, tensor } from './onnx-builder.js';

const constant = (name: string, values: number[], dims = [values.length]) => tensor(name, 'float32', dims, values);
const ints = (name: string, values: number[]) => tensor(name, 'int64', [values.length], values);

function floatModel(dims: number[], nodes: TestNode[], constants: TestModel['constants'] = [], opset = 17): Uint8Array {
  return encodeModel({ input: { name: 'x', dims }, output: nodes.at(-1)!.outputs[0]!, nodes, constants, opset });
}

function evaluated(bytes: Uint8Array, input: number[]): number[] {
  return Array.from(evaluate(readOnnxGraph(bytes, 'model.onnx'), input));
}

function executed(network: Network, pixels: number[]): number[] {
  return Array.from(executeNetwork(network, quantiseImage(network, Uint8Array.from(pixels))));
}

describe('operators on floats, by hand', () => {
  // 1 2 3
  // 4 5 6
  const image = [1, 2, 3, 4, 5, 6];
  const dims = [1, 1, 2, 3];

  it.each([
    // 2 x 2 with a step of 2: three columns leave half a window, which ceil_mode counts.
    ['MaxPool', { kernel_shape: [2, 2], strides: [2, 2] }, [5]],
    ['MaxPool', { kernel_shape: [2, 2], strides: [2, 2], ceil_mode: 1 }, [5, 6]],
    ['AveragePool', { kernel_shape: [2, 2], strides: [2, 2], ceil_mode: 1 }, [3, 4.5]],
    // SAME: ceil(2 / 1) x ceil(3 / 2) positions; of the one missing column UPPER pads behind, LOWER in front.
    ['MaxPool', { kernel_shape: [1, 2], strides: [1, 2], auto_pad: 'SAME_UPPER' }, [2, 3, 5, 6]],
    ['MaxPool', { kernel_shape: [1, 2], strides: [1, 2], auto_pad: 'SAME_LOWER' }, [1, 3, 4, 6]],
    ['MaxPool', { kernel_shape: [1, 2], strides: [1, 2], auto_pad: 'VALID' }, [2, 5]],
    // Padding is not counted: 1 / 1, (1 + 2) / 2, ...
    ['AveragePool', { kernel_shape: [1, 2], pads: [0, 1, 0, 1] }, [1, 1.5, 2.5, 3, 4, 4.5, 5.5, 6]],
    ['GlobalAveragePool', {}, [3.5]],
    ['ReduceMean', { axes: [2, 3], keepdims: 0 }, [3.5]],
    ['ReduceMean', { axes: [-1, -2] }, [3.5]],
  ])('%s %o', (op, attributes, expected) => {
    expect(evaluated(floatModel(dims, [node(op, 'y', ['x'], attributes as TestNode['attributes'])]), image)).toEqual(
      expected,
    );
  });

  it('a window of ceil_mode that would begin behind the image is left out', () => {
    // Kernel of one column on three: with steps of 3 rounding up would count a second position, at column 3, behind the image.
    const pool = (strides: number[]) => node('MaxPool', 'y', ['x'], { kernel_shape: [2, 1], strides, ceil_mode: 1 });
    expect(evaluated(floatModel(dims, [pool([1, 3])]), image)).toEqual([4]);
    expect(evaluated(floatModel(dims, [pool([1, 2])]), image)).toEqual([4, 6]);
  });

  it('Clip with limits as inputs and, in old models, as attributes', () => {
    const limits = [constant('low', [2], []), constant('high', [5], [])];
    expect(evaluated(floatModel(dims, [node('Clip', 'y', ['x', 'low', 'high'])], limits), image)).toEqual([
      2, 2, 3, 4, 5, 5,
    ]);
    expect(evaluated(floatModel(dims, [node('Clip', 'y', ['x', '', 'high'])], limits), image)).toEqual([
      1, 2, 3, 4, 5, 5,
    ]);
    const old = node('Clip', 'y', ['x'], { min: { float: 2 }, max: { float: 5 } });
    expect(evaluated(floatModel(dims, [old], [], 6), image)).toEqual([2, 2, 3, 4, 5, 5]);
  });

  it('BatchNormalization: (x - mean) / sqrt(variance + epsilon) * gain + offset', () => {
    const constants = [constant('g', [2]), constant('o', [10]), constant('m', [3]), constant('v', [3])];
    const batch = node('BatchNormalization', 'y', ['x', 'g', 'o', 'm', 'v'], { epsilon: { float: 1 } });
    expect(evaluated(floatModel(dims, [batch], constants), image)).toEqual([8, 9, 10, 11, 12, 13]);
  });

  it('Sub, Div, Mul and Add of constants per channel', () => {
    const nodes = [
      node('Sub', 'a', ['x', 'one']),
      node('Div', 'b', ['a', 'two']),
      node('Mul', 'c', ['four', 'b']),
      node('Add', 'y', ['c', 'perChannel']),
    ];
    const constants = [
      constant('one', [1], []),
      constant('two', [2]),
      constant('four', [4], [1, 1, 1, 1]),
      constant('perChannel', [10, 20], [1, 2, 1, 1]),
    ];
    expect(evaluated(floatModel([1, 2, 1, 1], nodes, constants), [3, 5])).toEqual([14, 28]);
  });

  it('Conv with a Pad in front, dilations and groups', () => {
    // Two channels, each with a kernel [1, 10] of dilation 2 over one row, one column of zeros in front and two behind.
    const nodes = [
      node('Pad', 'p', ['x', 'pads']),
      node('Conv', 'y', ['p', 'w', 'b'], { dilations: [1, 2], group: 2, kernel_shape: [1, 2] }),
    ];
    const constants = [
      ints('pads', [0, 0, 0, 1, 0, 0, 0, 2]),
      constant('w', [1, 10, 2, 20], [2, 1, 1, 2]),
      constant('b', [0, 100]),
    ];
    const bytes = floatModel([1, 2, 1, 3], nodes, constants);
    // Padded rows 0 1 2 3 0 0 and 0 4 5 6 0 0; each output is w0 * row[i] + w1 * row[i + 2] + bias.
    const first = [0 + 20, 1 + 30, 2 + 0, 3 + 0];
    const second = [0 + 100 + 100, 8 + 120 + 100, 10 + 0 + 100, 12 + 0 + 100];
    expect(evaluated(bytes, [1, 2, 3, 4, 5, 6])).toEqual([...first, ...second]);
  });

  it('Gemm: alpha A B + beta C, B transposed or not', () => {
    const constants = [
      constant('b', [1, 2, 3, 4, 5, 6], [3, 2]),
      constant('bt', [1, 3, 5, 2, 4, 6], [2, 3]),
      constant('c', [100, 200]),
    ];
    const factors = { alpha: { float: 2 }, beta: { float: 0.5 } };
    const expected = [2 * (1 + 6 + 15) + 50, 2 * (2 + 8 + 18) + 100];
    expect(evaluated(floatModel([1, 3], [node('Gemm', 'y', ['x', 'b', 'c'], factors)], constants), [1, 2, 3])).toEqual(
      expected,
    );
    const transposed = node('Gemm', 'y', ['x', 'bt', 'c'], { ...factors, transB: 1 });
    expect(evaluated(floatModel([1, 3], [transposed], constants), [1, 2, 3])).toEqual(expected);
    expect(evaluated(floatModel([1, 3], [node('MatMul', 'y', ['x', 'b'])], constants), [1, 2, 3])).toEqual([22, 28]);
  });

  it('shapes that exporters compute: x.view(x.size(0), -1)', () => {
    const nodes = [
      node('Shape', 'shape', ['x']),
      node('Gather', 'batch', ['shape', 'zero'], { axis: 0 }),
      node('Unsqueeze', 'list', ['batch', 'axes']),
      node('Concat', 'target', ['list', 'rest'], { axis: 0 }),
      node('Reshape', 'y', ['x', 'target']),
    ];
    const constants = [tensor('zero', 'int64', [], [0]), ints('axes', [0]), ints('rest', [-1])];
    const graph = readOnnxGraph(floatModel(dims, nodes, constants), 'model.onnx');
    expect(graph.layers.map(({ op, shape }) => [op, shape])).toEqual([['reshape', [6]]]);
  });

  it('what does not reach the output, Identity, Dropout and Softmax are no layers', () => {
    const nodes = [
      node('Identity', 'a', ['x']),
      node('Relu', 'unused', ['a']),
      node('Dropout', 'b', ['a']),
      node('Relu', 'c', ['b']),
      node('Softmax', 'y', ['c'], { axis: 1 }),
    ];
    const graph = readOnnxGraph(floatModel(dims, nodes), 'model.onnx');
    expect(graph.layers.map(({ name }) => name)).toEqual(['c']);
  });
});

describe('integer operators', () => {
  const x = { name: 'x', type: 'uint8', dims: [1, 2] } as const;
  const uint8 = (name: string, values: number[], dims: number[] = []) => tensor(name, 'uint8', dims, values);

  it('MatMulInteger, Cast, Mul, Add, Relu and QuantizeLinear become one layer', () => {
    const model: TestModel = {
      input: x,
      output: 'y',
      nodes: [
        node('MatMulInteger', 'sums', ['x', 'w', 'xz', 'wz']),
        node('Cast', 'float', ['sums'], { to: 1 }),
        node('Mul', 'scaled', ['float', 'scale']),
        node('Add', 'biased', ['scaled', 'bias']),
        node('Relu', 'rectified', ['biased']),
        node('QuantizeLinear', 'y', ['rectified', 'ys', 'yz']),
      ],
      constants: [
        uint8('w', [130, 125, 128, 138], [2, 2]),
        uint8('xz', [10]),
        uint8('wz', [128]),
        constant('scale', [0.5], []),
        constant('bias', [1, -2]),
        constant('ys', [0.25], []),
        uint8('yz', [3]),
      ],
    };
    const network = importOnnx(encodeModel(model), 'integer.onnx');
    expect(network.nodes.map(({ op }) => op)).toEqual(['flatten', 'fc']);
    // x - 10 = [4, -2]; w - 128 = [[2, -3], [0, 10]]; sums [8, -32]; reals 0.5 * 8 + 1 = 5 and -18, rectified 5 and 0;
    // in steps of 0.25 with zero point 3: 23 and 3.
    expect(executed(network, [14, 8])).toEqual([23, 3]);
  });

  it('sums as the output of the network, or scaled logits', () => {
    const nodes = [node('MatMulInteger', 'sums', ['x', 'w', 'xz'])];
    const constants = [uint8('w', [1, 2, 3, 4], [2, 2]), uint8('xz', [10]), constant('scale', [0.5, 0.25])];
    const plain = importOnnx(encodeModel({ input: x, output: 'sums', nodes, constants }), 'sums.onnx');
    expect(plain.nodes.at(-1)).toMatchObject({ requantiser: { kind: 'none' }, last: true });
    expect(executed(plain, [14, 8])).toEqual([4 * 1 - 2 * 3, 4 * 2 - 2 * 4]);
    const more = [...nodes, node('Cast', 'float', ['sums'], { to: 1 }), node('Mul', 'y', ['float', 'scale'])];
    const scaled = importOnnx(encodeModel({ input: x, output: 'y', nodes: more, constants }), 'scaled.onnx');
    expect(scaled.nodes.at(-1)).toMatchObject({ requantiser: { kind: 'real' }, last: true });
    expect(executed(scaled, [14, 8])).toEqual([-1, 0]);
  });
});

describe('structures of QDQ graphs', () => {
  const q = (name: string, from: string, scale: string) => [
    node('QuantizeLinear', `${name}.q`, [from, scale, 'zero']),
    node('DequantizeLinear', `${name}.dq`, [`${name}.q`, scale, 'zero']),
  ];
  const constants = [
    constant('pixel', [1 / 255], []),
    constant('half', [0.5], []),
    constant('one', [1], []),
    tensor('zero', 'uint8', [], [0]),
    tensor('w', 'int8', [2, 1, 1, 1], [1, -1]),
    tensor('wz', 'int8', [], [0]),
  ];
  const weights = node('DequantizeLinear', 'w.dq', ['w', 'one', 'wz']);

  it('a ReLU between dequantising and quantising in another scale', () => {
    const signed = [
      node('QuantizeLinear', 'a.q', ['c', 'half', 'int8zero']),
      node('DequantizeLinear', 'a.dq', ['a.q', 'half', 'int8zero']),
      node('Relu', 'r', ['a.dq']),
      node('QuantizeLinear', 'b.q', ['r', 'one', 'zero']),
    ];
    const nodes = [...q('image', 'x', 'one'), weights, node('Conv', 'c', ['image.dq', 'w.dq']), ...signed];
    const all = [...constants, tensor('int8zero', 'int8', [], [-1])];
    const bytes = encodeModel({ input: { name: 'x', dims: [1, 1, 1, 2] }, output: 'b.q', nodes, constants: all });
    const network = importOnnx(bytes, 'relu.onnx', { pixels: { mean: [0], std: [1 / 255] } });
    expect(network.nodes.map(({ op }) => op)).toEqual(['conv', 'rescale']);
    // Pixels 3 and 100: the second channel is negative. In steps of 0.5 around -1 100 becomes 127, which means 64.
    expect(executed(network, [3, 100])).toEqual([3, 64, 0, 0]);
  });

  it('max pooling between a convolution and its ReLU, and a normalisation in the graph', () => {
    const nodes = [
      node('Sub', 's', ['x', 'mean']),
      node('Div', 'n', ['s', 'std']),
      node('QuantizeLinear', 'image.q', ['n', 'half', 'middle']),
      node('DequantizeLinear', 'image.dq', ['image.q', 'half', 'middle']),
      weights,
      node('Conv', 'c', ['image.dq', 'w.dq']),
      node('MaxPool', 'p', ['c'], { kernel_shape: [1, 2], strides: [1, 2] }),
      node('Relu', 'r', ['p']),
      ...q('out', 'r', 'half'),
      node('Flatten', 'y', ['out.dq']),
    ];
    const all = [
      ...constants,
      constant('mean', [0.4], []),
      constant('std', [0.2], []),
      tensor('middle', 'uint8', [], [8]),
    ];
    const bytes = encodeModel({ input: { name: 'x', dims: [1, 1, 1, 4] }, output: 'y', nodes, constants: all });
    const network = importOnnx(bytes, 'pooled.onnx');
    const { preprocess } = network;
    if (preprocess.kind !== 'normalise') return expect.fail(preprocess.kind);
    expect(preprocess.mean[0]).toBeCloseTo(0.4, 6);
    expect(preprocess.std[0]).toBeCloseTo(0.2, 6);
    expect(network.nodes.map(({ op }) => op)).toEqual(['conv', 'maxpool', 'flatten']);
    // (pixel / 255 - 0.4) / 0.2: 0 -> -2, 102 -> 0, 204 -> 2, 255 -> 3, in steps of 0.5: -4, 0, 4, 6.
    // First channel, largest of pairs, rectified: 0, 6; the second has the opposite signs: 4, 0 - 4 -> 0.
    expect(executed(network, [0, 102, 204, 255])).toEqual([0, 6, 4, 0]);
  });

  it('integer pixels are told from the scale of the image', () => {
    const model = (type: 'uint8' | 'int8', zeroPoint: number) => {
      const all = [...constants, tensor('z', type, [], [zeroPoint])];
      const nodes = [
        node('QuantizeLinear', 'q', ['x', 'pixel', 'z']),
        node('MaxPool', 'y', ['q'], { kernel_shape: [1, 1] }),
      ];
      return encodeModel({ input: { name: 'x', dims: [1, 1, 1, 2] }, output: 'y', nodes, constants: all });
    };
    const signed = importOnnx(model('int8', -128), 'signed.onnx');
    expect(signed.preprocess).toEqual({ kind: 'shifted', offset: -128 });
    expect(executed(signed, [0, 255])).toEqual([-128, 127]);
    expect(importOnnx(model('uint8', 0), 'unsigned.onnx').preprocess).toEqual({ kind: 'raw' });
    // 255 steps upwards do not fit behind a zero point of 10, so pixels saturate.
    const saturating = importOnnx(model('uint8', 10), 'saturating.onnx');
    expect(executed(saturating, [0, 255])).toEqual([10, 255]);
  });
});
