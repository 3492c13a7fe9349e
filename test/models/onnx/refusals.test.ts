import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { FileFormatError } from '../../../models/file-format-error.js';
import { NetworkFormatError } from '../../../models/network-format-error.js';
import { importOnnx, readOnnxGraph } from '../../../models/onnx/import-onnx.js';
import { MODEL_PROTO } from '../../../models/onnx/onnx-schema.js';
import { describeProblem } from '../../../models/problem.js';
import { temporaryFolder } from '../temporary-folder.js';
import { floatLenet5, qdqLenet5 } from './lenet5-onnx.js';
import { encodeModel, modelObject, node, type TestModel, type TestNode, tensor } from './onnx-builder.js';

function problemsOf(bytes: Uint8Array): string[] {
  try {
    importOnnx(bytes, 'model.onnx', { calibration: ({ shape }) => [new Float32Array(shape[0] * shape[1] * shape[2])] });
  } catch (error) {
    if (error instanceof NetworkFormatError) return error.problems.map(describeProblem);
    throw error;
  }
  return [];
}

const image = { name: 'x', dims: [1, 2, 4, 4] } as const;
const constants = [
  tensor('w', 'float32', [2, 2, 1, 1], [1, 2, 3, 4]),
  tensor('w8', 'int8', [2, 2, 1, 1], [1, 2, 3, 4]),
  tensor('v', 'float32', [3], [1, 2, 3]),
  tensor('s', 'float32', [], [0.5]),
  tensor('z', 'uint8', [], [0]),
  tensor('z16', 'int32', [], [0]),
];
const model = (nodes: readonly TestNode[], more: Partial<TestModel> = {}) =>
  encodeModel({ input: image, output: nodes.at(-1)!.outputs[0]!, nodes, constants, ...more });

