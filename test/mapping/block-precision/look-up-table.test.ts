import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { blockFormat } from '../../../mapping/block-precision/block-format.js';
import { blockGrid } from '../../../mapping/block-precision/block-grid.js';
import { encodeLookUpTable, lutEntryBits } from '../../../mapping/block-precision/look-up-table.js';
import { type Packing, packBlocks, stripSizes } from '../../../mapping/block-precision/pack-blocks.js';
import { neededPrecisions } from '../../../mapping/block-precision/precision-tables.js';
import type { MatrixShape } from '../../../mapping/matrix-spec.js';
import { scheme } from '../../../mapping/schemes/bwq.js';
import { commonShape, withUnevenWeights } from './block-shapes.js';
import { programOf } from './scheme-cases.js';

const seed = 20261121;

/** A bank: its cells, the entries of its table of bit widths, and where its part of the matrix begins. */
interface Bank {
  readonly levels: Uint8Array;
  readonly entries: readonly number[];
  readonly sign: 1 | -1;
  readonly firstBlockRow: number;
  readonly firstBlockColumn: number;
}

/**
 * Finds which blocks every crossbar holds, written from docs/systems/bwq.md, from the stored tables in order, the crossbars
 * in order and the matrix's size alone. A table of zeros has no crossbar.
 */
function banksOf(
  tables: readonly Uint8Array[],
  levels: readonly Uint8Array[],
  shape: MatrixShape,
  packing: Packing,
  entryBits: number,
): Bank[] {
  const strips = Math.floor(shape.crossbar.wordlines / shape.ou.wordlines);
  const blockRows = Math.ceil(shape.rows / shape.ou.wordlines);
  const blockColumns = Math.ceil(shape.outputs / shape.ou.bitlines);
  const copies = shape.encoding === 'differential' ? 2 : 1;
  const banks: Bank[] = [];
  let crossbar = 0;
  let [copy, row, column] = [0, 0, 0];
  for (const table of tables) {
    const entries: number[] = [];
    for (let at = 0; at < table.length; at += entryBits) {
      entries.push(Number.parseInt(table.slice(at, at + entryBits).join(''), 2));
    }
    if (entries.some((bits) => bits > 0)) {
      const cells = levels[crossbar++]!;
      banks.push({ levels: cells, entries, sign: copy === 0 ? 1 : -1, firstBlockRow: row, firstBlockColumn: column });
    }
    if (packing === 'aligned') {
      // Columns of blocks, then copies, then rows of crossbars.
      column += entries.length / Math.min(strips, blockRows - row);
      if (column === blockColumns) [copy, column] = [copy + 1, 0];
      if (copy === copies) [copy, row] = [0, row + strips];
    } else {
      const next = row * blockColumns + column + entries.length;
      [row, column] = [Math.floor(next / blockColumns), next % blockColumns];
      if (row === blockRows) [copy, row] = [copy + 1, 0];
    }
  }
  expect(crossbar).toBe(levels.length);
  return banks;
}

/** The memory controller of a bank, written from docs/systems/bwq.md: adds the weights that it finds to `into`, [K][M]. */
function decode(bank: Bank, shape: MatrixShape, packing: Packing, into: Int32Array): void {
  const { entries } = bank;
  const { wordlines, bitlines } = shape.ou;
  const strips = Math.floor(shape.crossbar.wordlines / wordlines);
  const units = Math.floor(shape.crossbar.bitlines / bitlines);
  const blockRows = Math.ceil(shape.rows / wordlines);
  const blockColumns = Math.ceil(shape.outputs / bitlines);
  const readBlock = (strip: number, unit: number, row: number, column: number, bits: number) => {
    for (let k = row * wordlines; k < Math.min((row + 1) * wordlines, shape.rows); k++) {
      for (let m = column * bitlines; m < Math.min((column + 1) * bitlines, shape.outputs); m++) {
        let sum = 0;
        for (let bit = 0; bit < bits; bit++) {
          const wordline = strip * wordlines + k - row * wordlines;
          const bitline = (unit + bit) * bitlines + m - column * bitlines;
          const level = bank.levels[wordline * shape.crossbar.bitlines + bitline]!;
          // Most significant first: psum = (psum << 1) + code. The first bit of a two's complement number is negative.
          const negative = shape.encoding === 'twos-complement' && bit === 0;
          sum = 2 * sum + (negative ? -level : level);
        }
        into[k * shape.outputs + m]! += bank.sign * sum;
      }
    }
  };
  if (packing === 'aligned') {
    const rows = Math.min(strips, blockRows - bank.firstBlockRow);
    const columns = entries.length / rows;
    for (let strip = 0, at = 0; strip < rows; strip++) {
      for (let i = 0, unit = 0; i < columns; i++, at++) {
        readBlock(strip, unit, bank.firstBlockRow + strip, bank.firstBlockColumn + i, entries[at]!);
        unit += entries[at]!;
      }
    }
    return;
  }
  let [row, column, strip, unit] = [bank.firstBlockRow, bank.firstBlockColumn, 0, 0];
  for (const bits of entries) {
    // A block that does not fit, or that begins a row of blocks, begins a strip, unless the one before is still empty.
    if (unit + bits > units || (column === 0 && unit > 0)) {
      strip++;
      unit = 0;
    }
    readBlock(strip, unit, row, column, bits);
    unit += bits;
    column++;
    if (column === blockColumns) [row, column] = [row + 1, 0];
  }
}

