import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import {
  type ConvNode,
  isMatrixNode,
  type MatrixNode,
  type Network,
  type NetworkNode,
} from '../../../models/network.js';
import { importTflite } from '../../../models/tflite/import-tflite.js';
import { isShape, networkSize, SHAPES, type ShapeName, shapeNetwork } from '../../../models/zoo/shapes.js';
import { SYNTHETIC_LABEL } from '../../../models/zoo/synthetic-network.js';
import { SHARED_DATA_MISSING, sharedData } from '../shared-data.js';

const node = (network: Network, name: string): NetworkNode => network.nodes.find((one) => one.name === name)!;
const extent = (network: Network, name: string): string => node(network, name).outputShape.join('x');
const matrixNodes = (network: Network): MatrixNode[] => network.nodes.filter(isMatrixNode);
const outputsOf = (nodes: readonly NetworkNode[]): number =>
  nodes.reduce((sum, { outputShape }) => sum + outputShape[0]!, 0);
const convs = (network: Network): ConvNode[] => network.nodes.filter((one) => one.op === 'conv');

/** A bias per output of every matrix layer. */
const biases = (network: Network): number => outputsOf(matrixNodes(network));
/** Scale and shift per output of every convolution, a bias per class. */
const normAfterConvs = (network: Network): number =>
  2 * outputsOf(convs(network)) + outputsOf(network.nodes.filter((one) => one.op === 'fc'));
/** DenseNet: scale and shift where a norm stands on its own, and after the convolutions that have one. */
const denseNorms = (network: Network): number =>
  2 * outputsOf(network.nodes.filter(({ name }) => /norm/.test(name))) +
  2 * outputsOf(convs(network).filter(({ outputFormat }) => !outputFormat.signed)) +
  outputsOf(network.nodes.filter((one) => one.op === 'fc'));

/**
 * Parameters and multiply-accumulate operations (billions) as torchvision 0.15 documents them with its weights ("num_params",
 * "GFLOPS"); its parameters count what a shape keeps out of the weights: biases, and BatchNorm's scale and shift.
 */
const TORCHVISION: readonly [ShapeName, number, number, (network: Network) => number][] = [
  ['alexnet', 61_100_840, 0.714, biases],
  ['vgg16', 138_357_544, 15.47, biases],
  ['vgg19', 143_667_240, 19.632, biases],
  ['resnet18', 11_689_512, 1.814, normAfterConvs],
  ['resnet34', 21_797_672, 3.664, normAfterConvs],
  ['resnet50', 25_557_032, 4.089, normAfterConvs],
  ['mobilenet-v2', 3_504_872, 0.301, normAfterConvs],
  ['densenet121', 7_978_856, 2.834, denseNorms],
];

describe('shapes at ImageNet size', () => {
  it.each(TORCHVISION)('%s has the published parameters and operations', (name, parameters, gmacs, besideWeights) => {
    const network = shapeNetwork(name);
    const { weights, macs } = networkSize(network);
    expect(weights + besideWeights(network)).toBe(parameters);
    // Published to three decimals (VGG-16: two).
    expect(Math.abs(macs / 1e9 - gmacs)).toBeLessThanOrEqual(name === 'vgg16' ? 0.005 : 0.000_5);
  });
});

