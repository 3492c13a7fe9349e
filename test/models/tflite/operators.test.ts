import { describe, expect, it } from 'vitest';
import { executeNetwork } from '../../../models/execute.js';
import type { Network } from '../../../models/network.js';
import { NetworkFormatError } from '../../../models/network-format-error.js';
import { importTflite } from '../../../models/tflite/import-tflite.js';
import {
  buildTflite,
  type GraphDescription,
  type OperatorDescription,
  type TensorDescription,
} from './build-tflite.js';

const VALID = { b: 1 };
const ONE = { i: 1 };

/** An int8 activation of scale 1 and zero point 0, if nothing else is said. */
function activation(name: string, shape: number[], more: Partial<TensorDescription> = {}): TensorDescription {
  return { name, shape: [1, ...shape], type: 'INT8', scale: 1, zeroPoint: 0, ...more };
}

function constants(name: string, data: number[], shape = [data.length]): TensorDescription {
  return { name, shape, type: 'INT32', data };
}

/** A graph of the operators, from the tensor "x" to the output of the last one. */
function graphOf(tensors: TensorDescription[], operators: OperatorDescription[]): GraphDescription {
  return { tensors, operators, inputs: ['x'], outputs: [operators.at(-1)!.output] };
}

function imported(tensors: TensorDescription[], operators: OperatorDescription[]): Network {
  return importTflite(buildTflite(graphOf(tensors, operators)), 'x.tflite');
}

function refusal(tensors: TensorDescription[], operators: OperatorDescription[]): string {
  try {
    imported(tensors, operators);
  } catch (error) {
    if (error instanceof NetworkFormatError) return error.message;
    throw error;
  }
  throw new Error('imported');
}

/** Integers in the order [channels][height][width]. */
function run(network: Network, values: number[]): number[] {
  const { inputFormat, inputShape } = network;
  const data = inputFormat.signed ? Int8Array.from(values) : Uint8Array.from(values);
  const dtype = inputFormat.signed ? 'I8' : 'U8';
  return Array.from(executeNetwork(network, { dtype, shape: inputShape, data }));
}

/** A 1 x 1 convolution of one channel with weight 1: the identity. */
const ONE_WEIGHT: TensorDescription = { name: 'w', shape: [1, 1, 1, 1], type: 'INT8', data: [1], scale: 1 };
function identity(input: string, output: string, clamp = 0): OperatorDescription {
  return {
    op: 'CONV_2D',
    inputs: [input, 'w'],
    output,
    options: { 0: VALID, 1: ONE, 2: ONE, 3: { b: clamp } },
  };
}

describe('unsigned weights', () => {
  it('are stored less 128, and so is their zero point', () => {
    const u8 = { type: 'UINT8' } as const;
    const network = imported(
      [
        activation('x', [1, 1, 2], { ...u8, zeroPoint: 10 }),
        { name: 'w', shape: [1, 1, 1, 2], type: 'UINT8', data: [255, 0], scale: 1, zeroPoint: 130 },
        { name: 'b', shape: [1], type: 'INT32', data: [1000] },
        activation('y', [1, 1, 1], { ...u8, scale: 8, zeroPoint: 3 }),
      ],
      [{ op: 'CONV_2D', inputs: ['x', 'w', 'b'], output: 'y', options: { 0: VALID, 1: ONE, 2: ONE } }],
    );
    const node = network.nodes[0]!;
    if (node.op !== 'conv') throw new Error('no convolution');
    expect(Array.from(node.weights)).toEqual([127, -128]);
    expect(Array.from(node.weightZeroPoint!)).toEqual([2]);
    expect(network.preprocess).toEqual({ kind: 'raw' });
    // (12 - 10)(255 - 130) + (13 - 10)(0 - 130) + 1000 = 250 - 390 + 1000 = 860; / 8 = 107.5 -> 108; + 3.
    expect(run(network, [12, 13])).toEqual([111]);
  });
});

