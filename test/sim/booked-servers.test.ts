import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BookedServers, OFF_THE_TABLE } from '../../sim/resources/booked-servers.js';
import type { ServerGroupShape } from '../../sim/resources/server-statistics.js';
import { NO_BACKLOG, ServiceCourses } from '../../sim/resources/service-courses.js';

/** What granularity `fast` asks of booked servers beyond one booking after the other. */

const SEED = 20261121;

/** A batch that asks so many cycles after the one before. */
interface Batch {
  readonly pause: number;
  readonly items: number;
}

const anyShape: fc.Arbitrary<ServerGroupShape> = fc.record({
  servers: fc.integer({ min: 1, max: 9 }),
  serviceCycles: fc.integer({ min: 1, max: 7 }),
  drainLanes: fc.integer({ min: 1, max: 4 }),
  drainLatencyCycles: fc.integer({ min: 0, max: 3 }),
});

const anyBatch: fc.Arbitrary<Batch> = fc.record({
  pause: fc.oneof({ weight: 3, arbitrary: fc.integer({ min: 0, max: 8 }) }, fc.integer({ min: 9, max: 60 })),
  items: fc.integer({ min: 1, max: 9 }),
});

/** Books batches one by one, and keeps the clock. */
class Booker {
  now = 0;

  constructor(readonly servers: BookedServers) {}

  /** Cycles from the ask of each batch to the end of its last service. */
  book(batches: readonly Batch[]): number[] {
    return batches.map(({ pause, items }) => {
      this.now += pause;
      return this.servers.book(this.now, items) - this.now;
    });
  }
}

/** Everything that a group has counted. */
function numbersOf(servers: BookedServers) {
  servers.close();
  const { waits, serve, blocked, groupServe, groupBlocked, drain, items } = servers.statistics;
  return {
    lastLeave: servers.lastLeave,
    waits: { ...waits.statistics(), sum: waits.sum },
    serve: Array.from(serve),
    blocked: Array.from(blocked),
    groupServe,
    groupBlocked,
    drain,
    items,
  };
}

describe('repeating a period', () => {
  it('is booking it so many times, batch by batch, also for what comes after', () => {
    // The first batch of a round is so much later that the group can just serve them all.
    const anyPeriod = fc.record({
      shape: anyShape,
      batches: fc.array(anyBatch, { minLength: 1, maxLength: 6 }),
      slack: fc.integer({ min: 0, max: 3 }),
      times: fc.integer({ min: 1, max: 50 }),
      before: fc.array(anyBatch, { maxLength: 5 }),
      after: fc.array(anyBatch, { minLength: 1, maxLength: 10 }),
    });
    let runs = 0;
    let backToBack = 0;
    fc.assert(
      fc.property(anyPeriod, ({ shape, batches, slack, times, before, after }) => {
        const [first, ...others] = batches;
        const items = batches.reduce((sum, batch) => sum + batch.items, 0);
        const needed = Math.ceil(Math.max((items * shape.serviceCycles) / shape.servers, items / shape.drainLanes));
        const pauses = others.reduce((sum, batch) => sum + batch.pause, 0);
        const round = [{ items: first!.items, pause: Math.max(0, needed + slack - pauses) }, ...others];

        const courses = new ServiceCourses(shape);
        const repeated = new Booker(new BookedServers(courses));
        const single = new Booker(new BookedServers(courses));
        for (const booker of [repeated, single]) booker.book(before);
        // Until a round leaves a backlog that another one has left: the period is the rounds between them.
        const roundOf = new Map<number, number>();
        for (; !roundOf.has(repeated.servers.backlogNumber); ) {
          if (roundOf.size === 500) throw new Error('the group does not come back to a backlog');
          roundOf.set(repeated.servers.backlogNumber, roundOf.size);
          for (const booker of [repeated, single]) booker.book(round);
        }
        const rounds = roundOf.size - roundOf.get(repeated.servers.backlogNumber)!;
        const period = new Array<Batch[]>(rounds).fill(round).flat();
        const cycles = period.reduce((sum, batch) => sum + batch.pause, 0);
        const taken = period.map((batch) => {
          repeated.book([batch]);
          return repeated.servers.course;
        });
        single.book(period);
        if (single.servers.lastLeave - shape.drainLatencyCycles > single.now + period[0]!.pause) backToBack++;
        runs++;

        // Entries beyond the count are of no interest.
        repeated.servers.repeat(Int32Array.from([...taken, 0, 1]), taken.length, times, cycles);
        repeated.now += times * cycles;
        for (let time = 0; time < times; time++) single.book(period);

        expect(repeated.servers.backlogNumber).toBe(single.servers.backlogNumber);
        expect(repeated.servers.lastLeave).toBe(single.servers.lastLeave);
        expect(repeated.book(after)).toEqual(single.book(after));
        expect(numbersOf(repeated.servers)).toEqual(numbersOf(single.servers));
      }),
      { seed: SEED, numRuns: 400 },
    );
    // The backlog of one period reaches into the next.
    expect(backToBack).toBeGreaterThan(runs / 10);
  });

  it('a single ADC of 3 cycles, asked for 2 conversions every 6 cycles, a million times: no wait but that of the second', () => {
    const servers = new BookedServers(
      new ServiceCourses({ servers: 1, serviceCycles: 3, drainLanes: 1, drainLatencyCycles: 2 }),
    );
    // Asks at 6, 12, ...: the first is served at once, the second after 3 cycles; the group is never free from 6 on.
    for (const ask of [6, 12]) expect(servers.book(ask, 2)).toBe(ask + 6);
    const backlog = servers.backlogNumber;
    servers.book(18, 2);
    expect(servers.backlogNumber).toBe(backlog);
    servers.repeat(Int32Array.of(servers.course), 1, 1e6 - 3, 6);
    const { waits, serve, lastLeave, drain, groupServe } = numbersOf(servers);
    expect([waits.count, waits.sum, waits.p50, waits.max]).toEqual([2e6, 3e6, 0, 3]);
    expect([serve, groupServe, drain, lastLeave]).toEqual([[6e6], 6e6, 2e6, 6 + 6e6 + 2]);
  });
});

