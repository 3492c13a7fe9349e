import { basename, join } from 'node:path';
import { grouped, plural } from '../reports/format.js';
import { type Problem, shown, unknownName } from '../scenarios/problem.js';
import { pathFilter } from '../sim/trace/filter.js';
import { TRACE_FORMAT_NAMES, TRACE_FORMATS, type TraceFormat } from '../sim/trace/formats.js';
import { TraceError } from '../sim/trace/trace-error.js';
import { isTraceLevel, TRACE_LEVELS, type TraceLevel } from '../sim/trace/trace-level.js';
import { TraceRecorder } from '../sim/trace/trace-recorder.js';
import type { TraceWindow } from '../sim/trace/trace-writer.js';

/** What of a trace is kept, as the command line says it. */
export interface TraceSelectionOptions {
  readonly window?: string | undefined;
  readonly filter?: string | undefined;
  readonly level?: string | undefined;
}

export interface TraceOptions {
  readonly trace?: string;
  readonly traceWindow?: string;
  readonly traceFilter?: string;
  readonly traceLevel?: string;
}

/** What is wrong with the options of a trace. */
export function traceProblems(
  { trace, traceWindow, traceFilter, traceLevel }: TraceOptions,
  folder: string | undefined,
): Problem[] {
  const problems: Problem[] = [];
  if (trace === undefined) {
    for (const [path, value] of [
      ['--trace-window', traceWindow],
      ['--trace-filter', traceFilter],
      ['--trace-level', traceLevel],
    ] as const) {
      if (value !== undefined) problems.push({ path, value: shown(value), allowed: 'only with --trace' });
    }
  } else {
    for (const name of trace.split(',')) {
      if (!isFormat(name)) problems.push(unknownName('--trace', name, TRACE_FORMAT_NAMES));
    }
    if (folder === undefined) {
      problems.push({
        path: '--trace',
        value: shown(trace),
        allowed: 'only with --out',
        hint: 'the trace is a file in the folder that --out names',
      });
    }
  }
  const selection = { window: traceWindow, filter: traceFilter, level: traceLevel };
  return [...problems, ...selectionProblems(selection, '--trace-')];
}

/** @param prefix of the options' names */
export function selectionProblems({ window, filter, level }: TraceSelectionOptions, prefix: string): Problem[] {
  const problems: Problem[] = [];
  if (window !== undefined && windowOf(window) === null) {
    const allowed = 'FROM:TO in whole cycles with FROM < TO, for instance 0:5000';
    problems.push({ path: `${prefix}window`, value: shown(window), allowed });
  }
  if (filter !== undefined && !isFilter(filter)) {
    problems.push({
      path: `${prefix}filter`,
      value: shown(filter),
      allowed: 'paths of instances, with * for any characters and commas between alternatives',
      hint: 'for instance "*.AdcPool[0]*"',
    });
  }
  if (level !== undefined && !isTraceLevel(level)) problems.push(unknownName(`${prefix}level`, level, TRACE_LEVELS));
  return problems;
}

/** What a selection without problems keeps. */
export function selectionOf({ window, filter, level }: TraceSelectionOptions): {
  window: TraceWindow | undefined;
  filter: string | undefined;
  level: TraceLevel | undefined;
} {
  return {
    window: window === undefined ? undefined : windowOf(window)!,
    filter,
    level: level as TraceLevel | undefined,
  };
}

/**
 * Opens the trace that the options ask for, which must be without problems; null if none.
 *
 * @throws TraceError if a file cannot be created
 */
export function openTrace(
  { trace, traceWindow, traceFilter, traceLevel }: TraceOptions,
  folder: string | undefined,
  rootClock_GHz: number,
): TraceRecorder | null {
  if (trace === undefined) return null;
  const formats = new Set(trace.split(',').filter(isFormat));
  const files = [...formats].map((format) => ({ format, file: join(folder!, TRACE_FORMATS[format].file) }));
  const selection = selectionOf({ window: traceWindow, filter: traceFilter, level: traceLevel });
  return new TraceRecorder({ files, rootClock_GHz, ...selection });
}

/** What a finished trace holds, and what reads its files. */
export function describeTrace({ files, events, tracks, window, end, beginsAfterRun }: TraceRecorder): string {
  if (beginsAfterRun) {
    return `nothing of the run: the window begins in cycle ${grouped(window!.from)}, but the run ended in cycle ${grouped(end)}`;
  }
  if (events === 0) return 'empty: no instance matches the filter, or nothing happens in the window';
  const name = (file: string) => (files.length === 1 ? '' : `${basename(file)} `);
  const readers = files.map(({ format, file }) => `${name(file)}for ${TRACE_FORMATS[format].viewer}`);
  return `${plural(events, 'event')} on ${plural(tracks, 'track')}, 1 us is 1 cycle; ${readers.join('; ')}`;
}

export function isFormat(name: string): name is TraceFormat {
  return TRACE_FORMAT_NAMES.some((format) => format === name);
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
