import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatMax, formatMin, plainFormat } from '../../models/activation-format.js';
import { bundledImages, bundledNetworkPath } from '../../models/bundled.js';
import { executeNetwork } from '../../models/execute.js';
import { loadNetwork, parseNetwork } from '../../models/load-network.js';
import type { ActivationFormat, MatrixNode, Network, NetworkNode, Requantiser, Shape } from '../../models/network.js';
import { NetworkFormatError } from '../../models/network-format-error.js';
import { importOnnx } from '../../models/onnx/import-onnx.js';
import { describeProblem, type Problem } from '../../models/problem.js';
import { parseSafetensors, readSafetensors } from '../../models/safetensors.js';
import { saveNetwork } from '../../models/save-network.js';
import type { Tensor } from '../../models/tensor.js';
import { importTflite } from '../../models/tflite/import-tflite.js';
import { safetensorsBytes } from '../../models/write-safetensors.js';
import { shapeNetwork } from '../../models/zoo/shapes.js';
import { encodeModel } from './onnx/onnx-builder.js';
import { randomModels } from './onnx/random-models.js';
import { activationFormat, convAndInput, fcAndInput } from './random-nodes.js';
import { SHARED_DATA_MISSING, sharedData } from './shared-data.js';
import { networkOf } from './single-node.js';
import { temporaryFolder } from './temporary-folder.js';

const SEED = 20261121;
const folder = temporaryFolder();

/** The network that is read from the bytes of the two files. */
function readBack(network: Network): Network {
  const { json, tensors } = saveNetwork(network);
  return parseNetwork(JSON.parse(json), parseSafetensors(tensors, 'x.safetensors'), 'x.json');
}

const perOutput = (count: number, value: fc.Arbitrary<number>) =>
  fc.array(value, { minLength: count, maxLength: count });
const whole = (min: number, max: number) => fc.integer({ min, max });
const real = fc.double({ min: -1e3, max: 1e3, noNaN: true });
const float32 = fc.float({ min: Math.fround(2 ** -20), max: 16, noNaN: true });

/** Limits within a format. */
const limits = (format: ActivationFormat) =>
  fc
    .tuple(whole(formatMin(format), formatMax(format)), whole(formatMin(format), formatMax(format)))
    .map(([a, b]) => ({ min: Math.min(a, b), max: Math.max(a, b) }));

/** Any requantiser of so many outputs. */
function requantiser(outputs: number, format: ActivationFormat): fc.Arbitrary<Requantiser> {
  const bias = perOutput(outputs, whole(-1000, 1000)).map((values) => Float64Array.from(values));
  const fixedPoint = fc.constantFrom('double' as const, 'int16x8' as const).chain((rounding) =>
    fc
      .record({
        bias,
        multiplier: perOutput(outputs, whole(2 ** 30, 2 ** 31 - 1)).map((values) => Int32Array.from(values)),
        shift: perOutput(outputs, whole(-31, 0)).map((values) => Int32Array.from(values)),
        range: limits(format),
      })
      .map(({ range, ...parts }): Requantiser => ({ kind: 'fixed-point', rounding, ...parts, ...range })),
  );
  return fc.oneof(
    fc.constant<Requantiser>({ kind: 'none' }),
    fc
      .record({ multiplier: perOutput(outputs, real), bias: perOutput(outputs, real) })
      .map(({ multiplier, bias: offset }): Requantiser => {
        const [m, b] = [Float64Array.from(multiplier), Float64Array.from(offset)];
        return { kind: 'real', multiplier: m, bias: b, residual: null };
      }),
    fc
      .record({ bias, scale: perOutput(outputs, float32), range: limits(format) })
      .map(({ bias: offset, scale, range }): Requantiser => {
        return { kind: 'float32', bias: offset, scale: Float32Array.from(scale), ...range };
      }),
    fixedPoint,
  );
}

