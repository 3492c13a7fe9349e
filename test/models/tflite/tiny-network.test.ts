import { describe, expect, it } from 'vitest';
import { executeNetwork } from '../../../models/execute.js';
import { importTflite } from '../../../models/tflite/import-tflite.js';
import { buildTflite } from './build-tflite.js';
import { TINY_NETWORK } from './tiny-network.js';

describe('a network small enough to work out by hand', () => {
  const network = importTflite(buildTflite(TINY_NETWORK), 'models/tiny.tflite');

  it('has the nodes between the quantised input and the logits', () => {
    expect(network.nodes.map(({ op, name }) => `${op} ${name}`)).toEqual([
      'conv conv',
      'conv dw/depthwise',
      'add add',
      'flatten flatten',
      'fc dense',
    ]);
    expect(network.title).toBe('tiny.tflite');
    expect(network.inputShape).toEqual([1, 2, 2]);
    expect(network.inputFormat).toEqual({ bits: 8, signed: true, zeroPoint: -1 });
    expect(network.inputScale).toBe(1);
    expect(network.preprocess).toEqual({ kind: 'shifted', offset: -128 });
    expect(network.synthetic).toBeNull();
  });

  it('gives the numbers worked out by hand', () => {
    // Scale 1, zero point -1: the integers 0 1 / 2 3 stand for 1 2 / 3 4.
    const input = { dtype: 'I8', shape: [1, 2, 2], data: Int8Array.of(0, 1, 2, 3) } as const;
    const outputs = new Map<string, number[]>();
    const logits = executeNetwork(network, input, {
      observe: (name, { data }) => outputs.set(name, Array.from(data)),
    });
    // Weights 1 0 / 0 1 and 0 1 / 1 0, SAME: a row below and a column to the right of zeros. Channel 0 with + 2:
    // 1+4+2, 2+2, 3+2, 4+2 = 7 4 / 5 6, RELU6: 6 4 / 5 6. Channel 1 with - 2: 2+3-2, 4-2, 4-2, -2 = 3 2 / 2 -2, RELU6:
    // 3 2 / 2 0. Integers: twice that less 10.
    expect(outputs.get('conv')).toEqual([2, -2, 0, 2, -4, -6, -6, -10]);
    // Outputs 0 and 1 are channel 0 times 1 and -2, outputs 2 and 3 channel 1 times 1 and 3. Integers: plus 5.
    expect(outputs.get('dw/depthwise')).toEqual([11, 9, 10, 11, -7, -3, -5, -7, 8, 7, 7, 5, 14, 11, 11, 5]);
    // Twice that with RELU; integers: half of it.
    expect(outputs.get('add')).toEqual([6, 4, 5, 6, 0, 0, 0, 0, 3, 2, 2, 0, 9, 6, 6, 0]);
    expect(outputs.get('flatten')).toEqual(outputs.get('add'));
    // Input 10 of the file is row 1, column 0, channel 2: 2; input 7 is row 0, column 1, channel 3: 6.
    // 1 x 2 + 2 x 6 + 1 = 15; the sum of all, 21 + 0 + 7 + 21, less 9 = 40.
    expect(Array.from(logits)).toEqual([15, 40]);
  });

  it('puts the columns of the fully connected layer in the order channel, row, column', () => {
    const dense = network.nodes.find((node) => node.op === 'fc')!;
    // Row 1, column 0, channel 2 stands at (2 x 2 + 1) x 2 + 0 = 10, row 0, column 1, channel 3 at (3 x 2 + 0) x 2 + 1 = 13.
    const expected = new Array<number>(16).fill(0);
    expected[10] = 1;
    expected[13] = 2;
    expect(Array.from(dense.weights.subarray(0, 16))).toEqual(expected);
    expect(dense.weightScale).toBe(0.5);
  });

  it('keeps scales per channel apart and names none for them', () => {
    const depthwise = network.nodes[1]!;
    if (depthwise.op !== 'conv' || depthwise.requantiser.kind !== 'fixed-point') throw new Error('no convolution');
    // 0.5 x 1, 2, 0.5, 1 in units of 1: 2^-1, 2^0, 2^-2, 2^-1, each as 2^30 times 2^(shift - 31).
    expect(Array.from(depthwise.requantiser.multiplier)).toEqual([2 ** 30, 2 ** 30, 2 ** 30, 2 ** 30]);
    expect(Array.from(depthwise.requantiser.shift)).toEqual([0, 1, -1, 0]);
    expect(depthwise.groups).toBe(2);
    expect(depthwise.weightScale).toBeNull();
    expect(depthwise.weightZeroPoint).toBeNull();
  });
});
