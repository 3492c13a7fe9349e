import { compileDenseShape } from '../../../mapping/dense.js';
import type { OuProgram } from '../../../mapping/ou-program.js';
import { plainFormat } from '../../../models/activation-format.js';
import { rowsOf } from '../../../models/matrix-node.js';
import {
  type ConvNode,
  type FcNode,
  INPUT_NAME,
  isMatrixNode,
  type Network,
  type NetworkNode,
  type RealRequantiser,
  type Shape,
} from '../../../models/network.js';
import { randomInteger, seededRandom } from '../../mapping/random.js';

const FORMAT = plainFormat(8, false);

/** Crossbars of 8 x 4 cells of 2 bits, whose adjacent slices of 4-bit weights make 2 outputs of a crossbar. */
const CROSSBAR = { wordlines: 8, bitlines: 4, bitsPerCell: 2 };

/** Programs of the shapes alone, with words of `inputBits` bits. */
export function shapePrograms(network: Network, inputBits = 8): Map<string, OuProgram> {
  return new Map(
    network.nodes.filter(isMatrixNode).map((node) => [
      node.name,
      compileDenseShape({
        rows: rowsOf(node),
        outputs: node.outputShape[0]!,
        weightBits: 4,
        inputBits,
        bitsPerPlane: 1,
        encoding: 'offset',
        layout: 'adjacent',
        crossbar: CROSSBAR,
        ou: { wordlines: 8, bitlines: 4 },
      }),
    ]),
  );
}

/** Builds networks of which only the shapes mean something. */
export class NetworkBuilder {
  readonly nodes: NetworkNode[] = [];
  private readonly shapes = new Map<string, Shape>();

  constructor(private readonly inputShape: readonly [number, number, number]) {
    this.shapes.set(INPUT_NAME, inputShape);
  }

  shapeOf(name: string): Shape {
    return this.shapes.get(name)!;
  }

  network(): Network {
    return {
      title: 'random',
      inputShape: this.inputShape,
      inputFormat: FORMAT,
      activationBits: 8,
      inputScale: 1,
      preprocess: { kind: 'raw' },
      nodes: this.nodes,
      synthetic: null,
    };
  }

  private add(node: NetworkNode): string {
    this.nodes.push(node);
    this.shapes.set(node.name, node.outputShape);
    return node.name;
  }

  private base(op: string, input: string, outputShape: Shape) {
    return {
      name: `${op}${this.nodes.length}`,
      input,
      inputShape: this.shapeOf(input),
      inputFormat: FORMAT,
      outputShape,
      outputFormat: FORMAT,
    };
  }

  private matrix(residual: string | null) {
    const requantiser: RealRequantiser = {
      kind: 'real',
      multiplier: new Float64Array(0),
      bias: new Float64Array(0),
      residual: residual === null ? null : { node: residual, multiplier: 1 },
    };
    return {
      weights: new Int8Array(0),
      weightBits: 4,
      weightZeroPoint: null,
      weightScale: null,
      requantiser,
      windowPruning: null,
      last: false,
    };
  }

  conv(
    input: string,
    outputs: number,
    {
      kernel = 1,
      stride = 1,
      pad = 0,
      dilation = 1,
      residual = null,
    }: { kernel?: number; stride?: number; pad?: number; dilation?: number; residual?: string | null } = {},
  ): string {
    const [, height, width] = this.shapeOf(input) as [number, number, number];
    const side = (size: number) => Math.floor((size + 2 * pad - dilation * (kernel - 1) - 1) / stride) + 1;
    const node: ConvNode = {
      ...this.base('conv', input, [outputs, side(height), side(width)]),
      ...this.matrix(residual),
      ...geometry(kernel, stride, pad),
      op: 'conv',
      dilationHeight: dilation,
      dilationWidth: dilation,
      groups: 1,
    };
    return this.add(node);
  }

  fc(input: string, outputs: number): string {
    const node: FcNode = { ...this.base('fc', input, [outputs]), ...this.matrix(null), op: 'fc' };
    return this.add(node);
  }

  maxpool(input: string, kernel: number, stride: number, pad: number): string {
    const [channels, height, width] = this.shapeOf(input) as [number, number, number];
    const side = (size: number) => Math.floor((size + 2 * pad - kernel) / stride) + 1;
    const base = this.base('maxpool', input, [channels, side(height), side(width)]);
    return this.add({ ...base, ...geometry(kernel, stride, pad), op: 'maxpool' });
  }

