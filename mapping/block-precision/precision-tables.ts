import { type BlockFormat, copyOf, precisionOf } from './block-format.js';
import { type BlockGrid, blockCount, forEachWeight } from './block-grid.js';

/** The precision of every block of every copy: one array a copy, shape [blockRows][blockColumns] row-major. */
export type PrecisionTables = readonly Uint8Array[];

/** The same precision for all blocks of all copies. */
export function uniformPrecisions(format: BlockFormat, grid: BlockGrid, precision: number): PrecisionTables {
  return format.signs.map(() => new Uint8Array(blockCount(grid)).fill(precision));
}

/**
 * The least precisions that hold these weights, [K][M] row-major: bits of the largest weight of each block, as BWQ's
 * precision adjustment leaves them, which masks bits from the most significant one down to the first that is set
 * somewhere in the block.
 */
export function neededPrecisions(format: BlockFormat, grid: BlockGrid, weights: Int32Array): PrecisionTables {
  const tables = uniformPrecisions(format, grid, 0);
  forEachWeight(grid, (at, block) => {
    const weight = weights[at]!;
    const table = tables[copyOf(format, weight)]!;
    const precision = precisionOf(format, weight);
    if (precision > table[block]!) table[block] = precision;
  });
  return tables;
}

export function largestPrecisionOf(tables: PrecisionTables): number {
  return tables.reduce((largest, table) => table.reduce((a, b) => Math.max(a, b), largest), 0);
}
