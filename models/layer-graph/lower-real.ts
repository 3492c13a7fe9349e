import { FILE_BITS, plainFormat } from '../activation-format.js';
import { INPUT_NAME, type Network, type NetworkNode, type Residual, type Shape } from '../network.js';
import { elementsOf } from '../tensor.js';
import type { Ranges } from './calibrate.js';
import { imageShape, inputBounds, type NetworkInput, type PixelNormalisation, thenScaled } from './image-input.js';
import {
  type ConvLayer,
  type FcLayer,
  GRAPH_INPUT,
  geometryOf,
  type Layer,
  type LayerGraph,
  type PoolLayer,
  type ReshapeLayer,
  readersOf,
} from './layer-graph.js';
import { quantiseWeights } from './quantise-weights.js';

/** Integers of a node; real value = scale * integer. */
interface RealActivation {
  readonly kind: 'activation';
  readonly node: string;
  readonly shape: Shape;
  readonly signed: boolean;
  readonly scale: number;
}

/** A matrix product on the way to its ReLU: value = gain * sum + offset + residual, then pooled or reshaped. */
interface Pending {
  readonly kind: 'pending';
  readonly layer: ConvLayer | FcLayer;
  readonly input: RealActivation;
  readonly gain: Float64Array;
  readonly offset: Float64Array;
  readonly residual: RealActivation | null;
  readonly behind: readonly (PoolLayer | ReshapeLayer)[];
}

interface Image {
  readonly kind: 'image';
  readonly pixels: PixelNormalisation;
}

type Value = RealActivation | Pending | Image;

/** Thrown inside, never outside: the graph has another structure. */
class OtherStructure extends Error {}

/**
 * A float graph in ousim's own format (`docs/network-format.md`), whose networks can be calibrated anew: unsigned 8-bit
 * activations behind ReLUs, `real` requantisers, batch normalisation in their multipliers, logits at the end. Scales are the
 * top of each ReLU's range / 255.
 *
 * @returns null where the graph has another structure: a convolution without ReLU that is not the last layer, a concatenation,
 *   an addition that is not the residual of one convolution
 */
export function lowerReal(graph: LayerGraph, ranges: Ranges, pixels: PixelNormalisation): Network | null {
  try {
    return new RealLowering(graph, ranges, pixels).lower();
  } catch (error) {
    if (error instanceof OtherStructure) return null;
    throw error;
  }
}

class RealLowering {
  private readonly values = new Map<string, Value>();
  private readonly nodes: NetworkNode[] = [];
  private input: { readonly network: NetworkInput; readonly value: RealActivation } | null = null;

  constructor(
    private readonly graph: LayerGraph,
    private readonly ranges: Ranges,
    pixels: PixelNormalisation,
  ) {
    if (graph.input.integers !== null) throw new OtherStructure();
    this.values.set(GRAPH_INPUT, { kind: 'image', pixels });
  }

  lower(): Network {
    const { graph } = this;
    for (const layer of graph.layers) {
      const inputs = layer.inputs.map((name) => this.values.get(name)!);
      this.values.set(layer.name, this.lowerLayer(layer, inputs));
    }
    const logits = this.values.get(graph.output)!;
    if (logits.kind !== 'pending' || logits.behind.some(({ op }) => op !== 'reshape')) throw new OtherStructure();
    this.emit(logits, 1, true);
    return {
      title: graph.title,
      inputShape: imageShape(graph.input.shape),
      activationBits: FILE_BITS,
      ...this.input!.network,
      nodes: this.nodes,
      synthetic: null,
    };
  }

  private lowerLayer(layer: Layer, [x, other]: readonly Value[]): Value {
    switch (layer.op) {
      case 'conv':
      case 'fc': {
        const outputs = layer.shape[0]!;
        const gain = new Float64Array(outputs).fill(1);
        const offset = layer.bias ?? new Float64Array(outputs);
        const input = this.activation(x!);
        if (input.shape.length !== (layer.op === 'conv' ? 3 : 1)) throw new OtherStructure();
        return { kind: 'pending', layer, input, gain, offset, residual: null, behind: [] };
      }
      case 'scale':
        return this.scale(layer, x!);
      case 'add':
        return this.add(layer, x!, other!);
      case 'clip':
        return this.rectify(layer, x!);
      case 'maxpool':
      case 'reshape':
        if (x!.kind === 'pending') return { ...this.onlyRead(layer, x), behind: [...x.behind, layer] };
        return this.follow(layer, this.activation(x!));
      case 'avgpool': {
        const input = this.unsigned(x!);
        const arithmetic = { kind: 'mean' as const };
        const range = { min: 0, max: 2 ** FILE_BITS - 1 };
        this.nodes.push({
          op: 'avgpool',
          ...edge(layer.name, input, layer.shape),
          ...geometryOf(layer),
          arithmetic,
          ...range,
        });
        return { ...input, node: layer.name, shape: layer.shape };
      }
      case 'gap': {
        const input = this.unsigned(x!);
        const shape = [layer.shape[0]!];
        this.nodes.push({ op: 'gap', ...edge(layer.name, input, shape) });
        return { ...input, node: layer.name, shape };
      }
      default:
        throw new OtherStructure();
    }
  }

  /** A value as integers; the image becomes the network's input. */
  private activation(value: Value): RealActivation {
    if (value.kind === 'activation') return value;
    if (value.kind === 'pending') throw new OtherStructure();
    if (this.input !== null) return this.input.value;
    const network = realInput(value.pixels);
    const shape = imageShape(this.graph.input.shape);
    const image: RealActivation = {
      kind: 'activation',
      node: INPUT_NAME,
      shape,
      signed: network.inputFormat.signed,
      scale: network.inputScale,
    };
    const isFeatures = this.graph.input.shape.length === 1;
    this.input = { network, value: isFeatures ? this.flatten(`${INPUT_NAME}.features`, image) : image };
    return this.input.value;
  }

