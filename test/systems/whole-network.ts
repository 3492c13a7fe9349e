import type { Granularity } from '../../components/pe.js';
import { PRESETS } from '../../scenarios/presets.js';
import { ScenarioError } from '../../scenarios/problem.js';
import { checkPlace, runScenario } from '../../scenarios/run/run-scenario.js';
import { resolveScenario, type Scenario } from '../../scenarios/scenario.js';
import { resultToJson } from '../../sim/results/write.js';

/** Whole networks on the systems of the papers, on machines that bring every rule of the timing model to bear. */

export const SYSTEMS: readonly string[] = PRESETS.filter(({ compared }) => compared).map(({ name }) => name);

export interface Variation {
  readonly name: string;
  readonly overrides: readonly string[];
  /** With so little eDRAM that no less holds the buffers. */
  readonly leastEdram?: boolean;
  /** Replicas of matrix layers by name: those of a network that has such layers. */
  readonly replicas?: Readonly<Record<string, number>>;
}

/** What a system differs in from its preset. */
export const VARIATIONS: readonly Variation[] = [
  { name: 'private pools', overrides: ['machine.adc.sharedBy=1'] },
  {
    name: '8 crossbars on a tight pool, two windows in the register',
    overrides: ['machine.adc.sharedBy=8', 'machine.adc.perPool=2', 'machine.inputRegister.windows=2'],
  },
  {
    name: 'detector group, 4 crossbars on a wide pool',
    overrides: [
      'machine.adc.sharedBy=4',
      'machine.adc.perPool=8',
      'machine.detector.kind=group',
      'machine.detector.planeCycles=5',
    ],
  },
  {
    name: 'detector form, everything scarce but windows in the register',
    overrides: [
      'machine.adc.sharedBy=3',
      'machine.adc.perPool=1',
      'machine.shiftAdd.lanes=1',
      'machine.sampleHold.banks=1',
      'machine.detector.kind=form',
      'machine.detector.planeCycles=7',
      'machine.inputRegister.windows=3',
    ],
  },
  {
    name: 'tight buffers',
    overrides: [
      'machine.inputRegister.windows=1',
      'machine.outputRegister.windows=1',
      'machine.tileOutputRegister.windows=1',
      'workload.images.count=2',
    ],
    leastEdram: true,
  },
  {
    name: 'three windows in the registers of PEs, tight buffers around them',
    overrides: [
      'machine.adc.sharedBy=8',
      'machine.inputRegister.windows=3',
      'machine.outputRegister.windows=3',
      'machine.tileOutputRegister.windows=1',
      'workload.images.count=2',
    ],
    leastEdram: true,
  },
  {
    name: 'pipeline image',
    overrides: ['execution.pipeline=image', 'machine.adc.sharedBy=8', 'workload.images.count=2'],
  },
  {
    name: 'pipeline layer-barrier, four windows in the register',
    overrides: ['execution.pipeline=layer-barrier', 'machine.adc.sharedBy=4', 'machine.inputRegister.windows=4'],
  },
  {
    name: 'replicas, detector group',
    overrides: [
      'machine.adc.sharedBy=6',
      'machine.inputRegister.windows=2',
      'machine.detector.kind=group',
      'machine.detector.planeCycles=20',
    ],
    replicas: { c1: 3, c2: 2 },
  },
];

/** The scenario of a network on a system that differs as said. */
function scenarioOf(system: string, model: string, { overrides, leastEdram, replicas }: Variation): Scenario {
  const raw = {
    machine: { preset: system },
    mapping: { quantisation: 'given' },
    workload: { kind: 'network', model },
    ...(replicas === undefined ? {} : { execution: { replication: 'given', replicas } }),
  };
  const resolve = (more: readonly string[]) =>
    resolveScenario(raw, { baseDir: '.', overrides: [...overrides, ...more] });
  if (!leastEdram) return resolve([]);
  return resolve([`machine.edram.bytes=${leastEdramBytes(resolve(['machine.edram.bytes=1']))}`]);
}

/** The refusal of a chip with a single byte of eDRAM names what each layer needs at least. */
function leastEdramBytes(scenario: Scenario): number {
  try {
    checkPlace(scenario);
  } catch (error) {
    if (!(error instanceof ScenarioError)) throw error;
    const needed = error.problems.map(({ allowed }) => Number(/^at least (\d+) for the buffers/.exec(allowed)?.[1]));
    if (!needed.some(Number.isNaN)) return Math.max(...needed);
    throw error;
  }
  throw new Error('a byte of eDRAM was enough');
}

/** The bytes of `result.json` in each granularity. */
export function resultsOf(
  system: string,
  model: string,
  variation: Variation,
  granularities: readonly Granularity[],
): string[] {
  const scenario = scenarioOf(system, model, variation);
  return granularities.map((granularity) => resultToJson(runScenario(scenario, { granularity })));
}
