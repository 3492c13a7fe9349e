import { closeSync, openSync, readSync } from 'node:fs';

/** What a resource did from `start` to `end`, in cycles. */
export interface TracedSpan {
  readonly name: string;
  readonly start: number;
  readonly end: number;
}

/** The line of a resource: its spans in the order of time. */
export interface TracedTrack {
  /** Path of the instance that holds the resource: `Chip.Tile[0].Pe[1]`. */
  readonly parent: string;
  /** Last part of its path: `Crossbar[3]`. */
  readonly name: string;
  readonly spans: readonly TracedSpan[];
}

/** A number of a resource that changes over time. */
export interface TracedCounter {
  /** Path of the resource. */
  readonly path: string;
  readonly name: string;
  readonly changes: readonly { readonly at: number; readonly value: number }[];
}

export interface TraceView {
  /** Cycles [from, to) that the view shows whole. */
  readonly from: number;
  readonly to: number;
  readonly tracks: readonly TracedTrack[];
  readonly counters: readonly TracedCounter[];
  /** Spans and changes of counters in the view, and those that the file holds. */
  readonly events: number;
  readonly eventsInFile: number;
}

export class TraceFileError extends Error {
  override readonly name = 'TraceFileError';
}

/** How a trace begins. */
const FIRST_LINE = '{"traceEvents":';
/** How the line begins that says what the trace holds. */
const OTHER_DATA = '"otherData":';
const CHUNK_BYTES = 1 << 20;
/** Category and name of the time in which a resource has nothing to do; the page shows it as a gap. */
const IDLE = 'idle';

interface TraceEvent {
  readonly ph?: string;
  readonly pid?: number;
  readonly tid?: number;
  readonly ts?: number;
  readonly dur?: number;
  readonly cat?: string;
  readonly name?: string;
  readonly args?: { readonly name?: string; readonly value?: number; readonly sort_index?: number };
}

/** Cycles [from, to). */
interface Window {
  readonly from: number;
  readonly to: number;
}

/**
 * Reads spans and counters of a trace in the Chrome JSON format, as `ousim run --trace perfetto` writes it: an event a line.
 * Where there are more than `limit` of them the view ends earlier: it holds all events that begin before its end.
 *
 * @param cycles of the run, which a trace without a window shows
 * @throws TraceFileError where the file is no such trace
 */
export function readTrace(file: string, limit: number, cycles: number): TraceView {
  const gathered = new GatheredEvents(limit);
  const names = new Names();
  let window: Window = { from: 0, to: cycles };
  let isTrace = false;
  let lines = 0;
  for (const line of linesOf(file)) {
    lines++;
    if (line.startsWith(FIRST_LINE)) isTrace = true;
    if (line.startsWith(OTHER_DATA)) window = windowOf(line, file, lines) ?? window;
    if (!line.startsWith('{"ph":')) continue;
    const event = parsed(line.endsWith(',') ? line.slice(0, -1) : line, file, lines) as TraceEvent;
    if (event.ph === 'M') names.add(event);
    else if (event.ph === 'X' && event.name !== IDLE && event.cat !== IDLE) gathered.add(event);
    else if (event.ph === 'C') gathered.add(event);
  }
  if (!isTrace) {
    throw new TraceFileError(`${file}: got no traceEvents; allowed is a trace in Chrome JSON, an event a line`);
  }
  return viewOf(gathered, names, window);
}

function parsed(text: string, file: string, line: number): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new TraceFileError(`${file}:${line}: no JSON: ${(error as Error).message}`, { cause: error });
  }
}

/** The window that a trace was kept to; null where it holds all cycles. Older versions wrote it as a sentence. */
function windowOf(otherData: string, file: string, line: number): Window | null {
  const { window } = (parsed(`{${otherData}`, file, line) as { otherData: { window?: Window | string | null } })
    .otherData;
  if (typeof window === 'object') return window;
  const found = /^cycles (\d+) to (\d+)$/.exec(window ?? '');
  return found === null ? null : { from: Number(found[1]), to: Number(found[2]) };
}