describe('shapes for CIFAR-10', () => {
  it('VGG-16 has 13 convolutions of 14,710,464 weights and 313,196,544 MAC, and the classifier 512-512-10', () => {
    const network = shapeNetwork('vgg16-cifar10');
    // 64 x 27 + 64 x 576 + 128 x (576 + 1152) + 256 x (1152 + 2 x 2304) + 512 x (2304 + 5 x 4608) weights, windows 1024 to 4.
    const convWeights = 64 * 27 + 64 * 576 + 128 * (576 + 1152) + 256 * (1152 + 2 * 2304) + 512 * (2304 + 5 * 4608);
    expect(convWeights).toBe(14_710_464);
    const convMacs =
      1024 * 64 * (27 + 576) +
      256 * 128 * (576 + 1152) +
      64 * 256 * (1152 + 2 * 2304) +
      16 * 512 * (2304 + 2 * 4608) +
      4 * 512 * 3 * 4608;
    expect(convMacs).toBe(313_196_544);
    const fc = 512 * 512 + 512 * 10;
    expect(networkSize(network)).toEqual({ matrixLayers: 15, macs: convMacs + fc, weights: convWeights + fc });
    // Li et al., "Pruning filters for efficient ConvNets", Table 1: 3.13 x 10^8 FLOP, 1.5 x 10^7 parameters.
    expect(Number((convMacs + fc).toPrecision(3))).toBe(3.13e8);
    expect(Number((convWeights + fc).toPrecision(2))).toBe(1.5e7);
  });

  it('ResNet-18 has the 11,173,962 parameters of pytorch-cifar and 555 million MAC', () => {
    const network = shapeNetwork('resnet18-cifar10');
    const { weights, macs } = networkSize(network);
    expect(weights + normAfterConvs(network)).toBe(11_173_962);
    // Stem; four convolutions of the first stage; in each later stage a halved one, three full ones and the projection.
    const stage = 256 * 128 * (576 + 3 * 1152 + 64);
    expect(macs).toBe(1024 * 64 * 27 + 4 * 1024 * 64 * 576 + 3 * stage + 5120);
    expect(macs).toBe(555_422_720);
  });

  it('MobileNetV2 is the ImageNet one with a classifier of 10 and larger maps', () => {
    const network = shapeNetwork('mobilenet-v2-cifar10');
    const imagenet = networkSize(shapeNetwork('mobilenet-v2'));
    expect(networkSize(network).weights).toBe(imagenet.weights - 1280 * 1000 + 1280 * 10);
    const side = ['features.0', 'features.1', 'features.2', 'features.4', 'features.7', 'features.11', 'features.14'];
    expect(side.map((name) => extent(network, name === 'features.0' ? name : `${name}.project`))).toEqual([
      '32x32x32',
      '16x32x32',
      '24x32x32',
      '32x16x16',
      '64x8x8',
      '96x8x8',
      '160x4x4',
    ]);
  });

  it('DenseNet-BC of 100 layers has 769,162 parameters', () => {
    const network = shapeNetwork('densenet-bc100-cifar10');
    expect(networkSize(network).weights + denseNorms(network)).toBe(769_162);
    expect(networkSize(network).matrixLayers).toBe(100);
  });
});

describe('extents and channels per stage', () => {
  const stages: readonly [ShapeName, Readonly<Record<string, string>>][] = [
    [
      'alexnet',
      {
        'features.0': '64x55x55',
        'features.2': '64x27x27',
        'features.3': '192x27x27',
        'features.5': '192x13x13',
        'features.10': '256x13x13',
        'features.12': '256x6x6',
        flatten: '9216',
      },
    ],
    ['vgg19', { pool1: '64x112x112', pool2: '128x56x56', pool3: '256x28x28', pool4: '512x14x14', flatten: '25088' }],
    [
      'resnet34',
      {
        conv1: '64x112x112',
        maxpool: '64x56x56',
        'layer1.2.conv2': '64x56x56',
        'layer2.3.conv2': '128x28x28',
        'layer3.5.conv2': '256x14x14',
        'layer4.2.conv2': '512x7x7',
        avgpool: '512',
      },
    ],
    [
      'resnet50',
      {
        'layer1.2.conv3': '256x56x56',
        'layer2.0.conv1': '128x56x56',
        'layer2.0.conv2': '128x28x28',
        'layer2.0.downsample': '512x28x28',
        'layer3.5.conv3': '1024x14x14',
        'layer4.2.conv3': '2048x7x7',
      },
    ],
    [
      'mobilenet-v2',
      {
        'features.0': '32x112x112',
        'features.1.project': '16x112x112',
        'features.3.project': '24x56x56',
        'features.6.project': '32x28x28',
        'features.10.project': '64x14x14',
        'features.13.project': '96x14x14',
        'features.16.project': '160x7x7',
        'features.17.project': '320x7x7',
        'features.18': '1280x7x7',
      },
    ],
    [
      'densenet121',
      {
        pool0: '64x56x56',
        'denseblock1.denselayer6.concat': '256x56x56',
        'transition1.pool': '128x28x28',
        'denseblock2.denselayer12.concat': '512x28x28',
        'transition2.pool': '256x14x14',
        'denseblock3.denselayer24.concat': '1024x14x14',
        'transition3.pool': '512x7x7',
        'denseblock4.denselayer16.concat': '1024x7x7',
      },
    ],
  ];
  it.each(stages)('%s', (name, expected) => {
    const network = shapeNetwork(name);
    expect(Object.fromEntries(Object.keys(expected).map((one) => [one, extent(network, one)]))).toEqual(expected);
  });
});

