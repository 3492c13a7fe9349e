import fc from 'fast-check';
import { expect, it } from 'vitest';
import { SequenceNumbers } from '../../mapping/sequence-numbers.js';

it('numbers sequences as a map of their text does', () => {
  const integer = fc.oneof(fc.integer({ min: 0, max: 3 }), fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }));
  const sequences = fc.array(fc.array(integer, { maxLength: 6 }), { maxLength: 400, size: 'max' });
  fc.assert(
    fc.property(sequences, (drawn) => {
      const numbers = new SequenceNumbers();
      const expected = new Map<string, number>();
      for (const sequence of drawn) {
        const text = sequence.join();
        if (!expected.has(text)) expected.set(text, expected.size);
        // Entries beyond the length are no part of it.
        expect(numbers.numberOf(Int32Array.of(...sequence, 7), sequence.length)).toBe(expected.get(text));
      }
      expect(numbers.count).toBe(expected.size);
      for (const [text, number] of expected) expect(numbers.sequence(number).join()).toBe(text);
    }),
    { seed: 20261121, numRuns: 50 },
  );
});

it('keeps long sequences apart and whole while it grows', () => {
  const numbers = new SequenceNumbers();
  const sequence = (n: number) => Int32Array.from({ length: 1000 }, (_, i) => (i < 999 ? i : n));
  for (const round of [0, 1]) {
    for (let n = 0; n < 300; n++) expect(numbers.numberOf(sequence(n)), `round ${round}`).toBe(n);
  }
  expect(numbers.sequence(299)).toEqual(sequence(299));
});
