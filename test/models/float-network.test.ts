import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { bundledNetworkPath, sampleImages } from '../../models/bundled.js';
import { executeFloatNetwork, FloatNetwork, floatWeightsOf, loadFloatWeights } from '../../models/float-network.js';
import { loadNetwork } from '../../models/load-network.js';
import { matrixLayers } from '../../models/matrix-layer.js';
import {
  type AddNode,
  type AvgpoolNode,
  type ConcatNode,
  type ConvNode,
  isMatrixNode,
  type MatrixNode,
  type Network,
  type RescaleNode,
} from '../../models/network.js';
import { NetworkFormatError } from '../../models/network-format-error.js';
import { normaliseImage } from '../../models/preprocess.js';
import { readSafetensors } from '../../models/safetensors.js';
import type { Tensor } from '../../models/tensor.js';
import { SHARED_DATA_MISSING, sharedData } from './shared-data.js';
import { matrixDefaults, networkOf, signed } from './single-node.js';
import { temporaryFolder } from './temporary-folder.js';

const folder = temporaryFolder();
type Checkpoint = ReadonlyMap<string, Tensor>;

/** Names of a node's tensors in the checkpoint: the layer's own, and those of the batch normalisation behind it. */
const NAMES: Record<string, (node: string) => { layer: string; norm: string | null }> = {
  'lenet5-mnist': (node) => ({ layer: node, norm: null }),
  'vgg10m-cifar10': (node) => {
    const number = node.startsWith('conv') ? node.slice(4) : null;
    return number === null ? { layer: node, norm: null } : { layer: `conv.${number}`, norm: `bn.${number}` };
  },
  'resnet20-cifar10': (node) => ({ layer: node, norm: node === 'linear' ? null : node.replace('conv', 'bn') }),
};
const models = [
  { name: 'lenet5-mnist', path: bundledNetworkPath('lenet5-mnist') },
  { name: 'vgg10m-cifar10', path: bundledNetworkPath('vgg10m-cifar10') },
  { name: 'resnet20-cifar10', path: sharedData('resnet20-cifar10/int8.json') },
];

/**
 * The trained network straight from its checkpoint: convolution, bias or batch normalisation (eps 1e-5, SOURCES.md), ReLU.
 * Of the quantised network it uses the graph alone.
 */
function runCheckpoint(name: string, network: Network, checkpoint: Checkpoint, input: Float64Array): number[] {
  const values = new Map<string, number[]>([['input', [...input]]]);
  const data = (tensor: string) => checkpoint.get(tensor)!.data;
  for (const node of network.nodes) {
    const x = values.get(node.input)!;
    let y: number[] = [];
    if (isMatrixNode(node)) {
      const { layer, norm } = NAMES[name]!(node.name);
      y = product(node, Float64Array.from(x), Float64Array.from(data(`${layer}.weight`)));
      const pixels = y.length / node.outputShape[0]!;
      y = y.map((sum, i) => {
        const m = Math.floor(i / pixels);
        if (norm === null) return sum + data(`${layer}.bias`)[m]!;
        const [mean, variance] = [data(`${norm}.running_mean`)[m]!, data(`${norm}.running_var`)[m]!];
        return ((sum - mean) / Math.sqrt(variance + 1e-5)) * data(`${norm}.weight`)[m]! + data(`${norm}.bias`)[m]!;
      });
      const residual = node.requantiser.kind === 'real' ? node.requantiser.residual : null;
      if (residual !== null) y = y.map((value, i) => value + values.get(residual.node)![i]!);
      if (!node.last) y = y.map((value) => Math.max(0, value));
    } else {
      const [channels, height, width] = node.inputShape as [number, number, number];
      const at = (c: number, row: number, column: number) => x[(c * height + row) * width + column]!;
      if (node.op === 'flatten') y = x;
      else if (node.op === 'gap') {
        for (let c = 0; c < channels; c++) {
          const plane = x.slice(c * height * width, (c + 1) * height * width);
          y.push(plane.reduce((a, b) => a + b) / plane.length);
        }
      } else {
        const padding =
          node.op === 'shortcutA' ? Array<number>(((node.padChannels * height) / 2) * (width / 2)).fill(0) : [];
        y.push(...padding);
        for (let c = 0; c < channels; c++) {
          for (let r = 0; r < height; r += 2) {
            for (let q = 0; q < width; q += 2) {
              const pool = Math.max(at(c, r, q), at(c, r, q + 1), at(c, r + 1, q), at(c, r + 1, q + 1));
              y.push(node.op === 'maxpool' ? pool : at(c, r, q));
            }
          }
        }
        y.push(...padding);
      }
    }
    values.set(node.name, y);
  }
  return values.get(network.nodes.at(-1)!.name)!;
}

