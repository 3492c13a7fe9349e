import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type ComparisonTask, comparedScenarios, compareSystems } from '../../scenarios/compare/compare-systems.js';
import { type Costs, meanRatios, ratiosOver } from '../../scenarios/compare/ratios.js';
import { waterfall } from '../../scenarios/compare/waterfall.js';
import { findPreset } from '../../scenarios/presets.js';
import { COMPARED_FIGURES, OVERHEADS, WATERFALL_STEPS } from '../../sim/results/comparison.js';
import type { TimeBreakdown, Work } from '../../sim/results/result.js';

const SEED = 20261121;

const costs: Costs = {
  latency_ns: 800,
  energy_pJ: 60,
  crossbars: 12,
  cellBits: 900,
  indexBits: 0,
  adcConversions: 5000,
};

describe('ratios', () => {
  it('of costs by hand', () => {
    const run: Costs = {
      latency_ns: 200,
      energy_pJ: 20,
      crossbars: 6,
      cellBits: 400,
      indexBits: 50,
      adcConversions: 1000,
    };
    expect(ratiosOver(costs, run)).toEqual({
      speedup: 4, // 800 / 200
      speedupPerCrossbar: 8, // 800 x 12 / (200 x 6)
      energySaving: 3,
      crossbarSaving: 2,
      storedBitsSaving: 2, // 900 / (400 + 50)
      conversionSaving: 5,
    });
  });

  it('geometric means: of 2 and 8 it is 4', () => {
    const half = ratiosOver(costs, { ...costs, latency_ns: 400 });
    const eighth = ratiosOver(costs, { ...costs, latency_ns: 100 });
    const mean = meanRatios([half, eighth]);
    expect(mean.speedup).toBeCloseTo(4, 12);
    expect(mean.energySaving).toBeCloseTo(1, 12);
  });
});

const work = (
  dense: number,
  uncompressed: number,
  rowCompressed: number,
  valueSkipped: number,
  performed: number,
): Work => ({
  dense,
  uncompressed,
  rowCompressed,
  valueSkipped,
  performed,
});

const time = (changes: Partial<TimeBreakdown>): TimeBreakdown => ({
  reads: 0,
  adcWaiting: 0,
  indexDecoding: 0,
  detector: 0,
  pixels: 0,
  output: 0,
  transfer: 0,
  windowSharing: 0,
  finishedEarlier: 0,
  drain: 0,
  finished: 0,
  otherPasses: 0,
  ...changes,
});

describe('waterfall', () => {
  it('by hand', () => {
    // Baseline: 1000 operations of 10 cycles at 1 GHz on 10 crossbars that read without a pause, then nothing for 250.
    const baseline = {
      rootClock_GHz: 1,
      readCycles: 10,
      work: work(1000, 1000, 1000, 1000, 1000),
      time: time({ reads: 1000, finished: 250 }),
    };
    // Half the words, then 500 -> 400 -> 200 -> 100 -> 50 operations of 10 cycles on 5 crossbars: 100 cycles of reads.
    const run = {
      rootClock_GHz: 1,
      readCycles: 10,
      work: work(500, 400, 200, 100, 50),
      time: time({
        reads: 100,
        adcWaiting: 25,
        indexDecoding: 0,
        detector: 75,
        windowSharing: 30,
        finishedEarlier: 20,
        pixels: 150,
        output: 100,
        transfer: 125,
        finished: 500,
        otherPasses: 125,
      }),
    };
    const speedups = Object.fromEntries(waterfall(baseline, run).map(({ step, speedup }) => [step, speedup]));
    expect(speedups).toEqual({
      words: 2, // 1000 / 500
      weights: 2.5,
      indices: 5,
      activations: 10,
      planes: 20,
      parallelism: 10, // 1000 / 100 cycles: half as many crossbars
      baseline: 12.5, // 1250 / 100
      adcWaiting: 10, // 1250 / 125
      indexDecoding: 10,
      detector: 6.25, // 1250 / 200
      imbalance: 5, // 1250 / 250
      pixels: 3.125, // 1250 / 400
      output: 2.5,
      transfer: 2, // 1250 / 625
      finished: 1, // 1250 / 1250
    });
    expect(Object.keys(speedups)).toEqual([...WATERFALL_STEPS]);
  });

  it('ends at the ratio of the times, whatever they are', () => {
    const cycles = fc.double({ min: 0.5, max: 1e6, noNaN: true });
    const times = fc.record({
      reads: cycles,
      adcWaiting: cycles,
      indexDecoding: cycles,
      detector: cycles,
      pixels: cycles,
      output: cycles,
      transfer: cycles,
      windowSharing: cycles,
      finishedEarlier: cycles,
      drain: cycles,
      finished: cycles,
      otherPasses: cycles,
    });
    const total = (of: TimeBreakdown) => Object.values(of).reduce((sum, part) => sum + part, 0);
    fc.assert(
      fc.property(times, times, fc.double({ min: 0.1, max: 3, noNaN: true }), (of, over, clock) => {
        const ops = work(9, 8, 7, 6, 5);
        const baseline = { rootClock_GHz: 1, readCycles: 3, work: ops, time: over };
        const steps = waterfall(baseline, { rootClock_GHz: clock, readCycles: 2, work: ops, time: of });
        expect(steps.at(-1)!.speedup / ((total(over) * clock) / total(of))).toBeCloseTo(1, 9);
      }),
      { seed: SEED },
    );
  });
});

