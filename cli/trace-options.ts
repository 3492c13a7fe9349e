import { join } from 'node:path';
import { type Problem, shown, unknownName } from '../scenarios/problem.js';
import { pathFilter } from '../sim/trace/filter.js';
import { PerfettoTrace, type TraceWindow } from '../sim/trace/perfetto.js';
import { TraceError } from '../sim/trace/trace-error.js';

export interface TraceOptions {
  readonly trace?: string;
  readonly traceWindow?: string;
  readonly traceFilter?: string;
}

const FORMATS = ['perfetto'];
export const TRACE_FILE = 'trace.perfetto.json';

/** What is wrong with the options of a trace. */
export function traceProblems(
  { trace, traceWindow, traceFilter }: TraceOptions,
  folder: string | undefined,
): Problem[] {
  const problems: Problem[] = [];
  if (trace === undefined) {
    for (const [path, value] of [
      ['--trace-window', traceWindow],
      ['--trace-filter', traceFilter],
    ] as const) {
      if (value !== undefined) problems.push({ path, value: shown(value), allowed: 'only with --trace perfetto' });
    }
  } else {
    if (!FORMATS.includes(trace)) problems.push(unknownName('--trace', trace, FORMATS));
    if (folder === undefined) {
      problems.push({
        path: '--trace',
        value: shown(trace),
        allowed: 'only with --out',
        hint: 'the trace is a file in the folder that --out names',
      });
    }
  }
  if (traceWindow !== undefined && windowOf(traceWindow) === null) {
    const allowed = 'FROM:TO in whole cycles with FROM < TO, for instance 0:5000';
    problems.push({ path: '--trace-window', value: shown(traceWindow), allowed });
  }
  if (traceFilter !== undefined && !isFilter(traceFilter)) {
    problems.push({
      path: '--trace-filter',
      value: shown(traceFilter),
      allowed: 'paths of instances, with * for any characters and commas between alternatives',
      hint: 'for instance "*.AdcPool[0]*"',
    });
  }
  return problems;
}

/**
 * Opens the trace that the options ask for, which must be without problems; null if none.
 *
 * @throws TraceError if the file cannot be created
 */
export function openTrace(
  { trace, traceWindow, traceFilter }: TraceOptions,
  folder: string | undefined,
  rootClock_GHz: number,
): PerfettoTrace | null {
  if (trace === undefined) return null;
  const window = traceWindow === undefined ? undefined : windowOf(traceWindow)!;
  return new PerfettoTrace({ file: join(folder!, TRACE_FILE), rootClock_GHz, window, filter: traceFilter });
}

/** What a finished trace holds, for the list of written files. */
export function describeTrace({ file, events, tracks }: PerfettoTrace): string {
  const how =
    events === 0
      ? 'empty: no instance matches the filter, or nothing happens in the window'
      : `${events} events on ${tracks} tracks; for ui.perfetto.dev, where 1 us is 1 cycle`;
  return `${file} (${how})`;
}

/** "FROM:TO" in cycles; null if it is not. */
function windowOf(text: string): TraceWindow | null {
  const match = /^(\d+):(\d+)$/.exec(text);
  const window = { from: Number(match?.[1]), to: Number(match?.[2]) };
  return match !== null && window.from < window.to && Number.isSafeInteger(window.to) ? window : null;
}

function isFilter(pattern: string): boolean {
  try {
    pathFilter(pattern);
    return true;
  } catch (error) {
    if (error instanceof TraceError) return false;
    throw error;
  }
}
