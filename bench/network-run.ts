import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Comparison } from '../sim/results/comparison.js';
import type { Result } from '../sim/results/result.js';
import { RESULT_FILE, RUN_INFO_FILE } from '../sim/results/write.js';
import { COMPARISON_FILE } from '../sim/results/write-comparison.js';
import { measuredProcess, type Usage } from './measured-process.js';

/** A run that was measured. */
export interface NetworkRun extends Usage {
  /** OU operations performed and skipped, of all images and systems. */
  readonly operations: number;
  /** Records of the trace, 0 without one. */
  readonly traceEvents: number;
}

const CLI = new URL('../cli/main.js', import.meta.url);
const RESIZED = new URL('./resized-run.js', import.meta.url);

/** `ousim run` with the arguments given, and results without charts into a folder that is removed afterwards. */
export function ousimRun(args: readonly string[]): NetworkRun {
  return inFolder((folder) => {
    const usage = measuredProcess(CLI, ['run', ...args, '--out', folder, '--no-charts'], folder);
    return { ...usage, operations: operationsOf(folder), traceEvents: traceEventsOf(folder) };
  });
}

/** `ousim compare` of all systems. */
export function ousimCompare(args: readonly string[]): NetworkRun {
  return inFolder((folder) => {
    const usage = measuredProcess(CLI, ['compare', ...args, '--out', folder, '--no-charts'], folder);
    const { networks } = readJson<Comparison>(folder, COMPARISON_FILE);
    const operations = networks.flatMap(({ images, runs }) => runs.map(({ work }) => images * work.rowCompressed));
    return { ...usage, operations: operations.reduce((sum, value) => sum + value, 0), traceEvents: 0 };
  });
}

/** A ResNet at another input size (resized-run.ts). */
export function resizedRun(args: readonly string[]): NetworkRun {
  return inFolder((folder) => {
    const usage = measuredProcess(RESIZED, [...args, '--out', folder], folder);
    return { ...usage, operations: operationsOf(folder), traceEvents: 0 };
  });
}

function inFolder<Value>(work: (folder: string) => Value): Value {
  const folder = mkdtempSync(join(tmpdir(), 'ousim-bench-'));
  try {
    return work(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function operationsOf(folder: string): number {
  const { counts } = readJson<Result>(folder, RESULT_FILE);
  return counts.ouOperations + counts.skippedOperations;
}

function traceEventsOf(folder: string): number {
  return readJson<{ traceEvents?: number }>(folder, RUN_INFO_FILE).traceEvents ?? 0;
}

function readJson<Value>(folder: string, file: string): Value {
  return JSON.parse(readFileSync(join(folder, file), 'utf8')) as Value;
}
