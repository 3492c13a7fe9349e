import { describe, expect, it } from 'vitest';
import { bundledNetworkPath } from '../../models/bundled.js';
import { executeNetwork } from '../../models/execute.js';
import { loadNetwork, parseNetwork } from '../../models/load-network.js';
import type { ActivationFormat, Network } from '../../models/network.js';
import type { Tensor } from '../../models/tensor.js';

const f64 = (...values: number[]): Tensor => ({
  dtype: 'F64',
  shape: [values.length],
  data: Float64Array.from(values),
});
const i8 = (shape: number[], ...values: number[]): Tensor => ({ dtype: 'I8', shape, data: Int8Array.from(values) });
const u8 = (shape: number[], ...values: number[]): Tensor => ({ dtype: 'U8', shape, data: Uint8Array.from(values) });

/** A 1x1 convolution of one channel with weight 1, so that the accumulator is the pixel itself. */
const identity = (name: string, input: string, extra: object = {}) => ({
  op: 'conv',
  name,
  input,
  weight: 'one.w',
  M: `${name}.M`,
  B: `${name}.B`,
  stride: 1,
  pad: 0,
  ...extra,
});

function run(
  nodes: object[],
  tensors: Record<string, Tensor>,
  input: Tensor,
): { logits: number[]; outputs: Map<string, Tensor> } {
  const signed = input.dtype === 'I8';
  const preprocess = signed
    ? { kind: 'normalise', mean: Array(input.shape[0]).fill(0), std: Array(input.shape[0]).fill(1) }
    : { kind: 'raw' };
  const json = { inputScale: 1, inputSigned: signed, inputShape: input.shape, preprocess, nodes };
  const outputs = new Map<string, Tensor>();
  const network = parseNetwork(json, new Map(Object.entries(tensors)), 'test.json');
  const logits = executeNetwork(network, input, { observe: (name, output) => outputs.set(name, output) });
  return { logits: [...logits], outputs };
}

const ONE = { 'one.w': i8([1, 1, 1, 1], 1), 'last.M': f64(1), 'last.B': f64(0) };

/** The network with other formats and the same numbers. */
function withActivationBits(network: Network, bits: number): Network {
  const wider = (format: ActivationFormat) => ({ ...format, bits });
  const nodes = network.nodes.map((node) => ({
    ...node,
    inputFormat: wider(node.inputFormat),
    outputFormat: wider(node.outputFormat),
  }));
  return { ...network, activationBits: bits, inputFormat: wider(network.inputFormat), nodes };
}

