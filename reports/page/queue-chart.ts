import { grouped } from '../format.js';
import { Html, html } from './html.js';
import { faint } from './section.js';
import type { TracedCounter, TraceView } from './trace-file.js';

const CHARTS_SHOWN = 6;
/** Steps of a line; more than this are drawn as the largest value of each part of the window. */
const STEPS_SHOWN = 800;
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
  return html`<p class="faint">Samples that wait in the traced window, ${window}; all queues to their own scale.</p>
<div class="queues">${shown.map(({ counter, longest }) => queueChart(counter, longest, trace))}</div>${
    unlisted === 0 ? '' : faint(`${unlisted} more, with shorter queues, in the timeline below.`)
  }`;
}

function queueChart({ path, changes }: TracedCounter, longest: number, { from, to }: TraceView): Html {
  const name = path.replace(/^Chip\./, '');
  const points = stepPoints(changes, from, to, longest);
  const words = `Queue of ${name}: at most ${longest} samples in cycles ${from} to ${to}`;
  return html`<figure><figcaption>${name}: at most ${grouped(longest)}</figcaption><svg class="queue" role="img" aria-label="${words}" viewBox="0 0 ${WIDTH} ${HEIGHT}" preserveAspectRatio="none"><title>${words}</title><polygon points="0,${HEIGHT} ${points} ${WIDTH},${HEIGHT}"/><polyline points="${points}"/></svg><div class="axis"><span>${grouped(from)}</span><span>cycles</span><span>${grouped(to)}</span></div></figure>`;
}

/** Corners of the line of a counter, from the left to the right edge. */
export function stepPoints(changes: TracedCounter['changes'], from: number, to: number, longest: number): Html {
  const steps = changes.length <= STEPS_SHOWN ? changes : thinned(changes, from, to);
  const x = (at: number): number => round(((at - from) / (to - from)) * WIDTH);
  const y = (value: number): number => round(HEIGHT - (value / longest) * (HEIGHT - 2));
  let level = y(0);
  const points = [`0,${level}`];
  for (const { at, value } of steps) {
    points.push(`${x(at)},${level}`, `${x(at)},${y(value)}`);
    level = y(value);
  }
  points.push(`${WIDTH},${level}`);
  return new Html(points.join(' '));
}

/** The largest value in each of `STEPS_SHOWN` parts of the window. */
function thinned(changes: TracedCounter['changes'], from: number, to: number): TracedCounter['changes'] {
  const parts = new Map<number, number>();
  let level = 0;
  for (const { at, value } of changes) {
    const part = Math.min(STEPS_SHOWN - 1, Math.floor(((at - from) / (to - from)) * STEPS_SHOWN));
    parts.set(part, Math.max(parts.get(part) ?? level, value));
    level = value;
  }
  return Array.from(parts, ([part, value]) => ({ at: from + (part / STEPS_SHOWN) * (to - from), value }));
}

function round(value: number): number {
  return Number(value.toFixed(1));
}
