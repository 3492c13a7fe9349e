import { closeSync, openSync, renameSync, rmSync, statSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { createFolder } from '../results/create-folder.js';
import { pathFilter } from './filter.js';
import type { TraceSink, TrackId } from './trace.js';
import { TraceError } from './trace-error.js';

/** Cycles [from, to) of the run that a trace keeps. */
export interface TraceWindow {
  readonly from: number;
  readonly to: number;
}

export interface PerfettoOptions {
  /** The trace; while it is being written its bytes stand in `<file>.partial`. */
  readonly file: string;
  /** Root clock in GHz; said in the trace, so that a reader can turn cycles into time. */
  readonly rootClock_GHz: number;
  /** Keeps only what happens in these cycles; all when left out. */
  readonly window?: TraceWindow | undefined;
  /** Keeps only the instances whose path matches (`pathFilter` explains the pattern); all when left out. */
  readonly filter?: string | undefined;
}

/** Characters gathered before they are written: the bound of the sink's memory, whatever the length of the trace. */
const BUFFER_CHARACTERS = 64 * 1024;
/** The return value of `track` for an instance that the filter drops. */
const DROPPED: TrackId = -1;

interface Process {
  readonly number: number;
  readonly order: number;
  readonly name: string;
  announced: boolean;
}

interface Track {
  readonly path: string;
  /** Number of the thread of its spans. */
  readonly thread: number;
  readonly process: Process;
  announced: boolean;
  /** Of each counter the last change at or before the window's first cycle: the value with which the window begins. */
  readonly initial: Map<string, { at: number; value: number }>;
}

/**
 * Writes a trace in the Chrome JSON format, which ui.perfetto.dev and chrome://tracing open.
 *
 * A resource is a thread, named by the last part of its path (`Crossbar[3]`); its parent (`Chip.Tile[0].Pe[1]`, or
 * `….AdcPool[0]` for an ADC) is the process. A resource's counters stand in the process of its own path, so that the
 * queue of a pool stands beside the pool's ADCs. Threads and processes are sorted in the order in which tracks are
 * opened; those without an event in the trace are left out. Opening a path again continues its track.
 *
 * One cycle is 1 us on the time axis: the format counts microseconds, the viewers show whole nanoseconds, and a cycle
 * of most root clocks is not a whole number of them. `otherData` in the file says so and names the root clock.
 *
 * With a window, a span is kept if it overlaps [from, to), clipped to it; a clipped one carries its whole extent in its
 * arguments. A counter keeps its changes in the window and, at the window's first cycle, its value there.
 *
 * The file is a stream: at most 64 Ki characters wait in memory. It appears under its name at `close`; `abort` removes
 * what was written.
 *
 * @throws TraceError on a bad option or a file that cannot be created, before anything is written. A component that
 * breaks the sink's contract (an unknown track, a span that ends before it starts, an event after `close`) gets a
 * RangeError.
 */
export class PerfettoTrace implements TraceSink {
  readonly file: string;
  readonly rootClock_GHz: number;
  /** Spans and counter values written. */
  events = 0;
  /** Spans and counter values of tracks that the filter dropped, as far as components still reported them. */
  droppedByFilter = 0;
  /** Spans and counter values outside the window. */
  droppedByWindow = 0;
  /** Instances that asked for a track and were dropped by the filter. */
  droppedTracks = 0;

  readonly #filter: string | undefined;
  readonly #matches: (path: string) => boolean;
  readonly #window: TraceWindow | undefined;
  readonly #from: number;
  readonly #to: number;
  readonly #partial: string;
  readonly #tracks: Track[] = [];
  readonly #trackOf = new Map<string, TrackId>();
  readonly #processes = new Map<string, Process>();
  /** `"cat":…,"name":…` of each span name. */
  readonly #nameOf = new Map<string, string>();
  #file: number | null;
  #offset = 0;
  #buffer: string;
  /** Processes and threads draw their numbers from one sequence: viewers take an equal pair for a main thread. */
  #lastNumber = 0;
  #firstEvent = true;

  constructor(options: PerfettoOptions) {
    const { file, rootClock_GHz, window, filter } = options;
    if (!(rootClock_GHz > 0 && Number.isFinite(rootClock_GHz))) {
      throw new TraceError(`trace root clock: got ${rootClock_GHz} GHz; allowed is a number above 0`);
    }
    if (window !== undefined && !(isCycle(window.from) && isCycle(window.to) && window.from < window.to)) {
      throw new TraceError(
        `trace window: got from ${window.from} to ${window.to}; allowed are whole cycles from >= 0 and to > from`,
      );
    }
    this.file = file;
    this.rootClock_GHz = rootClock_GHz;
    this.#filter = filter;
    this.#matches = filter === undefined ? () => true : pathFilter(filter);
    this.#window = window;
    this.#from = window?.from ?? 0;
    this.#to = window?.to ?? Number.POSITIVE_INFINITY;
    this.#partial = `${file}.partial`;
    this.#file = createFile(file, this.#partial);
    // Perfetto's reader gives up at the first key that it does not know, so the events come first.
    this.#buffer = '{"traceEvents":[';
  }

  /** Tracks that the filter kept. */
  get tracks(): number {
    return this.#tracks.length;
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
    if (!this.#matches(path)) {
      this.#trackOf.set(path, DROPPED);
      this.droppedTracks++;
      return DROPPED;
    }
    const id = this.#tracks.length;
    const process = this.#process(parentOf(path));
    this.#tracks.push({ path, thread: ++this.#lastNumber, process, announced: false, initial: new Map() });
    this.#trackOf.set(path, id);
    return id;
  }

  span(track: TrackId, name: string, start: number, end: number, detail?: string): void {
    if (track === DROPPED) {
      this.droppedByFilter++;
      return;
    }
    const line = this.#track(track);
    const wholeStart = start + this.#offset;
    const wholeEnd = end + this.#offset;
    if (!(wholeStart >= 0 && wholeEnd >= wholeStart && wholeEnd < Number.POSITIVE_INFINITY)) {
      throw new RangeError(
        `trace span "${name}" of ${line.path}: got cycles ${start} to ${end}; allowed is start <= end`,
      );
    }
    if (wholeStart >= this.#to || (wholeEnd <= this.#from && wholeStart < this.#from)) {
      this.droppedByWindow++;
      return;
    }
    if (!line.announced) this.#announceThread(line, track);
    const ts = Math.max(wholeStart, this.#from);
    const te = Math.min(wholeEnd, this.#to);
    let args = detail === undefined ? '' : `"detail":${JSON.stringify(detail)}`;
    if (te - ts !== wholeEnd - wholeStart) {
      args += `${args === '' ? '' : ','}"wholeStart":${wholeStart},"wholeEnd":${wholeEnd}`;
    }
    // The times stand before the strings: Perfetto looks for them key by key and does not decode \u escapes on the way.
    this.#event(
      `{"ph":"X","pid":${line.process.number},"tid":${line.thread},"ts":${ts},"dur":${te - ts},${this.#named(name)}` +
        `${args === '' ? '' : `,"args":{${args}}`}}`,
    );
    this.events++;
  }

  counter(track: TrackId, name: string, at: number, value: number): void {
    if (track === DROPPED) {
      this.droppedByFilter++;
      return;
    }
    const line = this.#track(track);
    const ts = at + this.#offset;
    if (!(ts >= 0 && ts < Number.POSITIVE_INFINITY && Number.isFinite(value))) {
      throw new RangeError(`trace counter "${name}" of ${line.path}: got ${value} at cycle ${at}; allowed are numbers`);
    }
    if (ts >= this.#to) {
      this.droppedByWindow++;
    } else if (ts > this.#from) {
      this.#counterEvent(line, name, ts, value);
    } else {
      const initial = line.initial.get(name);
      if (initial !== undefined) this.droppedByWindow++;
      if (initial === undefined || ts >= initial.at) line.initial.set(name, { at: ts, value });
    }
  }

  /** Ends the trace and puts it under its name. */
  close(): void {
    const file = this.#openFile();
    for (const line of this.#tracks) {
      for (const [name, { value }] of line.initial) this.#counterEvent(line, name, this.#from, value);
    }
    const otherData = {
      timeAxis: '1 us on the time axis is 1 cycle of the root clock',
      rootClock_GHz: this.rootClock_GHz,
      window: this.#window === undefined ? 'all cycles' : `cycles ${this.#from} to ${this.#to}`,
      filter: this.#filter ?? 'all instances',
      events: this.events,
      droppedByWindow: this.droppedByWindow,
      droppedTracks: this.droppedTracks,
    };
    this.#buffer += `\n],\n"otherData":${JSON.stringify(otherData)}}\n`;
    this.#flush();
    closeSync(file);
    this.#file = null;
    renameSync(this.#partial, this.file);
  }

  /** Gives the trace up and removes what was written of it. Does nothing after `close`. */
  abort(): void {
    if (this.#file === null) return;
    closeSync(this.#file);
    this.#file = null;
    rmSync(this.#partial, { force: true });
  }

  #openFile(): number {
    if (this.#file === null) throw new RangeError(`trace ${this.file}: already closed`);
    return this.#file;
  }

  #track(track: TrackId): Track {
    const line = this.#tracks[track];
    if (line === undefined)
      throw new RangeError(`trace track ${track}: never opened; allowed are 0 to ${this.tracks - 1}`);
    return line;
  }

  #counterEvent(line: Track, name: string, ts: number, value: number): void {
    const process = this.#process(line.path);
    if (!process.announced) this.#announceProcess(process);
    this.#event(
      `{"ph":"C","pid":${process.number},"ts":${ts},"name":${JSON.stringify(name)},"args":{"value":${value}}}`,
    );
    this.events++;
  }

  #process(name: string): Process {
    let process = this.#processes.get(name);
    if (process === undefined) {
      process = { number: ++this.#lastNumber, order: this.#processes.size, name, announced: false };
      this.#processes.set(name, process);
    }
    return process;
  }

  #announceProcess(process: Process): void {
    process.announced = true;
    this.#metadata(`"pid":${process.number},"name":"process`, process.name, process.order);
  }

  #announceThread(line: Track, order: number): void {
    line.announced = true;
    if (!line.process.announced) this.#announceProcess(line.process);
    const name = line.path.slice(line.path.lastIndexOf('.') + 1);
    this.#metadata(`"pid":${line.process.number},"tid":${line.thread},"name":"thread`, name, order);
  }

  #metadata(of: string, name: string, order: number): void {
    this.#event(`{"ph":"M",${of}_name","args":{"name":${JSON.stringify(name)}}}`);
    this.#event(`{"ph":"M",${of}_sort_index","args":{"sort_index":${order}}}`);
  }

  /** Category and name of a span; all stalls share the category `stall`. */
  #named(name: string): string {
    let named = this.#nameOf.get(name);
    if (named === undefined) {
      const category = name.startsWith('stall.') ? 'stall' : name;
      named = `"cat":${JSON.stringify(category)},"name":${JSON.stringify(name)}`;
      this.#nameOf.set(name, named);
    }
    return named;
  }

  #event(json: string): void {
    this.#openFile();
    this.#buffer += (this.#firstEvent ? '\n' : ',\n') + json;
    this.#firstEvent = false;
    if (this.#buffer.length >= BUFFER_CHARACTERS) this.#flush();
  }

  #flush(): void {
    const file = this.#openFile();
    const bytes = Buffer.from(this.#buffer, 'utf8');
    for (let written = 0; written < bytes.length; ) written += writeSync(file, bytes, written);
    this.#buffer = '';
  }
}

/** The instance that contains the one at `path`; the path itself where nothing contains it. */
function parentOf(path: string): string {
  const dot = path.lastIndexOf('.');
  return dot < 0 ? path : path.slice(0, dot);
}

function isCycle(value: number): boolean {
  return Number.isSafeInteger(value) && value >= 0;
}

function createFile(file: string, partial: string): number {
  try {
    if (statSync(file, { throwIfNoEntry: false })?.isDirectory()) throw new Error('it is a directory');
    createFolder(dirname(file));
    return openSync(partial, 'w');
  } catch (error) {
    throw new TraceError(`trace file ${file}: cannot be created: ${(error as Error).message}`, { cause: error });
  }
}
