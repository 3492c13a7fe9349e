import type { KernelGeometry } from '../network.js';
import type { OnnxNode, PendingPad } from './onnx-node.js';

/** Where a kernel stands on an image, and how many positions it has. */
export interface Window {
  readonly geometry: KernelGeometry;
  readonly dilationHeight: number;
  readonly dilationWidth: number;
  readonly outputHeight: number;
  readonly outputWidth: number;
}

/**
 * Kernel, strides, dilations and padding of Conv, MaxPool, AveragePool and their quantised forms, as onnx/docs/Operators.md
 * defines them: pads are [top, left, bottom, right]; SAME pads so that there are ceil(input / stride) positions, the odd
 * row at the end (SAME_UPPER) or at the beginning (SAME_LOWER); ceil_mode counts a last position that sticks out, if it
 * begins inside the image or its padding in front.
 *
 * @param kernel height and width
 * @param pad padding of a Pad node in front
 */
export function readWindow(
  node: OnnxNode,
  [, height, width]: readonly [number, number, number],
  kernel: readonly [number, number],
  pad: PendingPad | null = null,
): Window | null {
  const pair = (name: string): readonly [number, number] | null => {
    const given = node.ints(name);
    if (given === undefined) return [1, 1];
    if (given.length === 2 && given.every((value) => value >= 1)) return given as unknown as readonly [number, number];
    return node.report(
      name,
      given,
      'two whole numbers >= 1: height, width',
      'only two-dimensional kernels are imported',
    );
  };
  const strides = pair('strides');
  const dilations = pair('dilations');
  const autoPad = node.text('auto_pad', 'NOTSET');
  const ceil = node.int('ceil_mode', 0) !== 0;
  if (strides === null || dilations === null) return null;
  const pads = node.ints('pads') ?? [0, 0, 0, 0];
  if (pads.length !== 4 || pads.some((value) => value < 0)) {
    return node.report('pads', pads, 'four whole numbers >= 0: top, left, bottom, right');
  }
  if (!['NOTSET', 'VALID', 'SAME_UPPER', 'SAME_LOWER'].includes(autoPad)) {
    return node.report('auto_pad', autoPad, 'NOTSET, VALID, SAME_UPPER, SAME_LOWER');
  }
  const extents = [height + (pad?.top ?? 0) + (pad?.bottom ?? 0), width + (pad?.left ?? 0) + (pad?.right ?? 0)];
  const axes = [0, 1].map((axis) => {
    const reach = (kernel[axis]! - 1) * dilations[axis]! + 1;
    const before = autoPad === 'NOTSET' ? pads[axis]! : 0;
    const after = autoPad === 'NOTSET' ? pads[axis + 2]! : 0;
    if (autoPad.startsWith('SAME')) return samePadding(extents[axis]!, reach, strides[axis]!, autoPad);
    return explicitPadding(extents[axis]!, reach, strides[axis]!, before, after, ceil);
  });
  if (axes.some(({ positions }) => positions < 1)) {
    return node.report('kernel_shape', kernel, `a kernel no larger than the padded input, ${extents.join(' x ')}`);
  }
  const [vertical, horizontal] = axes as [AxisPadding, AxisPadding];
  return {
    geometry: {
      kernelHeight: kernel[0],
      kernelWidth: kernel[1],
      strideHeight: strides[0],
      strideWidth: strides[1],
      padTop: vertical.before + (pad?.top ?? 0),
      padLeft: horizontal.before + (pad?.left ?? 0),
      padBottom: vertical.after + (pad?.bottom ?? 0),
      padRight: horizontal.after + (pad?.right ?? 0),
    },
    dilationHeight: dilations[0],
    dilationWidth: dilations[1],
    outputHeight: vertical.positions,
    outputWidth: horizontal.positions,
  };
}

interface AxisPadding {
  readonly before: number;
  readonly after: number;
  readonly positions: number;
}

function samePadding(extent: number, reach: number, stride: number, autoPad: string): AxisPadding {
  const positions = Math.ceil(extent / stride);
  const total = Math.max(0, (positions - 1) * stride + reach - extent);
  const less = Math.floor(total / 2);
  const before = autoPad === 'SAME_LOWER' ? total - less : less;
  return { before, after: total - before, positions };
}

function explicitPadding(
  extent: number,
  reach: number,
  stride: number,
  before: number,
  after: number,
  ceil: boolean,
): AxisPadding {
  const steps = (before + extent + after - reach) / stride;
  if (!ceil || Number.isInteger(steps)) return { before, after, positions: Math.floor(steps) + 1 };
  let positions = Math.ceil(steps) + 1;
  if ((positions - 1) * stride >= before + extent) positions--;
  return { before, after: Math.max(after, (positions - 1) * stride + reach - before - extent), positions };
}
