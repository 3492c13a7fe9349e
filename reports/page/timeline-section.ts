import { grouped, plural } from '../format.js';
import { shortPath } from '../short-path.js';
import { legend } from './bar.js';
import { cycleSpan } from './cycle-span.js';
import { embeddedJson, type Html, html, NOTHING } from './html.js';
import { jumpLink, momentOf } from './jump.js';
import { numberCell, type PageColumn, pageTable, textCell } from './page-table.js';
import type { RunView } from './run-view.js';
import { faint, type Section } from './section.js';
import { timelineData, tracedTimes } from './timeline-data.js';
import { traceAdvice } from './trace-advice.js';
import type { TraceView } from './trace-view.js';

/** Resources in the table of times. */
const TIMES_SHOWN = 100;

/** What the looks of spans mean; `timeline.js` draws a name that is not among them as `other`. */
const SPAN_LOOKS = [
  { look: 'read', name: 'read', definition: 'A crossbar reads an operation unit.' },
  { look: 'convert', name: 'convert', definition: 'An ADC converts a sample.' },
  {
    look: 'stall',
    name: 'stall',
    definition: 'A resource has work and cannot do it; its name says what it waits for.',
  },
  { look: 'other', name: 'other work', definition: 'Fetching and sending of windows, scans of planes.' },
  { look: 'queue', name: 'queue', definition: 'Samples that wait for an ADC of the pool, as a height.' },
] as const;

/** The traced cycles, resource by resource, to be zoomed and moved by mouse and keyboard. */
export function timelineSection(view: RunView): Section {
  const title = 'Timeline';
  const { trace, queues } = view;
  if (trace === null) return { id: 'timeline', title, content: traceAdvice(view) };
  const { from, to, events, eventsInFile, tracks } = trace;
  if (eventsInFile === 0) {
    return {
      id: 'timeline',
      title,
      content: html`<p>In the traced window, ${cycleSpan(from, to)}, no traced resource had work.</p>`,
    };
  }
  const cut =
    events === eventsInFile
      ? NOTHING
      : html`<p class="notice">The trace is longer than this page may be: it holds ${grouped(eventsInFile)} spans, counter values and operations, of which the first ${grouped(events)} are shown here, whole up to cycle ${grouped(to - 1)}. Trace a smaller window to see later cycles, or open the trace in Perfetto.</p>`;
  return {
    id: 'timeline',
    title,
    content: [
      html`<p>What ${plural(tracks.length, 'resource')} did in ${cycleSpan(from, to)}. Gaps are time without work.</p>`,
      queues[0] === undefined
        ? NOTHING
        : html`<p>The longest queue: ${momentOf(view, queues[0])}. ${jumpLink(view, queues[0], 'Go to this cycle')}</p>`,
      cut,
      legend(SPAN_LOOKS),
      html`<div class="timeline" data-timeline><div class="controls"><button type="button" data-zoom="in" title="Zoom in (key +)">+</button><button type="button" data-zoom="out" title="Zoom out (key -)">−</button><button type="button" data-zoom="left" title="Move to earlier cycles (key left)">←</button><button type="button" data-zoom="right" title="Move to later cycles (key right)">→</button><button type="button" data-zoom="all" title="Show the whole window (key 0)">all</button><output aria-live="polite">${cycleSpan(from, to)}</output></div><div class="rows" tabindex="0" role="application" aria-label="Timeline: plus and minus zoom, arrow keys move, 0 shows all, Page up and Page down scroll the resources, n and p go from span to span, j and k from resource to resource"><canvas></canvas><div class="height"></div></div><p class="faint hint">In a read stands its operation; in a conversion whose sample it is: [crossbar] operation. Click into the picture; then the wheel zooms and dragging moves. Keys: + and − zoom, arrows move and scroll, 0 shows all; n and p go to the next and the previous span of a resource, j and k to the next and the previous resource, and what is there is said above. Without a click, Ctrl with the wheel zooms.</p><noscript><p>The timeline is drawn by a script; the table below holds its sums.</p></noscript><script type="application/json">${embeddedJson(timelineData(trace))}</script></div>`,
      html`<details><summary>Cycles of the window by resource</summary>${timeTable(trace)}</details>`,
    ],
  };
}

function timeTable(trace: TraceView): Html {
  const times = tracedTimes(trace);
  const names = [...new Set(times.flatMap(({ cycles }) => [...cycles.keys()]))];
  const columns: PageColumn[] = [
    { heading: 'resource', definition: 'Path of the instance.', kind: 'text' },
    ...names.map(
      (name): PageColumn => ({
        heading: name,
        unit: 'cycles',
        definition: `Cycles of the window in the state ${name}.`,
        kind: 'number',
      }),
    ),
    { heading: 'nothing', unit: 'cycles', definition: 'Cycles of the window without a span: no work.', kind: 'number' },
    { heading: 'sum', unit: 'cycles', definition: 'Length of the window.', kind: 'number' },
  ];
  const rows = times
    .slice(0, TIMES_SHOWN)
    .map(({ path, cycles, idle }) => [
      textCell(shortPath(path)),
      ...names.map((name) => numberCell(grouped(cycles.get(name) ?? 0), cycles.get(name) ?? 0)),
      numberCell(grouped(idle), idle),
      numberCell(grouped(trace.to - trace.from), trace.to - trace.from),
    ]);
  const unlisted = times.length - rows.length;
  const table = pageTable({ caption: 'What each resource did in the traced window', columns, rows });
  return unlisted > 0 ? html`${table}${faint(`${plural(unlisted, 'resource')} more in the trace.`)}` : table;
}