describe('continuing from another group', () => {
  const anyTwoParts = fc.record({
    shape: anyShape,
    first: fc.array(anyBatch, { maxLength: 12 }),
    second: fc.array(anyBatch, { minLength: 1, maxLength: 12 }),
    other: fc.array(anyBatch, { maxLength: 5 }),
  });

  /** A group goes on as the one that it has taken over from, and each counts what it has booked. */
  function checkTakeOver(
    { first, second, other }: Readonly<Record<'first' | 'second' | 'other', readonly Batch[]>>,
    courses: ServiceCourses,
  ): boolean {
    const whole = new Booker(new BookedServers(courses));
    const start = new Booker(new BookedServers(courses));
    const rest = new Booker(new BookedServers(courses));
    // It has been somewhere else before, and counted that.
    rest.book(other);
    const otherItems = other.reduce((sum, { items }) => sum + items, 0);

    const ends = [...whole.book(first), ...whole.book(second)];
    const startEnds = start.book(first);
    rest.servers.continueFrom(start.servers);
    rest.now = start.now;
    const offTheTable = rest.servers.backlogNumber === OFF_THE_TABLE;
    expect(rest.servers.lastLeave).toBe(start.servers.lastLeave);
    expect([...startEnds, ...rest.book(second)]).toEqual(ends);
    // The other one stands where it stood.
    expect(start.servers.lastLeave <= rest.servers.lastLeave).toBe(true);
    const kept = new Booker(new BookedServers(courses));
    kept.book(first);
    start.now = kept.now;
    expect(start.book(second)).toEqual(kept.book(second));

    const counted = numbersOf(rest.servers);
    const expected = numbersOf(whole.servers);
    expect(counted.lastLeave).toBe(expected.lastLeave);
    expect(counted.items).toBe(otherItems + second.reduce((sum, { items }) => sum + items, 0));
    return offTheTable;
  }

  it('goes on as the other would have', () => {
    fc.assert(
      fc.property(anyTwoParts, (parts) => {
        checkTakeOver(parts, new ServiceCourses(parts.shape));
      }),
      { seed: SEED, numRuns: 300 },
    );
  });

  it('also where the table of courses is full', () => {
    let offTheTable = 0;
    for (const shape of fc.sample(anyShape, { seed: SEED, numRuns: 2 })) {
      const courses = new ServiceCourses(shape);
      for (let backlog = NO_BACKLOG, full = false; !full; backlog++) {
        for (let elapsed = 0; elapsed < 40 && !full; elapsed++) {
          for (let items = 1; items <= 9 && !full; items++) full = courses.find(backlog, elapsed, items) < 0;
        }
      }
      fc.assert(
        fc.property(anyTwoParts, (parts) => {
          if (checkTakeOver(parts, courses)) offTheTable++;
        }),
        { seed: SEED, numRuns: 60 },
      );
    }
    expect(offTheTable).toBeGreaterThan(20);
  });
});
