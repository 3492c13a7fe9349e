import type { Sign, WeightFormat } from '../encoding.js';
import type { MatrixShape } from '../matrix-spec.js';

/** A row block x column block of a matrix, of one sign. Its bit-slices stand in a crossbar each and share their rows. */
export interface Tile {
  readonly sign: Sign;
  readonly firstRow: number;
  readonly rows: number;
  readonly firstOutput: number;
  readonly outputs: number;
}

/** The tiles of a matrix by (row block, sign with positive first, column block), row block slowest. */
export function tilesOf({ rows, outputs, crossbar }: MatrixShape, { signs }: WeightFormat): Tile[] {
  const tiles: Tile[] = [];
  for (let firstRow = 0; firstRow < rows; firstRow += crossbar.wordlines) {
    for (const sign of signs) {
      for (let firstOutput = 0; firstOutput < outputs; firstOutput += crossbar.bitlines) {
        tiles.push({
          sign,
          firstRow,
          rows: Math.min(crossbar.wordlines, rows - firstRow),
          firstOutput,
          outputs: Math.min(crossbar.bitlines, outputs - firstOutput),
        });
      }
    }
  }
  return tiles;
}

/** All magnitudes of the tile's sign in one of its rows, or-ed; 0 for a row without any. */
export function rowUnion(weights: Int32Array, outputs: number, tile: Tile, row: number): number {
  const first = (tile.firstRow + row) * outputs + tile.firstOutput;
  let union = 0;
  for (let at = first; at < first + tile.outputs; at++) {
    const magnitude = tile.sign * weights[at]!;
    if (magnitude > 0) union |= magnitude;
  }
  return union;
}
