import { spawnSync } from 'node:child_process';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, cpus, tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Command, Option } from 'commander';
import { alignedTable } from '../reports/aligned-table.js';
import { holdBenchmark } from './hold.js';
import { benchFolder } from './native-engine.js';
import { peBenchmark } from './pe.js';
import type { RoundsOptions } from './rounds.js';
import { sharedAdcBenchmark } from './shared-adc.js';
import type { Table } from './table.js';

const TABLE_WIDTH = 120;

const benchmarks: Record<string, (options: RoundsOptions) => Table[]> = {
  hold: holdBenchmark,
  'shared-adc': sharedAdcBenchmark,
  pe: peBenchmark,
};

const FULL: RoundsOptions = { rounds: 5, secondsPerRound: 1 };
const QUICK: RoundsOptions = { rounds: 3, secondsPerRound: 0.2 };

/** Runs one benchmark in this process and writes its tables to `file`. */
function measure(name: string, options: RoundsOptions, file: string): void {
  writeFileSync(file, JSON.stringify(benchmarks[name]!(options)));
}

/** Runs one benchmark in a process of its own, so that none is slowed down by what another taught the compiler. */
function measureApart(name: string, quick: boolean): Table[] {
  const file = join(tmpdir(), `ousim-bench-${process.pid}-${name}.json`);
  const args = [fileURLToPath(import.meta.url), '--only', name, '--tables', file, ...(quick ? ['--quick'] : [])];
  const { status } = spawnSync(process.execPath, args, { stdio: 'inherit' });
  if (status !== 0) process.exit(status ?? 1);
  const tables = JSON.parse(readFileSync(file, 'utf8')) as Table[];
  rmSync(file);
  return tables;
}

function print({ title, unit, rows }: Table): void {
  const table = {
    columns: [
      { heading: 'engine', align: 'left' },
      { heading: unit, align: 'right' },
      { heading: 'goal', align: 'left' },
      { heading: 'ratio', align: 'right' },
      { heading: 'goal', align: 'left' },
    ],
    rows: rows.map(({ name, rate, rateGoal, ratio, ratioGoal }) =>
      [name, rate.toFixed(2), verdict(rate, rateGoal), `${ratio.toFixed(2)}x`, verdict(ratio, ratioGoal)].map(
        (text) => ({ text }),
      ),
    ),
  } as const;
  console.log(`\n${title}\n${alignedTable(table, TABLE_WIDTH, (text) => text).join('\n')}`);
}

function verdict(value: number, goal: number | undefined): string {
  if (goal === undefined) return '';
  return `>= ${goal}: ${value >= goal ? 'reached' : 'missed'}`;
}

const command = new Command('bench')
  .description('Compares the kernel with other event engines. CPU time, medians of interleaved rounds.')
  .addOption(new Option('--only <benchmark>', 'run one benchmark').choices(Object.keys(benchmarks)))
  .option('--quick', 'short rounds: shows that all works; figures are rough', false)
  .addOption(new Option('--tables <file>', 'write the tables of the one benchmark here').hideHelp())
  .parse();
const { only, quick, tables: tablesFile } = command.opts<{ only?: string; quick: boolean; tables?: string }>();

if (only !== undefined && tablesFile !== undefined) {
  measure(only, quick ? QUICK : FULL, tablesFile);
} else {
  const machine = { cpu: cpus()[0]!.model, cores: availableParallelism(), node: process.version };
  console.log(`${machine.cpu}, ${machine.cores} cores, node ${machine.node}`);
  const results: Record<string, Table[]> = {};
  for (const name of only === undefined ? Object.keys(benchmarks) : [only]) {
    results[name] = measureApart(name, quick);
    for (const table of results[name]) print(table);
  }
  const file = join(benchFolder, 'results.json');
  writeFileSync(file, `${JSON.stringify({ machine, quick, results }, null, 2)}\n`);
  console.log(`\nwritten: ${relative('.', file)}`);
}
