import type { MatrixShape } from '../matrix-spec.js';

/**
 * The weight blocks of a matrix [K][M]: runs of `wordlines` rows by `bitlines` outputs, the size of an operation unit (BWQ,
 * TCAD 2024, Section III). The last row and the last column of blocks may be narrower.
 */
export interface BlockGrid {
  /** K and M. */
  readonly rows: number;
  readonly outputs: number;
  /** Size of a full block. */
  readonly wordlines: number;
  readonly bitlines: number;
  /** Rows and columns of blocks. */
  readonly blockRows: number;
  readonly blockColumns: number;
}

export function blockGrid({ rows, outputs, ou }: Pick<MatrixShape, 'rows' | 'outputs' | 'ou'>): BlockGrid {
  return {
    rows,
    outputs,
    wordlines: ou.wordlines,
    bitlines: ou.bitlines,
    blockRows: Math.ceil(rows / ou.wordlines),
    blockColumns: Math.ceil(outputs / ou.bitlines),
  };
}

export function blockCount({ blockRows, blockColumns }: BlockGrid): number {
  return blockRows * blockColumns;
}

/** Number of the block that holds row k and output m: blocks are numbered row by row. */
export function blockOf(grid: BlockGrid, k: number, m: number): number {
  return Math.floor(k / grid.wordlines) * grid.blockColumns + Math.floor(m / grid.bitlines);
}
