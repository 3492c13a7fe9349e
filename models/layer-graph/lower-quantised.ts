import { FILE_BITS } from '../activation-format.js';
import {
  type ActivationFormat,
  INPUT_NAME,
  type KernelGeometry,
  type Network,
  type NetworkNode,
  type Shape,
} from '../network.js';
import { NetworkFormatError } from '../network-format-error.js';
import type { Problem } from '../problem.js';
import {
  imageShape,
  integerInput,
  type NetworkInput,
  type PixelNormalisation,
  quantisedInput,
  thenScaled,
} from './image-input.js';
import {
  type ConvLayer,
  type FcLayer,
  GRAPH_INPUT,
  geometryOf,
  type IntegerLayerWeights,
  type IntegerScale,
  type Layer,
  type LayerGraph,
  type PoolLayer,
  type ReshapeLayer,
} from './layer-graph.js';
import { INT8, quantiseLinear, UINT8 } from './quantise-linear.js';

/** Limits of a real value; -Infinity and Infinity without any. */
interface Clip {
  readonly min: number;
  readonly max: number;
}

const UNLIMITED: Clip = { min: -Infinity, max: Infinity };

/** A tensor of the network. Scale and zero point of a model's integer input are those of the first layer that says them. */
interface IntegerTensor {
  readonly name: string;
  readonly shape: Shape;
  readonly signed: boolean;
  readonly meaning: { scale: number | null; zeroPoint: number | null };
}

/** What a layer's output is, while the network is made. Real values become a node when they are quantised. */
type Lowered =
  | { readonly kind: 'unknown' }
  | { readonly kind: 'integers'; readonly tensor: IntegerTensor }
  | { readonly kind: 'image'; readonly pixels: PixelNormalisation }
  | ({ readonly kind: 'real' } & Real)
  | ({ readonly kind: 'sums' } & Sums)
  | { readonly kind: 'added'; readonly a: Real; readonly b: Real; readonly name: string; readonly clip: Clip }
  | {
      readonly kind: 'mean';
      readonly of: Real;
      readonly geometry: KernelGeometry;
      readonly shape: Shape;
      readonly name: string;
      readonly clip: Clip;
    }
  | {
      readonly kind: 'joined';
      readonly parts: readonly Real[];
      readonly shape: Shape;
      readonly name: string;
      readonly clip: Clip;
    };

/** Dequantised integers. */
interface Real {
  readonly tensor: IntegerTensor;
  readonly scale: number;
  readonly clip: Clip;
}

/** A matrix product: value = step * (sum + offset / step), limited, then pooled or reshaped. */
interface Sums {
  readonly layer: ConvLayer | FcLayer;
  readonly weights: IntegerLayerWeights;
  readonly tensor: IntegerTensor;
  /** Value of one step of a sum, per output, float32. */
  readonly step: Float32Array;
  readonly offset: Float64Array;
  readonly clip: Clip;
  readonly behind: readonly (PoolLayer | ReshapeLayer)[];
}

/**
 * A network of a layer graph whose activations are quantised wherever a layer needs integers: QDQ graphs, and those of
 * QLinear operators, which are read as the same. Matrix products get `float32` requantisers; a matrix product at the end
 * whose output is not quantised gives float64 logits.
 *
 * @param pixels how raw pixels become the graph's real input; not used by an integer input
 * @param path names the file in errors
 * @throws NetworkFormatError with every layer that reads values which are not quantised, or cannot be expressed
 */
export function lowerQuantised(graph: LayerGraph, pixels: PixelNormalisation, path: string): Network {
  return new Lowering(graph, pixels, path).lower();
}

class Lowering {
  private readonly values = new Map<string, Lowered>();
  private readonly nodes: (() => NetworkNode)[] = [];
  private readonly names = new Set<string>([INPUT_NAME]);
  private readonly problems: Problem[] = [];
  private readonly image: IntegerTensor;
  private input: { readonly pixels: PixelNormalisation; readonly scale: IntegerScale } | null = null;

  constructor(
    private readonly graph: LayerGraph,
    pixels: PixelNormalisation,
    private readonly path: string,
  ) {
    const { shape, integers } = graph.input;
    const signed = integers?.signed ?? false;
    this.image = { name: INPUT_NAME, shape: imageShape(shape), signed, meaning: { scale: null, zeroPoint: null } };
    this.values.set(
      GRAPH_INPUT,
      integers === null ? { kind: 'image', pixels } : { kind: 'integers', tensor: this.asGiven(this.image) },
    );
  }

