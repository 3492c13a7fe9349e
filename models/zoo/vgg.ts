import type { ShapeBuilder } from './shape-builder.js';

/** Convolutions in each of the five stages, from conv1_x to conv5_x: columns D and E of Simonyan and Zisserman, Table 1. */
export const VGG16_STAGES = [2, 2, 3, 3, 3] as const;
export const VGG19_STAGES = [2, 2, 4, 4, 4] as const;

const STAGE_CHANNELS = [64, 128, 256, 512, 512] as const;

/**
 * VGG: K. Simonyan and A. Zisserman, "Very deep convolutional networks for large-scale image recognition", ICLR 2015.
 * Layers are named as there: conv1_1 to conv5_4, fc6, fc7, fc8.
 *
 * @param hidden outputs of the fully connected layers before the last one: 4096, 4096 on ImageNet; 512 on CIFAR-10
 */
export function vgg(graph: ShapeBuilder, stages: readonly number[], hidden: readonly number[], classes: number): void {
  let x = 'input';
  for (const [stage, convolutions] of stages.entries()) {
    for (let i = 1; i <= convolutions; i++) {
      x = graph.conv(`conv${stage + 1}_${i}`, x, { outputs: STAGE_CHANNELS[stage]!, kernel: 3 });
    }
    x = graph.maxpool(`pool${stage + 1}`, x, { kernel: 2, stride: 2 });
  }
  x = graph.flatten('flatten', x);
  const firstFc = stages.length + 1;
  for (const [i, outputs] of hidden.entries()) x = graph.fc(`fc${firstFc + i}`, x, outputs);
  graph.classifier(`fc${firstFc + hidden.length}`, x, classes);
}
