import type { ConvNode, FcNode, MatrixNode } from './network.js';
import type { Tensor } from './tensor.js';

/**
 * The accumulators of a conv or fc node: sums of input times weight in exact integers, zero padding, no bias. Computed
 * from the (signed) inputs themselves, channel by channel, and so independent of the matrix view in `MatrixLayer`, whose
 * window pruning it does not know.
 *
 * @param input the node's input, shape `node.inputShape`
 * @returns shape [windows][outputs] row-major; windows are output pixels, row by row
 */
export function integerProduct(node: MatrixNode, input: Tensor): Float64Array {
  return node.op === 'conv' ? convolve(node, input) : multiply(node, input);
}

function multiply(node: FcNode, input: Tensor): Float64Array {
  const { weights } = node;
  const values = Int32Array.from(input.data);
  const sums = new Float64Array(node.outputShape[0]!);
  for (let m = 0; m < sums.length; m++) {
    const row = m * values.length;
    let sum = 0;
    for (let k = 0; k < values.length; k++) sum += values[k]! * weights[row + k]!;
    sums[m] = sum;
  }
  return sums;
}

function convolve(node: ConvNode, input: Tensor): Float64Array {
  const { weights, kernelHeight, kernelWidth, stride } = node;
  const channels = node.inputShape[0]!;
  const [outputs, outputHeight, outputWidth] = node.outputShape as [number, number, number];
  const { padded, paddedHeight, paddedWidth } = padWithZeros(node, input);
  const windows = outputHeight * outputWidth;
  const sums = new Float64Array(windows * outputs);
  const plane = new Float64Array(windows);
  let weightIndex = 0;
  for (let m = 0; m < outputs; m++) {
    plane.fill(0);
    for (let channel = 0; channel < channels; channel++) {
      for (let ky = 0; ky < kernelHeight; ky++) {
        for (let kx = 0; kx < kernelWidth; kx++) {
          const weight = weights[weightIndex++]!;
          if (weight === 0) continue;
          let window = 0;
          for (let y = 0; y < outputHeight; y++) {
            let at = (channel * paddedHeight + y * stride + ky) * paddedWidth + kx;
            for (let x = 0; x < outputWidth; x++) {
              plane[window]! += weight * padded[at]!;
              window++;
              at += stride;
            }
          }
        }
      }
    }
    for (let window = 0; window < windows; window++) sums[window * outputs + m] = plane[window]!;
  }
  return sums;
}

function padWithZeros(
  node: ConvNode,
  input: Tensor,
): { padded: Int32Array; paddedHeight: number; paddedWidth: number } {
  const [channels, height, width] = node.inputShape as [number, number, number];
  const paddedHeight = height + 2 * node.pad;
  const paddedWidth = width + 2 * node.pad;
  const padded = new Int32Array(channels * paddedHeight * paddedWidth);
  for (let channel = 0; channel < channels; channel++) {
    for (let y = 0; y < height; y++) {
      const row = (channel * height + y) * width;
      padded.set(
        input.data.subarray(row, row + width),
        (channel * paddedHeight + y + node.pad) * paddedWidth + node.pad,
      );
    }
  }
  return { padded, paddedHeight, paddedWidth };
}
