import type {
  AvgpoolNode,
  ConcatNode,
  FlattenNode,
  GapNode,
  KernelGeometry,
  MaxpoolNode,
  Shape,
  ShortcutANode,
} from './network.js';
import type { TensorData } from './tensor.js';

/** The nodes each of whose outputs is a value of their inputs, or a mean of integers in one format. */
export type RearrangingNode = MaxpoolNode | GapNode | FlattenNode | ShortcutANode | ConcatNode;

/**
 * The nodes that only move values or take the mean of a channel.
 *
 * @param sources values of the node's inputs, in the order of `inputsOf`
 * @param output shape `node.outputShape`; overwritten. Global averages are rounded half up, but in a Float64Array
 */
export function rearrange(node: RearrangingNode, sources: readonly TensorData[], output: TensorData): void {
  const source = sources[0]!;
  switch (node.op) {
    case 'maxpool':
      poolMaxima(node, source, output);
      break;
    case 'gap':
      averageChannels(source, output);
      break;
    case 'shortcutA':
      subsample(node, source, output);
      break;
    case 'flatten':
      output.set(source);
      break;
    case 'concat':
      concatenate(sources, output);
      break;
  }
}

/** Called for an output pixel with the part of the input under its kernel: rows top .. bottom - 1, columns left .. right - 1. */
type Visit = (output: number, plane: number, top: number, bottom: number, left: number, right: number) => void;

/** Visits the output pixels of a pooling node, channel slowest; the kernel is cut at the edges of the input. */
function forEachKernel(
  node: KernelGeometry & { readonly inputShape: Shape; readonly outputShape: Shape },
  visit: Visit,
): void {
  const [, inputHeight, inputWidth] = node.inputShape as [number, number, number];
  const [channels, height, width] = node.outputShape as [number, number, number];
  let output = 0;
  for (let channel = 0; channel < channels; channel++) {
    const plane = channel * inputHeight * inputWidth;
    for (let y = 0; y < height; y++) {
      const top = y * node.strideHeight - node.padTop;
      const bottom = Math.min(inputHeight, top + node.kernelHeight);
      for (let x = 0; x < width; x++) {
        const left = x * node.strideWidth - node.padLeft;
        const right = Math.min(inputWidth, left + node.kernelWidth);
        visit(output++, plane, Math.max(0, top), bottom, Math.max(0, left), right);
      }
    }
  }
}

function poolMaxima(node: MaxpoolNode, source: TensorData, output: TensorData): void {
  const width = node.inputShape[2]!;
  forEachKernel(node, (to, plane, top, bottom, left, right) => {
    let largest = -Infinity;
    for (let y = top; y < bottom; y++) {
      for (let x = left; x < right; x++) largest = Math.max(largest, source[plane + y * width + x]!);
    }
    output[to] = largest;
  });
}

/**
 * Sums under the kernels of an average pooling.
 *
 * @returns for each output pixel the sum of (x - zeroPoint) and how many pixels it has
 */
export function poolSums(
  node: AvgpoolNode,
  source: TensorData,
  zeroPoint: number,
): { readonly sums: Float64Array; readonly counts: Int32Array } {
  const width = node.inputShape[2]!;
  const size = node.outputShape.reduce((a, b) => a * b, 1);
  const sums = new Float64Array(size);
  const counts = new Int32Array(size);
  forEachKernel(node, (to, plane, top, bottom, left, right) => {
    let sum = 0;
    for (let y = top; y < bottom; y++) {
      for (let x = left; x < right; x++) sum += source[plane + y * width + x]! - zeroPoint;
    }
    sums[to] = sum;
    counts[to] = (bottom - top) * (right - left);
  });
  return { sums, counts };
}

/** The mean of each channel; in integers floor(mean + 0.5). */
function averageChannels(source: TensorData, output: TensorData): void {
  const pixels = source.length / output.length;
  const rounds = !(output instanceof Float64Array);
  for (let channel = 0; channel < output.length; channel++) {
    let sum = 0;
    for (let i = channel * pixels; i < (channel + 1) * pixels; i++) sum += source[i]!;
    const mean = sum / pixels;
    output[channel] = rounds ? Math.floor(mean + 0.5) : mean;
  }
}

/** Between channels of the zero point, which is 0 in floats. */
function subsample(node: ShortcutANode, source: TensorData, output: TensorData): void {
  const [channels, inputHeight, inputWidth] = node.inputShape as [number, number, number];
  const [, height, width] = node.outputShape as [number, number, number];
  output.fill(output instanceof Float64Array ? 0 : node.inputFormat.zeroPoint);
  let to = node.padChannels * height * width;
  for (let channel = 0; channel < channels; channel++) {
    for (let y = 0; y < height; y++) {
      const row = (channel * inputHeight + 2 * y) * inputWidth;
      for (let x = 0; x < width; x++) output[to++] = source[row + 2 * x]!;
    }
  }
}

function concatenate(sources: readonly TensorData[], output: TensorData): void {
  let to = 0;
  for (const source of sources) {
    output.set(source, to);
    to += source.length;
  }
}