describe('what cannot be imported is named with its node', () => {
  const cases: [string, Uint8Array, RegExp][] = [
    ['operator', model([node('Gelu', 'g', ['x'])]), /graph.node\[0\] \(Gelu "g"\).op_type: got "Gelu"; allowed: Add, /],
    ['near miss', model([node('Convv', 'g', ['x'])]), /did you mean "Conv"/],
    ['domain', model([node('Relu', 'g', ['x'], {}, 'my.ops')]), /domain: got "my.ops"/],
    ['reason', model([node('DynamicQuantizeLinear', 'g', ['x'])]), /scale depends on the image/],
    ['control flow', model([node('If', 'g', ['x'])]), /control flow/],
    ['layout', model([node('Transpose', 'g', ['x'], { perm: [0, 2, 3, 1] })]), /channels first/],
    ['attribute', model([node('Relu', 'g', ['x'], { slope: 1 })]), /\(Relu "g"\).slope: .*no attribute/],
    ['type of an attribute', model([node('Flatten', 'g', ['x'], { axis: { float: 1 } })]), /axis: .*an integer/],
    [
      'half precision',
      model([node('Relu', 'g', ['x'])], { input: { ...image, type: 'float16' } }),
      /elem_type: got "float16"/,
    ],
    [
      'open size',
      model([node('Relu', 'g', ['x'])], { input: { name: 'x', dims: [1, 3, 'h', 'w'] } }),
      /only the batch may be open/,
    ],
    [
      'batch',
      model([node('Relu', 'g', ['x'])], { input: { name: 'x', dims: [8, 3, 4, 4] } }),
      /example input of batch 1/,
    ],
    ['unknown value', model([node('Relu', 'g', ['xx'])]), /graph: got "xx".*did you mean "x"/],
    ['output of nothing', model([node('Relu', 'g', ['x'])], { output: 'h' }), /graph: got "h"/],
    [
      'groups',
      model([node('Conv', 'c', ['x', 'w'], { group: 2 })]),
      /group: got 2; allowed: a divisor of the 2 outputs/,
    ],
    [
      'kernel',
      model([node('Conv', 'c', ['x', 'w'], { kernel_shape: [3, 3] })]),
      /kernel_shape: got \[3,3\]; allowed: \[1, 1\]/,
    ],
    ['pads', model([node('Conv', 'c', ['x', 'w'], { pads: [1, 1] })]), /pads: got \[1,1\]; allowed: four/],
    ['3D strides', model([node('Conv', 'c', ['x', 'w'], { strides: [1, 1, 1] })]), /strides: .*two-dimensional/],
    ['auto_pad', model([node('Conv', 'c', ['x', 'w'], { auto_pad: 'SAME' })]), /SAME_UPPER/],
    [
      'large kernel',
      model([node('MaxPool', 'c', ['x'], { kernel_shape: [5, 5] })]),
      /no larger than the padded input, 4 x 4/,
    ],
    [
      'dilated pool',
      model([node('MaxPool', 'c', ['x'], { kernel_shape: [2, 2], dilations: [2, 2] })]),
      /adjacent pixels/,
    ],
    [
      'padding counted',
      model([node('AveragePool', 'c', ['x'], { kernel_shape: [2, 2], pads: [1, 1, 1, 1], count_include_pad: 1 })]),
      /count_include_pad=False/,
    ],
    [
      'indices',
      model([{ ...node('MaxPool', 'c', ['x'], { kernel_shape: [2, 2] }), outputs: ['c', 'i'] }]),
      /output\[1\]/,
    ],
    ['weights from the image', model([node('Conv', 'c', ['x', 'x'])]), /products of two activations/],
    [
      'float fc on an image',
      model([node('MatMul', 'c', ['x', 'm'])], { constants: [tensor('m', 'float32', [32, 2], new Array(64).fill(1))] }),
      /put Flatten in front/,
    ],
    ['constant of another shape', model([node('Mul', 'c', ['x', 'v'])]), /a constant of shape \[3\].*one per channel/],
    ['subtracting from a constant', model([node('Sub', 'c', ['s', 'x'])]), /takes its constant second/],
    ['products of activations', model([node('Mul', 'c', ['x', 'x'])]), /Mul of two values/],
    ['concatenation of rows', model([node('Concat', 'c', ['x', 'x'], { axis: 2 })]), /axis: got 2; allowed: 1/],
    [
      'other reshapes',
      model([node('Reshape', 'c', ['x', 'r'])], { constants: [tensor('r', 'int64', [4], [1, 4, 2, 4])] }),
      /other orders/,
    ],
    [
      'reshape to another size',
      model([node('Reshape', 'c', ['x', 'r'])], { constants: [tensor('r', 'int64', [2], [1, 31])] }),
      /a shape of 32 values/,
    ],
    ['mode of Pad', model([node('Pad', 'c', ['x', 'r'], { mode: 'reflect' })]), /mode: got "reflect"/],
    [
      'Pad before a pool',
      model([node('Pad', 'p', ['x', 'r']), node('MaxPool', 'c', ['p'], { kernel_shape: [2, 2] })], {
        constants: [tensor('r', 'int64', [8], [0, 0, 1, 1, 0, 0, 1, 1])],
      }),
      /Pad only in front of a convolution/,
    ],
    [
      'training',
      model([node('BatchNormalization', 'c', ['x', 'w', 'w', 'w', 'w'], { training_mode: 1 })]),
      /eval mode/,
    ],
    [
      'softmax inside',
      model([node('Softmax', 'p', ['x']), node('Relu', 'c', ['p'])]),
      /softmax only before the output/,
    ],
    ['int32 activations', model([node('QuantizeLinear', 'c', ['x', 's', 'z16'])]), /int32 activations/],
    ['scales per channel', model([node('QuantizeLinear', 'c', ['x', 'v'])]), /3 values.*one value/],
    ['blocks', model([node('QuantizeLinear', 'c', ['x', 's', 'z'], { block_size: 16 })]), /blocked/],
    [
      'zero scale',
      model([node('QuantizeLinear', 'c', ['x', 'n'])], { constants: [tensor('n', 'float32', [], [0])] }),
      /above 0/,
    ],
    [
      'a convolution that is left in float',
      model([
        node('QuantizeLinear', 'q', ['x', 's', 'z']),
        node('DequantizeLinear', 'd', ['q', 's', 'z']),
        node('Conv', 'c', ['d', 'w']),
      ]),
      /\(Conv "c"\): got "float weights"/,
    ],
    [
      'sums that are not quantised',
      model([
        node('QuantizeLinear', 'q', ['x', 's', 'z']),
        node('DequantizeLinear', 'd', ['q', 's', 'z']),
        node('DequantizeLinear', 'wd', ['w8', 's']),
        node('Conv', 'a', ['d', 'wd']),
        node('Conv', 'b', ['a', 'wd']),
      ]),
      /\(Conv "b"\): got "a matrix product in floating point".*put QuantizeLinear and DequantizeLinear in front of conv/,
    ],
    [
      'integers read with another zero point',
      model(
        [
          node('QuantizeLinear', 'q', ['x', 's', 'z']),
          node('DequantizeLinear', 'd', ['q', 's', 'z1']),
          node('Relu', 'r', ['d']),
        ],
        {
          constants: [...constants, tensor('z1', 'uint8', [], [1])],
        },
      ),
      /zero point 1.*as these integers were made with/,
    ],
    [
      'normalisation without convolution',
      model([node('Relu', 'r', ['x']), node('Mul', 'm', ['r', 's'])]),
      /directly behind a convolution/,
    ],
  ];
  it.each(cases)('%s', (_, bytes, text) => {
    expect(problemsOf(bytes).join('\n')).toMatch(text);
  });

  it('all at once, and nothing about nodes that only read what another one failed to give', () => {
    const nodes = [
      node('Gelu', 'a', ['x']),
      node('Relu', 'b', ['a']),
      node('Softplus', 'c', ['b']),
      node('Conv', 'd', ['x', 'w'], { group: 5 }),
      node('Add', 'e', ['c', 'd']),
    ];
    const problems = problemsOf(model(nodes));
    expect(problems.map((problem) => problem.slice(0, 26))).toEqual([
      'graph.node[0] (Gelu "a").o',
      'graph.node[2] (Softplus "c',
      'graph.node[3] (Conv "d").g',
    ]);
  });

  it('several inputs or outputs', () => {
    const object = modelObject({ input: image, output: 'r', nodes: [node('Relu', 'r', ['x'])], constants: [] });
    const two = {
      ...object.graph,
      input: [...object.graph.input, { name: 'y' }],
      output: [{ name: 'r' }, { name: 'x' }],
    };
    const bytes = MODEL_PROTO.encode(MODEL_PROTO.fromObject({ ...object, graph: two })).finish();
    const problems = problemsOf(bytes);
    expect(problems[0]).toMatch(/graph.input: got \["x","y"\]; allowed: one input/);
    expect(problems[1]).toMatch(/graph.output: got \["r","x"\]; allowed: one output/);
  });

  it('a float model without calibration inputs', () => {
    expect(() => importOnnx(encodeModel(floatLenet5()), 'lenet5.onnx')).toThrow(/workload.calibration: \{ file/);
  });
});

describe('files', () => {
  const bytes = encodeModel(qdqLenet5());

  it('a file cut off anywhere is refused as such', () => {
    for (const length of [0, 1, 5, 100, 5000, bytes.length - 40, bytes.length - 1]) {
      expect(() => importOnnx(bytes.subarray(0, length), 'cut.onnx'), `${length} bytes`).toThrow(FileFormatError);
    }
  });

  it.each([
    ['text', new TextEncoder().encode('{"nodes": []}')],
    ['a PNG file', Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a)],
    ['zeros', new Uint8Array(64)],
  ])('%s is no ONNX model', (_, foreign) => {
    expect(() => importOnnx(foreign, 'foreign.onnx')).toThrow(FileFormatError);
  });

  it('the field numbers are those of onnx.proto: a file written byte by byte', () => {
    const text = (value: string) => [...new TextEncoder().encode(value)];
    /** A field of wire type 2: tag, length, content. */
    const field = (number: number, content: number[]) => [number * 8 + 2, content.length, ...content];
    const varint = (number: number, value: number) => [number * 8, value];
    // TensorShapeProto.dim (1) with dim_value (1); Tensor.elem_type (1), shape (2); TypeProto.tensor_type (1)
    const shape = [1, 1, 1, 2].flatMap((extent) => field(1, varint(1, extent)));
    const type = field(1, [...varint(1, 1), ...field(2, shape)]);
    const input = [...field(1, text('x')), ...field(2, type)];
    // AttributeProto: name (1), ints (8), type (20: tag of two bytes)
    const attribute = [...field(1, text('kernel_shape')), ...varint(8, 1), ...varint(8, 2), 0xa0, 0x01, 7];
    // NodeProto: input (1), output (2), name (3), op_type (4), attribute (5)
    const pool = [
      ...field(1, text('x')),
      ...field(2, text('p')),
      ...field(3, text('pool')),
      ...field(4, text('MaxPool')),
      ...field(5, attribute),
    ];
    const add = [...field(1, text('p')), ...field(1, text('c')), ...field(2, text('y')), ...field(4, text('Add'))];
    // TensorProto: dims (1), data_type (2), float_data (4, packed), name (8); 1.5 is 0x3fc00000
    const constant = [...varint(1, 1), ...varint(2, 1), ...field(4, [0, 0, 0xc0, 0x3f]), ...field(8, text('c'))];
    // GraphProto: node (1), initializer (5), input (11), output (12)
    const graph = [
      ...field(1, pool),
      ...field(1, add),
      ...field(5, constant),
      ...field(11, input),
      ...field(12, field(1, text('y'))),
    ];
    // ModelProto: ir_version (1), graph (7), opset_import (8) with version (2)
    const file = [
      ...varint(1, 8),
      ...field(8, varint(2, 17)),
      7 * 8 + 2,
      (graph.length % 128) + 128,
      Math.floor(graph.length / 128),
      ...graph,
    ];
    const { layers, input: read } = readOnnxGraph(Uint8Array.from(file), 'bytes.onnx');
    expect(read.shape).toEqual([1, 1, 2]);
    expect(layers).toMatchObject([
      { op: 'maxpool', name: 'pool', inputs: ['input'], shape: [1, 1, 1], kernelHeight: 1, kernelWidth: 2 },
      { op: 'scale', inputs: ['pool'], offset: Float64Array.of(1.5) },
    ]);
  });
});

