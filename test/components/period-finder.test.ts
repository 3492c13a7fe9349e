import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PeriodFinder } from '../../components/period-finder.js';
import { BookedServers } from '../../sim/resources/booked-servers.js';
import { ServiceCourses } from '../../sim/resources/service-courses.js';

const SEED = 20261121;

/**
 * One crossbar that reads in every cycle, so that only the backlog tells its states apart. Returns when it was first found to
 * be back in a state, and since when; null if it never was.
 */
function firstRecurrence(backlogAt: (t: number) => number, until: number): { at: number; since: number } | null {
  const finder = new PeriodFinder(1, 1);
  const bankFree = Float64Array.of(0);
  const bank = Int32Array.of(0);
  const decoded = Float64Array.of(0);
  const none = Float64Array.of(0);
  for (let t = 0; t < until; t++) {
    const ask = Float64Array.of(t + 1);
    if (!finder.follows(0, 0)) continue;
    const backlog = backlogAt(t);
    if (finder.recurs(backlog, ask, bankFree, bank, decoded, t)) return { at: t, since: finder.since };
    if (!finder.toBeRemembered) continue;
    finder.remember(0, backlog, ask, bankFree, bank, decoded, none, none, none, t);
  }
  return null;
}

describe('finding periods', () => {
  it('states that come again every p reads after m others are found at their period, after a few times m + p reads', () => {
    fc.assert(
      fc.property(fc.nat(200), fc.integer({ min: 1, max: 200 }), (before, period) => {
        const backlogAt = (t: number) => 1 + (t < before ? t : before + ((t - before) % period));
        const found = firstRecurrence(backlogAt, 10 * (before + period) + 10)!;
        // Within a period all states differ, so it recurs after exactly one.
        expect(found.at - found.since).toBe(period);
        // The remembered state is the first whose successor takes its place after more than `period` comparisons, and that
        // is none of the m: the states are kept for 2, 3, 5, 9, ... comparisons, each at most twice as long as the one before.
        expect(found.at).toBeLessThanOrEqual(4 * (before + period) + 4);
      }),
      { seed: SEED, numRuns: 300 },
    );
  });

  it('states that never come again are never found, nor a period of more bookings than are kept', () => {
    expect(firstRecurrence((t) => t, 20_000)).toBeNull();
    expect(firstRecurrence((t) => t % 5000, 40_000)).toBeNull();
  });

  it('what is forgotten does not come again', () => {
    const finder = new PeriodFinder(1, 1);
    const zero = Float64Array.of(0);
    const bank = Int32Array.of(0);
    const look = (t: number) => {
      expect(finder.follows(0, 0)).toBe(true);
      const recurs = finder.recurs(7, Float64Array.of(t + 1), zero, bank, zero, t);
      if (!recurs && finder.toBeRemembered) {
        finder.remember(0, 7, Float64Array.of(t + 1), zero, bank, zero, zero, zero, zero, t);
      }
      return recurs;
    };
    expect([look(0), look(1)]).toEqual([false, true]);
    finder.forget();
    expect([look(2), look(3)]).toEqual([false, true]);
  });

  it('only the leader is looked at: reads of others are noted as bookings of the period', () => {
    const finder = new PeriodFinder(2, 1);
    expect(finder.follows(1, 0)).toBe(true);
    const zeros = new Float64Array(2);
    finder.remember(1, 1, Float64Array.of(5, 6), zeros, new Int32Array(2), zeros, zeros, zeros, zeros, 3);
    expect([finder.follows(0, 0), finder.follows(1, 0), finder.follows(0, 0)]).toEqual([false, true, false]);
  });
});

