import type { TracedOperation } from './trace.js';
import type { TraceEntry, TraceLine } from './trace-entry.js';

interface TraceEvent {
  readonly ph?: unknown;
  readonly pid?: unknown;
  readonly tid?: unknown;
  readonly ts?: unknown;
  readonly dur?: unknown;
  readonly name?: unknown;
  readonly args?: Record<string, unknown>;
}

const EVENT = 'an event as ousim writes it, a line each';
const OTHER_DATA = '"otherData":';

/**
 * The entries of a trace in Perfetto's JSON, as `PerfettoJsonWriter` writes it: an event a line.
 *
 * @param lines those after the first one
 */
export function* readPerfettoTrace(lines: Iterable<string>): Generator<TraceLine> {
  /** Paths of threads, and of processes. */
  const paths = new Map<string, string>();
  let line = 1;
  for (const written of lines) {
    line++;
    const text = written.replace(/,?\s*$/, '');
    if (text === '' || text === ']') continue;
    if (text.startsWith(OTHER_DATA)) {
      yield* otherData(text.slice(OTHER_DATA.length, -1), line);
      continue;
    }
    const event = parsed(text) as TraceEvent | undefined;
    if (event === undefined) {
      yield { line, got: JSON.stringify(text.slice(0, 60)), allowed: EVENT };
      continue;
    }
    if (event.ph === 'M') {
      const path = event.args?.['path'];
      if (typeof path === 'string') paths.set(keyOf(event), path);
      if (typeof path === 'string' && event.tid !== undefined) yield { line, entry: { kind: 'track', path } };
      continue;
    }
    // The end of an operation, which its beginning tells.
    if (event.ph === 'e') continue;
    const path = paths.get(keyOf(event));
    if (path === undefined) {
      yield { line, got: `an event of ${keyOf(event)}`, allowed: 'events whose process and thread have been named' };
      continue;
    }
    const entry = entryOf(event, path);
    yield entry === null ? { line, got: JSON.stringify(text.slice(0, 60)), allowed: EVENT } : { line, entry };
  }
}

function* otherData(text: string, line: number): Generator<TraceLine> {
  const data = parsed(text);
  if (data === undefined) yield { line, got: JSON.stringify(text.slice(0, 60)), allowed: 'otherData in JSON' };
  else for (const [name, value] of Object.entries(data)) yield { line, entry: { kind: 'header', name, value } };
}

function entryOf({ ph, ts, dur, name, args = {} }: TraceEvent, path: string): TraceEntry | null {
  if (ph === 'X') {
    const start = args['wholeStart'] ?? ts;
    const end = args['wholeEnd'] ?? Number(ts) + Number(dur);
    return {
      kind: 'span',
      path,
      name: String(name),
      start: Number(start),
      end: Number(end),
      crossbar: numberOrNull(args['crossbar']),
      operation: numberOrNull(args['operation']),
    };
  }
  if (ph === 'C') return { kind: 'counter', path, name: String(name), at: Number(ts), value: Number(args['value']) };
  if (ph !== 'b') return null;
  return { kind: 'operation', path, operation: args as unknown as TracedOperation };
}

/** NaN, which no check passes, where the argument is there and no number. */
function numberOrNull(argument: unknown): number | null {
  if (argument === undefined) return null;
  return typeof argument === 'number' ? argument : Number.NaN;
}

/** Counters belong to a process, everything else to a thread. */
function keyOf({ ph, pid, tid }: TraceEvent): string {
  return tid === undefined || ph === 'C' ? `process ${pid}` : `process ${pid}, thread ${tid}`;
}

/** An object in JSON; undefined where it is none. */
function parsed(text: string): object | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
