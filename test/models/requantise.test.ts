import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bundledImages, bundledNetworkPath, sampleImages } from '../../models/bundled.js';
import { executeNetwork } from '../../models/execute.js';
import { fastProduct } from '../../models/fast-product.js';
import { FloatNetwork, type FloatWeights, loadFloatWeights } from '../../models/float-network.js';
import { loadNetwork, parseNetwork } from '../../models/load-network.js';
import { MatrixLayer, matrixLayers } from '../../models/matrix-layer.js';
import {
  type ConvNode,
  isMatrixNode,
  type MatrixNode,
  type Network,
  type RealRequantiser,
} from '../../models/network.js';
import { normaliseImage, quantiseImage } from '../../models/preprocess.js';
import { type RequantisedLayer, requantise } from '../../models/requantise.js';
import type { Tensor } from '../../models/tensor.js';
import { SHARED_DATA_MISSING, sharedData } from './shared-data.js';
import { fixedPoint, matrixDefaults, networkOf, signed } from './single-node.js';

const SEED = { seed: 20261121, numRuns: 60 };
const NETWORKS = ['lenet5-mnist', 'vgg10m-cifar10'] as const;

/** The network's own integers and scale, as `requantise` takes them. */
function ownLayers(network: Network): Map<string, RequantisedLayer> {
  const nodes = network.nodes.filter(isMatrixNode);
  return new Map(
    nodes.map((node) => {
      const { weights, weightBits } = new MatrixLayer(node);
      return [node.name, { weights, weightBits, scale: node.weightScale! }];
    }),
  );
}

/** Float weights rounded to integers of `bits` bits, the largest of a layer at the limit. */
function roundedLayers(network: Network, floatWeights: FloatWeights, bits: number): Map<string, RequantisedLayer> {
  const nodes = network.nodes.filter(isMatrixNode);
  return new Map(
    nodes.map((node) => {
      const matrix = new MatrixLayer(node).floatMatrix(0, 1, floatWeights.get(node.name)!);
      const scale = matrix.reduce((max, w) => Math.max(max, Math.abs(w)), 0) / (2 ** (bits - 1) - 1);
      return [node.name, { weights: Int32Array.from(matrix, (w) => Math.round(w / scale)), weightBits: bits, scale }];
    }),
  );
}

const i8 = (shape: number[], ...values: number[]): Tensor => ({ dtype: 'I8', shape, data: Int8Array.from(values) });
const f64 = (...values: number[]): Tensor => ({
  dtype: 'F64',
  shape: [values.length],
  data: Float64Array.from(values),
});

/** Two 1x1 convolutions, the second with a residual, pooling, and a fully connected layer, on a 2x2 image. */
function small(signed: boolean, weightScale: number | null = 0.5): Network {
  const own = weightScale === null ? {} : { weightScale };
  const conv = { op: 'conv', stride: 1, pad: 0, ...own };
  const json = {
    title: 'small',
    inputScale: 0.1,
    inputSigned: signed,
    inputShape: [1, 2, 2],
    preprocess: signed ? { kind: 'normalise', mean: [0.5], std: [0.25] } : { kind: 'raw' },
    nodes: [
      { ...conv, name: 'a', input: 'input', weight: 'a.w', M: 'a.M', B: 'a.B' },
      { ...conv, name: 'b', input: 'a', weight: 'b.w', M: 'b.M', B: 'b.B', residual: 'a', R: 0.75 },
      { op: 'maxpool', name: 'pool', input: 'b', k: 2 },
      { op: 'gap', name: 'mean', input: 'pool' },
      { op: 'fc', name: 'last', input: 'mean', weight: 'last.w', M: 'last.M', B: 'last.B', ...own, last: true },
    ],
  };
  const tensors = {
    'a.w': i8([2, 1, 1, 1], 3, -2),
    'a.M': f64(0.5, 0.25),
    'a.B': f64(10, 20),
    'b.w': i8([2, 2, 1, 1], 1, 2, -1, 4),
    'b.M': f64(0.3, 0.2),
    'b.B': f64(-4, 8),
    'last.w': i8([1, 2], 5, -6),
    'last.M': f64(0.01),
    'last.B': f64(0.5),
  };
  return parseNetwork(json, new Map(Object.entries(tensors)), 'small.json');
}