describe('a comparison of three systems on lenet5-mnist', () => {
  const task = (freeOverheads: boolean): ComparisonTask => ({
    systems: ['isaac-ou', 'isaac-ou-8', 'sre'].map((name) => findPreset(name)!),
    baseline: 'isaac-ou',
    models: ['lenet5-mnist'],
    images: 1,
    overrides: [],
    freeOverheads,
    baseDir: '.',
  });
  const compare = (freeOverheads: boolean) => {
    const of = task(freeOverheads);
    return compareSystems(of, comparedScenarios(of), () => ({}));
  };
  const comparison = compare(false);
  const runs = comparison.networks[0]!.runs;
  const [dense, , sre] = runs;

  it('the waterfall of every run ends at its speed-up, and its time parts sum to its cycles', () => {
    for (const run of runs) {
      expect(run.waterfall.at(-1)!.speedup / run.ratios.speedup).toBeCloseTo(1, 9);
      expect(Object.values(run.time).reduce((sum, part) => sum + part, 0) / run.cycles).toBeCloseTo(1, 9);
    }
  });

  it('ratios follow from the figures, and are 1 for the baseline', () => {
    expect(sre!.ratios).toEqual(ratiosOver(dense!, sre!));
    for (const figure of COMPARED_FIGURES) expect(dense!.ratios[figure]).toBe(1);
  });

  it('8-bit words take a quarter of the conversions of 16-bit words: half the cells, half the planes', () => {
    expect(runs[1]!.ratios.conversionSaving).toBe(4);
    expect(runs[1]!.ratios.storedBitsSaving).toBe(2);
  });

  it('a claim over a system that was not run is not measured; others deviate as their numbers say', () => {
    for (const { claims } of comparison.systems) {
      for (const { over, value, to = value, measured, deviation } of claims) {
        const ran = runs.some(({ system }) => system === over);
        expect(measured !== null).toBe(ran);
        if (measured === null) expect(deviation).toBeNull();
        else if (measured >= value && measured <= to) expect(deviation).toBe(0);
        else expect(deviation).toBeCloseTo(measured / (measured < value ? value : to) - 1, 12);
      }
    }
  });

  it('overheads cost energy, area and perhaps time; free ones cost none and change no operation', () => {
    const free = compare(true).networks[0]!.runs[2]!;
    for (const overhead of OVERHEADS) {
      expect(sre!.overhead[overhead].area_um2).toBeGreaterThan(0);
      expect(sre!.overhead[overhead].energy_pJ).toBeGreaterThan(0);
      expect(free.overhead[overhead]).toEqual({ energy_pJ: 0, area_um2: 0 });
    }
    expect(free.ouOperations).toBe(sre!.ouOperations);
    expect(free.time.detector).toBe(0);
    expect(free.time.indexDecoding).toBe(0);
    expect(free.cycles).toBeLessThanOrEqual(sre!.cycles);
    expect(free.energy_pJ).toBeLessThan(sre!.energy_pJ);
  });
});

describe('a system that leaves nothing to compute', () => {
  it('is a mistake and not a ratio to nothing', () => {
    const task: ComparisonTask = {
      systems: ['isaac-ou-8', 'pim-prune'].map((name) => findPreset(name)!),
      baseline: 'isaac-ou-8',
      models: ['lenet5-mnist'],
      images: 1,
      overrides: ['mapping.quantisation=given', 'mapping.pim-prune.share=1'],
      freeOverheads: false,
      baseDir: '.',
    };
    const compare = () => compareSystems(task, comparedScenarios(task), () => ({}));
    expect(compare).toThrow(/pim-prune\n {2}got: {5}performs no operation on lenet5-mnist/);
  });
});