/** ISAAC: arrays of 128 x 128 cells of 2 bits, 16-bit weights: 8 columns an output. */
const VGG16_ON_ISAAC: readonly [layer: string, rows: number, columns: number, arrays: number, windows: number][] = [
  ['conv1_1', 27, 512, 4, 50_176],
  ['conv1_2', 576, 512, 20, 50_176],
  ['conv2_1', 576, 1024, 40, 12_544],
  ['conv2_2', 1152, 1024, 72, 12_544],
  ['conv3_1', 1152, 2048, 144, 3136],
  ['conv3_2', 2304, 2048, 288, 3136],
  ['conv3_3', 2304, 2048, 288, 3136],
  ['conv4_1', 2304, 4096, 576, 784],
  ['conv4_2', 4608, 4096, 1152, 784],
  ['conv4_3', 4608, 4096, 1152, 784],
  ['conv5_1', 4608, 4096, 1152, 196],
  ['conv5_2', 4608, 4096, 1152, 196],
  ['conv5_3', 4608, 4096, 1152, 196],
  ['fc6', 25_088, 32_768, 50_176, 1],
  ['fc7', 4096, 32_768, 8192, 1],
  ['fc8', 4096, 8000, 2016, 1],
];

describe('MobileNetV2', () => {
  it('has the layers of the real network, less its background class', (context) => {
    const path = sharedData('mobilenet-v2-imagenet/mobilenet_v2_1.0_224_u8.tflite');
    if (path === null) return context.skip(SHARED_DATA_MISSING);
    const layers = (network: Network) =>
      matrixNodes(network).map((one) => ({
        inputShape: one.op === 'conv' ? one.inputShape : [...one.inputShape, 1, 1],
        outputShape: one.op === 'conv' ? one.outputShape : [...one.outputShape, 1, 1],
        kernel: one.op === 'conv' ? [one.kernelHeight, one.kernelWidth, one.groups] : [1, 1, 1],
      }));
    const real = layers(importTflite(readFileSync(path), 'mobilenet_v2'));
    expect(real.at(-1)!.outputShape).toEqual([1001, 1, 1]);
    real.at(-1)!.outputShape = [1000, 1, 1];
    expect(layers(shapeNetwork('mobilenet-v2'))).toEqual(real);
  });
});

describe('VGG-16', () => {
  it('has the rows, columns, arrays and windows of the closed form, 67,576 arrays in all', () => {
    const layers = matrixNodes(shapeNetwork('vgg16')).map((layer) => {
      const rows =
        layer.op === 'fc' ? layer.inputShape[0]! : layer.inputShape[0]! * layer.kernelHeight * layer.kernelWidth;
      const columns = layer.outputShape[0]! * 8;
      const windows = layer.outputShape.slice(1).reduce((product, side) => product * side, 1);
      return [layer.name, rows, columns, Math.ceil(rows / 128) * Math.ceil(columns / 128), windows];
    });
    expect(layers).toEqual(VGG16_ON_ISAAC);
    expect(layers.reduce((sum, [, , , arrays]) => sum + (arrays as number), 0)).toBe(67_576);
  });
});

describe('every shape', () => {
  it.each(SHAPES)('$name is a connected graph in execution order that names itself synthetic', ({ name }) => {
    const network = shapeNetwork(name);
    const known = new Map([['input', { shape: network.inputShape as readonly number[], format: network.inputFormat }]]);
    const read = new Set<string>();
    for (const one of network.nodes) {
      const sources = one.op === 'concat' ? one.inputs : [one.input];
      const residual = isMatrixNode(one) && one.requantiser.kind === 'real' ? one.requantiser.residual : null;
      for (const source of [...sources, ...(residual === null ? [] : [residual.node])]) {
        expect(known.has(source), `${one.name} reads ${source}`).toBe(true);
        read.add(source);
      }
      expect({ shape: one.inputShape, format: one.inputFormat }).toEqual(known.get(one.input));
      if (residual !== null) expect(known.get(residual.node)!.shape).toEqual(one.outputShape);
      known.set(one.name, { shape: one.outputShape, format: one.outputFormat });
    }
    const last = network.nodes.at(-1)!;
    expect(network.nodes.filter(({ name: own }) => !read.has(own))).toEqual([last]);
    expect(matrixNodes(network).filter(({ last: isLast }) => isLast)).toEqual([last]);
    expect(last.outputShape).toEqual([network.inputShape[1] === 224 ? 1000 : 10]);
    expect(network.synthetic).not.toBeNull();
    expect(network.title).toContain(SYNTHETIC_LABEL);
    expect(isShape(name)).toBe(true);
  });

  it('has signed inputs only after linear bottlenecks', () => {
    for (const { name } of SHAPES) {
      const signed = matrixNodes(shapeNetwork(name)).filter(({ inputFormat }) => inputFormat.signed);
      const bottlenecks = name.startsWith('mobilenet') ? 17 : 0;
      expect([name, signed.length]).toEqual([name, bottlenecks]);
      expect(signed.every((layer) => /expand$|features\.18$/.test(layer.name))).toBe(true);
    }
  });

  it('knows no other name', () => {
    expect(isShape('vgg11')).toBe(false);
  });
});
