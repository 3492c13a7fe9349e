import type { MatrixShape } from '../matrix-spec.js';
import { FlipBlock } from './flip-block.js';

export interface MatrixFlip {
  /** Columns that share a mask bit, and so are emptied together. */
  readonly blockColumns: number;
  /** Ones that a column of a crossbar may have. */
  readonly columnOnes: number;
  /**
   * A bit-plane of a block is emptied where that changes a cell's weight, in mean square, by no more than this share of
   * the mean square of a weight of the matrix. 0: only what costs nothing.
   */
  readonly share: number;
}

/**
 * Bit-flip for a whole matrix of signed codes: every block of a row block's rows x `blockColumns` columns for itself, the
 * positive codes and the negative ones each, as they stand in crossbars of their own.
 *
 * @param codes shape [rows][outputs]; magnitudes of `bits` bits
 */
export function flipMatrix(
  codes: Int32Array,
  { rows, outputs, crossbar }: MatrixShape,
  bits: number,
  { blockColumns, columnOnes, share }: MatrixFlip,
): Int32Array {
  const flipped = codes.slice();
  const cellCost = share * meanSquare(codes);
  for (let firstRow = 0; firstRow < rows; firstRow += crossbar.wordlines) {
    const height = Math.min(crossbar.wordlines, rows - firstRow);
    for (let first = 0; first < outputs; first += blockColumns) {
      const width = Math.min(blockColumns, outputs - first);
      const limits = { columnOnes, emptyingCost: cellCost * height * width };
      const cells = new Int32Array(height * width);
      const block = new FlipBlock(cells, height, width, bits, limits);
      for (const sign of [1, -1]) {
        let any = 0;
        for (let row = 0, cell = 0; row < height; row++) {
          const from = (firstRow + row) * outputs + first;
          for (let column = 0; column < width; column++) {
            any |= cells[cell++] = Math.max(0, sign * codes[from + column]!);
          }
        }
        if (any === 0) continue;
        block.flip();
        for (let row = 0, cell = 0; row < height; row++) {
          const to = (firstRow + row) * outputs + first;
          for (let column = 0; column < width; column++, cell++) {
            if (sign * codes[to + column]! > 0) flipped[to + column] = sign * cells[cell]!;
          }
        }
      }
    }
  }
  return flipped;
}

function meanSquare(codes: Int32Array): number {
  let sum = 0;
  for (let at = 0; at < codes.length; at++) sum += codes[at]! ** 2;
  return codes.length === 0 ? 0 : sum / codes.length;
}
