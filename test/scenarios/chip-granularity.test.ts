import { describe, expect, it } from 'vitest';
import { PIPELINE_ENTRIES } from '../../scenarios/execution.js';
import { runScenario } from '../../scenarios/run/run-scenario.js';
import { resolveScenario } from '../../scenarios/scenario.js';
import { resultToJson } from '../../sim/results/write.js';

/**
 * Kernel laws 3 and 9 on whole networks: neither the granularity of the PEs nor the order of events of a phase changes a byte
 * of the result, whatever the pipeline.
 */

const SYSTEMS: readonly { name: string; preset: string; images: number; overrides: readonly string[] }[] = [
  { name: 'isaac, a static schedule', preset: 'isaac', images: 2, overrides: [] },
  {
    // A seventh of the conversions of 9 rows, each of which is an event when sampled.
    name: 'ou-baseline, no detector, operation units of 64 rows',
    preset: 'ou-baseline',
    images: 1,
    overrides: ['machine.ou.wordlines=64', 'machine.adc.bits=8'],
  },
  {
    name: 'sre, detector form, with 3 ADCs for 8 crossbars and two replicas of c1',
    preset: 'sre',
    images: 1,
    overrides: [
      'machine.detector.kind=form',
      'machine.adc.sharedBy=8',
      'machine.adc.perPool=3',
      'machine.shiftAdd.lanes=2',
      'execution.replication=given',
      'execution.replicas={"c1":2}',
    ],
  },
];

const PIPELINES = PIPELINE_ENTRIES.map(({ name }) => name);

describe.each(SYSTEMS)('lenet5 on $name', ({ preset, images, overrides }) => {
  // One layer after the other, images do not overlap.
  it.each(PIPELINES)('pipeline %s: the same bytes sampled, booked and fast, and with events shuffled', (pipeline) => {
    const raw = {
      machine: { preset },
      mapping: { quantisation: 'network' },
      execution: { pipeline },
      workload: {
        kind: 'network',
        model: 'lenet5-mnist',
        images: { count: pipeline === 'layer-barrier' ? 1 : images },
      },
    };
    const scenario = resolveScenario(raw, { baseDir: '.', overrides });
    const [fast, ...others] = [
      { granularity: 'fast' as const },
      { granularity: 'booked' as const, shuffleSeed: 6 },
      { granularity: 'sampled' as const, shuffleSeed: 7 },
    ].map((options) => resultToJson(runScenario(scenario, { outputs: true, ...options })));
    for (const other of others) expect(other).toBe(fast);
  });
});