function product(node: MatrixNode, x: Float64Array, weights: Float64Array): number[] {
  const outputs = node.outputShape[0]!;
  if (node.op === 'fc') {
    return Array.from({ length: outputs }, (_, m) =>
      x.reduce((sum, value, k) => sum + value * weights[m * x.length + k]!, 0),
    );
  }
  const [channels, height, width] = node.inputShape as [number, number, number];
  const [, outputHeight, outputWidth] = node.outputShape as [number, number, number];
  const sums: number[] = [];
  for (let m = 0; m < outputs; m++) {
    for (let y = 0; y < outputHeight; y++) {
      for (let z = 0; z < outputWidth; z++) {
        let sum = 0;
        for (let c = 0; c < channels; c++) {
          for (let i = 0; i < node.kernelHeight; i++) {
            const row = y * node.strideHeight + i - node.padTop;
            if (row < 0 || row >= height) continue;
            for (let j = 0; j < node.kernelWidth; j++) {
              const column = z * node.strideWidth + j - node.padLeft;
              if (column < 0 || column >= width) continue;
              const weight = ((m * channels + c) * node.kernelHeight + i) * node.kernelWidth + j;
              sum += x[(c * height + row) * width + column]! * weights[weight]!;
            }
          }
        }
        sums.push(sum);
      }
    }
  }
  return sums;
}

describe.each(models)('float network of $name', ({ name, path }) => {
  it('gives the logits of the checkpoint, which has biases and batch normalisation of its own', ({ skip }) => {
    if (path === null) return skip(SHARED_DATA_MISSING);
    const network = loadNetwork(path);
    const checkpoint = readSafetensors(join(dirname(path), 'fp32.safetensors'));
    const input = normaliseImage(network, sampleImages(network, 0, 1)!.pixels[0]!);
    const expected = runCheckpoint(name, network, checkpoint, input);
    const logits = executeFloatNetwork(network, loadFloatWeights(path)!, input);
    // The multipliers of the file were formed in another order of operations; logits are of the order of 10.
    expect(logits).toHaveLength(10);
    logits.forEach((logit, m) => {
      expect(Math.abs(logit - expected[m]!), `logit ${m}`).toBeLessThan(1e-4);
    });
  });

  it('its weights, divided by the scale and rounded, are the integers of the quantised network', ({ skip }) => {
    if (path === null) return skip(SHARED_DATA_MISSING);
    const network = loadNetwork(path);
    const weights = loadFloatWeights(path)!;
    const layers = matrixLayers(network);
    for (const node of network.nodes.filter(isMatrixNode)) {
      const layer = layers.get(node.name)!;
      const matrix = layer.floatMatrix(0, 1, weights.get(node.name)!);
      const integers = layer.weights;
      expect(matrix).toHaveLength(integers.length);
      // The file was made in 32-bit floats, so that a quotient next to a half may have been rounded the other way.
      const farthest = matrix.reduce((far, w, i) => Math.max(far, Math.abs(w / node.weightScale! - integers[i]!)), 0);
      expect(farthest, node.name).toBeLessThan(0.5001);
    }
  });
});

describe('loadFloatWeights', () => {
  it('is null where there is no float file', () => {
    for (const file of ['int8.json', 'int8.safetensors']) {
      copyFileSync(join(dirname(bundledNetworkPath('lenet5-mnist')), file), join(folder, file));
    }
    expect(loadFloatWeights(join(folder, 'int8.json'))).toBeNull();
  });

  it('a damaged float file is a FileFormatError that names it', () => {
    const damaged = join(folder, 'damaged');
    mkdirSync(damaged);
    for (const file of ['int8.json', 'int8.safetensors']) {
      copyFileSync(join(dirname(bundledNetworkPath('lenet5-mnist')), file), join(damaged, file));
    }
    writeFileSync(join(damaged, 'fp32.safetensors'), 'cut');
    expect(() => loadFloatWeights(join(damaged, 'int8.json'))).toThrow(/fp32\.safetensors: holds 3 bytes/);
  });

  it('reports every weight that is missing, of another shape or dtype, or not finite, at once', () => {
    const network = loadNetwork(bundledNetworkPath('lenet5-mnist'));
    const tensors = readSafetensors(bundledNetworkPath('lenet5-mnist').replace('int8.json', 'fp32.safetensors'));
    tensors.set('c_1.weight', tensors.get('c1.weight')!);
    tensors.delete('c1.weight');
    tensors.set('c2.weight', { ...tensors.get('c2.weight')!, shape: [16, 150] });
    tensors.set('f1.weight', { dtype: 'I32', shape: [120, 400], data: new Int32Array(48_000) });
    tensors.get('f3.weight')!.data[3] = Number.NaN;
    let message = '';
    try {
      floatWeightsOf(network, tensors, 'some/fp32.safetensors');
    } catch (error) {
      expect(error).toBeInstanceOf(NetworkFormatError);
      message = (error as Error).message;
    }
    expect(message.split('\n')).toEqual([
      expect.stringMatching(
        /^some\/fp32\.safetensors: c1\.weight or c\.1\.weight: got nothing; allowed: a tensor with the float weights of node "c1"; did you mean "c_1\.weight"\?$/,
      ),
      expect.stringMatching(/c2\.weight: got "F32 \[16, 150\]"; allowed: F32 or F64 \[16, 6, 5, 5\], as node "c2" has/),
      expect.stringMatching(/f1\.weight: got "I32 \[120, 400\]"; allowed: F32 or F64 \[120, 400\]/),
      expect.stringMatching(/f3\.weight\[3\]: got "NaN"; allowed: a finite value/),
    ]);
  });
});