/** A network of one matrix node of any geometry, formats, weights and requantiser, with an input. */
const matrixNetwork = fc.oneof(convAndInput, fcAndInput).chain(({ node, input }) =>
  activationFormat
    .chain((outputFormat) =>
      fc.record({
        requantiser: requantiser(node.outputShape[0]!, outputFormat),
        outputFormat: fc.constant(outputFormat),
      }),
    )
    .chain((parts) =>
      fc.record({
        last: fc.boolean(),
        weightScale: fc.option(float32, { nil: null }),
        input: fc.constant(input),
        node: fc.constant<MatrixNode>({ ...node, ...parts }),
      }),
    ),
);

/** The node behind a node that brings features to it where it reads such. */
function networkBehindInput(node: NetworkNode, input: Tensor): { readonly network: Network; readonly input: Tensor } {
  const { inputFormat, inputShape } = node;
  const preprocess: Network['preprocess'] = { kind: 'normalise', mean: [], std: [] };
  const shape: Shape = inputShape.length === 3 ? inputShape : [inputShape[0]!, 1, 1];
  const channels = Array.from({ length: shape[0]! }, (_, c) => c);
  const flat: NetworkNode = {
    ...{ op: 'flatten', name: 'flat', input: 'input', inputShape: shape, outputShape: inputShape },
    ...{ inputFormat, outputFormat: inputFormat },
  };
  const nodes: readonly [NetworkNode, ...NetworkNode[]] =
    inputShape.length === 3 ? [node] : [flat, { ...node, input: 'flat' }];
  const network = {
    ...networkOf(...nodes),
    activationBits: Math.max(inputFormat.bits, node.outputFormat.bits),
    preprocess: { ...preprocess, mean: channels.map((c) => c / 7), std: channels.map((c) => 1 + c / 3) },
  };
  return { network, input: { ...input, shape } };
}

