import fc from 'fast-check';
import type { Encoding } from '../../mapping/encoding.js';
import type { MatrixShape, MatrixSpec } from '../../mapping/matrix-spec.js';
import { randomInteger, seededRandom } from './random.js';

/** Smallest weight that an encoding stores, from docs/timing-model.md. */
export function smallestWeight(encoding: Encoding, weightBits: number): number {
  return encoding === 'differential' ? -(2 ** (weightBits - 1)) + 1 : -(2 ** (weightBits - 1));
}

/** Cells of a weight, from docs/timing-model.md. */
export function slicesOf(encoding: Encoding, weightBits: number, bitsPerCell: number): number {
  return Math.ceil((encoding === 'differential' ? weightBits - 1 : weightBits) / bitsPerCell);
}

export interface SizeLimits {
  readonly rows: number;
  readonly outputs: number;
  readonly wordlines: number;
  readonly bitlines: number;
}

/** Any shape that can be placed, with a seed for its contents. */
export function arbitraryShape(limits: SizeLimits): fc.Arbitrary<{ shape: MatrixShape; seed: number }> {
  return fc
    .record({
      seed: fc.integer({ min: 0, max: 2 ** 31 - 1 }),
      encoding: fc.constantFrom<Encoding>('differential', 'offset', 'twos-complement'),
      layout: fc.constantFrom<'adjacent' | 'planar'>('adjacent', 'planar'),
      rows: fc.integer({ min: 1, max: limits.rows }),
      outputs: fc.integer({ min: 1, max: limits.outputs }),
      weightBits: fc.integer({ min: 1, max: 16 }),
      inputBits: fc.integer({ min: 1, max: 16 }),
      bitsPerPlane: fc.integer({ min: 1, max: 4 }),
      bitsPerCell: fc.integer({ min: 1, max: 4 }),
      wordlines: fc.integer({ min: 1, max: limits.wordlines }),
      bitlines: fc.integer({ min: 16, max: limits.bitlines }),
      ouWordlines: fc.integer({ min: 1, max: limits.wordlines }),
      ouBitlines: fc.integer({ min: 1, max: limits.bitlines }),
    })
    .map((r) => ({
      seed: r.seed,
      shape: {
        rows: r.rows,
        outputs: r.outputs,
        weightBits: r.encoding === 'differential' ? Math.max(r.weightBits, 2) : r.weightBits,
        inputBits: r.inputBits,
        bitsPerPlane: r.bitsPerPlane,
        encoding: r.encoding,
        layout: r.layout,
        crossbar: {
          wordlines: r.wordlines,
          bitlines: r.bitlines,
          bitsPerCell: r.encoding === 'twos-complement' ? 1 : r.bitsPerCell,
        },
        ou: { wordlines: Math.min(r.ouWordlines, r.wordlines), bitlines: Math.min(r.ouBitlines, r.bitlines) },
      },
    }));
}

/** Weights over the whole range; every fourth one is an extreme or zero. */
export function withRandomWeights(shape: MatrixShape, seed: number): MatrixSpec {
  const random = seededRandom(seed);
  const min = smallestWeight(shape.encoding, shape.weightBits);
  const max = 2 ** (shape.weightBits - 1) - 1;
  const weights = Int32Array.from({ length: shape.rows * shape.outputs }, () =>
    random() < 0.25 ? [min, max, 0][randomInteger(random, 0, 2)]! : randomInteger(random, min, max),
  );
  return { ...shape, weights };
}

/** A window of unsigned inputs, a third of them zero, some at the largest value. */
export function randomWindow(inputs: number, inputBits: number, seed: number): Uint16Array {
  const random = seededRandom(seed ^ 0x5bd1e995);
  return Uint16Array.from({ length: inputs }, () => {
    const kind = random();
    if (kind < 1 / 3) return 0;
    return kind < 0.45 ? 2 ** inputBits - 1 : randomInteger(random, 0, 2 ** inputBits - 1);
  });
}
