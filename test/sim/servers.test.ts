import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Actor, Kernel } from '../../sim/kernel.js';
import { BookedServers } from '../../sim/resources/booked-servers.js';
import { type Requester, SampledServers } from '../../sim/resources/sampled-servers.js';
import type { ServerGroupShape, ServerStatistics } from '../../sim/resources/server-statistics.js';
import { NO_BACKLOG, ServiceCourses } from '../../sim/resources/service-courses.js';
import type { TraceSink } from '../../sim/trace/trace.js';
import { RecordingTrace } from './recording-trace.js';

const SEED = 20261121;

/** A batch of items for which a requester asks at a cycle. */
interface Ask {
  readonly cycle: number;
  readonly requester: number;
  readonly items: number;
}

interface Run {
  readonly statistics: ServerStatistics;
  readonly lastLeave: number;
  /** End of the last service of each batch, in the order (cycle, requester). */
  readonly batchEnds: number[];
}

interface SampledRun extends Run {
  readonly servers: SampledServers;
  /** End of each item's service, per batch. */
  readonly itemEnds: number[][];
  /** When each item leaves the drain, as its acceptance says, per batch. */
  readonly itemLeaves: number[][];
}

const PHASES = { settle: 0, accept: 1, arbitrate: 2 };
const NAMES = {
  group: 'Pool',
  server: (index: number) => `Pool.Server[${index}]`,
  drain: 'Pool.Drain',
  serve: 'serve',
  blocked: 'blocked',
};

/** Asks sorted as the queue takes them. */
function inOrder(asks: readonly Ask[]): Ask[] {
  return [...asks].sort((a, b) => a.cycle - b.cycle || a.requester - b.requester);
}

function sampledServers(kernel: Kernel, shape: ServerGroupShape, asks: readonly Ask[], trace: TraceSink | null = null) {
  const itemEnds: number[][] = asks.map(() => []);
  const itemLeaves: number[][] = asks.map(() => []);
  const requester: Requester = {
    served: (tag) => itemEnds[tag]!.push(kernel.now),
    accepted: (tag, leaves) => itemLeaves[tag]!.push(leaves),
  };
  const requesters = new Array<Requester>(1 + Math.max(0, ...asks.map((ask) => ask.requester))).fill(requester);
  const servers = new SampledServers(kernel, shape, PHASES, NAMES, requesters, trace);
  const asker: Actor = {
    path: 'Asker',
    on: (_kind, number) => servers.ask(asks[number]!.requester, number, asks[number]!.items),
  };
  asks.forEach(({ cycle }, number) => {
    kernel.post(cycle, asker, 0, number, PHASES.settle);
  });
  return { servers, itemEnds, itemLeaves };
}

function runSampled(
  shape: ServerGroupShape,
  unordered: readonly Ask[],
  options: { shuffleSeed?: number; trace?: TraceSink } = {},
): SampledRun {
  const kernel = new Kernel({ phases: ['settle', 'accept', 'arbitrate'], shuffleSeed: options.shuffleSeed });
  const asks = inOrder(unordered);
  const { servers, itemEnds, itemLeaves } = sampledServers(kernel, shape, asks, options.trace ?? null);
  kernel.run();
  servers.close(kernel.now);
  const { statistics, lastLeave } = servers;
  const batchEnds = itemEnds.map((ends) => Math.max(...ends));
  return { servers, statistics, lastLeave, itemEnds, itemLeaves, batchEnds };
}

function runBooked(shape: ServerGroupShape, asks: readonly Ask[], courses = new ServiceCourses(shape)): Run {
  const servers = new BookedServers(courses);
  const batchEnds = inOrder(asks).map(({ cycle, items }) => servers.book(cycle, items));
  servers.close();
  return { statistics: servers.statistics, lastLeave: servers.lastLeave, batchEnds };
}

