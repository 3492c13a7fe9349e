import { elementsOf } from '../tensor.js';
import {
  type ConvLayer,
  type FcLayer,
  GRAPH_INPUT,
  type Layer,
  type LayerGraph,
  type LayerWeights,
  type PoolLayer,
} from './layer-graph.js';
import { dequantiseLinear, INT8, quantiseLinear, UINT8 } from './quantise-linear.js';

/** Called after every layer, in execution order. The values are not to be changed. */
export type LayerObserver = (name: string, values: Float32Array) => void;

/**
 * Computes a layer graph on one image: sums in doubles, every layer's output rounded to float32.
 *
 * @param input shape `graph.input.shape`: real values, or the integers themselves
 * @returns the values of the output layer
 * @throws RangeError if the input has another length
 */
export function evaluate(graph: LayerGraph, input: ArrayLike<number>, observe?: LayerObserver): Float32Array {
  const size = elementsOf(graph.input.shape);
  if (input.length !== size) {
    throw new RangeError(`"${graph.title}": input of ${input.length} values; needed: ${size}`);
  }
  const values = new Map<string, Float32Array>([[GRAPH_INPUT, Float32Array.from(input)]]);
  const shapes = new Map([[GRAPH_INPUT, graph.input.shape]]);
  for (const layer of graph.layers) {
    const inputs = layer.inputs.map((name) => values.get(name)!);
    const output = evaluateLayer(layer, inputs, shapes.get(layer.inputs[0]!)!);
    values.set(layer.name, output);
    shapes.set(layer.name, layer.shape);
    observe?.(layer.name, output);
  }
  return values.get(graph.output)!;
}

function evaluateLayer(layer: Layer, inputs: readonly Float32Array[], shape: readonly number[]): Float32Array {
  const [x] = inputs as [Float32Array];
  switch (layer.op) {
    case 'conv':
      return convolve(layer, x, shape);
    case 'fc':
      return multiply(layer, x);
    case 'scale': {
      const size = x.length / layer.gain.length;
      return x.map((value, i) => {
        const channel = Math.floor(i / size);
        return value * layer.gain[channel]! + layer.offset[channel]!;
      });
    }
    case 'clip':
      return x.map((value) => Math.min(layer.max, Math.max(layer.min, value)));
    case 'maxpool':
    case 'avgpool':
      return pool(layer, x, shape);
    case 'gap': {
      const size = x.length / layer.shape[0]!;
      return Float32Array.from({ length: layer.shape[0]! }, (_, channel) => {
        let sum = 0;
        for (let i = channel * size; i < (channel + 1) * size; i++) sum += x[i]!;
        return sum / size;
      });
    }
    case 'add':
      return x.map((value, i) => value + inputs[1]![i]!);
    case 'concat': {
      const joined = new Float32Array(elementsOf(layer.shape));
      let at = 0;
      for (const part of inputs) {
        joined.set(part, at);
        at += part.length;
      }
      return joined;
    }
    case 'reshape':
      return x;
    case 'quantise': {
      const range = layer.signed ? INT8 : UINT8;
      return x.map((value) => quantiseLinear(value, layer.scale, layer.zeroPoint, range));
    }
    case 'dequantise':
      return x.map((value) => dequantiseLinear(value, layer.scale, layer.zeroPoint));
  }
}

/** Weights as real values. */
export function realWeights(weights: LayerWeights, outputs: number): Float32Array {
  if (weights.kind === 'float') return weights.values;
  const { values, scale, zeroPoint } = weights;
  const rows = values.length / outputs;
  return Float32Array.from(values, (value, i) => {
    const m = Math.floor(i / rows);
    return (value - zeroPoint[zeroPoint.length === 1 ? 0 : m]!) * scale[scale.length === 1 ? 0 : m]!;
  });
}

function multiply(layer: FcLayer, x: Float32Array): Float32Array {
  const outputs = layer.shape[0]!;
  const weights = realWeights(layer.weights, outputs);
  return Float32Array.from({ length: outputs }, (_, m) => {
    let sum = 0;
    for (let k = 0; k < x.length; k++) sum += weights[m * x.length + k]! * x[k]!;
    return sum + (layer.bias?.[m] ?? 0);
  });
}

function convolve(layer: ConvLayer, x: Float32Array, shape: readonly number[]): Float32Array {
  const { kernelHeight, kernelWidth, strideHeight, strideWidth, padTop, padLeft, groups } = layer;
  const [channels, height, width] = shape as readonly [number, number, number];
  const [outputs, outputHeight, outputWidth] = layer.shape as readonly [number, number, number];
  const weights = realWeights(layer.weights, outputs);
  const ofGroup = channels / groups;
  const plane = new Float64Array(outputHeight * outputWidth);
  const result = new Float32Array(outputs * plane.length);
  let weightIndex = 0;
  for (let m = 0; m < outputs; m++) {
    plane.fill(layer.bias?.[m] ?? 0);
    const first = Math.floor(m / (outputs / groups)) * ofGroup;
    for (let channel = first; channel < first + ofGroup; channel++) {
      for (let ky = 0; ky < kernelHeight; ky++) {
        for (let kx = 0; kx < kernelWidth; kx++) {
          const weight = weights[weightIndex++]!;
          const top = ky * layer.dilationHeight - padTop;
          const left = kx * layer.dilationWidth - padLeft;
          // Positions whose pixel lies inside the image; the others see padding, which adds nothing.
          const firstX = left < 0 ? Math.ceil(-left / strideWidth) : 0;
          const endX = Math.min(outputWidth, Math.floor((width - 1 - left) / strideWidth) + 1);
          for (let y = 0; y < outputHeight; y++) {
            const row = y * strideHeight + top;
            if (row < 0 || row >= height) continue;
            const from = (channel * height + row) * width + left;
            const to = y * outputWidth;
            for (let column = firstX; column < endX; column++) {
              plane[to + column]! += weight * x[from + column * strideWidth]!;
            }
          }
        }
      }
    }
    result.set(plane, m * plane.length);
  }
  return result;
}

function pool(layer: PoolLayer, x: Float32Array, shape: readonly number[]): Float32Array {
  const { kernelHeight, kernelWidth, strideHeight, strideWidth, padTop, padLeft } = layer;
  const [channels, height, width] = shape as readonly [number, number, number];
  const [, outputHeight, outputWidth] = layer.shape as readonly [number, number, number];
  const result = new Float32Array(elementsOf(layer.shape));
  let at = 0;
  for (let channel = 0; channel < channels; channel++) {
    for (let y = 0; y < outputHeight; y++) {
      const top = y * strideHeight - padTop;
      for (let column = 0; column < outputWidth; column++) {
        const left = column * strideWidth - padLeft;
        let [sum, largest, count] = [0, -Infinity, 0];
        for (let row = Math.max(0, top); row < Math.min(height, top + kernelHeight); row++) {
          for (let c = Math.max(0, left); c < Math.min(width, left + kernelWidth); c++) {
            const value = x[(channel * height + row) * width + c]!;
            sum += value;
            largest = Math.max(largest, value);
            count++;
          }
        }
        result[at++] = layer.op === 'maxpool' ? largest : sum / count;
      }
    }
  }
  return result;
}
