import { FileFormatError } from './file-format-error.js';

/** Element types, named as in safetensors. */
export type Dtype = 'U8' | 'I8' | 'U16' | 'I16' | 'I32' | 'I64' | 'F32' | 'F64';

export type TensorData = Uint8Array | Int8Array | Uint16Array | Int16Array | Int32Array | Float32Array | Float64Array;

export interface Tensor {
  readonly dtype: Dtype;
  /** Extents, slowest first (row-major); [] for a single value. */
  readonly shape: readonly number[];
  /** The typed array of the dtype; I64 stands in a Float64Array, every value a safe integer. */
  readonly data: TensorData;
}

export const DTYPE_BYTES: Readonly<Record<Dtype, number>> = {
  U8: 1,
  I8: 1,
  U16: 2,
  I16: 2,
  I32: 4,
  I64: 8,
  F32: 4,
  F64: 8,
};

/** Number of elements of a shape. May exceed 2^53 for a nonsensical shape; compare before allocating. */
export function elementsOf(shape: readonly number[]): number {
  return shape.reduce((product, extent) => product * extent, 1);
}

/** "I8 [16, 3, 3, 3]" */
export function describeTensor(tensor: { dtype: Dtype; shape: readonly number[] }): string {
  return `${tensor.dtype} [${tensor.shape.join(', ')}]`;
}

/** True on all machines of today. */
const IS_LITTLE_ENDIAN = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1;

/**
 * Decodes the little-endian elements that fill `bytes`, whatever the byte order of this machine.
 *
 * @param path file, for the message of an error
 * @param name tensor, likewise
 * @throws FileFormatError if an I64 lies outside the safe integers (magnitude 2^53 or more)
 */
export function decodeLittleEndian(dtype: Dtype, bytes: Uint8Array, path: string, name: string): TensorData {
  const aligned = inByteOrder(bytes, DTYPE_BYTES[dtype]);
  switch (dtype) {
    case 'U8':
      return new Uint8Array(aligned);
    case 'I8':
      return new Int8Array(aligned);
    case 'U16':
      return new Uint16Array(aligned);
    case 'I16':
      return new Int16Array(aligned);
    case 'I32':
      return new Int32Array(aligned);
    case 'F32':
      return new Float32Array(aligned);
    case 'F64':
      return new Float64Array(aligned);
    case 'I64':
      return Float64Array.from(new BigInt64Array(aligned), (value, i) => {
        if (!Number.isSafeInteger(Number(value))) {
          throw new FileFormatError(
            path,
            `tensor "${name}": element ${i} is ${value}; 64-bit integers are read up to a magnitude of 2^53 - 1`,
            'store it as a smaller integer or as F64',
          );
        }
        return Number(value);
      });
  }
}

/** A copy of little-endian elements of so many bytes in the byte order of this machine. */
function inByteOrder(bytes: Uint8Array, elementBytes: number): ArrayBuffer {
  const copy = new Uint8Array(bytes);
  if (!IS_LITTLE_ENDIAN && elementBytes > 1) {
    for (let at = 0; at < copy.length; at += elementBytes) copy.subarray(at, at + elementBytes).reverse();
  }
  return copy.buffer;
}
