import type { ActivationFormat } from './network.js';
import { type Dtype, describeTensor, elementsOf, type Tensor } from './tensor.js';

/** Bits of weights and activations of a network in a file. */
export const FILE_BITS = 8;
/** Most bits of weights and activations of a network in memory. */
export const MAX_BITS = 16;

export type ActivationArray = Uint8Array | Int8Array | Uint16Array | Int16Array;

/** A format whose 0 stands for 0: that of networks in ousim's own files. */
export function plainFormat(bits: number, signed: boolean): ActivationFormat {
  return { bits, signed, zeroPoint: 0 };
}

/** The least integer of a format. */
export function formatMin({ bits, signed }: ActivationFormat): number {
  return signed ? -(2 ** (bits - 1)) : 0;
}

/** The largest integer of a format. */
export function formatMax({ bits, signed }: ActivationFormat): number {
  return 2 ** (signed ? bits - 1 : bits) - 1;
}

/** What the wordlines carry for 0 and for padding, where an integer x is presented as x - `formatMin`. */
export function presentedZero(format: ActivationFormat): number {
  return format.zeroPoint - formatMin(format);
}

/** Element type of activations: 8 bits where they fit, else 16. */
export function activationDtype({ bits, signed }: ActivationFormat): Dtype {
  if (bits <= 8) return signed ? 'I8' : 'U8';
  return signed ? 'I16' : 'U16';
}

/** An array of zeros of that element type. */
export function newActivations({ bits, signed }: ActivationFormat, length: number): ActivationArray {
  if (bits <= 8) return signed ? new Int8Array(length) : new Uint8Array(length);
  return signed ? new Int16Array(length) : new Uint16Array(length);
}

/** Largest magnitude of a signed activation of that many bits, as quantisation makes them. */
export function signedLimit(bits: number): number {
  return 2 ** (bits - 1) - 1;
}

/** Largest unsigned activation of that many bits. */
export function unsignedLimit(bits: number): number {
  return 2 ** bits - 1;
}

/**
 * The values of a tensor that should be activations of a given shape.
 *
 * @param where names the tensor in the error: `network "LeNet-5": input`
 * @throws RangeError if dtype, shape or the number of values are others
 */
export function checkedActivations(
  tensor: Tensor,
  format: ActivationFormat,
  shape: readonly number[],
  where: string,
): ActivationArray {
  const dtype = activationDtype(format);
  const fits =
    tensor.dtype === dtype && tensor.shape.join() === shape.join() && tensor.data.length === elementsOf(shape);
  if (!fits) {
    throw new RangeError(
      `${where} ${describeTensor(tensor)} with ${tensor.data.length} values; needed: ${describeTensor({ dtype, shape })}`,
    );
  }
  return tensor.data as ActivationArray;
}
