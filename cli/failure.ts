import { ScenarioError } from '../scenarios/problem.js';
import { TraceError } from '../sim/trace/trace-error.js';
import { EXIT } from './exit-codes.js';
import { Mistakes } from './mistakes.js';

export interface Failure {
  readonly message: string;
  readonly exitCode: number;
}

/** A failure in another thread: errors do not pass between threads whole, but what to tell the user about them does. */
export class JobFailure extends Error {
  override readonly name = 'JobFailure';

  constructor(readonly failure: Failure) {
    super(failure.message);
  }
}

/** What to tell the user about an error: a mistake says what to mend, a bug says what to report. */
export function failureOf(error: unknown): Failure {
  if (error instanceof JobFailure) return error.failure;
  if (error instanceof ScenarioError || error instanceof Mistakes || error instanceof TraceError) {
    return { message: error.message, exitCode: EXIT.mistake };
  }
  if (isOutOfMemory(error)) {
    const hint = 'take fewer images or windows, or allow it more, for instance NODE_OPTIONS=--max-old-space-size=8192';
    return { message: `Out of memory: this scenario needs more than Node.js may use; ${hint}`, exitCode: EXIT.mistake };
  }
  if (isSystemError(error)) return { message: `The system refused: ${error.message}`, exitCode: EXIT.mistake };
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return { message: `This is a bug in ousim; please report it with the scenario.\n${text}`, exitCode: EXIT.bug };
}

/** A full disk, a file that may not be read, … */
function isSystemError(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && 'syscall' in error && 'code' in error;
}

function isOutOfMemory(error: unknown): boolean {
  return error instanceof Error && (error as NodeJS.ErrnoException).code === 'ERR_WORKER_OUT_OF_MEMORY';
}