describe('FloatNetwork', () => {
  it('refuses weights that are missing, networks without weightScale or with pruning, and inputs of another size', () => {
    const path = bundledNetworkPath('lenet5-mnist');
    const network = loadNetwork(path);
    const weights = loadFloatWeights(path)!;
    const change = (changes: Partial<MatrixNode>) => ({
      ...network,
      nodes: network.nodes.map((node) => (node.name === 'c2' ? ({ ...node, ...changes } as MatrixNode) : node)),
    });
    const windowPruning = { rowBlock: 128, groupRows: 8, threshold: 1 };
    expect(() => new FloatNetwork(network, new Map([...weights].slice(1)))).toThrow(/node "c1": no float weights/);
    expect(() => new FloatNetwork(change({ weightScale: null }), weights)).toThrow(/node "c2" has no weightScale/);
    expect(() => new FloatNetwork(change({ windowPruning }), weights)).toThrow(/node "c2" prunes its windows/);
    expect(() => new FloatNetwork(network, weights).execute(new Float64Array(783))).toThrow(
      /input of 783 values; needed: 784/,
    );
  });

  it('adds, averages, rescales and joins in floats; a node that ends at its zero point is rectified', () => {
    const shape = [1, 1, 2];
    const format = signed(8, 0);
    const kernel = {
      ...{ kernelHeight: 1, strideHeight: 1, strideWidth: 1, padTop: 0, padLeft: 0, padBottom: 0, padRight: 0 },
    };
    const limits = { min: -128, max: 127 };
    const base = { inputShape: shape, outputShape: shape, inputFormat: format, outputFormat: format };
    const conv: ConvNode = {
      ...matrixDefaults,
      ...{ ...base, ...kernel, op: 'conv', name: 'a', kernelWidth: 1, dilationHeight: 1, dilationWidth: 1, groups: 1 },
      ...{ weights: Int8Array.of(3), weightScale: 0.5, last: false },
      requantiser: { kind: 'real', multiplier: Float64Array.of(0.25), bias: Float64Array.of(-1), residual: null },
    };
    const add: AddNode = {
      ...{ ...base, ...limits, op: 'add', name: 'sum', input: 'a', other: 'input', otherFormat: format, min: 0 },
      arithmetic: { kind: 'float32', scale: 3, otherScale: 1, outputScale: 2 },
    };
    const average: AvgpoolNode = {
      ...{ ...base, ...kernel, ...limits, op: 'avgpool', name: 'mean', input: 'sum', kernelWidth: 2 },
      ...{ outputShape: [1, 1, 1], arithmetic: { kind: 'mean' } },
    };
    const rescale: RescaleNode = {
      ...{
        ...base,
        ...limits,
        op: 'rescale',
        name: 'half',
        input: 'mean',
        inputShape: [1, 1, 1],
        outputShape: [1, 1, 1],
      },
      arithmetic: { kind: 'float32', scale: 1, outputScale: 2 },
    };
    const flatten = {
      ...base,
      op: 'flatten',
      name: 'flat',
      input: 'half',
      inputShape: [1, 1, 1],
      outputShape: [1],
    } as const;
    const other = { ...flatten, name: 'other', input: 'a', inputShape: shape, outputShape: [2] } as const;
    const concat: ConcatNode = {
      ...{ ...base, op: 'concat', name: 'all', input: 'flat', inputs: ['flat', 'other'] },
      ...{ inputShape: [1], inputShapes: [[1], [2]], outputShape: [3] },
    };
    const network = networkOf(conv, add, average, rescale, flatten, other, concat);
    const float = new FloatNetwork(network, new Map([['a', Float64Array.of(1.6)]]));
    // The weight is 3.2 steps. a = 3.2 x 0.25 x - 1: for 5 and -10 it is 3 and -9. sum = (3 a + x) / 2: 7 and -18.5 -> 0.
    expect([...float.execute([5, -10])]).toEqual([3.5 / 2, 3, -9].map((value) => expect.closeTo(value, 12)));
    const fixed = { kind: 'fixed-point' as const, multiplier: 2 ** 30, shift: 0 };
    const nodes = network.nodes.map((node) => (node.name === 'half' ? { ...rescale, arithmetic: fixed } : node));
    expect(() => new FloatNetwork({ ...network, nodes }, new Map([['a', Float64Array.of(1.6)]]))).toThrow(
      /node "half": rescale in fixed-point arithmetic has no float network/,
    );
  });
});
