import { existsSync, readFileSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import type { Comparison } from '../../sim/results/comparison.js';
import { ResultFileError, readResult } from '../../sim/results/read.js';
import { readComparison } from '../../sim/results/read-comparison.js';
import type { Result } from '../../sim/results/result.js';
import { RESULT_FILE, RUN_INFO_FILE } from '../../sim/results/write.js';
import { COMPARISON_FILE } from '../../sim/results/write-comparison.js';
import type { TraceView } from './trace-view.js';

/** Spans, counter values and operations of traces that a page holds, of all its runs together. */
const TRACE_EVENTS_OF_PAGE = 100_000;

/** A folder with a result, and its trace where there is one. */
export interface SavedRun {
  readonly kind: 'run';
  /** Last part of the folder's path. */
  readonly name: string;
  /** The folder as the user wrote it. */
  readonly folder: string;
  readonly result: Result;
  /** What stood behind `ousim` when the result was made; null of a result of an older version. */
  readonly commandLine: readonly string[] | null;
  readonly trace: TraceView | null;
  /** Cycles of the run of which a trace beside the result is, where that is another run; `trace` is null then. */
  readonly otherRun_cycles?: number;
  /** Names of the traces in the folder that are in formats which the page does not read. */
  readonly otherTraces: readonly string[];
}

/** A folder with a comparison of systems. */
export interface SavedComparison {
  readonly kind: 'comparison';
  readonly name: string;
  readonly folder: string;
  readonly comparison: Comparison;
}

/** The traces beside a result. */
export type SavedTraces = Pick<SavedRun, 'trace' | 'otherTraces'>;

/** True of a folder that a page can be made from. */
export function holdsResult(folder: string): boolean {
  return existsSync(join(folder, RESULT_FILE)) || existsSync(join(folder, COMPARISON_FILE));
}

/**
 * Reads what `folder` holds: `result.json`, with the trace beside it, or else `compare.json`.
 *
 * @param folders how many folders share the page
 * @param tracesIn reads the traces of a folder, of which the page holds so many events
 * @throws ResultFileError, and what `tracesIn` throws
 */
export function readSaved(
  folder: string,
  folders: number,
  tracesIn: (folder: string, limit: number) => SavedTraces,
): SavedRun | SavedComparison {
  const name = basename(resolve(folder));
  const file = join(folder, RESULT_FILE);
  if (!existsSync(file)) {
    return { kind: 'comparison', name, folder, comparison: readComparison(join(folder, COMPARISON_FILE)) };
  }
  const result = readResult(file);
  const traces = tracesIn(folder, Math.floor(TRACE_EVENTS_OF_PAGE / folders));
  const { trace } = traces;
  const run = { kind: 'run', name, folder, result, commandLine: savedCommandLine(folder), ...traces } as const;
  // A run without a trace leaves that of an earlier one in its folder.
  const isOfOtherRun = trace !== null && trace.runCycles !== result.cycles;
  return isOfOtherRun ? { ...run, trace: null, otherRun_cycles: trace.runCycles } : run;
}

/** The command line in `run-info.json`; null where there is none, as in folders of older versions. */
function savedCommandLine(folder: string): readonly string[] | null {
  const file = join(folder, RUN_INFO_FILE);
  if (!existsSync(file)) return null;
  let info: unknown;
  try {
    info = JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    throw new ResultFileError(file, [`no JSON: ${(error as Error).message}`], { cause: error });
  }
  const { commandLine } = (info ?? {}) as { readonly commandLine?: unknown };
  return Array.isArray(commandLine) && commandLine.every((word) => typeof word === 'string') ? commandLine : null;
}
