import { grouped, plural } from '../../format.js';
import { cycleSpan } from '../../page/cycle-span.js';
import { limitingPool, peOf } from '../../page/limiting-pool.js';
import { queueSteps } from '../../page/queues.js';
import { runView } from '../../page/run-view.js';
import type { SavedRun } from '../../page/saved-run.js';
import { type TimelineGroup, timelineGroups } from '../../page/timeline-data.js';
import type { TracedCounter, TracedTrack, TraceView } from '../../page/trace-view.js';
import { shortPath } from '../../short-path.js';
import { textWidth } from '../canvas.js';
import type { DataTable } from '../csv.js';
import { FAINT_TEXT_COLOUR, OKABE_ITO, translucent } from '../palette.js';
import { AXIS_HEIGHT, type Axis, paintAxis, ticksOf } from '../paper/axis.js';
import { legend } from '../paper/legend.js';
import { fillLook, LINE_COLOUR, LOOKS, type LookName } from '../paper/looks.js';
import { type Block, paperChart } from '../paper/sheet.js';
import { type Context, fitted, TEXT_pt, widest, write } from '../paper/text.js';
import { type PageChart, sourceNotes } from './page-chart.js';

const TIMELINE_CAPTION = 'Timeline';

/** Lines of the picture; where the trace has more, those of one PE are drawn. */
const LINES_SHOWN = 46;
const HEIGHTS_pt = { group: 10, track: 9.4, counter: 15 } as const;
const GROUP_COLOUR = '#f6f7f8';
const QUEUE_COLOUR = translucent(OKABE_ITO.orange, 0.6);
/** Behind the letters upon a pattern. */
const BACKING_COLOUR = '#ffe3d0';
/** Spans that are wider than this are parted; narrower ones of one name that follow without a gap are one bar. */
const PARTED_FROM = 1.5;
const PARTING = 0.3;
/** A third of a dot: what ends within it of the last bar is not seen. */
const LEAST_ADVANCE = 0.08;
const LEAST_SPAN = 0.12;

const LEGEND = [
  { look: 'read', name: 'read' },
  { look: 'convert', name: 'convert' },
  { look: 'stall', name: 'stall' },
  { look: 'other', name: 'other work' },
] as const;

/** What a span of the timeline looks like, as `timeline.js` has it on the page. */
export function spanLook(name: string): LookName {
  if (name === 'read' || name === 'convert') return name;
  return name.startsWith('stall') ? 'stall' : 'other';
}

/** What resources did in the traced cycles; none without a trace, or where nothing happens in it. */
export function timelineChart(run: SavedRun): PageChart[] {
  const { trace, result } = run;
  if (trace === null || trace.events === 0) return [];
  const { from, to } = trace;
  const groups = timelineGroups(trace);
  const drawn = drawnGroups(groups, run);
  const left = linesOf(groups) - linesOf(drawn);
  const names = new Set(drawn.flatMap(({ tracks }) => tracks.flatMap(({ spans }) => spans.map(({ name }) => name))));
  const looks = new Set([...names].map(spanLook));
  const hasCounters = drawn.some(({ counters }) => counters.length > 0);
  const chart = paperChart({
    width: 'page',
    title: `Timeline of ${cycleSpan(from, to)}`,
    notes: [
      ...sourceNotes(result),
      `gaps: time without work${hasCounters ? '; orange: samples that wait' : ''}`,
      ...(left > 0 ? [`${plural(left, 'line')} more of the trace in the file beside`] : []),
    ],
    body: (width) => [
      legend(
        LEGEND.filter(({ look }) => looks.has(look)),
        width,
      ),
      lines(drawn, trace, width),
    ],
    data: timelineTable(groups, trace),
  });
  return [{ name: 'timeline', captions: [TIMELINE_CAPTION], chart }];
}

function linesOf(groups: readonly TimelineGroup[]): number {
  return groups.reduce((lines, { counters, tracks }) => lines + counters.length + tracks.length, 0);
}

