import { describe, expect, it } from 'vitest';
import { executeNetwork } from '../../models/execute.js';
import { quantiseImage } from '../../models/preprocess.js';
import { PRESETS } from '../../scenarios/presets.js';
import { quantiseNetwork } from '../../scenarios/quantise/quantise-network.js';
import { runScenario } from '../../scenarios/run/run-scenario.js';
import { type RawScenario, resolveScenario, type Scenario } from '../../scenarios/scenario.js';
import { SHARED_DATA_MISSING, sharedData } from '../models/shared-data.js';

/**
 * The integers that leave the simulated crossbars are those of the integer network that each system defines, bit for bit:
 * the network is planned once for the reference executor, which convolves without crossbars, and once for the simulator.
 */

const SYSTEMS = PRESETS.filter(({ compared }) => compared).map(({ name }) => name);

/** Variants of the systems, by what they set. */
const VARIANTS: readonly (readonly [system: string, overrides: readonly string[]])[] = [
  ...SYSTEMS.map((system): [string, string[]] => [system, []]),
];

function scenarioOf(system: string, model: string, overrides: readonly string[]): Scenario {
  const raw: RawScenario = {
    machine: { preset: system },
    mapping: { quantisation: 'calibrated' },
    workload: { kind: 'network', model, images: { count: 1 } },
  };
  return resolveScenario(raw, { baseDir: '.', overrides });
}

function expectExact(scenario: Scenario): void {
  const { machine, mapping, workload } = scenario;
  if (workload.kind !== 'network') throw new Error('not a network');
  const { planned } = quantiseNetwork({ ...workload, machine, mapping });
  const reference = workload.images.pixels.map((pixels) =>
    Array.from(executeNetwork(planned.network, quantiseImage(planned.network, pixels))),
  );
  const result = runScenario(scenario, { outputs: true });
  expect(result.counts.saturatedCodes).toBe(0);
  expect(result.outputs).toEqual(reference);
}

describe('the crossbars give the integers of the scheme', () => {
  it.each(VARIANTS)('%s on lenet5-mnist %j', (system, overrides) => {
    expectExact(scenarioOf(system, 'lenet5-mnist', overrides));
  });

  it.each(SYSTEMS)('%s on vgg10m-cifar10', (system) => {
    expectExact(scenarioOf(system, 'vgg10m-cifar10', []));
  });

  const resnet20 = sharedData('resnet20-cifar10/int8.json');
  it.skipIf(resnet20 === null).each(SYSTEMS)(
    `%s on resnet20-cifar10 (skipped where ${SHARED_DATA_MISSING})`,
    (system) => {
      expectExact(scenarioOf(system, resnet20!, []));
    },
  );
});
