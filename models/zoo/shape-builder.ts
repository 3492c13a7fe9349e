import { formatMax, formatMin, plainFormat } from '../activation-format.js';
import {
  type ActivationFormat,
  type ConvNode,
  type FcNode,
  INPUT_NAME,
  type Integers,
  type KernelGeometry,
  type MatrixNode,
  type NetworkNode,
  type RealRequantiser,
  type Shape,
} from '../network.js';
import { elementsOf } from '../tensor.js';

/** After a ReLU: 0..255. */
export const UNSIGNED_8 = plainFormat(8, false);
/** Without one: -128..127. */
export const SIGNED_8 = plainFormat(8, true);

/** Bits of the drawn weights, the sign included. */
export const WEIGHT_BITS = 8;

/** Draws the weights of a matrix node, by its name and their number, each time they are read. */
export type WeightSource = (node: string, count: number) => Integers;

export interface ConvShape {
  readonly outputs: number;
  readonly kernel: number;
  /** Default 1. */
  readonly stride?: number;
  /** On all four sides; default half the kernel, which keeps height and width at stride 1. */
  readonly pad?: number;
  /** Default 1; `depthwise` for as many as there are input channels. */
  readonly groups?: number | 'depthwise';
  /** Default true; false: outputs keep their sign. */
  readonly relu?: boolean;
  /** Node whose output is added before the ReLU. */
  readonly residual?: string;
}

export interface PoolShape {
  readonly kernel: number;
  readonly stride: number;
  /** On all four sides; default 0. */
  readonly pad?: number;
}

interface Output {
  readonly shape: Shape;
  readonly format: ActivationFormat;
}

/**
 * Builds the nodes of a network from its shape: every method adds a node and returns its name, which later ones take as
 * input. Output extents follow from input, kernel, stride and padding. BatchNorm is not a node: it lies in the requantiser
 * of the convolution before it, as biases do.
 */
export class ShapeBuilder {
  readonly nodes: NetworkNode[] = [];
  private readonly outputs = new Map<string, Output>();

  /** @param weights called when a node's weights are read, not while the graph is built */
  constructor(
    inputShape: readonly [channels: number, height: number, width: number],
    private readonly weights: WeightSource,
  ) {
    this.outputs.set(INPUT_NAME, { shape: inputShape, format: UNSIGNED_8 });
  }

  /** Channels of a node's output. */
  channelsOf(name: string): number {
    return this.output(name).shape[0]!;
  }

  conv(name: string, input: string, shape: ConvShape): string {
    const { outputs, kernel, stride = 1, pad = Math.floor(kernel / 2), relu = true, residual = null } = shape;
    const [channels, height, width] = this.imageOf(input);
    const groups = shape.groups === 'depthwise' ? channels : (shape.groups ?? 1);
    if (channels % groups !== 0 || outputs % groups !== 0) {
      throw new RangeError(
        `"${name}": ${groups} groups of ${channels} inputs and ${outputs} outputs; must divide both`,
      );
    }
    const geometry = squareGeometry(kernel, stride, pad);
    const outputShape = [outputs, ...slidExtents(name, height, width, geometry)];
    if (residual !== null && this.output(residual).shape.join() !== outputShape.join()) {
      throw new RangeError(
        `"${name}": residual "${residual}" [${this.output(residual).shape.join(', ')}]; needed: [${outputShape.join(', ')}]`,
      );
    }
    const rows = (channels / groups) * kernel * kernel;
    const matrix = this.matrix(name, input, outputShape, relu ? UNSIGNED_8 : SIGNED_8, residual);
    const conv = { ...matrix, ...geometry, op: 'conv' as const, dilationHeight: 1, dilationWidth: 1, groups };
    return this.addMatrix(conv, rows * outputs);
  }

  /** Fully connected, with ReLU. */
  fc(name: string, input: string, outputs: number): string {
    return this.addFc(name, input, outputs, UNSIGNED_8, false);
  }

  /** The fully connected layer that ends the network; its outputs are the logits. */
  classifier(name: string, input: string, classes: number): string {
    return this.addFc(name, input, classes, SIGNED_8, true);
  }

  maxpool(name: string, input: string, { kernel, stride, pad = 0 }: PoolShape): string {
    return this.add({ ...this.pooled(name, input, squareGeometry(kernel, stride, pad)), op: 'maxpool' });
  }

  avgpool(name: string, input: string, { kernel, stride, pad = 0 }: PoolShape): string {
    const node = this.pooled(name, input, squareGeometry(kernel, stride, pad));
    return this.add({ ...node, op: 'avgpool', arithmetic: { kind: 'mean' }, ...rangeOf(node.outputFormat) });
  }

  /** Global average pooling. */
  gap(name: string, input: string): string {
    const [channels] = this.imageOf(input);
    return this.add({ ...this.base(name, input, [channels], this.output(input).format), op: 'gap' });
  }

  flatten(name: string, input: string): string {
    const { shape, format } = this.output(input);
    return this.add({ ...this.base(name, input, [elementsOf(shape)], format), op: 'flatten' });
  }