/** The same numbers of every run, to compare. */
function numbersOf({ statistics, lastLeave, batchEnds }: Run) {
  const { waits, serve, blocked, groupServe, groupBlocked, drain, items } = statistics;
  return {
    lastLeave,
    batchEnds,
    waits: { ...waits.statistics(), sum: waits.sum },
    serve: Array.from(serve),
    blocked: Array.from(blocked),
    groupServe,
    groupBlocked,
    drain,
    items,
  };
}

/** A server group on plain arrays, looked at in every cycle: what ends at t is settled before what starts at t. */
function runNaively(shape: ServerGroupShape, asks: readonly Ask[]): ReturnType<typeof numbersOf> {
  const arriving = inOrder(asks).flatMap((ask, batch) =>
    new Array<{ batch: number; asked: number }>(ask.items).fill({ batch, asked: ask.cycle }),
  );
  const total = arriving.length;
  const queue: { batch: number; asked: number }[] = [];
  const servers = Array.from({ length: shape.servers }, (_, number) => ({
    number,
    item: null as { batch: number; asked: number } | null,
    end: 0,
    serve: 0,
    blocked: 0,
  }));
  const waits: number[] = [];
  const batchEnds: number[] = [];
  const counts = { groupServe: 0, groupBlocked: 0, drain: 0 };
  let lastLeave = 0;
  let accepted = 0;
  for (let t = 0; accepted < total; t++) {
    // The drain accepts the finished items in the order (end of service, server), as many as it has lanes.
    const finished = servers.filter(({ item, end }) => item !== null && end <= t);
    for (const { item, end } of finished) if (end === t) batchEnds[item!.batch] = t;
    const leaving = finished.sort((a, b) => a.end - b.end || a.number - b.number).slice(0, shape.drainLanes);
    for (const server of leaving) server.item = null;
    if (leaving.length > 0) {
      counts.drain++;
      accepted += leaving.length;
      lastLeave = t + shape.drainLatencyCycles;
    }
    // First asked, first served, on the lowest-numbered free server.
    while (arriving[0]?.asked === t) queue.push(arriving.shift()!);
    for (const server of servers) {
      if (server.item !== null || queue.length === 0) continue;
      server.item = queue.shift()!;
      server.end = t + shape.serviceCycles;
      waits.push(t - server.item.asked);
    }
    for (const server of servers) {
      if (server.item !== null) server[server.end > t ? 'serve' : 'blocked']++;
    }
    if (servers.some(({ item, end }) => item !== null && end > t)) counts.groupServe++;
    else if (servers.some(({ item }) => item !== null)) counts.groupBlocked++;
  }
  const sorted = waits.sort((a, b) => a - b);
  const sum = waits.reduce((before, wait) => before + wait, 0);
  const nearestRank = (percent: number) => sorted[Math.ceil((percent * total) / 100) - 1]!;
  return {
    lastLeave,
    batchEnds,
    waits: {
      count: total,
      mean: sum / total,
      p50: nearestRank(50),
      p95: nearestRank(95),
      p99: nearestRank(99),
      max: sorted[total - 1]!,
      sum,
    },
    serve: servers.map(({ serve }) => serve),
    blocked: servers.map(({ blocked }) => blocked),
    ...counts,
    items: total,
  };
}

const anyShape: fc.Arbitrary<ServerGroupShape> = fc.record({
  servers: fc.integer({ min: 1, max: 6 }),
  serviceCycles: fc.integer({ min: 1, max: 6 }),
  drainLanes: fc.integer({ min: 1, max: 4 }),
  drainLatencyCycles: fc.integer({ min: 0, max: 3 }),
});

/** Several requesters in a cycle, each once; after short gaps, and after long ones that leave every server free. */
const anyAsks: fc.Arbitrary<Ask[]> = fc
  .array(
    fc.record({
      gap: fc.oneof({ weight: 3, arbitrary: fc.integer({ min: 1, max: 8 }) }, fc.integer({ min: 9, max: 60 })),
      batches: fc.uniqueArray(
        fc.record({ requester: fc.integer({ min: 0, max: 4 }), items: fc.integer({ min: 1, max: 9 }) }),
        { minLength: 1, maxLength: 4, selector: ({ requester }) => requester },
      ),
    }),
    { minLength: 1, maxLength: 15 },
  )
  .map((bursts) => {
    let cycle = -1;
    return bursts.flatMap(({ gap, batches }) => {
      cycle += gap;
      return batches.map((batch) => ({ ...batch, cycle }));
    });
  });

