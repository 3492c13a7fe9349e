import type { MatrixSpec } from './matrix-spec.js';

/**
 * Crossbars that a mapping takes at least that gives every weight other than 0 a cell of its own: what remains however many
 * zeros it leaves out. Bit-slices are not counted, since a slice of a weight may be 0 too.
 */
export function crossbarsOfWeights({ weights, crossbar }: Pick<MatrixSpec, 'weights' | 'crossbar'>): number {
  let cells = 0;
  for (let at = 0; at < weights.length; at++) if (weights[at] !== 0) cells++;
  return Math.ceil(cells / (crossbar.wordlines * crossbar.bitlines));
}
