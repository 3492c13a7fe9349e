import { closeSync, openSync, readSync } from 'node:fs';
import { readCsvTrace } from './read-csv.js';
import { readPerfettoTrace } from './read-perfetto.js';
import { SavedTraceChecks, type TraceFault } from './saved-trace-checks.js';
import type { TraceEntry, TraceLine } from './trace-entry.js';
import { TraceError } from './trace-error.js';
import type { TraceLevel } from './trace-level.js';
import type { TraceRecorder } from './trace-recorder.js';
import { IDLE, type TraceWindow } from './trace-writer.js';

/** A trace in a file that has been read through and found to be whole. */
export interface SavedTrace {
  readonly file: string;
  readonly rootClock_GHz: number;
  /** null: all cycles. */
  readonly window: TraceWindow | null;
  readonly filter: string | null;
  readonly level: TraceLevel;
  /** The cycle in which the run ended. */
  readonly end: number;
}

/** A file that is no trace, or one that breaks the rules of traces: everything that is wrong with it. */
export class SavedTraceError extends TraceError {
  override readonly name = 'SavedTraceError';

  /** @param more faults beyond those listed */
  constructor(
    readonly file: string,
    readonly faults: readonly TraceFault[],
    readonly more: number,
  ) {
    super(
      `${file}: ${faults.map(({ line, got, allowed }) => `line ${line}: got ${got}; allowed ${allowed}`).join('; ')}`,
    );
  }
}

const CHUNK_BYTES = 1 << 20;

/**
 * Reads a trace through, in Perfetto's JSON or CSV as ousim writes them, and checks it.
 *
 * @throws SavedTraceError, TraceError where the file cannot be read
 */
export function openSavedTrace(file: string): SavedTrace {
  const checks = new SavedTraceChecks();
  for (const line of traceLines(file)) checks.check(line);
  const { rootClock_GHz, window, filter, level, end } = checks.header();
  if (checks.faults.length > 0) throw new SavedTraceError(file, checks.faults, checks.moreFaults);
  return { file, rootClock_GHz, window, filter, level, end };
}

/** All that the trace holds, in the order of its file; spans as they were before the window cut them. */
export function* savedEntries({ file }: SavedTrace): Generator<TraceEntry> {
  for (const line of traceLines(file)) {
    if (!('entry' in line)) throw new TraceError(`${file}: changed while it was read`);
    yield line.entry;
  }
}

/** Tells a recorder all that the trace holds, and ends it. */
export function replay(trace: SavedTrace, recorder: TraceRecorder): void {
  for (const entry of savedEntries(trace)) {
    if (entry.kind === 'header') continue;
    const track = recorder.track(entry.path);
    if (entry.kind === 'counter') recorder.counter(track, entry.name, entry.at, entry.value);
    else if (entry.kind === 'operation') recorder.operation(track, entry.operation);
    else if (entry.kind === 'span') {
      // The recorder fills the gaps by itself.
      if (entry.name === IDLE) recorder.explain(track);
      else if (entry.crossbar === null) recorder.span(track, entry.name, entry.start, entry.end);
      else recorder.service(track, entry.name, entry.start, entry.end, entry.crossbar, entry.operation!);
    }
  }
  recorder.close(trace.end);
}

function* traceLines(file: string): Generator<TraceLine> {
  const lines = linesOf(file);
  const first = lines.next();
  const begin = first.done ? '' : first.value;
  if (begin.startsWith('{"traceEvents":[')) yield* readPerfettoTrace(lines);
  else if (begin.startsWith('kind,')) yield* readCsvTrace(begin, lines);
  else {
    const got = begin === '' ? 'an empty line' : JSON.stringify(begin.slice(0, 60));
    yield { line: 1, got, allowed: 'a trace as ousim writes it, in the formats perfetto or csv' };
  }
}

/** The lines of a file, of which only a part is in memory at a time. */
function* linesOf(file: string): Generator<string> {
  let descriptor: number;
  try {
    descriptor = openSync(file, 'r');
  } catch (error) {
    throw new TraceError(`trace file ${file}: cannot be read: ${(error as Error).message}`, { cause: error });
  }
  try {
    const chunk = new Uint8Array(CHUNK_BYTES);
    const decoder = new TextDecoder();
    let rest = '';
    for (let bytes = readSync(descriptor, chunk); bytes > 0; bytes = readSync(descriptor, chunk)) {
      const lines = (rest + decoder.decode(chunk.subarray(0, bytes), { stream: true })).split('\n');
      rest = lines.pop()!;
      yield* lines;
    }
    if (rest !== '') yield rest;
  } finally {
    closeSync(descriptor);
  }
}