const check = (predicate: (shape: ServerGroupShape, asks: Ask[]) => void, numRuns: number) =>
  fc.assert(fc.property(anyShape, anyAsks, predicate), { seed: SEED, numRuns });

/** Both kinds of servers must give the same, so a hand-derived number is asserted on both. */
const both = (shape: ServerGroupShape, asks: readonly Ask[]) => {
  const booked = numbersOf(runBooked(shape, asks));
  expect(numbersOf(runSampled(shape, asks))).toEqual(booked);
  return booked;
};

describe('server groups', () => {
  it('booked and sampled equal a group that is stepped cycle by cycle: waits, ledgers, ends, last leave', () => {
    check((shape, asks) => {
      const expected = runNaively(shape, asks);
      expect(numbersOf(runSampled(shape, asks))).toEqual(expected);
      expect(numbersOf(runBooked(shape, asks))).toEqual(expected);
    }, 500);
  });

  it('booked groups that share a table of courses do not disturb each other', () => {
    const several = fc.array(anyAsks, { minLength: 2, maxLength: 6 });
    fc.assert(
      fc.property(anyShape, several, (shape, runs) => {
        const courses = new ServiceCourses(shape);
        for (const asks of runs) {
          expect(numbersOf(runBooked(shape, asks, courses))).toEqual(runNaively(shape, asks));
        }
      }),
      { seed: SEED, numRuns: 100 },
    );
  });

  it('booked works batches out one by one when the table of courses is full, also with a backlog from the table', () => {
    for (const shape of fc.sample(anyShape, { seed: SEED, numRuns: 4 })) {
      const courses = new ServiceCourses(shape);
      // Backlogs are numbered as they are met; every backlog left at once (elapsed 0) is a new one. A course that is asked
      // for the first time gets the next number.
      const keys: [backlog: number, elapsed: number, items: number][] = [];
      for (let backlog = NO_BACKLOG, full = false; !full; backlog++) {
        for (let elapsed = 0; elapsed < 40 && !full; elapsed++) {
          for (let items = 1; items <= 9 && !full; items++) {
            const course = courses.find(backlog, elapsed, items);
            full = course < 0;
            if (!full) keys.push([backlog, elapsed, items]);
            if (!full && course !== keys.length - 1)
              throw new Error(`${keys.at(-1)} is confused with course ${course}`);
          }
        }
      }
      const misplaced = keys.filter((key, course) => courses.find(...key) !== course);
      expect(misplaced).toEqual([]);
      fc.assert(
        fc.property(anyAsks, (asks) => {
          expect(numbersOf(runBooked(shape, asks, courses))).toEqual(runNaively(shape, asks));
        }),
        { seed: SEED, numRuns: 60 },
      );
    }
  });

  it('booked tells courses apart whose keys have the same hash', () => {
    // The hash takes pauses modulo 2^32. Services of 10^10 cycles leave a backlog for pauses that long: the second batch
    // asks 1 cycle, or 1 + 2^32, after the first, and waits that much less.
    const service = 1e10;
    const courses = new ServiceCourses({ servers: 1, serviceCycles: service, drainLanes: 1, drainLatencyCycles: 0 });
    const backlog = courses.next[courses.find(NO_BACKLOG, 0, 1)]!;
    const ends = [1, 1 + 2 ** 32].map((pause) => courses.lastEnd[courses.find(backlog, pause, 1)]! + pause);
    expect(ends).toEqual([2 * service, 2 * service]);
  });

  it('sampled does not depend on the order of events within a phase', () => {
    check((shape, asks) => {
      const expected = numbersOf(runSampled(shape, asks));
      for (const shuffleSeed of [1, 2, 3]) {
        expect(numbersOf(runSampled(shape, asks, { shuffleSeed }))).toEqual(expected);
      }
    }, 150);
  });

  it('are first come first served: no service of a batch ends after one of a later batch', () => {
    check((shape, asks) => {
      const { itemEnds } = runSampled(shape, asks);
      expect(itemEnds.map((ends) => ends.length)).toEqual(inOrder(asks).map(({ items }) => items));
      const ends = itemEnds.map((batch) => [...batch].sort((a, b) => a - b));
      const inTheOrderOfAsks = ends.flat();
      expect(inTheOrderOfAsks).toEqual([...inTheOrderOfAsks].sort((a, b) => a - b));
    }, 300);
  });

  it('tell a requester when each item leaves: the latency after its acceptance, accept(k) = max(end(k), accept(k - lanes) + 1)', () => {
    check((shape, asks) => {
      const { itemEnds, itemLeaves, lastLeave } = runSampled(shape, asks);
      const accepted: number[] = [];
      for (const end of itemEnds.flat()) {
        accepted.push(Math.max(end, (accepted[accepted.length - shape.drainLanes] ?? -1) + 1));
      }
      expect(itemLeaves.flat()).toEqual(accepted.map((accept) => accept + shape.drainLatencyCycles));
      expect(Math.max(...itemLeaves.flat())).toBe(lastLeave);
    }, 300);
  });

  it('conserve work: while something waits, no server is idle', () => {
    check((shape, asks) => {
      const trace = new RecordingTrace();
      const { lastLeave } = runSampled(shape, asks, { trace });
      // Servers in use, and items that wait, in each cycle.
      const inUse = new Array<number>(lastLeave + 1).fill(0);
      for (let server = 0; server < shape.servers; server++) {
        for (const { start, end } of trace.spansOf(NAMES.server(server))) {
          for (let t = start; t < end; t++) inUse[t]!++;
        }
      }
      const idleWhileOneWaits = trace.counts.flatMap(({ at, value }, place) => {
        const until = value > 0 ? (trace.counts[place + 1]?.at ?? lastLeave) : at;
        return inUse.slice(at, until).filter((servers) => servers < shape.servers);
      });
      expect(idleWhileOneWaits).toEqual([]);
    }, 300);
  });

  it("obey Little's law, measured: the queue's integral over time is the sum of the waits", () => {
    check((shape, asks) => {
      const trace = new RecordingTrace();
      const { statistics } = runSampled(shape, asks, { trace });
      expect(trace.integralOf(NAMES.group, 'queue')).toBe(statistics.waits.sum);
    }, 300);
  });

  it('report to a trace what their ledgers say, and are not changed by it', () => {
    check((shape, asks) => {
      const trace = new RecordingTrace();
      const traced = runSampled(shape, asks, { trace });
      expect(numbersOf(traced)).toEqual(numbersOf(runSampled(shape, asks)));
      traced.statistics.serve.forEach((serve, server) => {
        const cycles = trace.cyclesOf(NAMES.server(server));
        expect([cycles['serve'] ?? 0, cycles['blocked'] ?? 0]).toEqual([serve, traced.statistics.blocked[server]]);
      });
    }, 150);
  });
});

