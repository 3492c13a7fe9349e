import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { blockFormat } from '../../../mapping/block-precision/block-format.js';
import { blockGrid } from '../../../mapping/block-precision/block-grid.js';
import { encodeLookUpTable, lutEntryBits } from '../../../mapping/block-precision/look-up-table.js';
import { type Packing, packBlocks, stripSizes } from '../../../mapping/block-precision/pack-blocks.js';
import { neededPrecisions } from '../../../mapping/block-precision/precision-tables.js';
import type { MatrixShape } from '../../../mapping/matrix-spec.js';
import type { OuProgram } from '../../../mapping/ou-program.js';
import { scheme } from '../../../mapping/schemes/bwq.js';
import { commonShape, withUnevenWeights } from './block-shapes.js';
import { programOf } from './scheme-cases.js';

const seed = 20261121;

/** A bank: its cells, its table of bit widths, and where its part of the matrix begins. */
interface Bank {
  readonly levels: Uint8Array;
  readonly table: Uint8Array;
  readonly sign: 1 | -1;
  readonly firstBlockRow: number;
  readonly firstBlockColumn: number;
}

/**
 * The memory controller of a bank, written from docs/systems/bwq.md: adds the weights that it finds to `into`, [K][M]. It
 * knows the matrix's size, the strips and units of its crossbar and the width of an entry.
 */
function decode(bank: Bank, shape: MatrixShape, packing: Packing, entryBits: number, into: Int32Array): void {
  const { wordlines, bitlines } = shape.ou;
  const strips = Math.floor(shape.crossbar.wordlines / wordlines);
  const units = Math.floor(shape.crossbar.bitlines / bitlines);
  const blockRows = Math.ceil(shape.rows / wordlines);
  const blockColumns = Math.ceil(shape.outputs / bitlines);
  const entries: number[] = [];
  for (let at = 0; at < bank.table.length; at += entryBits) {
    entries.push(Number.parseInt(bank.table.slice(at, at + entryBits).join(''), 2));
  }
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

function banksOf(program: OuProgram, shape: MatrixShape, weights: Int32Array, packing: Packing) {
  const format = blockFormat(shape, shape.weightBits - 1);
  const grid = blockGrid(shape);
  const packed = packBlocks(neededPrecisions(format, grid, weights), format, grid, stripSizes(shape), packing);
  const entryBits = lutEntryBits('largest', packed, format, stripSizes(shape));
  const banks = packed.map(({ copy, strips }, number): Bank => {
    const first = strips[0]!;
    return {
      levels: program.crossbars[number]!.levels,
      table: encodeLookUpTable(strips, entryBits),
      sign: copy === 0 ? 1 : -1,
      firstBlockRow: first.blockRow,
      firstBlockColumn: first.blocks[0]!.blockColumn,
    };
  });
  return { banks, entryBits };
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
      packing: fc.constantFrom('aligned' as const, 'stacked' as const),
    });
    fc.assert(
      fc.property(shapes, ({ contents, packing, ...any }) => {
        const shape: MatrixShape = {
          ...commonShape,
          ...any,
          crossbar: { wordlines: 20, bitlines: 42, bitsPerCell: 1 },
        };
        const spec = withUnevenWeights(shape, contents);
        const program = programOf(scheme, spec, { packing });
        const { banks, entryBits } = banksOf(program, shape, spec.weights, packing);
        expect(banks.reduce((bits, { table }) => bits + table.length, 0)).toBe(program.indexBits);
        const decoded = new Int32Array(spec.weights.length);
        for (const bank of banks) decode(bank, shape, packing, entryBits, decoded);
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