function storedTables(shape: MatrixShape, weights: Int32Array, packing: Packing) {
  const format = blockFormat(shape, shape.weightBits - 1);
  const grid = blockGrid(shape);
  const packed = packBlocks(neededPrecisions(format, grid, weights), format, grid, stripSizes(shape), packing);
  const entryBits = lutEntryBits('largest', packed, format, stripSizes(shape));
  return { tables: packed.map(({ strips }) => encodeLookUpTable(strips, entryBits)), entryBits };
}

describe('the bit-width table as it is stored', () => {
  it('is enough to find every weight in the cells', () => {
    const shapes = fc.record({
      rows: fc.integer({ min: 1, max: 40 }),
      outputs: fc.integer({ min: 1, max: 40 }),
      weightBits: fc.integer({ min: 2, max: 9 }),
      encoding: fc.constantFrom('differential' as const, 'twos-complement' as const),
      ou: fc.record({ wordlines: fc.integer({ min: 1, max: 9 }), bitlines: fc.integer({ min: 1, max: 4 }) }),
      contents: fc.integer({ min: 0, max: 2 ** 31 - 1 }),
      /** Weights before this row, or of one sign, are taken out, so that whole crossbars vanish. */
      zeroRows: fc.constantFrom(0, 0, 18, 30),
      sign: fc.constantFrom(0, 0, 1, -1),
      packing: fc.constantFrom('aligned' as const, 'stacked' as const),
    });
    fc.assert(
      fc.property(shapes, ({ contents, packing, zeroRows, sign, ...any }) => {
        const shape: MatrixShape = {
          ...commonShape,
          ...any,
          crossbar: { wordlines: 20, bitlines: 42, bitsPerCell: 1 },
        };
        const uneven = withUnevenWeights(shape, contents);
        const weights = uneven.weights.map((weight, at) =>
          at < zeroRows * shape.outputs || weight * sign < 0 ? 0 : weight,
        );
        const spec = { ...uneven, weights };
        const program = programOf(scheme, spec, { packing });
        const { tables, entryBits } = storedTables(shape, weights, packing);
        expect(tables.reduce((bits, table) => bits + table.length, 0)).toBe(program.indexBits);
        const copies = shape.encoding === 'differential' ? 2 : 1;
        const blocks = Math.ceil(shape.rows / shape.ou.wordlines) * Math.ceil(shape.outputs / shape.ou.bitlines);
        expect(program.indexBits).toBe(copies * blocks * entryBits);
        // Without any weight, entries have no bits and the one crossbar is empty.
        const levels = entryBits === 0 ? [] : program.crossbars.map((crossbar) => crossbar.levels);
        const decoded = new Int32Array(weights.length);
        for (const bank of banksOf(entryBits === 0 ? [] : tables, levels, shape, packing, entryBits)) {
          decode(bank, shape, packing, decoded);
        }
        expect(Array.from(decoded)).toEqual(Array.from(spec.weights));
      }),
      { seed, numRuns: 200 },
    );
  });

  it('writes entries most significant bit first, row by row', () => {
    const block = (slices: number) => ({ blockColumn: 0, lowestSlice: 0, slices });
    const strips = [
      { blockRow: 0, strip: 0, blocks: [block(5), block(0)] },
      { blockRow: 1, strip: 1, blocks: [block(1), block(3)] },
    ];
    expect(encodeLookUpTable(strips, 3).join('')).toBe('101' + '000' + '001' + '011');
  });
});