describe('back-pressure', () => {
  it('a server keeps its item until the drain accepts it', () => {
    // Two servers of 1 cycle, one lane, latency 2; four items ask at 5.
    //   item 0: server 0, 5-6, accepted 6, leaves 8
    //   item 1: server 1, 5-6, blocked 6-7, accepted 7
    //   item 2: server 0, 6-7, blocked 7-8, accepted 8
    //   item 3: server 1, 7-8, blocked 8-9, accepted 9, leaves 11
    const shape = { servers: 2, serviceCycles: 1, drainLanes: 1, drainLatencyCycles: 2 };
    expect(both(shape, [{ cycle: 5, requester: 0, items: 4 }])).toEqual({
      lastLeave: 11,
      batchEnds: [8],
      waits: { count: 4, mean: 3 / 4, p50: 0, p95: 2, p99: 2, max: 2, sum: 3 },
      serve: [2, 2],
      blocked: [1, 2],
      // At least one serves in 5-8; in 8-9 none does, and server 1 is blocked.
      groupServe: 3,
      groupBlocked: 1,
      drain: 4,
      items: 4,
    });
  });

  it('the backlog of the drain reaches the next batch', () => {
    // As above, and one item more asks at 8. Server 0 is free then, and its code finds the lane taken until 10.
    //   item 4: server 0, 8-9, blocked 9-10 (item 3 is accepted at 9), accepted 10, leaves 12
    const shape = { servers: 2, serviceCycles: 1, drainLanes: 1, drainLatencyCycles: 2 };
    const asks = [
      { cycle: 5, requester: 0, items: 4 },
      { cycle: 8, requester: 1, items: 1 },
    ];
    const { lastLeave, batchEnds, serve, blocked, drain } = both(shape, asks);
    expect({ lastLeave, batchEnds, serve, blocked, drain }).toEqual({
      lastLeave: 12,
      batchEnds: [8, 9],
      serve: [3, 2],
      blocked: [2, 2],
      drain: 5,
    });
  });

  it('a drain that is the bottleneck accepts its lanes in every cycle: accept(k) = service + floor(k / lanes)', () => {
    // True where the servers outrun the drain: service <= floor(servers / lanes). Item k then finds its server, which
    // item k - servers left at service + floor((k - servers) / lanes), in time.
    for (let drainLanes = 1; drainLanes <= 3; drainLanes++) {
      for (let serviceCycles = 1; serviceCycles <= 3; serviceCycles++) {
        const shape = { servers: serviceCycles * drainLanes, serviceCycles, drainLanes, drainLatencyCycles: 4 };
        for (const items of [1, 2, 7, 30]) {
          const accept = (k: number) => serviceCycles + Math.floor(k / drainLanes);
          const { lastLeave, drain, serve, blocked } = both(shape, [{ cycle: 10, requester: 0, items }]);
          expect(lastLeave).toBe(10 + accept(items - 1) + 4);
          expect(drain).toBe(Math.ceil(items / drainLanes));
          // Each server is taken from its item's begin to its acceptance; begin(k) = accept(k - servers).
          const occupied = [...serve, ...blocked].reduce((sum, cycles) => sum + cycles, 0);
          let expected = 0;
          for (let k = 0; k < items; k++) expected += accept(k) - (k < shape.servers ? 0 : accept(k - shape.servers));
          expect(occupied).toBe(expected);
        }
      }
    }
  });
});

