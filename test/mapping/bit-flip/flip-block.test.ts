import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FlipBlock } from '../../../mapping/bit-flip/flip-block.js';
import { randomInteger, seededRandom } from '../random.js';

function flipped(codes: number[], columns: number, bits: number, columnOnes: number, emptyingCost: number): number[] {
  const block = new FlipBlock(codes.length, columns, bits);
  // Zeros are left out, as they have nothing to clear.
  const places = Array.from(codes.keys()).filter((at) => codes[at] !== 0);
  block.length = places.length;
  places.forEach((at, i) => {
    block.codes[i] = codes[at]!;
    block.columns[i] = at % columns;
  });
  block.flip({ columnOnes, emptyingCost });
  const after = codes.map(() => 0);
  places.forEach((at, i) => {
    after[at] = block.codes[i]!;
  });
  return after;
}

describe('a column of 4-bit codes 7, 4, 8', () => {
  it('empties the planes whose squared changes stay within the cost', () => {
    // Plane 2: 0111 -> 1000 and 0100 -> 0011, squares 1 + 1. Then plane 1 would take 3 -> 1 (planes 2 and below locked or
    // absent), square 4; plane 0 takes 3 -> 2.
    expect(flipped([7, 4, 8], 1, 4, 3, 2)).toEqual([8, 2, 8]);
    // With 1 to spend, plane 2 stays; plane 1 would take 7 -> 5; plane 0 takes 7 -> 6.
    expect(flipped([7, 4, 8], 1, 4, 3, 1)).toEqual([6, 4, 8]);
    expect(flipped([7, 4, 8], 1, 4, 3, 0)).toEqual([7, 4, 8]);
  });

  it('sets no bit in a plane that was empty at first', () => {
    // Without the 8, plane 3 is empty and locked: 7 -> 3 and 4 -> 3, squares 16 + 1. With less, planes 1 and 0 of the 7
    // are emptied (squares 4, then 1); with that, 3 -> 1 -> 0 follows (squares 4 + 4, then 1 + 1).
    expect(flipped([7, 4], 1, 4, 3, 16)).toEqual([4, 4]);
    expect(flipped([7, 4], 1, 4, 3, 17)).toEqual([0, 0]);
  });

  it('never empties the most significant plane', () => {
    expect(flipped([8, 8], 1, 4, 3, 1000)).toEqual([8, 8]);
  });
});

describe('the limit of ones in a column', () => {
  it('clears the cheapest ones, and fills no column above beyond its limit', () => {
    // Plane 2 has three ones: 5 -> 3 changes by 2, 7 -> 8 and 4 -> 3 by 1; the first of the two is cleared.
    expect(flipped([5, 7, 4, 8], 1, 4, 2, 0)).toEqual([5, 8, 4, 8]);
    // With two eights the top plane is full: 7 -> 3 would change by 4, so 4 -> 3 is cleared.
    expect(flipped([5, 7, 4, 8, 8], 1, 4, 2, 0)[2]).toBe(3);
  });

  it('counts each column for itself', () => {
    expect(flipped([4, 4, 4, 0, 0, 0], 2, 3, 1, 0)).toEqual([4, 4, 4, 0, 0, 0]); // top plane: not processed
    expect(flipped([2, 2, 2, 0, 4, 4], 2, 3, 1, 0).filter((_, at) => at % 2 === 1)).toEqual([2, 0, 4]);
  });
});

describe('any block', () => {
  interface Block {
    readonly codes: number[];
    readonly columns: number;
    readonly bits: number;
    readonly columnOnes: number;
    readonly cost: number;
  }
  const arbitraryBlock: fc.Arbitrary<Block> = fc
    .record({
      contents: fc.integer({ min: 0, max: 2 ** 31 - 1 }),
      rows: fc.integer({ min: 1, max: 20 }),
      columns: fc.integer({ min: 1, max: 5 }),
      bits: fc.integer({ min: 1, max: 10 }),
      columnOnes: fc.integer({ min: 0, max: 20 }),
      cost: fc.constantFrom(0, 1, 5, 100, 1e4, 1e9),
    })
    .map(({ contents, rows, ...rest }) => {
      const random = seededRandom(contents);
      const top = 2 ** randomInteger(random, 0, rest.bits) - 1;
      const codes = Array.from({ length: rows * rest.columns }, () => randomInteger(random, 0, top));
      return { codes, ...rest };
    });
  const onesOf = (codes: readonly number[], plane: number, column: number, columns: number) =>
    codes.filter((code, at) => at % columns === column && ((code >>> plane) & 1) === 1).length;

  it('keeps codes in range, empty planes empty, and every plane but the top one within the limit', () => {
    fc.assert(
      fc.property(arbitraryBlock, ({ codes, columns, bits, columnOnes, cost }) => {
        const after = flipped(codes, columns, bits, columnOnes, cost);
        const union = codes.reduce((all, code) => all | code, 0);
        for (const code of after) {
          expect(code).toBeGreaterThanOrEqual(0);
          expect(code & ~union).toBe(0);
        }
        for (let plane = 0; plane < bits; plane++) {
          for (let column = 0; column < columns; column++) {
            const limit = plane < bits - 1 ? columnOnes : Math.max(columnOnes, onesOf(codes, plane, column, columns));
            expect(onesOf(after, plane, column, columns)).toBeLessThanOrEqual(limit);
          }
        }
      }),
      { seed: 20261121, numRuns: 400 },
    );
  });

  it('changes nothing for nothing, and empties all but the top plane at any price', () => {
    fc.assert(
      fc.property(arbitraryBlock, ({ codes, columns, bits }) => {
        expect(flipped(codes, columns, bits, codes.length, 0)).toEqual(codes);
        const top = 2 ** (bits - 1);
        for (const code of flipped(codes, columns, bits, codes.length, Number.POSITIVE_INFINITY)) {
          expect([0, top]).toContain(code);
        }
      }),
      { seed: 20261121, numRuns: 150 },
    );
  });
});
