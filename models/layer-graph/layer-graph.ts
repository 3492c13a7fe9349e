import type { KernelGeometry, Shape } from '../network.js';

/**
 * A network as an exchange file describes it, before ousim's format: layers of real values, with `quantise` and
 * `dequantise` where the file puts them. Shapes leave out the batch, which is 1. What a layer means is defined by
 * `evaluate` (`evaluate.ts`); `lowerQuantised` and `quantiseAfterTraining` make a `Network` of it.
 */
export interface LayerGraph {
  readonly title: string;
  readonly input: GraphInput;
  /** In execution order. Every layer is needed for the output. */
  readonly layers: readonly Layer[];
  /** Name of the layer whose output is the network's. */
  readonly output: string;
}

export interface GraphInput {
  /** [channels, height, width] or [features]. */
  readonly shape: Shape;
  /** Null: real values; else the integers themselves. */
  readonly integers: { readonly signed: boolean } | null;
}

/** Name under which layers read the graph's input; no layer has it. */
export const GRAPH_INPUT = 'input';

interface LayerBase {
  readonly name: string;
  /** Names of the layers (or GRAPH_INPUT) that it reads. */
  readonly inputs: readonly string[];
  readonly shape: Shape;
  /** Where it stands in the file, for messages: `graph.node[3] (Conv "conv1")`. */
  readonly origin: string;
}

/** Integers with their meaning: real value = scale * (integer - zeroPoint). */
export interface IntegerScale {
  readonly scale: number;
  readonly zeroPoint: number;
  /** 8-bit integers, int8 or uint8. */
  readonly signed: boolean;
}

/** Layout [out][in / groups][kernel height][kernel width], or [out][in]. */
export type LayerWeights = FloatLayerWeights | IntegerLayerWeights;

export interface FloatLayerWeights {
  readonly kind: 'float';
  readonly values: Float32Array;
}

export interface IntegerLayerWeights {
  readonly kind: 'integer';
  /** int8, or uint8 less 128; the zero points likewise. */
  readonly values: Int8Array;
  /** One, or one per output. */
  readonly scale: Float32Array;
  readonly zeroPoint: Int32Array;
}

interface MatrixLayerBase extends LayerBase {
  readonly weights: LayerWeights;
  /** Real values, one per output; null: none. */
  readonly bias: Float64Array | null;
  /** Its sums are integers of the file (ConvInteger, MatMulInteger), and all its scales 1. */
  readonly integerSums: boolean;
}

export interface ConvLayer extends MatrixLayerBase, KernelGeometry {
  readonly op: 'conv';
  readonly dilationHeight: number;
  readonly dilationWidth: number;
  readonly groups: number;
}

export interface FcLayer extends MatrixLayerBase {
  readonly op: 'fc';
}

/** x * gain + offset, one of each per channel: batch normalisation, and multiplication by or addition of constants. */
export interface ScaleLayer extends LayerBase {
  readonly op: 'scale';
  readonly gain: Float64Array;
  readonly offset: Float64Array;
}

/** min(max, max(min, x)): ReLU has 0 and Infinity. */
export interface ClipLayer extends LayerBase {
  readonly op: 'clip';
  readonly min: number;
  readonly max: number;
}

/** Padding never wins and is never counted. */
export interface PoolLayer extends LayerBase, KernelGeometry {
  readonly op: 'maxpool' | 'avgpool';
}

/** Mean of each channel, of shape [channels] or [channels, 1, 1]. */
export interface GapLayer extends LayerBase {
  readonly op: 'gap';
}

export interface AddLayer extends LayerBase {
  readonly op: 'add';
}

/** Along the channels (or features). */
export interface ConcatLayer extends LayerBase {
  readonly op: 'concat';
}

/** The same values, in the same order, in another shape. */
export interface ReshapeLayer extends LayerBase {
  readonly op: 'reshape';
}

/** Real values to integers, ONNX's QuantizeLinear. */
export interface QuantiseLayer extends LayerBase, IntegerScale {
  readonly op: 'quantise';
}

/** Integers to real values, ONNX's DequantizeLinear. */
export interface DequantiseLayer extends LayerBase, IntegerScale {
  readonly op: 'dequantise';
}

export type Layer =
  | ConvLayer
  | FcLayer
  | ScaleLayer
  | ClipLayer
  | PoolLayer
  | GapLayer
  | AddLayer
  | ConcatLayer
  | ReshapeLayer
  | QuantiseLayer
  | DequantiseLayer;

/** Layers that read the output of `name`. */
export function readersOf(graph: LayerGraph, name: string): Layer[] {
  return graph.layers.filter((layer) => layer.inputs.includes(name));
}

/** The kernel of a layer alone. */
export function geometryOf(layer: KernelGeometry): KernelGeometry {
  const { kernelHeight, kernelWidth, strideHeight, strideWidth, padTop, padLeft, padBottom, padRight } = layer;
  return { kernelHeight, kernelWidth, strideHeight, strideWidth, padTop, padLeft, padBottom, padRight };
}
