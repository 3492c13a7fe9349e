import { grouped } from '../format.js';
import { shortPath } from '../short-path.js';
import type { LongestQueue } from './longest-queue.js';
import type { TracedCounter, TraceView } from './trace-view.js';

const QUEUES_SHOWN = 6;
/** Changes of a line; of more than this the longest and the mean queue of each part of the window are drawn. */
const STEPS_SHOWN = 400;
/** Parts of the window. */
export const PARTS_SHOWN = 60;

/** A queue as it is drawn. */
export interface DrawnQueue extends LongestQueue {
  /** Of its pool, without the chip. */
  readonly name: string;
  readonly changes: TracedCounter['changes'];
  /** Whether the changes are few enough for a line. */
  readonly isLine: boolean;
}

export interface DrawnQueues {
  readonly shown: readonly DrawnQueue[];
  /** Queues of the trace that are left out. */
  readonly unlisted: number;
}

/**
 * The first of the queues with their changes.
 *
 * @param queues of the trace, in the order in which they are drawn
 */
export function drawnQueues({ counters }: TraceView, queues: readonly LongestQueue[]): DrawnQueues {
  const traced = counters.filter(({ name }) => name === 'queue');
  const shown = queues.slice(0, QUEUES_SHOWN).map((queue) => {
    const { changes } = traced.find(({ path }) => path === queue.path)!;
    return { ...queue, name: shortPath(queue.path), changes, isLine: changes.length <= STEPS_SHOWN };
  });
  return { shown, unlisted: traced.length - shown.length };
}

/** How long a queue gets; in the caption of the queue the first cycle of that length follows. */
export function longestWords(samples: number): string {
  return `at most ${grouped(samples)}, first in `;
}

export function cycleWords(at: number): string {
  return `cycle ${grouped(at)}`;
}

/** A line in steps: from `start` to `end`, cycles, there are `value` samples. */
export interface QueueStep {
  readonly start: number;
  readonly end: number;
  readonly value: number;
}

/** The steps of a queue from the beginning of the window to its end, without those of no length. */
export function queueSteps(changes: TracedCounter['changes'], from: number, to: number): QueueStep[] {
  const all = [{ at: from, value: 0 }, ...changes];
  return all
    .map(({ at, value }, c) => ({ start: Math.max(at, from), end: Math.min(all[c + 1]?.at ?? to, to), value }))
    .filter(({ start, end }) => end > start);
}

/** A queue in a part of the window, in samples. */
export interface QueuePart {
  readonly most: number;
  readonly mean: number;
}

/** The longest and the mean queue in each of `count` parts of [from, to) of equal length. */
export function queueParts(changes: TracedCounter['changes'], from: number, to: number, count: number): QueuePart[] {
  const length = (to - from) / count;
  const parts = Array.from({ length: count }, () => ({ most: 0, area: 0 }));
  // Adds the time from `start` to `end` at a level to all parts that it reaches into.
  const add = (start: number, end: number, level: number): void => {
    for (let p = Math.floor((start - from) / length); p < count && from + p * length < end; p++) {
      const within = Math.min(end, from + (p + 1) * length) - Math.max(start, from + p * length);
      if (within <= 0) continue;
      const part = parts[p]!;
      part.area += within * level;
      part.most = Math.max(part.most, level);
    }
  };
  let since = from;
  let level = 0;
  for (const { at, value } of changes) {
    add(since, at, level);
    since = at;
    level = value;
  }
  add(since, to, level);
  return parts.map(({ most, area }) => ({ most, mean: area / length }));
}