  gap(input: string): string {
    return this.add({ ...this.base('gap', input, [this.shapeOf(input)[0]!]), op: 'gap' });
  }

  flatten(input: string): string {
    const features = this.shapeOf(input).reduce((a, b) => a * b);
    return this.add({ ...this.base('flatten', input, [features]), op: 'flatten' });
  }

  rescale(input: string): string {
    const arithmetic = { kind: 'float32' as const, scale: 1, outputScale: 1 };
    return this.add({
      ...this.base('rescale', input, this.shapeOf(input)),
      op: 'rescale',
      arithmetic,
      min: 0,
      max: 255,
    });
  }

  sum(input: string, other: string): string {
    const arithmetic = { kind: 'float32' as const, scale: 1, otherScale: 1, outputScale: 1 };
    const base = this.base('add', input, this.shapeOf(input));
    return this.add({ ...base, op: 'add', other, otherFormat: FORMAT, arithmetic, min: 0, max: 255 });
  }

  concat(inputs: readonly string[]): string {
    const inputShapes = inputs.map((input) => this.shapeOf(input));
    const channels = inputShapes.reduce((sum, shape) => sum + shape[0]!, 0);
    const base = this.base('concat', inputs[0]!, [channels, ...inputShapes[0]!.slice(1)]);
    return this.add({ ...base, op: 'concat', inputs, inputShapes });
  }

  shortcutA(input: string, padChannels: number): string {
    const [channels, height, width] = this.shapeOf(input) as [number, number, number];
    const shape = [channels + 2 * padChannels, Math.ceil(height / 2), Math.ceil(width / 2)];
    return this.add({ ...this.base('shortcutA', input, shape), op: 'shortcutA', padChannels });
  }
}

function geometry(kernel: number, stride: number, pad: number) {
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

/** Small networks with branches, sums, concatenations, shortcuts, pooling and fully connected layers. */
export function randomNetwork(seed: number): Network {
  const random = seededRandom(seed);
  const integer = (min: number, max: number) => randomInteger(random, min, max);
  const builder = new NetworkBuilder([integer(1, 3), integer(2, 5), integer(2, 5)]);
  const maps = [INPUT_NAME];
  const pick = (from: readonly string[]) => from[integer(Math.max(0, from.length - 3), from.length - 1)]!;
  const sameShape = (shape: Shape) => maps.filter((name) => builder.shapeOf(name).join() === shape.join());
  const sameMap = (shape: Shape) =>
    maps.filter((name) => builder.shapeOf(name).slice(1).join() === shape.slice(1).join());
  maps.push(builder.conv(INPUT_NAME, integer(1, 4), { kernel: 3, pad: 1 }));
  const nodes = integer(2, 7);
  for (let i = 0; i < nodes; i++) {
    const input = pick(maps);
    const [channels, height, width] = builder.shapeOf(input) as [number, number, number];
    switch (integer(0, 7)) {
      case 0:
      case 1: {
        const kernel = 2 * integer(0, 1) + 1;
        const partners = sameShape([integer(1, 3), height, width]);
        const residual = partners.length > 0 && integer(0, 1) === 1 ? pick(partners) : null;
        const outputs = residual === null ? integer(1, 5) : builder.shapeOf(residual)[0]!;
        maps.push(builder.conv(input, outputs, { kernel, pad: (kernel - 1) / 2, residual }));
        break;
      }
      case 2: {
        const dilation = integer(1, 2);
        const pad = integer(1, 2);
        if (Math.min(height, width) + 2 * pad <= dilation) break;
        maps.push(builder.conv(input, integer(1, 4), { kernel: 2, stride: integer(1, 2), pad, dilation }));
        break;
      }
      case 3:
        if (Math.min(height, width) >= 2) maps.push(builder.maxpool(input, 2, integer(1, 2), integer(0, 1)));
        break;
      case 4:
        maps.push(builder.sum(input, pick(sameShape([channels, height, width]))));
        break;
      case 5:
        maps.push(builder.concat([input, pick(sameMap([channels, height, width]))]));
        break;
      case 6:
        maps.push(builder.shortcutA(input, integer(0, 2)));
        break;
      case 7:
        maps.push(builder.rescale(input));
        break;
    }
  }
  const last = maps.at(-1)!;
  const features = integer(0, 1) === 0 ? builder.gap(last) : builder.flatten(last);
  builder.fc(features, integer(1, 6));
  return builder.network();
}
