import fc from 'fast-check';
import { activationDtype, formatMax, formatMin, newActivations, plainFormat } from '../../models/activation-format.js';
import { newIntegers } from '../../models/integers.js';
import type { ActivationFormat, ConvNode, FcNode, Integers, Shape } from '../../models/network.js';
import type { Tensor } from '../../models/tensor.js';

export interface NodeAndInput<N> {
  readonly node: N;
  /** The node's input, in its format. */
  readonly input: Tensor;
}

const matrixParts = (outputs: number) => ({
  outputFormat: plainFormat(8, false),
  requantiser: {
    kind: 'real' as const,
    multiplier: new Float64Array(outputs).fill(1),
    bias: new Float64Array(outputs),
    residual: null,
  },
  windowPruning: null,
  weightScale: null,
  last: false,
});

/** Any values of the format, also the lowest signed one, which quantisation never makes. */
export function activations(shape: Shape, format: ActivationFormat): fc.Arbitrary<Tensor> {
  const length = shape.reduce((a, b) => a * b, 1);
  const value = fc.integer({ min: formatMin(format), max: formatMax(format) });
  return fc.array(value, { minLength: length, maxLength: length }).map((values) => {
    const data = newActivations(format, length);
    data.set(values);
    return { dtype: activationDtype(format), shape, data };
  });
}

function weightsOf(length: number, bits: number): fc.Arbitrary<Integers> {
  const value = fc.integer({ min: -(2 ** (bits - 1)), max: 2 ** (bits - 1) - 1 });
  return fc.array(value, { minLength: length, maxLength: length }).map((values) => {
    const weights = newIntegers(bits, length);
    weights.set(values);
    return weights;
  });
}

/** None, or one per output within the range of the weights. */
function weightZeroPoints(outputs: number, bits: number): fc.Arbitrary<Int32Array | null> {
  const zeroPoint = fc.integer({ min: -(2 ** (bits - 1)), max: 2 ** (bits - 1) - 1 });
  const each = fc.array(zeroPoint, { minLength: outputs, maxLength: outputs });
  return fc.option(
    each.map((values) => Int32Array.from(values)),
    { nil: null },
  );
}

/** 8 bits, as files have, or any width of 1 .. 16. */
const width = fc.oneof(fc.constant(8), fc.integer({ min: 1, max: 16 }));

/** Of ousim's own files, or with any zero point in its range, as imported networks have. */
export const activationFormat: fc.Arbitrary<ActivationFormat> = fc
  .record({ bits: width, signed: fc.boolean() })
  .chain(({ bits, signed }) => {
    const plain = plainFormat(bits, signed);
    const zeroPoint = fc.oneof(fc.constant(0), fc.integer({ min: formatMin(plain), max: formatMax(plain) }));
    return zeroPoint.map((value) => ({ ...plain, zeroPoint: value }));
  });

const upTo = (max: number, min = 1) => fc.integer({ min, max });

/** One side of a convolution: as large an input as its kernel needs, and a few more. */
const side = fc
  .record({
    kernel: upTo(4),
    stride: upTo(3),
    dilation: upTo(3),
    before: fc.nat(3),
    behind: fc.nat(3),
    extra: fc.nat(4),
  })
  .map(({ kernel, stride, dilation, extra, ...padding }) => {
    const reach = dilation * (kernel - 1) + 1;
    // Less padding than the reach of the kernel on either side, so that none stands wholly on padding.
    const before = Math.min(padding.before, reach - 1);
    const behind = Math.min(padding.behind, reach - 1);
    const size = Math.max(1, reach - before - behind) + extra;
    return {
      kernel,
      stride,
      dilation,
      before,
      behind,
      size,
      outputs: Math.floor((size + before + behind - reach) / stride) + 1,
    };
  });