describe('geometry', () => {
  it('SAME puts the odd pixel of padding behind; strides and dilation count', () => {
    const network = imported(
      [
        activation('x', [6, 7, 1]),
        { name: 'w', shape: [1, 3, 2, 1], type: 'INT8', data: [1, 2, 3, 4, 5, 6], scale: 1 },
        activation('y', [3, 7, 1]),
      ],
      [
        {
          op: 'CONV_2D',
          inputs: ['x', 'w'],
          output: 'y',
          options: { 0: { b: 0 }, 1: ONE, 2: { i: 2 }, 4: { i: 2 }, 5: ONE },
        },
      ],
    );
    // Rows: 3 outputs of stride 2 and kernel 3 reach over (3 - 1) 2 + 3 = 7 of 6 rows. Columns: kernel 2 dilated by 2 is 3
    // wide: (7 - 1) + 3 = 9 of 7.
    expect(network.nodes[0]).toMatchObject({
      ...{ padTop: 0, padBottom: 1, padLeft: 1, padRight: 1, strideHeight: 2, strideWidth: 1 },
      ...{ dilationHeight: 1, dilationWidth: 2, kernelHeight: 3, kernelWidth: 2, outputShape: [1, 3, 7] },
    });
  });

  it('PAD goes into the convolution that follows', () => {
    const network = imported(
      [
        activation('x', [1, 1, 1], { zeroPoint: -5 }),
        constants('paddings', [0, 0, 1, 0, 0, 2, 0, 0], [4, 2]),
        activation('padded', [2, 3, 1], { zeroPoint: -5 }),
        { name: 'w', shape: [1, 2, 2, 1], type: 'INT8', data: [1, 2, 3, 4], scale: 1 },
        activation('y', [1, 2, 1]),
      ],
      [
        { op: 'PAD', inputs: ['x', 'paddings'], output: 'padded' },
        { op: 'CONV_2D', inputs: ['padded', 'w'], output: 'y', options: { 0: VALID, 1: ONE, 2: ONE } },
      ],
    );
    expect(network.nodes.map(({ op }) => op)).toEqual(['conv']);
    // The pixel 7 = 2 + 5 stands bottom left of the first window, where the weight is 3; the second window has none.
    expect(run(network, [2])).toEqual([21, 0]);
  });

  it('PAD goes into MAX_POOL_2D where no value is below the zero point, and only there', () => {
    const pool = (zeroPoint: number): [TensorDescription[], OperatorDescription[]] => [
      [
        activation('x', [2, 2, 1], { zeroPoint }),
        constants('paddings', [0, 0, 1, 1, 1, 1, 0, 0], [4, 2]),
        activation('padded', [4, 4, 1], { zeroPoint }),
        activation('y', [2, 2, 1], { zeroPoint }),
      ],
      [
        { op: 'PAD', inputs: ['x', 'paddings'], output: 'padded' },
        {
          op: 'MAX_POOL_2D',
          inputs: ['padded'],
          output: 'y',
          options: { 0: VALID, 1: { i: 2 }, 2: { i: 2 }, 3: { i: 2 }, 4: { i: 2 } },
        },
      ],
    ];
    expect(run(imported(...pool(-128)), [-128, 5, -7, -3])).toEqual([-128, 5, -7, -3]);
    expect(refusal(...pool(0))).toContain('TensorFlow Lite pads with the zero point, which may win');
  });
});

describe('activation functions of their own', () => {
  const relu6 = { op: 'RELU6', inputs: ['y'], output: 'z' };

  it('go into the node before where the format stays', () => {
    const tensors = [activation('x', [1, 1, 1]), ONE_WEIGHT, activation('y', [1, 1, 1]), activation('z', [1, 1, 1])];
    const network = imported(tensors, [identity('x', 'y'), relu6]);
    expect(network.nodes.map(({ op, name }) => `${op} ${name}`)).toEqual(['conv y']);
    expect([-9, 0, 3, 6, 7].map((value) => run(network, [value])[0])).toEqual([0, 0, 3, 6, 6]);
  });

  it('become rescale nodes where another node reads the value too, or the format changes', () => {
    const tensors = [activation('x', [1, 1, 1]), ONE_WEIGHT, activation('y', [1, 1, 1]), activation('z', [1, 1, 1])];
    const shared = imported(
      [...tensors, activation('sum', [1, 1, 1])],
      [identity('x', 'y'), relu6, { op: 'ADD', inputs: ['y', 'z'], output: 'sum' }],
    );
    expect(shared.nodes.map(({ op }) => op)).toEqual(['conv', 'rescale', 'add']);
    expect([-9, 3, 7].map((value) => run(shared, [value])[0])).toEqual([-9, 6, 13]);
    const finer = tensors.map((tensor) => (tensor.name === 'z' ? { ...tensor, scale: 0.25, zeroPoint: -128 } : tensor));
    const rescaled = imported(finer, [identity('x', 'y'), relu6]);
    expect(rescaled.nodes.map(({ op }) => op)).toEqual(['conv', 'rescale']);
    expect([-9, 3, 7].map((value) => run(rescaled, [value])[0])).toEqual([-128, -116, -104]);
  });

  it('RELU_N1_TO_1 and a pooling with RELU6 limit too', () => {
    const tensors = [activation('x', [1, 1, 1]), ONE_WEIGHT, activation('y', [1, 1, 1]), activation('z', [1, 1, 1])];
    const unit = imported(tensors, [identity('x', 'y', 2)]);
    expect([-9, -1, 0, 1, 5].map((value) => run(unit, [value])[0])).toEqual([-1, -1, 0, 1, 1]);
    const pool = imported(tensors, [
      { op: 'MAX_POOL_2D', inputs: ['x'], output: 'y', options: { 1: ONE, 2: ONE, 3: ONE, 4: ONE, 5: { b: 3 } } },
    ]);
    expect([-9, 4, 9].map((value) => run(pool, [value])[0])).toEqual([0, 4, 6]);
  });
});