describe('requantise', () => {
  it('with 8 bits and the own integers changes no node, and no logit of the bundled networks', () => {
    for (const name of NETWORKS) {
      const network = loadNetwork(bundledNetworkPath(name));
      const same = requantise(network, { activationBits: 8, layers: ownLayers(network) });
      expect(same).toEqual(network);
      for (const image of bundledImages(name, 0, 2).images) {
        expect(executeNetwork(same, image, { product: fastProduct })).toEqual(executeNetwork(network, image));
      }
    }
  });

  it('scales M by the weights and the units of input and output, B by the output, R by the residual', () => {
    // 4 bits: a step of a ReLU output is 255/15 = 17 steps of the 8-bit one, twice that with clip 2; of a signed input
    // 127/7. The weights of "a" become twice as coarse.
    const network = small(true);
    const layers = ownLayers(network).set('a', { weights: Int32Array.of(7, -8), weightBits: 4, scale: 1 });
    const coarse = requantise(network, { activationBits: 4, activationClip: 2, layers });
    expect(coarse.activationBits).toBe(4);
    expect(coarse.inputScale).toBeCloseTo((0.1 * 127) / 7, 12);
    const [a, b, pool, , last] = coarse.nodes as [MatrixNode, MatrixNode, unknown, unknown, MatrixNode];
    const real = (node: MatrixNode) => node.requantiser as RealRequantiser;
    expect(a).toMatchObject({ weights: Int8Array.of(7, -8), weightBits: 4, weightScale: 1 });
    expect([...real(a).multiplier]).toEqual([
      expect.closeTo((0.5 * 2 * (127 / 7)) / 34, 12),
      expect.closeTo((0.25 * 2 * (127 / 7)) / 34, 12),
    ]);
    expect([...real(a).bias]).toEqual([expect.closeTo(10 / 34, 12), expect.closeTo(20 / 34, 12)]);
    // b: input and output have the same unit.
    expect([...real(b).multiplier]).toEqual([expect.closeTo(0.3, 12), expect.closeTo(0.2, 12)]);
    expect(real(b).residual!.multiplier).toBeCloseTo(0.75, 12);
    const format = { bits: 4, signed: false, zeroPoint: 0 };
    expect(pool).toEqual({ ...network.nodes[2], inputFormat: format, outputFormat: format });
    expect(a.inputFormat).toEqual({ bits: 4, signed: true, zeroPoint: 0 });
    // The logits keep their unit, also behind pooling.
    expect(real(last).multiplier[0]).toBeCloseTo(0.01 * 34, 12);
    expect(real(last).bias[0]).toBe(0.5);
    expect(requantise(small(false), { activationBits: 4, layers }).inputScale).toBeCloseTo(0.1 * 17, 12);
  });

  it('keeps what the network is in floats, whatever the widths and the clip', () => {
    const widths = fc.record({
      activationBits: fc.integer({ min: 2, max: 16 }),
      activationClip: fc.double({ min: 0.1, max: 2, noNaN: true }),
      scale: fc.double({ min: 0.001, max: 10, noNaN: true }),
      signed: fc.boolean(),
      image: fc.uint8Array({ minLength: 4, maxLength: 4 }),
    });
    const floatWeights = new Map([
      ['a', Float64Array.of(1.4, -0.9)],
      ['b', Float64Array.of(0.6, 1.1, -0.4, 2.1)],
      ['last', Float64Array.of(2.4, -3.1)],
    ]);
    fc.assert(
      fc.property(widths, ({ activationBits, activationClip, scale, signed, image }) => {
        const network = small(signed);
        const layers = new Map(Array.from(ownLayers(network), ([name, layer]) => [name, { ...layer, scale }]));
        const other = requantise(network, { activationBits, activationClip, layers });
        const logit = (net: Network) => new FloatNetwork(net, floatWeights).execute(normaliseImage(net, image))[0]!;
        expect(logit(other)).toBeCloseTo(logit(network), 9);
      }),
      SEED,
    );
  });

  it('with 16-bit weights and activations follows the float network closely', () => {
    const network = loadNetwork(bundledNetworkPath('lenet5-mnist'));
    const floatWeights = loadFloatWeights(bundledNetworkPath('lenet5-mnist'))!;
    // Activations above the 99.99th percentile are cut off in the integer network; a clip of 2 leaves all of them.
    const fine = requantise(network, {
      activationBits: 16,
      activationClip: 2,
      layers: roundedLayers(network, floatWeights, 16),
    });
    const float = new FloatNetwork(network, floatWeights);
    for (const pixels of sampleImages(network, 0, 50)!.pixels) {
      const logits = executeNetwork(fine, quantiseImage(fine, pixels), { product: fastProduct });
      const exact = float.execute(normaliseImage(network, pixels));
      logits.forEach((logit, m) => {
        expect(Math.abs(logit - exact[m]!)).toBeLessThan(0.01);
      });
    }
  });

  it('pruned windows are those of the reference, with 4-bit activations too', () => {
    const network = loadNetwork(bundledNetworkPath('lenet5-mnist'));
    const floatWeights = loadFloatWeights(bundledNetworkPath('lenet5-mnist'))!;
    const layers = roundedLayers(network, floatWeights, 4);
    const windowPruning = { rowBlock: 128, groupRows: 9, threshold: 3 };
    for (const [name, layer] of layers) layers.set(name, { ...layer, windowPruning });
    const network4 = requantise(network, { activationBits: 4, layers });
    expect([...matrixLayers(network4).values()].map((layer) => layer.windowPruning)).toEqual(
      Array(5).fill(windowPruning),
    );
    for (const pixels of sampleImages(network, 0, 3)!.pixels) {
      const input = quantiseImage(network4, pixels);
      const outputs: Tensor[] = [];
      const logits = executeNetwork(network4, input, { observe: (_, output) => outputs.push(output) });
      expect(executeNetwork(network4, input, { product: fastProduct })).toEqual(logits);
      for (const { data } of outputs.slice(0, -1)) expect(Math.max(...data)).toBeLessThanOrEqual(15);
      const unpruned = requantise(network, { activationBits: 4, layers: roundedLayers(network, floatWeights, 4) });
      expect(executeNetwork(unpruned, input)).not.toEqual(logits);
    }
  });

  it('names every layer that does not fit', () => {
    const layers = ownLayers(small(true));
    const attempt = (network: Network, changes: Partial<Parameters<typeof requantise>[1]>) => () =>
      requantise(network, { activationBits: 8, layers, ...changes });
    expect(attempt(small(true, null), {})).toThrow(/layer "a": has no weightScale.*\n.*layer "b": has no weightScale/);
    expect(attempt(small(true), { layers: new Map([...layers].slice(1)) })).toThrow(
      /^requantise "small": layer "a": is not among the layers given$/,
    );
    expect(attempt(small(true), { layers: new Map(layers).set('c', layers.get('a')!) })).toThrow(
      /layer "c": no conv or fc node; there are a, b, last/,
    );
    const changed = (layer: Partial<RequantisedLayer>) =>
      attempt(small(true), { layers: new Map(layers).set('a', { ...layers.get('a')!, ...layer }) });
    expect(changed({ weights: Int32Array.of(1) })).toThrow(/layer "a": 1 weights; needed: 2/);
    expect(changed({ weights: Int32Array.of(1, 4), weightBits: 3 })).toThrow(
      /layer "a": weight 4 at 1; allowed with 3 bits: -4 to 3/,
    );
    expect(changed({ weightBits: 17 })).toThrow(/layer "a": weightBits 17; allowed: a whole number from 1 to 16/);
    expect(changed({ scale: 0 })).toThrow(/layer "a": scale 0/);
    expect(changed({ windowPruning: { rowBlock: 1, groupRows: 1, threshold: 1 } })).toThrow(
      /layer "a": windowPruning on a signed input/,
    );
    expect(attempt(small(true), { activationBits: 1 })).toThrow(
      /activationBits 1; allowed: a whole number from 2 to 16 \(the network input is signed\)/,
    );
    expect(attempt(small(false), { activationBits: 0 })).toThrow(/allowed: a whole number from 1 to 16/);
    expect(attempt(small(true), { activationClip: -1 })).toThrow(/activationClip -1/);
    const once = requantise(small(true), { activationBits: 6, layers });
    expect(attempt(once, {})).toThrow(/the network has 6-bit activations/);
  });
});

