import { lastPartOf, parentOf } from './instance-path.js';
import { PartialFile } from './partial-file.js';
import type { TracedOperation, TrackId } from './trace.js';
import {
  categoryOf,
  isCut,
  NO_OPERATION,
  type TraceHeader,
  type TraceSummary,
  type TraceWriter,
  type WrittenSpan,
} from './trace-writer.js';

interface Process {
  readonly number: number;
  readonly order: number;
  readonly path: string;
  announced: boolean;
}

interface Track {
  readonly path: string;
  /** Number of the thread of its spans. */
  readonly thread: number;
  readonly process: Process;
  announced: boolean;
}

/**
 * The Chrome JSON format, which ui.perfetto.dev and chrome://tracing open.
 *
 * A resource is a thread, named by the last part of its path (`Crossbar[3]`); its parent (`Chip.Tile[0].Pe[1]`, or
 * `….AdcPool[0]` for an ADC) is the process. A resource's counters stand in the process of its own path, so that the
 * queue of a pool stands beside the pool's ADCs. Threads and processes are sorted in the order in which tracks are
 * opened; those without an event in the trace are left out. Operations of a crossbar overlap: they are asynchronous events
 * of its process.
 *
 * One cycle is 1 us on the time axis: the format counts microseconds, the viewers show whole nanoseconds, and a cycle
 * of most root clocks is not a whole number of them. `otherData` in the file says so and names the root clock.
 *
 * A span or operation that the window cuts carries its whole extent in its arguments; a span of an ADC, whose sample it is.
 */
export class PerfettoJsonWriter implements TraceWriter {
  private readonly out: PartialFile;
  private readonly tracks: Track[] = [];
  private readonly processes = new Map<string, Process>();
  /** `"cat":…,"name":…` of each span name. */
  private readonly nameOf = new Map<string, string>();
  /** Processes and threads draw their numbers from one sequence: viewers take an equal pair for a main thread. */
  private lastNumber = 0;
  private firstEvent = true;

  constructor(
    readonly file: string,
    private readonly header: TraceHeader,
  ) {
    this.out = new PartialFile(file);
    // Perfetto's reader gives up at the first key that it does not know, so the events come first.
    this.out.write('{"traceEvents":[');
  }

  track(_: TrackId, path: string): void {
    const process = this.process(parentOf(path));
    this.tracks.push({ path, thread: ++this.lastNumber, process, announced: false });
  }

  span(track: TrackId, span: WrittenSpan): void {
    const { name, start, end, wholeStart, wholeEnd, crossbar, operation } = span;
    const line = this.threadOf(track);
    const of = crossbar === NO_OPERATION ? '' : `,"crossbar":${crossbar},"operation":${operation}`;
    const members = isCut(span) ? `${of},"wholeStart":${wholeStart},"wholeEnd":${wholeEnd}` : of;
    const args = members === '' ? '' : `,"args":{${members.slice(1)}}`;
    // The times stand before the strings: Perfetto looks for them key by key and does not decode \u escapes on the way.
    this.event(
      `{"ph":"X","pid":${line.process.number},"tid":${line.thread},"ts":${start},"dur":${end - start},` +
        `${this.named(name)}${args}}`,
    );
  }

  counter(track: TrackId, name: string, at: number, value: number): void {
    const process = this.process(this.tracks[track]!.path);
    if (!process.announced) this.announceProcess(process);
    this.event(
      `{"ph":"C","pid":${process.number},"ts":${at},"name":${JSON.stringify(name)},"args":{"value":${value}}}`,
    );
  }

  operation(track: TrackId, operation: TracedOperation, start: number, end: number): void {
    const { process, thread, path } = this.threadOf(track);
    const name = JSON.stringify(`${lastPartOf(path)} operation`);
    const identity = `"pid":${process.number},"tid":${thread},"id":"${thread}.${operation.number}"`;
    this.event(
      `{"ph":"b",${identity},"ts":${start},"cat":"operation","name":${name},"args":${JSON.stringify(operation)}}`,
    );
    this.event(`{"ph":"e",${identity},"ts":${end},"cat":"operation","name":${name}}`);
  }

  close(summary: TraceSummary): void {
    const otherData = {
      timeAxis: '1 us on the time axis is 1 cycle of the root clock',
      ...this.header,
      ...summary,
    };
    this.out.write(`\n],\n"otherData":${JSON.stringify(otherData)}}\n`);
    this.out.close();
  }

  abort(): void {
    this.out.abort();
  }

  private process(path: string): Process {
    let process = this.processes.get(path);
    if (process === undefined) {
      process = { number: ++this.lastNumber, order: this.processes.size, path, announced: false };
      this.processes.set(path, process);
    }
    return process;
  }

  private threadOf(track: TrackId): Track {
    const line = this.tracks[track]!;
    if (!line.announced) {
      line.announced = true;
      if (!line.process.announced) this.announceProcess(line.process);
      const thread = `"pid":${line.process.number},"tid":${line.thread},"name":"thread`;
      this.metadata(thread, lastPartOf(line.path), line.path, track);
    }
    return line;
  }

  private announceProcess(process: Process): void {
    process.announced = true;
    this.metadata(`"pid":${process.number},"name":"process`, process.path, process.path, process.order);
  }

  /** The path stands beside the name, which is all that viewers show of it. */
  private metadata(of: string, name: string, path: string, order: number): void {
    this.event(`{"ph":"M",${of}_name","args":${JSON.stringify({ name, path })}}`);
    this.event(`{"ph":"M",${of}_sort_index","args":{"sort_index":${order}}}`);
  }

  /** Category and name of a span. */
  private named(name: string): string {
    let named = this.nameOf.get(name);
    if (named === undefined) {
      named = `"cat":${JSON.stringify(categoryOf(name))},"name":${JSON.stringify(name)}`;
      this.nameOf.set(name, named);
    }
    return named;
  }

  private event(json: string): void {
    this.out.write((this.firstEvent ? '\n' : ',\n') + json);
    this.firstEvent = false;
  }
}
