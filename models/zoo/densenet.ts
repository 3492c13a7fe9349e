import type { ShapeBuilder } from './shape-builder.js';

export interface DenseNetShape {
  /** k: channels that every layer adds. */
  readonly growth: number;
  /** Layers of each dense block. */
  readonly blocks: readonly number[];
  /** `imagenet`: 7 x 7 stride 2, then 3 x 3 maximum pooling stride 2. `cifar`: one 3 x 3 convolution at full size. */
  readonly stem: 'imagenet' | 'cifar';
}

/** Huang et al., Table 1. */
export const DENSENET121: DenseNetShape = { growth: 32, blocks: [6, 12, 24, 16], stem: 'imagenet' };
/** DenseNet-BC of 100 layers, k = 12: 3 blocks of (100 - 4) / 6 layers, Huang et al., section 3 and Table 2. */
export const DENSENET_BC_100: DenseNetShape = { growth: 12, blocks: [16, 16, 16], stem: 'cifar' };

/** A bottleneck has so many times the growth's channels. */
const BOTTLENECK = 4;

/**
 * DenseNet-BC: G. Huang et al., "Densely connected convolutional networks", CVPR 2017; named as in torchvision.
 *
 * BatchNorm and ReLU stand before the convolutions here, and each layer has its own on all channels before it. So what
 * the concats hold is signed, and a `rescale` node, norm and ReLU, makes the unsigned inputs of the matrix layer after it.
 */
export function densenet(graph: ShapeBuilder, { growth, blocks, stem }: DenseNetShape, classes: number): void {
  let x: string;
  if (stem === 'imagenet') {
    x = graph.conv('conv0', 'input', { outputs: 2 * growth, kernel: 7, stride: 2 });
    x = graph.maxpool('pool0', x, { kernel: 3, stride: 2, pad: 1 });
    x = graph.asSigned('pool0.signed', x);
  } else {
    x = graph.conv('conv0', 'input', { outputs: 2 * growth, kernel: 3, relu: false });
  }
  for (const [index, layers] of blocks.entries()) {
    x = denseBlock(graph, `denseblock${index + 1}`, x, layers, growth);
    if (index < blocks.length - 1) x = transition(graph, `transition${index + 1}`, x);
  }
  x = graph.normRelu('norm5', x);
  x = graph.gap('avgpool', x);
  graph.classifier('classifier', x, classes);
}

function denseBlock(graph: ShapeBuilder, name: string, input: string, layers: number, growth: number): string {
  const features = [input];
  let all = input;
  for (let i = 1; i <= layers; i++) {
    const layer = `${name}.denselayer${i}`;
    let x = graph.normRelu(`${layer}.norm1`, all);
    x = graph.conv(`${layer}.conv1`, x, { outputs: BOTTLENECK * growth, kernel: 1 });
    x = graph.conv(`${layer}.conv2`, x, { outputs: growth, kernel: 3, relu: false });
    features.push(x);
    all = graph.concat(`${layer}.concat`, features);
  }
  return all;
}

/** Halves channels, height and width. */
function transition(graph: ShapeBuilder, name: string, input: string): string {
  let x = graph.normRelu(`${name}.norm`, input);
  x = graph.conv(`${name}.conv`, x, { outputs: Math.floor(graph.channelsOf(input) / 2), kernel: 1, relu: false });
  return graph.avgpool(`${name}.pool`, x, { kernel: 2, stride: 2 });
}
