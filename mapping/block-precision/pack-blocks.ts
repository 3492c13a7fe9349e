import type { MatrixShape } from '../matrix-spec.js';
import { type BlockFormat, slicesAt } from './block-format.js';
import type { BlockGrid } from './block-grid.js';
import type { PrecisionTables } from './precision-tables.js';

/**
 * Where blocks stand. A crossbar is cut into strips of an operation unit's wordlines and, in a strip, operation units side by
 * side. A strip holds blocks of one row of blocks, each with a unit per bit-slice (BWQ, TCAD 2024, Fig. 7: rows of blocks
 * are stacked; a row with fewer bits leaves spare units, which are never read).
 *
 * The paper does not say which rows and columns of blocks share a crossbar; two reconstructions:
 * - `aligned`: a crossbar holds a rectangle of the matrix, consecutive rows of blocks by consecutive columns of blocks, as
 *   many columns as its fullest strip takes. Then the table of precisions alone tells the controller of a bank where each
 *   block begins and which outputs it feeds.
 * - `stacked`: every row of blocks fills strips of its own, and these are stacked in crossbar after crossbar. Fewer spare
 *   units and crossbars; strips of a crossbar differ in the columns they begin with.
 *
 * A block stands in one strip as a whole, because its bits are shifted together one after another. Only where a block has
 * more bit-slices than a strip has units is it cut, its most significant slices first.
 */
export type Packing = 'aligned' | 'stacked';

/** A block, or a piece of one that is wider than a strip. */
export interface PackedBlock {
  readonly blockColumn: number;
  /** The least significant bit-slice that stands here. */
  readonly lowestSlice: number;
  /** Operation units here; 0 where the block vanishes, or has none of the slices of this piece. */
  readonly slices: number;
  /** Bit-slices of the whole block: `slices`, unless it is cut. */
  readonly blockSlices: number;
}

export interface PackedStrip {
  readonly blockRow: number;
  /** Its wordlines begin at strip * ou.wordlines. */
  readonly strip: number;
  /** From the first operation unit of the strip on, ascending; vanished ones included. */
  readonly blocks: readonly PackedBlock[];
}

/** A part of the matrix as large as a crossbar; it takes none where all of its blocks vanish (`takesCrossbar`). */
export interface PackedCrossbar {
  /** Index into the format's signs. */
  readonly copy: number;
  /** In the order in which they are read. */
  readonly strips: readonly PackedStrip[];
}

/** Strips of a crossbar and operation units of a strip. */
export interface StripSizes {
  readonly strips: number;
  readonly units: number;
}

export function stripSizes({ crossbar, ou }: Pick<MatrixShape, 'crossbar' | 'ou'>): StripSizes {
  return {
    strips: Math.floor(crossbar.wordlines / ou.wordlines),
    units: Math.floor(crossbar.bitlines / ou.bitlines),
  };
}

/** Whether at least one block has an operation unit. */
export function takesCrossbar({ strips }: PackedCrossbar): boolean {
  return strips.some(({ blocks }) => blocks.some(({ slices }) => slices > 0));
}

/** All blocks of all copies in crossbars, in order; those that take none included, so that every block stands somewhere. */
export function packBlocks(
  tables: PrecisionTables,
  format: BlockFormat,
  grid: BlockGrid,
  sizes: StripSizes,
  packing: Packing,
): PackedCrossbar[] {
  const pack = packing === 'aligned' ? packAligned : packStacked;
  return pack(
    tables.map((table) => table.map((precision) => slicesAt(format, precision))),
    grid,
    sizes,
  );
}

