import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { KernelError } from '../../sim/kernel-error.js';
import { checkLedger, Ledger } from '../../sim/statistics/ledger.js';
import { TimeWeightedCount } from '../../sim/statistics/time-weighted-count.js';
import { WaitHistogram } from '../../sim/statistics/wait-histogram.js';

const SEED = 20261121;

function histogramOf(waits: readonly number[]): WaitHistogram {
  const histogram = new WaitHistogram();
  for (const wait of waits) histogram.add(wait);
  return histogram;
}

/** Nearest rank: the value at place ceil(percent / 100 x count) of the sorted values, counted from 1. */
function nearestRank(waits: readonly number[], percent: number): number {
  const sorted = [...waits].sort((a, b) => a - b);
  return sorted[Math.ceil((percent * sorted.length) / 100) - 1]!;
}

/** All that can be read off a histogram: its statistics, its sum and 64 percentiles (multiples of 1/64 are exact). */
function contentsOf(histogram: WaitHistogram) {
  const percentiles = Array.from({ length: 64 }, (_, i) => histogram.percentile((i + 1) / 64));
  return { ...histogram.statistics(), sum: histogram.sum, percentiles };
}

/** Mostly short waits, some that make the histogram grow once or several times, and some too long for its array. */
const someWaits = fc.array(
  fc.oneof(
    { weight: 6, arbitrary: fc.integer({ min: 0, max: 12 }) },
    { weight: 2, arbitrary: fc.integer({ min: 60, max: 70 }) },
    { weight: 1, arbitrary: fc.integer({ min: 0, max: 5000 }) },
    { weight: 1, arbitrary: fc.integer({ min: 65_534, max: 65_538 }) },
    { weight: 1, arbitrary: fc.integer({ min: 0, max: 10_000_000_000 }) },
  ),
  { maxLength: 120 },
);

describe('WaitHistogram', () => {
  it('is exact: every percentile is the nearest rank of the sorted waits', () => {
    fc.assert(
      fc.property(someWaits, (waits) => {
        fc.pre(waits.length > 0);
        const histogram = histogramOf(waits);
        const sum = waits.reduce((total, wait) => total + wait, 0);
        expect(histogram.statistics()).toEqual({
          count: waits.length,
          mean: sum / waits.length,
          p50: nearestRank(waits, 50),
          p95: nearestRank(waits, 95),
          p99: nearestRank(waits, 99),
          max: Math.max(...waits),
        });
        expect(histogram.count).toBe(waits.length);
        expect(histogram.sum).toBe(sum);
        // Quarters are exact in binary, so that p x count is too.
        for (const percent of [25, 75, 100]) {
          expect(histogram.percentile(percent / 100)).toBe(nearestRank(waits, percent));
        }
      }),
      { seed: SEED, numRuns: 200 },
    );
  });

  it.each([
    // ceil(0.5 x 20) = 10, ceil(0.95 x 20) = 19, ceil(0.99 x 20) = 20
    { count: 20, p50: 10, p95: 19, p99: 20 },
    // one more, and the median moves to place 11, p95 to place 20
    { count: 21, p50: 11, p95: 20, p99: 21 },
    // 0.95 x 100 and 0.99 x 100 are whole, although 0.95 and 0.99 are not exact in binary
    { count: 100, p50: 50, p95: 95, p99: 99 },
    { count: 1, p50: 1, p95: 1, p99: 1 },
  ])('waits 1 .. $count: p50 $p50, p95 $p95, p99 $p99', ({ count, ...percentiles }) => {
    const waits = Array.from({ length: count }, (_, i) => i + 1);
    expect(histogramOf(waits).statistics()).toEqual({ count, mean: (count + 1) / 2, ...percentiles, max: count });
  });

  it('is all 0 without waits', () => {
    expect(new WaitHistogram().statistics()).toEqual({ count: 0, mean: 0, p50: 0, p95: 0, p99: 0, max: 0 });
  });

  it('grows to any wait and keeps what it has counted', () => {
    // 63 is the last wait of the first size, 64 and 1 000 000 need more.
    const histogram = histogramOf([63, 64, 1_000_000, 0]);
    expect(histogram.statistics()).toEqual({
      count: 4,
      mean: 1_000_127 / 4,
      p50: 63,
      p95: 1_000_000,
      p99: 1_000_000,
      max: 1_000_000,
    });
    expect(histogram.percentile(0.75)).toBe(64);
  });

  it('saves waits in bins of powers of two', () => {
    // 0 | 1 | 2 3 | 4 to 7 | 8 to 15
    expect(histogramOf([0, 0, 1, 2, 3, 3, 4, 7, 8, 15]).saved().histogram).toEqual([2, 1, 3, 2, 2]);
    expect(histogramOf([0]).saved().histogram).toEqual([1]);
    expect(new WaitHistogram().saved().histogram).toEqual([]);
    // Above 32 bits, where shifts would end: 2^40 - 1 has 40 bits, 2^40 has 41.
    const long = histogramOf([2 ** 40 - 1, 2 ** 40]).saved().histogram!;
    expect(long).toHaveLength(42);
    expect(long.slice(40)).toEqual([1, 1]);
  });

  it('bins count all waits, each by the digits of its binary number', () => {
    fc.assert(
      fc.property(someWaits, (waits) => {
        const bins: Record<number, number> = {};
        for (const wait of waits) {
          const digits = wait === 0 ? 0 : wait.toString(2).length;
          bins[digits] = (bins[digits] ?? 0) + 1;
        }
        const histogram = histogramOf(waits).saved().histogram!;
        expect(histogram.length).toBe(waits.length === 0 ? 0 : Math.max(...Object.keys(bins).map(Number)) + 1);
        histogram.forEach((count, digits) => {
          expect(count).toBe(bins[digits] ?? 0);
        });
      }),
      { seed: SEED, numRuns: 100 },
    );
  });

  it('counts many equal waits as if they came one by one', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(300), fc.nat(5)), { maxLength: 20 }), (runs) => {
        const together = new WaitHistogram();
        for (const [wait, times] of runs) together.add(wait, times);
        const single = histogramOf(runs.flatMap(([wait, times]) => new Array<number>(times).fill(wait)));
        expect(contentsOf(together)).toEqual(contentsOf(single));
      }),
      { seed: SEED, numRuns: 200 },
    );
  });

  it('merged with another, once or several times, holds the waits of both and leaves the other as it was', () => {
    fc.assert(
      fc.property(someWaits, someWaits, fc.integer({ min: 0, max: 3 }), (first, second, times) => {
        const merged = histogramOf(first);
        const other = histogramOf(second);
        merged.merge(other, times);
        const expected = [...first, ...Array.from({ length: times }, () => second).flat()];
        expect(contentsOf(merged)).toEqual(contentsOf(histogramOf(expected)));
        expect(contentsOf(other)).toEqual(contentsOf(histogramOf(second)));
      }),
      { seed: SEED, numRuns: 100 },
    );
  });
});

