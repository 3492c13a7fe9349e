import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatMax, formatMin, newActivations } from '../../models/activation-format.js';
import { executeNetwork } from '../../models/execute.js';
import type {
  ActivationFormat,
  AddNode,
  AvgpoolArithmetic,
  AvgpoolNode,
  ConcatNode,
  KernelGeometry,
  MaxpoolNode,
  RescaleNode,
  Shape,
  VectorNode,
} from '../../models/network.js';
import { executeVectorNode } from '../../models/vector-nodes.js';
import { activationFormat, activations } from './random-nodes.js';
import { networkOf, signed } from './single-node.js';

const RUNS = { seed: 20261121, numRuns: 300 };
const unsigned = (bits: number, zeroPoint: number): ActivationFormat => ({ bits, signed: false, zeroPoint });

function outputOf(node: VectorNode, ...sources: (readonly number[])[]): number[] {
  const output = newActivations(
    node.outputFormat,
    node.outputShape.reduce((a, b) => a * b, 1),
  );
  const values = sources.map((source) => {
    const data = newActivations(node.inputFormat, source.length);
    data.set(source);
    return data;
  });
  executeVectorNode(node, values, output);
  return [...output];
}

const base = (inputShape: Shape, outputShape: Shape, format: ActivationFormat) => ({
  ...{ name: 'node', input: 'input', inputShape, outputShape, inputFormat: format, outputFormat: format },
  ...{ min: formatMin(format), max: formatMax(format) },
});

/** A 2x2 kernel, stride 2, padded by 1 before. */
const twoByTwo: KernelGeometry = {
  ...{ kernelHeight: 2, kernelWidth: 2, strideHeight: 2, strideWidth: 2 },
  ...{ padTop: 1, padLeft: 1, padBottom: 0, padRight: 0 },
};
const IMAGE = [1, 2, 3, 4, 5, 6, 7, 8, 9];

describe('pooling by hand', () => {
  it('maxpool: padding never wins, neither over negative values', () => {
    const node: MaxpoolNode = { ...base([1, 3, 3], [1, 2, 2], signed(8, 0)), ...twoByTwo, op: 'maxpool' };
    expect(outputOf(node, IMAGE)).toEqual([1, 3, 7, 9]);
    expect(
      outputOf(
        node,
        IMAGE.map((x) => -x),
      ),
    ).toEqual([-1, -2, -4, -5]);
  });

  const average = (arithmetic: AvgpoolArithmetic, format = signed(8, 0)): AvgpoolNode => ({
    ...base([1, 3, 3], [1, 2, 2], format),
    ...twoByTwo,
    op: 'avgpool',
    arithmetic,
  });

  it('avgpool: padding is not counted; halves away from zero; the fused limits', () => {
    const node = average({ kind: 'mean' });
    // 1; (2 + 3) / 2; (4 + 7) / 2; (5 + 6 + 8 + 9) / 4.
    expect(outputOf(node, IMAGE)).toEqual([1, 3, 6, 7]);
    expect(
      outputOf(
        node,
        IMAGE.map((x) => -x),
      ),
    ).toEqual([-1, -3, -6, -7]);
    expect(outputOf({ ...node, min: 2, max: 6 }, IMAGE)).toEqual([2, 3, 6, 6]);
  });

  it('MEAN of TensorFlow Lite: multiplied, then divided (or not), without the zero point of the input', () => {
    // M0 = 0.5 x 2^1 = 1. Sums of x - 2: -1, 1, 7, 20.
    const divides = average({ kind: 'fixed-point', multiplier: 2 ** 30, shift: 1, divides: true }, signed(8, 2));
    expect(outputOf(divides, IMAGE)).toEqual([-1 + 2, 1 + 2, 4 + 2, 5 + 2]);
    const folded = average({ kind: 'fixed-point', multiplier: 2 ** 30, shift: -1, divides: false }, signed(8, 2));
    // A quarter: -0.25, 0.25, 1.75, 5, each rounded twice: -0.5 -> 0, 0.5 -> 1 -> 1/2 -> 1, 3.5 -> 4 -> 2, 10 -> 5.
    expect(outputOf(folded, IMAGE)).toEqual([0 + 2, 1 + 2, 2 + 2, 5 + 2]);
  });

  it('QDQ mean: halves to even', () => {
    const node = average({ kind: 'float32', scale: 0.5, outputScale: 0.5 });
    expect(outputOf(node, IMAGE)).toEqual([1, 2, 6, 7]); // 2.5 -> 2, 5.5 -> 6
  });
});

