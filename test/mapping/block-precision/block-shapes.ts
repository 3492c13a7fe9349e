import type fc from 'fast-check';
import type { MatrixShape, MatrixSpec } from '../../../mapping/matrix-spec.js';
import { arbitraryShape } from '../arbitrary-matrix.js';
import { randomInteger, seededRandom } from '../random.js';

/** Shapes that can have blocks with precisions of their own. */
export function arbitraryBlockShape(): fc.Arbitrary<{ shape: MatrixShape; seed: number }> {
  return arbitraryShape({ rows: 40, outputs: 24, wordlines: 24, bitlines: 40 })
    .filter(({ shape }) => shape.encoding !== 'offset' && shape.weightBits >= 2)
    .map(({ shape, seed }) => ({ shape: { ...shape, inputBits: Math.min(shape.inputBits, 10) }, seed }));
}

/** Weights whose size differs from place to place, so that blocks need precisions of all kinds; many blocks are zero. */
export function withUnevenWeights(shape: MatrixShape, seed: number): MatrixSpec {
  const random = seededRandom(seed);
  const largest = 2 ** (shape.weightBits - 1) - 1;
  const sizes = Array.from({ length: 7 }, () => randomInteger(random, -1, shape.weightBits - 1));
  const weights = Int32Array.from({ length: shape.rows * shape.outputs }, (_, at) => {
    const place =
      Math.floor(at / shape.outputs / shape.ou.wordlines) + 3 * Math.floor((at % shape.outputs) / shape.ou.bitlines);
    const size = sizes[place % sizes.length]!;
    if (size < 0 || random() < 0.2) return 0;
    const bound = Math.min(2 ** size - 1, largest);
    return randomInteger(random, shape.encoding === 'differential' ? -bound : -bound - 1, bound);
  });
  return { ...shape, weights };
}

/** The common OU machine's crossbars: 9 x 8 OUs of 1-bit cells in 128 x 128. */
export const commonShape: MatrixShape = {
  rows: 18,
  outputs: 16,
  weightBits: 9,
  inputBits: 8,
  bitsPerPlane: 1,
  encoding: 'differential',
  layout: 'adjacent',
  crossbar: { wordlines: 128, bitlines: 128, bitsPerCell: 1 },
  ou: { wordlines: 9, bitlines: 8 },
};
