import { pathFilter } from './filter.js';
import type { TraceFormat } from './formats.js';
import { isCycle } from './is-cycle.js';
import { openTraceWriter } from './open-trace-writer.js';
import { DROPPED, type TracedOperation, type TraceSink, type TrackId } from './trace.js';
import { TraceError } from './trace-error.js';
import { reportsAllWork, showsInstance, type TraceLevel } from './trace-level.js';
import { IDLE, NO_OPERATION, type TraceWindow, type TraceWriter } from './trace-writer.js';

export interface TraceFile {
  readonly format: TraceFormat;
  readonly file: string;
}

export interface TraceRecorderOptions {
  readonly files: readonly TraceFile[];
  /** Root clock in GHz; said in the trace, so that a reader can turn cycles into time. */
  readonly rootClock_GHz: number;
  /** Keeps only what happens in these cycles; all when left out. */
  readonly window?: TraceWindow | undefined;
  /** Keeps only the instances whose path matches (`pathFilter` explains the pattern); all when left out. */
  readonly filter?: string | undefined;
  /** Default `sample`: everything. */
  readonly level?: TraceLevel | undefined;
}

interface Track {
  readonly path: string;
  /** What lies in the window before this cycle has been told. */
  told: number;
  /** Gaps between its spans are idle time. */
  explained: boolean;
  /** Of each counter the last change at or before the window's first cycle: the value with which the window begins. */
  readonly initial: Map<string, { at: number; value: number }>;
}

/**
 * Writes a trace into one or more files, each in its format: keeps what a window, a filter and a level leave of it, and
 * fills the gaps between a resource's spans with `idle`, for all formats alike.
 *
 * With a window, a span is kept if it overlaps [from, to), cut to it. A counter keeps its changes in the window and, at the
 * window's first cycle, its value there. An operation that overlaps the window is kept whole. Opening a path again
 * continues its track.
 *
 * The files appear under their names at `close`; `abort` removes what was written.
 *
 * @throws TraceError on a bad option or a file that cannot be created; nothing is then left behind. A component that breaks
 * the sink's contract (an unknown track, a span that ends before it starts or overlaps another one of its track, an event
 * after `close`) gets a RangeError.
 */
export class TraceRecorder implements TraceSink {
  readonly files: readonly TraceFile[];
  /** Cycles of the run that are kept; null: all. */
  readonly window: TraceWindow | null;
  /** Spans, counter values and operations kept, without the spans `idle`. */
  events = 0;
  idleSpans = 0;
  /** Spans, counter values and operations outside the window, as far as components still reported them. */
  droppedByWindow = 0;
  /** Instances that asked for a track and were dropped by the filter or the level. */
  droppedTracks = 0;

  readonly #shows: (path: string) => boolean;
  readonly #from: number;
  readonly #to: number;
  readonly #writers: TraceWriter[] = [];
  readonly #tracks: Track[] = [];
  readonly #trackOf = new Map<string, TrackId>();
  #offset = 0;
  #lastEnd = 0;
  #end = 0;
  #closed = false;

  constructor({ files, rootClock_GHz, window, filter, level = 'sample' }: TraceRecorderOptions) {
    if (!(rootClock_GHz > 0 && Number.isFinite(rootClock_GHz))) {
      throw new TraceError(`trace root clock: got ${rootClock_GHz} GHz; allowed is a number above 0`);
    }
    if (window !== undefined && !(isCycle(window.from) && isCycle(window.to) && window.from < window.to)) {
      throw new TraceError(
        `trace window: got from ${window.from} to ${window.to}; allowed are whole cycles from >= 0 and to > from`,
      );
    }
    const matches = filter === undefined ? () => true : pathFilter(filter);
    this.files = files;
    this.window = window ?? null;
    this.#shows = (path) => showsInstance(level, path) && matches(path);
    this.#from = window?.from ?? 0;
    this.#to = window?.to ?? Number.POSITIVE_INFINITY;
    try {
      for (const { format, file } of files) {
        const header = { rootClock_GHz, window: this.window, filter: filter ?? null, level };
        this.#writers.push(openTraceWriter(format, file, header));
      }
    } catch (error) {
      this.abort();
      throw error;
    }
  }

