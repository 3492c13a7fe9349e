import { describe, expect, it } from 'vitest';
import { bottleneck } from '../../../reports/bottleneck.js';
import { limitingPool, peOf } from '../../../reports/page/limiting-pool.js';
import { longestOf, longestQueues, momentWords, poolMoment } from '../../../reports/page/longest-queue.js';
import { readRound } from '../../../reports/page/machine-cycles.js';
import { proposedTrace } from '../../../reports/page/proposed-trace.js';
import type { ChipResult } from '../../../sim/results/chip-result.js';
import type { Result } from '../../../sim/results/result.js';
import { samplePeResult, sampleResult } from '../sample-result.js';
import { SMALL_TRACE } from './hand-made.js';

const POOL = 'Chip.Tile[0].Pe[0].AdcPool[0]';
const queue = (path: string, ...changes: readonly (readonly [at: number, value: number])[]) => ({
  path,
  name: 'queue',
  changes: changes.map(([at, value]) => ({ at, value })),
});

describe('the longest queue of a trace', () => {
  it('is in the first cycle of the window in which it is so long', () => {
    expect(longestOf(queue('p', [100, 4], [110, 2], [120, 4], [130, 3]))).toEqual({ path: 'p', samples: 4, at: 100 });
    expect(longestOf(queue('p', [100, 3], [110, 2], [120, 4], [130, 4]))).toEqual({ path: 'p', samples: 4, at: 120 });
    expect(longestOf(queue('p', [100, 4], [110, 2]))).toEqual({ path: 'p', samples: 4, at: 100 });
    expect(longestOf(queue('p'))).toEqual({ path: 'p', samples: 0, at: 0 });
  });

  it('is that of the pool that limits the run, then the longest; pools without a queue are left out', () => {
    const counters = [
      queue('a', [1, 9]),
      queue('b', [1, 2]),
      queue('c', [1, 0]),
      { ...queue('d', [1, 99]), name: 'x' },
    ];
    expect(longestQueues({ ...SMALL_TRACE, counters }, 'b').map(({ path }) => path)).toEqual(['b', 'a']);
    expect(longestQueues({ ...SMALL_TRACE, counters }, null).map(({ path }) => path)).toEqual(['a', 'b']);
  });

  it('is told by what the resources of the pool do in its cycle', () => {
    const track = (parent: string, name: string, ...spans: readonly [string, number, number][]) => ({
      parent,
      name,
      spans: spans.map(([state, start, end]) => ({ name: state, start, end })),
    });
    const pe = 'Chip.Tile[0].Pe[0]';
    const tracks = [
      track(pe, 'Crossbar[0]', ['stall.adc', 0, 20], ['read', 20, 40]),
      track(pe, 'Crossbar[1]', ['read', 10, 30]),
      // Of the second pool, and of another PE.
      track(pe, 'Crossbar[2]', ['read', 0, 40]),
      track('Chip.Tile[0].Pe[1]', 'Crossbar[0]', ['read', 0, 40]),
      track(POOL, 'Adc[0]', ['convert', 0, 40]),
      track(POOL, 'Adc[1]', ['convert', 0, 19]),
      track('Chip.Tile[0].Pe[0].AdcPool[1]', 'Adc[0]', ['convert', 0, 40]),
    ];
    const words = (at: number): string =>
      momentWords({ path: POOL, samples: 3, at }, poolMoment({ ...SMALL_TRACE, tracks }, POOL, at, 2));
    expect(words(19)).toBe(
      'in cycle 19, 3 samples wait for Tile[0].Pe[0].AdcPool[0]; Crossbar[0] is in stall.adc (its samples fill the ' +
        'sample-and-hold banks); Crossbar[1] reads; Adc[0] converts; Adc[1] has no work',
    );
    // A span ends before the cycle that it ends at, another one begins with it.
    expect(words(20)).toContain('both crossbars read; ');
    expect(momentWords({ path: POOL, samples: 1, at: 5 }, { crossbars: new Map(), adcs: new Map() })).toBe(
      'in cycle 5, a sample waits for Tile[0].Pe[0].AdcPool[0]',
    );
    const many = Array.from({ length: 7 }, (_, i) => `Crossbar[${i}]`);
    const moment = {
      crossbars: new Map([
        ['stall.adc', many],
        ['read', ['Crossbar[7]']],
      ]),
      adcs: new Map(),
    };
    expect(momentWords({ path: POOL, samples: 1, at: 5 }, moment)).toContain('7 crossbars are in stall.adc');
  });
});

