import { groupsOf, requireExactSums, rowsOfGroup } from './matrix-node.js';
import type { ConvNode, FcNode, MatrixNode } from './network.js';
import type { Tensor } from './tensor.js';

/**
 * The accumulators of a conv or fc node: sums of (input - zero point) x (weight - zero point) in exact integers, without
 * bias. Computed from the inputs themselves, channel by channel, and so independent of the matrix view in `MatrixLayer`,
 * whose window pruning it does not know.
 *
 * @param input the node's input, shape `node.inputShape`
 * @returns shape [windows][outputs] row-major; windows are output pixels, row by row
 * @throws RangeError if the sums may be too large to be exact
 */
export function integerProduct(node: MatrixNode, input: Tensor): Float64Array {
  requireExactSums(node);
  return node.op === 'conv' ? convolve(node, input) : multiply(node, input);
}

function multiply(node: FcNode, input: Tensor): Float64Array {
  const { weights, weightZeroPoint, inputFormat } = node;
  const values = Int32Array.from(input.data);
  for (let k = 0; k < values.length; k++) values[k]! -= inputFormat.zeroPoint;
  const sums = new Float64Array(node.outputShape[0]!);
  for (let m = 0; m < sums.length; m++) {
    const row = m * values.length;
    const zeroPoint = weightZeroPoint === null ? 0 : weightZeroPoint[m]!;
    let sum = 0;
    for (let k = 0; k < values.length; k++) sum += values[k]! * (weights[row + k]! - zeroPoint);
    sums[m] = sum;
  }
  return sums;
}

function convolve(node: ConvNode, input: Tensor): Float64Array {
  const { weights, weightZeroPoint, kernelHeight, kernelWidth, strideHeight, strideWidth } = node;
  const { dilationHeight, dilationWidth } = node;
  const groups = groupsOf(node);
  const channels = node.inputShape[0]! / groups;
  const [outputs, outputHeight, outputWidth] = node.outputShape as [number, number, number];
  const { padded, paddedHeight, paddedWidth } = padWithZeros(node, input);
  const windows = outputHeight * outputWidth;
  const rows = rowsOfGroup(node);
  const sums = new Float64Array(windows * outputs);
  const plane = new Float64Array(windows);
  for (let m = 0; m < outputs; m++) {
    plane.fill(0);
    const firstChannel = Math.floor(m / (outputs / groups)) * channels;
    const zeroPoint = weightZeroPoint === null ? 0 : weightZeroPoint[m]!;
    let weightIndex = m * rows;
    for (let channel = firstChannel; channel < firstChannel + channels; channel++) {
      for (let ky = 0; ky < kernelHeight; ky++) {
        for (let kx = 0; kx < kernelWidth; kx++) {
          const weight = weights[weightIndex++]! - zeroPoint;
          if (weight === 0) continue;
          const corner = channel * paddedHeight + ky * dilationHeight;
          let window = 0;
          for (let y = 0; y < outputHeight; y++) {
            let at = (corner + y * strideHeight) * paddedWidth + kx * dilationWidth;
            for (let x = 0; x < outputWidth; x++) {
              plane[window]! += weight * padded[at]!;
              window++;
              at += strideWidth;
            }
          }
        }
      }
    }
    for (let window = 0; window < windows; window++) sums[window * outputs + m] = plane[window]!;
  }
  return sums;
}

/** The input less its zero point, between zeros. */
function padWithZeros(
  node: ConvNode,
  input: Tensor,
): { padded: Int32Array; paddedHeight: number; paddedWidth: number } {
  const [channels, height, width] = node.inputShape as [number, number, number];
  const { zeroPoint } = node.inputFormat;
  const paddedHeight = height + node.padTop + node.padBottom;
  const paddedWidth = width + node.padLeft + node.padRight;
  const padded = new Int32Array(channels * paddedHeight * paddedWidth);
  let from = 0;
  for (let channel = 0; channel < channels; channel++) {
    for (let y = 0; y < height; y++) {
      const row = (channel * paddedHeight + y + node.padTop) * paddedWidth + node.padLeft;
      for (let x = 0; x < width; x++) padded[row + x] = input.data[from++]! - zeroPoint;
    }
  }
  return { padded, paddedHeight, paddedWidth };
}
