import { describe, expect, it } from 'vitest';
import { FileFormatError } from '../../../models/file-format-error.js';
import { NetworkFormatError } from '../../../models/network-format-error.js';
import { importTflite } from '../../../models/tflite/import-tflite.js';
import { buildTflite, type GraphDescription, type TensorDescription } from './build-tflite.js';
import { TINY_NETWORK } from './tiny-network.js';

function problemsOf(graph: GraphDescription): readonly { path: string; value: unknown; allowed: string }[] {
  try {
    importTflite(buildTflite(graph), 'x.tflite');
  } catch (error) {
    if (error instanceof NetworkFormatError) return error.problems;
    throw error;
  }
  throw new Error('imported');
}

/** The tiny network with other tensors of the same names. */
function withTensors(changes: Readonly<Record<string, Partial<TensorDescription>>>): GraphDescription {
  return {
    ...TINY_NETWORK,
    tensors: TINY_NETWORK.tensors.map((tensor) => ({ ...tensor, ...changes[tensor.name] })),
  };
}

describe('what is not supported', () => {
  it('is named all at once, each with its operator', () => {
    const problems = problemsOf({
      ...withTensors({
        'dw/weights': { type: 'INT16' },
        'net/add/add': { shape: [2, 2, 2, 4] },
        'fc/bias': { type: 'INT8', data: [1, 2, 3] },
      }),
      operators: TINY_NETWORK.operators.map((operator) => {
        if (operator.op === 'CONV_2D') return { ...operator, options: { ...operator.options, 3: { b: 4 } } };
        return operator.op === 'RESHAPE' ? { ...operator, op: 'HARD_SWISH', inputs: ['net/add/add'] } : operator;
      }),
      subgraphs: 2,
    });
    expect(problems.map(({ path, value }) => [path, value])).toEqual([
      ['subgraphs', '2 subgraphs'],
      ['operators[1] CONV_2D "net/conv/Relu6;net/conv/BiasAdd"', 'TANH'],
      ['operators[2] DEPTHWISE_CONV_2D "net/dw/depthwise"', 'INT16 of weights "dw/weights"'],
      ['operators[3] ADD "net/add/add"', '[2, 2, 2, 4] of tensor "net/add/add"'],
      ['operators[4] HARD_SWISH "net/flatten/Reshape"', 'HARD_SWISH'],
      ['operators[5] FULLY_CONNECTED "net/dense/MatMul"', 'INT8, 3 bytes, of bias "fc/bias"'],
    ]);
  });

  it('a float model: every operator with the type it has', () => {
    const float = { type: 'FLOAT32' } as const;
    const activations = TINY_NETWORK.tensors.filter(({ data }) => data === undefined);
    const problems = problemsOf({
      ...withTensors(Object.fromEntries(activations.map(({ name }) => [name, float]))),
      operators: TINY_NETWORK.operators.filter(({ op }) => !/QUANTIZE/.test(op)),
      inputs: ['image_q'],
      outputs: ['softmax'],
    });
    expect(problems.map(({ path }) => path.split(' ')[1])).toEqual([
      ...['CONV_2D', 'DEPTHWISE_CONV_2D', 'ADD', 'RESHAPE', 'FULLY_CONNECTED'],
    ]);
    for (const { value } of problems) expect(value).toContain('FLOAT32 of tensor');
  });

  it.each<[string, Readonly<Record<string, Partial<TensorDescription>>>, string]>([
    ['a dynamic height', { 'net/add/add': { signature: [1, -1, 2, 4] } }, '[1, -1, 2, 4] of tensor "net/add/add"'],
    ['scales per channel of an activation', { 'net/add/add': { scale: [1, 2] } }, 'scale [1, 2]'],
    ['a zero point outside of the type', { 'net/add/add': { zeroPoint: 128 } }, 'zero point [128]'],
    ['a shape that does not follow', { 'net/add/add': { shape: [1, 2, 1, 4] } }, 'output shape [1, 2, 1, 4]'],
    ['scales along another axis', { 'dw/weights': { dimension: 0 } }, '4 scales along axis 0'],
    ['weights that are no constant', { 'fc/weights': { data: undefined as never } }, 'no data of weights "fc/weights"'],
    ['weights with bytes missing', { 'fc/weights': { data: [1, 2, 3] } }, '[2, 16], 3 bytes'],
  ])('%s', (_, changes, value) => {
    const problems = problemsOf(withTensors(changes));
    expect(problems.map((problem) => String(problem.value)).join('\n')).toContain(value);
  });

  it('several inputs, and outputs that nothing reads', () => {
    expect(problemsOf({ ...TINY_NETWORK, inputs: ['image', 'image_q'] })[0]).toMatchObject({
      path: 'inputs',
      value: ['image', 'image_q'],
    });
    const spare = {
      ...TINY_NETWORK,
      tensors: [...TINY_NETWORK.tensors, { ...TINY_NETWORK.tensors[12]!, name: 'spare' }],
      operators: [
        ...TINY_NETWORK.operators,
        { op: 'FULLY_CONNECTED', inputs: ['net/flatten/Reshape', 'fc/weights', 'fc/bias'], output: 'spare' },
      ],
    };
    expect(problemsOf(spare).map(({ path }) => path)).toEqual(['operators[8] FULLY_CONNECTED "spare"']);
  });
});

describe('files that are none', () => {
  const file = buildTflite(TINY_NETWORK);

  it('another format is named as such', () => {
    const other = new TextEncoder().encode('{"title": "a network"}');
    expect(() => importTflite(other, 'x.tflite')).toThrow(FileFormatError);
    expect(() => importTflite(other, 'x.tflite')).toThrow(/x\.tflite: bytes 4 to 7 are .*TFL3/);
    expect(() => importTflite(new Uint8Array(0), 'x.tflite')).toThrow(FileFormatError);
  });

  it('truncated anywhere, it is an error of the file', () => {
    for (let length = 0; length < file.length; length++) {
      expect(() => importTflite(file.subarray(0, length), 'x.tflite'), `${length} bytes`).toThrow(FileFormatError);
    }
  });

  it('with any byte changed, it is a network or a named error', () => {
    for (let at = 0; at < file.length; at++) {
      for (const change of [0x01, 0x80]) {
        const damaged = file.slice();
        damaged[at]! ^= change;
        try {
          importTflite(damaged, 'x.tflite');
        } catch (error) {
          if (error instanceof FileFormatError || error instanceof NetworkFormatError) continue;
          throw new Error(`byte ${at} ^ ${change}`, { cause: error });
        }
      }
    }
  });
});
