import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { SkippedWork } from '../../components/skipped-work.js';
import { arbitraryPe, type MostWork, peOf } from './arbitrary-pe.js';
import { type Subject, simulate } from './pe-under-test.js';

/**
 * Granularity `fast` is exact where it has something to skip (kernel law 9): runs of hundreds and thousands of equal
 * operations, in which pools come back to states that they have been in.
 */

const SEED = 20261121;

/** Whole statistics, histograms included; the slow comparison with its printed difference only where they differ. */
function expectEqual(found: unknown, expected: unknown): void {
  if (!isDeepStrictEqual(found, expected)) expect(found).toEqual(expected);
}

/** Runs of a property, those of them that skipped operations, and all operations. */
interface Seen {
  runs: number;
  repeating: number;
  operations: number;
  repeated: number;
}

function checkPes(most: MostWork, numRuns: number, check: (subject: Subject, skipped: SkippedWork) => number): Seen {
  const seen: Seen = { runs: 0, repeating: 0, operations: 0, repeated: 0 };
  fc.assert(
    fc.property(arbitraryPe(most), (drawn) => {
      const skipped: SkippedWork = { repeatedOperations: 0, repeatedCycles: 0, sharedOperations: 0 };
      seen.operations += check(peOf(drawn), skipped);
      seen.runs++;
      if (skipped.repeatedOperations > 0) seen.repeating++;
      seen.repeated += skipped.repeatedOperations;
    }),
    { seed: SEED, numRuns },
  );
  return seen;
}

it('fast and booked agree in every statistic, whole wait histograms included, and most runs skip periods', () => {
  const seen = checkPes({ operations: 60_000, windows: 8 }, 600, (subject, skipped) => {
    const fast = simulate(subject, { granularity: 'fast', skipped });
    expectEqual(fast, simulate(subject, { granularity: 'booked' }));
    return fast.ouOperations;
  });
  expect(seen.repeating).toBeGreaterThan(seen.runs / 2);
});

it('fast and sampled agree likewise on less work', () => {
  const seen = checkPes({ operations: 1_500, windows: 4 }, 300, (subject, skipped) => {
    const fast = simulate(subject, { granularity: 'fast', skipped });
    expectEqual(fast, simulate(subject, { granularity: 'sampled' }));
    return fast.ouOperations;
  });
  expect(seen.repeating).toBeGreaterThan(seen.runs / 2);
});
