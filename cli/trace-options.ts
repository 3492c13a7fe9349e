import { join } from 'node:path';
import { type Problem, ScenarioError, shown, unknownName } from '../scenarios/problem.js';
import { PerfettoTrace, type TraceWindow } from '../sim/trace/perfetto.js';

export interface TraceOptions {
  readonly trace?: string;
  readonly traceWindow?: string;
  readonly traceFilter?: string;
}

const FORMATS = ['perfetto'];
export const TRACE_FILE = 'trace.perfetto.json';

/**
 * Opens the trace that the options ask for; null if none. Checks everything before a file is created.
 *
 * @throws ScenarioError on a bad option
 */
export function openTrace(
  options: TraceOptions,
  folder: string | undefined,
  rootClock_GHz: number,
): PerfettoTrace | null {
  const problems: Problem[] = [];
  const { trace, traceWindow, traceFilter } = options;
  if (trace === undefined) {
    for (const [name, value] of [
      ['--trace-window', traceWindow],
      ['--trace-filter', traceFilter],
    ] as const) {
      if (value !== undefined) {
        problems.push({ path: name, value: shown(value), allowed: 'only with --trace perfetto' });
      }
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
  const window = traceWindow === undefined ? undefined : parseWindow(traceWindow, problems);
  if (problems.length > 0) throw new ScenarioError(problems, 'command line');
  if (trace === undefined) return null;
  return new PerfettoTrace({ file: join(folder!, TRACE_FILE), rootClock_GHz, window, filter: traceFilter });
}

/** "FROM:TO" in cycles. */
function parseWindow(text: string, problems: Problem[]): TraceWindow | undefined {
  const match = /^(\d+):(\d+)$/.exec(text);
  const window = { from: Number(match?.[1]), to: Number(match?.[2]) };
  if (match !== null && window.from < window.to && Number.isSafeInteger(window.to)) return window;
  const allowed = 'FROM:TO in whole cycles with FROM < TO, for instance 0:5000';
  problems.push({ path: '--trace-window', value: shown(text), allowed });
  return undefined;
}