describe('QUANTIZE, MEAN and CONCATENATION', () => {
  it('QUANTIZE of integers becomes a rescale node', () => {
    const network = imported(
      [activation('x', [1, 1, 1], { type: 'UINT8', zeroPoint: 128 }), activation('y', [1, 1, 1], { scale: 2 })],
      [{ op: 'QUANTIZE', inputs: ['x'], output: 'y' }],
    );
    // (q - 128) / 2; the doubling high multiplication rounds halves up: (-3 x 2^30 + 1 - 2^30) / 2^31, truncated, is -1, and
    // (5 x 2^30 + 2^30) / 2^31 is 3.
    expect([125, 128, 133].map((value) => run(network, [value])[0])).toEqual([-1, 0, 3]);
  });

  it('MEAN over rows and columns scales the sum', () => {
    const network = imported(
      [
        activation('x', [2, 2, 2], { zeroPoint: -1 }),
        constants('axes', [2, -3]),
        activation('y', [2], { scale: 0.5, zeroPoint: 3 }),
      ],
      [{ op: 'MEAN', inputs: ['x', 'axes'], output: 'y' }],
    );
    expect(network.nodes.map(({ op }) => op)).toEqual(['avgpool', 'flatten']);
    // Sums 1+2+3+4 = 10 and -4-3-2-11 = -20, means 2.5 and -5, in steps of 0.5: 5 and -10; plus 3.
    expect(run(network, [0, 1, 2, 3, -5, -4, -3, -12])).toEqual([8, -7]);
  });

  it('MEAN takes the number of pixels into its multiplier, truncated', () => {
    const network = imported(
      [activation('x', [3, 1, 1]), constants('axes', [1, 2]), activation('y', [1, 1, 1])],
      [{ op: 'MEAN', inputs: ['x', 'axes'], output: 'y' }],
    );
    // Factor 1 = 2^30 x 2^(1 - 31). floor(log2(3)) = 1: floor(2^31 / 3) = 715827882, shift 1 - 1 = 0.
    expect(network.nodes[0]).toMatchObject({
      arithmetic: { kind: 'fixed-point', multiplier: 715_827_882, shift: 0, divides: false },
    });
  });

  it('CONCATENATION joins channels of one format', () => {
    const network = imported(
      [activation('x', [1, 1, 1]), ONE_WEIGHT, activation('y', [1, 1, 1]), activation('z', [1, 1, 2])],
      [identity('x', 'y', 1), { op: 'CONCATENATION', inputs: ['x', 'y'], output: 'z', options: { 0: { i: -1 } } }],
    );
    expect(run(network, [-4])).toEqual([-4, 0]);
  });
});

describe('reshapes', () => {
  it('of the input are left out: the network takes the pixels', () => {
    const network = imported(
      [
        activation('x', [4]),
        constants('shape', [1, 2, 2, 1]),
        activation('pixels', [2, 2, 1]),
        ONE_WEIGHT,
        activation('y', [2, 2, 1]),
      ],
      [{ op: 'RESHAPE', inputs: ['x', 'shape'], output: 'pixels' }, identity('pixels', 'y')],
    );
    expect(network.inputShape).toEqual([1, 2, 2]);
    expect(network.nodes).toHaveLength(1);
  });

  it('are left out at the end, before and behind softmax', () => {
    const network = imported(
      [
        activation('x', [1, 1, 1]),
        ONE_WEIGHT,
        activation('y', [1, 1, 1]),
        activation('flat', [1]),
        activation('softmax', [1], { scale: 1 / 256, zeroPoint: -128 }),
      ],
      [
        identity('x', 'y'),
        { op: 'SQUEEZE', inputs: ['y'], output: 'flat' },
        { op: 'SOFTMAX', inputs: ['flat'], output: 'softmax' },
      ],
    );
    expect(network.nodes.map(({ op }) => op)).toEqual(['conv']);
  });
});
