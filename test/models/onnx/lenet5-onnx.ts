import { dirname, join } from 'node:path';
import { bundledNetworkPath } from '../../../models/bundled.js';
import { readSafetensors } from '../../../models/safetensors.js';
import type { Tensor } from '../../../models/tensor.js';
import { node, type TestModel, type TestNode, type TestTensor, tensor } from './onnx-builder.js';

/** The checkpoint of the trained LeNet-5, as PyTorch names its tensors. */
export const lenet5Checkpoint = (): ReadonlyMap<string, Tensor> =>
  readSafetensors(join(dirname(bundledNetworkPath('lenet5-mnist')), 'fp32.safetensors'));

interface TrainedLayer {
  readonly name: string;
  readonly op: 'Conv' | 'Gemm';
  readonly attributes: Readonly<Record<string, number | readonly number[]>>;
  readonly isRectified: boolean;
  readonly isPooled: boolean;
}

const LAYERS: readonly TrainedLayer[] = [
  {
    name: 'c1',
    op: 'Conv',
    attributes: { kernel_shape: [5, 5], pads: [2, 2, 2, 2] },
    isRectified: true,
    isPooled: true,
  },
  { name: 'c2', op: 'Conv', attributes: { kernel_shape: [5, 5] }, isRectified: true, isPooled: true },
  { name: 'f1', op: 'Gemm', attributes: { transB: 1 }, isRectified: true, isPooled: false },
  { name: 'f2', op: 'Gemm', attributes: { transB: 1 }, isRectified: true, isPooled: false },
  { name: 'f3', op: 'Gemm', attributes: { transB: 1 }, isRectified: false, isPooled: false },
];
const POOL = { kernel_shape: [2, 2], strides: [2, 2] };

/** LeNet-5 in floating point, as `torch.onnx.export` writes it; its input is the pixel / 255. */
export function floatLenet5(): TestModel {
  const checkpoint = lenet5Checkpoint();
  const nodes: TestNode[] = [];
  let value = 'image';
  const append = (op: string, name: string, inputs: string[], attributes = {}) => {
    nodes.push(node(op, name, inputs, attributes));
    value = name;
  };
  for (const { name, op, attributes, isRectified, isPooled } of LAYERS) {
    append(op, name, [value, `${name}.weight`, `${name}.bias`], attributes);
    if (isRectified) append('Relu', `${name}_relu`, [value]);
    if (isPooled) append('MaxPool', `${name}_pool`, [value], POOL);
    if (name === 'c2') append('Flatten', 'flatten', [value]);
  }
  append('Softmax', 'probabilities', [value], { axis: 1 });
  const constants = [...checkpoint].map(([name, { shape, data }]) => tensor(name, 'float32', shape, data));
  return { input: { name: 'image', dims: ['batch', 1, 28, 28] }, output: value, nodes, constants };
}

interface Format {
  readonly type: 'uint8' | 'int8';
  readonly scale: number;
  readonly zeroPoint: number;
}

/** Activations of each kind that exporters write: uint8 and int8, with and without zero points. */
const FORMATS: Readonly<Record<string, Format>> = {
  image: { type: 'uint8', scale: 1 / 255, zeroPoint: 0 },
  c1: { type: 'uint8', scale: 0.0157, zeroPoint: 0 },
  c2: { type: 'int8', scale: 0.0367, zeroPoint: -128 },
  f1: { type: 'uint8', scale: 0.055, zeroPoint: 3 },
  f2: { type: 'int8', scale: 0.07, zeroPoint: -100 },
  f3: { type: 'int8', scale: 0.3, zeroPoint: -20 },
};

/** LeNet-5 with QuantizeLinear and DequantizeLinear: convolutions per channel, c2 in uint8 weights, the rest per tensor. */
export function qdqLenet5(): TestModel {
  const checkpoint = lenet5Checkpoint();
  const nodes: TestNode[] = [];
  const constants: TestTensor[] = [];
  let value = 'image';
  const append = (op: string, name: string, inputs: string[], attributes = {}) => {
    nodes.push(node(op, name, inputs, attributes));
    value = name;
  };
  const quantise = (name: string): void => {
    const { type, scale, zeroPoint } = FORMATS[name]!;
    constants.push(tensor(`${name}.s`, 'float32', [], [scale]), tensor(`${name}.z`, type, [], [zeroPoint]));
    append('QuantizeLinear', `${name}.q`, [value, `${name}.s`, `${name}.z`]);
    append('DequantizeLinear', `${name}.dq`, [value, `${name}.s`, `${name}.z`]);
  };
  quantise('image');
  let inputScale = Math.fround(FORMATS['image']!.scale);
  for (const { name, op, attributes, isRectified, isPooled } of LAYERS) {
    const { shape, data } = checkpoint.get(`${name}.weight`)!;
    const outputs = shape[0]!;
    const rows = data.length / outputs;
    const isPerChannel = op === 'Conv';
    const zeroPoint = name === 'c2' ? 120 : 0;
    const scales = Float32Array.from({ length: isPerChannel ? outputs : 1 }, (_, m) => {
      const part = Array.from(isPerChannel ? data.slice(m * rows, (m + 1) * rows) : data);
      return part.reduce((most, weight) => Math.max(most, Math.abs(weight)), 0) / 118;
    });
    const scaleOf = (m: number) => scales[isPerChannel ? m : 0]!;
    const weights = Array.from(data, (weight, i) => Math.round(weight / scaleOf(Math.floor(i / rows))) + zeroPoint);
    const biasScales = Float32Array.from(scales, (scale) => inputScale * scale);
    const bias = Array.from(checkpoint.get(`${name}.bias`)!.data, (b, m) => {
      return Math.round(b / biasScales[isPerChannel ? m : 0]!);
    });
    const zeros = new Array<number>(scales.length);
    const dims = isPerChannel ? [outputs] : [];
    constants.push(
      tensor(`${name}.w`, name === 'c2' ? 'uint8' : 'int8', shape, weights),
      tensor(`${name}.ws`, 'float32', dims, scales),
      tensor(`${name}.wz`, name === 'c2' ? 'uint8' : 'int8', dims, zeros.fill(zeroPoint)),
      tensor(`${name}.b`, 'int32', [outputs], bias),
      tensor(`${name}.bs`, 'float32', dims, biasScales),
      tensor(`${name}.bz`, 'int32', dims, zeros.slice().fill(0)),
    );
    const x = value;
    append('DequantizeLinear', `${name}.wdq`, [`${name}.w`, `${name}.ws`, `${name}.wz`], { axis: 0 });
    append('DequantizeLinear', `${name}.bdq`, [`${name}.b`, `${name}.bs`, `${name}.bz`], { axis: 0 });
    append(op, name, [x, `${name}.wdq`, `${name}.bdq`], attributes);
    if (isRectified) append('Relu', `${name}_relu`, [value]);
    quantise(name);
    inputScale = Math.fround(FORMATS[name]!.scale);
    if (isPooled) append('MaxPool', `${name}_pool`, [value], POOL);
    if (name === 'c2') append('Flatten', 'flatten', [value]);
  }
  return { input: { name: 'image', dims: [1, 1, 28, 28] }, output: value, nodes, constants };
}
