import { existsSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import type { Comparison } from '../../sim/results/comparison.js';
import { readResult } from '../../sim/results/read.js';
import { readComparison } from '../../sim/results/read-comparison.js';
import type { Result } from '../../sim/results/result.js';
import { RESULT_FILE } from '../../sim/results/write.js';
import { COMPARISON_FILE } from '../../sim/results/write-comparison.js';
import { readTrace, type TraceView } from './trace-file.js';

/** The trace that `ousim run --trace perfetto` writes beside a result. */
export const TRACE_FILE = 'trace.perfetto.json';
/** Spans and counter values of a trace that a page holds, of all its runs together. */
const TRACE_EVENTS_OF_PAGE = 100_000;

/** A folder with a result, and its trace where there is one. */
export interface SavedRun {
  readonly kind: 'run';
  /** Last part of the folder's path. */
  readonly name: string;
  /** The folder as the user wrote it. */
  readonly folder: string;
  readonly result: Result;
  readonly trace: TraceView | null;
}

/** A folder with a comparison of systems. */
export interface SavedComparison {
  readonly kind: 'comparison';
  readonly name: string;
  readonly folder: string;
  readonly comparison: Comparison;
}

/** True of a folder that a page can be made from. */
export function holdsResult(folder: string): boolean {
  return existsSync(join(folder, RESULT_FILE)) || existsSync(join(folder, COMPARISON_FILE));
}

/**
 * Reads what `folder` holds: `result.json`, with the trace beside it, or else `compare.json`.
 *
 * @param folders how many folders share the page
 * @throws ResultFileError, TraceFileError
 */
export function readSaved(folder: string, folders: number): SavedRun | SavedComparison {
  const name = basename(resolve(folder));
  const file = join(folder, RESULT_FILE);
  if (!existsSync(file)) {
    return { kind: 'comparison', name, folder, comparison: readComparison(join(folder, COMPARISON_FILE)) };
  }
  const result = readResult(file);
  const trace = join(folder, TRACE_FILE);
  const limit = Math.floor(TRACE_EVENTS_OF_PAGE / folders);
  return {
    kind: 'run',
    name,
    folder,
    result,
    trace: existsSync(trace) ? readTrace(trace, limit, result.cycles) : null,
  };
}
