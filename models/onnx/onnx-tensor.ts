import { DTYPE_BYTES, type Dtype, decodeLittleEndian, elementsOf, type TensorData } from '../tensor.js';
import type { TensorProto } from './onnx-schema.js';

/** Element types that are read, by their number in TensorProto.DataType. */
const ELEMENT_TYPES = {
  1: 'float32',
  2: 'uint8',
  3: 'int8',
  4: 'uint16',
  5: 'int16',
  6: 'int32',
  7: 'int64',
  9: 'bool',
  11: 'float64',
} as const;

export type ElementType = (typeof ELEMENT_TYPES)[keyof typeof ELEMENT_TYPES];

/** Element types that are named in messages although they are not read. */
const OTHER_TYPES: Readonly<Record<number, string>> = {
  8: 'string',
  10: 'float16',
  12: 'uint32',
  13: 'uint64',
  14: 'complex64',
  15: 'complex128',
  16: 'bfloat16',
  17: 'float8e4m3fn',
  18: 'float8e4m3fnuz',
  19: 'float8e5m2',
  20: 'float8e5m2fnuz',
  21: 'uint4',
  22: 'int4',
};

const DTYPES = {
  float32: 'F32',
  uint8: 'U8',
  int8: 'I8',
  uint16: 'U16',
  int16: 'I16',
  int32: 'I32',
  int64: 'I64',
  bool: 'U8',
  float64: 'F64',
} as const satisfies Record<ElementType, Dtype>;

/** A constant of the model. */
export interface OnnxTensor {
  readonly type: ElementType;
  /** [] for a single value. */
  readonly dims: readonly number[];
  /** The typed array of the type; 64-bit integers as the nearest doubles. */
  readonly data: TensorData;
}

/** The element type of a number of TensorProto.DataType; null where it is not read. */
export function elementTypeOf(dataType: number | undefined): ElementType | null {
  return (ELEMENT_TYPES as Readonly<Record<number, ElementType>>)[dataType ?? 0] ?? null;
}

/** A name for messages, of any number of TensorProto.DataType. */
export function elementTypeName(dataType: number | undefined): string {
  return elementTypeOf(dataType) ?? OTHER_TYPES[dataType ?? 0] ?? `data type ${dataType ?? 'not given'}`;
}

/** Reads `length` bytes at `offset` (the rest of the file where it is null) of a file beside the model. */
export type ReadExternalData = (location: string, offset: number, length: number | null) => Uint8Array;

/**
 * A tensor's values, from whichever of its fields holds them.
 *
 * @returns the problem as a text, where its type is not read or its values do not fill its shape
 * @throws as `readExternal`
 */
export function readTensorProto(proto: TensorProto, readExternal: ReadExternalData): OnnxTensor | string {
  const type = elementTypeOf(proto.dataType);
  if (type === null) return `values of type ${elementTypeName(proto.dataType)}`;
  const dims = proto.dims;
  const count = elementsOf(dims);
  if (dims.some((extent) => extent < 0) || !Number.isSafeInteger(count)) return `a shape of [${dims.join(', ')}]`;
  const data = readValues(proto, type, readExternal);
  if (typeof data === 'string') return data;
  if (data.length !== count) return `${data.length} values, and its shape is [${dims.join(', ')}]`;
  return { type, dims, data };
}

function readValues(proto: TensorProto, type: ElementType, readExternal: ReadExternalData): TensorData | string {
  if (proto.dataLocation === 1) return decode(readExternalValues(proto, readExternal), type, proto.name);
  // An empty tensor may have no raw bytes at all; the typed fields are then empty too.
  if (proto.rawData !== undefined && proto.rawData.length > 0) return decode(proto.rawData, type, proto.name);
  switch (type) {
    case 'float32':
      return Float32Array.from(proto.floatData);
    case 'float64':
      return Float64Array.from(proto.doubleData);
    case 'int64':
      return Float64Array.from(proto.int64Data);
    case 'int8':
      return Int8Array.from(proto.int32Data);
    case 'uint8':
    case 'bool':
      return Uint8Array.from(proto.int32Data);
    default:
      return Int32Array.from(proto.int32Data);
  }
}

function readExternalValues(proto: TensorProto, readExternal: ReadExternalData): Uint8Array {
  const entry = (key: string) => proto.externalData.find((candidate) => candidate.key === key)?.value;
  const length = entry('length');
  return readExternal(
    entry('location') ?? '',
    Number(entry('offset') ?? 0),
    length === undefined ? null : Number(length),
  );
}

function decode(bytes: Uint8Array, type: ElementType, name = ''): TensorData | string {
  const dtype = DTYPES[type];
  const size = DTYPE_BYTES[dtype];
  if (bytes.byteLength % size !== 0) return `${bytes.byteLength} bytes of ${type} values of ${size} bytes`;
  if (dtype !== 'I64') return decodeLittleEndian(dtype, bytes, name, name);
  // Not through decodeLittleEndian, which refuses the largest integer, and exporters write that one for "to the end".
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Float64Array.from({ length: bytes.byteLength / size }, (_, i) => Number(view.getBigInt64(i * size, true)));
}