describe('what a state is', () => {
  // Two crossbars with two banks each, at cycle 100; crossbar 0 uses its bank 1, crossbar 1 its bank 0.
  const state = {
    backlog: 3,
    ask: [104, 107],
    bankFree: [110, 90, 95, 105],
    bank: [1, 0],
    decoded: [106, 100],
  };
  const at = (now: number, changed: Partial<typeof state> = {}) => {
    const { backlog, ask, bankFree, bank, decoded } = { ...state, ...changed };
    const later = (times: number[]) => Float64Array.from(times, (time) => time + now - 100);
    return {
      backlog,
      ask: later(ask),
      bankFree: later(bankFree),
      bank: Int32Array.from(bank),
      decoded: later(decoded),
    };
  };
  const recurs = (changed: Partial<typeof state>) => {
    const finder = new PeriodFinder(2, 2);
    const first = at(100);
    const left = Float64Array.of(50, 50);
    const stall = new Float64Array(2);
    finder.follows(0, 0);
    const { backlog, ask, bankFree, bank, decoded } = first;
    finder.remember(0, backlog, ask, bankFree, bank, decoded, left, stall, stall, 100);
    const now = at(163, changed);
    return finder.recurs(now.backlog, now.ask, now.bankFree, now.bank, now.decoded, 163);
  };

  it('the same 63 cycles later is the same', () => {
    expect(recurs({})).toBe(true);
  });

  it.each([
    ['another backlog', { backlog: 4 }],
    ['a read that ends at another time', { ask: [104, 108] }],
    // Crossbar 0 reads into its bank 1; bank 0 comes next and is not free before the read has ended.
    ['a bank that is free at another time', { bankFree: [111, 90, 95, 105] }],
    ['an index that is decoded at another time', { decoded: [107, 100] }],
  ])('%s is another state', (_, changed) => {
    expect(recurs(changed)).toBe(false);
  });

  it.each([
    ['the bank of the running read', { bankFree: [110, 93, 99, 105] }],
    ['since when a bank is free that is before the running read ends', { bankFree: [110, 90, 95, 101] }],
    ['since when an index is decoded that is before the running read ends', { decoded: [106, 99] }],
    ['the number of the bank', { bank: [0, 0], bankFree: [90, 110, 95, 105] }],
  ])('%s is of no interest', (_, changed) => {
    expect(recurs(changed)).toBe(true);
  });

  it('a crossbar without a read is left out', () => {
    const infinite = { ask: [104, Number.POSITIVE_INFINITY] };
    expect(recurs({ ...infinite, decoded: [106, 200] })).toBe(true);
  });
});

describe('repeating', () => {
  // From cycle 10 to 14 crossbar 0 has read twice and crossbar 1 once, with stalls of 3 and 1 for the ADC and 2 for the index.
  function found() {
    const finder = new PeriodFinder(2, 1);
    const zeros = new Float64Array(2);
    finder.follows(0, 0);
    finder.remember(
      0,
      1,
      Float64Array.of(11, 13),
      zeros,
      new Int32Array(2),
      zeros,
      Float64Array.of(100, 60),
      Float64Array.of(40, 70),
      Float64Array.of(5, 0),
      10,
    );
    return {
      finder,
      left: Float64Array.of(98, 59),
      stallAdc: Float64Array.of(43, 71),
      stallIndex: Float64Array.of(5, 2),
    };
  }

  it.each([
    // Of 98 reads left, the last has to be left over: 48 times 2. Of 59, 58 times 1.
    [98, 59, Number.POSITIVE_INFINITY, 48],
    // 100 - 97 = 3 a period: 96 / 3 = 32. 60 - 59 = 1.
    [97, 59, Number.POSITIVE_INFINITY, 32],
    [98, 30, Number.POSITIVE_INFINITY, 0],
    [98, 59, 35, 5],
    [98, 59, 34, 4],
    [98, 59, 18, 0],
    [98, 59, 19, 1],
    [1, 59, Number.POSITIVE_INFINITY, 0],
  ])('with %i and %i reads left and all ends before %d: %i times', (left0, left1, limit, times) => {
    // The last repetition ends at 14 + 4 times, which is before the limit.
    expect(found().finder.repetitions(Float64Array.of(left0, left1), 14, 4, limit)).toBe(times);
  });

  it('adds the period to every counter as often', () => {
    const { finder, left, stallAdc, stallIndex } = found();
    const courses = new ServiceCourses({ servers: 1, serviceCycles: 1, drainLanes: 1, drainLatencyCycles: 0 });
    const servers = new BookedServers(courses);
    // Three batches of one item, each on idle servers: of one course.
    for (const ask of [11, 12, 14]) {
      servers.book(ask, 1);
      finder.follows(1, servers.course);
    }
    finder.repeat(7, 4, left, stallAdc, stallIndex, servers);
    expect(Array.from(left)).toEqual([98 - 14, 59 - 7]);
    expect(Array.from(stallAdc)).toEqual([43 + 21, 71 + 7]);
    expect(Array.from(stallIndex)).toEqual([5, 2 + 14]);
    expect([finder.skippedOperations, finder.skippedCycles]).toEqual([21, 28]);
    expect(servers.lastLeave).toBe(15 + 28);
    servers.close();
    expect([servers.statistics.items, servers.statistics.waits.sum, servers.statistics.drain]).toEqual([24, 0, 24]);
  });
});
