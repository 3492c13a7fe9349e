import { describe, expect, it } from 'vitest';
import type { BlockFormat } from '../../../mapping/block-precision/block-format.js';
import { type Packing, packBlocks, takesCrossbar } from '../../../mapping/block-precision/pack-blocks.js';

const format: BlockFormat = { signs: [1], signBit: false, bitsPerCell: 1, largestPrecision: 8 };
const sizes = { strips: 2, units: 4 };

/** Packs a table of precisions; each crossbar as its strips, each strip as "row: column/slices@lowest ...". */
function packed(table: readonly string[], packing: Packing): string[][] {
  const blockColumns = table[0]!.length;
  const grid = { rows: 0, outputs: 0, wordlines: 1, bitlines: 1, blockRows: table.length, blockColumns };
  const precisions = Uint8Array.from(table.join(''), Number);
  return packBlocks([precisions], format, grid, sizes, packing).map(({ strips }) =>
    strips.map(({ blockRow, strip, blocks }) => {
      const list = blocks.map(({ blockColumn, slices, lowestSlice }) => `${blockColumn}/${slices}@${lowestSlice}`);
      return `${blockRow} in ${strip}: ${list.join(' ')}`;
    }),
  );
}

describe('crossbars of 2 strips of 4 operation units', () => {
  it('aligned: the fullest row of blocks says how many columns a crossbar takes', () => {
    // Rows of 1 2 1 0 and 3 1 3 2 bits: the second one has 3 + 1, then 3, then 2 bits in its strips.
    expect(packed(['1210', '3132'], 'aligned')).toEqual([
      ['0 in 0: 0/1@0 1/2@0', '1 in 1: 0/3@0 1/1@0'],
      ['0 in 0: 2/1@0', '1 in 1: 2/3@0'],
      ['0 in 0: 3/0@0', '1 in 1: 3/2@0'],
    ]);
  });

  it('aligned: the next rows of blocks have crossbars of their own, and stand somewhere also without bits', () => {
    expect(packed(['1', '1', '0', '0', '2'], 'aligned')).toEqual([
      ['0 in 0: 0/1@0', '1 in 1: 0/1@0'],
      ['2 in 0: 0/0@0', '3 in 1: 0/0@0'],
      ['4 in 0: 0/2@0'],
    ]);
  });

  it.each(['aligned', 'stacked'] as const)(
    '%s: a copy takes a crossbar where one of its blocks has a bit',
    (packing) => {
      const grid = { rows: 0, outputs: 0, wordlines: 1, bitlines: 1, blockRows: 1, blockColumns: 2 };
      const signed: BlockFormat = { ...format, signs: [1, -1] };
      const tables = [Uint8Array.of(0, 0), Uint8Array.of(0, 1)];
      const crossbars = packBlocks(tables, signed, grid, sizes, packing);
      expect(crossbars.map((crossbar) => [crossbar.copy, takesCrossbar(crossbar)])).toEqual([
        [0, false],
        [1, true],
      ]);
    },
  );

  it('stacked: every row of blocks fills its own strips, one after another', () => {
    expect(packed(['1210', '3132'], 'stacked')).toEqual([
      ['0 in 0: 0/1@0 1/2@0 2/1@0 3/0@0', '1 in 1: 0/3@0 1/1@0'],
      ['1 in 0: 2/3@0', '1 in 1: 3/2@0'],
    ]);
  });

  it('stacked: a row of blocks without bits takes no strip', () => {
    expect(packed(['11', '00', '10', '01'], 'stacked')).toEqual([
      ['0 in 0: 0/1@0 1/1@0', '1 in 1: 0/0@0 1/0@0', '2 in 1: 0/1@0 1/0@0'],
      ['3 in 0: 0/0@0 1/1@0'],
    ]);
  });

  it.each(['aligned', 'stacked'] as const)('%s: a block wider than a strip is cut, its upper bits first', (packing) => {
    // 7 bits are 3 upper ones, then 4 lower ones in the next strip.
    const [upper, lower] = ['0 in 0: 0/3@4', '0/4@0'];
    const lowerPlace = packing === 'aligned' ? [[`0 in 0: ${lower}`]] : [];
    const first = packing === 'aligned' ? [upper] : [upper, `0 in 1: ${lower}`];
    expect(packed(['71'], packing)).toEqual([first, ...lowerPlace, ['0 in 0: 1/1@0']]);
  });
});
