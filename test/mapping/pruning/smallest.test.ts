import fc from 'fast-check';
import { expect, it } from 'vitest';
import { markSmallest } from '../../../mapping/pruning/smallest.js';

const seed = 20261121;

it('marks what a stable sort puts first', () => {
  const few = fc.constantFrom(0, 0, 1, 2, 2.5, 3);
  fc.assert(
    fc.property(
      fc.array(fc.oneof(few, fc.double({ noNaN: true })), { maxLength: 60 }),
      fc.nat(60),
      (values, wanted) => {
        const count = Math.min(wanted, values.length);
        // + 0 makes -0 equal to 0, as < and === do.
        const scores = values.map((value) => value + 0);
        const first = scores
          .map((score, i) => ({ score, i }))
          .sort((a, b) => (a.score < b.score ? -1 : a.score > b.score ? 1 : a.i - b.i))
          .slice(0, count)
          .map(({ i }) => i);
        const marks = markSmallest(Float64Array.from(scores), count);
        expect(Array.from(marks.keys()).filter((i) => marks[i] === 1)).toEqual(first.sort((a, b) => a - b));
      },
    ),
    { seed, numRuns: 500 },
  );
});

it('leaves the scores as they were', () => {
  const scores = Float64Array.of(3, 1, 2);
  markSmallest(scores, 2);
  expect(Array.from(scores)).toEqual([3, 1, 2]);
});

it('rejects a count that is no number of scores', () => {
  expect(() => markSmallest(Float64Array.of(1), 2)).toThrow('allowed a whole number 0 .. 1');
  expect(() => markSmallest(Float64Array.of(1), 0.5)).toThrow('got 0.5');
});
