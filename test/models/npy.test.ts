import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FileFormatError } from '../../models/file-format-error.js';
import { parseNpy, readNpy } from '../../models/npy.js';
import { npyBytes, npyHeader } from './file-bytes.js';
import { temporaryFolder } from './temporary-folder.js';

const folder = temporaryFolder();

/** Bytes of numpy.save(numpy.array([[1, -2, 3], [4, 5, -6]], dtype='<i2')), written out by hand. */
const SMALL = npyBytes(npyHeader('<i2', '(2, 3)'), Uint8Array.of(1, 0, 0xfe, 0xff, 3, 0, 4, 0, 5, 0, 0xfa, 0xff));

describe('npy', () => {
  it('reads a matrix in C order', () => {
    const { dtype, shape, data } = parseNpy(SMALL, 'memory');
    expect({ dtype, shape, values: Array.from(data) }).toEqual({
      dtype: 'I16',
      shape: [2, 3],
      values: [1, -2, 3, 4, 5, -6],
    });
  });

  it.each([
    ['|u1', 'U8', [0xff], 255],
    ['|i1', 'I8', [0xff], -1],
    ['<u2', 'U16', [0x34, 0x12], 0x1234],
    ['<i2', 'I16', [0x00, 0x80], -32768],
    ['<i4', 'I32', [0x00, 0x00, 0x00, 0x80], -(2 ** 31)],
    ['<i8', 'I64', [0xfe, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff], -2],
    ['<f4', 'F32', [0x00, 0x00, 0x20, 0xc0], -2.5],
    ['<f8', 'F64', [0, 0, 0, 0, 0, 0, 0xf8, 0x3f], 1.5],
  ])('reads %s', (descr, dtype, bytes, value) => {
    const tensor = parseNpy(npyBytes(npyHeader(descr, '(1,)'), Uint8Array.from(bytes)), 'memory');
    expect(tensor.dtype).toBe(dtype);
    expect(Array.from(tensor.data)).toEqual([value]);
  });

  it('reads versions 1, 2 and 3, keys in any order, shapes () and (0, 4)', () => {
    for (const version of [1, 2, 3]) {
      expect(parseNpy(npyBytes(npyHeader('|u1', '()'), Uint8Array.of(9), version), 'memory')).toEqual({
        dtype: 'U8',
        shape: [],
        data: Uint8Array.of(9),
      });
    }
    const reordered = "{'shape': (0, 4), 'fortran_order': False, 'descr': '<f8'}";
    expect(parseNpy(npyBytes(reordered, new Uint8Array()), 'memory').shape).toEqual([0, 4]);
  });

  it('a file cut after any number of bytes is a FileFormatError', () => {
    for (let length = 0; length < SMALL.length; length++) {
      expect(() => parseNpy(SMALL.subarray(0, length), 'cut'), `${length} bytes`).toThrow(FileFormatError);
    }
  });

  it('a file with any byte changed is read or is a FileFormatError, never another exception', () => {
    const change = fc.tuple(fc.nat(SMALL.length - 1), fc.integer({ min: 0, max: 255 }));
    fc.assert(
      fc.property(fc.array(change, { minLength: 1, maxLength: 4 }), (changes) => {
        const bytes = Uint8Array.from(SMALL);
        for (const [at, value] of changes) bytes[at] = value;
        try {
          parseNpy(bytes, 'changed');
        } catch (error) {
          expect(error).toBeInstanceOf(FileFormatError);
        }
      }),
      { seed: 20261121, numRuns: 2000 },
    );
  });

  const bad: [what: string, header: string, dataBytes: number, message: RegExp][] = [
    ['Fortran order', npyHeader('<f4', '(1,)', 'True'), 4, /Fortran.*ascontiguousarray/],
    ['big-endian numbers', npyHeader('>f4', '(1,)'), 4, /dtype '>f4'.*astype/],
    ['objects', npyHeader('|O', '(1,)'), 8, /dtype '\|O'/],
    ['a dtype named like an object member', npyHeader('toString', '(1,)'), 8, /dtype 'toString'/],
    [
      'an array of records',
      "{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (1,), }",
      4,
      /structured dtype/,
    ],
    ['a missing key', "{'descr': '<f4', 'shape': (1,), }", 4, /expected descr, fortran_order and shape/],
    ['an extra key', "{'descr': '<f4', 'fortran_order': False, 'shape': (1,), 'x': True}", 4, /expected descr/],
    ['a key that stands twice', "{'descr': '<f4', 'descr': '<f4', 'shape': (1,), }", 4, /'descr' stands twice/],
    ['a shape that is no tuple', npyHeader('<f4', '(1)'), 4, /shape \(1\)/],
    ['a negative extent', npyHeader('<f4', '(-1,)'), 4, /shape \(-1,\)/],
    ['an extent beyond 2^53', npyHeader('<f4', '(99999999999999999999,)'), 4, /beyond 2\^53/],
    ['no dict', 'hello', 4, /not a dict/],
    [
      'too few data',
      npyHeader('<f4', '(2, 2)'),
      15,
      /needs 16 bytes of data, the file holds 15 \(the file is truncated/,
    ],
    ['too many data', npyHeader('<f4', '(2, 2)'), 17, /the file holds 17 \(bytes follow the array/],
  ];
  it.each(bad)('refuses %s', (_, header, dataBytes, message) => {
    const parse = () => parseNpy(npyBytes(header, new Uint8Array(dataBytes)), 'bad.npy');
    expect(parse).toThrow(FileFormatError);
    expect(parse).toThrow(message);
    expect(parse).toThrow(/^bad\.npy: /);
  });

  it('refuses another format version, another file and 64-bit integers from 2^53 on', () => {
    expect(() => parseNpy(npyBytes(npyHeader('|u1', '()'), Uint8Array.of(1), 4), 'v4.npy')).toThrow(/version 4\.0/);
    expect(() => parseNpy(Buffer.from('\x89PNG not an array at all'), 'x.npy')).toThrow(/signature/);
    const big = npyBytes(npyHeader('<i8', '(1,)'), Uint8Array.of(0, 0, 0, 0, 0, 0, 0xe0, 0xff));
    expect(() => parseNpy(big, 'big.npy')).toThrow(/element 0 is -9007199254740992/);
  });

  it('reads from disk; a missing file and a directory say so', () => {
    const path = join(folder, 'small.npy');
    writeFileSync(path, SMALL);
    expect(readNpy(path).shape).toEqual([2, 3]);
    expect(() => readNpy(join(folder, 'none.npy'))).toThrow(/none\.npy: no such file/);
    expect(() => readNpy(folder)).toThrow(/is a directory/);
  });
});
