import fc from 'fast-check';
import { expect, it } from 'vitest';
import { largestSparsityWithin, SPARSITIES } from '../../../mapping/pruning/sparsity-search.js';

const seed = 20261121;

it('finds the last sparsity within the noise where noise grows with it', () => {
  fc.assert(
    fc.property(
      fc.double({ min: 0, max: 1, noNaN: true }),
      fc.double({ min: 0.1, max: 5, noNaN: true }),
      (noise, power) => {
        const noiseAt = (sparsity: number) => sparsity ** power;
        const within = SPARSITIES.filter((sparsity) => noiseAt(sparsity) <= noise);
        expect(largestSparsityWithin(noise, noiseAt)).toBe(within.at(-1));
      },
    ),
    { seed },
  );
});

it('is monotone even where noise is not', () => {
  fc.assert(
    fc.property(fc.infiniteStream(fc.double({ min: 0, max: 1, noNaN: true })), (stream) => {
      const noises = new Map(SPARSITIES.map((sparsity) => [sparsity, stream.next().value]));
      const found = Array.from({ length: 21 }, (_, i) => largestSparsityWithin(i / 20, (s) => noises.get(s)!));
      expect(found).toEqual([...found].sort((a, b) => a - b));
    }),
    { seed, numRuns: 50 },
  );
});

it('is 0 where even that is too noisy', () => {
  expect(largestSparsityWithin(0.1, () => 0.2)).toBe(0);
});
