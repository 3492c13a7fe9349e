import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { SavedTraces } from '../reports/page/saved-run.js';
import type { TracedCounter, TracedRead, TracedSpan, TraceView } from '../reports/page/trace-view.js';
import { TRACE_FORMATS, type TraceFormat } from '../sim/trace/formats.js';
import { lastPartOf, parentOf, pathParts } from '../sim/trace/instance-path.js';
import { openSavedTrace, savedEntries } from '../sim/trace/saved-trace.js';
import type { TraceEntry } from '../sim/trace/trace-entry.js';
import { IDLE } from '../sim/trace/trace-writer.js';

/** Formats that can be read back, and those that cannot. */
const READ: readonly TraceFormat[] = ['perfetto', 'csv'];
const NOT_READ = (Object.keys(TRACE_FORMATS) as TraceFormat[]).filter((format) => !READ.includes(format));

type Event = Extract<TraceEntry, { kind: 'span' | 'counter' | 'operation' }>;

/**
 * The traces beside a result: what a page shows of the one that was written last, where several can be read.
 *
 * @param limit spans, counter values and operations that the page may hold
 * @throws SavedTraceError, TraceError where a file is no such trace
 */
export function readTraceViews(folder: string, limit: number): SavedTraces {
  const filesOf = (formats: readonly TraceFormat[]): string[] =>
    formats.map((format) => TRACE_FORMATS[format].file).filter((name) => existsSync(join(folder, name)));
  const age = (name: string): number => statSync(join(folder, name)).mtimeMs;
  const [latest] = filesOf(READ).sort((a, b) => age(b) - age(a));
  return {
    trace: latest === undefined ? null : readTraceView(join(folder, latest), limit),
    otherTraces: filesOf(NOT_READ),
  };
}

/**
 * Reads what a page shows of a saved trace, in Perfetto's JSON or CSV as `ousim run --trace` writes them. Idle time is left
 * out: the page shows it as a gap. Where there are more than `limit` spans, counter values and operations the view ends
 * earlier: it holds all that begin before its end.
 *
 * @throws SavedTraceError, TraceError where the file is no such trace
 */
export function readTraceView(file: string, limit: number): TraceView {
  const trace = openSavedTrace(file);
  const { from, to } = trace.window ?? { from: 0, to: trace.end };
  const paths = new Set<string>();
  const gathered = new GatheredEvents(limit, from);
  for (const entry of savedEntries(trace)) {
    if (entry.kind === 'header') continue;
    paths.add(entry.path);
    if (entry.kind === 'track' || (entry.kind === 'span' && entry.name === IDLE)) continue;
    gathered.add(entry);
  }
  const events = gathered.sorted();
  const end = Math.max(Math.min(gathered.end, to), from + 1);
  return {
    from,
    to: end,
    ...linesOf(events, paths, from, end),
    events: events.length,
    eventsInFile: gathered.seen,
    runCycles: trace.end,
  };
}

/** The earliest events, at most twice the limit at a time. */
class GatheredEvents {
  /** All that were offered. */
  seen = 0;
  /** Events that begin here or later are left out. */
  end = Number.POSITIVE_INFINITY;
  private kept: Event[] = [];

  constructor(
    private readonly limit: number,
    private readonly from: number,
  ) {}

  add(event: Event): void {
    this.seen++;
    if (startOf(event) >= this.end) return;
    this.kept.push(event);
    if (this.kept.length >= 2 * this.limit) this.cut();
  }

  /** In the order of their beginnings. */
  sorted(): Event[] {
    if (this.kept.length > this.limit) this.cut();
    return this.kept.sort((a, b) => startOf(a) - startOf(b));
  }

  /** The view ends where the first event beyond the limit begins; one cycle is kept whatever happens in it. */
  private cut(): void {
    this.kept.sort((a, b) => startOf(a) - startOf(b));
    this.end = Math.max(startOf(this.kept[this.limit]!), startOf(this.kept[0]!) + 1, this.from + 1);
    this.kept = this.kept.filter((event) => startOf(event) < this.end);
  }
}

function startOf(event: Event): number {
  if (event.kind === 'span') return event.start;
  return event.kind === 'counter' ? event.at : event.operation.readStart;
}

/** Instances by their paths: what an instance contains stands before it, numbers in their order. */
function inOrderOfPaths(a: string, b: string): number {
  const [partsOfA, partsOfB] = [pathParts(a), pathParts(b)];
  for (let p = 0; p < Math.min(partsOfA.length, partsOfB.length); p++) {
    const order = partsOfA[p]!.localeCompare(partsOfB[p]!, 'en', { numeric: true });
    if (order !== 0) return order;
  }
  return partsOfB.length - partsOfA.length;
}

/** The part of a span that is shown. */
function spanOf(
  { name, crossbar, operation }: Extract<Event, { kind: 'span' }>,
  start: number,
  end: number,
): TracedSpan {
  if (crossbar === null || operation === null) return { name, start, end };
  return { name, start, end, served: { crossbar, operation } };
}

/** @param paths of all instances of the trace */
function linesOf(
  events: readonly Event[],
  paths: ReadonlySet<string>,
  from: number,
  to: number,
): Pick<TraceView, 'tracks' | 'counters'> {
  const spans = new Map<string, TracedSpan[]>([...paths].map((path) => [path, []]));
  const reads = new Map<string, TracedRead[]>([...paths].map((path) => [path, []]));
  const counters = new Map<string, TracedCounter & { changes: { at: number; value: number }[] }>();
  for (const event of events) {
    const { path } = event;
    if (event.kind === 'span') {
      const [start, end] = [Math.max(event.start, from), Math.min(event.end, to)];
      if (start < end) spans.get(path)!.push(spanOf(event, start, end));
    } else if (event.kind === 'operation') {
      const { number, readStart, readEnd, samples, firstConversion, lastConversionEnd } = event.operation;
      reads.get(path)!.push({ number, readStart, readEnd, samples, firstConversion, lastConversionEnd });
    } else {
      const key = `${path} ${event.name}`;
      let counter = counters.get(key);
      if (counter === undefined) {
        counter = { path, name: event.name, changes: [] };
        counters.set(key, counter);
      }
      counter.changes.push({ at: event.at, value: event.value });
    }
  }
  const tracks = [...spans]
    .filter(([, of]) => of.length > 0)
    // The resources of an instance stay together, in the row of their numbers.
    .sort(([a], [b]) => inOrderOfPaths(parentOf(a), parentOf(b)) || inOrderOfPaths(a, b))
    .map(([path, of]) => {
      const performed = reads.get(path)!;
      const track = { parent: parentOf(path), name: lastPartOf(path), spans: of };
      return performed.length === 0 ? track : { ...track, reads: performed };
    });
  return { tracks, counters: [...counters.values()] };
}
