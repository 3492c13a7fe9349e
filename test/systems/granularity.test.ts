import { describe, expect, it } from 'vitest';
import { runScenario } from '../../scenarios/run/run-scenario.js';
import { type RawScenario, resolveScenario } from '../../scenarios/scenario.js';
import { resultToJson } from '../../sim/results/write.js';
import { resultsOf, SYSTEMS, VARIATIONS } from './whole-network.js';

/**
 * Kernel law 9 on the systems: how the machine is simulated changes no byte of the result. `npm run test:exact` runs what
 * takes longer.
 */

/** Machines that each system runs lenet5 on here: each is run by four systems, or five. */
const MACHINES_PER_SYSTEM = 4;

/** System, name of the machine, machine; the systems take different ones, and each system those of different kinds. */
const COVERED = SYSTEMS.flatMap((system, s) =>
  Array.from({ length: MACHINES_PER_SYSTEM }, (_, k) => {
    const variation = VARIATIONS[(s * MACHINES_PER_SYSTEM + k) % VARIATIONS.length]!;
    return [system, variation.name, variation] as const;
  }),
);

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

  it.each(COVERED)('%s on lenet5-mnist, %s: booked and fast, the same bytes', (system, _, variation) => {
    const [booked, fast] = resultsOf(system, 'lenet5-mnist', variation, ['booked', 'fast']);
    expect(fast).toBe(booked);
  });

  // A static schedule, and one with index decoders.
  it.each(['isaac', 'era-bs'])('%s on vgg10m-cifar10: booked and fast, the same bytes', (system) => {
    const [tight] = VARIATIONS.filter(({ overrides }) => overrides.includes('machine.adc.perPool=2'));
    const [booked, fast] = resultsOf(system, 'vgg10m-cifar10', tight!, ['booked', 'fast']);
    expect(fast).toBe(booked);
  });
});
