import { DTYPE_BYTES, type Dtype, type Tensor } from './tensor.js';

/** The header's length in bytes is a multiple of it, so that the data begin aligned. */
const ALIGNMENT = 8;

/**
 * The bytes of a `.safetensors` file of these tensors. Those of wider elements stand first, so that all are aligned; else
 * their order is kept. Equal tensors give equal bytes.
 */
export function safetensorsBytes(tensors: ReadonlyMap<string, Tensor>): Uint8Array {
  const ordered = [...tensors].sort(([, a], [, b]) => DTYPE_BYTES[b.dtype] - DTYPE_BYTES[a.dtype]);
  let end = 0;
  const entries = ordered.map(([name, { dtype, shape, data }]) => {
    const begin = end;
    end += data.length * DTYPE_BYTES[dtype];
    return `${JSON.stringify(name)}:${JSON.stringify({ dtype, shape, data_offsets: [begin, end] })}`;
  });
  const text = new TextEncoder().encode(`{${entries.join(',')}}`);
  const headerLength = Math.ceil(text.length / ALIGNMENT) * ALIGNMENT;
  const file = new Uint8Array(8 + headerLength + end);
  const view = new DataView(file.buffer);
  view.setBigUint64(0, BigInt(headerLength), true);
  file.set(text, 8);
  file.fill(0x20, 8 + text.length, 8 + headerLength);
  let at = 8 + headerLength;
  for (const [, { dtype, data }] of ordered) {
    const bytes = DTYPE_BYTES[dtype];
    const write = WRITE[dtype];
    for (let i = 0; i < data.length; i++) write(view, at + i * bytes, data[i]!);
    at += data.length * bytes;
  }
  return file;
}

/** Writes an element, little-endian whatever the byte order of this machine. */
const WRITE: Readonly<Record<Dtype, (view: DataView, at: number, value: number) => void>> = {
  U8: (view, at, value) => view.setUint8(at, value),
  I8: (view, at, value) => view.setInt8(at, value),
  U16: (view, at, value) => view.setUint16(at, value, true),
  I16: (view, at, value) => view.setInt16(at, value, true),
  I32: (view, at, value) => view.setInt32(at, value, true),
  I64: (view, at, value) => view.setBigInt64(at, BigInt(value), true),
  F32: (view, at, value) => view.setFloat32(at, value, true),
  F64: (view, at, value) => view.setFloat64(at, value, true),
};
