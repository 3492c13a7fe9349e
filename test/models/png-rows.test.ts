import { deflateSync } from 'node:zlib';
import fc from 'fast-check';
import { decode, encode } from 'fast-png';
import { describe, expect, it } from 'vitest';
import { readPngRows } from '../../models/png-rows.js';

const SEED = { seed: 20261121, numRuns: 200 };

/** A chunk with a check sum of 0, which is not looked at. */
function chunk(type: string, data: Uint8Array): Buffer {
  const frame = Buffer.alloc(12 + data.length);
  frame.writeUInt32BE(data.length, 0);
  frame.write(type, 4, 'latin1');
  frame.set(data, 8);
  return frame;
}

interface Parts {
  readonly width: number;
  readonly height: number;
  readonly depth?: number;
  readonly colour?: number;
  /** Compressed, in as many chunks. */
  readonly data: readonly Uint8Array[];
}

function png({ width, height, depth = 8, colour = 2, data }: Parts): Buffer {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([depth, colour], 8);
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  const body = data.map((piece) => chunk('IDAT', piece));
  return Buffer.concat([signature, chunk('IHDR', header), ...body, chunk('IEND', new Uint8Array(0))]);
}

/** A picture whose rows have any filters and filtered bytes, compressed and cut into chunks anywhere. */
const picture = fc
  .record({ width: fc.integer({ min: 1, max: 9 }), height: fc.integer({ min: 1, max: 9 }) })
  .chain(({ width, height }) =>
    fc.record({
      width: fc.constant(width),
      height: fc.constant(height),
      rows: fc.array(
        fc.record({
          filter: fc.nat(4),
          bytes: fc.uint8Array({ minLength: 3 * width, maxLength: 3 * width }),
        }),
        { minLength: height, maxLength: height },
      ),
      read: fc.integer({ min: 0, max: height }),
      pieces: fc.integer({ min: 1, max: 5 }),
      level: fc.constantFrom(0, 1, 9),
    }),
  );

describe('the first rows of a PNG', () => {
  it('are those of a decoder that reads all of it, whatever the filters, chunks and compression', () => {
    fc.assert(
      fc.property(picture, ({ width, height, rows, read, pieces, level }) => {
        const filtered = Buffer.concat(rows.map(({ filter, bytes }) => Buffer.from([filter, ...bytes])));
        const data = deflateSync(filtered, { level });
        const size = Math.ceil(data.length / pieces);
        const cut = Array.from({ length: pieces }, (_, i) => data.subarray(i * size, (i + 1) * size));
        const file = png({ width, height, data: cut });
        const all = decode(file);
        expect([all.width, all.height, all.channels]).toEqual([width, height, 3]);
        expect(readPngRows(file, read)).toEqual({
          width,
          height,
          pixels: Uint8Array.from(all.data.subarray(0, read * width * 3)),
        });
      }),
      SEED,
    );
  });

  it('are those that an encoder was given', () => {
    const pixels = Uint8Array.from({ length: 40 * 30 * 3 }, (_, i) => (i * i) >> 4);
    const file = encode({ width: 40, height: 30, channels: 3, depth: 8, data: pixels });
    expect(readPngRows(file, 30).pixels).toEqual(pixels);
    expect(readPngRows(file, 7).pixels).toEqual(pixels.subarray(0, 7 * 40 * 3));
  });

  it('of much larger a picture than its compressed bytes: one colour', () => {
    const data = [deflateSync(Buffer.alloc(1000 * (1 + 3 * 1000)))];
    const { pixels } = readPngRows(png({ width: 1000, height: 1000, data }), 1000);
    expect(Buffer.alloc(3_000_000).equals(pixels)).toBe(true);
  });

  const one = { width: 1, height: 1, data: [deflateSync(Buffer.from([0, 1, 2, 3]))] };
  it.each<[string, Uint8Array, RegExp]>([
    ['other bytes', Buffer.from('no image'), /does not begin as a PNG/],
    ['a file that is cut off', png(one).subarray(0, -14), /cut off in a chunk "IDAT"/],
    ['a file without its end', png(one).subarray(0, -12), /it is cut off/],
    ['16-bit pixels', png({ ...one, depth: 16 }), /pixels are of 16 bits, colour type 2/],
    ['pixels with a palette', png({ ...one, colour: 3 }), /pixels are of 8 bits, colour type 3/],
    ['a filter that is none', png({ ...one, data: [deflateSync(Buffer.from([5, 1, 2, 3]))] }), /filter 5/],
    ['fewer pixels than it says', png({ ...one, width: 2 }), /pixels end after 4 of 7 bytes/],
    ['data that are not compressed', png({ ...one, data: [Buffer.from([0, 1, 2, 3])] }), /header/],
    ['fewer rows than are read', png({ ...one, height: 0 }), /0 rows of pixels, 1 were expected/],
  ])('%s: an error that says so', (_what, file, message) => {
    expect(() => readPngRows(file, 1)).toThrow(message);
  });
});
