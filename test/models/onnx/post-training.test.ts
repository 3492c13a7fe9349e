import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { executeNetwork } from '../../../models/execute.js';
import { evaluate } from '../../../models/layer-graph/evaluate.js';
import { quantiseWeights } from '../../../models/layer-graph/quantise-weights.js';
import { ValueHistogram } from '../../../models/layer-graph/value-histogram.js';
import { isMatrixNode } from '../../../models/network.js';
import { importOnnx, importOnnxWithWeights, readOnnxGraph } from '../../../models/onnx/import-onnx.js';
import { quantiseImage } from '../../../models/preprocess.js';
import { encodeModel, node, type TestModel, type TestNode, type TestTensor, tensor } from './onnx-builder.js';
import { randomNumbers } from './random-models.js';

/** Builds float models whose images are [1, 2, 6, 6]. */
class FloatModel {
  readonly nodes: TestNode[] = [];
  readonly constants: TestTensor[] = [];
  private readonly next = randomNumbers(20261121);

  private values(count: number, scale: number): Float32Array {
    return Float32Array.from({ length: count }, () => (this.next() - 0.5) * 2 * scale);
  }

  conv(name: string, input: string, outputs: number, inputs: number, kernel = 3): this {
    const size = inputs * kernel * kernel;
    const pad = (kernel - 1) / 2;
    this.constants.push(
      tensor(
        `${name}.w`,
        'float32',
        [outputs, inputs, kernel, kernel],
        this.values(outputs * size, 1.5 / Math.sqrt(size)),
      ),
      tensor(`${name}.b`, 'float32', [outputs], this.values(outputs, 0.2)),
    );
    return this.add('Conv', name, [input, `${name}.w`, `${name}.b`], { pads: [pad, pad, pad, pad] });
  }

  gemm(name: string, input: string, outputs: number, inputs: number): this {
    this.constants.push(
      tensor(`${name}.w`, 'float32', [outputs, inputs], this.values(outputs * inputs, 1 / Math.sqrt(inputs))),
      tensor(`${name}.b`, 'float32', [outputs], this.values(outputs, 0.2)),
    );
    return this.add('Gemm', name, [input, `${name}.w`, `${name}.b`], { transB: 1 });
  }

  batchNormalization(name: string, input: string, channels: number, gains: (c: number) => number): this {
    this.constants.push(
      tensor(
        `${name}.g`,
        'float32',
        [channels],
        Array.from({ length: channels }, (_, c) => gains(c)),
      ),
      tensor(`${name}.o`, 'float32', [channels], this.values(channels, 0.3)),
      tensor(`${name}.m`, 'float32', [channels], this.values(channels, 0.3)),
      tensor(
        `${name}.v`,
        'float32',
        [channels],
        this.values(channels, 0.3).map((value) => 1 + value),
      ),
    );
    return this.add('BatchNormalization', name, [input, ...['g', 'o', 'm', 'v'].map((part) => `${name}.${part}`)]);
  }

  add(op: string, name: string, inputs: string[], attributes: TestNode['attributes'] = {}): this {
    this.nodes.push(node(op, name, inputs, attributes));
    return this;
  }

  encode(): Uint8Array {
    const model: TestModel = {
      input: { name: 'x', dims: ['N', 2, 6, 6] },
      output: this.nodes.at(-1)!.outputs[0]!,
      nodes: this.nodes,
      constants: this.constants,
    };
    return encodeModel(model);
  }
}

function images(count: number): Uint8Array[] {
  const next = randomNumbers(99);
  return Array.from({ length: count }, () => Uint8Array.from({ length: 72 }, () => Math.floor(next() * 256)));
}

const NORMALISED = { mean: [0.4, 0.5], std: [0.25, 0.2] };
const PLAIN = { mean: [0, 0], std: [1, 1] };

const realInput = (image: Uint8Array, { mean, std }: typeof PLAIN) =>
  Array.from(image, (pixel, i) => (pixel / 255 - mean[Math.floor(i / 36)]!) / std[Math.floor(i / 36)]!);

