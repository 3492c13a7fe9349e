import { describe, expect, it } from 'vitest';
import { PoolCourse } from '../../components/pool-course.js';
import { ServiceCourses } from '../../sim/resources/service-courses.js';

/**
 * Pools whose course is known by hand, a million operations of each crossbar: times, stalls and waits in closed form, and how
 * much was repeated rather than simulated. The simulated part must be small: a million operations one by one take seconds.
 */

const N = 1e6;
/** Far more than any of the pools here needs to be back in a state. */
const MOST_SIMULATED = 1000;
/** From a code's acceptance to its leaving. */
const LATENCY = 2;

interface Pool {
  crossbars: number;
  bitlines: number;
  adcs: number;
  conversionCycles: number;
  readCycles: number;
  banks: number;
  decodeCycles: number;
}

/** One window, there from cycle 0 on, gives every crossbar N operations in one plane. */
function run(pool: Pool) {
  const courses = new ServiceCourses({
    servers: pool.adcs,
    serviceCycles: pool.conversionCycles,
    drainLanes: pool.adcs,
    drainLatencyCycles: LATENCY,
  });
  const windows = {
    count: 1,
    slots: 1,
    planes: 1,
    operations: Int32Array.of(N),
    slotStride: 1,
    planeStride: 1,
    clock: { scan: () => {}, readyAt: () => 0, lastReadyAt: () => 0 },
    loadedAt: Float64Array.of(0),
  };
  const crossbar = { patterns: [0], bitlines: [pool.bitlines] };
  const segments = new Array<typeof crossbar>(pool.crossbars).fill(crossbar);
  const course = new PoolCourse(pool, windows, segments, courses, false, null);
  course.settle(0);
  course.load(null);
  course.finish();
  course.servers.close();
  const { waits, items, groupServe } = course.servers.statistics;
  return {
    lastReadEnd: Array.from(course.states.lastReadEnd),
    stallAdc: Array.from(course.states.stallAdc),
    stallIndex: Array.from(course.states.stallIndex),
    operations: Array.from(course.states.operations),
    end: course.endOf(0),
    leave: course.leaveOf(0),
    waits: { count: waits.count, sum: waits.sum, max: waits.statistics().max },
    items,
    groupServe,
    simulated: pool.crossbars * N - course.skippedOperations,
    skippedCycles: course.skippedCycles,
    skippedOperations: course.skippedOperations,
  };
}

/** Sum of 0 .. n - 1. */
const triangle = (n: number) => (n * (n - 1)) / 2;
const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
const each = (pool: Pool, valueAt: (i: number) => number) =>
  Array.from({ length: pool.crossbars }, (_, i) => valueAt(i));

describe('one ADC is the bottleneck', () => {
  // G crossbars, b bitlines, c cycles a conversion, R a read, B banks; c b >= R and c b >= (B - 1) R. Operation j of crossbar i
  // is the (G j + i)-th that the ADC takes, without a pause from R on: it begins at R + (G j + i) b c and is released b c
  // later. For the first B the reads follow each other; from then on a read starts with the release of operation j - B:
  //   ask(i, j) = (j + 1) R                         for j < B
  //             = 2 R + (G (j - B) + i + 1) b c     for j >= B
  // so that its first sample waits (G j + i) b c - j R, and then (G B - 1) b c - R; the next ones c longer each.
  it.each([
    { crossbars: 2, bitlines: 1, conversionCycles: 1, readCycles: 1, banks: 1 },
    { crossbars: 2, bitlines: 8, conversionCycles: 3, readCycles: 13, banks: 1 },
    { crossbars: 2, bitlines: 8, conversionCycles: 3, readCycles: 24, banks: 2 },
    { crossbars: 3, bitlines: 5, conversionCycles: 7, readCycles: 12, banks: 3 },
    { crossbars: 8, bitlines: 9, conversionCycles: 1, readCycles: 3, banks: 4 },
    { crossbars: 1, bitlines: 4, conversionCycles: 2, readCycles: 8, banks: 2 },
    { crossbars: 12, bitlines: 16, conversionCycles: 7, readCycles: 15, banks: 4 },
  ])(
    '$crossbars crossbars, $bitlines bitlines, $conversionCycles cycles, reads of $readCycles, $banks banks',
    (row) => {
      const pool = { ...row, adcs: 1, decodeCycles: 0 };
      const { crossbars: G, bitlines: b, conversionCycles: c, readCycles: R, banks: B } = row;
      expect(b * c).toBeGreaterThanOrEqual(Math.max(1, B - 1) * R);
      const found = run(pool);

      const lastReadEnd = each(pool, (i) => 2 * R + (G * (N - 1 - B) + i + 1) * b * c);
      const leave = R + G * N * b * c + LATENCY;
      const firstWaits = each(pool, (i) => {
        const filling = Array.from({ length: B }, (_, j) => (G * j + i) * b * c - j * R);
        return sum(filling) + (N - B) * ((G * B - 1) * b * c - R);
      });
      expect(found).toMatchObject({
        lastReadEnd,
        stallAdc: lastReadEnd.map((end) => end - N * R),
        stallIndex: each(pool, () => 0),
        operations: each(pool, () => N),
        end: lastReadEnd[G - 1],
        leave,
        items: G * N * b,
        groupServe: G * N * b * c,
      });
      expect(found.waits.count).toBe(G * N * b);
      expect(found.waits.sum).toBe(b * sum(firstWaits) + G * N * c * triangle(b));
      expect(found.simulated).toBeLessThan(MOST_SIMULATED);
      // G operations in every period of G b c cycles.
      expect(found.skippedCycles).toBe((found.skippedOperations / G) * (G * b * c));
    },
  );
});

