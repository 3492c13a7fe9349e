import { describe, expect, it } from 'vitest';
import { inputPositions, weightPositions } from '../../../models/zoo/position.js';
import { type ShapeName, shapeNetwork } from '../../../models/zoo/shapes.js';

/** Layer i of n, counted from 0, between the first and the last: quarter floor(4 (i - 1) / (n - 2)). */
const WEIGHTS: readonly [ShapeName, Readonly<Record<string, string>>][] = [
  [
    // 16 layers: conv3_1 is number 4, floor(12 / 14) = 0; conv3_2 number 5, floor(16 / 14) = 1.
    'vgg16',
    {
      conv1_1: 'first',
      conv1_2: 'conv-0',
      conv3_1: 'conv-0',
      conv3_2: 'conv-1',
      conv5_3: 'conv-3',
      fc6: 'fc',
      fc8: 'classifier',
    },
  ],
  [
    // 21 layers; the projections are layers too and come before the block's convolutions.
    'resnet18',
    {
      conv1: 'first',
      'layer2.0.downsample': 'pointwise-0',
      'layer2.0.conv1': 'conv-1',
      'layer4.1.conv2': 'conv-3',
      fc: 'classifier',
    },
  ],
  [
    'mobilenet-v2',
    {
      'features.0': 'first',
      'features.1.depthwise': 'depthwise-0',
      'features.1.project': 'pointwise-0',
      'features.17.depthwise': 'depthwise-3',
      'features.18': 'pointwise-3',
      classifier: 'classifier',
    },
  ],
];

const INPUTS: readonly [ShapeName, Readonly<Record<string, string>>][] = [
  [
    'vgg16',
    { input: 'image', conv1_1: 'conv-0', pool1: 'pool-0', pool4: 'pool-2', flatten: 'pool-3', fc6: 'fc', fc7: 'fc' },
  ],
  [
    'resnet18',
    {
      maxpool: 'pool-0',
      'layer1.0.conv1': 'conv-0',
      'layer1.0.conv2': 'sum-0',
      'layer4.0.conv2': 'sum-3',
      avgpool: 'gap',
    },
  ],
  ['resnet50', { 'layer1.0.conv1': 'pointwise-0', 'layer1.0.conv2': 'conv-0', 'layer1.0.conv3': 'sum-0' }],
  [
    'mobilenet-v2',
    {
      'features.0': 'conv-0',
      'features.1.depthwise': 'depthwise-0',
      'features.1.project': 'linear-0',
      'features.2.expand': 'pointwise-0',
      'features.17.project': 'linear-3',
      avgpool: 'gap',
    },
  ],
  [
    'densenet121',
    { pool0: 'none', 'denseblock1.denselayer1.norm1': 'conv-0', 'denseblock1.denselayer1.conv1': 'pointwise-0' },
  ],
];

describe('positions', () => {
  it.each(WEIGHTS)('of the weights of %s', (name, expected) => {
    const positions = weightPositions(shapeNetwork(name).nodes);
    expect(Object.fromEntries(Object.keys(expected).map((layer) => [layer, positions.get(layer)]))).toEqual(expected);
  });

  it.each(INPUTS)('of the tensors that layers of %s read', (name, expected) => {
    const positions = inputPositions(shapeNetwork(name).nodes);
    const found = Object.keys(expected).map((tensor) => [tensor, positions.get(tensor) ?? 'none']);
    expect(Object.fromEntries(found)).toEqual(expected);
  });
});
