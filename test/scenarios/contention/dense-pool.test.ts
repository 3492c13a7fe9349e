import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  adcsNeeded,
  adcsThatSuffice,
  type DensePool,
  denseCourse,
  leastDenseCycles,
} from '../../../scenarios/contention/dense-pool.js';
import { runScenario } from '../../../scenarios/run/run-scenario.js';
import { resolveScenario } from '../../../scenarios/scenario.js';
import type { Result } from '../../../sim/results/result.js';

const WORDLINES = 4;
const SEED = 20261121;

interface Case extends DensePool {
  readonly pools: number;
  readonly windows: number;
  readonly groups: number;
  readonly batches: number;
  readonly planes: number;
}

const cases: fc.Arbitrary<Case> = fc
  .record({
    crossbars: fc.integer({ min: 1, max: 5 }),
    bitlines: fc.integer({ min: 1, max: 8 }),
    adcs: fc.integer({ min: 1, max: 20 }),
    readCycles: fc.integer({ min: 1, max: 20 }),
    conversionCycles: fc.integer({ min: 1, max: 9 }),
    banks: fc.integer({ min: 1, max: 3 }),
    latencyCycles: fc.integer({ min: 0, max: 3 }),
    pools: fc.integer({ min: 1, max: 2 }),
    windows: fc.integer({ min: 1, max: 3 }),
    groups: fc.integer({ min: 1, max: 3 }),
    batches: fc.integer({ min: 1, max: 3 }),
    planes: fc.integer({ min: 1, max: 3 }),
  })
  .map((c) => ({ ...c, operations: c.windows * c.groups * c.batches * c.planes }));

/** The pools of the case, all alike, on a simulated PE: weights of one bit, so that a bitline is an output. */
function simulated(c: Case): Result {
  const rows = c.crossbars * c.pools * WORDLINES;
  const outputs = c.groups * c.bitlines;
  const raw = {
    scope: 'pe',
    machine: {
      rootClock: '1 GHz',
      pe: { crossbars: c.crossbars * c.pools },
      crossbar: { wordlines: WORDLINES, bitlines: outputs, readCycles: c.readCycles },
      // 1, 2 or 3 batches of 4 rows; the last may be narrower.
      ou: { wordlines: { 1: 4, 2: 3, 3: 2 }[c.batches]!, bitlines: c.bitlines },
      sampleHold: { banks: c.banks },
      adc: { bits: 8, perPool: c.adcs, sharedBy: c.crossbars, conversionCycles: c.conversionCycles },
      shiftAdd: { lanes: c.adcs, latencyCycles: c.latencyCycles },
      inputRegister: { windows: 2 },
    },
    mapping: { encoding: 'twos-complement' },
    workload: {
      kind: 'matrix',
      weightBits: 1,
      inputBits: c.planes,
      weights: Array.from({ length: rows }, () => new Array<number>(outputs).fill(-1)),
      inputs: Array.from({ length: c.windows }, () => new Array<number>(rows).fill(2 ** c.planes - 1)),
    },
  };
  return runScenario(resolveScenario(raw, { baseDir: '.' }));
}

/** 4 rows in batches of 4, 3 or 2 wordlines are 1, 2 and 2 batches. */
const batchesOf = (c: Case): number => Math.ceil(WORDLINES / { 1: 4, 2: 3, 3: 2 }[c.batches]!);
const exact = (c: Case): Case => ({ ...c, operations: c.windows * c.groups * batchesOf(c) * c.planes });

