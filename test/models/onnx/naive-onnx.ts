import type { TestModel, TestNode, TestTensor } from './onnx-builder.js';

/** A value of the naive evaluation: shape with the batch. */
export interface NaiveValue {
  readonly dims: readonly number[];
  readonly data: readonly number[];
}

/** Called for every QuantizeLinear of an activation with value / scale + zero point, not rounded; its answer is taken on. */
export type Quantised = (name: string, steps: readonly number[], type: string) => readonly number[];

/**
 * A model evaluated node by node in doubles, straight from its nodes and constants as ONNX defines the operators: shares
 * nothing with the importer. Constants are float32 where they say so.
 */
export function evaluateNaively(model: TestModel, image: NaiveValue, quantised: Quantised): NaiveValue {
  const constants = new Map(model.constants.map((constant) => [constant.name, constant]));
  const values = new Map<string, NaiveValue>([[model.input.name, image]]);
  for (const { name, type, dims, values: given } of model.constants) {
    values.set(name, { dims, data: Array.from(given, type === 'float32' ? Math.fround : Number) });
  }
  for (const node of model.nodes) {
    const inputs = node.inputs.map((name) => values.get(name)!);
    values.set(node.outputs[0]!, evaluateNode(node, inputs, constants, quantised));
  }
  return values.get(model.output)!;
}

function evaluateNode(
  node: TestNode,
  inputs: readonly NaiveValue[],
  constants: ReadonlyMap<string, TestTensor>,
  quantised: Quantised,
): NaiveValue {
  const [x, second, third] = inputs as [NaiveValue, NaiveValue, NaiveValue];
  const ints = (name: string, byDefault: number[]) => (node.attributes?.[name] as number[] | undefined) ?? byDefault;
  switch (node.op) {
    case 'QuantizeLinear': {
      const steps = x.data.map((value) => value / second.data[0]! + third.data[0]!);
      return { dims: x.dims, data: quantised(node.name!, steps, constants.get(node.inputs[2]!)!.type) };
    }
    case 'DequantizeLinear': {
      // Per channel along axis 0, or with one scale.
      const inner = x.data.length / second.data.length;
      const at = (i: number) => Math.floor(i / inner);
      return { dims: x.dims, data: x.data.map((q, i) => (q - third.data[at(i)]!) * second.data[at(i)]!) };
    }
    case 'Conv':
      return convolve(x, second, third, ints('pads', [0, 0, 0, 0]), ints('strides', [1, 1]));
    case 'Gemm': {
      const [outputs, rows] = second.dims as [number, number];
      const data = Array.from({ length: outputs }, (_, m) => {
        let sum = third.data[m]!;
        for (let k = 0; k < rows; k++) sum += x.data[k]! * second.data[m * rows + k]!;
        return sum;
      });
      return { dims: [1, outputs], data };
    }
    case 'Clip':
      return { dims: x.dims, data: x.data.map((value) => Math.min(third.data[0]!, Math.max(second.data[0]!, value))) };
    case 'Concat': {
      const channels = inputs.reduce((sum, { dims }) => sum + dims[1]!, 0);
      return { dims: [1, channels, ...x.dims.slice(2)], data: inputs.flatMap(({ data }) => data) };
    }
    case 'Relu':
      return { dims: x.dims, data: x.data.map((value) => Math.max(0, value)) };
    case 'Add':
      return { dims: x.dims, data: x.data.map((value, i) => value + second.data[i]!) };
    case 'MaxPool':
      return pool(x, ints('kernel_shape', []), ints('strides', [1, 1]), (values) => Math.max(...values));
    case 'AveragePool': {
      const mean = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
      return pool(x, ints('kernel_shape', []), ints('strides', [1, 1]), mean);
    }
    case 'GlobalAveragePool': {
      const [, channels, height, width] = x.dims as [number, number, number, number];
      const size = height * width;
      const mean = (c: number) => x.data.slice(c * size, (c + 1) * size).reduce((sum, value) => sum + value, 0) / size;
      return { dims: [1, channels, 1, 1], data: Array.from({ length: channels }, (_, c) => mean(c)) };
    }
    case 'Flatten':
      return { dims: [1, x.data.length], data: x.data };
    case 'Softmax':
      // Left out, as the importer says.
      return x;
    default:
      throw new Error(`naive evaluation: ${node.op}`);
  }
}

function convolve(
  { dims, data }: NaiveValue,
  weights: NaiveValue,
  bias: NaiveValue,
  [top, left, bottom, right]: readonly number[],
  [strideHeight, strideWidth]: readonly number[],
): NaiveValue {
  const [, channels, height, width] = dims as [number, number, number, number];
  const [outputs, inputs, kernelHeight, kernelWidth] = weights.dims as [number, number, number, number];
  const outputHeight = Math.floor((height + top! + bottom! - kernelHeight) / strideHeight!) + 1;
  const outputWidth = Math.floor((width + left! + right! - kernelWidth) / strideWidth!) + 1;
  const groups = channels / inputs;
  const result: number[] = [];
  for (let m = 0; m < outputs; m++) {
    const first = Math.floor(m / (outputs / groups)) * inputs;
    for (let y = 0; y < outputHeight; y++) {
      for (let x = 0; x < outputWidth; x++) {
        let sum = bias.data[m]!;
        for (let c = 0; c < inputs; c++) {
          for (let ky = 0; ky < kernelHeight; ky++) {
            for (let kx = 0; kx < kernelWidth; kx++) {
              const row = y * strideHeight! + ky - top!;
              const column = x * strideWidth! + kx - left!;
              if (row < 0 || row >= height || column < 0 || column >= width) continue;
              const weight = weights.data[((m * inputs + c) * kernelHeight + ky) * kernelWidth + kx]!;
              sum += weight * data[((first + c) * height + row) * width + column]!;
            }
          }
        }
        result.push(sum);
      }
    }
  }
  return { dims: [1, outputs, outputHeight, outputWidth], data: result };
}

function pool(
  { dims, data }: NaiveValue,
  kernel: readonly number[],
  strides: readonly number[],
  combine: (values: number[]) => number,
): NaiveValue {
  const [, channels, height, width] = dims as [number, number, number, number];
  const outputHeight = Math.floor((height - kernel[0]!) / strides[0]!) + 1;
  const outputWidth = Math.floor((width - kernel[1]!) / strides[1]!) + 1;
  const result: number[] = [];
  for (let c = 0; c < channels; c++) {
    for (let y = 0; y < outputHeight; y++) {
      for (let x = 0; x < outputWidth; x++) {
        const values: number[] = [];
        for (let ky = 0; ky < kernel[0]!; ky++) {
          for (let kx = 0; kx < kernel[1]!; kx++) {
            values.push(data[(c * height + y * strides[0]! + ky) * width + x * strides[1]! + kx]!);
          }
        }
        result.push(combine(values));
      }
    }
  }
  return { dims: [1, channels, outputHeight, outputWidth], data: result };
}
