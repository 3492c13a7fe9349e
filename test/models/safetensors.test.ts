import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FileFormatError } from '../../models/file-format-error.js';
import { parseSafetensors, readSafetensors } from '../../models/safetensors.js';
import { safetensorsBytes, safetensorsOf } from './file-bytes.js';
import { temporaryFolder } from './temporary-folder.js';

const folder = temporaryFolder();
const entry = (dtype: string, shape: unknown, ...offsets: unknown[]) => ({ dtype, shape, data_offsets: offsets });

/** Little-endian bytes written by hand, with the values that they are. */
const SAMPLES = {
  u8: { dtype: 'U8', shape: [2], bytes: Uint8Array.of(0, 255), values: [0, 255] },
  i8: { dtype: 'I8', shape: [1, 2], bytes: Uint8Array.of(0x7f, 0x80), values: [127, -128] },
  u16: { dtype: 'U16', shape: [1], bytes: Uint8Array.of(0x02, 0x01), values: [258] },
  i16: { dtype: 'I16', shape: [1], bytes: Uint8Array.of(0xfe, 0xff), values: [-2] },
  i32: { dtype: 'I32', shape: [1], bytes: Uint8Array.of(0, 0, 0, 0x80), values: [-(2 ** 31)] },
  i64: {
    dtype: 'I64',
    shape: [2],
    bytes: Uint8Array.of(...[0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x1f, 0], ...Array<number>(8).fill(0xff)),
    values: [2 ** 53 - 1, -1],
  },
  f32: { dtype: 'F32', shape: [1], bytes: Uint8Array.of(0, 0, 0xc0, 0x3f), values: [1.5] },
  f64: { dtype: 'F64', shape: [], bytes: Uint8Array.of(0, 0, 0, 0, 0, 0, 4, 0xc0), values: [-2.5] },
  none: { dtype: 'F32', shape: [0, 3], bytes: new Uint8Array(), values: [] },
} as const;