/** Signal-to-noise ratio of the quantised network's logits against the float model's, in dB, on images not calibrated with. */
function signalToNoise_dB(bytes: Uint8Array, pixels: typeof PLAIN, toReal: (q: number) => number = Number): number {
  const all = images(60);
  const graph = readOnnxGraph(bytes, 'model.onnx');
  const calibration = () => all.slice(20).map((image) => realInput(image, pixels));
  const network = importOnnx(bytes, 'model.onnx', { pixels, calibration });
  let [signal, noise] = [0, 0];
  for (const image of all.slice(0, 20)) {
    const expected = evaluate(graph, realInput(image, pixels));
    const got = executeNetwork(network, quantiseImage(network, image));
    got.forEach((value, i) => {
      signal += expected[i]! ** 2;
      noise += (toReal(value) - expected[i]!) ** 2;
    });
  }
  return 10 * Math.log10(signal / noise);
}

// 8 bits give about 50 dB a tensor; some layers of rounding and rare saturation cost up to half of it. Wrong scales, zero points
// or biases leave below 10 dB.
const FAITHFUL_dB = 25;

describe('post-training quantisation', () => {
  const residual = new FloatModel()
    .conv('c1', 'x', 8, 2)
    .batchNormalization('n1', 'c1', 8, (c) => 0.5 + c / 8)
    .add('Relu', 'r1', ['n1'])
    .conv('c2', 'r1', 8, 8)
    .add('Add', 'sum', ['c2', 'r1'])
    .add('Relu', 'r2', ['sum'])
    .add('MaxPool', 'p', ['r2'], { kernel_shape: [2, 2], strides: [2, 2] })
    .add('GlobalAveragePool', 'g', ['p'])
    .add('Flatten', 'f', ['g'])
    .gemm('logits', 'f', 5, 8)
    .encode();

  it.each([
    ['pixels / 255', PLAIN, 'raw'],
    ['normalised pixels', NORMALISED, 'normalise'],
  ])('ReLU, residual, batch normalisation, global average: the own format; %s', (_, pixels, kind) => {
    const calibration = () => images(30).map((image) => realInput(image, pixels));
    const { network, floatWeights } = importOnnxWithWeights(residual, 'model.onnx', { pixels, calibration });
    expect(network.nodes.map(({ op }) => op)).toEqual(['conv', 'conv', 'maxpool', 'gap', 'fc']);
    const matrices = network.nodes.filter(isMatrixNode);
    expect(matrices.map(({ requantiser }) => requantiser.kind)).toEqual(['real', 'real', 'real']);
    expect(matrices[1]!.requantiser).toMatchObject({ residual: { node: 'c1' } });
    expect(network.preprocess.kind).toBe(kind);
    // A signed input holds the largest magnitude that a pixel can give in 127 steps.
    const widest = Math.max(0.4 / 0.25, 0.6 / 0.25, 0.5 / 0.2);
    expect(network.inputScale).toBeCloseTo(kind === 'raw' ? 1 / 255 : widest / 127, 12);
    expect([...floatWeights!.keys()]).toEqual(['c1', 'c2', 'logits']);
    expect(signalToNoise_dB(residual, pixels)).toBeGreaterThan(FAITHFUL_dB);
  });

  it('a ReLU behind the pool, and ReLU6', () => {
    const bytes = new FloatModel()
      .conv('c1', 'x', 8, 2)
      .add('MaxPool', 'p', ['c1'], { kernel_shape: [2, 2], strides: [2, 2] })
      .add('Clip', 'r1', ['p'], { min: { float: 0 }, max: { float: 6 } })
      .add('Flatten', 'f', ['r1'])
      .gemm('logits', 'f', 5, 72)
      .encode();
    const network = importOnnx(bytes, 'model.onnx', { calibration: () => images(30).map((i) => realInput(i, PLAIN)) });
    expect(network.nodes.map(({ op }) => op)).toEqual(['conv', 'maxpool', 'flatten', 'fc']);
    expect(network.nodes.filter(isMatrixNode).every(({ requantiser }) => requantiser.kind === 'real')).toBe(true);
    expect(signalToNoise_dB(bytes, PLAIN)).toBeGreaterThan(FAITHFUL_dB);
  });

  it('another structure: linear bottlenecks, projections and concatenations get zero points', () => {
    const bytes = new FloatModel()
      .conv('c1', 'x', 8, 2)
      .add('Relu', 'r1', ['c1'])
      .conv('linear', 'r1', 8, 8)
      .conv('projection', 'r1', 8, 8, 1)
      // One gain of 0, as pruning leaves them: its output is the offset.
      .batchNormalization('n', 'projection', 8, (c) => (c === 3 ? 0 : 1))
      .add('Add', 'sum', ['linear', 'n'])
      .add('Relu', 'r2', ['sum'])
      .add('Concat', 'joined', ['r2', 'linear'], { axis: 1 })
      .add('AveragePool', 'p', ['joined'], { kernel_shape: [2, 2], strides: [2, 2] })
      .add('Flatten', 'f', ['p'])
      .gemm('logits', 'f', 5, 144)
      .add('Softmax', 'y', ['logits'])
      .encode();
    for (const pixels of [PLAIN, NORMALISED]) {
      const calibration = () => images(30).map((image) => realInput(image, pixels));
      const network = importOnnx(bytes, 'model.onnx', { pixels, calibration });
      const kinds = network.nodes.filter(isMatrixNode).map(({ name, requantiser }) => [name, requantiser.kind]);
      expect(kinds).toEqual([
        ['c1', 'float32'],
        ['linear', 'float32'],
        ['projection', 'float32'],
        ['logits', 'real'],
      ]);
      const formats = new Map(network.nodes.map(({ name, outputFormat }) => [name, outputFormat]));
      // Behind a ReLU 0 is the least integer; a sum of both signs has its 0 in the middle.
      expect(formats.get('c1')!.zeroPoint).toBe(0);
      expect(formats.get('sum')!.zeroPoint).toBe(0);
      expect(formats.get('linear')!.zeroPoint).toBeGreaterThan(50);
      expect(formats.get('linear')!.zeroPoint).toBeLessThan(205);
      expect(signalToNoise_dB(bytes, pixels)).toBeGreaterThan(FAITHFUL_dB);
    }
  });

  it('a network that ends in a pool gives the integers of its last quantised layer', () => {
    const bytes = new FloatModel()
      .conv('c1', 'x', 4, 2)
      .add('Relu', 'r', ['c1'])
      .add('GlobalAveragePool', 'g', ['r'])
      .encode();
    const calibration = () => images(30).map((image) => realInput(image, PLAIN));
    const network = importOnnx(bytes, 'model.onnx', { calibration });
    const final = network.nodes.at(-1)!;
    if (final.op !== 'avgpool' || final.arithmetic.kind !== 'float32') return expect.fail(final.op);
    const { outputScale } = final.arithmetic;
    expect(signalToNoise_dB(bytes, PLAIN, (q) => q * outputScale)).toBeGreaterThan(FAITHFUL_dB);
  });

  it('weights: symmetric, the largest magnitude is 127, halves to even', () => {
    const { values, scale } = quantiseWeights({ kind: 'float', values: Float32Array.of(-254, 1, 3, 5, 252, -1) });
    expect(scale[0]).toBe(2);
    expect([...values]).toEqual([-127, 0, 2, 2, 126, -0].map((value) => value + 0));
    expect(quantiseWeights({ kind: 'float', values: new Float32Array(3) }).scale[0]).toBe(1);
  });
});

