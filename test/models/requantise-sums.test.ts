import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { executeNetwork } from '../../models/execute.js';
import type { ActivationFormat, FcNode, Requantiser } from '../../models/network.js';
import { requantiseSums } from '../../models/requantise-sums.js';
import { fixedPoint, matrixDefaults, networkOf, signed } from './single-node.js';

/** A fully connected layer of one input whose accumulators are given. */
const node = (requantiser: Requantiser, outputFormat: ActivationFormat, outputs = 1, last = true): FcNode => ({
  ...matrixDefaults,
  op: 'fc',
  inputShape: [1],
  inputFormat: signed(8, 0),
  outputShape: [outputs],
  outputFormat,
  weights: new Int8Array(outputs),
  requantiser,
  last,
});
const sums = (...values: number[]) => Float64Array.from(values);
const unsigned = (bits: number, zeroPoint: number): ActivationFormat => ({ bits, signed: false, zeroPoint });

describe('requantiseSums', () => {
  it('real: rounds half up, adds the zero point, limits to the format; a residual counts without its own', () => {
    const requantiser: Requantiser = {
      ...{ kind: 'real', multiplier: sums(0.5), bias: sums(0) },
      residual: { node: 'r', multiplier: 2 },
    };
    const output = (sum: number, residual: number) =>
      requantiseSums(node(requantiser, signed(8, -10), 1, false), sums(sum), {
        data: Int8Array.of(residual),
        zeroPoint: 3,
      }).data[0];
    expect(output(5, 3)).toBe(-7); // 2.5 -> 3, less 10
    expect(output(-5, 3)).toBe(-12); // -2.5 -> -2
    expect(output(5, 4)).toBe(-5); // 2.5 + 2 = 4.5 -> 5
    expect(output(1000, 3)).toBe(127);
    expect(output(-1000, 3)).toBe(-128);
  });

  it('fixed-point: one multiplier, shift and bias per output; limits of the activation function after the zero point', () => {
    // M0 = 0.75 x 2^1 = 1.5 and 0.5 x 2^-1 = 0.25.
    const requantiser = fixedPoint('double', [3 * 2 ** 29, 2 ** 30], [1, -1], [-5, 20], [2, -2]);
    const { dtype, data } = requantiseSums(node(requantiser, signed(8, -5), 2), sums(3, 12), null);
    expect(dtype).toBe('I8');
    expect([...data]).toEqual([3, -2]); // 1.5 x 5 = 7.5 -> 8, less 5; 0.25 x 10 = 2.5 -> 3, less 5
    expect([...requantiseSums(node(requantiser, signed(8, -5), 2), sums(-90, 900), null).data]).toEqual([-5, 20]);
  });

  it('fixed-point double rounds twice: 0.49 of a step above a half becomes a whole one', () => {
    // x M0 = 3 x 0.5 = 1.5 -> 2, then 2 / 4 = 0.5 -> 1; once rounded 1.5 / 4 = 0.375 would be 0.
    const requantiser = fixedPoint('double', [2 ** 30], [-2], [-128, 127]);
    expect([...requantiseSums(node(requantiser, signed(8, 0)), sums(3), null).data]).toEqual([1]);
  });

  it('float32: sum and bias in float32, halves to even, zero point, limits', () => {
    const requantiser: Requantiser = {
      ...{ kind: 'float32', bias: sums(1, 0), scale: Float32Array.of(0.5, 0.5), min: 0, max: 255 },
    };
    const output = (...values: number[]) => [
      ...requantiseSums(node(requantiser, unsigned(8, 128), 2), sums(...values), null).data,
    ];
    expect(output(0, 3)).toEqual([128, 130]); // 0.5 -> 0; 1.5 -> 2
    expect(output(4, -3)).toEqual([130, 126]); // 2.5 -> 2; -1.5 -> -2
    expect(output(1e6, -1e6)).toEqual([255, 0]);
    // 2^24 + 1 has no float32 and becomes 2^24, which times 29 x 2^-25 is 14.5; the exact product is above, and would be 15.
    const large = { ...requantiser, scale: Float32Array.of(29 * 2 ** -25, 1) };
    expect(requantiseSums(node(large, unsigned(8, 0), 2), sums(2 ** 24, 0), null).data[0]).toBe(14);
  });

  it('none: the sums, channel slowest', () => {
    const conv = {
      ...node({ kind: 'none' }, signed(16, 0), 2),
      outputShape: [2, 1, 2],
    };
    expect(requantiseSums(conv, sums(1, 2, 3, 4), null)).toEqual({
      dtype: 'F64',
      shape: [2, 1, 2],
      data: sums(1, 3, 2, 4),
    });
  });

  it('refuses sums beyond 32 bits, and limits that the format has not', () => {
    const double = fixedPoint('double', [2 ** 30], [0], [-128, 127]);
    expect(() => requantiseSums(node(double, signed(8, 0)), sums(2 ** 31), null)).toThrow(
      /layer "node": accumulator with bias 2147483648; allowed: 32-bit integers/,
    );
    const wide = fixedPoint('int16x8', [2 ** 30], [0], [-32768, 32767]);
    expect([...requantiseSums(node(wide, signed(16, 0)), sums(2 ** 33), null).data]).toEqual([32767]);
    expect(() => requantiseSums(node(double, unsigned(8, 0)), sums(0), null)).toThrow(
      /node "node": limits -128 to 127; allowed: whole numbers from 0 to 255/,
    );
  });
});

describe('executeNetwork', () => {
  const input = { dtype: 'I8' as const, shape: [1], data: Int8Array.of(7) };

  it('gives the integers of a final node that is requantised to them, and the sums of one that is not', () => {
    const double = {
      ...node(fixedPoint('double', [2 ** 30], [2], [-128, 127]), signed(8, 1)),
      weights: Int8Array.of(3),
    };
    expect([...executeNetwork(networkOf(double), input)]).toEqual([43]); // 21 x 2 + 1
    const none = { ...double, requantiser: { kind: 'none' as const }, weightZeroPoint: Int32Array.of(1) };
    expect([...executeNetwork(networkOf(none), input)]).toEqual([14]); // 7 x (3 - 1)
  });

  it('refuses sums that doubles may not hold exactly', () => {
    const inputs = 2 ** 20;
    const wide: FcNode = {
      ...node({ kind: 'none' }, signed(16, 0)),
      ...{ inputShape: [inputs], inputFormat: signed(16, 0), weights: new Int16Array(inputs), weightBits: 16 },
    };
    const zeros = { dtype: 'I16' as const, shape: [inputs], data: new Int16Array(inputs) };
    expect(() => executeNetwork(networkOf(wide), zeros)).toThrow(/1048576 products .* may exceed 2\^51/);
  });

  it('clamps every requantiser to its limits, whatever the sums', () => {
    const requantisers = fc.constantFrom<Requantiser>(fixedPoint('double', [2 ** 30 + 12345], [-3], [-20, 30]), {
      kind: 'float32',
      bias: sums(5),
      scale: Float32Array.of(0.037),
      min: -20,
      max: 30,
    });
    fc.assert(
      fc.property(requantisers, fc.integer({ min: -(2 ** 30), max: 2 ** 30 }), (requantiser, sum) => {
        const [value] = requantiseSums(node(requantiser, signed(8, 4)), sums(sum), null).data;
        expect(value).toBeGreaterThanOrEqual(-20);
        expect(value).toBeLessThanOrEqual(30);
      }),
      { seed: 20261121, numRuns: 300 },
    );
  });
});
