import { describe, expect, it } from 'vitest';
import { AccuracyMeter } from '../../models/accuracy.js';
import { bundledNetworkPath, sampleImages } from '../../models/bundled.js';
import { dataSetOf } from '../../models/data-sets.js';
import { executeNetwork } from '../../models/execute.js';
import { loadFloatWeights } from '../../models/float-network.js';
import { loadNetwork } from '../../models/load-network.js';
import { MatrixLayer } from '../../models/matrix-layer.js';
import { isMatrixNode } from '../../models/network.js';
import { quantiseImage } from '../../models/preprocess.js';
import { requantise } from '../../models/requantise.js';

const path = bundledNetworkPath('lenet5-mnist');
const network = loadNetwork(path);
const digits = sampleImages(network, 0, 50)!;
const images = { pixels: digits.pixels, labels: digits.labels! };

describe('AccuracyMeter', () => {
  it('counts what the reference classifies right, and says what it takes each image for', () => {
    const { correct, count, predictions } = new AccuracyMeter(images).measure(network);
    const expected = images.pixels.map((pixels) => {
      const logits = executeNetwork(network, quantiseImage(network, pixels));
      return logits.indexOf(Math.max(...logits));
    });
    expect(count).toBe(50);
    expect([...predictions]).toEqual(expected);
    expect(correct).toBe(expected.filter((prediction, i) => prediction === images.labels[i]).length);
    const wrong = new AccuracyMeter({ ...images, labels: expected.map((prediction) => (prediction + 1) % 10) });
    expect(wrong.measure(network).correct).toBe(0);
  });

  it('each network quantises the pixels for itself', () => {
    const layers = new Map(
      network.nodes.filter(isMatrixNode).map((node) => {
        const { weights, weightBits } = new MatrixLayer(node);
        return [node.name, { weights, weightBits, scale: node.weightScale! }];
      }),
    );
    const fine = requantise(network, { activationBits: 12, layers });
    const meter = new AccuracyMeter(images);
    expect([...meter.measure(fine).predictions]).toEqual([...meter.measure(network).predictions]);
  });

  it('a limit takes the first images alone; progress is told of each', () => {
    const meter = new AccuracyMeter(images, 7);
    expect(meter.count).toBe(7);
    const seen: string[] = [];
    const { count, predictions } = meter.measure(network, (done, total) => seen.push(`${done}/${total}`));
    expect(count).toBe(7);
    expect(predictions).toEqual(new AccuracyMeter(images).measure(network).predictions.slice(0, 7));
    expect(seen).toEqual(['1/7', '2/7', '3/7', '4/7', '5/7', '6/7', '7/7']);
  });

  it('of equal logits the first is the prediction', () => {
    const zeros = {
      kind: 'real' as const,
      bias: new Float64Array(10),
      multiplier: new Float64Array(10),
      residual: null,
    };
    const nodes = network.nodes.map((node) =>
      isMatrixNode(node) && node.last ? { ...node, requantiser: zeros } : node,
    );
    expect([...new AccuracyMeter(images, 3).measure({ ...network, nodes }).predictions]).toEqual([0, 0, 0]);
  });

  it('refuses images without labels and limits that do not fit', () => {
    expect(() => new AccuracyMeter({ ...images, labels: [1] })).toThrow(/50 images, 1 labels/);
    expect(() => new AccuracyMeter({ pixels: [], labels: [] })).toThrow(RangeError);
    expect(() => new AccuracyMeter(images, 0)).toThrow(/limit 0; allowed: a whole number from 1 to 50/);
    expect(() => new AccuracyMeter(images, 51)).toThrow(RangeError);
  });
});

describe('published accuracy on the 1000 test images', () => {
  it('LeNet-5: int8 99.4 %; float within the 10,000 digits its 99.34 % allows', () => {
    const meter = new AccuracyMeter(dataSetOf(network)!.test());
    expect(meter.measure(network).correct).toBe(994);
    // 66 of the 10,000 digits are wrong; that there are none among these 1000, or more than 20, is most unlikely.
    const { correct } = meter.measureFloat(network, loadFloatWeights(path)!);
    expect(correct).toBeGreaterThan(980);
    expect(correct).toBeLessThan(1000);
  });
});