describe('D/D/c: deterministic arrivals and service', () => {
  const arrivals = (count: number, every: number, items = 1): Ask[] =>
    Array.from({ length: count }, (_, k) => ({ cycle: k * every, requester: k % 3, items }));

  /** Enough lanes for the drain never to matter. */
  const shapeOf = (servers: number, serviceCycles: number): ServerGroupShape => ({
    servers,
    serviceCycles,
    drainLanes: servers,
    drainLatencyCycles: 0,
  });

  it('nothing waits as long as the utilisation is at most 1', () => {
    for (let servers = 1; servers <= 4; servers++) {
      for (let every = 1; every <= 5; every++) {
        // service = every x servers is a utilisation of exactly 1.
        for (const service of [1, every * servers - 1, every * servers].filter((cycles) => cycles > 0)) {
          const { waits, batchEnds } = both(shapeOf(servers, service), arrivals(40, every));
          expect(waits).toEqual({ count: 40, mean: 0, p50: 0, p95: 0, p99: 0, max: 0, sum: 0 });
          expect(batchEnds).toEqual(Array.from({ length: 40 }, (_, k) => k * every + service));
        }
      }
    }
  });

  it('above it the waits grow: item k = q x servers + r waits q x (service - servers x every)', () => {
    // Item k asks at k x every and follows item k - servers on its server, so it begins at r x every + q x service.
    for (let servers = 1; servers <= 4; servers++) {
      for (let every = 1; every <= 4; every++) {
        for (const excess of [1, 3]) {
          const service = every * servers + excess;
          const { waits, lastLeave } = both(shapeOf(servers, service), arrivals(50, every));
          const expected = Array.from({ length: 50 }, (_, k) => Math.floor(k / servers) * excess);
          expect(waits.sum).toBe(expected.reduce((sum, wait) => sum + wait, 0));
          expect(waits.max).toBe(expected[49]);
          // The median of 50 ascending waits is the 25th.
          expect(waits.p50).toBe(expected[24]);
          expect(lastLeave).toBe(49 * every + expected[49]! + service);
        }
      }
    }
  });

  it('a saturated single server with batches: item i of batch n waits n (b s - t) + i s', () => {
    // Batches of b items every t cycles, service s with b s >= t: batch n begins at n b s, its item i i services later.
    // The sum over N batches: (b s - t) b N (N - 1) / 2 + N s b (b - 1) / 2.
    for (const { every, service, items } of [
      { every: 6, service: 2, items: 3 },
      { every: 5, service: 2, items: 4 },
      { every: 1, service: 7, items: 1 },
      { every: 10, service: 3, items: 5 },
    ]) {
      const batches = 20;
      const { waits, serve, groupServe } = both(shapeOf(1, service), arrivals(batches, every, items));
      const grow = (items * service - every) * items * ((batches * (batches - 1)) / 2);
      expect(waits.sum).toBe(grow + batches * service * ((items * (items - 1)) / 2));
      expect(waits.max).toBe((batches - 1) * (items * service - every) + (items - 1) * service);
      expect(serve).toEqual([batches * items * service]);
      expect(groupServe).toBe(batches * items * service);
    }
  });

  it('service times beyond the reach of the timing wheel change nothing', () => {
    // 3 items on 2 servers of 5 000 cycles: 7-5007, 7-5007, 5007-10007; one lane, latency 3 000.
    const shape = { servers: 2, serviceCycles: 5000, drainLanes: 1, drainLatencyCycles: 3000 };
    const { lastLeave, waits, serve, blocked } = both(shape, [{ cycle: 7, requester: 0, items: 3 }]);
    expect(lastLeave).toBe(13_007);
    expect(waits.sum).toBe(5000);
    expect(serve).toEqual([10_000, 5000]);
    expect(blocked).toEqual([0, 1]);
  });
});

