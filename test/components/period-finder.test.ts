import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CrossbarStates } from '../../components/crossbar-states.js';
import { PeriodFinder } from '../../components/period-finder.js';
import { BookedServers } from '../../sim/resources/booked-servers.js';
import { ServiceCourses } from '../../sim/resources/service-courses.js';

const SEED = 20261121;

/** Servers in a backlog of this number, which nothing books. */
function servedWith(backlogNumber: number): BookedServers {
  return { backlogNumber, repeat: () => {} } as unknown as BookedServers;
}

/** One crossbar that reads in every cycle, so that only the backlog tells its states apart. */
function readingInEveryCycle() {
  const states = new CrossbarStates(1, 1, 0);
  const finder = new PeriodFinder(states);
  /** The read that ends at t; returns the length of the period that is found. */
  const look = (t: number, backlog: number): number | null => {
    if (!finder.follows(0, 0)) return null;
    states.askAt[0] = t + 1;
    states.decodedAt[0] = 0;
    states.left[0] = 1e9 - t;
    const { since } = finder;
    return finder.skip(0, 1, t, Number.POSITIVE_INFINITY, servedWith(backlog), null) > 0 ? t - since : null;
  };
  return { finder, look };
}

/** When the crossbar was first found to be back in a state, and since when; null if it never was. */
function firstRecurrence(backlogAt: (t: number) => number, until: number): { at: number; since: number } | null {
  const { look } = readingInEveryCycle();
  for (let t = 0; t < until; t++) {
    const period = look(t, backlogAt(t));
    if (period !== null) return { at: t, since: t - period };
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
    const { finder, look } = readingInEveryCycle();
    // What is found is forgotten as well.
    expect([0, 1, 2, 3].map((t) => look(t, 7))).toEqual([null, 1, null, 1]);
    expect(look(4, 7)).toBeNull();
    finder.forget();
    expect([5, 6].map((t) => look(t, 7))).toEqual([null, 1]);
  });

  it('only the leader is looked at: reads of others are noted as bookings of the period', () => {
    const states = new CrossbarStates(2, 1, 0);
    states.askAt.set([5, 6]);
    const finder = new PeriodFinder(states);
    expect(finder.follows(1, 0)).toBe(true);
    finder.remember(0, 2, 1, 3);
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
  const set = (states: CrossbarStates, now: number, changed: Partial<typeof state>) => {
    const { ask, bankFree, bank, decoded } = { ...state, ...changed };
    const later = (times: number[]) => times.map((time) => time + now - 100);
    states.askAt.set(later(ask));
    states.bankFree.set(later(bankFree));
    states.bank.set(bank);
    states.decodedAt.set(later(decoded));
  };
  const recurs = (changed: Partial<typeof state>) => {
    const states = new CrossbarStates(2, 2, 0);
    const finder = new PeriodFinder(states);
    set(states, 100, {});
    finder.follows(0, 0);
    finder.remember(0, 2, state.backlog, 100);
    set(states, 163, changed);
    return finder.recurs(0, 2, { ...state, ...changed }.backlog, 163);
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
    const states = new CrossbarStates(2, 1, 0);
    const finder = new PeriodFinder(states);
    states.askAt.set([11, 13]);
    states.left.set([100, 60]);
    states.stallAdc.set([40, 70]);
    states.stallIndex.set([5, 0]);
    finder.follows(0, 0);
    finder.remember(0, 2, 1, 10);
    states.askAt.set([15, 17]);
    states.left.set([98, 59]);
    states.stallAdc.set([43, 71]);
    states.stallIndex.set([5, 2]);
    return { finder, states };
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
    const { finder, states } = found();
    states.left.set([left0, left1]);
    expect(finder.repetitions(0, 2, 14, 4, limit)).toBe(times);
  });

  it('adds the period to every counter as often', () => {
    const { finder, states } = found();
    const courses = new ServiceCourses({ servers: 1, serviceCycles: 1, drainLanes: 1, drainLatencyCycles: 0 });
    const servers = new BookedServers(courses);
    // Three batches of one item, each on idle servers: of one course.
    for (const ask of [11, 12, 14]) {
      servers.book(ask, 1);
      finder.follows(1, servers.course);
    }
    finder.repeat(0, 2, 7, 4, servers);
    expect(Array.from(states.askAt)).toEqual([15 + 28, 17 + 28]);
    expect(Array.from(states.left)).toEqual([98 - 14, 59 - 7]);
    expect(Array.from(states.stallAdc)).toEqual([43 + 21, 71 + 7]);
    expect(Array.from(states.stallIndex)).toEqual([5, 2 + 14]);
    expect([finder.skippedOperations, finder.skippedCycles]).toEqual([21, 28]);
    expect(servers.lastLeave).toBe(15 + 28);
    servers.close();
    expect([servers.statistics.items, servers.statistics.waits.sum, servers.statistics.drain]).toEqual([24, 0, 24]);
  });
});