/** All groups, or where they are too many those of the PE that limits the run, else of the longest queue, else the first. */
function drawnGroups(groups: readonly TimelineGroup[], run: SavedRun): TimelineGroup[] {
  if (linesOf(groups) + groups.length <= LINES_SHOWN) return [...groups];
  const isTraced = (pe: string): boolean => groups.some(({ path }) => isWithin(path, pe));
  const pes = [limitingPool(run.result), runView(run, '').queues[0]?.path, ...groups.map(({ path }) => path)]
    .map((path) => (path === null || path === undefined ? null : peOf(path)))
    .filter((pe) => pe !== null);
  const chosen = pes.find(isTraced);
  const kept = chosen === undefined ? [...groups] : groups.filter(({ path }) => isWithin(path, chosen));
  return firstLines(kept);
}

function isWithin(path: string, pe: string): boolean {
  return path === pe || path.startsWith(`${pe}.`);
}

/** As many lines as the picture holds. */
function firstLines(groups: readonly TimelineGroup[]): TimelineGroup[] {
  const kept: TimelineGroup[] = [];
  let room = LINES_SHOWN;
  for (const { path, counters, tracks } of groups) {
    room--;
    if (room <= 0) break;
    const group = {
      path,
      counters: counters.slice(0, room),
      tracks: tracks.slice(0, Math.max(0, room - counters.length)),
    };
    kept.push(group);
    room -= group.counters.length + group.tracks.length;
  }
  return kept;
}

function lines(groups: readonly TimelineGroup[], { from, to }: TraceView, width: number): Block {
  const most = ({ changes }: TracedCounter): number => changes.reduce((all, { value }) => Math.max(all, value), 0);
  const labelOf = (counter: TracedCounter): string => `${counter.name}, at most ${grouped(most(counter))}`;
  const labels = groups.flatMap(({ counters, tracks }) => [
    ...counters.map(labelOf),
    ...tracks.map(({ name }) => name),
  ]);
  const axis: Axis = { title: 'cycle', from, to, text: grouped };
  const margin = widest([grouped(to)]) / 2;
  const gutter = Math.min(0.3 * width, widest(labels) + 10);
  const wide = width - gutter - margin;
  const heightOf = ({ counters, tracks }: TimelineGroup): number =>
    HEIGHTS_pt.group + counters.length * HEIGHTS_pt.counter + tracks.length * HEIGHTS_pt.track;
  const height = groups.reduce((sum, group) => sum + heightOf(group), 0);
  return {
    height: height + AXIS_HEIGHT,
    paint(ctx, left, top) {
      const start = left + gutter;
      const x = (cycle: number): number => start + ((Math.min(Math.max(cycle, from), to) - from) / (to - from)) * wide;
      let y = top;
      for (const { path, counters, tracks } of groups) {
        ctx.fillStyle = GROUP_COLOUR;
        ctx.fillRect(left, y, width - margin, HEIGHTS_pt.group - 1);
        write(ctx, fitted(shortPath(path), width), left + 2, y + HEIGHTS_pt.group / 2 - 0.5);
        y += HEIGHTS_pt.group;
        for (const counter of counters) {
          paintLabel(ctx, labelOf(counter), left, y + HEIGHTS_pt.counter / 2, gutter);
          paintCounter(ctx, counter, most(counter), y, x, { from, to });
          y += HEIGHTS_pt.counter;
        }
        for (const track of tracks) {
          paintLabel(ctx, track.name, left, y + HEIGHTS_pt.track / 2, gutter);
          paintSpans(ctx, track, y, x);
          y += HEIGHTS_pt.track;
        }
      }
      ctx.strokeStyle = LINE_COLOUR;
      ctx.lineWidth = 0.3;
      ctx.beginPath();
      for (const tick of ticksOf(axis, wide)) {
        ctx.moveTo(x(tick), top);
        ctx.lineTo(x(tick), top + height);
      }
      ctx.stroke();
      paintAxis(ctx, axis, start, top + height, wide);
    },
  };
}