describe('saveNetwork', () => {
  it('property: any matrix node is read back equal, and computes the same', () => {
    fc.assert(
      fc.property(matrixNetwork, ({ node, last, weightScale, input: given }) => {
        const { network, input } = networkBehindInput({ ...node, last, weightScale }, given);
        const read = readBack(network);
        expect(read).toEqual(network);
        // The arithmetic of some random multipliers is not defined (32 bits); then both must refuse.
        const outputs = (of: Network) => {
          try {
            return executeNetwork(of, input);
          } catch (error) {
            return (error as Error).message;
          }
        };
        expect(outputs(read)).toEqual(outputs(network));
      }),
      { seed: SEED, numRuns: 300 },
    );
  });

  it('property: imported graphs with every kind of vector node are read back equal', () => {
    for (let seed = 0; seed < 25; seed++) {
      const { qdq, qlinear } = randomModels(seed);
      for (const model of [qdq, qlinear]) {
        const network = importOnnx(encodeModel(model), 'random.onnx');
        const ops = new Set(network.nodes.map(({ op }) => op));
        expect([...ops]).toEqual(expect.arrayContaining(['conv', 'add', 'concat', 'maxpool', 'avgpool', 'fc']));
        expect(readBack(network)).toEqual(network);
      }
    }
  });

  it('every kind of vector arithmetic, with limits of its own', () => {
    const format = { bits: 8, signed: true, zeroPoint: -5 };
    const output = { bits: 7, signed: false, zeroPoint: 3 };
    const edge = { inputFormat: format, inputShape: [2, 4, 4], outputFormat: output };
    const pads = { padTop: 1, padLeft: 0, padBottom: 1, padRight: 0 };
    const kernel = { kernelHeight: 2, kernelWidth: 3, strideHeight: 2, strideWidth: 1, ...pads };
    const pooled = [2, 3, 2];
    const range = { min: 1, max: 90 };
    const fixed = { kind: 'fixed-point' as const, multiplier: 2 ** 30 + 1, shift: -3 };
    const scaled = { kind: 'float32' as const, scale: 0.1, outputScale: 0.3 };
    const pool = (arithmetic: Extract<NetworkNode, { op: 'avgpool' }>['arithmetic']): NetworkNode => {
      const outputFormat = arithmetic.kind === 'mean' ? format : output;
      return {
        ...{ op: 'avgpool', name: 'pool', input: 'input', ...edge, ...kernel, ...range },
        ...{ outputFormat, outputShape: pooled, arithmetic },
      };
    };
    const rescale = (arithmetic: Extract<NetworkNode, { op: 'rescale' }>['arithmetic']): NetworkNode => {
      return { op: 'rescale', name: 'r', input: 'input', ...edge, ...range, outputShape: [2, 4, 4], arithmetic };
    };
    const add = (arithmetic: Extract<NetworkNode, { op: 'add' }>['arithmetic']): NetworkNode => {
      const other = { other: 'input', otherFormat: format };
      return { op: 'add', name: 'a', input: 'input', ...edge, ...other, ...range, outputShape: [2, 4, 4], arithmetic };
    };
    const factors = { otherMultiplier: 2 ** 31 - 1, otherShift: -1, outputMultiplier: 2 ** 30, outputShift: -9 };
    const nodes = [
      ...[pool({ kind: 'mean' }), pool({ ...fixed, divides: true }), pool({ ...fixed, divides: false }), pool(scaled)],
      ...[
        rescale(fixed),
        rescale(scaled),
        add({ ...scaled, otherScale: 0.7 }),
        add({ ...fixed, ...factors, leftShift: 20 }),
      ],
    ];
    for (const node of nodes) {
      const network: Network = { ...networkOf(node), preprocess: { kind: 'shifted', offset: -128 } };
      expect(readBack(network)).toEqual(network);
    }
  });

  it('maxpools of any geometry, gap, shortcutA, pruned windows, residuals and integers at the end', () => {
    const plain = plainFormat(8, false);
    const edge = { inputFormat: plain, outputFormat: plain };
    const none = { padTop: 0, padLeft: 0, padBottom: 0, padRight: 0 };
    const conv = (name: string, input: string, residual: string | null): NetworkNode => ({
      ...{ op: 'conv', name, input, ...edge, inputShape: [2, 4, 4], outputShape: [2, 4, 4], ...none },
      ...{ kernelHeight: 1, kernelWidth: 1, strideHeight: 1, strideWidth: 1, dilationHeight: 1, dilationWidth: 1 },
      ...{ groups: 2, weights: Int8Array.of(3, -4), weightBits: 8, weightZeroPoint: null, weightScale: 0.25 },
      ...{ windowPruning: { rowBlock: 128, groupRows: 9, threshold: 4 }, last: false },
      requantiser: {
        ...{ kind: 'real', multiplier: Float64Array.of(0.5, 0.25), bias: Float64Array.of(-0, 1 / 3) },
        residual: residual === null ? null : { node: residual, multiplier: -1.5 },
      },
    });
    const pool: NetworkNode = {
      ...{ op: 'maxpool', name: 'p', input: 'c2', ...edge, inputShape: [2, 4, 4], outputShape: [2, 2, 3] },
      ...{
        kernelHeight: 3,
        kernelWidth: 2,
        strideHeight: 2,
        strideWidth: 2,
        ...none,
        padBottom: 1,
        padLeft: 1,
        padRight: 1,
      },
    };
    const blocks: NetworkNode = {
      ...{ op: 'maxpool', name: 'p', input: 'c2', ...edge, inputShape: [2, 4, 4], outputShape: [2, 2, 2] },
      ...{ kernelHeight: 2, kernelWidth: 2, strideHeight: 2, strideWidth: 2, ...none },
    };
    const shortcut: NetworkNode = {
      ...{ op: 'shortcutA', name: 's', input: 'c2', ...edge, padChannels: 3 },
      ...{ inputShape: [2, 4, 4], outputShape: [8, 2, 2] },
    };
    const gap: NetworkNode = { op: 'gap', name: 'g', input: 'c2', ...edge, inputShape: [2, 4, 4], outputShape: [2] };
    const convs = [conv('c1', 'input', 'input'), conv('c2', 'c1', 'c1')] as const;
    for (const end of [[], [pool], [blocks], [shortcut], [gap]]) {
      const network = networkOf(...convs, ...end);
      const read = readBack(network);
      expect(read).toEqual(network);
    }
    expect(saveNetwork(networkOf(...convs, blocks)).json).toContain('"k": 2');
  });

  it('files of ousim itself are read, written and read back equal, from the disk', () => {
    const original = loadNetwork(bundledNetworkPath('lenet5-mnist'));
    const { json, tensors } = saveNetwork(original);
    writeFileSync(join(folder, 'lenet.json'), json);
    writeFileSync(join(folder, 'lenet.safetensors'), tensors);
    const read = loadNetwork(join(folder, 'lenet.json'));
    expect(read).toEqual(original);
    const { images } = bundledImages('lenet5-mnist', 0, 2);
    for (const image of images) expect(executeNetwork(read, image)).toEqual(executeNetwork(original, image));
    expect(saveNetwork(read)).toEqual({ json, tensors, floatWeights: null });
  });

  it('ResNet-8 of MLPerf Tiny: its golden tensors after a conversion', ({ skip }) => {
    const file = sharedData('mlperf-tiny/ic_resnet8_int8.tflite');
    const goldenFile = sharedData('mlperf-tiny/ic_resnet8_int8.golden.safetensors');
    const graphFile = sharedData('mlperf-tiny/ic_resnet8_int8.json');
    if (file === null || goldenFile === null || graphFile === null) return skip(SHARED_DATA_MISSING);
    const imported = importTflite(readFileSync(file), 'ic_resnet8_int8.tflite');
    const network = readBack(imported);
    expect(network).toEqual(imported);
    const golden = readSafetensors(goldenFile);
    const graph = JSON.parse(readFileSync(graphFile, 'utf8')) as { nodes: { outputs: number[] }[] };
    const input = golden.get('input')!;
    const logits = golden.get(`out.t${graph.nodes.at(-1)!.outputs[0]}`)!;
    for (let image = 0; image < input.shape[0]!; image++) {
      const pixels = input.data.slice(image * 3072, (image + 1) * 3072);
      // [height][width][channels] to channel slowest.
      const data = Int8Array.from(pixels, (_, i) => pixels[(i % 1024) * 3 + Math.floor(i / 1024)]!);
      const outputs = executeNetwork(network, { dtype: 'I8', shape: [3, 32, 32], data });
      expect([...outputs]).toEqual([...logits.data.slice(image * 10, (image + 1) * 10)]);
    }
  });

  it('refuses drawn numbers, and shapes that do not follow from the geometry', () => {
    expect(() => saveNetwork(shapeNetwork('alexnet'))).toThrow(/numbers are drawn/);
    const lenet = loadNetwork(bundledNetworkPath('lenet5-mnist'));
    expect(() => saveNetwork({ ...lenet, activationBits: 9 })).toThrow(/activationBits would be read back differently/);
    const [first, ...rest] = lenet.nodes;
    const wrong = { ...lenet, nodes: [{ ...first!, outputShape: [6, 28, 27] }, ...rest] };
    expect(() => saveNetwork(wrong)).toThrow(/node "c1" would be read back differently/);
  });
});