describe('external data', () => {
  const folder = temporaryFolder();
  const external = (location: string, offset: number, length: number) => {
    const object = modelObject({ input: image, output: 'c', nodes: [node('Mul', 'c', ['x', 'v'])], constants: [] });
    const entry = (key: string, value: number | string) => ({ key, value: `${value}` });
    const weights = {
      name: 'v',
      dims: [2, 1, 1],
      dataType: 1,
      dataLocation: 1,
      externalData: [entry('location', location), entry('offset', offset), entry('length', length)],
    };
    return MODEL_PROTO.encode(
      MODEL_PROTO.fromObject({ ...object, graph: { ...object.graph, initializer: [weights] } }),
    ).finish();
  };
  mkdirSync(join(folder, 'sub'), { recursive: true });
  writeFileSync(join(folder, 'sub', 'weights.bin'), new Uint8Array(Float32Array.of(9, 1.5, 2.5).buffer));
  const path = join(folder, 'model.onnx');

  it('is read from the file beside the model', () => {
    const [layer] = readOnnxGraph(external('sub/weights.bin', 4, 8), path).layers;
    expect(layer).toMatchObject({ op: 'scale', gain: Float64Array.of(1.5, 2.5) });
  });

  it.each([
    ['absent.bin', 0, 8, /absent.bin: cannot be read/],
    ['sub/weights.bin', 8, 8, /holds 12 bytes; bytes 8 to 16/],
    ['../weights.bin', 0, 8, /in the folder of the model/],
    ['sub/../../weights.bin', 0, 8, /in the folder of the model/],
    ['/etc/hostname', 0, 8, /in the folder of the model/],
  ])('%s at %i', (location, offset, length, text) => {
    expect(() => readOnnxGraph(external(location, offset, length), path)).toThrow(text);
    expect(() => readOnnxGraph(external(location, offset, length), path)).toThrow(FileFormatError);
  });
});
