import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { arbitraryScenario } from '../naive/arbitrary.js';
import type { NaiveScenario } from '../naive/scenario.js';
import {
  type RecordedCount,
  type RecordedOperation,
  type RecordedSpan,
  RecordingTrace,
} from '../sim/recording-trace.js';
import { simulate, subjectOf } from './pe-under-test.js';
import { smallestScenario } from './smallest-scenario.js';

/** A fast run books reads and repeats periods, and tells a trace the same as a sampled run, event by event. */

const SEED = 20261121;

interface Told {
  readonly spans: readonly RecordedSpan[];
  readonly counts: readonly RecordedCount[];
  readonly operations: readonly RecordedOperation[];
}

/**
 * What a reader sees of cycles from .. to: spans and operations that overlap them, and the values of counters in them and at
 * their start.
 */
function seen({ spans, counts, operations }: RecordingTrace, from: number, to: number): Told {
  const before = new Map<string, RecordedCount>();
  for (const count of counts) {
    if (count.at <= from && count.at >= (before.get(count.path)?.at ?? 0)) before.set(count.path, count);
  }
  const within = counts.filter(({ at }) => at > from && at < to);
  const beginning = [...before.values()].filter(({ value }) => value > 0).map((count) => ({ ...count, at: from }));
  const sorted = <E extends object>(events: E[]) =>
    events.sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
  return {
    spans: sorted(spans.filter(({ start, end }) => start < to && end > from)),
    counts: sorted([...beginning, ...within]),
    operations: sorted(operations.filter(({ stallStart, leaves }) => stallStart < to && leaves > from)),
  };
}

function expectSame(scenario: NaiveScenario, from: number, to: number): { skipped: number } {
  const subject = subjectOf(scenario);
  const sampled = new RecordingTrace();
  const expected = simulate(subject, { granularity: 'sampled', trace: sampled });
  const fast = new RecordingTrace(from, to);
  const skipped = { repeatedOperations: 0, repeatedCycles: 0, sharedOperations: 0 };
  const found = simulate(subject, { granularity: 'fast', trace: fast, skipped });
  if (!isDeepStrictEqual(found, expected)) expect(found).toEqual(expected);
  expect(fast.paths).toEqual(sampled.paths);
  const [told, wanted] = [seen(fast, from, to), seen(sampled, from, to)];
  if (!isDeepStrictEqual(told, wanted)) expect(told).toEqual(wanted);
  return { skipped: skipped.repeatedOperations };
}

/** Reads of 11 x 4 operations in each of 8 planes and 3 windows, on 4 crossbars with a pool too small for them. */
function longScenario(): NaiveScenario {
  const rows = Array.from({ length: 32 }, (_, k) => Array.from({ length: 8 }, (_, m) => ((k * 7 + m * 3) % 15) - 7));
  const inputs = Array.from({ length: 3 }, (_, w) => Array.from({ length: 32 }, (_, k) => (k * 29 + w * 53) % 256));
  return smallestScenario(
    {
      pe: { crossbars: 4 },
      crossbar: { wordlines: 32, bitlines: 12, bitsPerCell: 1, readCycles: 3 },
      ou: { wordlines: 3, bitlines: 3 },
      sampleHold: { banks: 2 },
      adc: { bits: 8, perPool: 2, sharedBy: 4, conversionCycles: 2 },
      shiftAdd: { lanes: 1, latencyCycles: 1 },
      inputRegister: { windows: 2 },
    },
    { weightBits: 4, inputBits: 8, weights: rows, inputs },
  );
}

describe('the trace of a fast run', () => {
  it('tells all that the trace of a sampled run tells', () => {
    fc.assert(
      fc.property(arbitraryScenario(), (scenario) => {
        expectSame(scenario, 0, Number.POSITIVE_INFINITY);
      }),
      { seed: SEED, numRuns: 150 },
    );
  });

  it('tells what lies in a window of cycles, wherever it lies', () => {
    fc.assert(
      fc.property(arbitraryScenario(), fc.nat(400), fc.integer({ min: 1, max: 200 }), (scenario, from, length) => {
        expectSame(scenario, from, from + length);
      }),
      { seed: SEED, numRuns: 150 },
    );
  });

  it('repeats periods before and after the window', () => {
    const whole = expectSame(longScenario(), 1e9, 1e9 + 1).skipped;
    expect(whole).toBeGreaterThan(1000);
    let least = whole;
    for (const from of [0, 1, 500, 2000, 3001, 4444, 7000]) {
      const { skipped } = expectSame(longScenario(), from, from + 150);
      expect(skipped).toBeGreaterThan(0);
      least = Math.min(least, skipped);
    }
    expect(least).toBeLessThan(whole);
  });
});