describe('sampled servers that are not done', () => {
  const shape = { servers: 1, serviceCycles: 4, drainLanes: 1, drainLatencyCycles: 2 };
  const asks = [{ cycle: 3, requester: 2, items: 3 }];
  const stoppedAt = (cycle: number) => {
    const kernel = new Kernel({ phases: ['settle', 'accept', 'arbitrate'] });
    const { servers } = sampledServers(kernel, shape, asks);
    kernel.run(cycle);
    return servers;
  };

  it('say who waits for them', () => {
    // 3-7, 7-11, 11-15: two wait from 3 on, one from 7 on, none from 11 on.
    expect(stoppedAt(2).outstanding()).toEqual([]);
    expect(stoppedAt(3).outstanding()).toEqual(['requester 2 waits since cycle 3 for 2 services of Pool']);
    expect(stoppedAt(7).outstanding()).toEqual(['requester 2 waits since cycle 3 for 1 services of Pool']);
    expect(stoppedAt(11).outstanding()).toEqual([]);
  });

  it('cannot be closed', () => {
    // The last item is accepted at 15 and leaves at 17.
    expect(() => stoppedAt(7).close(7)).toThrow(/Pool/);
    expect(() => stoppedAt(16).close(16)).toThrow(/Pool/);
    expect(() => stoppedAt(17).close(17)).not.toThrow();
  });
});
