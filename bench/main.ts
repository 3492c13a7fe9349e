import { spawnSync } from 'node:child_process';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Command, Option } from 'commander';
import { holdBenchmark } from './hold.js';
import { peBenchmark } from './pe.js';
import { peScalingBenchmark } from './pe-scaling.js';
import { describeMachine, RESULTS_FILE, replaceResults } from './results-file.js';
import type { RoundsOptions } from './rounds.js';
import type { ScalingTable } from './scaling.js';
import { sharedAdcBenchmark } from './shared-adc.js';
import { shownEngines, shownScaling } from './shown-results.js';
import { terminalText } from './shown-table.js';
import type { Table } from './table.js';
import { traceOffBenchmark } from './trace-off.js';

// npm run bench: the kernel and a PE, in CPU seconds.

type Figures = Table | ScalingTable;

const benchmarks: Record<string, (options: RoundsOptions) => Figures[]> = {
  hold: holdBenchmark,
  'trace-off': traceOffBenchmark,
  'shared-adc': sharedAdcBenchmark,
  pe: peBenchmark,
  'pe-scaling': peScalingBenchmark,
};

const FULL: RoundsOptions = { rounds: 5, secondsPerRound: 1 };
const QUICK: RoundsOptions = { rounds: 3, secondsPerRound: 0.2 };

/** Runs one benchmark in this process and writes its figures to `file`. */
function measure(name: string, options: RoundsOptions, file: string): void {
  writeFileSync(file, JSON.stringify(benchmarks[name]!(options)));
}

/** Runs one benchmark in a process of its own, so that none is slowed down by what another taught the compiler. */
function measureApart(name: string, quick: boolean): Figures[] {
  const file = join(tmpdir(), `ousim-bench-${process.pid}-${name}.json`);
  const args = [fileURLToPath(import.meta.url), '--only', name, '--figures', file, ...(quick ? ['--quick'] : [])];
  const { status } = spawnSync(process.execPath, args, { stdio: 'inherit' });
  if (status !== 0) process.exit(status ?? 1);
  const figures = JSON.parse(readFileSync(file, 'utf8')) as Figures[];
  rmSync(file);
  return figures;
}

const command = new Command('bench')
  .description('Compares the kernel with other event engines, and ways to simulate a PE. CPU time, medians of rounds.')
  .addOption(new Option('--only <benchmark>', 'run one benchmark').choices(Object.keys(benchmarks)))
  .option('--quick', 'short rounds: shows that all works; figures are rough', false)
  .addOption(new Option('--figures <file>', 'write the figures of the one benchmark here').hideHelp())
  .parse();
const { only, quick, figures: file } = command.opts<{ only?: string; quick: boolean; figures?: string }>();
const options = quick ? QUICK : FULL;

if (only !== undefined && file !== undefined) {
  measure(only, options, file);
} else {
  const machine = describeMachine();
  console.log(`${machine.cpu}, ${machine.cores} cores, node ${machine.node}`);
  for (const name of only === undefined ? Object.keys(benchmarks) : [only]) {
    const date = new Date().toISOString();
    const figures = measureApart(name, quick);
    for (const one of figures)
      console.log(`\n${terminalText('logFit' in one ? shownScaling(one) : shownEngines(one))}`);
    replaceResults({ [name]: { machine, date, quick, rounds: options.rounds, figures } });
  }
  console.log(`\nwritten: ${relative('.', RESULTS_FILE)}`);
}