/** By (row of crossbars, copy, column of crossbars), as dense mappings are numbered. */
function packAligned(slices: readonly Uint8Array[], grid: BlockGrid, sizes: StripSizes): PackedCrossbar[] {
  const crossbars: PackedCrossbar[] = [];
  for (let firstRow = 0; firstRow < grid.blockRows; firstRow += sizes.strips) {
    const rows = Math.min(sizes.strips, grid.blockRows - firstRow);
    slices.forEach((copySlices, copy) => {
      for (const columns of rectangles(copySlices, firstRow, rows, grid, sizes.units)) {
        const strips = columns.map((blocks, strip) => ({ blockRow: firstRow + strip, strip, blocks }));
        crossbars.push({ copy, strips });
      }
    });
  }
  return crossbars;
}

/** Columns of blocks, cut where the fullest of some rows of blocks takes a whole strip: [rectangle][row][block]. */
function rectangles(
  slices: Uint8Array,
  firstRow: number,
  rows: number,
  { blockColumns }: BlockGrid,
  units: number,
): PackedBlock[][][] {
  const cut: PackedBlock[][][] = [];
  let open: PackedBlock[][] | null = null;
  const used = new Int32Array(rows);
  for (let blockColumn = 0; blockColumn < blockColumns; blockColumn++) {
    const column = Array.from({ length: rows }, (_, j) => slices[(firstRow + j) * blockColumns + blockColumn]!);
    const widest = Math.max(...column);
    for (const lowestSlice of lowestSlicesOfPieces(widest, units)) {
      const piece = column.map((blockSlices) => pieceOf(blockColumn, blockSlices, lowestSlice, units));
      if (open === null || piece.some((block, j) => used[j]! + block.slices > units)) {
        open = Array.from({ length: rows }, () => []);
        cut.push(open);
        used.fill(0);
      }
      for (let j = 0; j < rows; j++) {
        open[j]!.push(piece[j]!);
        used[j]! += piece[j]!.slices;
      }
    }
  }
  return cut;
}

/** Copy after copy, strip after strip. */
function packStacked(slices: readonly Uint8Array[], grid: BlockGrid, sizes: StripSizes): PackedCrossbar[] {
  return slices.flatMap((copySlices, copy) => {
    const crossbars: PackedStrip[][] = [[]];
    let strip = 0;
    for (let blockRow = 0; blockRow < grid.blockRows; blockRow++) {
      for (const blocks of stripsOfRow(copySlices, blockRow, grid, sizes.units)) {
        const takesStrip = blocks.some((block) => block.slices > 0);
        if (takesStrip && strip === sizes.strips) {
          crossbars.push([]);
          strip = 0;
        }
        // A row of blocks without any bits stands in the table of precisions only.
        crossbars.at(-1)!.push({ blockRow, strip, blocks });
        if (takesStrip) strip++;
      }
    }
    return crossbars.map((strips) => ({ copy, strips }));
  });
}

/** A row of blocks, cut where a strip is full. */
function stripsOfRow(
  slices: Uint8Array,
  blockRow: number,
  { blockColumns }: BlockGrid,
  units: number,
): PackedBlock[][] {
  const strips: PackedBlock[][] = [[]];
  let used = 0;
  for (let blockColumn = 0; blockColumn < blockColumns; blockColumn++) {
    const blockSlices = slices[blockRow * blockColumns + blockColumn]!;
    for (const lowestSlice of lowestSlicesOfPieces(blockSlices, units)) {
      const piece = pieceOf(blockColumn, blockSlices, lowestSlice, units);
      if (used + piece.slices > units) {
        strips.push([]);
        used = 0;
      }
      strips.at(-1)!.push(piece);
      used += piece.slices;
    }
  }
  return strips;
}

/** Where the pieces of a block begin, the most significant one first; one piece unless it is wider than a strip. */
function lowestSlicesOfPieces(slices: number, units: number): number[] {
  const pieces = Math.max(1, Math.ceil(slices / units));
  return Array.from({ length: pieces }, (_, piece) => (pieces - 1 - piece) * units);
}

function pieceOf(blockColumn: number, blockSlices: number, lowestSlice: number, units: number): PackedBlock {
  const slices = Math.min(Math.max(blockSlices - lowestSlice, 0), units);
  return { blockColumn, lowestSlice, slices, blockSlices };
}
