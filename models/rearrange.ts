import type { MatrixNode, MaxpoolNode, NetworkNode, ShortcutANode } from './network.js';
import type { TensorData } from './tensor.js';

/**
 * The nodes that are no matrix product: each value of their output is a value of their input, a mean, or 0.
 *
 * @param source shape `node.inputShape`
 * @param output zeros, shape `node.outputShape`; overwritten. Global averages are rounded half up, but in a Float64Array
 */
export function rearrange(node: Exclude<NetworkNode, MatrixNode>, source: TensorData, output: TensorData): void {
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
  }
}

function poolMaxima(node: MaxpoolNode, source: TensorData, output: TensorData): void {
  const { k } = node;
  const [channels, height, width] = node.outputShape as [number, number, number];
  const rowStep = width * k;
  let to = 0;
  for (let row = 0; row < channels * height; row++) {
    for (let x = 0; x < width; x++) {
      const corner = row * k * rowStep + x * k;
      let largest = source[corner]!;
      for (let ky = 0; ky < k; ky++) {
        for (let kx = 0; kx < k; kx++) largest = Math.max(largest, source[corner + ky * rowStep + kx]!);
      }
      output[to++] = largest;
    }
  }
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

function subsample(node: ShortcutANode, source: TensorData, output: TensorData): void {
  const [channels, inputHeight, inputWidth] = node.inputShape as [number, number, number];
  const [, height, width] = node.outputShape as [number, number, number];
  let to = node.padChannels * height * width;
  for (let channel = 0; channel < channels; channel++) {
    for (let y = 0; y < height; y++) {
      const row = (channel * inputHeight + 2 * y) * inputWidth;
      for (let x = 0; x < width; x++) output[to++] = source[row + 2 * x]!;
    }
  }
}
