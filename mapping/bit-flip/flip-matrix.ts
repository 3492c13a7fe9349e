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
  const block = new FlipBlock(crossbar.wordlines * blockColumns, blockColumns, bits);
  const places = new Int32Array(crossbar.wordlines * blockColumns);
  for (let firstRow = 0; firstRow < rows; firstRow += crossbar.wordlines) {
    const height = Math.min(crossbar.wordlines, rows - firstRow);
    for (let first = 0; first < outputs; first += blockColumns) {
      const width = Math.min(blockColumns, outputs - first);
      for (const sign of [1, -1]) {
        block.length = 0;
        for (let row = firstRow; row < firstRow + height; row++) {
          for (let column = 0; column < width; column++) {
            const at = row * outputs + first + column;
            const code = sign * codes[at]!;
            if (code <= 0) continue;
            places[block.length] = at;
            block.codes[block.length] = code;
            block.columns[block.length++] = column;
          }
        }
        block.flip({ columnOnes, emptyingCost: cellCost * height * width });
        for (let i = 0; i < block.length; i++) flipped[places[i]!] = sign * block.codes[i]!;
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
