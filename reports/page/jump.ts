import { type Html, html } from './html.js';
import { type LongestQueue, momentWords, poolMoment } from './longest-queue.js';
import { machineNumber, readRound } from './machine-cycles.js';
import type { RunView } from './run-view.js';

/** Rounds of reads in view after a jump: single reads and conversions are told apart. */
const ROUNDS_IN_VIEW = 8;

/** A link to the timeline at the cycle of a longest queue; `timeline.js` moves it there, marks the cycle, and shows the pool. */
export function jumpLink({ prefix, result, trace }: RunView, { path, at }: LongestQueue, text: string): Html {
  const half = Math.ceil((ROUNDS_IN_VIEW * readRound(result)) / 2);
  const from = Math.max(trace?.from ?? 0, at - half);
  return html`<a href="#${prefix}timeline" data-jump="${from}:${from + 2 * half}" data-mark="${at}" data-path="${path}">${text}</a>`;
}

/** What happens in the cycle of a longest queue, in words. */
export function momentOf({ trace, result }: RunView, queue: LongestQueue): string {
  const sharedBy = machineNumber(result, 'adc', 'sharedBy');
  return trace === null ? '' : momentWords(queue, poolMoment(trace, queue.path, queue.at, sharedBy));
}
