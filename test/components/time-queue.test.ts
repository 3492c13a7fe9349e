import fc from 'fast-check';
import { expect, test } from 'vitest';
import { TimeQueue } from '../../components/time-queue.js';

test('times come out in the order in which they were put in', () => {
  fc.assert(
    fc.property(fc.array(fc.option(fc.nat()), { maxLength: 100 }), (steps) => {
      const queue = new TimeQueue();
      const expected: number[] = [];
      for (const time of steps) {
        if (time !== null) {
          queue.push(time);
          expected.push(time);
        } else expect(queue.shift()).toBe(expected.shift() ?? Number.NaN);
        expect(queue.length).toBe(expected.length);
        expect(queue.first).toBe(expected[0] ?? Number.NaN);
      }
    }),
    { seed: 20261121 },
  );
});
