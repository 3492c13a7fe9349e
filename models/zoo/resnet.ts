import type { ShapeBuilder } from './shape-builder.js';

/** Blocks in each stage: He et al., Table 1. */
export const RESNET18_BLOCKS = [2, 2, 2, 2] as const;
export const RESNET34_BLOCKS = [3, 4, 6, 3] as const;
export const RESNET50_BLOCKS = [3, 4, 6, 3] as const;

/** The bottleneck's last convolution has so many times the channels of its others. */
const EXPANSION = 4;

export interface ResNetShape {
  readonly blocks: readonly number[];
  readonly block: 'basic' | 'bottleneck';
  /**
   * `imagenet`: 7 x 7 stride 2, then 3 x 3 maximum pooling stride 2. `cifar`: one 3 x 3 convolution at full size, the
   * variant of the pruning papers.
   */
  readonly stem: 'imagenet' | 'cifar';
}

/**
 * ResNet: K. He et al., "Deep residual learning for image recognition", CVPR 2016, with projection shortcuts where shapes
 * change (option B) and named as in torchvision. A bottleneck's stride stands on its 3 x 3 convolution (torchvision's
 * "v1.5"), not on the first 1 x 1 as in the paper.
 *
 * The sum of a block belongs to its last convolution: `residual` is the block's input or the projection of it, and the
 * ReLU follows. A projection has no ReLU: its outputs are signed, and only the sum reads them, so that every matrix layer
 * has unsigned inputs.
 */
export function resnet(graph: ShapeBuilder, { blocks, block, stem }: ResNetShape, classes: number): void {
  let x: string;
  if (stem === 'imagenet') {
    x = graph.conv('conv1', 'input', { outputs: 64, kernel: 7, stride: 2 });
    x = graph.maxpool('maxpool', x, { kernel: 3, stride: 2, pad: 1 });
  } else {
    x = graph.conv('conv1', 'input', { outputs: 64, kernel: 3 });
  }
  for (const [stage, count] of blocks.entries()) {
    for (let i = 0; i < count; i++) {
      const stride = stage > 0 && i === 0 ? 2 : 1;
      x = residualBlock(graph, `layer${stage + 1}.${i}`, x, block, 64 * 2 ** stage, stride);
    }
  }
  x = graph.gap('avgpool', x);
  graph.classifier('fc', x, classes);
}

function residualBlock(
  graph: ShapeBuilder,
  name: string,
  input: string,
  block: ResNetShape['block'],
  channels: number,
  stride: number,
): string {
  const outputs = block === 'basic' ? channels : EXPANSION * channels;
  const changesShape = stride !== 1 || graph.channelsOf(input) !== outputs;
  const residual = changesShape
    ? graph.conv(`${name}.downsample`, input, { outputs, kernel: 1, stride, relu: false })
    : input;
  if (block === 'basic') {
    const x = graph.conv(`${name}.conv1`, input, { outputs: channels, kernel: 3, stride });
    return graph.conv(`${name}.conv2`, x, { outputs, kernel: 3, residual });
  }
  let x = graph.conv(`${name}.conv1`, input, { outputs: channels, kernel: 1 });
  x = graph.conv(`${name}.conv2`, x, { outputs: channels, kernel: 3, stride });
  return graph.conv(`${name}.conv3`, x, { outputs, kernel: 1, residual });
}
