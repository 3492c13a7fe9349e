import { rowsOfGroup } from '../matrix-node.js';
import { isMatrixNode, type Network } from '../network.js';
import { elementsOf } from '../tensor.js';
import { alexnet } from './alexnet.js';
import { DENSENET_BC_100, DENSENET121, densenet } from './densenet.js';
import { mobilenetV2 } from './mobilenet-v2.js';
import { RESNET18_BLOCKS, RESNET34_BLOCKS, RESNET50_BLOCKS, resnet } from './resnet.js';
import type { ShapeBuilder } from './shape-builder.js';
import { DEFAULT_SEED, syntheticNetwork } from './synthetic-network.js';
import { VGG16_STAGES, VGG19_STAGES, vgg } from './vgg.js';

interface ShapeEntry {
  readonly name: string;
  readonly title: string;
  readonly inputShape: readonly [channels: number, height: number, width: number];
  build(graph: ShapeBuilder): void;
}

const IMAGENET = [3, 224, 224] as const;
const CIFAR10 = [3, 32, 32] as const;

/** The networks of the papers as shapes: layer graphs without trained weights. Sources stand with each family. */
const ENTRIES = [
  {
    name: 'alexnet',
    title: 'AlexNet in one tower',
    inputShape: IMAGENET,
    build: (graph) => alexnet(graph, 1000),
  },
  {
    name: 'vgg16',
    title: 'VGG-16',
    inputShape: IMAGENET,
    build: (graph) => vgg(graph, VGG16_STAGES, [4096, 4096], 1000),
  },
  {
    name: 'vgg19',
    title: 'VGG-19',
    inputShape: IMAGENET,
    build: (graph) => vgg(graph, VGG19_STAGES, [4096, 4096], 1000),
  },
  {
    name: 'resnet18',
    title: 'ResNet-18',
    inputShape: IMAGENET,
    build: (graph) => resnet(graph, { blocks: RESNET18_BLOCKS, block: 'basic', stem: 'imagenet' }, 1000),
  },
  {
    name: 'resnet34',
    title: 'ResNet-34',
    inputShape: IMAGENET,
    build: (graph) => resnet(graph, { blocks: RESNET34_BLOCKS, block: 'basic', stem: 'imagenet' }, 1000),
  },
  {
    name: 'resnet50',
    title: 'ResNet-50 v1.5, stride on the 3x3',
    inputShape: IMAGENET,
    build: (graph) => resnet(graph, { blocks: RESNET50_BLOCKS, block: 'bottleneck', stem: 'imagenet' }, 1000),
  },
  {
    name: 'mobilenet-v2',
    title: 'MobileNetV2',
    inputShape: IMAGENET,
    build: (graph) => mobilenetV2(graph, 'imagenet', 1000),
  },
  {
    name: 'densenet121',
    title: 'DenseNet-121',
    inputShape: IMAGENET,
    build: (graph) => densenet(graph, DENSENET121, 1000),
  },
  {
    // 13 convolutions and two fully connected layers: Li et al., "Pruning filters for efficient ConvNets", ICLR 2017.
    name: 'vgg16-cifar10',
    title: 'VGG-16 for CIFAR-10, classifier 512-512-10',
    inputShape: CIFAR10,
    build: (graph) => vgg(graph, VGG16_STAGES, [512], 10),
  },
  {
    name: 'resnet18-cifar10',
    title: 'ResNet-18 for CIFAR-10, 3x3 stem',
    inputShape: CIFAR10,
    build: (graph) => resnet(graph, { blocks: RESNET18_BLOCKS, block: 'basic', stem: 'cifar' }, 10),
  },
  {
    name: 'mobilenet-v2-cifar10',
    title: 'MobileNetV2 for CIFAR-10, strides of the first two stages 1',
    inputShape: CIFAR10,
    build: (graph) => mobilenetV2(graph, 'cifar', 10),
  },
  {
    name: 'densenet-bc100-cifar10',
    title: 'DenseNet-BC for CIFAR-10, 100 layers, growth 12',
    inputShape: CIFAR10,
    build: (graph) => densenet(graph, DENSENET_BC_100, 10),
  },
] as const satisfies readonly ShapeEntry[];

export type ShapeName = (typeof ENTRIES)[number]['name'];

/** Names and titles of all shapes. */
export const SHAPES: readonly { readonly name: ShapeName; readonly title: string }[] = ENTRIES;

export function isShape(name: string): name is ShapeName {
  return ENTRIES.some((entry) => entry.name === name);
}

/**
 * A shape as a network with drawn numbers (`syntheticNetwork`). Cheap: nothing is drawn before it is read.
 *
 * @param seed a whole number of 32 bits; other seeds draw other numbers
 */
export function shapeNetwork(name: ShapeName, seed: number = DEFAULT_SEED): Network {
  const { title, inputShape, build } = ENTRIES.find((entry) => entry.name === name)!;
  return syntheticNetwork(title, inputShape, build, seed);
}

/** Size of a network by its matrix layers. */
export interface NetworkSize {
  readonly matrixLayers: number;
  /** Multiply-accumulate operations per image. */
  readonly macs: number;
  /** Weights, without biases and what BatchNorm adds. */
  readonly weights: number;
}

/** Counted from shapes; no weight is read. */
export function networkSize(network: Network): NetworkSize {
  let [matrixLayers, macs, weights] = [0, 0, 0];
  for (const node of network.nodes.filter(isMatrixNode)) {
    const rows = rowsOfGroup(node);
    matrixLayers += 1;
    macs += rows * elementsOf(node.outputShape);
    weights += rows * node.outputShape[0]!;
  }
  return { matrixLayers, macs, weights };
}