describe('the histogram of calibration values', () => {
  const value = fc.oneof(
    fc.constant(0),
    fc.double({ min: -1000, max: 1000, noNaN: true }),
    fc.double({ min: -1, max: 1, noNaN: true }),
  );

  it('percentiles are those of the sorted values, but for the width of a bin', () => {
    fc.assert(
      fc.property(
        fc.array(fc.array(value, { minLength: 1, maxLength: 50 }), { minLength: 1, maxLength: 6 }),
        fc.double({ min: 0.01, max: 1, noNaN: true }),
        (parts, p) => {
          const histogram = new ValueHistogram();
          for (const part of parts) histogram.add(part);
          const sorted = parts.flat().sort((a, b) => a - b);
          const rank = Math.ceil(p * sorted.length);
          const width = Math.max(...sorted.map(Math.abs)) / 16384;
          const [upper, lower] = [histogram.upperPercentile(p), histogram.lowerPercentile(p)];
          expect(upper).toBeGreaterThanOrEqual(sorted[rank - 1]! - 1e-9);
          expect(upper).toBeLessThanOrEqual(sorted[rank - 1]! + width + 1e-9);
          expect(lower).toBeLessThanOrEqual(sorted[sorted.length - rank]! + 1e-9);
          expect(lower).toBeGreaterThanOrEqual(sorted[sorted.length - rank]! - width - 1e-9);
        },
      ),
      { seed: 20261121 },
    );
  });

  it('refuses values that are not finite, and percentiles of nothing', () => {
    expect(() => new ValueHistogram().add([1, Number.NaN])).toThrow(/NaN; allowed: finite/);
    expect(() => new ValueHistogram().upperPercentile(0.5)).toThrow(/no values/);
  });
});
