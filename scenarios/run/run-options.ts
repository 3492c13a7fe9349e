import type { Granularity } from '../../components/pe.js';
import type { SkippedWork } from '../../components/skipped-work.js';
import type { RunSnapshot } from '../../sim/results/run-snapshot.js';
import type { TraceSink } from '../../sim/trace/trace.js';

/** A trace that a run of several parts can write to, each part starting at cycle 0. */
export interface OffsetTrace extends TraceSink {
  /** Cycles added to all times, until it is set again. */
  offset: number;
}

export interface RunOptions {
  /** Default `fast`. The result is the same. */
  readonly granularity?: Granularity;
  /** Put the outputs into the result. */
  readonly outputs?: boolean;
  /** Shuffles the order of equal (cycle, phase) events; the result stays the same (kernel law 3). */
  readonly shuffleSeed?: number | undefined;
  /** Set when a trace is wanted. A booked run does not report to one and is then sampled. */
  readonly trace?: OffsetTrace | null;
  /** Takes what granularity `fast` did not simulate one by one. */
  readonly skipped?: SkippedWork;
  /** Names of resources (`scenarios/chip/ideal.ts`): for each, a network is run once more with that resource ideal. */
  readonly ideal?: readonly string[];
  readonly progress?: RunProgress;
}

/**
 * Called as parts of the run are done: `done` of `total` steps, and the name of the part that comes next. While it simulates,
 * `look` reads off where the run stands; it takes time, and changes nothing.
 */
export type RunProgress = (done: number, total: number, next: string, look?: () => RunSnapshot) => void;