/** Names and order of processes and threads. */
class Names {
  readonly process = new Map<number, string>();
  readonly thread = new Map<string, string>();
  readonly order = new Map<string, number>();

  add({ name, pid, tid, args = {} }: TraceEvent): void {
    const thread = `${pid} ${tid}`;
    if (name === 'process_name') this.process.set(pid!, args.name ?? '');
    if (name === 'thread_name') this.thread.set(thread, args.name ?? '');
    if (name === 'thread_sort_index') this.order.set(thread, args.sort_index ?? 0);
  }
}

/** The earliest events, at most twice the limit at a time. */
class GatheredEvents {
  /** All that were offered. */
  seen = 0;
  /** Events that begin here or later are left out. */
  end = Number.POSITIVE_INFINITY;
  private kept: TraceEvent[] = [];

  constructor(private readonly limit: number) {}

  add(event: TraceEvent): void {
    this.seen++;
    if (event.ts! >= this.end) return;
    this.kept.push(event);
    if (this.kept.length >= 2 * this.limit) this.cut();
  }

  /** In the order of their beginnings. */
  sorted(): TraceEvent[] {
    if (this.kept.length > this.limit) this.cut();
    return this.kept.sort((a, b) => a.ts! - b.ts!);
  }

  /** The view ends where the first event beyond the limit begins; one cycle is kept whatever happens in it. */
  private cut(): void {
    this.kept.sort((a, b) => a.ts! - b.ts!);
    const first = this.kept[0]!.ts!;
    this.end = Math.max(this.kept[this.limit]!.ts!, first + 1);
    this.kept = this.kept.filter(({ ts }) => ts! < this.end);
  }
}

function viewOf(gathered: GatheredEvents, names: Names, window: Window): TraceView {
  const events = gathered.sorted();
  const tracks = new Map<string, { parent: string; name: string; spans: TracedSpan[] }>();
  const counters = new Map<string, { path: string; name: string; changes: { at: number; value: number }[] }>();
  const from = Math.min(window.from, events[0]?.ts ?? window.from);
  let last = window.to;
  for (const { ph, pid, tid, ts, dur = 0, name = '', args } of events) {
    if (ph === 'X') {
      const key = `${pid} ${tid}`;
      let track = tracks.get(key);
      if (track === undefined) {
        track = {
          parent: names.process.get(pid!) ?? `process ${pid}`,
          name: names.thread.get(key) ?? `thread ${tid}`,
          spans: [],
        };
        tracks.set(key, track);
      }
      const end = Math.min(ts! + dur, gathered.end);
      track.spans.push({ name, start: ts!, end });
      last = Math.max(last, end);
    } else {
      const key = `${pid} ${name}`;
      let counter = counters.get(key);
      if (counter === undefined) {
        counter = { path: names.process.get(pid!) ?? `process ${pid}`, name, changes: [] };
        counters.set(key, counter);
      }
      counter.changes.push({ at: ts!, value: args?.value ?? 0 });
      last = Math.max(last, ts!);
    }
  }
  const order = (key: string): number => names.order.get(key) ?? Number.MAX_SAFE_INTEGER;
  return {
    from,
    to: Number.isFinite(gathered.end) ? gathered.end : Math.max(last, from + 1),
    tracks: [...tracks].sort(([a], [b]) => order(a) - order(b)).map(([, track]) => track),
    counters: [...counters.values()],
    events: events.length,
    eventsInFile: gathered.seen,
  };
}

/** The lines of a file, of which only a part is in memory at a time. */
function* linesOf(file: string): Generator<string> {
  const descriptor = openSync(file, 'r');
  const decoder = new TextDecoder();
  const chunk = new Uint8Array(CHUNK_BYTES);
  let rest = '';
  try {
    for (;;) {
      const bytes = readSync(descriptor, chunk);
      if (bytes === 0) break;
      const lines = (rest + decoder.decode(chunk.subarray(0, bytes), { stream: true })).split('\n');
      rest = lines.pop()!;
      yield* lines;
    }
  } finally {
    closeSync(descriptor);
  }
  if (rest !== '') yield rest;
}
