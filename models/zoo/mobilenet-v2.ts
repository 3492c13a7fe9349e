import type { ShapeBuilder } from './shape-builder.js';

/** Expansion t, output channels c, blocks n, stride s of a stage's first block: Sandler et al., Table 2. */
const STAGES = [
  { t: 1, c: 16, n: 1, s: 1 },
  { t: 6, c: 24, n: 2, s: 2 },
  { t: 6, c: 32, n: 3, s: 2 },
  { t: 6, c: 64, n: 4, s: 2 },
  { t: 6, c: 96, n: 3, s: 1 },
  { t: 6, c: 160, n: 3, s: 2 },
  { t: 6, c: 320, n: 1, s: 1 },
] as const;

/**
 * MobileNetV2 of width 1: M. Sandler et al., "MobileNetV2: inverted residuals and linear bottlenecks", CVPR 2018.
 * Bottlenecks are linear: their outputs are signed, as are the inputs of the expansions that read them, and the sum of a
 * block belongs to its projection, without a ReLU.
 *
 * @param size `imagenet`, or `cifar`: the first convolution and the second stage keep height and width, as is usual for
 *   32 x 32 images
 */
export function mobilenetV2(graph: ShapeBuilder, size: 'imagenet' | 'cifar', classes: number): void {
  let x = graph.conv('features.0', 'input', { outputs: 32, kernel: 3, stride: size === 'imagenet' ? 2 : 1 });
  let index = 1;
  for (const [stage, { t, c, n, s }] of STAGES.entries()) {
    for (let i = 0; i < n; i++) {
      const keepsSize = i > 0 || (size === 'cifar' && stage === 1);
      x = invertedResidual(graph, `features.${index++}`, x, t, c, keepsSize ? 1 : s);
    }
  }
  x = graph.conv(`features.${index}`, x, { outputs: 1280, kernel: 1 });
  x = graph.gap('avgpool', x);
  graph.classifier('classifier', x, classes);
}

function invertedResidual(
  graph: ShapeBuilder,
  name: string,
  input: string,
  expansion: number,
  outputs: number,
  stride: number,
): string {
  const channels = graph.channelsOf(input);
  const expanded = expansion * channels;
  let x = input;
  if (expansion > 1) x = graph.conv(`${name}.expand`, x, { outputs: expanded, kernel: 1 });
  x = graph.conv(`${name}.depthwise`, x, { outputs: expanded, kernel: 3, stride, groups: 'depthwise' });
  const residual = stride === 1 && channels === outputs ? { residual: input } : {};
  return graph.conv(`${name}.project`, x, { outputs, kernel: 1, relu: false, ...residual });
}
