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

const given = (...overrides: string[]) => ['mapping.quantisation=given', ...overrides];

/** The systems' modes and ablations, by what they set; nothing is calibrated for them. */
const VARIANTS: readonly (readonly [system: string, overrides: readonly string[]])[] = [
  ['isaac', given('mapping.isaac.flip=no', 'machine.adc.bits=9')],
  ['isaac', given('mapping.encoding=twos-complement', 'machine.crossbar.bitsPerCell=1')],
  // The four modes of SRE: none, ORC, DOF, ORC + DOF.
  ['sre', given('mapping.sre.sparsity=0.5', 'mapping.sre.rowCompression=no', 'machine.detector.kind=none')],
  ['sre', given('mapping.sre.sparsity=0.5', 'machine.detector.kind=none')],
  ['sre', given('mapping.sre.sparsity=0.5', 'mapping.sre.rowCompression=no')],
  ['sre', given('mapping.sre.sparsity=0.5')],
  ['sre', given('mapping.sre.sparsity=0.7', 'mapping.sre.pruning=unstructured', 'mapping.sre.indexing=absolute')],
  ['sre', given('mapping.sre.sparsity=0.5', 'mapping.sre.repack=yes', 'mapping.encoding=differential')],
  ['pim-prune', given('mapping.pim-prune.share=0.4')],
  ['pim-prune', given('mapping.pim-prune.share=0.4', 'mapping.pim-prune.repack=no')],
  ['zero-compression', given('mapping.zero-compression.sparsity=0.8')],
  ['zero-compression', given('mapping.zero-compression.sparsity=0.8', 'mapping.zero-compression.order=global')],
  ['zero-compression', given('mapping.zero-compression.sparsity=0.8', 'mapping.zero-compression.order=none')],
  ['zero-compression', given('mapping.zero-compression.sparsity=0.8', 'mapping.zero-compression.recovery=no')],
  ['sme', given('mapping.sme.squeeze=2')],
  ['sme', given('mapping.sme.squeeze=3', 'mapping.sme.mode=exact', 'machine.detector.kind=form')],
  ['era-bs', given('mapping.era-bs.flip=0.05', 'mapping.era-bs.activationThreshold=0.1')],
  ['era-bs', given('mapping.era-bs.activationThreshold=0.1', 'mapping.era-bs.activations=elements')],
  ['era-bs', given('mapping.era-bs.packing=row-block', 'machine.detector.kind=none')],
  ['bwq', given('mapping.bwq.packing=stacked')],
  ['bwq', given('mapping.encoding=differential', 'machine.detector.kind=group')],
  ['bsq', given('mapping.encoding=differential')],
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
  it.each(SYSTEMS)('%s on lenet5-mnist', (system) => {
    expectExact(scenarioOf(system, 'lenet5-mnist', []));
  });

  it.each(VARIANTS)('%s on lenet5-mnist, %j', (system, overrides) => {
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