  concat(name: string, inputs: readonly string[]): string {
    const first = this.output(inputs[0]!);
    const inputShapes = inputs.map((input) => this.output(input).shape);
    for (const input of inputs) {
      const { shape, format } = this.output(input);
      const fits = shape.slice(1).join() === first.shape.slice(1).join() && format.signed === first.format.signed;
      if (!fits) throw new RangeError(`"${name}": "${input}" differs from "${inputs[0]}" in extent or format`);
    }
    const channels = inputShapes.reduce((sum, shape) => sum + shape[0]!, 0);
    const outputShape = [channels, ...first.shape.slice(1)];
    return this.add({
      ...this.base(name, inputs[0]!, outputShape, first.format),
      op: 'concat',
      inputs: [...inputs],
      inputShapes,
    });
  }

  /**
   * BatchNorm and ReLU that follow no convolution (DenseNet): signed values in, unsigned out, element by element. Its
   * factors per channel are left out, which changes neither the work nor what moves.
   */
  normRelu(name: string, input: string): string {
    return this.rescale(name, input, UNSIGNED_8, 1);
  }

  /** Unsigned values in half as many steps, so that they can stand beside signed ones in a concat. */
  asSigned(name: string, input: string): string {
    return this.rescale(name, input, SIGNED_8, 2);
  }

  private rescale(name: string, input: string, format: ActivationFormat, outputScale: number): string {
    const base = this.base(name, input, this.output(input).shape, format);
    return this.add({
      ...base,
      op: 'rescale',
      arithmetic: { kind: 'float32', scale: 1, outputScale },
      ...rangeOf(format),
    });
  }

  private add(node: NetworkNode): string {
    if (this.outputs.has(node.name)) throw new RangeError(`two nodes are named "${node.name}"`);
    this.nodes.push(node);
    this.outputs.set(node.name, { shape: node.outputShape, format: node.outputFormat });
    return node.name;
  }

  private base(name: string, input: string, outputShape: Shape, outputFormat: ActivationFormat) {
    const { shape: inputShape, format: inputFormat } = this.output(input);
    return { name, input, inputShape, inputFormat, outputShape, outputFormat };
  }

  private addFc(name: string, input: string, outputs: number, format: ActivationFormat, last: boolean): string {
    const rows = elementsOf(this.output(input).shape);
    const matrix = this.matrix(name, input, [outputs], format, null);
    return this.addMatrix({ ...matrix, op: 'fc', last }, rows * outputs);
  }

  private matrix(
    name: string,
    input: string,
    outputShape: Shape,
    outputFormat: ActivationFormat,
    residual: string | null,
  ) {
    return {
      ...this.base(name, input, outputShape, outputFormat),
      weightBits: WEIGHT_BITS,
      weightZeroPoint: null,
      // Weights are drawn as integers; a step of 1 gives them a float value for quantisers that ask for one.
      weightScale: 1,
      requantiser: emptyRequantiser(outputShape[0]!, residual),
      windowPruning: null,
      last: false,
    };
  }

  /** The weights become a getter last of all: a spread would read them. */
  private addMatrix(shape: Omit<ConvNode, 'weights'> | Omit<FcNode, 'weights'>, count: number): string {
    const weights = { enumerable: true, get: () => this.weights(shape.name, count) };
    return this.add(Object.defineProperty(shape, 'weights', weights) as MatrixNode);
  }

  private pooled(name: string, input: string, geometry: KernelGeometry) {
    const [channels, height, width] = this.imageOf(input);
    const outputShape = [channels, ...slidExtents(name, height, width, geometry)];
    return { ...this.base(name, input, outputShape, this.output(input).format), ...geometry };
  }

  private output(name: string): Output {
    const output = this.outputs.get(name);
    if (output === undefined)
      throw new RangeError(`no node "${name}"; there are ${[...this.outputs.keys()].join(', ')}`);
    return output;
  }

  private imageOf(name: string): readonly [channels: number, height: number, width: number] {
    const { shape } = this.output(name);
    if (shape.length !== 3) throw new RangeError(`"${name}" has shape [${shape.join(', ')}]; needed: three extents`);
    return shape as readonly number[] as readonly [number, number, number];
  }
}

/** Of two independent summands of one spread, so that their sum has it too. */
export const RESIDUAL_SHARE = Math.SQRT1_2;

/** Multipliers and biases are left 0: they need the whole network (`keepSpread`). */
function emptyRequantiser(outputs: number, residual: string | null): RealRequantiser {
  return {
    kind: 'real',
    multiplier: new Float64Array(outputs),
    bias: new Float64Array(outputs),
    residual: residual === null ? null : { node: residual, multiplier: RESIDUAL_SHARE },
  };
}

function squareGeometry(kernel: number, stride: number, pad: number): KernelGeometry {
  return {
    kernelHeight: kernel,
    kernelWidth: kernel,
    strideHeight: stride,
    strideWidth: stride,
    padTop: pad,
    padLeft: pad,
    padBottom: pad,
    padRight: pad,
  };
}

/** Places of the kernel, height and width; what does not fill a stride at the end is not covered. */
function slidExtents(name: string, height: number, width: number, kernel: KernelGeometry): [number, number] {
  const rows = height + kernel.padTop + kernel.padBottom - kernel.kernelHeight;
  const columns = width + kernel.padLeft + kernel.padRight - kernel.kernelWidth;
  if (rows < 0 || columns < 0) {
    throw new RangeError(
      `"${name}": kernel ${kernel.kernelHeight} on ${height} x ${width}; larger than the padded input`,
    );
  }
  return [Math.floor(rows / kernel.strideHeight) + 1, Math.floor(columns / kernel.strideWidth) + 1];
}

function rangeOf(format: ActivationFormat): { min: number; max: number } {
  return { min: formatMin(format), max: formatMax(format) };
}
