import { relative } from 'node:path';
import { Command, Option } from 'commander';
import { extrapolatedRows, GRANULARITY_CASE, QUICK_GRANULARITY_CASE } from './granularity-rows.js';
import { NETWORK_CASES, QUICK_NETWORK_CASES } from './network-cases.js';
import { interleaved, networkRow } from './network-rounds.js';
import type { NetworkRow } from './network-row.js';
import { networkScaling } from './network-scaling.js';
import { type BenchResults, describeMachine, type Measured, RESULTS_FILE, replaceResults } from './results-file.js';
import type { ScalingTable } from './scaling.js';
import { shownNetworks, shownScaling, shownTraces } from './shown-results.js';
import { type ShownTable, terminalText } from './shown-table.js';
import { traceOn } from './trace-on.js';
import type { TraceRow } from './trace-row.js';

// npm run bench:networks: networks through the command line, in wall and CPU seconds and memory of the whole process.

const FULL_ROUNDS = 3;
const NAMES = ['networks', 'granularities', 'network-scaling', 'trace-on'] as const;
type Name = (typeof NAMES)[number];

const command = new Command('bench:networks')
  .description('Times whole networks: every run a process, medians of interleaved rounds.')
  .addOption(new Option('--only <benchmark>', 'run one benchmark').choices(NAMES))
  .option('--rounds <count>', `rounds (default: ${FULL_ROUNDS}, with --quick 1)`)
  .option('--quick', 'one round of small networks: shows that all works', false)
  .parse();
const { only, quick, rounds: given } = command.opts<{ only?: Name; quick: boolean; rounds?: string }>();
const rounds = Number(given ?? (quick ? 1 : FULL_ROUNDS));
if (!Number.isInteger(rounds) || rounds < 1) command.error(`error: --rounds ${given}: allowed is a whole number >= 1`);

const progress = (text: string): void => console.error(text);

function networks(): NetworkRow[] {
  const cases = quick ? QUICK_NETWORK_CASES : NETWORK_CASES;
  return interleaved(rounds, cases, progress).map((runs, i) => networkRow(cases[i]!, runs));
}

function granularities(): NetworkRow[] {
  const benchCase = quick ? QUICK_GRANULARITY_CASE : GRANULARITY_CASE;
  const [runs] = interleaved(rounds, [benchCase.fast], progress);
  const fast = networkRow(benchCase.fast, runs!);
  return [fast, ...extrapolatedRows(benchCase, fast, progress)];
}

function show(shown: ShownTable): void {
  console.log(`\n${terminalText(shown)}`);
}

function measure<Figures>(figures: () => Figures[]): Measured<Figures> {
  const date = new Date().toISOString();
  return { machine, date, quick, rounds, figures: figures() };
}

const benchmarks: Record<Name, () => BenchResults> = {
  networks() {
    const measured = measure(networks);
    show(shownNetworks('networks', measured.figures));
    return { networks: measured };
  },
  granularities() {
    const measured = measure(granularities);
    show(shownNetworks('ways to simulate the same', measured.figures));
    return { granularities: measured };
  },
  'network-scaling'() {
    const measured = measure<ScalingTable>(() => networkScaling(rounds, quick, progress));
    for (const table of measured.figures) show(shownScaling(table));
    return { 'network-scaling': measured };
  },
  'trace-on'() {
    const measured = measure<TraceRow>(() => traceOn(rounds, quick, progress));
    show(shownTraces(measured.figures));
    return { 'trace-on': measured };
  },
};

const machine = describeMachine();
console.log(`${machine.cpu}, ${machine.cores} cores, node ${machine.node}; ${rounds} rounds`);
for (const name of only === undefined ? NAMES : [only]) replaceResults(benchmarks[name]());
console.log(`\nwritten: ${relative('.', RESULTS_FILE)}`);