describe('safetensorsBytes', () => {
  it('every dtype is read back, aligned to its elements', () => {
    const tensors = new Map<string, Tensor>([
      ['u8', { dtype: 'U8', shape: [3], data: Uint8Array.of(0, 127, 255) }],
      ['f64', { dtype: 'F64', shape: [1, 2], data: Float64Array.of(-0, 1 / 3) }],
      ['i8', { dtype: 'I8', shape: [1], data: Int8Array.of(-128) }],
      ['i64', { dtype: 'I64', shape: [2], data: Float64Array.of(2 ** 53 - 1, -5) }],
      ['u16', { dtype: 'U16', shape: [1], data: Uint16Array.of(0x1234) }],
      ['f32', { dtype: 'F32', shape: [1], data: Float32Array.of(1.5) }],
      ['i16', { dtype: 'I16', shape: [1], data: Int16Array.of(-300) }],
      ['i32 "quoted"', { dtype: 'I32', shape: [], data: Int32Array.of(-(2 ** 31)) }],
    ]);
    const bytes = safetensorsBytes(tensors);
    const read = parseSafetensors(bytes, 'x');
    expect(read.size).toBe(tensors.size);
    for (const [name, tensor] of tensors) expect(read.get(name)).toEqual(tensor);
    const headerLength = Number(new DataView(bytes.buffer).getBigUint64(0, true));
    expect(headerLength % 8).toBe(0);
    const header = JSON.parse(new TextDecoder().decode(bytes.subarray(8, 8 + headerLength)));
    const widths: Record<string, number> = { F64: 8, I64: 8, F32: 4, I32: 4, U16: 2, I16: 2, U8: 1, I8: 1 };
    for (const { dtype, data_offsets: offsets } of Object.values<{ dtype: string; data_offsets: number[] }>(header)) {
      expect(offsets[0]! % widths[dtype]!).toBe(0);
    }
    // Little-endian: 0x1234 is 34 12.
    const [begin] = header.u16.data_offsets;
    expect([...bytes.subarray(8 + headerLength + begin, 8 + headerLength + begin + 2)]).toEqual([0x34, 0x12]);
  });
});

