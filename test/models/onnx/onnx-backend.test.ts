import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { executeNetwork } from '../../../models/execute.js';
import { evaluate } from '../../../models/layer-graph/evaluate.js';
import {
  dequantiseLinear,
  dynamicQuantiseLinear,
  quantiseLinear,
  UINT8,
} from '../../../models/layer-graph/quantise-linear.js';
import { importOnnx, readOnnxGraph } from '../../../models/onnx/import-onnx.js';
import { SHARED_DATA_MISSING, sharedData } from '../shared-data.js';
import { encodeModel, type TestAttribute, tensor } from './onnx-builder.js';

interface Value {
  readonly name: string;
  readonly dtype: 'uint8' | 'int8' | 'int32' | 'float32';
  readonly shape: readonly number[];
  readonly data: readonly number[];
}

interface BackendCase {
  readonly test: string;
  readonly opset: number;
  readonly nodes: readonly [
    { op: string; inputs: readonly string[]; outputs: readonly string[]; attrs: Record<string, TestAttribute> },
  ];
  readonly data: readonly { readonly inputs: readonly Value[]; readonly outputs: readonly Value[] }[];
}

const file = sharedData('vectors/onnx-backend.json');
const cases: readonly BackendCase[] = file === null ? [] : JSON.parse(readFileSync(file, 'utf8'));

/** The case as a file: its first input is the image, of batch 1, the others are constants of the model. */
function modelOf({ nodes: [node], opset }: BackendCase, [image, ...constants]: readonly Value[]): Uint8Array {
  const { op, inputs, outputs, attrs } = node;
  return encodeModel({
    opset,
    input: { name: image!.name, type: image!.dtype, dims: [1, ...image!.shape.slice(1)] },
    output: outputs[0]!,
    nodes: [{ op, name: 'only', inputs, outputs, attributes: attrs }],
    constants: constants.map(({ name, dtype, shape, data }) => tensor(name, dtype, shape, data)),
  });
}

/** The rows of a batch, each as an image of its own. */
function rowsOf({ shape, data }: Value): number[][] {
  const size = data.length / shape[0]!;
  return Array.from({ length: shape[0]! }, (_, row) => data.slice(row * size, (row + 1) * size));
}

const EXECUTED = ['ConvInteger', 'MatMulInteger', 'QLinearConv', 'QLinearMatMul'];
const EVALUATED = ['Conv', 'GlobalAveragePool', 'GlobalMaxPool'];

describe('node tests of ONNX 1.12', () => {
  if (file === null) it.skip(SHARED_DATA_MISSING, () => {});
  it.each(cases.map((backend) => ({ ...backend, op: backend.nodes[0].op })))('$test', (backend) => {
    for (const { inputs, outputs } of backend.data) {
      const [image] = inputs as [Value];
      const [expected] = outputs as [Value];
      const values: Record<string, Value> = Object.fromEntries(inputs.map((input) => [input.name, input]));
      if (EXECUTED.includes(backend.op) || backend.test === 'test_maxpool_2d_uint8') {
        const network = importOnnx(modelOf(backend, inputs), 'case.onnx');
        // Features are channels of one pixel.
        const got = rowsOf(image).flatMap((row) => {
          const data = Uint8Array.from(row);
          return Array.from(executeNetwork(network, { dtype: 'U8', shape: network.inputShape, data }));
        });
        expect(got).toEqual(expected.data);
      } else if (EVALUATED.includes(backend.op)) {
        const graph = readOnnxGraph(modelOf(backend, inputs), 'case.onnx');
        expect(graph.layers).toHaveLength(1);
        expect(graph.layers[0]!.shape).toEqual(expected.shape.slice(1));
        const got = evaluate(graph, image.data);
        for (const [i, value] of expected.data.entries()) expect(got[i]).toBeCloseTo(value, 5);
      } else if (backend.op === 'QuantizeLinear') {
        const [scale, zeroPoint] = [values['y_scale']!.data[0]!, values['y_zero_point']!.data[0]!];
        expect(image.data.map((x) => quantiseLinear(x, scale, zeroPoint, UINT8))).toEqual(expected.data);
      } else if (backend.op === 'DequantizeLinear') {
        const { data: scale } = values['x_scale']!;
        const { data: zeroPoint } = values['x_zero_point']!;
        // Axis 1, as the operator has it where nothing else is said.
        const inner = image.data.length / scale.length;
        const got = image.data.map((x, i) => {
          const at = Math.floor(i / inner);
          return dequantiseLinear(x, scale[at]!, zeroPoint[at]!);
        });
        expect(got).toEqual(expected.data);
      } else {
        expect(backend.op).toBe('DynamicQuantizeLinear');
        const { integers, scale, zeroPoint } = dynamicQuantiseLinear(image.data);
        const [, expectedScale, expectedZero] = outputs as [Value, Value, Value];
        expect(Array.from(integers)).toEqual(expected.data);
        expect(scale).toBe(Math.fround(expectedScale.data[0]!));
        expect(zeroPoint).toBe(expectedZero.data[0]);
      }
    }
  });
});