  lower(): Network {
    const { graph, problems } = this;
    for (const layer of graph.layers) this.values.set(layer.name, this.lowerLayer(layer));
    this.finish();
    if (problems.length > 0) throw new NetworkFormatError(this.path, problems);
    const nodes = this.nodes.map((node) => node());
    return {
      title: graph.title,
      inputShape: imageShape(graph.input.shape),
      activationBits: FILE_BITS,
      ...this.networkInput(),
      nodes,
      synthetic: null,
    };
  }

  private networkInput(): NetworkInput {
    if (this.input !== null) return quantisedInput(this.input.pixels, this.input.scale);
    const { scale, zeroPoint } = this.image.meaning;
    return integerInput({ scale: scale ?? 1, zeroPoint: zeroPoint ?? 0, signed: this.image.signed });
  }

  private report(layer: Layer, value: string, allowed: string, hint = ''): Lowered {
    this.problems.push({ path: layer.origin, value, allowed, hint });
    return { kind: 'unknown' };
  }

  private lowerLayer(layer: Layer): Lowered {
    const inputs = layer.inputs.map((name) => this.values.get(name)!);
    const [x] = inputs as [Lowered];
    if (inputs.some(({ kind }) => kind === 'unknown')) return { kind: 'unknown' };
    switch (layer.op) {
      case 'quantise':
        return this.quantise(layer, x, layer);
      case 'dequantise':
        return this.dequantise(layer, x);
      case 'conv':
      case 'fc':
        return this.multiply(layer, x);
      case 'scale':
        return this.scale(layer, x, layer.gain, layer.offset);
      case 'clip':
        return this.clip(layer, x);
      case 'maxpool':
        return this.poolMaxima(layer, x);
      case 'reshape':
        return this.reshape(layer, x);
      case 'avgpool':
      case 'gap': {
        const of = this.realOf(layer, x);
        if (of === null) return { kind: 'unknown' };
        const geometry = layer.op === 'avgpool' ? layer : wholeImage(of.tensor.shape);
        return { kind: 'mean', of, geometry, shape: layer.shape, name: layer.name, clip: UNLIMITED };
      }
      case 'add': {
        const [a, b] = [this.realOf(layer, x), this.realOf(layer, inputs[1]!)];
        if (a === null || b === null) return { kind: 'unknown' };
        return { kind: 'added', a, b, name: layer.name, clip: UNLIMITED };
      }
      case 'concat': {
        if (x.kind === 'integers') return this.concatIntegers(layer, inputs);
        const parts = inputs.map((input) => this.realOf(layer, input)).filter((part) => part !== null);
        if (parts.length !== inputs.length) return { kind: 'unknown' };
        return { kind: 'joined', parts, shape: layer.shape, name: layer.name, clip: UNLIMITED };
      }
    }
  }

  /** Dequantised integers without limits that matter; null, and reported, for other real values. */
  private realOf(layer: Layer, value: Lowered): Real | null {
    if (value.kind === 'real') return this.withoutClip(layer, value);
    const what = {
      unknown: '',
      integers: 'integers without a scale',
      image: 'the image in floating point',
      sums: 'a matrix product in floating point',
      added: 'a sum in floating point',
      mean: 'a mean in floating point',
      joined: 'values of several tensors in floating point',
    }[value.kind];
    this.report(layer, what, 'quantised values', `put QuantizeLinear and DequantizeLinear in front of ${layer.op}`);
    return null;
  }

  /** The same values with their limits applied, in the same format. */
  private withoutClip(layer: Layer, real: Real): Real {
    const { tensor, scale, clip } = real;
    const own: IntegerScale = { scale, zeroPoint: tensor.meaning.zeroPoint ?? 0, signed: tensor.signed };
    if (hasNoEffect(clip, own)) return { tensor, scale, clip: UNLIMITED };
    return { tensor: this.rescale(real, own, `${layer.name}.limit`), scale, clip: UNLIMITED };
  }