// biome-ignore lint/suspicious/noExplicitAny: the tests break a parsed JSON file in ways no type allows
type Json = any;

/** One node of each kind that ousim's first files did not have. */
function everyNode(): { json: Json; tensors: Map<string, Tensor> } {
  const tensors = new Map<string, Tensor>([
    ['w', { dtype: 'I8', shape: [2, 1, 2, 2], data: new Int8Array(8) }],
    ['zero', { dtype: 'I32', shape: [2], data: Int32Array.of(1, 2) }],
    ['bias', { dtype: 'F64', shape: [2], data: Float64Array.of(5, -7) }],
    ['multiplier', { dtype: 'I32', shape: [2], data: Int32Array.of(2 ** 30, 2 ** 30) }],
    ['shift', { dtype: 'I32', shape: [2], data: Int32Array.of(-3, 2) }],
    ['scale', { dtype: 'F32', shape: [2], data: Float32Array.of(0.5, 0.25) }],
  ]);
  const format = { bits: 8, signed: true, zeroPoint: 4 };
  const float32 = { kind: 'float32', scale: 0.5, outputScale: 0.25 };
  const json = {
    inputScale: 1,
    inputFormat: { bits: 8, signed: true, zeroPoint: -128 },
    inputShape: [2, 5, 5],
    preprocess: { kind: 'shifted', offset: -128 },
    nodes: [
      {
        ...{ op: 'conv', name: 'c', input: 'input', weight: 'w', weightZeroPoint: 'zero', groups: 2 },
        ...{ stride: [1, 2], pad: [0, 1, 1, 0], dilation: [2, 1], outputFormat: format },
        requantiser: {
          ...{ kind: 'fixed-point', rounding: 'double', bias: 'bias', multiplier: 'multiplier', shift: 'shift' },
          ...{ min: -100, max: 100 },
        },
      },
      { op: 'rescale', name: 'r', input: 'c', arithmetic: float32 },
      { op: 'add', name: 'a', input: 'c', other: 'r', arithmetic: { ...float32, otherScale: 1 } },
      { op: 'concat', name: 'cat', inputs: ['a', 'c'] },
      { op: 'avgpool', name: 'p', input: 'cat', kernel: [2, 3], stride: 1, pad: 0, arithmetic: { kind: 'mean' } },
      { op: 'maxpool', name: 'm', input: 'p', kernel: [2, 1], stride: [2, 1], pad: [1, 0, 0, 0] },
      {
        ...{ op: 'conv', name: 'e', input: 'm', weight: 'w4', groups: 4, stride: 1, pad: 0 },
        requantiser: { kind: 'none' },
      },
    ],
  };
  tensors.set('w4', { dtype: 'I8', shape: [4, 1, 1, 1], data: new Int8Array(4) });
  return { json, tensors };
}