  private unsigned(value: Value): RealActivation {
    const activation = this.activation(value);
    if (activation.signed) throw new OtherStructure();
    return activation;
  }

  /** The value, if nothing else reads it. */
  private onlyRead(layer: Layer, value: Pending): Pending {
    if (layer.inputs.some((name) => readersOf(this.graph, name).length !== 1 && this.values.get(name) === value)) {
      throw new OtherStructure();
    }
    return value;
  }

  private scale(layer: Layer & { readonly op: 'scale' }, x: Value): Value {
    const { gain, offset } = layer;
    if (x.kind === 'image') {
      if (!gain.every((value) => value > 0) || readersOf(this.graph, layer.inputs[0]!).length !== 1) {
        throw new OtherStructure();
      }
      return { kind: 'image', pixels: thenScaled(x.pixels, gain, offset) };
    }
    if (x.kind !== 'pending' || x.residual !== null || x.behind.length > 0) throw new OtherStructure();
    return {
      ...this.onlyRead(layer, x),
      gain: x.gain.map((value, m) => value * gain[m]!),
      offset: x.offset.map((value, m) => value * gain[m]! + offset[m]!),
    };
  }

  private add(layer: Layer, a: Value, b: Value): Value {
    const [sums, residual] = a.kind === 'pending' ? [a, b] : [b, a];
    if (sums.kind !== 'pending' || residual.kind !== 'activation' || residual.signed) throw new OtherStructure();
    if (sums.residual !== null || sums.behind.length > 0) throw new OtherStructure();
    if (residual.shape.join() !== layer.shape.join()) throw new OtherStructure();
    return { ...this.onlyRead(layer, sums), residual };
  }

  private rectify(layer: Layer & { readonly op: 'clip' }, x: Value): Value {
    const { largest } = this.ranges.get(layer.name)!;
    if (layer.min !== 0) throw new OtherStructure();
    if (x.kind === 'activation') {
      // A ReLU of what a ReLU gave already; limits from above would need another scale.
      if (x.signed || layer.max !== Infinity) throw new OtherStructure();
      return x;
    }
    if (x.kind !== 'pending') throw new OtherStructure();
    // A ReLU that never lets anything through: any scale says so.
    return this.emit(this.onlyRead(layer, x), largest > 0 ? largest / (2 ** FILE_BITS - 1) : 1, false);
  }

  private emit(pending: Pending, scale: number, last: boolean): RealActivation {
    const { layer, input, gain, offset, residual } = pending;
    const weights = layer.weights.kind === 'float' ? quantiseWeights(layer.weights) : layer.weights;
    const weightScale = weights.scale[0]!;
    const requantiser = {
      kind: 'real' as const,
      multiplier: gain.map((value) => (input.scale * weightScale * value) / scale),
      bias: offset.map((value) => value / scale),
      residual: residual && ({ node: residual.node, multiplier: residual.scale / scale } satisfies Residual),
    };
    const matrix = {
      weights: weights.values,
      weightBits: FILE_BITS,
      weightZeroPoint: null,
      weightScale,
      requantiser,
      windowPruning: null,
      last,
      outputFormat: plainFormat(FILE_BITS, false),
    };
    const { name, shape } = layer;
    if (layer.op === 'fc') {
      this.nodes.push({ op: 'fc', ...edge(name, input, shape), ...matrix });
    } else {
      const { dilationHeight, dilationWidth, groups } = layer;
      const convolution = { ...geometryOf(layer), dilationHeight, dilationWidth, groups };
      this.nodes.push({ op: 'conv', ...edge(name, input, shape), ...convolution, ...matrix });
    }
    const output: RealActivation = { kind: 'activation', node: name, shape, signed: false, scale };
    // The logits come in one order, whatever their shape, and the last node gives them.
    return last ? output : pending.behind.reduce((value, next) => this.follow(next, value), output);
  }

  private follow(layer: PoolLayer | ReshapeLayer, input: RealActivation): RealActivation {
    if (layer.op === 'reshape') {
      if (layer.shape.length !== 1) throw new OtherStructure();
      return this.flatten(layer.name, input);
    }
    this.nodes.push({ op: 'maxpool', ...edge(layer.name, input, layer.shape), ...geometryOf(layer) });
    return { ...input, node: layer.name, shape: layer.shape };
  }

  private flatten(name: string, input: RealActivation): RealActivation {
    if (input.shape.length === 1) return input;
    const shape = [elementsOf(input.shape)];
    this.nodes.push({ op: 'flatten', ...edge(name, input, shape) });
    return { ...input, node: name, shape };
  }
}

/**
 * The network's input: pixels themselves where the real input is a multiple of them, else signed and symmetric over the
 * values that pixels can have.
 */
function realInput(pixels: PixelNormalisation): NetworkInput {
  const { mean, std } = pixels;
  if (mean.every((value) => value === 0) && std.every((value) => value === std[0])) {
    return { inputFormat: plainFormat(FILE_BITS, false), inputScale: 1 / (255 * std[0]!), preprocess: { kind: 'raw' } };
  }
  const { least, largest } = inputBounds(pixels);
  const inputScale = Math.max(-least, largest) / 127;
  return { inputFormat: plainFormat(FILE_BITS, true), inputScale, preprocess: { kind: 'normalise', mean, std } };
}

function edge(name: string, input: RealActivation, outputShape: Shape) {
  const format = plainFormat(FILE_BITS, input.signed);
  return { name, input: input.node, inputShape: input.shape, inputFormat: format, outputShape, outputFormat: format };
}
