import { INPUT_NAME, type Network, type NetworkNode } from '../../../models/network.js';

/** The stage value that a value of a tensor is: null for padding. */
export interface Origin {
  readonly stage: string;
  readonly channel: number;
  readonly pixel: number;
}

/** [channels][pixels] */
export type OriginMap = readonly (readonly (Origin | null)[])[];

const MOVES = ['flatten', 'concat', 'shortcutA'];

/** Naively, value by value: where every value of every tensor of a network is made. */
export function valueOrigins({ nodes, inputShape }: Network): Map<string, OriginMap> {
  const origins = new Map<string, OriginMap>([[INPUT_NAME, made(INPUT_NAME, inputShape)]]);
  for (const node of nodes) {
    origins.set(node.name, MOVES.includes(node.op) ? moved(node, origins) : made(node.name, node.outputShape));
  }
  return origins;
}

function made(stage: string, [channels, height = 1, width = 1]: readonly number[]): OriginMap {
  return Array.from({ length: channels! }, (_, channel) =>
    Array.from({ length: height * width }, (_, pixel) => ({ stage, channel, pixel })),
  );
}

function moved(node: NetworkNode, origins: ReadonlyMap<string, OriginMap>): OriginMap {
  const input = origins.get(node.input)!;
  if (node.op === 'flatten') return input.flat().map((origin) => [origin]);
  if (node.op === 'concat') return node.inputs.flatMap((name) => origins.get(name)!);
  if (node.op !== 'shortcutA') throw new Error(node.op);
  const [channels, height, width] = node.outputShape as [number, number, number];
  const inputWidth = node.inputShape[2]!;
  return Array.from({ length: channels }, (_, channel) =>
    Array.from({ length: height * width }, (_, pixel) => {
      const [y, x] = [Math.floor(pixel / width), pixel % width];
      return input[channel - node.padChannels]?.[2 * y * inputWidth + 2 * x] ?? null;
    }),
  );
}

/**
 * What window `w` of a node reads of its operand (0: `input`; 1: the other one, or the residual), by row: values of a matrix's
 * inputs in their order, or by channel all values under the kernel.
 */
export function readOf(
  node: NetworkNode,
  operand: 0 | 1,
  w: number,
  origins: ReadonlyMap<string, OriginMap>,
): { readonly channel: number; readonly row: number; readonly origin: Origin | null }[] {
  if (operand === 1) {
    const other =
      node.op === 'add'
        ? node.other
        : (node as { requantiser?: { residual?: { node: string } | null } }).requantiser?.residual?.node;
    if (other === undefined) return [];
    return origins.get(other)!.map((pixels, channel) => ({ channel, row: channel, origin: pixels[w]! }));
  }
  const input = origins.get(node.input)!;
  switch (node.op) {
    case 'conv':
    case 'maxpool': {
      const [, height, width] = node.inputShape as [number, number, number];
      const outputWidth = node.outputShape[2]!;
      const dilation = node.op === 'conv' ? node.dilationHeight : 1;
      const top = Math.floor(w / outputWidth) * node.strideHeight - node.padTop;
      const left = (w % outputWidth) * node.strideWidth - node.padLeft;
      const reads: { channel: number; row: number; origin: Origin | null }[] = [];
      input.forEach((pixels, channel) => {
        for (let ky = 0; ky < node.kernelHeight; ky++) {
          for (let kx = 0; kx < node.kernelWidth; kx++) {
            const [y, x] = [top + ky * dilation, left + kx * dilation];
            const inside = y >= 0 && y < height && x >= 0 && x < width;
            reads.push({ channel, row: reads.length, origin: inside ? pixels[y * width + x]! : null });
          }
        }
      });
      return reads;
    }
    case 'gap':
    case 'fc':
      return input.flatMap((pixels, channel) => pixels.map((origin) => ({ channel, row: channel, origin })));
    default:
      return input.map((pixels, channel) => ({ channel, row: channel, origin: pixels[w]! }));
  }
}
