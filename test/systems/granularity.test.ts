import { describe, expect, it } from 'vitest';
import { PRESETS } from '../../scenarios/presets.js';
import { runScenario } from '../../scenarios/run/run-scenario.js';
import { type RawScenario, resolveScenario } from '../../scenarios/scenario.js';
import { resultToJson } from '../../sim/results/write.js';

/** Kernel law 9 on the systems: how the machine is simulated changes no byte of the result. */

const SYSTEMS = PRESETS.filter(({ compared }) => compared).map(({ name }) => name);

/** A matrix of 70 x 12 with zeros, negative weights and rows that a scheme may leave out, and sparse inputs. */
function matrixScenario(system: string, weightBits: number): RawScenario {
  const largest = 2 ** (weightBits - 1) - 1;
  const weights = Array.from({ length: 70 }, (_, k) =>
    Array.from({ length: 12 }, (_, m) =>
      k % 3 === 0 || (k * m) % 5 === 1 ? 0 : ((k * 37 + m * 101) % (2 * largest)) - largest,
    ),
  );
  const inputs = Array.from({ length: 3 }, (_, w) =>
    Array.from({ length: 70 }, (_, k) => ((k + w) % 4 === 0 ? 0 : (k * 29 + w * 53) % 256)),
  );
  return {
    scope: 'pe',
    machine: { preset: system, pe: { crossbars: 40 }, adc: { perPool: 3, sharedBy: 4 } },
    workload: { kind: 'matrix', weightBits, inputBits: 8, weights, inputs },
  };
}

describe('sampled, booked and fast runs of the systems', () => {
  it.each(SYSTEMS)('%s: the same bytes, with pools of 3 ADCs for 4 crossbars', (system) => {
    const scenario = resolveScenario(matrixScenario(system, 8), { baseDir: '.' });
    const [sampled, booked, fast, shuffled] = [
      { granularity: 'sampled' as const },
      { granularity: 'booked' as const },
      { granularity: 'fast' as const },
      { granularity: 'sampled' as const, shuffleSeed: 7 },
    ].map((options) => resultToJson(runScenario(scenario, { outputs: true, ...options })));
    expect(booked).toBe(sampled);
    expect(fast).toBe(sampled);
    expect(shuffled).toBe(sampled);
  });

  it.each(SYSTEMS)('%s on lenet5-mnist: booked and fast, the same bytes', (system) => {
    const raw: RawScenario = {
      machine: { preset: system },
      mapping: { quantisation: 'given' },
      workload: { kind: 'network', model: 'lenet5-mnist' },
    };
    const scenario = resolveScenario(raw, { baseDir: '.', overrides: ['machine.adc.sharedBy=8'] });
    expect(resultToJson(runScenario(scenario, { granularity: 'booked' }))).toBe(
      resultToJson(runScenario(scenario, { granularity: 'fast' })),
    );
  });
});
