import { basename, dirname, resolve } from 'node:path';
import { type Problem, ScenarioError, shown, unknownName } from '../scenarios/problem.js';
import { TRACE_FORMAT_NAMES } from '../sim/trace/formats.js';
import { openSavedTrace, replay, type SavedTrace, SavedTraceError } from '../sim/trace/saved-trace.js';
import { TRACE_LEVELS } from '../sim/trace/trace-level.js';
import { TraceRecorder } from '../sim/trace/trace-recorder.js';
import type { TraceWindow } from '../sim/trace/trace-writer.js';
import { allOf } from './mistakes.js';
import { outputFolderProblems, prepareOutputFolder } from './output-folder.js';
import type { Session } from './terminal.js';
import {
  describeTrace,
  isFormat,
  selectionOf,
  selectionProblems,
  type TraceSelectionOptions,
} from './trace-options.js';

export interface TraceCommandOptions extends TraceSelectionOptions {
  readonly to: string;
  readonly out: string;
}

/** `ousim trace`: writes a saved trace, or a part of it, in another format. */
export function traceCommand(file: string, options: TraceCommandOptions, session: Session): void {
  const [, saved] = allOf(
    () => checkOptions(file, options),
    () => readTrace(file),
  );
  const { window, filter, level } = selectionOf(options);
  checkAgainst(saved, options, window);
  prepareOutputFolder(dirname(options.out), session, 0);
  const recorder = new TraceRecorder({
    files: isFormat(options.to) ? [{ format: options.to, file: options.out }] : [],
    rootClock_GHz: saved.rootClock_GHz,
    window: window ?? saved.window ?? undefined,
    filter: filter ?? saved.filter ?? undefined,
    level: level ?? saved.level,
  });
  try {
    replay(saved, recorder);
  } catch (error) {
    recorder.abort();
    throw error;
  }
  process.stdout.write(`written: ${options.out}\n  ${describeTrace(recorder)}\n`);
}

/** @throws ScenarioError with everything that is wrong with the options by themselves */
function checkOptions(file: string, options: TraceCommandOptions): void {
  const { to, out } = options;
  const problems: Problem[] = [];
  if (!isFormat(to)) problems.push(unknownName('--to', to, TRACE_FORMAT_NAMES));
  const problem = (allowed: string): Problem => ({ path: '--out', value: shown(out), allowed });
  if (out === '' || /[\\/]$/.test(out)) problems.push(problem('the name of a file, for instance --out out/trace.vcd'));
  else {
    problems.push(...outputFolderProblems(dirname(out), [basename(out)]));
    if (resolve(out) === resolve(file)) problems.push(problem('a name that does not overwrite the trace'));
  }
  problems.push(...selectionProblems(options, '--'));
  if (problems.length > 0) throw new ScenarioError(problems, 'command line');
}

/** @throws ScenarioError with everything that is wrong with the file */
function readTrace(file: string): SavedTrace {
  try {
    return openSavedTrace(file);
  } catch (error) {
    if (!(error instanceof SavedTraceError)) throw error;
    const problems = error.faults.map(({ line, got, allowed }) => ({ path: `${file}:${line}`, value: got, allowed }));
    if (error.more > 0) {
      problems.push({ path: file, value: `${error.more} more problems`, allowed: 'none; mend those above first' });
    }
    throw new ScenarioError(problems, file);
  }
}

/** @throws ScenarioError where the options ask for what the trace has not kept */
function checkAgainst(
  saved: SavedTrace,
  { level, ...given }: TraceCommandOptions,
  window: TraceWindow | undefined,
): void {
  const problems: Problem[] = [];
  if (window !== undefined && saved.window !== null) {
    const { from, to } = saved.window;
    if (window.from < from || window.to > to) {
      problems.push({
        path: '--window',
        value: shown(given.window),
        allowed: `cycles that the trace has kept, within ${from}:${to}`,
      });
    }
  }
  const kept = TRACE_LEVELS.slice(0, TRACE_LEVELS.indexOf(saved.level) + 1);
  if (level !== undefined && !kept.some((name) => name === level)) {
    problems.push({
      path: '--level',
      value: shown(level),
      allowed: `a level that the trace has kept: ${kept.join(', ')}`,
    });
  }
  if (problems.length > 0) throw new ScenarioError(problems, 'command line');
}
