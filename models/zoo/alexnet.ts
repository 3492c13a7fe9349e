import type { ShapeBuilder } from './shape-builder.js';

/**
 * AlexNet in one tower, as torchvision has it: A. Krizhevsky, "One weird trick for parallelizing convolutional neural
 * networks", 2014. The first AlexNet (Krizhevsky, Sutskever, Hinton, 2012) has two towers and other channel counts.
 * Input [3, 224, 224].
 */
export function alexnet(graph: ShapeBuilder, classes: number): void {
  const overlapping = { kernel: 3, stride: 2 };
  let x = graph.conv('features.0', 'input', { outputs: 64, kernel: 11, stride: 4, pad: 2 });
  x = graph.maxpool('features.2', x, overlapping);
  x = graph.conv('features.3', x, { outputs: 192, kernel: 5 });
  x = graph.maxpool('features.5', x, overlapping);
  x = graph.conv('features.6', x, { outputs: 384, kernel: 3 });
  x = graph.conv('features.8', x, { outputs: 256, kernel: 3 });
  x = graph.conv('features.10', x, { outputs: 256, kernel: 3 });
  x = graph.maxpool('features.12', x, overlapping);
  x = graph.flatten('flatten', x);
  x = graph.fc('classifier.1', x, 4096);
  x = graph.fc('classifier.4', x, 4096);
  graph.classifier('classifier.6', x, classes);
}