describe('add, rescale and concat by hand', () => {
  const add: Omit<AddNode, 'arithmetic'> = {
    ...base([2], [2], signed(8, 0)),
    ...{ op: 'add', other: 'other', otherFormat: signed(8, 1) },
  };

  it('add of TensorFlow Lite: shifted left, multiplied each, summed, multiplied', () => {
    // (a x 2^20 x 0.5 + (b - 1) x 2^20 x 0.25) x 2^-20 x 1 = a / 2 + (b - 1) / 4.
    const node: AddNode = {
      ...add,
      arithmetic: {
        ...{
          kind: 'fixed-point',
          leftShift: 20,
          multiplier: 2 ** 30,
          shift: 0,
          otherMultiplier: 2 ** 30,
          otherShift: -1,
        },
        ...{ outputMultiplier: 2 ** 30, outputShift: -19 },
      },
    };
    expect(outputOf(node, [10, 100], [9, 5])).toEqual([7, 51]);
    expect(outputOf({ ...node, max: 20 }, [10, 100], [9, 5])).toEqual([7, 20]);
  });

  it('add of QDQ: dequantised, summed, quantised with halves to even', () => {
    const node: AddNode = {
      ...add,
      outputFormat: signed(8, -3),
      arithmetic: { kind: 'float32', scale: 0.5, otherScale: 0.25, outputScale: 1 },
    };
    // 10 / 2 + 8 / 4 = 7; 3 / 2 + (5 - 1) / 4 = 2.5 -> 2.
    expect(outputOf(node, [10, 3], [9, 5])).toEqual([7 - 3, 2 - 3]);
  });

  it('rescale: QUANTIZE between formats, and Dequantize-Quantize', () => {
    const node: Omit<RescaleNode, 'arithmetic'> = {
      ...base([3], [3], signed(8, 0)),
      ...{ op: 'rescale', inputFormat: signed(8, -128), outputFormat: unsigned(8, 10), min: 0, max: 255 },
    };
    // uint8 from int8, twice as coarse: (x + 128) / 2 + 10.
    const fixed: RescaleNode = { ...node, arithmetic: { kind: 'fixed-point', multiplier: 2 ** 30, shift: 0 } };
    expect(outputOf(fixed, [-128, -127, 127])).toEqual([10, 11, 138]); // 0.5 -> 1; 127.5 -> 128
    const float: RescaleNode = { ...node, arithmetic: { kind: 'float32', scale: 1, outputScale: 2 } };
    expect(outputOf(float, [-128, -127, 127])).toEqual([10, 10, 138]); // 0.5 -> 0; 127.5 -> 128
  });

  it('concat in a network: the tensors one after the other, in the order of the list', () => {
    const format = signed(8, 5);
    const pool = { kernelHeight: 1, kernelWidth: 1, strideHeight: 1, strideWidth: 1 };
    const noPad = { padTop: 0, padLeft: 0, padBottom: 0, padRight: 0 };
    const first: MaxpoolNode = { ...base([1, 1, 2], [1, 1, 2], format), ...pool, ...noPad, op: 'maxpool', name: 'a' };
    const limited: RescaleNode = {
      ...base([1, 1, 2], [1, 1, 2], format),
      ...{ op: 'rescale', name: 'b', min: 0, max: 3, arithmetic: { kind: 'float32', scale: 1, outputScale: 1 } },
    };
    const concat: ConcatNode = {
      ...base([1, 1, 2], [3, 1, 2], format),
      ...{ op: 'concat', name: 'c', input: 'b', inputs: ['b', 'input', 'a'] },
      inputShapes: [
        [1, 1, 2],
        [1, 1, 2],
        [1, 1, 2],
      ],
    };
    const network = networkOf(first, limited, concat);
    const input = { dtype: 'I8' as const, shape: [1, 1, 2], data: Int8Array.of(-4, 9) };
    expect([...executeNetwork(network, input)]).toEqual([0, 3, -4, 9, -4, 9]);
  });

  it('shortcutA pads with the zero point', () => {
    const node: VectorNode = { ...base([1, 2, 2], [3, 1, 1], signed(8, -7)), op: 'shortcutA', padChannels: 1 };
    expect(outputOf(node, [1, 2, 3, 4])).toEqual([-7, 1, -7]);
  });

  it('refuses limits outside of the format', () => {
    const node: RescaleNode = {
      ...base([1], [1], unsigned(8, 0)),
      ...{ op: 'rescale', min: -1, max: 255, arithmetic: { kind: 'float32', scale: 1, outputScale: 1 } },
    };
    expect(() => outputOf(node, [0])).toThrow(/node "node": limits -1 to 255; allowed: whole numbers from 0 to 255/);
  });
});