  private dequantise(layer: Layer & { readonly op: 'dequantise' }, x: Lowered): Lowered {
    if (x.kind !== 'integers') return this.report(layer, 'values in floating point', 'integers');
    const { meaning } = x.tensor;
    meaning.zeroPoint ??= layer.zeroPoint;
    meaning.scale ??= layer.scale;
    if (meaning.zeroPoint !== layer.zeroPoint) {
      return this.report(
        layer,
        `zero point ${layer.zeroPoint}`,
        `${meaning.zeroPoint}, as these integers were made with`,
      );
    }
    return { kind: 'real', tensor: x.tensor, scale: layer.scale, clip: UNLIMITED };
  }

  private multiply(layer: ConvLayer | FcLayer, x: Lowered): Lowered {
    const real = this.realOf(layer, x);
    const { weights } = layer;
    if (weights.kind === 'float') {
      const hint = 'quantise them too (int8 or uint8 constants behind DequantizeLinear), or import the float model';
      return this.report(layer, 'float weights', 'integer weights', hint);
    }
    if (real === null) return { kind: 'unknown' };
    const outputs = layer.shape[0]!;
    const { fround } = Math;
    const step = Float32Array.from({ length: outputs }, (_, m) => {
      return fround(fround(real.scale) * weights.scale[weights.scale.length === 1 ? 0 : m]!);
    });
    const offset = layer.bias ?? new Float64Array(outputs);
    return { kind: 'sums', layer, weights, tensor: real.tensor, step, offset, clip: UNLIMITED, behind: [] };
  }

  private scale(layer: Layer, x: Lowered, gain: Float64Array, offset: Float64Array): Lowered {
    if (x.kind === 'image') {
      if (!gain.every((value) => value > 0)) return this.report(layer, 'a gain not above 0', 'gains above 0');
      return { kind: 'image', pixels: thenScaled(x.pixels, gain, offset) };
    }
    if (x.kind !== 'sums' || x.behind.length > 0 || !isUnlimited(x.clip)) {
      const hint = 'such a layer is taken into the convolution that it directly follows';
      return this.report(layer, 'a gain or offset per channel', 'directly behind a convolution or Gemm', hint);
    }
    // A gain of 0 cannot be taken out of the sum again to add the offset; an output without weights says the same.
    const silent = Array.from(gain.keys()).filter((m) => gain[m] === 0);
    return {
      ...x,
      weights: silent.length === 0 ? x.weights : withoutOutputs(x.weights, gain.length, silent),
      step: x.step.map((value, m) => (gain[m] === 0 ? value : value * Math.fround(gain[m]!))),
      offset: x.offset.map((value, m) => value * gain[m]! + offset[m]!),
    };
  }

  private clip(layer: Layer & { readonly op: 'clip' }, x: Lowered): Lowered {
    switch (x.kind) {
      case 'real':
      case 'sums':
      case 'added':
      case 'mean':
      case 'joined':
        return { ...x, clip: limited(x.clip, layer) };
      default:
        return this.report(layer, 'values that are not quantised', 'quantised values, or sums');
    }
  }

  private poolMaxima(layer: PoolLayer, x: Lowered): Lowered {
    // Quantising keeps order, so the largest value may be taken before or after.
    if (x.kind === 'sums') return { ...x, behind: [...x.behind, layer] };
    if (x.kind === 'integers') return { kind: 'integers', tensor: this.emitMaxpool(layer, x.tensor) };
    const real = this.realOf(layer, x);
    if (real === null) return { kind: 'unknown' };
    return { kind: 'real', ...real, tensor: this.emitMaxpool(layer, real.tensor) };
  }

  private reshape(layer: ReshapeLayer, x: Lowered): Lowered {
    if (layer.shape.length !== 1) {
      return this.report(layer, `[1, ${layer.shape.join(', ')}]`, 'features, [1, features]', 'an image stays an image');
    }
    if (x.kind === 'sums') return { ...x, behind: [...x.behind, layer] };
    if (x.kind === 'integers') return { kind: 'integers', tensor: this.emitFlatten(layer.name, x.tensor) };
    if (x.kind === 'mean') {
      const scale = this.ownScale(x.of);
      const tensor = this.emitMean(x, scale);
      return { kind: 'real', tensor: this.emitFlatten(layer.name, tensor), scale: scale.scale, clip: UNLIMITED };
    }
    const real = this.realOf(layer, x);
    return real === null
      ? { kind: 'unknown' }
      : { kind: 'real', ...real, tensor: this.emitFlatten(layer.name, real.tensor) };
  }

