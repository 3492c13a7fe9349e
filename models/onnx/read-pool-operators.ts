import type { Activation, OnnxNode } from './onnx-node.js';
import { readWindow } from './read-window.js';

export const POOL_ATTRIBUTES = [
  'auto_pad',
  'ceil_mode',
  'count_include_pad',
  'dilations',
  'kernel_shape',
  'pads',
  'strides',
];

/** MaxPool, of real values or of integers; only its first output. */
export function readMaxPool(node: OnnxNode): Activation | null {
  node.onlyAttributes(...POOL_ATTRIBUTES, 'storage_order');
  if ((node.proto.output[1] ?? '') !== '') {
    node.report('output[1]', node.proto.output[1], 'nothing', 'the indices of the largest values are not computed');
  }
  const x = node.activation(0);
  return x && emitPool(node, x, 'maxpool');
}

/** AveragePool. */
export function readAveragePool(node: OnnxNode): Activation | null {
  node.onlyAttributes(...POOL_ATTRIBUTES);
  const x = node.real(0);
  return x && emitPool(node, x, 'avgpool');
}

/** GlobalMaxPool and GlobalAveragePool. */
export function readGlobalPool(node: OnnxNode): Activation | null {
  node.onlyAttributes();
  if (node.op === 'GlobalAveragePool') {
    const x = node.real(0);
    return x && emitGlobalAverage(node, x);
  }
  const x = node.activation(0);
  const image = x && node.image(0, x);
  if (x === null || image === null) return null;
  const [channels, height, width] = image;
  return node.emit(
    {
      op: 'maxpool',
      inputs: [x.layer],
      shape: [channels, 1, 1],
      kernelHeight: height,
      kernelWidth: width,
      strideHeight: 1,
      strideWidth: 1,
      padTop: 0,
      padLeft: 0,
      padBottom: 0,
      padRight: 0,
    },
    x.type,
  );
}

/** ReduceMean over height and width, which is a global average pool. */
export function readReduceMean(node: OnnxNode): Activation | null {
  node.onlyAttributes('axes', 'keepdims', 'noop_with_empty_axes');
  const x = node.real(0);
  const axes = node.hasInput(1) ? node.constant(1, 'the axes')?.data : node.ints('axes');
  if (x === null || node.image(0, x) === null) return null;
  const normal = Array.from(axes ?? [], (axis) => (axis < 0 ? axis + 4 : axis)).sort();
  if (normal.join() !== '2,3') return node.report('axes', Array.from(axes ?? []), '2 and 3: height and width');
  const mean = emitGlobalAverage(node, x);
  if (mean === null || node.int('keepdims', 1) !== 0) return mean;
  return node.emit({ op: 'reshape', inputs: [mean.layer], shape: [mean.shape[0]!] }, 'real', '.squeeze');
}

/** A pooling layer with the window that the node's attributes give. */
export function emitPool(node: OnnxNode, x: Activation, op: 'maxpool' | 'avgpool'): Activation | null {
  const image = node.image(0, x);
  const kernel = node.ints('kernel_shape');
  if (kernel === undefined || kernel.length !== 2 || kernel.some((extent) => extent < 1)) {
    return node.report('kernel_shape', kernel, 'two whole numbers >= 1: height, width');
  }
  if (image === null) return null;
  const window = readWindow(node, image, kernel as unknown as readonly [number, number]);
  if (window === null) return null;
  const { geometry, dilationHeight, dilationWidth, outputHeight, outputWidth } = window;
  if (dilationHeight !== 1 || dilationWidth !== 1) {
    return node.report('dilations', [dilationHeight, dilationWidth], '[1, 1]', 'pools take adjacent pixels');
  }
  const { padTop, padLeft, padBottom, padRight } = geometry;
  if (op === 'avgpool' && node.int('count_include_pad', 0) !== 0 && padTop + padLeft + padBottom + padRight > 0) {
    const hint = 'export nn.AvgPool2d with count_include_pad=False, or without padding';
    return node.report('count_include_pad', 1, '0 where there is padding: it is not counted in the mean', hint);
  }
  return node.emit({ op, inputs: [x.layer], shape: [image[0], outputHeight, outputWidth], ...geometry }, x.type);
}

/** A global average pool; [channels, 1, 1]. */
export function emitGlobalAverage(node: OnnxNode, x: Activation): Activation | null {
  const image = node.image(0, x);
  return image && node.emit({ op: 'gap', inputs: [x.layer], shape: [image[0], 1, 1] });
}
