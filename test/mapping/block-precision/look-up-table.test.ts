import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type BlockFormat, blockFormat } from '../../../mapping/block-precision/block-format.js';
import { blockGrid } from '../../../mapping/block-precision/block-grid.js';
import { encodeLookUpTable, lutEntryBits } from '../../../mapping/block-precision/look-up-table.js';
import { type Packing, packBlocks, stripSizes } from '../../../mapping/block-precision/pack-blocks.js';
import { neededPrecisions } from '../../../mapping/block-precision/precision-tables.js';
import type { MatrixShape, MatrixSpec } from '../../../mapping/matrix-spec.js';
import { scheme } from '../../../mapping/schemes/bwq.js';
import { commonShape, withUnevenWeights } from './block-shapes.js';
import { naiveBlocks, naiveBlockWeights, naivePrecision } from './naive-blocks.js';
import { programOf } from './scheme-cases.js';

const seed = 20261121;

/** What an entry of a table tells about the place of its block, or of a piece of one. */
interface Piece {
  readonly row: number;
  readonly column: number;
  /** Bits of the whole block, as the entry says. */
  readonly blockBits: number;
  /** The least significant bit that stands here. */
  readonly lowest: number;
  /** Bits that stand here. */
  readonly bits: number;
}

/** A bank: its cells, and the pieces that its table lists. */
interface Bank {
  readonly levels: Uint8Array;
  readonly pieces: readonly Piece[];
  readonly sign: 1 | -1;
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
  const { strips, units, blockRows, blockColumns } = sizesOf(shape);
  const copies = shape.encoding === 'differential' ? 2 : 1;
  const banks: Bank[] = [];
  let crossbar = 0;
  let [copy, row, column, piece] = [0, 0, 0, 0];
  for (const table of tables) {
    const sign = copy === 0 ? 1 : -1;
    const entries: number[] = [];
    for (let at = 0; at < table.length; at += entryBits) {
      entries.push(Number.parseInt(table.slice(at, at + entryBits).join(''), 2));
    }
    const pieces: Piece[] = [];
    // Blocks that are cut together: a block of each row of the crossbar where they are aligned, one block where not.
    const rows = packing === 'aligned' ? Math.min(strips, blockRows - row) : 1;
    const columns = entries.length / rows;
    for (let i = 0; i < columns; i++) {
      const together = Array.from({ length: rows }, (_, j) => entries[j * columns + i]!);
      const count = Math.max(1, Math.ceil(Math.max(...together) / units));
      const lowest = (count - 1 - piece) * units;
      together.forEach((blockBits, j) => {
        const bits = Math.min(Math.max(blockBits - lowest, 0), units);
        pieces[j * columns + i] = { row: row + j, column, blockBits, lowest, bits };
      });
      piece = (piece + 1) % count;
      if (piece > 0) continue;
      column++;
      // A row of blocks ends; aligned tables end there too.
      if (packing === 'stacked' && column === blockColumns) [row, column] = [row + 1, 0];
    }
    if (entries.some((bits) => bits > 0)) banks.push({ levels: levels[crossbar++]!, pieces, sign });
    if (packing === 'aligned') {
      // Columns of blocks, then copies, then rows of crossbars.
      if (column === blockColumns) [copy, column] = [copy + 1, 0];
      if (copy === copies) [copy, row] = [0, row + strips];
    } else if (row === blockRows) [copy, row] = [copy + 1, 0];
  }
  expect(crossbar).toBe(levels.length);
  return banks;
}

function sizesOf({ rows, outputs, crossbar, ou }: MatrixShape) {
  return {
    strips: Math.floor(crossbar.wordlines / ou.wordlines),
    units: Math.floor(crossbar.bitlines / ou.bitlines),
    blockRows: Math.ceil(rows / ou.wordlines),
    blockColumns: Math.ceil(outputs / ou.bitlines),
  };
}

/** The memory controller of a bank, written from docs/systems/bwq.md: adds the weights that it finds to `into`, [K][M]. */
function decode({ levels, pieces, sign }: Bank, shape: MatrixShape, packing: Packing, into: Int32Array): void {
  const { wordlines, bitlines } = shape.ou;
  const { units } = sizesOf(shape);
  const readPiece = (strip: number, unit: number, { row, column, blockBits, lowest, bits }: Piece) => {
    for (let k = row * wordlines; k < Math.min((row + 1) * wordlines, shape.rows); k++) {
      for (let m = column * bitlines; m < Math.min((column + 1) * bitlines, shape.outputs); m++) {
        let sum = 0;
        for (let place = 0; place < bits; place++) {
          const wordline = strip * wordlines + k - row * wordlines;
          const bitline = (unit + place) * bitlines + m - column * bitlines;
          const level = levels[wordline * shape.crossbar.bitlines + bitline]!;
          // Most significant first: psum = (psum << 1) + code. The first bit of a two's complement number is negative.
          const negative = shape.encoding === 'twos-complement' && lowest + bits - place === blockBits;
          sum = 2 * sum + (negative ? -level : level);
        }
        into[k * shape.outputs + m]! += sign * sum * 2 ** lowest;
      }
    }
  };
  let [strip, unit] = [0, 0];
  pieces.forEach((piece, at) => {
    const beginsRow = at > 0 && piece.row !== pieces[at - 1]!.row;
    // Aligned: a row of blocks is a strip. Stacked: a piece that does not fit, or that begins a row of blocks, begins a
    // strip, unless the one before is still empty.
    if (packing === 'aligned' ? beginsRow : unit + piece.bits > units || (beginsRow && unit > 0)) {
      strip++;
      unit = 0;
    }
    readPiece(strip, unit, piece);
    unit += piece.bits;
  });
}

