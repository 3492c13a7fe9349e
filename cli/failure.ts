import { renderProblems, ScenarioError } from '../scenarios/problem.js';
import { TraceError } from '../sim/trace/trace-error.js';
import { EXIT } from './exit-codes.js';
import { PathError } from './output-folder.js';

/** A mistake in the use of the command line itself. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

export interface Failure {
  readonly message: string;
  readonly exitCode: number;
}

/** What to tell the user about an error: a mistake says what to mend, a bug says what to report. */
export function failureOf(error: unknown): Failure {
  if (error instanceof ScenarioError || error instanceof UsageError)
    return { message: error.message, exitCode: EXIT.mistake };
  if (error instanceof PathError) return { message: renderProblems([error.problem], 'output'), exitCode: EXIT.mistake };
  if (error instanceof TraceError) {
    const problem = { path: '--trace', value: 'see hint', allowed: 'see hint', hint: error.message };
    return { message: renderProblems([problem], 'options'), exitCode: EXIT.mistake };
  }
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return { message: `This is a bug in ousim; please report it with the scenario.\n${text}`, exitCode: EXIT.bug };
}
