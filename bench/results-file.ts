import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { arch, availableParallelism, cpus, platform, totalmem } from 'node:os';
import { join } from 'node:path';
import { valueToJson, writeFileAtomically } from '../sim/results/write.js';
import { benchFolder } from './checkout.js';
import type { NetworkRow } from './network-row.js';
import type { ScalingTable } from './scaling.js';
import type { Table } from './table.js';
import type { TraceRow } from './trace-row.js';

/** `bench/results.json`: what the benchmarks gave, each with the machine on which it ran last. */
export interface BenchResults {
  readonly hold?: Measured<Table>;
  readonly 'shared-adc'?: Measured<Table>;
  readonly 'trace-off'?: Measured<Table>;
  readonly pe?: Measured<Table>;
  readonly 'pe-scaling'?: Measured<ScalingTable>;
  readonly networks?: Measured<NetworkRow>;
  readonly granularities?: Measured<NetworkRow>;
  readonly 'network-scaling'?: Measured<ScalingTable>;
  readonly 'trace-on'?: Measured<TraceRow>;
}

export type BenchmarkName = keyof BenchResults;

/** The figures of one benchmark. */
export interface Measured<Figures> {
  readonly machine: MachineDescription;
  /** Beginning, ISO 8601. */
  readonly date: string;
  /** Short rounds of small work, which show that all works; figures are rough. */
  readonly quick: boolean;
  /** Interleaved rounds whose median is given. */
  readonly rounds: number;
  readonly figures: readonly Figures[];
}

export interface MachineDescription {
  readonly cpu: string;
  readonly cores: number;
  /** 2^30 bytes. */
  readonly memory_GiB: number;
  readonly os: string;
  readonly node: string;
  /** First line of `g++ --version`; null where it is not found. */
  readonly cpp: string | null;
}

export const RESULTS_FILE = join(benchFolder, 'results.json');

export function readResults(): BenchResults {
  return existsSync(RESULTS_FILE) ? (JSON.parse(readFileSync(RESULTS_FILE, 'utf8')) as BenchResults) : {};
}

/** Replaces the figures of the benchmarks given and keeps those of the others. */
export function replaceResults(parts: BenchResults): void {
  writeFileAtomically(RESULTS_FILE, valueToJson({ ...readResults(), ...parts }, 'results.json'));
}

export function describeMachine(): MachineDescription {
  return {
    cpu: cpus()[0]!.model.trim(),
    cores: availableParallelism(),
    memory_GiB: Math.round((totalmem() / 2 ** 30) * 10) / 10,
    os: `${platform()} ${arch()}`,
    node: process.version,
    cpp: compilerVersion(),
  };
}

function compilerVersion(): string | null {
  try {
    return execFileSync('g++', ['--version'], { encoding: 'utf8' }).split('\n')[0]!;
  } catch {
    return null;
  }
}
