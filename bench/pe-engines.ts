import { type Granularity, runPe } from '../components/pe.js';
import type { PeStatistics } from '../components/pe-statistics.js';
import type { MatrixWorkload } from '../scenarios/matrix-workload.js';
import { type NaiveResult, runNaive } from '../test/naive/machine.js';
import type { NaiveScenario } from '../test/naive/scenario.js';
import type { PeWorkload } from './pe-workload.js';
import { cpuSeconds, type EngineRun } from './rounds.js';

/** A run of a PE, and its OU operations. */
export interface PeRun extends EngineRun {
  readonly performed: number;
  readonly skipped: number;
}

/** Full statistics of a PE, by the simulator. */
export function simulatedPe({ scenario, task }: PeWorkload, granularity: Granularity): PeRun {
  let statistics: PeStatistics | undefined;
  const seconds = cpuSeconds(() => {
    statistics = runPe(scenario.machine, task, { granularity, path: 'Chip.Tile[0].Pe[0]' });
  });
  const { ouOperations, skippedOperations } = statistics!;
  return { seconds, check: checkOf(statistics!), performed: ouOperations, skipped: skippedOperations };
}

/** The same by the naive machine of the tests, which steps every cycle. */
export function naivePe(workload: PeWorkload): PeRun {
  const scenario = naiveScenario(workload);
  let result: NaiveResult | undefined;
  const seconds = cpuSeconds(() => {
    result = runNaive(scenario);
  });
  const { ouOperations, skippedOperations } = result!.counts;
  return { seconds, check: naiveCheckOf(result!), performed: ouOperations, skipped: skippedOperations };
}

/** The figures of a run in which an error of any of them would show. */
function checkOf(statistics: PeStatistics): string {
  const { cycles, ouOperations, skippedOperations, adcConversions, pools } = statistics;
  return [
    cycles,
    ouOperations,
    skippedOperations,
    adcConversions,
    total(statistics.read),
    total(statistics.stallAdc),
    total(statistics.stallInput),
    total(pools.map(({ waits }) => waits.sum)),
  ].join('/');
}

function naiveCheckOf({ cycles, counts, crossbars, pools }: NaiveResult): string {
  return [
    cycles,
    counts.ouOperations,
    counts.skippedOperations,
    counts.adcConversions,
    total(crossbars.map(({ read }) => read)),
    total(crossbars.map((ledger) => ledger['stall.adc'])),
    total(crossbars.map((ledger) => ledger['stall.input'])),
    total(pools.map(({ waits }) => total(waits))),
  ].join('/');
}

function total(values: Iterable<number>): number {
  let sum = 0;
  for (const value of values) sum += value;
  return sum;
}

function naiveScenario({ scenario, weights, inputs }: PeWorkload): NaiveScenario {
  const { machine, mapping } = scenario;
  const { weightBits, inputBits } = scenario.workload as MatrixWorkload;
  return {
    machine,
    mapping,
    workload: { weightBits, inputBits, weights, inputs },
    indices: { bitsPerGroup: 0 },
  } as NaiveScenario;
}