function problemsAfter(change: (json: Json, tensors: Map<string, Tensor>) => void): readonly Problem[] {
  const { json, tensors } = everyNode();
  change(json, tensors);
  try {
    parseNetwork(json, tensors, 'every.json');
  } catch (error) {
    expect(error).toBeInstanceOf(NetworkFormatError);
    return (error as NetworkFormatError).problems;
  }
  return [];
}

describe('files with the keys of imported networks', () => {
  it('are read with every shape worked out', () => {
    const { json, tensors } = everyNode();
    const network = parseNetwork(json, tensors, 'every.json');
    // c: the kernel of 2 x 2 reaches over 3 x 2 pixels of 6 x 6: (6 - 3) / 1 + 1 rows, (6 - 2) / 2 + 1 columns.
    // p: (4 - 2) + 1 rows, (3 - 3) + 1 columns. m: (3 + 1 - 2) / 2 + 1 rows.
    expect(network.nodes.map(({ name, outputShape }) => [name, ...outputShape])).toEqual([
      ['c', 2, 4, 3],
      ['r', 2, 4, 3],
      ['a', 2, 4, 3],
      ['cat', 4, 4, 3],
      ['p', 4, 3, 1],
      ['m', 4, 2, 1],
      ['e', 4, 2, 1],
    ]);
    expect(network.inputFormat).toEqual({ bits: 8, signed: true, zeroPoint: -128 });
    const [conv] = network.nodes as [MatrixNode];
    expect(conv).toMatchObject({ groups: 2, dilationHeight: 2, padLeft: 1, padBottom: 1, strideWidth: 2, last: false });
    expect(conv.requantiser).toMatchObject({ rounding: 'double', min: -100, max: 100, bias: Float64Array.of(5, -7) });
    // Limits that are left out are those of the format, which is that of the input.
    const format = { bits: 8, signed: true, zeroPoint: 4 };
    expect(network.nodes[2]).toMatchObject({ min: -128, max: 127, outputFormat: format, otherFormat: format });
  });

  const node = (json: Json, name: string) => json.nodes.find((each: Json) => each.name === name);
  const fixed = (json: Json) => node(json, 'c').requantiser;
  const cases: [
    what: string,
    change: (json: Json, tensors: Map<string, Tensor>) => void,
    path: string,
    text: RegExp,
  ][] = [
    ['both signs of the input', (j) => (j.inputSigned = true), 'inputSigned', /left out beside inputFormat/],
    ['17 bits', (j) => (j.inputFormat.bits = 17), 'inputFormat.bits', /from 1 to 16/],
    ['zero point out of range', (j) => (j.inputFormat.zeroPoint = 128), 'inputFormat.zeroPoint', /from -128 to 127/],
    ['unknown key of a format', (j) => (j.inputFormat.zeropoint = 1), 'inputFormat.zeropoint', /mean "zeroPoint"/],
    ['a format that is a text', (j) => (node(j, 'c').outputFormat = 'int8'), 'nodes[0].outputFormat', /bits, signed/],
    ['shift out of the format', (j) => (j.preprocess.offset = 0), 'preprocess.offset', /from -128 to -128/],
    ['groups that do not divide', (j) => (node(j, 'c').groups = 3), 'nodes[0].groups', /divisor.*channels, 2/],
    ['groups without their channels', (j) => (node(j, 'c').groups = 1), 'nodes[0].weight', /2 input channels/],
    ['three strides', (j) => (node(j, 'c').stride = [1, 2, 3]), 'nodes[0].stride', /\[height, width\]/],
    ['padding on three sides', (j) => (node(j, 'c').pad = [1, 1, 1]), 'nodes[0].pad', /\[top, left, bottom, right\]/],
    ['dilation 0', (j) => (node(j, 'c').dilation = 0), 'nodes[0].dilation', /from 1/],
    ['dilation over the image', (j) => (node(j, 'c').dilation = 9), 'nodes[0].weight', /padded input, 6 x 6/],
    ['17-bit weights', (j) => (node(j, 'c').weightBits = 17), 'nodes[0].weightBits', /from 1 to 16/],
    [
      'weights wider than they say',
      (j, t) => {
        node(j, 'c').weightBits = 4;
        t.set('w', { dtype: 'I8', shape: [2, 1, 2, 2], data: Int8Array.of(0, 0, 0, 0, 0, 8, 0, 0) });
      },
      'nodes[0].weight',
      /from -8 to 7, 4 bits; element 5 is 8/,
    ],
    [
      'zero point no weight has',
      (_, t) => t.set('zero', { dtype: 'I32', shape: [2], data: Int32Array.of(0, 128) }),
      'nodes[0].weightZeroPoint',
      /from -128 to 127; element 1 is 128/,
    ],
    ['M beside a requantiser', (j) => (node(j, 'c').M = 'bias'), 'nodes[0].M', /left out beside requantiser/],
    ['unknown kind', (j) => (fixed(j).kind = 'fixed'), 'nodes[0].requantiser.kind', /fixed-point, float32, none/],
    ['unknown rounding', (j) => (fixed(j).rounding = 'single'), 'nodes[0].requantiser.rounding', /double, int16x8/],
    ['scale of fixed point', (j) => (fixed(j).scale = 'scale'), 'nodes[0].requantiser.scale', /the keys kind/],
    ['limits that cross', (j) => (fixed(j).max = -101), 'nodes[0].requantiser.max', /from -100 to 127/],
    [
      'shift of 8 with 16-bit activations',
      (j, t) => {
        fixed(j).rounding = 'int16x8';
        t.set('shift', { dtype: 'I32', shape: [2], data: Int32Array.of(8, 0) });
      },
      'nodes[0].requantiser.shift',
      /from -31 to 7; element 0 is 8/,
    ],
    [
      'shift of 31',
      (_, t) => t.set('shift', { dtype: 'I32', shape: [2], data: Int32Array.of(0, 31) }),
      'nodes[0].requantiser.shift',
      /from -31 to 30; element 1 is 31/,
    ],
    [
      'bias of half a step',
      (_, t) => t.set('bias', { dtype: 'F64', shape: [2], data: Float64Array.of(0.5, 1) }),
      'nodes[0].requantiser.bias',
      /whole numbers.*element 0 is 0.5/,
    ],
    [
      'sums before the end',
      (j) => (node(j, 'c').requantiser = { kind: 'none' }),
      'nodes[0].requantiser.kind',
      /final node only/,
    ],
    [
      'pruning of a zero point',
      (j) => (node(j, 'e').windowPruning = { rowBlock: 1, groupRows: 1, threshold: 1 }),
      'nodes[6].windowPruning',
      /zero point/,
    ],
    [
      'row block of 0',
      (j) => (node(j, 'c').windowPruning = { rowBlock: 0, groupRows: 1, threshold: 1 }),
      'nodes[0].windowPruning.rowBlock',
      /from 1/,
    ],
    ['no arithmetic', (j) => delete node(j, 'r').arithmetic, 'nodes[1].arithmetic', /got nothing/],
    ['mean of two tensors', (j) => (node(j, 'a').arithmetic.kind = 'mean'), 'nodes[2].arithmetic.kind', /float32/],
    ['scale of 0', (j) => (node(j, 'r').arithmetic.scale = 0), 'nodes[1].arithmetic.scale', /above 0/],
    [
      'multiplier of 33 bits',
      (j) => (node(j, 'r').arithmetic = { kind: 'fixed-point', multiplier: 2 ** 32, shift: 0 }),
      'nodes[1].arithmetic.multiplier',
      /from -2147483648 to 2147483647/,
    ],
    ['limit of another format', (j) => (node(j, 'r').min = -129), 'nodes[1].min', /from -128 to 127/],
    ['operand that is missing', (j) => (node(j, 'a').other = 'q'), 'nodes[2].other', /earlier node/],
    ['operand of another shape', (j) => (node(j, 'a').other = 'input'), 'nodes[2].other', /\[2, 4, 3\].*\[2, 5, 5\]/],
    ['input of a concat', (j) => (node(j, 'cat').input = 'a'), 'nodes[3].input', /the keys op, name, inputs/],
    ['no inputs', (j) => (node(j, 'cat').inputs = []), 'nodes[3].inputs', /at least one/],
    ['unknown part', (j) => (node(j, 'cat').inputs = ['a', 'cc']), 'nodes[3].inputs[1]', /got "cc".*mean "c"/],
    ['part of another size', (j) => (node(j, 'cat').inputs[1] = 'input'), 'nodes[3].inputs[1]', /\[2, 5, 5\]/],
    [
      'part in another format',
      (j) => {
        node(j, 'r').outputFormat = { bits: 8, signed: true, zeroPoint: 0 };
        node(j, 'cat').inputs[1] = 'r';
      },
      'nodes[3].inputs[1]',
      /zeroPoint.*4.*rescale/,
    ],
    [
      'mean in another format',
      (j) => (node(j, 'p').outputFormat = { bits: 8, signed: true, zeroPoint: 0 }),
      'nodes[4].outputFormat',
      /format of the input/,
    ],
    ['kernel over the image', (j) => (node(j, 'p').kernel = 5), 'nodes[4].kernel', /padded input, 4 x 3/],
    ['padding alone', (j) => (node(j, 'p').pad = [0, 0, 2, 0]), 'nodes[4].pad', /less than the kernel.*2 x 3/],
    ['k and kernel', (j) => (node(j, 'm').k = 1), 'nodes[5].kernel', /left out beside k/],
    ['real requantiser without logits', (j) => delete node(j, 'e').requantiser, 'nodes[6].last', /outputFormat/],
  ];
  it.each(cases)('%s', (_, change, path, text) => {
    const problems = problemsAfter(change);
    const problem = problems.find((candidate) => candidate.path === path);
    expect(problem, `a problem at ${path}, not only at ${problems.map((each) => each.path)}`).toBeDefined();
    expect(describeProblem(problem!)).toMatch(text);
  });

  it('all problems at once, and none that only follow from another', () => {
    const problems = problemsAfter((json) => {
      json.inputFormat.bits = 0; // hides the format of everything that keeps it
      node(json, 'c').stride = 0; // hides all shapes
      node(json, 'a').arithmetic.otherScale = -1;
      node(json, 'p').kernel = 'all';
      node(json, 'e').requantiser.kind = 'nothing';
    });
    expect(problems.map(({ path }) => path)).toEqual([
      'inputFormat.bits',
      'nodes[0].stride',
      'nodes[2].arithmetic.otherScale',
      'nodes[4].kernel',
      'nodes[6].requantiser.kind',
    ]);
  });

  it('sums that would not be exact are refused', () => {
    const rows = 2 ** 19 + 1;
    const tensors = new Map<string, Tensor>([
      ['w', { dtype: 'I16', shape: [1, rows], data: new Int16Array(rows) }],
      ['M', { dtype: 'F64', shape: [1], data: Float64Array.of(1) }],
    ]);
    const json = {
      ...{ inputScale: 1, inputFormat: { bits: 16, signed: false, zeroPoint: 0 }, preprocess: { kind: 'raw' } },
      inputShape: [rows, 1, 1],
      nodes: [
        { op: 'flatten', name: 'f', input: 'input' },
        { op: 'fc', name: 'fc', input: 'f', weight: 'w', weightBits: 16, M: 'M', B: 'M', last: true },
      ],
    };
    // inputShape holds at most 65,536 channels.
    expect(() => parseNetwork({ ...json, inputShape: [43_691, 12, 1] }, tensors, 'x')).toThrow(/524292 inputs/);
    tensors.set('w', { dtype: 'I16', shape: [1, 524_292], data: new Int16Array(524_292) });
    expect(() => parseNetwork({ ...json, inputShape: [43_691, 12, 1] }, tensors, 'x')).toThrow(/may exceed 2\^51/);
  });
});
