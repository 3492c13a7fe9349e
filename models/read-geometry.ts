import type { JsonFields } from './json-fields.js';
import type { KernelGeometry, Shape } from './network.js';
import { elementsOf } from './tensor.js';

/** Largest stride, dilation, padding, kernel and number of groups or channels that a file may ask for. */
export const LARGEST_COUNT = 65_536;

/** Tensors of more elements are refused, so that nonsensical shapes cannot exhaust the memory. */
const LARGEST_TENSOR = 2 ** 28;

export const HEIGHT_WIDTH = ['height', 'width'] as const;
const SIDES = ['top', 'left', 'bottom', 'right'] as const;

export type Strides = Pick<KernelGeometry, 'strideHeight' | 'strideWidth'>;
export type Padding = Pick<KernelGeometry, 'padTop' | 'padLeft' | 'padBottom' | 'padRight'>;

export function readStride(fields: JsonFields): Strides | null {
  const stride = fields.sides('stride', HEIGHT_WIDTH, 1, LARGEST_COUNT);
  return stride && { strideHeight: stride[0]!, strideWidth: stride[1]! };
}

/** @param largest of one number for all sides; a list of them is only limited by `LARGEST_COUNT` */
export function readPadding(fields: JsonFields, largest: number): Padding | null {
  const pad = fields.sides('pad', SIDES, 0, largest, LARGEST_COUNT);
  return pad && { padTop: pad[0]!, padLeft: pad[1]!, padBottom: pad[2]!, padRight: pad[3]! };
}

/** [height, width] of an image between its padding. */
export function paddedSize([, height, width]: readonly number[], padding: Padding): readonly [number, number] {
  return [height! + padding.padTop + padding.padBottom, width! + padding.padLeft + padding.padRight];
}

/** Positions of a kernel that reaches over `reach` pixels, which are at most `padded`. */
export function positions(padded: number, reach: number, stride: number): number {
  return Math.floor((padded - reach) / stride) + 1;
}

/** The shape, if it is one of an image. */
export function imageShape(
  fields: JsonFields,
  shape: Shape | null,
  op: string,
): readonly [number, number, number] | null {
  if (shape === null) return null;
  if (shape.length === 3) return [...shape] as [number, number, number];
  return fields.report('input', `a node with outputs [channels, height, width], which ${op} needs`);
}

export function fitsMemory(fields: JsonFields, key: string, shape: Shape): boolean {
  if (elementsOf(shape) <= LARGEST_TENSOR) return true;
  fields.report(key, `at most ${LARGEST_TENSOR} output values`, `outputs would be [${shape.join(', ')}]`);
  return false;
}
