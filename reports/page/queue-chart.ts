import { grouped } from '../format.js';
import { shortPath } from '../short-path.js';
import { cycleSpan } from './cycle-span.js';
import { Html, html } from './html.js';
import { jumpLink, momentOf } from './jump.js';
import {
  cycleWords,
  type DrawnQueue,
  drawnQueues,
  longestWords,
  PARTS_SHOWN,
  type QueuePart,
  queueParts,
} from './queues.js';
import type { RunView } from './run-view.js';
import { faint } from './section.js';
import { traceAdvice } from './trace-advice.js';
import type { TracedCounter, TraceView } from './trace-view.js';

const WIDTH = 1000;
const HEIGHT = 100;

/** The queues of a trace as lines over the cycles of its window: that of the pool that limits the run, then the longest. */
export function queueCharts(view: RunView): Html {
  const { trace, queues } = view;
  if (trace === null) return html`<p>The queues over time are read off a trace.</p>${traceAdvice(view)}`;
  const window = cycleSpan(trace.from, trace.to);
  const longest = queues[0];
  if (longest === undefined) return faint(`In the traced window, ${window}, no queue holds a sample.`);
  const { shown, unlisted } = drawnQueues(trace, queues);
  const outlines = shown.every(({ isLine }) => isLine)
    ? ''
    : ` Where it changes too often for a line, the area is the longest queue and the line the mean one in each ${PARTS_SHOWN}th of the window.`;
  return html`<p>The longest queue${shown.length + unlisted === 1 ? '' : ` of ${shortPath(longest.path)}`} in the traced window: ${momentOf(view, longest)}. ${jumpLink(view, longest, 'See this cycle in the timeline')}</p>${faint(`Samples that wait in the traced window, ${window}${shown.length > 1 ? '; each to its own scale' : ''}.${outlines}`)}
<div class="queues">${shown.map((queue) => queueChart(queue, view, trace))}</div>${unlisted === 0 ? '' : faint(`${unlisted} more, with shorter queues, in the timeline below.`)}`;
}

function queueChart(queue: DrawnQueue, view: RunView, { from, to }: TraceView): Html {
  const { name, samples, at, changes, isLine } = queue;
  const words = `Queue of ${name}: at most ${samples} samples in ${cycleSpan(from, to)}, first in cycle ${at}`;
  const lines = isLine ? wholeLine(changes, from, to, samples) : outline(changes, from, to, samples);
  return html`<figure><figcaption>${name}: ${longestWords(samples)}${jumpLink(view, queue, cycleWords(at))}</figcaption><svg class="queue" role="img" aria-label="${words}" viewBox="0 0 ${WIDTH} ${HEIGHT}" preserveAspectRatio="none"><title>${words}</title>${lines}</svg><div class="axis"><span>${grouped(from)}</span><span>cycles</span><span>${grouped(to)}</span></div></figure>`;
}

/** Every change as a step. */
function wholeLine(changes: TracedCounter['changes'], from: number, to: number, longest: number): Html {
  const points = stepPoints(changes, from, to, longest);
  return html`<polygon points="0,${HEIGHT} ${points} ${WIDTH},${HEIGHT}"/><polyline points="${points}"/>`;
}

/** The longest queue of each part of the window as an area, the mean of each part as a line. */
function outline(changes: TracedCounter['changes'], from: number, to: number, longest: number): Html {
  const parts = queueParts(changes, from, to, PARTS_SHOWN);
  const at = (p: number): number => from + (p / PARTS_SHOWN) * (to - from);
  const line = (value: (part: QueuePart) => number): Html =>
    stepPoints(
      parts.map((part, p) => ({ at: at(p), value: value(part) })),
      from,
      to,
      longest,
    );
  return html`<polygon points="0,${HEIGHT} ${line(({ most }) => most)} ${WIDTH},${HEIGHT}"/><polyline class="mean" points="${line(({ mean }) => mean)}"/>`;
}

/** Corners of the line of a counter, from the left to the right edge. */
function stepPoints(changes: TracedCounter['changes'], from: number, to: number, longest: number): Html {
  const x = (at: number): number => round(((at - from) / (to - from)) * WIDTH);
  const y = (value: number): number => round(HEIGHT - (value / longest) * (HEIGHT - 2));
  let level = y(0);
  const points = [`0,${level}`];
  for (const { at, value } of changes) {
    points.push(`${x(at)},${level}`, `${x(at)},${y(value)}`);
    level = y(value);
  }
  points.push(`${WIDTH},${level}`);
  return new Html(points.join(' '));
}

function round(value: number): number {
  return Number(value.toFixed(1));
}