function paintLabel(ctx: Context, label: string, left: number, middle: number, gutter: number): void {
  write(ctx, fitted(label, gutter - 8), left + 6, middle, { colour: FAINT_TEXT_COLOUR });
}

function paintSpans(ctx: Context, { spans }: TracedTrack, top: number, x: (cycle: number) => number): void {
  let drawnTo = Number.NEGATIVE_INFINITY;
  const height = HEIGHTS_pt.track - 1.6;
  for (const { name, from, to } of barsOf(spans, x)) {
    if (to - drawnTo < LEAST_ADVANCE) continue;
    const look = spanLook(name);
    const wide = Math.max(LEAST_SPAN, to - from > PARTED_FROM ? to - from - PARTING : to - from);
    fillLook(ctx, LOOKS[look], from, top + 0.8, wide, height);
    drawnTo = to;
    const room = textWidth(name, TEXT_pt) + 4;
    if (wide < room) continue;
    const isPattern = look === 'stall';
    if (isPattern) {
      ctx.fillStyle = BACKING_COLOUR;
      ctx.fillRect(from + 1, top + 1.2, room - 2, height - 0.8);
    }
    const colour = look === 'convert' ? '#ffffff' : '#000000';
    write(ctx, name, from + 2, top + HEIGHTS_pt.track / 2, { colour });
  }
}

/** A span, or narrow ones that follow each other, in points. */
interface SpanBar {
  readonly name: string;
  readonly from: number;
  to: number;
}

function barsOf(spans: TracedTrack['spans'], x: (cycle: number) => number): SpanBar[] {
  const bars: SpanBar[] = [];
  let [lastEnd, lastIsNarrow] = [Number.NaN, false];
  for (const { name, start, end } of spans) {
    const [from, to] = [x(start), x(end)];
    const isNarrow = to - from <= PARTED_FROM;
    const last = bars.at(-1);
    if (last !== undefined && isNarrow && lastIsNarrow && start === lastEnd && name === last.name) {
      last.to = to;
    } else {
      bars.push({ name, from, to });
    }
    [lastEnd, lastIsNarrow] = [end, isNarrow];
  }
  return bars;
}

function paintCounter(
  ctx: Context,
  { changes }: TracedCounter,
  most: number,
  top: number,
  x: (cycle: number) => number,
  { from, to }: { readonly from: number; readonly to: number },
): void {
  if (most === 0) return;
  const bottom = top + HEIGHTS_pt.counter - 1;
  const y = (value: number): number => bottom - (value / most) * (HEIGHTS_pt.counter - 3);
  ctx.beginPath();
  ctx.moveTo(x(from), bottom);
  for (const { start, end, value } of queueSteps(changes, from, to)) {
    ctx.lineTo(x(start), y(value));
    ctx.lineTo(x(end), y(value));
  }
  ctx.lineTo(x(to), bottom);
  ctx.closePath();
  ctx.fillStyle = QUEUE_COLOUR;
  ctx.fill();
}

/** All lines of the trace that the page holds: a row for each span, and for each time in which a counter stays the same. */
function timelineTable(groups: readonly TimelineGroup[], { from, to }: TraceView): DataTable {
  return {
    columns: ['resource', 'kind', 'name', 'start_cycle', 'end_cycle', 'value'],
    rows: groups.flatMap(({ path, counters, tracks }) => [
      ...counters.flatMap(({ name, changes }) =>
        queueSteps(changes, from, to).map(({ start, end, value }) => [path, 'counter', name, start, end, value]),
      ),
      ...tracks.flatMap(({ name: track, spans }) =>
        spans.map(({ name, start, end }) => [`${path}.${track}`, 'span', name, start, end, '']),
      ),
    ]),
  };
}