  private concatIntegers(layer: Layer, inputs: readonly Lowered[]): Lowered {
    const tensors = inputs.flatMap((input) => (input.kind === 'integers' ? [input.tensor] : []));
    const [first] = tensors as [IntegerTensor];
    const agrees = tensors.every(
      ({ meaning }) => meaning.zeroPoint === first.meaning.zeroPoint && meaning.scale === first.meaning.scale,
    );
    if (tensors.length !== inputs.length || !agrees) {
      return this.report(layer, 'integers of different scales', 'integers of one scale', 'use QLinearConcat');
    }
    return { kind: 'integers', tensor: this.emitConcat(layer.name, layer.shape, tensors, first) };
  }

  /** The node that makes these real values integers. */
  private quantise(layer: Layer, x: Lowered, to: IntegerScale): Lowered {
    switch (x.kind) {
      case 'image':
        return this.quantiseImage(layer, x.pixels, to);
      case 'real':
        return { kind: 'integers', tensor: this.inFormat(x, to, UNLIMITED, layer.name) };
      case 'sums':
        return { kind: 'integers', tensor: this.emitSums(x, to) };
      case 'added':
        return { kind: 'integers', tensor: this.emitSum(x, to) };
      case 'mean':
        return { kind: 'integers', tensor: this.emitMean(x, to) };
      case 'joined': {
        const parts = x.parts.map((part, i) => this.inFormat(part, to, x.clip, `${x.name}.input${i}`));
        return { kind: 'integers', tensor: this.emitConcat(x.name, x.shape, parts, tensorOf('', [], to)) };
      }
      default:
        return this.report(layer, 'integers', 'values in floating point');
    }
  }

  private quantiseImage(layer: Layer, pixels: PixelNormalisation, scale: IntegerScale): Lowered {
    const { input } = this;
    const same = (a: IntegerScale, b: IntegerScale) =>
      a.scale === b.scale && a.zeroPoint === b.zeroPoint && a.signed === b.signed;
    if (input !== null && (!same(input.scale, scale) || input.pixels !== pixels)) {
      return this.report(layer, `scale ${scale.scale}, zero point ${scale.zeroPoint}`, 'one quantisation of the image');
    }
    this.input = { pixels, scale };
    return { kind: 'integers', tensor: this.asGiven(tensorOf(INPUT_NAME, this.image.shape, scale)) };
  }

  /** The network's input as the graph has it: a list of features stands as channels of one pixel in the network. */
  private asGiven(tensor: IntegerTensor): IntegerTensor {
    const isFeatures = this.graph.input.shape.length === 1;
    return isFeatures ? this.emitFlatten(`${INPUT_NAME}.features`, tensor) : tensor;
  }

  /** The same values, limited, as integers of another scale: themselves where nothing changes. */
  private inFormat(real: Real, to: IntegerScale, clip: Clip, name: string): IntegerTensor {
    const { tensor, scale } = real;
    const isSame = scale === to.scale && tensor.meaning.zeroPoint === to.zeroPoint && tensor.signed === to.signed;
    const clipped = { ...real, clip: limited(real.clip, clip) };
    return isSame && hasNoEffect(clipped.clip, to) ? tensor : this.rescale(clipped, to, name);
  }

  private rescale({ tensor, scale, clip }: Real, to: IntegerScale, wanted: string): IntegerTensor {
    const output = tensorOf(this.uniqueName(wanted), tensor.shape, to);
    this.nodes.push(() => ({
      op: 'rescale',
      ...edge(tensor, output),
      arithmetic: { kind: 'float32', scale, outputScale: to.scale },
      ...limits(clip, to),
    }));
    return output;
  }

  private emitMaxpool(layer: PoolLayer, input: IntegerTensor): IntegerTensor {
    const output = { ...input, name: this.uniqueName(layer.name), shape: layer.shape };
    this.nodes.push(() => ({ op: 'maxpool', ...edge(input, output), ...geometryOf(layer) }));
    return output;
  }

  private emitFlatten(wanted: string, input: IntegerTensor): IntegerTensor {
    const features = input.shape.reduce((product, extent) => product * extent, 1);
    if (input.shape.length === 1) return input;
    const output = { ...input, name: this.uniqueName(wanted), shape: [features] };
    this.nodes.push(() => ({ op: 'flatten', ...edge(input, output) }));
    return output;
  }