describe('the pool that limits a run', () => {
  const chip = (bottleneck: Partial<ChipResult['bottleneck']>): Result => {
    const result = sampleResult();
    return sampleResult({ chip: { bottleneck: { ...result.chip!.bottleneck, ...bottleneck } } });
  };

  it('is that of the bottleneck of a chip, and none where something else limits', () => {
    expect(limitingPool(chip({ resource: 'adc', path: POOL }))).toBe(POOL);
    expect(limitingPool(chip({ resource: 'crossbar', path: 'Chip.Tile[0].Pe[0].Crossbar[0]' }))).toBeNull();
  });

  it('of a single PE is the one whose ADCs convert for more of the run than any crossbar reads', () => {
    // ADCs convert 8 000 of 10 000 cycles, the busiest crossbar reads 5 300.
    const pe = samplePeResult();
    expect(limitingPool(pe)).toBe('Pe[0].AdcPool[0]');
    const resources = structuredClone(pe.resources);
    resources['Pe[0].Crossbar[0]']!.ledger = { read: 9_000, idle: 1_000 };
    resources['Pe[0].Crossbar[0]']!.utilisation = 0.9;
    expect(limitingPool({ ...pe, resources })).toBeNull();
  });

  it('is that which the bottleneck in words names, also where shift-and-add lanes are as busy', () => {
    // Each pool of the PE gives 40 000 codes in 10 000 cycles: 5 lanes are in use for 0.8 of the run, as are the ADCs; 4 wholly.
    const withLanes = (lanes: number): Result => {
      const pe = samplePeResult();
      return { ...pe, scenario: { ...pe.scenario, machine: { ...pe.scenario.machine, shiftAdd: { lanes } } } };
    };
    expect(bottleneck(withLanes(5))).toContain('limited by ADCs: those of Pe[0].AdcPool[0]');
    expect(limitingPool(withLanes(5))).toBe('Pe[0].AdcPool[0]');
    expect(bottleneck(withLanes(4))).toContain('limited by shift-and-add');
    expect(limitingPool(withLanes(4))).toBeNull();
  });

  it('is none where a crossbar reads as long as the ADCs convert: reads cannot be hidden', () => {
    const pe = samplePeResult();
    const resources = structuredClone(pe.resources);
    resources['Pe[0].Crossbar[0]']!.ledger = { read: 8_000, idle: 2_000 };
    resources['Pe[0].Crossbar[0]']!.utilisation = 0.8;
    expect(bottleneck({ ...pe, resources })).toContain('limited by crossbar reads');
    expect(limitingPool({ ...pe, resources })).toBeNull();
  });

  it('stands in a PE', () => {
    expect(peOf('Chip.Tile[3].Pe[11].AdcPool[0].Adc[2]')).toBe('Chip.Tile[3].Pe[11]');
    expect(peOf('Pe[0].Crossbar[3]')).toBe('Pe[0]');
    expect(peOf('Chip.Tile[3].Bus')).toBeNull();
  });
});

describe('what to trace', () => {
  const machine = { ou: { bitlines: 8 }, adc: { perPool: 8, conversionCycles: 6 }, crossbar: { readCycles: 13 } };
  const withMachine = (result: Result, of: object): Result => ({
    ...result,
    scenario: { ...result.scenario, machine: { ...result.scenario.machine, ...of } },
  });

  it('knows how long a read and its conversions take', () => {
    expect(readRound(withMachine(samplePeResult(), machine))).toBe(13);
    // 8 samples on 2 ADCs: four conversions one after the other.
    expect(readRound(withMachine(samplePeResult(), { ...machine, adc: { perPool: 2, conversionCycles: 6 } }))).toBe(24);
    expect(readRound(samplePeResult())).toBe(1);
  });

  it('is 24 rounds of the limiting PE, an eighth into the middle window of the layer that sets the pace', () => {
    const result = sampleResult();
    const stage = {
      ...result.chip!.stages.find(({ name }) => name === 'conv2')!,
      windows: 100,
      replicas: 2,
      images: [{ start_cycle: 1_000, end_cycle: 101_000 }],
    };
    const bottleneck = { ...result.chip!.bottleneck, layer: 'conv2', resource: 'adc', path: POOL };
    const layers = result.layers!.map((layer) =>
      layer.name === 'conv2' ? { ...layer, initiationInterval_cycles: 800 } : layer,
    );
    const run = { ...sampleResult({ chip: { bottleneck, stages: [stage] } }), layers, cycles: 200_000 };
    // A replica has 50 windows of 1 600 cycles: 25 of them before the end, and an eighth of the next; 24 x 13 cycles.
    const from = 101_000 - 25 * 1_600 + 200;
    expect(proposedTrace(withMachine(run, machine))).toEqual({
      window: { from, to: from + 400 },
      filter: 'Chip.Tile[0].Pe[0].*',
      pe: 'Chip.Tile[0].Pe[0]',
      layer: 'conv2',
    });
  });

  it('is a whole interval between windows where they take different times, but not too long a one', () => {
    const pe = withMachine(samplePeResult(), machine);
    const counts = { ...pe.counts, skippedOperations: 1 };
    // 64 windows of 156.25 cycles are shorter than the rounds; 4 windows of 2 500 cycles: the third.
    expect(proposedTrace({ ...pe, counts }).window).toEqual({ from: 5_000, to: 5_400 });
    expect(proposedTrace({ ...pe, counts, windows: 4 }).window).toEqual({ from: 5_000, to: 7_500 });
    expect(proposedTrace({ ...pe, windows: 4 }, true).window).toEqual({ from: 5_000, to: 7_500 });
    // A single window of 80 000 cycles: an eighth of it is left out.
    expect(proposedTrace({ ...pe, counts, windows: 1, cycles: 80_000 }).window).toEqual({ from: 10_000, to: 30_000 });
  });

  it('of a single PE is all of it, halfway, and never more than the run', () => {
    // 4 windows of 2 500 cycles: an eighth into the third.
    const { window, filter } = proposedTrace(withMachine({ ...samplePeResult(), windows: 4 }, machine));
    expect({ window, filter }).toEqual({ window: { from: 5_312, to: 5_712 }, filter: null });
    const short = { ...samplePeResult(), cycles: 70, windows: 1 };
    expect(proposedTrace(withMachine(short, machine)).window).toEqual({ from: 0, to: 70 });
  });
});