describe('requantise imported networks', () => {
  const grouped: ConvNode = {
    ...matrixDefaults,
    ...{
      op: 'conv',
      inputShape: [2, 1, 1],
      outputShape: [4, 1, 1],
      inputFormat: signed(8, 3),
      outputFormat: signed(8, 5),
    },
    ...{ kernelHeight: 1, kernelWidth: 1, strideHeight: 1, strideWidth: 1, dilationHeight: 1, dilationWidth: 1 },
    ...{ padTop: 0, padLeft: 0, padBottom: 0, padRight: 0, groups: 2 },
    ...{ weights: Int8Array.of(1, 2, 3, 4), weightScale: 0.5 },
    requantiser: fixedPoint('double', [2 ** 30, 2 ** 30, 2 ** 30, 2 ** 30], [0, 0, 0, 0], [-128, 127]),
  };
  const network = networkOf(grouped);
  const layers = (layer: Partial<RequantisedLayer> = {}) =>
    new Map([['node', { weights: Int32Array.of(4, 3, 2, 1), weightBits: 8, scale: 0.5, ...layer }]]);

  it('take other integers of the same scale, groups side by side, and keep their formats', () => {
    const other = requantise(network, { activationBits: 8, layers: layers() });
    expect(other.nodes).toEqual([{ ...grouped, weights: Int8Array.of(4, 3, 2, 1) }]);
    expect(other.inputFormat).toEqual(network.inputFormat);
  });

  it('refuse other scales, widths and clips', () => {
    const attempt = (changes: Partial<Parameters<typeof requantise>[1]>) => () =>
      requantise(network, { activationBits: 8, layers: layers(), ...changes });
    expect(attempt({ layers: layers({ scale: 1 }) })).toThrow(
      /scale 1; allowed with a fixed-point requantiser: its own, 0\.5/,
    );
    expect(attempt({ activationBits: 6 })).toThrow(/layer "node" is requantised by fixed-point; allowed: real/);
    expect(attempt({ activationClip: 0.5 })).toThrow(/layer "node" is requantised by fixed-point; allowed: real/);
    const real = {
      kind: 'real' as const,
      multiplier: f64(1, 1, 1, 1).data as Float64Array,
      bias: new Float64Array(4),
      residual: null,
    };
    const withZeroPoints = networkOf({ ...grouped, requantiser: real });
    expect(() => requantise(withZeroPoints, { activationBits: 6, layers: layers() })).toThrow(
      /layer "node" has a zero point; allowed: none/,
    );
  });

  it('scales of their own for every output enter its multiplier', () => {
    const real = {
      kind: 'real' as const,
      multiplier: Float64Array.of(1, 2, 3, 4),
      bias: new Float64Array(4),
      residual: null,
    };
    const scaled = requantise(networkOf({ ...grouped, requantiser: real }), {
      activationBits: 8,
      layers: layers({ scale: Float64Array.of(0.5, 1, 0.25, 2) }),
    });
    const node = scaled.nodes[0] as MatrixNode;
    expect([...(node.requantiser as RealRequantiser).multiplier]).toEqual([1, 4, 1.5, 16]);
    expect(node.weightScale).toBeNull();
  });
});

describe('requantise resnet20', () => {
  it('with 8 bits and the own integers changes no node', ({ skip }) => {
    const path = sharedData('resnet20-cifar10/int8.json');
    if (path === null) return skip(SHARED_DATA_MISSING);
    const network = loadNetwork(path);
    expect(requantise(network, { activationBits: 8, layers: ownLayers(network) })).toEqual(network);
  });
});
