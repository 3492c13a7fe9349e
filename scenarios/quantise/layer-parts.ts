import { MappingError } from '../../mapping/mapping-error.js';
import type { MatrixLayer } from '../../models/matrix-layer.js';
import type { Integers } from '../../models/network.js';

/** A run of consecutive blocks of a layer (groups of a convolution) that is mapped as a matrix of its own. */
export interface LayerPart {
  readonly firstBlock: number;
  readonly blocks: number;
  readonly rows: number;
  readonly outputs: number;
}

/** The layer as one matrix. */
export function wholeLayer({ blocks, rows, outputs }: MatrixLayer): LayerPart {
  return { firstBlock: 0, blocks: blocks.length, rows, outputs };
}

/**
 * The parts of a layer, in order: as many groups together as have no more rows than a crossbar has wordlines, at least one.
 * They stand on the crossbar's diagonal: each drives its own wordlines, and the cells beside them are 0.
 */
export function partsOf(layer: MatrixLayer, wordlines: number): LayerPart[] {
  const { rows, outputs } = layer.blocks[0]!;
  const most = Math.max(1, Math.floor(wordlines / rows));
  const parts: LayerPart[] = [];
  for (let firstBlock = 0; firstBlock < layer.blocks.length; firstBlock += most) {
    const blocks = Math.min(most, layer.blocks.length - firstBlock);
    parts.push({ firstBlock, blocks, rows: blocks * rows, outputs: blocks * outputs });
  }
  return parts;
}

/**
 * A scheme may make any integers of weights, but what it makes of the zeros between the groups has to stay 0, for the
 * network has no weights there.
 *
 * @param weights shape [part.rows][part.outputs]
 * @throws MappingError naming the first weight that is not
 */
export function requireBlockDiagonal(layer: MatrixLayer, part: LayerPart, weights: ArrayLike<number>): void {
  if (part.blocks === 1) return;
  const { rows, outputs } = layer.blocks[0]!;
  for (let k = 0; k < part.rows; k++) {
    const own = Math.floor(k / rows);
    for (let m = 0; m < part.outputs; m++) {
      const weight = weights[k * part.outputs + m]!;
      if (weight === 0 || Math.floor(m / outputs) === own) continue;
      const allowed = '0, for row and output belong to different groups';
      const hint = 'the scheme has no 0 among its integers; map this network by another one';
      throw new MappingError([{ path: `weights[${k}][${m}]`, value: weight, allowed, hint }]);
    }
  }
}

/**
 * Copies the weights of a part's blocks, without the zeros between them.
 *
 * @param weights shape [part.rows][part.outputs]
 * @param into shape [rows of a block][outputs of the layer]
 */
export function blockWeights(layer: MatrixLayer, part: LayerPart, weights: Integers, into: Integers): void {
  const { rows, outputs } = layer.blocks[0]!;
  for (let block = 0; block < part.blocks; block++) {
    for (let k = 0; k < rows; k++) {
      const from = (block * rows + k) * part.outputs + block * outputs;
      const to = k * layer.outputs + (part.firstBlock + block) * outputs;
      for (let m = 0; m < outputs; m++) into[to + m] = weights[from + m]!;
    }
  }
}