/** Small convolutions of any kernel, stride, dilation, padding, groups and formats, with an input. */
export const convAndInput: fc.Arbitrary<NodeAndInput<ConvNode>> = fc
  .record({
    channels: upTo(3),
    outputs: upTo(3),
    groups: fc.oneof(fc.constant(1), upTo(3)),
    vertical: side,
    horizontal: side,
    inputFormat: activationFormat,
    weightBits: width,
  })
  .chain(({ channels, outputs: ofGroup, groups, vertical, horizontal, inputFormat, weightBits }) => {
    const outputs = ofGroup * groups;
    const inputShape = [channels * groups, vertical.size, horizontal.size];
    return fc.record({
      input: activations(inputShape, inputFormat),
      node: fc
        .record({
          weights: weightsOf(outputs * channels * vertical.kernel * horizontal.kernel, weightBits),
          weightZeroPoint: weightZeroPoints(outputs, weightBits),
        })
        .map((weights) => ({
          ...matrixParts(outputs),
          ...weights,
          op: 'conv' as const,
          name: 'conv',
          input: 'input',
          inputShape,
          inputFormat,
          outputShape: [outputs, vertical.outputs, horizontal.outputs],
          weightBits,
          groups,
          kernelHeight: vertical.kernel,
          kernelWidth: horizontal.kernel,
          strideHeight: vertical.stride,
          strideWidth: horizontal.stride,
          dilationHeight: vertical.dilation,
          dilationWidth: horizontal.dilation,
          padTop: vertical.before,
          padBottom: vertical.behind,
          padLeft: horizontal.before,
          padRight: horizontal.behind,
        })),
    });
  });

export const fcAndInput: fc.Arbitrary<NodeAndInput<FcNode>> = fc
  .record({ inputs: upTo(12), outputs: upTo(5), inputFormat: activationFormat, weightBits: width })
  .chain(({ inputs, outputs, inputFormat, weightBits }) =>
    fc.record({
      input: activations([inputs], inputFormat),
      node: fc
        .record({
          weights: weightsOf(outputs * inputs, weightBits),
          weightZeroPoint: weightZeroPoints(outputs, weightBits),
        })
        .map((weights) => ({
          ...matrixParts(outputs),
          ...weights,
          op: 'fc' as const,
          name: 'fc',
          input: 'input',
          inputShape: [inputs],
          inputFormat,
          outputShape: [outputs],
          weightBits,
        })),
    }),
  );

/** The definition of a convolution and of a matrix product, a sum a result: [windows][outputs]. */
export function naiveAccumulators({ node, input }: NodeAndInput<ConvNode | FcNode>): number[] {
  const sums: number[] = [];
  const { zeroPoint } = node.inputFormat;
  const weight = (m: number, at: number) => node.weights[at]! - (node.weightZeroPoint?.[m] ?? 0);
  if (node.op === 'fc') {
    for (let m = 0; m < node.outputShape[0]!; m++) {
      let sum = 0;
      for (let k = 0; k < input.data.length; k++) {
        sum += (input.data[k]! - zeroPoint) * weight(m, m * input.data.length + k);
      }
      sums.push(sum);
    }
    return sums;
  }
  const [channels, height, width] = node.inputShape as [number, number, number];
  const [outputs, outputHeight, outputWidth] = node.outputShape as [number, number, number];
  const ownChannels = channels / node.groups;
  const pixel = (c: number, y: number, x: number) =>
    y < 0 || y >= height || x < 0 || x >= width ? 0 : input.data[(c * height + y) * width + x]! - zeroPoint;
  for (let oy = 0; oy < outputHeight; oy++) {
    for (let ox = 0; ox < outputWidth; ox++) {
      for (let m = 0; m < outputs; m++) {
        const group = Math.floor((m * node.groups) / outputs);
        let sum = 0;
        for (let c = 0; c < ownChannels; c++) {
          for (let ky = 0; ky < node.kernelHeight; ky++) {
            for (let kx = 0; kx < node.kernelWidth; kx++) {
              const at = ((m * ownChannels + c) * node.kernelHeight + ky) * node.kernelWidth + kx;
              const y = oy * node.strideHeight - node.padTop + ky * node.dilationHeight;
              const x = ox * node.strideWidth - node.padLeft + kx * node.dilationWidth;
              sum += weight(m, at) * pixel(group * ownChannels + c, y, x);
            }
          }
        }
        sums.push(sum);
      }
    }
  }
  return sums;
}