describe('random pooling', () => {
  const upTo = (max: number, min = 1) => fc.integer({ min, max });
  const side = fc
    .record({ kernel: upTo(4), stride: upTo(3), before: fc.nat(3), behind: fc.nat(3), extra: fc.nat(4) })
    .map(({ kernel, stride, extra, ...padding }) => {
      // A kernel always has a pixel of the input under it.
      const before = Math.min(padding.before, kernel - 1);
      const behind = Math.min(padding.behind, kernel - 1);
      const size = Math.max(1, kernel - before - behind) + extra;
      return {
        kernel,
        stride,
        before,
        behind,
        size,
        outputs: Math.floor((size + before + behind - kernel) / stride) + 1,
      };
    });
  const pooling = fc
    .record({ channels: upTo(2), vertical: side, horizontal: side, format: activationFormat })
    .chain(({ channels, vertical, horizontal, format }) => {
      const inputShape = [channels, vertical.size, horizontal.size];
      const node = {
        ...base(inputShape, [channels, vertical.outputs, horizontal.outputs], format),
        ...{ kernelHeight: vertical.kernel, strideHeight: vertical.stride },
        ...{ kernelWidth: horizontal.kernel, strideWidth: horizontal.stride },
        ...{ padTop: vertical.before, padBottom: vertical.behind },
        ...{ padLeft: horizontal.before, padRight: horizontal.behind },
      };
      return fc.record({ node: fc.constant(node), input: activations(inputShape, format) });
    });

  /** The values under the kernel of every output pixel, channel slowest. */
  function kernels(
    node: KernelGeometry & { inputShape: Shape; outputShape: Shape },
    data: ArrayLike<number>,
  ): number[][] {
    const [channels, height, width] = node.inputShape as [number, number, number];
    const [, outputHeight, outputWidth] = node.outputShape as [number, number, number];
    const result: number[][] = [];
    for (let c = 0; c < channels; c++) {
      for (let oy = 0; oy < outputHeight; oy++) {
        for (let ox = 0; ox < outputWidth; ox++) {
          const values: number[] = [];
          for (let ky = 0; ky < node.kernelHeight; ky++) {
            for (let kx = 0; kx < node.kernelWidth; kx++) {
              const y = oy * node.strideHeight - node.padTop + ky;
              const x = ox * node.strideWidth - node.padLeft + kx;
              if (y >= 0 && y < height && x >= 0 && x < width) values.push(data[(c * height + y) * width + x]!);
            }
          }
          result.push(values);
        }
      }
    }
    return result;
  }

  it('maxima and means are those of the values under each kernel', () => {
    fc.assert(
      fc.property(pooling, ({ node, input }) => {
        const values = kernels(node, input.data);
        const source = [...input.data];
        expect(outputOf({ ...node, op: 'maxpool' }, source)).toEqual(values.map((under) => Math.max(...under)));
        const means = values.map((under) => {
          const mean = Math.abs(under.reduce((a, b) => a + b, 0)) / under.length;
          const sign = Math.sign(under.reduce((a, b) => a + b, 0));
          return sign * Math.floor(mean + 0.5) + 0;
        });
        expect(outputOf({ ...node, op: 'avgpool', arithmetic: { kind: 'mean' } }, source)).toEqual(means);
      }),
      RUNS,
    );
  });
});