  /** Tracks that were kept. */
  get tracks(): number {
    return this.#tracks.length;
  }

  /** The cycle in which the run ended, of a closed trace. */
  get end(): number {
    return this.#end;
  }

  /** Whether the window begins when the run is over, of a closed trace: then it holds no more than the last values of counters. */
  get beginsAfterRun(): boolean {
    return this.#from > 0 && this.#from >= this.#end;
  }

  /** Cycles added to every time, so that runs whose clocks start at 0 (layer after layer) follow one another. */
  get offset(): number {
    return this.#offset;
  }

  set offset(cycles: number) {
    if (!isCycle(cycles)) throw new RangeError(`trace offset: got ${cycles}; allowed is a whole number of cycles >= 0`);
    this.#offset = cycles;
  }

  get from(): number {
    return this.#from - this.#offset;
  }

  get to(): number {
    return this.#to - this.#offset;
  }

  track(path: string): TrackId {
    const open = this.#trackOf.get(path);
    if (open !== undefined) return open;
    if (!this.#shows(path)) {
      this.#trackOf.set(path, DROPPED);
      this.droppedTracks++;
      return DROPPED;
    }
    const id = this.#tracks.length;
    this.#tracks.push({ path, told: this.#from, explained: reportsAllWork(path), initial: new Map() });
    this.#trackOf.set(path, id);
    for (const writer of this.#writers) writer.track(id, path);
    return id;
  }

  /** The gaps between the spans of a track are idle time, also where it has no span at all. */
  explain(track: TrackId): void {
    if (track !== DROPPED) this.#track(track).explained = true;
  }

  span(track: TrackId, name: string, start: number, end: number): void {
    if (track !== DROPPED) this.#span(track, name, start, end, NO_OPERATION, NO_OPERATION);
  }

  service(track: TrackId, name: string, start: number, end: number, crossbar: number, operation: number): void {
    if (track === DROPPED) return;
    if (!(isCycle(crossbar) && isCycle(operation))) {
      throw new RangeError(
        `trace span "${name}" of ${this.#track(track).path}: got crossbar ${crossbar}, operation ${operation}; ` +
          'allowed are whole numbers >= 0',
      );
    }
    this.#span(track, name, start, end, crossbar, operation);
  }

  #span(track: TrackId, name: string, start: number, end: number, crossbar: number, operation: number): void {
    const line = this.#track(track);
    const wholeStart = start + this.#offset;
    const wholeEnd = end + this.#offset;
    if (!(wholeStart >= 0 && wholeEnd > wholeStart && wholeEnd < Number.POSITIVE_INFINITY)) {
      throw new RangeError(
        `trace span "${name}" of ${line.path}: got cycles ${start} to ${end}; allowed is start < end`,
      );
    }
    line.explained = true;
    if (wholeEnd > this.#lastEnd) this.#lastEnd = wholeEnd;
    if (wholeStart >= this.#to || wholeEnd <= this.#from) {
      this.droppedByWindow++;
      return;
    }
    const from = Math.max(wholeStart, this.#from);
    const to = Math.min(wholeEnd, this.#to);
    if (from < line.told) {
      throw new RangeError(
        `trace span "${name}" of ${line.path}: got cycles ${start} to ${end} after a span that ends at ` +
          `${line.told - this.#offset}; allowed are spans in order of time`,
      );
    }
    if (from > line.told) this.#idle(track, line, from);
    line.told = to;
    this.events++;
    const span = { name, start: from, end: to, wholeStart, wholeEnd, crossbar, operation };
    for (const writer of this.#writers) writer.span(track, span);
  }

  counter(track: TrackId, name: string, at: number, value: number): void {
    if (track === DROPPED) return;
    const line = this.#track(track);
    const cycle = at + this.#offset;
    if (!(cycle >= 0 && cycle < Number.POSITIVE_INFINITY && Number.isFinite(value))) {
      throw new RangeError(`trace counter "${name}" of ${line.path}: got ${value} at cycle ${at}; allowed are numbers`);
    }
    if (cycle >= this.#to) {
      this.droppedByWindow++;
    } else if (cycle > this.#from) {
      this.#count(track, name, cycle, value);
    } else {
      const initial = line.initial.get(name);
      if (initial !== undefined) this.droppedByWindow++;
      if (initial === undefined || cycle >= initial.at) line.initial.set(name, { at: cycle, value });
    }
  }

  operation(track: TrackId, operation: TracedOperation): void {
    if (track === DROPPED) return;
    const line = this.#track(track);
    const whole = this.#offset === 0 ? operation : later(operation, this.#offset);
    if (!inOrder(whole)) {
      throw new RangeError(`trace operation of ${line.path}: got times out of order in ${JSON.stringify(operation)}`);
    }
    if (whole.stallStart >= this.#to || whole.leaves <= this.#from) {
      this.droppedByWindow++;
      return;
    }
    this.events++;
    const from = Math.max(whole.stallStart, this.#from);
    const to = Math.min(whole.leaves, this.#to);
    for (const writer of this.#writers) writer.operation(track, whole, from, to);
  }

  /** Ends the trace of a run of `cycles` and puts it under its names. */
  close(cycles: number): void {
    if (!isCycle(cycles)) throw new RangeError(`trace end: got ${cycles}; allowed is a whole number of cycles >= 0`);
    const end = Math.max(cycles, this.#lastEnd);
    const until = Math.min(end, this.#to);
    this.#end = end;
    this.#tracks.forEach((line, track) => {
      for (const [name, { value }] of line.initial) this.#count(track, name, this.#from, value);
      if (line.explained && line.told < until) this.#idle(track, line, until);
    });
    const { events, idleSpans, droppedByWindow, droppedTracks } = this;
    for (const writer of this.#writers) writer.close({ end, events, idleSpans, droppedByWindow, droppedTracks });
    this.#closed = true;
  }

  /** Gives the trace up and removes what was written of it. Does nothing after `close`. */
  abort(): void {
    for (const writer of this.#writers) writer.abort();
  }

  #track(track: TrackId): Track {
    const line = this.#tracks[track];
    if (line === undefined)
      throw new RangeError(`trace track ${track}: never opened; allowed are 0 to ${this.tracks - 1}`);
    if (this.#closed) throw new RangeError(`trace track ${line.path}: the trace is already closed`);
    return line;
  }

  #idle(track: TrackId, line: Track, until: number): void {
    this.idleSpans++;
    const { told } = line;
    const whole = { start: told, end: until, wholeStart: told, wholeEnd: until };
    const span = { name: IDLE, ...whole, crossbar: NO_OPERATION, operation: NO_OPERATION };
    for (const writer of this.#writers) writer.span(track, span);
    line.told = until;
  }

  #count(track: TrackId, name: string, at: number, value: number): void {
    this.events++;
    for (const writer of this.#writers) writer.counter(track, name, at, value);
  }
}

function later(operation: TracedOperation, cycles: number): TracedOperation {
  return {
    ...operation,
    stallStart: operation.stallStart + cycles,
    readStart: operation.readStart + cycles,
    readEnd: operation.readEnd + cycles,
    firstConversion: operation.firstConversion + cycles,
    lastConversionEnd: operation.lastConversionEnd + cycles,
    lastAcceptance: operation.lastAcceptance + cycles,
    leaves: operation.leaves + cycles,
  };
}

/** Whether the operation's times follow one another. */
export function inOrder(operation: TracedOperation): boolean {
  const { stallStart, readStart, readEnd, firstConversion, lastConversionEnd, lastAcceptance, leaves } = operation;
  return (
    stallStart >= 0 &&
    stallStart <= readStart &&
    readStart < readEnd &&
    readEnd <= firstConversion &&
    firstConversion < lastConversionEnd &&
    lastConversionEnd <= lastAcceptance &&
    lastAcceptance <= leaves &&
    leaves < Number.POSITIVE_INFINITY
  );
}
