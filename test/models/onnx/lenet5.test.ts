import { describe, expect, it } from 'vitest';
import { bundledNetworkPath, sampleImages } from '../../../models/bundled.js';
import { dataSetOf } from '../../../models/data-sets.js';
import { executeNetwork } from '../../../models/execute.js';
import { executeFloatNetwork, FloatNetwork, loadFloatWeights } from '../../../models/float-network.js';
import { evaluate } from '../../../models/layer-graph/evaluate.js';
import { loadNetwork } from '../../../models/load-network.js';
import { isMatrixNode, type Network } from '../../../models/network.js';
import { importOnnx, importOnnxWithWeights, readOnnxGraph } from '../../../models/onnx/import-onnx.js';
import { normaliseImage, quantiseImage } from '../../../models/preprocess.js';
import { expectAsNaive } from './expect-as-naive.js';
import { floatLenet5, qdqLenet5 } from './lenet5-onnx.js';
import { encodeModel } from './onnx-builder.js';

const bundledPath = bundledNetworkPath('lenet5-mnist');
const bundled = loadNetwork(bundledPath);
const pixels = sampleImages(bundled, 0, 50)!.pixels;
const real = (image: Uint8Array) => Float64Array.from(image, (pixel) => pixel / 255);
const argmax = (values: ArrayLike<number>) => Array.from(values).indexOf(Math.max(...Array.from(values)));

describe('LeNet-5 as an .onnx file of QuantizeLinear and DequantizeLinear', () => {
  const model = qdqLenet5();
  const network = importOnnx(encodeModel(model), 'lenet5-qdq.onnx');

  it('becomes a network of integers with the formats of the file', () => {
    expect(network).toMatchObject({
      title: 'lenet5-qdq',
      inputShape: [1, 28, 28],
      inputFormat: { bits: 8, signed: false, zeroPoint: 0 },
      preprocess: { kind: 'raw' },
    });
    const rows = network.nodes.map(({ name, op, outputShape, outputFormat: { signed, zeroPoint } }) => {
      return [name, op, outputShape.join('x'), signed ? 'int8' : 'uint8', zeroPoint];
    });
    expect(rows).toEqual([
      ['c1', 'conv', '6x28x28', 'uint8', 0],
      ['c1_pool', 'maxpool', '6x14x14', 'uint8', 0],
      ['c2', 'conv', '16x10x10', 'int8', -128],
      ['c2_pool', 'maxpool', '16x5x5', 'int8', -128],
      ['flatten', 'flatten', '400', 'int8', -128],
      ['f1', 'fc', '120', 'uint8', 3],
      ['f2', 'fc', '84', 'int8', -100],
      ['f3', 'fc', '10', 'int8', -20],
    ]);
    expect(dataSetOf(network)?.name).toBe('MNIST');
  });

  it('executes as an independent evaluation of the graph, every quantised value within half a step', () => {
    for (const image of pixels.slice(0, 5)) {
      const input = quantiseImage(network, image);
      const { compared, output, executed } = expectAsNaive(model, network, input.data, Array.from(real(image)));
      expect(compared).toBe(784 + 6 * 784 + 1600 + 120 + 84 + 10);
      const { scale, zeroPoint } = { scale: Math.fround(0.3), zeroPoint: -20 };
      expect(Array.from(executed, (q) => (q - zeroPoint) * scale)).toEqual(output.data);
    }
  });

  it('classifies as the float network does', () => {
    const float = new FloatNetwork(bundled, loadFloatWeights(bundledPath)!);
    const agreeing = pixels.filter((image) => {
      const expected = argmax(float.execute(normaliseImage(bundled, image)));
      return argmax(executeNetwork(network, quantiseImage(network, image))) === expected;
    });
    expect(agreeing.length).toBeGreaterThanOrEqual(49);
  });
});

describe('LeNet-5 as a float .onnx file', () => {
  const bytes = encodeModel(floatLenet5());

  it('evaluates as the float network of the bundled one', () => {
    const graph = readOnnxGraph(bytes, 'lenet5.onnx');
    const floatWeights = loadFloatWeights(bundledPath)!;
    for (const image of pixels.slice(0, 5)) {
      const expected = executeFloatNetwork(bundled, floatWeights, normaliseImage(bundled, image));
      const logits = evaluate(graph, real(image));
      for (const [i, logit] of logits.entries()) expect(logit).toBeCloseTo(expected[i]!, 4);
    }
  });

  it('is quantised into the format that can be calibrated anew, with the integers of the bundled network', () => {
    const { network, floatWeights } = imported();
    expect(network.preprocess).toEqual({ kind: 'raw' });
    expect(network.inputScale).toBeCloseTo(1 / 255, 12);
    expect(network.nodes.map(({ op }) => op)).toEqual(bundled.nodes.map(({ op }) => op));
    const trained = loadFloatWeights(bundledPath)!;
    const own = network.nodes.filter(isMatrixNode);
    bundled.nodes.filter(isMatrixNode).forEach((node, i) => {
      expect(own[i]!.requantiser.kind).toBe('real');
      expect(own[i]!.last).toBe(node.last);
      // SOURCES.md of the stored networks: s = max|W| / 127 of the layer, rounded half to even.
      expect(Array.from(own[i]!.weights)).toEqual(Array.from(node.weights));
      expect(own[i]!.weightScale).toBeCloseTo(node.weightScale!, 8);
      expect(Array.from(floatWeights!.get(own[i]!.name)!)).toEqual(Array.from(trained.get(node.name)!));
    });
  });

  it('classifies MNIST test images as the float network does', () => {
    const { network } = imported();
    const float = new FloatNetwork(bundled, loadFloatWeights(bundledPath)!);
    const { pixels: images, labels } = dataSetOf(bundled)!.test();
    // Two of each class.
    const picked = images.flatMap((image, i) => (i % 5 === 0 ? [{ image, label: labels[i]! }] : []));
    const correct = (classify: (image: Uint8Array) => number) =>
      picked.filter(({ image, label }) => classify(image) === label).length / picked.length;
    const ofFloat = correct((image) => argmax(float.execute(normaliseImage(bundled, image))));
    const ofImported = correct((image) => argmax(executeNetwork(network, quantiseImage(network, image))));
    expect(ofFloat).toBeGreaterThan(0.97);
    expect(Math.abs(ofImported - ofFloat)).toBeLessThanOrEqual(0.01);
  });

  let network: ReturnType<typeof importOnnxWithWeights> | undefined;
  function imported(): { network: Network; floatWeights: ReturnType<typeof importOnnxWithWeights>['floatWeights'] } {
    network ??= importOnnxWithWeights(bytes, 'lenet5.onnx', {
      calibration: () => dataSetOf(bundled)!.calibration().pixels.slice(0, 100).map(real),
    });
    return network;
  }
});
