import type { WeightFormat } from '../encoding.js';
import type { MatrixShape } from '../matrix-spec.js';
import { rowUnion, type Tile, tilesOf } from './tile.js';

/**
 * Squeeze-out (SME, ICCD 2021; steps reconstructed after BWQ's description of it). The most significant bit-slices of a
 * tile hold few ones. A row that has some there is moved as a whole towards the least significant slice, by as many slices
 * as it takes, and its input is multiplied by 2^bitsPerCell for each of them. The emptied slices take no crossbar.
 */

/** How the rows of a tile are moved. */
export interface TileSqueeze {
  readonly tile: Tile;
  /** Slices that each row is moved towards the least significant one. */
  readonly slicesMoved: Uint8Array;
  /** Slices that hold a one after the move, ascending; slice 0 is the least significant. */
  readonly slices: readonly number[];
}

/** Empty slices above the leading one of a row; all of them for a row without ones. */
function emptyTopSlices(union: number, { slices, bitsPerCell }: WeightFormat): number {
  return union === 0 ? slices : slices - 1 - Math.floor((31 - Math.clz32(union)) / bitsPerCell);
}

/** Empty slices below the last one of a row that has ones. */
function emptyBottomSlices(union: number, { bitsPerCell }: WeightFormat): number {
  return Math.floor((31 - Math.clz32(union & -union)) / bitsPerCell);
}

/**
 * Moves the rows of a tile so that as many of its top slices as possible, `most` at most, become empty and no row loses a
 * one: the exact mode. A matrix that `truncateForSqueeze` has prepared always reaches `most`.
 */
export function squeezeTile(
  weights: Int32Array,
  outputs: number,
  tile: Tile,
  format: WeightFormat,
  most: number,
): TileSqueeze {
  const unions = Int32Array.from({ length: tile.rows }, (_, row) => rowUnion(weights, outputs, tile, row));
  let emptied = most;
  for (const union of unions) {
    if (union !== 0) emptied = Math.min(emptied, emptyTopSlices(union, format) + emptyBottomSlices(union, format));
  }
  const slicesMoved = Uint8Array.from(unions, (union) => Math.max(0, emptied - emptyTopSlices(union, format)));
  let kept = 0;
  for (let row = 0; row < tile.rows; row++) kept |= unions[row]! >>> (slicesMoved[row]! * format.bitsPerCell);
  const levels = (1 << format.bitsPerCell) - 1;
  const slices = Array.from({ length: format.slices }, (_, slice) => slice).filter(
    (slice) => ((kept >>> (slice * format.bitsPerCell)) & levels) !== 0,
  );
  return { tile, slicesMoved, slices };
}

/** `squeezeTile` for every tile of a matrix. */
export function squeezeTiles(
  weights: Int32Array,
  shape: MatrixShape,
  format: WeightFormat,
  most: number,
): TileSqueeze[] {
  return tilesOf(shape, format).map((tile) => squeezeTile(weights, shape.outputs, tile, format, most));
}

/**
 * The lossy mode: drops the bits that would fall below the least significant slice if the rows of every tile were moved so
 * far that its `emptied` top slices become empty. Every row's leading one survives as long as `emptied` is less than the
 * slices of a weight, so that `squeezeTile` moves the rows of the result by the same slices.
 */
export function truncateForSqueeze(
  weights: Int32Array,
  shape: MatrixShape,
  format: WeightFormat,
  emptied: number,
): Int32Array {
  const { outputs } = shape;
  const truncated = weights.slice();
  for (const tile of tilesOf(shape, format)) {
    for (let row = 0; row < tile.rows; row++) {
      const moved = emptied - emptyTopSlices(rowUnion(weights, outputs, tile, row), format);
      if (moved <= 0) continue;
      const kept = ~((1 << (moved * format.bitsPerCell)) - 1);
      const first = (tile.firstRow + row) * outputs + tile.firstOutput;
      for (let at = first; at < first + tile.outputs; at++) {
        const magnitude = tile.sign * weights[at]!;
        if (magnitude > 0) truncated[at] = tile.sign * (magnitude & kept);
      }
    }
  }
  return truncated;
}
