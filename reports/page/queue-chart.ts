import { grouped } from '../format.js';
import { Html, html } from './html.js';
import { faint } from './section.js';
import type { TracedCounter, TraceView } from './trace-file.js';

const CHARTS_SHOWN = 6;
/** Steps of a line; of more than this the longest and the mean queue of each part of the window are drawn. */
const STEPS_SHOWN = 120;
const PARTS_SHOWN = 60;
const WIDTH = 1000;
const HEIGHT = 100;

/** The queues of a trace that grow longest, each as a line over the cycles of its window. */
export function queueCharts(trace: TraceView | null, howToTrace: Html): Html {
  if (trace === null) return html`<p>The queues over time are read off a trace, and none is saved. ${howToTrace}</p>`;
  const queues = trace.counters
    .filter(({ name }) => name === 'queue')
    .map((counter) => ({ counter, longest: Math.max(0, ...counter.changes.map(({ value }) => value)) }))
    .sort((a, b) => b.longest - a.longest);
  const shown = queues.filter(({ longest }) => longest > 0).slice(0, CHARTS_SHOWN);
  const window = `cycles ${grouped(trace.from)} to ${grouped(trace.to)}`;
  if (shown.length === 0) return faint(`In the traced window, ${window}, no queue holds a sample.`);
  const unlisted = queues.length - shown.length;
  return html`<p class="faint">Samples that wait in the traced window, ${window}; each to its own scale. Where it changes too often for a line, the area is the longest queue and the line the mean one in each ${PARTS_SHOWN}th of the window.</p>
<div class="queues">${shown.map(({ counter, longest }) => queueChart(counter, longest, trace))}</div>${
    unlisted === 0 ? '' : faint(`${unlisted} more, with shorter queues, in the timeline below.`)
  }`;
}

function queueChart({ path, changes }: TracedCounter, longest: number, { from, to }: TraceView): Html {
  const name = path.replace(/^Chip\./, '');
  const words = `Queue of ${name}: at most ${longest} samples in cycles ${from} to ${to}`;
  const lines =
    changes.length <= STEPS_SHOWN ? wholeLine(changes, from, to, longest) : outline(changes, from, to, longest);
  return html`<figure><figcaption>${name}: at most ${grouped(longest)}</figcaption><svg class="queue" role="img" aria-label="${words}" viewBox="0 0 ${WIDTH} ${HEIGHT}" preserveAspectRatio="none"><title>${words}</title>${lines}</svg><div class="axis"><span>${grouped(from)}</span><span>cycles</span><span>${grouped(to)}</span></div></figure>`;
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

function round(value: number): number {
  return Number(value.toFixed(1));
}
