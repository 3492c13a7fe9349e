import type { Padding } from './tflite-graph.js';

/** One axis of a kernel that moves over an input. */
export interface Axis {
  readonly input: number;
  readonly kernel: number;
  readonly stride: number;
  readonly dilation: number;
}

/** Outputs along an axis, and padding before and behind. */
export interface AxisGeometry {
  readonly output: number;
  readonly before: number;
  readonly behind: number;
}

/**
 * `ComputePaddingWithOffset` and `ComputeOutSize` of tensorflow/lite/kernels/padding.h. SAME puts the odd pixel behind.
 *
 * @param given pixels that a PAD before has added already
 */
export function axisGeometry(axis: Axis, same: boolean, given: { before: number; behind: number }): AxisGeometry {
  const { kernel, stride, dilation } = axis;
  const input = axis.input + given.before + given.behind;
  const extent = (kernel - 1) * dilation + 1;
  if (!same) return { output: Math.floor((input + stride - extent) / stride), ...given };
  const output = Math.ceil(input / stride);
  const total = Math.max(0, (output - 1) * stride + extent - input);
  const before = Math.floor(total / 2);
  return { output, before: given.before + before, behind: given.behind + total - before };
}

/** Both axes: rows, then columns. */
export function windowGeometry(
  rows: Axis,
  columns: Axis,
  same: boolean,
  padding: Padding,
): { readonly rows: AxisGeometry; readonly columns: AxisGeometry } {
  return {
    rows: axisGeometry(rows, same, { before: padding.top, behind: padding.bottom }),
    columns: axisGeometry(columns, same, { before: padding.left, behind: padding.right }),
  };
}
