import fc from 'fast-check';
import { activationDtype, newActivations } from '../../models/activation-format.js';
import type { ConvNode, FcNode } from '../../models/network.js';
import type { Tensor } from '../../models/tensor.js';

export interface NodeAndInput<N> {
  readonly node: N;
  /** The node's input, of `inputBits` bits. */
  readonly input: Tensor;
  readonly inputBits: number;
}

const matrixParts = (outputs: number) => ({
  multiplier: new Float64Array(outputs).fill(1),
  bias: new Float64Array(outputs),
  residual: null,
  windowPruning: null,
  weightScale: null,
  last: false,
});

/** Any values of the width, also the lowest signed one, which quantisation never makes. */
function activations(shape: number[], signed: boolean, bits: number): fc.Arbitrary<Tensor> {
  const length = shape.reduce((a, b) => a * b, 1);
  const value = signed
    ? fc.integer({ min: -(2 ** (bits - 1)), max: 2 ** (bits - 1) - 1 })
    : fc.integer({ min: 0, max: 2 ** bits - 1 });
  return fc.array(value, { minLength: length, maxLength: length }).map((values) => {
    const data = newActivations(bits, signed, length);
    data.set(values);
    return { dtype: activationDtype(bits, signed), shape, data };
  });
}

function weightsOf(length: number, bits: number): fc.Arbitrary<Int32Array> {
  const value = fc.integer({ min: -(2 ** (bits - 1)), max: 2 ** (bits - 1) - 1 });
  return fc.array(value, { minLength: length, maxLength: length }).map((values) => Int32Array.from(values));
}

/** 8 bits, as files have, or any width of 1 .. 16. */
const width = fc.oneof(fc.constant(8), fc.integer({ min: 1, max: 16 }));

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
    inputBits: width,
    weightBits: width,
  })
  .chain(({ channels, outputs, kernelHeight, kernelWidth, stride, padShare, extraHeight, extraWidth, ...format }) => {
    const { signed, inputBits, weightBits } = format;
    const pad = Math.min(padShare, Math.max(kernelHeight, kernelWidth) - 1);
    const height = Math.max(1, kernelHeight - 2 * pad) + extraHeight;
    const inputWidth = Math.max(1, kernelWidth - 2 * pad) + extraWidth;
    const inputShape = [channels, height, inputWidth];
    return fc.record({
      inputBits: fc.constant(inputBits),
      input: activations(inputShape, signed, inputBits),
      node: weightsOf(outputs * channels * kernelHeight * kernelWidth, weightBits).map((weights) => ({
        ...matrixParts(outputs),
        op: 'conv' as const,
        name: 'conv',
        input: 'input',
        inputShape,
        inputSigned: signed,
        outputShape: [
          outputs,
          Math.floor((height + 2 * pad - kernelHeight) / stride) + 1,
          Math.floor((inputWidth + 2 * pad - kernelWidth) / stride) + 1,
        ],
        weights,
        weightBits,
        kernelHeight,
        kernelWidth,
        stride,
        pad,
      })),
    });
  });

export const fcAndInput: fc.Arbitrary<NodeAndInput<FcNode>> = fc
  .record({ inputs: upTo(12), outputs: upTo(5), signed: fc.boolean(), inputBits: width, weightBits: width })
  .chain(({ inputs, outputs, signed, inputBits, weightBits }) =>
    fc.record({
      inputBits: fc.constant(inputBits),
      input: activations([inputs], signed, inputBits),
      node: weightsOf(outputs * inputs, weightBits).map((weights) => ({
        ...matrixParts(outputs),
        op: 'fc' as const,
        name: 'fc',
        input: 'input',
        inputShape: [inputs],
        inputSigned: signed,
        outputShape: [outputs],
        weights,
        weightBits,
      })),
    }),
  );

/** The definition of a convolution and of a matrix product, a sum a result: [windows][outputs]. */
export function naiveAccumulators({ node, input }: Pick<NodeAndInput<ConvNode | FcNode>, 'node' | 'input'>): number[] {
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