describe('Ledger', () => {
  const [IDLE, BUSY, STALLED] = [0, 1, 2];

  it('gives each cycle to the state that the resource is in', () => {
    // 0-3 idle, 3-7 busy, 7-7 stalled for no time, 7-8 idle, 8-10 busy.
    const ledger = new Ledger(3, IDLE);
    ledger.enter(BUSY, 3);
    ledger.enter(STALLED, 7);
    ledger.enter(IDLE, 7);
    ledger.enter(BUSY, 8);
    ledger.close(10);
    expect(Array.from(ledger.cycles)).toEqual([3 + 1, 4 + 2, 0]);
  });

  it('sums to the elapsed time, state by state as counted cycle by cycle', () => {
    const changes = fc.array(fc.record({ state: fc.nat(3), after: fc.nat(6) }), { maxLength: 30 });
    fc.assert(
      fc.property(fc.nat(3), changes, fc.nat(6), (initial, steps, rest) => {
        const ledger = new Ledger(4, initial);
        const states: number[] = [];
        let state = initial;
        for (const step of steps) {
          for (let cycle = 0; cycle < step.after; cycle++) states.push(state);
          state = step.state;
          ledger.enter(state, states.length);
        }
        for (let cycle = 0; cycle < rest; cycle++) states.push(state);
        ledger.close(states.length);
        const counted = [0, 1, 2, 3].map((wanted) => states.filter((found) => found === wanted).length);
        expect(Array.from(ledger.cycles)).toEqual(counted);
      }),
      { seed: SEED, numRuns: 300 },
    );
  });
});

describe('checkLedger', () => {
  const check = (ledger: Record<string, number>, elapsed: number) => () =>
    checkLedger('Chip.Tile[0].Pe[0].Crossbar[3]', ledger, elapsed);

  it('accepts whole cycles that sum to the elapsed time, also of an empty run', () => {
    expect(check({ read: 4, 'stall.adc': 1, idle: 5 }, 10)).not.toThrow();
    expect(check({ read: 0, idle: 0 }, 0)).not.toThrow();
  });

  it.each([
    { what: 'one cycle too few', ledger: { read: 4, idle: 5 }, says: /sums to 9 cycles of 10/ },
    { what: 'one cycle too many', ledger: { read: 6, idle: 5 }, says: /sums to 11 cycles of 10/ },
    { what: 'a negative state, though the sum is right', ledger: { read: 12, idle: -2 }, says: /idle is -2 cycles/ },
    { what: 'fractions, though the sum is right', ledger: { read: 9.5, idle: 0.5 }, says: /read is 9\.5 cycles/ },
    { what: 'NaN', ledger: { read: Number.NaN, idle: 10 }, says: /read is NaN cycles/ },
    { what: 'infinity', ledger: { read: Number.POSITIVE_INFINITY, idle: 10 }, says: /read is Infinity cycles/ },
  ])('refuses $what and names the resource', ({ ledger, says }) => {
    expect(check(ledger, 10)).toThrow(KernelError);
    expect(check(ledger, 10)).toThrow(/Chip\.Tile\[0\]\.Pe\[0\]\.Crossbar\[3\]/);
    expect(check(ledger, 10)).toThrow(says);
  });
});

describe('TimeWeightedCount', () => {
  it('integrates the count over time', () => {
    // 0 until 2, then 3 until 5, then 1 until 9: 3 x 3 + 1 x 4.
    const count = new TimeWeightedCount();
    count.add(3, 2);
    count.add(-2, 5);
    expect(count.value).toBe(1);
    expect(count.integral(5)).toBe(9);
    expect(count.integral(9)).toBe(13);
    // Reading does not change it.
    expect(count.integral(9)).toBe(13);
  });

  it('equals the sum over the cycles, whatever changes come in the same cycle', () => {
    const steps = fc.array(fc.record({ change: fc.integer({ min: -3, max: 5 }), after: fc.nat(4) }), { maxLength: 40 });
    fc.assert(
      fc.property(steps, fc.nat(5), (changes, rest) => {
        const count = new TimeWeightedCount();
        let now = 0;
        let value = 0;
        let sum = 0;
        const wait = (cycles: number) => {
          for (let cycle = 0; cycle < cycles; cycle++) sum += value;
          now += cycles;
        };
        for (const { change, after } of changes) {
          wait(after);
          count.add(change, now);
          value += change;
        }
        wait(rest);
        expect(count.value).toBe(value);
        expect(count.integral(now)).toBe(sum);
      }),
      { seed: SEED, numRuns: 300 },
    );
  });
});