describe('safetensors', () => {
  it('reads every dtype, whatever its alignment in the file', () => {
    const tensors = parseSafetensors(safetensorsOf(SAMPLES), 'memory');
    expect([...tensors.keys()]).toEqual(Object.keys(SAMPLES));
    for (const [name, { dtype, shape, values }] of Object.entries(SAMPLES)) {
      const tensor = tensors.get(name)!;
      expect(tensor.dtype).toBe(dtype);
      expect(tensor.shape).toEqual(shape);
      expect(Array.from(tensor.data)).toEqual(values);
    }
  });

  it('accepts metadata, padding of the header and tensors listed out of order', () => {
    const header = `{"__metadata__":{"by":"hand"},"b":${JSON.stringify(entry('U8', [1], 1, 2))},"a":${JSON.stringify(entry('U8', [1], 0, 1))}}   `;
    const tensors = parseSafetensors(safetensorsBytes(header, Uint8Array.of(7, 9)), 'memory');
    expect([...tensors.keys()]).toEqual(['b', 'a']);
    expect(tensors.get('a')!.data[0]).toBe(7);
    expect(tensors.get('b')!.data[0]).toBe(9);
  });

  it('a file cut after any number of bytes is a FileFormatError', () => {
    const whole = safetensorsOf(SAMPLES);
    expect(parseSafetensors(whole, 'memory').size).toBe(9);
    for (let length = 0; length < whole.length; length++) {
      expect(() => parseSafetensors(whole.subarray(0, length), 'cut'), `${length} bytes`).toThrow(FileFormatError);
    }
  });

  it('a file with any byte changed is read or is a FileFormatError, never another exception', () => {
    const whole = safetensorsOf(SAMPLES);
    const change = fc.tuple(fc.nat(whole.length - 1), fc.integer({ min: 0, max: 255 }));
    fc.assert(
      fc.property(fc.array(change, { minLength: 1, maxLength: 4 }), (changes) => {
        const bytes = Uint8Array.from(whole);
        for (const [at, value] of changes) bytes[at] = value;
        try {
          parseSafetensors(bytes, 'changed');
        } catch (error) {
          expect(error).toBeInstanceOf(FileFormatError);
        }
      }),
      { seed: 20261121, numRuns: 2000 },
    );
  });

  const bad: [what: string, header: unknown, dataBytes: number, message: RegExp][] = [
    ['a header that is no JSON', '{"a":', 0, /header is not JSON/],
    ['a header that is no object', [1], 0, /not a JSON object/],
    ['metadata that are no strings', { __metadata__: { a: 1 } }, 0, /__metadata__/],
    ['an entry that is no object', { a: 3 }, 0, /"a".*not an object/],
    ['an unknown dtype', { a: entry('BF16', [1], 0, 2) }, 2, /"a": dtype "BF16".*allowed: U8/],
    ['a dtype named like an object member', { a: entry('toString', [1], 0, 2) }, 2, /dtype "toString"/],
    ['a negative extent', { a: entry('U8', [-1], 0, 1) }, 1, /shape \[-1\]/],
    ['a fractional extent', { a: entry('U8', [0.5], 0, 1) }, 1, /shape \[0.5\]/],
    ['a shape that is no list', { a: entry('U8', 1, 0, 1) }, 1, /shape 1/],
    ['three offsets', { a: entry('U8', [1], 0, 1, 2) }, 1, /data_offsets \[0,1,2\]/],
    ['negative offsets', { a: entry('U8', [1], -1, 0) }, 1, /data_offsets \[-1,0\]/],
    ['offsets in the wrong order', { a: entry('U8', [1], 1, 0) }, 1, /span -1 bytes/],
    ['a span that does not fit the shape', { a: entry('I32', [2], 0, 7) }, 7, /span 7 bytes, I32 \[2\] needs 8/],
    ['offsets beyond the data', { a: entry('U8', [4], 0, 4) }, 3, /need 4 bytes of data, the file holds 3/],
    ['overlapping tensors', { a: entry('U8', [2], 0, 2), b: entry('U8', [2], 1, 3) }, 3, /overlap/],
    ['a hole between tensors', { a: entry('U8', [1], 0, 1), b: entry('U8', [1], 2, 3) }, 3, /hole/],
    ['bytes after the last tensor', { a: entry('U8', [1], 0, 1) }, 2, /bytes follow the last tensor/],
  ];
  it.each(bad)('refuses %s', (_, header, dataBytes, message) => {
    const parse = () => parseSafetensors(safetensorsBytes(header, new Uint8Array(dataBytes)), 'bad.safetensors');
    expect(parse).toThrow(FileFormatError);
    expect(parse).toThrow(message);
    expect(parse).toThrow(/^bad\.safetensors: /);
  });

  it('refuses 64-bit integers from 2^53 on', () => {
    const bytes = Uint8Array.of(0, 0, 0, 0, 0, 0, 0x20, 0);
    const parse = () =>
      parseSafetensors(safetensorsOf({ big: { dtype: 'I64', shape: [1], bytes } }), 'big.safetensors');
    expect(parse).toThrow(FileFormatError);
    expect(parse).toThrow(/element 0 is 9007199254740992/);
  });

  it('names path, problem and hint of a missing file and of a directory', () => {
    expect(() => readSafetensors(join(folder, 'none.safetensors'))).toThrow(
      /none\.safetensors: no such file \(.*check the path/,
    );
    expect(() => readSafetensors(folder)).toThrow(/: is a directory \(expected a safetensors file/);
    writeFileSync(join(folder, 'file'), 'x');
    expect(() => readSafetensors(join(folder, 'file', 'inside'))).toThrow(FileFormatError);
    expect(() => readSafetensors(join(folder, 'zero\0byte'))).toThrow(FileFormatError);
  });

  it('reads a file from disk', () => {
    const path = join(folder, 'samples.safetensors');
    writeFileSync(path, safetensorsOf(SAMPLES));
    expect(readSafetensors(path).get('i32')!.data[0]).toBe(-(2 ** 31));
  });
});