  private emitConcat(
    wanted: string,
    shape: Shape,
    parts: readonly IntegerTensor[],
    format: Pick<IntegerTensor, 'signed' | 'meaning'>,
  ): IntegerTensor {
    const { signed, meaning } = format;
    const output = { name: this.uniqueName(wanted), shape, signed, meaning };
    const [first] = parts as [IntegerTensor];
    this.nodes.push(() => ({
      op: 'concat',
      ...edge(first, output),
      inputs: parts.map(({ name }) => name),
      inputShapes: parts.map((part) => part.shape),
    }));
    return output;
  }

  private emitSum({ a, b, name, clip }: Lowered & { readonly kind: 'added' }, to: IntegerScale): IntegerTensor {
    const output = tensorOf(this.uniqueName(name), a.tensor.shape, to);
    this.nodes.push(() => ({
      op: 'add',
      ...edge(a.tensor, output),
      other: b.tensor.name,
      otherFormat: formatOf(b.tensor),
      arithmetic: { kind: 'float32', scale: a.scale, otherScale: b.scale, outputScale: to.scale },
      ...limits(clip, to),
    }));
    return output;
  }

  private emitMean(mean: Lowered & { readonly kind: 'mean' }, to: IntegerScale): IntegerTensor {
    const { of, geometry, shape, name, clip } = mean;
    const output = tensorOf(this.uniqueName(name), shape, to);
    this.nodes.push(() => ({
      op: 'avgpool',
      ...edge(of.tensor, output),
      ...geometryOf(geometry),
      arithmetic: { kind: 'float32', scale: of.scale, outputScale: to.scale },
      ...limits(clip, to),
    }));
    return output;
  }

  private ownScale({ tensor, scale }: Real): IntegerScale {
    return { scale, zeroPoint: tensor.meaning.zeroPoint ?? 0, signed: tensor.signed };
  }

  /** The matrix node, with what stands between it and its quantisation behind it. */
  private emitSums(sums: Sums, to: IntegerScale): IntegerTensor {
    const { layer, step, offset, clip } = sums;
    const bias = offset.map((value, m) => Math.round(value / step[m]!));
    const largest = bias.findIndex((value) => Math.abs(value) >= 2 ** 31);
    if (largest >= 0) this.report(layer, `a bias of ${bias[largest]} steps`, 'biases below 2^31 steps of the sum');
    const scale = step.map((value) => Math.fround(value / Math.fround(to.scale)));
    const requantiser = { kind: 'float32' as const, bias, scale, ...limits(clip, to) };
    let output = tensorOf(this.uniqueName(layer.name), layer.shape, to);
    this.emitMatrix(sums, output, requantiser, false);
    for (const next of sums.behind) {
      output = next.op === 'reshape' ? this.emitFlatten(next.name, output) : this.emitMaxpool(next, output);
    }
    return output;
  }

  private emitMatrix(
    { layer, weights, tensor }: Sums,
    output: IntegerTensor,
    requantiser: Extract<NetworkNode, { op: 'fc' }>['requantiser'],
    isFinal: boolean,
  ): void {
    const outputs = layer.shape[0]!;
    const { zeroPoint } = weights;
    const matrix = {
      weights: weights.values,
      weightBits: FILE_BITS,
      weightZeroPoint: zeroPoint.every((value) => value === 0)
        ? null
        : Int32Array.from({ length: outputs }, (_, m) => zeroPoint[zeroPoint.length === 1 ? 0 : m]!),
      weightScale: weights.scale.length === 1 ? weights.scale[0]! : null,
      requantiser,
      windowPruning: null,
      last: isFinal,
    };
    this.nodes.push(() => {
      if (layer.op === 'fc') return { op: 'fc', ...edge(tensor, output), ...matrix };
      const { dilationHeight, dilationWidth, groups } = layer;
      const convolution = { ...geometryOf(layer), dilationHeight, dilationWidth, groups };
      return { op: 'conv', ...edge(tensor, output), ...matrix, ...convolution };
    });
  }

  /** A name that no tensor has yet, without the control characters that the network format refuses. */
  private uniqueName(wanted: string): string {
    const printable = wanted.replaceAll(/\p{Cc}/gu, '_');
    let name = printable;
    for (let i = 2; this.names.has(name); i++) name = `${printable}.${i}`;
    this.names.add(name);
    return name;
  }

