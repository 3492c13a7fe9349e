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

/** Calls back for every weight, row by row: its place in [K][M] and the number of its block, which count row by row too. */
export function forEachWeight(grid: BlockGrid, visit: (at: number, block: number) => void): void {
  const { rows, outputs, wordlines, bitlines, blockColumns } = grid;
  const column = Int32Array.from({ length: outputs }, (_, m) => Math.floor(m / bitlines));
  for (let k = 0, at = 0; k < rows; k++) {
    const first = Math.floor(k / wordlines) * blockColumns;
    for (let m = 0; m < outputs; m++, at++) visit(at, first + column[m]!);
  }
}
