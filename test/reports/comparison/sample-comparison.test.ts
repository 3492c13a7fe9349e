import { describe, expect, test } from 'vitest';
import { meanRatios, ratiosOver } from '../../../scenarios/compare/ratios.js';
import { waterfall } from '../../../scenarios/compare/waterfall.js';
import { COMPARED_FIGURES } from '../../../sim/results/comparison.js';
import { READ_CYCLES, sampleComparison } from './sample-comparison.js';

const sample = sampleComparison();

describe.each(sample.networks)('the sample on $name agrees with itself', ({ runs }) => {
  const baseline = runs.find(({ system }) => system === sample.baseline)!;
  const timed = (run: typeof baseline) => ({ ...run, readCycles: READ_CYCLES[run.system]! });

  test.each(runs)('$system: times', (run) => {
    const parts = Object.values(run.time).reduce((sum, cycles) => sum + cycles, 0);
    expect(parts).toBe(run.cycles);
    expect(run.latency_ns).toBe(run.cycles / run.rootClock_GHz);
    expect(run.ouOperations).toBe(run.work.performed);
    expect(run.time.reads).toBe((run.ouOperations * READ_CYCLES[run.system]!) / run.crossbars);
  });

  test.each(runs)('$system: ratios and waterfall are what the simulator computes', (run) => {
    const computed = ratiosOver(baseline, run);
    for (const figure of COMPARED_FIGURES) expect(run.ratios[figure]).toBeCloseTo(computed[figure], 10);
    const steps = waterfall(timed(baseline), timed(run));
    expect(run.waterfall.map(({ step }) => step)).toEqual(steps.map(({ step }) => step));
    run.waterfall.forEach(({ speedup }, s) => {
      expect(speedup).toBeCloseTo(steps[s]!.speedup, 10);
    });
    expect(run.waterfall.at(-1)!.speedup).toBeCloseTo(run.ratios.speedup, 10);
  });
});

test.each(sample.systems)('$name: geometric means', ({ name, ratios }) => {
  const ofNetworks = sample.networks.map(({ runs }) => runs.find(({ system }) => system === name)!.ratios);
  const means = meanRatios(ofNetworks);
  for (const figure of COMPARED_FIGURES) expect(ratios[figure]).toBeCloseTo(means[figure], 10);
});