/** Entries that the tables have together: pieces of blocks, by plain loops. */
function piecesOf({ weights, ...shape }: MatrixSpec, packing: Packing): number {
  const { strips, units } = sizesOf(shape);
  const signBit = shape.encoding === 'twos-complement';
  let pieces = 0;
  for (const sign of signBit ? [null] : ([1, -1] as const)) {
    const bits = naiveBlocks(shape.rows, shape.outputs, shape.ou).map((row) =>
      row.map((block) => naivePrecision(naiveBlockWeights(weights, shape.outputs, block, sign), signBit)),
    );
    bits.forEach((row, j) => {
      const first = Math.floor(j / strips) * strips;
      const together = packing === 'aligned' ? bits.slice(first, first + strips) : [row];
      row.forEach((_, i) => {
        pieces += Math.max(1, Math.ceil(Math.max(...together.map((each) => each[i]!)) / units));
      });
    });
  }
  return pieces;
}

function storedTables(shape: MatrixShape, weights: Int32Array, packing: Packing) {
  const format = blockFormat(shape, shape.weightBits - 1);
  const grid = blockGrid(shape);
  const packed = packBlocks(neededPrecisions(format, grid, weights), format, grid, stripSizes(shape), packing);
  const entryBits = lutEntryBits('largest', packed, format);
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
      /** Room for the widest blocks, and too little of it. */
      bitlines: fc.constantFrom(42, 42, 12, 5),
    });
    fc.assert(
      fc.property(shapes, ({ contents, packing, zeroRows, sign, bitlines, ...any }) => {
        const shape: MatrixShape = {
          ...commonShape,
          ...any,
          // Blocks have none of the layouts, but adjacent would want a weight's bits on a wordline.
          layout: 'planar',
          crossbar: { wordlines: 20, bitlines, bitsPerCell: 1 },
        };
        const uneven = withUnevenWeights(shape, contents);
        const weights = uneven.weights.map((weight, at) =>
          at < zeroRows * shape.outputs || weight * sign < 0 ? 0 : weight,
        );
        const spec = { ...uneven, weights };
        const program = programOf(scheme, spec, { packing });
        const { tables, entryBits } = storedTables(shape, weights, packing);
        expect(tables.reduce((bits, table) => bits + table.length, 0)).toBe(program.indexBits);
        expect(program.indexBits).toBe(piecesOf(spec, packing) * entryBits);
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

  it.each(['aligned', 'stacked'] as const)('%s: tells blocks apart that stand in the same pieces', (packing) => {
    // 4 units a strip: 7 and 4 bits are pieces of 3, 4 and 4, as are 3 and 8 bits.
    const format: BlockFormat = { signs: [1], signBit: false, bitsPerCell: 1, largestPrecision: 8 };
    const grid = { rows: 1, outputs: 2, wordlines: 1, bitlines: 1, blockRows: 1, blockColumns: 2 };
    const tableOf = (...precisions: number[]) => {
      const packed = packBlocks([Uint8Array.from(precisions)], format, grid, { strips: 3, units: 4 }, packing);
      const blocks = packed.flatMap(({ strips }) => strips.flatMap((strip) => strip.blocks));
      expect(blocks.map(({ slices }) => slices)).toEqual([3, 4, 4]);
      const entryBits = lutEntryBits('word', packed, format);
      return packed.flatMap(({ strips }) => Array.from(encodeLookUpTable(strips, entryBits))).join('');
    };
    expect(tableOf(7, 4)).toBe('0111' + '0111' + '0100');
    expect(tableOf(3, 8)).toBe('0011' + '1000' + '1000');
  });

  it('writes entries most significant bit first, row by row', () => {
    const block = (slices: number) => ({ blockColumn: 0, lowestSlice: 0, slices, blockSlices: slices });
    const strips = [
      { blockRow: 0, strip: 0, blocks: [block(5), block(0)] },
      { blockRow: 1, strip: 1, blocks: [block(1), block(3)] },
    ];
    expect(encodeLookUpTable(strips, 3).join('')).toBe('101' + '000' + '001' + '011');
  });
});
