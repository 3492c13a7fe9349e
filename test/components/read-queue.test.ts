import fc from 'fast-check';
import { expect, it } from 'vitest';
import { ReadQueue } from '../../components/read-queue.js';

const SEED = 20261121;

/** What happens to the queue: its first read ends, or a crossbar that is not reading begins a read that ends so much later. */
type Step = { readonly ends: true } | { readonly ends: false; readonly crossbar: number; readonly after: number };

const anySteps: fc.Arbitrary<{ crossbars: number; steps: Step[] }> = fc
  .integer({ min: 1, max: 17 })
  .chain((crossbars) =>
    fc.record({
      crossbars: fc.constant(crossbars),
      steps: fc.array(
        fc.oneof(
          { weight: 1, arbitrary: fc.constant<Step>({ ends: true }) },
          {
            weight: 3,
            arbitrary: fc.record({
              ends: fc.constant<false>(false),
              crossbar: fc.integer({ min: 0, max: crossbars - 1 }),
              after: fc.integer({ min: 0, max: 5 }),
            }),
          },
        ),
        { minLength: 30, maxLength: 120 },
      ),
    }),
  );

it('keeps running reads in the order (end, crossbar), as sorting them anew would; a copy goes on alike', () => {
  let most = 0;
  fc.assert(
    fc.property(anySteps, fc.nat(120), ({ crossbars, steps }, copiedAfter) => {
      const endAt = new Float64Array(crossbars).fill(Number.POSITIVE_INFINITY);
      let queue = new ReadQueue(endAt);
      let reading: number[] = [];
      let now = 0;
      steps.forEach((step, number) => {
        if (number === copiedAfter) {
          const copy = new ReadQueue(endAt);
          copy.copy(queue);
          queue = copy;
        }
        if (step.ends) {
          if (reading.length === 0) return;
          const first = reading.shift()!;
          expect(queue.first).toBe(first);
          now = endAt[first]!;
          queue.removeFirst();
        } else if (!reading.includes(step.crossbar)) {
          endAt[step.crossbar] = now + step.after;
          queue.add(step.crossbar);
          reading = [...reading, step.crossbar].sort((a, b) => endAt[a]! - endAt[b]! || a - b);
        }
        expect(queue.count).toBe(reading.length);
        if (reading.length > 0) expect(queue.first).toBe(reading[0]);
        most = Math.max(most, reading.length);
      });
    }),
    { seed: SEED, numRuns: 150 },
  );
  expect(most).toBeGreaterThan(8);
});