  /** The network's output. Real values that are not quantised again stay the integers that they come from. */
  private finish(): void {
    const { graph } = this;
    const value = this.values.get(graph.output)!;
    const layer = graph.layers.at(-1)!;
    switch (value.kind) {
      case 'unknown':
        return;
      case 'sums':
        this.finishSums(layer, value);
        break;
      case 'real':
        this.withoutClip(layer, value);
        break;
      case 'mean':
        this.emitMean(value, this.ownScale(value.of));
        break;
      case 'integers':
        break;
      default:
        this.realOf(layer, value);
        return;
    }
    if (this.nodes.length === 0) this.report(layer, 'no layer', 'at least one layer behind the input');
    this.markFinal();
  }

  private finishSums(layer: Layer, sums: Sums): void {
    const { step, offset, clip, behind } = sums;
    if (!isUnlimited(clip) || behind.some(({ op }) => op !== 'reshape')) {
      this.report(layer, 'a limited or pooled matrix product in floating point', 'a quantised output');
      return;
    }
    // Zero point and bits of an output that is not in integers are never used.
    const output = tensorOf(this.uniqueName(sums.layer.name), sums.layer.shape, {
      scale: 1,
      zeroPoint: 0,
      signed: false,
    });
    const isPlain =
      sums.layer.integerSums && step.every((value) => value === 1) && offset.every((value) => value === 0);
    const logits = { kind: 'real' as const, multiplier: Float64Array.from(step), bias: offset, residual: null };
    this.emitMatrix(sums, output, isPlain ? { kind: 'none' } : logits, true);
  }

  /** A matrix node at the end is `last`, whatever its requantiser. */
  private markFinal(): void {
    const final = this.nodes.pop();
    if (final === undefined) return;
    this.nodes.push(() => {
      const node = final();
      return node.op === 'conv' || node.op === 'fc' ? { ...node, last: true } : node;
    });
  }
}

function tensorOf(name: string, shape: Shape, { scale, zeroPoint, signed }: IntegerScale): IntegerTensor {
  return { name, shape, signed, meaning: { scale, zeroPoint } };
}

function formatOf({ signed, meaning }: IntegerTensor): ActivationFormat {
  return { bits: FILE_BITS, signed, zeroPoint: meaning.zeroPoint ?? 0 };
}

function edge(input: IntegerTensor, output: IntegerTensor) {
  return {
    name: output.name,
    input: input.name,
    inputShape: input.shape,
    inputFormat: formatOf(input),
    outputShape: output.shape,
    outputFormat: formatOf(output),
  };
}

function wholeImage([, kernelHeight = 1, kernelWidth = 1]: Shape): KernelGeometry {
  const pads = { padTop: 0, padLeft: 0, padBottom: 0, padRight: 0 };
  return { kernelHeight, kernelWidth, strideHeight: 1, strideWidth: 1, ...pads };
}

function isUnlimited({ min, max }: Clip): boolean {
  return min === -Infinity && max === Infinity;
}

/** `outer` applied to values that `inner` has limited already. */
function limited(inner: Clip, outer: Clip): Clip {
  const clamp = (value: number) => Math.min(outer.max, Math.max(outer.min, value));
  return { min: clamp(inner.min), max: clamp(inner.max) };
}

/** The integers of the limits: quantising keeps order, so limits may be applied before or after. */
function limits(
  clip: Clip,
  { scale, zeroPoint, signed }: IntegerScale,
): { readonly min: number; readonly max: number } {
  const range = signed ? INT8 : UINT8;
  return {
    min: quantiseLinear(clip.min, scale, zeroPoint, range),
    max: quantiseLinear(clip.max, scale, zeroPoint, range),
  };
}

/** Whether all integers of the format lie within the limits. */
function hasNoEffect(clip: Clip, to: IntegerScale): boolean {
  const range = to.signed ? INT8 : UINT8;
  const { min, max } = limits(clip, to);
  return min === range.min && max === range.max;
}

/** The weights with those of some outputs at their zero point. */
function withoutOutputs(weights: IntegerLayerWeights, outputs: number, silent: readonly number[]): IntegerLayerWeights {
  const values = weights.values.slice();
  const rows = values.length / outputs;
  const { zeroPoint } = weights;
  for (const m of silent) values.fill(zeroPoint[zeroPoint.length === 1 ? 0 : m]!, m * rows, (m + 1) * rows);
  return { ...weights, values };
}