describe('a dense pool is what its closed form says', () => {
  const agree = (c: Case): void => {
    const result = simulated(c);
    const course = denseCourse(c)!;
    expect(result.counts.ouOperations).toBe(c.operations * c.crossbars * c.pools);
    expect(result.cycles).toBe(course.cycles);
    const pools = Object.values(result.resources).filter(({ wait }) => wait !== undefined);
    expect(pools).toHaveLength(c.pools);
    for (const { wait, utilisation } of pools) {
      expect(wait!.mean).toBeCloseTo(course.wait.mean, 9);
      expect([wait!.p99, wait!.max]).toEqual([course.wait.p99, course.wait.max]);
      expect(utilisation).toBeCloseTo(course.utilisation, 12);
    }
  };

  test('in lockstep', () => {
    fc.assert(
      fc.property(cases.map(exact), (c) => {
        fc.pre(c.banks >= 2 && Math.ceil((c.crossbars * c.bitlines) / c.adcs) * c.conversionCycles <= c.readCycles);
        agree(c);
      }),
      { seed: SEED, numRuns: 150 },
    );
  });

  test('in whole rounds', () => {
    // ADCs that divide the bitlines.
    const divided = fc
      .tuple(cases, fc.integer({ min: 1, max: 4 }), fc.integer({ min: 1, max: 3 }))
      .map(([c, adcs, rounds]) => exact({ ...c, adcs, bitlines: adcs * rounds }));
    fc.assert(fc.property(divided, agree), { seed: SEED, numRuns: 300 });
  });
});

test('no run is shorter than the least, which dense reads in lockstep reach or miss by the last batch only', () => {
  fc.assert(
    fc.property(cases.map(exact), (c) => {
      const { cycles } = simulated(c);
      expect(cycles).toBeGreaterThanOrEqual(leastDenseCycles(c));
      const course = denseCourse(c);
      if (course !== null) expect(leastDenseCycles(c)).toBeLessThanOrEqual(course.cycles);
    }),
    { seed: SEED, numRuns: 150 },
  );
});

test('so many ADCs suffice that crossbars never wait, and one fewer never suffices in lockstep', () => {
  fc.assert(
    fc.property(cases, (c) => {
      const enough = adcsThatSuffice(c);
      fc.pre(enough !== null);
      expect(denseCourse({ ...c, adcs: enough! })!.period).toBe(c.readCycles);
      expect(adcsNeeded(c)).toBeLessThanOrEqual(enough!);
      const fewer = enough! - 1;
      if (fewer === 0) return;
      expect(Math.ceil((c.crossbars * c.bitlines) / fewer) * c.conversionCycles).toBeGreaterThan(c.readCycles);
    }),
    { seed: SEED, numRuns: 300 },
  );
});

test('the machine of the study, by hand', () => {
  const pool = {
    crossbars: 4,
    bitlines: 8,
    operations: 100,
    readCycles: 13,
    conversionCycles: 6,
    banks: 2,
    latencyCycles: 1,
  };
  // 32 samples in every 13 cycles, of 6 cycles each: 14.8 ADCs' work; two rounds fit into a read, so that 16 suffice.
  expect([adcsNeeded(pool), adcsThatSuffice(pool)]).toEqual([15, 16]);
  // 16 of the 32 samples wait for nothing, 16 for a conversion.
  expect(denseCourse({ ...pool, adcs: 16 })).toMatchObject({
    period: 13,
    cycles: 100 * 13 + 12 + 1,
    wait: { mean: 3, p99: 6, max: 6 },
  });
  // A read takes 8 ADCs for 6 cycles; four crossbars come round every 24. Once under way, a sample waits for the seven reads
  // that its own crossbar and the three others hold before it, less the 13 cycles in which it is read.
  expect(denseCourse({ ...pool, adcs: 8 })).toMatchObject({
    period: 24,
    cycles: 13 + 100 * 24 + 1,
    wait: { p99: 7 * 6 - 13, max: 7 * 6 - 13 },
  });
  // Three ADCs do not divide eight bitlines, and eleven rounds do not fit into a read.
  expect(denseCourse({ ...pool, adcs: 3 })).toBeNull();
  // A conversion longer than a read, and a single bank, know no number without waiting.
  expect(adcsThatSuffice({ ...pool, conversionCycles: 14 })).toBeNull();
  expect(adcsThatSuffice({ ...pool, banks: 1 })).toBeNull();
});
