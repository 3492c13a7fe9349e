import type { Granularity } from '../components/pe.js';
import { naivePe, type PeRun, simulatedPe } from './pe-engines.js';
import { DENSE_SHARED, PE_CASES, type PeCase, type PeWorkload, peWorkload } from './pe-workload.js';
import { type Engine, interleavedSeconds, type RoundsOptions } from './rounds.js';
import type { Table } from './table.js';

const WINDOWS = 256;

/** How the engines run, and the windows that each can do in a time that one can wait. */
const ENGINES: readonly { name: string; windows: number; run: (workload: PeWorkload) => PeRun }[] = [
  ...(['fast', 'booked'] as const).map((name) => ({ name, windows: WINDOWS, run: simulated(name) })),
  { name: 'sampled', windows: 8, run: simulated('sampled') },
  { name: 'naive machine', windows: 1, run: naivePe },
];

function simulated(granularity: Granularity): (workload: PeWorkload) => PeRun {
  return (workload) => simulatedPe(workload, granularity);
}

/** Goal of `fast` in M OU operations per second. */
const RATE_GOAL = 40;
/** Goal of `fast` over `sampled`. */
const RATIO_GOAL = 4;

export function peBenchmark(options: RoundsOptions): Table[] {
  return PE_CASES.map((peCase) => tableOf(peCase, options));
}

function tableOf(peCase: PeCase, options: RoundsOptions): Table {
  const operations = new Map<string, number>();
  const engines = ENGINES.map(({ name, windows, run }): Engine => {
    const workload = peWorkload(peCase, windows);
    return {
      name,
      ...(windows === WINDOWS ? {} : { expected: simulatedPe(workload, 'fast').check }),
      run() {
        const done = run(workload);
        operations.set(name, done.performed);
        return done;
      },
    };
  });
  const seconds = interleavedSeconds(engines, options);
  const perOperation = (name: string) => seconds.get(name)! / operations.get(name)!;
  return {
    title: `PE, ${peCase.title}`,
    unit: 'M performed OU operations/s',
    rows: ENGINES.map(({ name, windows }) => ({
      name,
      rate: 1e-6 / perOperation(name),
      rateGoal: name === 'fast' && peCase === DENSE_SHARED ? RATE_GOAL : undefined,
      ratio: perOperation(name) / perOperation('fast'),
      ratioGoal: name === 'sampled' ? RATIO_GOAL : undefined,
      extrapolatedFrom: windows === WINDOWS ? undefined : `${windows} of ${WINDOWS} windows`,
    })),
  };
}
