import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  bitsFor,
  countBits,
  encodeRowIndex,
  entryBits,
  type RowIndexFormat,
  rowIndexBits,
} from '../../../mapping/row-compression/row-index.js';
import { decodeRowIndex, indexBitString } from './row-index-decoder.js';

const seed = 20261121;

const format = (changes: Partial<RowIndexFormat>): RowIndexFormat => ({
  indexing: 'delta',
  deltaBits: 2,
  wordlines: 128,
  ...changes,
});

describe('the index of kept rows', () => {
  it('by hand: rows 0, 2, 9 with distances of 2 bits', () => {
    // None left out before row 0; row 1 before 2; rows 3 .. 8 before 9: 6 = 3 + 3 + 0.
    expect(encodeRowIndex([0, 2, 9], format({}))).toEqual([0, 1, 3, 3, 0]);
    // 8 bits count 0 .. 128 rows.
    expect(rowIndexBits([0, 2, 9], format({}))).toBe(8 + 5 * 2);
  });

  it('by hand: 7 bits for a row of 128', () => {
    expect(encodeRowIndex([5, 127], format({ indexing: 'absolute' }))).toEqual([5, 127]);
    expect(rowIndexBits([5, 127], format({ indexing: 'absolute' }))).toBe(8 + 2 * 7);
  });

  it('by hand: with 1 bit a distance is written in unary', () => {
    expect(encodeRowIndex([2, 3], format({ deltaBits: 1 }))).toEqual([1, 1, 0, 0]);
  });

  it('of no row is the number 0', () => {
    expect(rowIndexBits([], format({}))).toBe(8);
  });

  it('gives the rows back, from its bits alone', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 200 }),
        fc.constantFrom<'delta' | 'absolute'>('delta', 'absolute'),
        fc.integer({ min: 1, max: 16 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.infiniteStream(fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true })),
        (wordlines, indexing, deltaBits, density, random) => {
          const rows = Array.from({ length: wordlines }, (_, row) => row).filter(() => random.next().value < density);
          const of = { indexing, deltaBits, wordlines };
          const bits = indexBitString(rows, of);
          expect(bits).toHaveLength(rowIndexBits(rows, of));
          expect(decodeRowIndex(bits, of)).toEqual(rows);
        },
      ),
      { seed, numRuns: 400 },
    );
  });
});

it('bits that tell values apart', () => {
  expect([1, 2, 3, 4, 5, 128, 129].map(bitsFor)).toEqual([0, 1, 2, 2, 3, 7, 8]);
  expect(countBits(format({ wordlines: 127 }))).toBe(7);
  expect(entryBits(format({ indexing: 'absolute', wordlines: 129 }))).toBe(8);
});
