import { limitingPool } from './limiting-pool.js';
import { type LongestQueue, longestQueues } from './longest-queue.js';
import type { SavedRun } from './saved-run.js';

/** A run with what several sections of its page say of it. */
export interface RunView extends SavedRun {
  /** Stands before the ids of its sections: several runs share a page. */
  readonly prefix: string;
  /** Path of the ADC pool that limits the run; null where something else does. */
  readonly limiting: string | null;
  /** Queues of the trace in which samples wait, the one to look at first; empty without a trace. */
  readonly queues: readonly LongestQueue[];
}

export function runView(run: SavedRun, prefix: string): RunView {
  const limiting = limitingPool(run.result);
  return { ...run, prefix, limiting, queues: run.trace === null ? [] : longestQueues(run.trace, limiting) };
}