describe('executeNetwork', () => {
  it('requantises with acc * M + B, rounds half up and limits to 0..255', () => {
    const { outputs, logits } = run(
      [identity('a', 'input'), identity('last', 'a', { last: true })],
      { ...ONE, 'a.M': f64(2.5), 'a.B': f64(-4.5) },
      u8([1, 1, 6], 0, 1, 2, 3, 103, 255),
    );
    // 2.5 x - 4.5: -4.5, -2, 0.5, 3, 253, 633; 0.5 rounds up to 1.
    expect([...outputs.get('a')!.data]).toEqual([0, 0, 1, 3, 253, 255]);
    expect(logits).toEqual([0, 0, 1, 3, 253, 255]);
  });

  it.each([
    [1, [0, 0, 1, 1, 1, 1]],
    [4, [0, 0, 1, 3, 15, 15]],
    [12, [0, 0, 1, 3, 253, 4095]],
  ])('with %i-bit activations limits to 0 .. 2^A - 1', (activationBits, expected) => {
    const json = {
      ...{ inputScale: 1, inputSigned: false, inputShape: [1, 1, 6], preprocess: { kind: 'raw' } },
      nodes: [identity('a', 'input'), identity('last', 'a', { last: true })],
    };
    const tensors = new Map(Object.entries({ ...ONE, 'a.M': f64(2.5), 'a.B': f64(-4.5) }));
    const network = withActivationBits(parseNetwork(json, tensors, 'test.json'), activationBits);
    // Wider than the input's own range: the node's limit is what is looked at.
    const values = [0, 1, 2, 3, 103, 2000];
    const input: Tensor =
      activationBits > 8
        ? { dtype: 'U16', shape: [1, 1, 6], data: Uint16Array.from(values) }
        : { dtype: 'U8', shape: [1, 1, 6], data: Uint8Array.from(values, (value) => Math.min(value, 255)) };
    const outputs: Tensor[] = [];
    executeNetwork(network, input, { observe: (_, output) => outputs.push(output) });
    expect(outputs[0]!.dtype).toBe(activationBits > 8 ? 'U16' : 'U8');
    expect([...outputs[0]!.data]).toEqual(expected);
  });

  it('refuses activations of another width than the network has', () => {
    const network = withActivationBits(loadNetwork(bundledNetworkPath('lenet5-mnist')), 9);
    expect(() => executeNetwork(network, u8([1, 28, 28], ...new Uint8Array(784)))).toThrow(
      /input U8 \[1, 28, 28\] with 784 values; needed: U16 \[1, 28, 28\]/,
    );
  });

  it('adds the residual times R after the bias, before rounding, in this order of double operations', () => {
    // (0.1 + 0.2) + 0.3 and 0.1 + (0.2 + 0.3) differ in doubles; the logits show which one was formed.
    const { logits } = run(
      [identity('a', 'input'), identity('last', 'a', { residual: 'a', R: 0.3, last: true })],
      { ...ONE, 'a.M': f64(1), 'a.B': f64(0), 'last.M': f64(0.1), 'last.B': f64(0.2) },
      u8([1, 1, 1], 1),
    );
    expect(logits).toEqual([0.1 + 0.2 + 0.3]);
    expect(logits).not.toEqual([0.1 + (0.2 + 0.3)]);
  });

  it('takes M, B and the residual of the right channel and pixel', () => {
    const { outputs, logits } = run(
      [
        { op: 'conv', name: 'a', input: 'input', weight: 'two.w', M: 'a.M', B: 'a.B', stride: 1, pad: 0 },
        {
          op: 'conv',
          name: 'b',
          input: 'input',
          weight: 'two.w',
          M: 'b.M',
          B: 'b.B',
          stride: 1,
          pad: 0,
          residual: 'a',
          R: 2,
        },
        { op: 'flatten', name: 'flat', input: 'b' },
        { op: 'fc', name: 'last', input: 'flat', weight: 'last.w', M: 'last.M', B: 'last.B', last: true },
      ],
      {
        'two.w': i8([2, 1, 1, 1], 1, 3),
        'a.M': f64(1, 2),
        'a.B': f64(0, 1),
        'b.M': f64(1, 1),
        'b.B': f64(10, 20),
        'last.w': i8([1, 4], 1, -1, 2, -2),
        'last.M': f64(0.5),
        'last.B': f64(0.25),
      },
      u8([1, 1, 2], 4, 5),
    );
    expect([...outputs.get('a')!.data]).toEqual([4, 5, 25, 31]); // x; 2 (3x) + 1
    expect([...outputs.get('b')!.data]).toEqual([22, 25, 82, 97]); // x + 10 + 2a; 3x + 20 + 2a
    expect(logits).toEqual([(22 - 25 + 2 * 82 - 2 * 97) * 0.5 + 0.25]);
  });

  it('maxpool, gap and shortcutA on hand-made numbers', () => {
    const nodes = [
      { op: 'maxpool', name: 'pool', input: 'input', k: 2 },
      { op: 'shortcutA', name: 'cut', input: 'input', padChannels: 1 },
      { op: 'gap', name: 'mean', input: 'cut' },
      { op: 'gap', name: 'poolMean', input: 'pool' },
      { op: 'fc', name: 'read', input: 'mean', weight: 'read.w', M: 'read.M', B: 'read.B' },
      {
        op: 'fc',
        name: 'last',
        input: 'poolMean',
        weight: 'last.w',
        M: 'last.M',
        B: 'last.B',
        residual: 'read',
        R: 1,
        last: true,
      },
    ];
    const tensors = {
      'read.w': i8([1, 4], 1, 1, 1, 1),
      'read.M': f64(1),
      'read.B': f64(0),
      'last.w': i8([1, 2], 1, 1),
      'last.M': f64(1),
      'last.B': f64(0),
    };
    const input = u8([2, 2, 4], 1, 2, 3, 4, 8, 7, 6, 5, 0, 0, 9, 0, 0, 1, 0, 0);
    const { outputs, logits } = run(nodes, tensors, input);
    expect(outputs.get('pool')).toEqual(u8([2, 1, 2], 8, 6, 1, 9));
    expect(outputs.get('cut')).toEqual(u8([4, 1, 2], 0, 0, 1, 3, 0, 9, 0, 0));
    expect(outputs.get('mean')).toEqual(u8([4], 0, 2, 5, 0)); // 4.5 rounds up to 5
    expect(outputs.get('poolMean')).toEqual(u8([2], 7, 5));
    expect(logits).toEqual([7 + 5 + (2 + 5)]);
  });

  it('maxpool and gap keep a signed input signed', () => {
    const { outputs, logits } = run(
      [
        { op: 'maxpool', name: 'pool', input: 'input', k: 2 },
        { op: 'gap', name: 'mean', input: 'pool' },
        { op: 'fc', name: 'last', input: 'mean', weight: 'last.w', M: 'last.M', B: 'last.B', last: true },
      ],
      { 'last.w': i8([1, 1], -2), 'last.M': f64(1), 'last.B': f64(0) },
      i8([1, 2, 4], -5, -9, -100, -2, -7, -6, -128, -4),
    );
    expect(outputs.get('pool')).toEqual(i8([1, 1, 2], -5, -2));
    expect(outputs.get('mean')).toEqual(i8([1], -3)); // -3.5 rounds up to -3
    expect(logits).toEqual([6]);
  });

  it('refuses an input that is not the network input, and a product of the wrong size', () => {
    const network = loadNetwork(bundledNetworkPath('lenet5-mnist'));
    const image = u8([1, 28, 28], ...new Uint8Array(784));
    expect(() => executeNetwork(network, u8([28, 28], ...new Uint8Array(784)))).toThrow(
      /U8 \[28, 28\].*needed: U8 \[1, 28, 28\]/,
    );
    expect(() => executeNetwork(network, i8([1, 28, 28], ...new Uint8Array(784)))).toThrow(RangeError);
    expect(() => executeNetwork(network, u8([1, 28, 28], 1))).toThrow(/with 1 values/);
    const product = () => new Float64Array(3);
    expect(() => executeNetwork(network, image, { product })).toThrow(
      /layer "c1": product gave 3 accumulators; needed: 4704/,
    );
  });
});
