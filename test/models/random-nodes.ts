import fc from 'fast-check';
import type { ConvNode, FcNode } from '../../models/network.js';
import type { Tensor } from '../../models/tensor.js';

export interface NodeAndInput<N> {
  readonly node: N;
  readonly input: Tensor;
}

const matrixParts = (outputs: number) => ({
  multiplier: new Float64Array(outputs).fill(1),
  bias: new Float64Array(outputs),
  residual: null,
  last: false,
});

function activations(shape: number[], signed: boolean): fc.Arbitrary<Tensor> {
  const length = shape.reduce((a, b) => a * b, 1);
  return signed
    ? fc
        .int8Array({ minLength: length, maxLength: length })
        .map((data) => ({ dtype: 'I8', shape, data: Int8Array.from(data) }))
    : fc
        .uint8Array({ minLength: length, maxLength: length })
        .map((data) => ({ dtype: 'U8', shape, data: Uint8Array.from(data) }));
}

function int8(length: number): fc.Arbitrary<Int8Array> {
  return fc.int8Array({ minLength: length, maxLength: length }).map((data) => Int8Array.from(data));
}

const upTo = (max: number, min = 1) => fc.integer({ min, max });

/** Small convolutions of any kernel, stride, padding and signedness, with an input. */
export const convAndInput: fc.Arbitrary<NodeAndInput<ConvNode>> = fc
  .record({
    channels: upTo(3),
    outputs: upTo(3),
    kernelHeight: upTo(4),
    kernelWidth: upTo(4),
    stride: upTo(3),
    padShare: fc.nat(3),
    extraHeight: fc.nat(4),
    extraWidth: fc.nat(4),
    signed: fc.boolean(),
  })
  .chain(({ channels, outputs, kernelHeight, kernelWidth, stride, padShare, extraHeight, extraWidth, signed }) => {
    const pad = Math.min(padShare, Math.max(kernelHeight, kernelWidth) - 1);
    const height = Math.max(1, kernelHeight - 2 * pad) + extraHeight;
    const width = Math.max(1, kernelWidth - 2 * pad) + extraWidth;
    const inputShape = [channels, height, width];
    return fc.record({
      input: activations(inputShape, signed),
      node: int8(outputs * channels * kernelHeight * kernelWidth).map((weights) => ({
        ...matrixParts(outputs),
        op: 'conv' as const,
        name: 'conv',
        input: 'input',
        inputShape,
        inputSigned: signed,
        outputShape: [
          outputs,
          Math.floor((height + 2 * pad - kernelHeight) / stride) + 1,
          Math.floor((width + 2 * pad - kernelWidth) / stride) + 1,
        ],
        weights,
        kernelHeight,
        kernelWidth,
        stride,
        pad,
      })),
    });
  });

export const fcAndInput: fc.Arbitrary<NodeAndInput<FcNode>> = fc
  .record({ inputs: upTo(12), outputs: upTo(5), signed: fc.boolean() })
  .chain(({ inputs, outputs, signed }) =>
    fc.record({
      input: activations([inputs], signed),
      node: int8(outputs * inputs).map((weights) => ({
        ...matrixParts(outputs),
        op: 'fc' as const,
        name: 'fc',
        input: 'input',
        inputShape: [inputs],
        inputSigned: signed,
        outputShape: [outputs],
        weights,
      })),
    }),
  );

/** The definition of a convolution and of a matrix product, a sum a result: [windows][outputs]. */
export function naiveAccumulators({ node, input }: NodeAndInput<ConvNode | FcNode>): number[] {
  const sums: number[] = [];
  if (node.op === 'fc') {
    for (let m = 0; m < node.outputShape[0]!; m++) {
      let sum = 0;
      for (let k = 0; k < input.data.length; k++) sum += input.data[k]! * node.weights[m * input.data.length + k]!;
      sums.push(sum);
    }
    return sums;
  }
  const [channels, height, width] = node.inputShape as [number, number, number];
  const [outputs, outputHeight, outputWidth] = node.outputShape as [number, number, number];
  const pixel = (c: number, y: number, x: number) =>
    y < 0 || y >= height || x < 0 || x >= width ? 0 : input.data[(c * height + y) * width + x]!;
  for (let oy = 0; oy < outputHeight; oy++) {
    for (let ox = 0; ox < outputWidth; ox++) {
      for (let m = 0; m < outputs; m++) {
        let sum = 0;
        for (let c = 0; c < channels; c++) {
          for (let ky = 0; ky < node.kernelHeight; ky++) {
            for (let kx = 0; kx < node.kernelWidth; kx++) {
              const weight = node.weights[((m * channels + c) * node.kernelHeight + ky) * node.kernelWidth + kx]!;
              sum += weight * pixel(c, oy * node.stride - node.pad + ky, ox * node.stride - node.pad + kx);
            }
          }
        }
        sums.push(sum);
      }
    }
  }
  return sums;
}