describe('reading is the bottleneck', () => {
  // Two banks, and all conversions of a round end within the next read: all crossbars read without a pause, and the G b
  // samples of a round ask together at (j + 1) R; sample k waits for floor(k / A) conversions.
  it.each([
    { crossbars: 2, bitlines: 3, adcs: 1, conversionCycles: 2, readCycles: 12 },
    { crossbars: 4, bitlines: 8, adcs: 3, conversionCycles: 1, readCycles: 15 },
    { crossbars: 8, bitlines: 9, adcs: 9, conversionCycles: 1, readCycles: 8 },
    { crossbars: 1, bitlines: 5, adcs: 2, conversionCycles: 3, readCycles: 10 },
  ])(
    '$crossbars crossbars, $bitlines bitlines, $adcs ADCs of $conversionCycles cycles, reads of $readCycles',
    (row) => {
      const pool = { ...row, banks: 2, decodeCycles: 0 };
      const { crossbars: G, bitlines: b, adcs: A, conversionCycles: c, readCycles: R } = row;
      const round = Math.ceil((G * b) / A) * c;
      expect(round).toBeLessThanOrEqual(R);
      const found = run(pool);
      expect(found).toMatchObject({
        lastReadEnd: each(pool, () => N * R),
        stallAdc: each(pool, () => 0),
        end: N * R,
        leave: N * R + round + LATENCY,
        items: G * N * b,
        groupServe: N * round,
      });
      const waits = Array.from({ length: G * b }, (_, k) => Math.floor(k / A) * c);
      expect(found.waits).toEqual({ count: N * G * b, sum: N * sum(waits), max: waits.at(-1) });
      expect(found.simulated).toBeLessThan(MOST_SIMULATED);
      expect(found.skippedCycles).toBe((found.skippedOperations / G) * R);
    },
  );
});

describe('the index decoder is the bottleneck', () => {
  // D > R + G b c: a read starts D cycles after the one before, the first at D, when everything else has long been done.
  it.each([
    { crossbars: 1, bitlines: 4, conversionCycles: 2, readCycles: 3, decodeCycles: 12 },
    { crossbars: 3, bitlines: 2, conversionCycles: 1, readCycles: 5, decodeCycles: 20 },
  ])('$crossbars crossbars, an operation decoded in $decodeCycles cycles', (row) => {
    const pool = { ...row, adcs: 1, banks: 1 };
    const { crossbars: G, bitlines: b, conversionCycles: c, readCycles: R, decodeCycles: D } = row;
    expect(D).toBeGreaterThan(R + G * b * c);
    const found = run(pool);
    expect(found).toMatchObject({
      lastReadEnd: each(pool, () => N * D + R),
      stallAdc: each(pool, () => 0),
      stallIndex: each(pool, () => N * (D - R) + R),
      leave: N * D + R + G * b * c + LATENCY,
    });
    expect(found.waits).toEqual({ count: N * G * b, sum: N * c * triangle(G * b), max: (G * b - 1) * c });
    expect(found.simulated).toBeLessThan(MOST_SIMULATED);
    expect(found.skippedCycles).toBe((found.skippedOperations / G) * D);
  });
});
