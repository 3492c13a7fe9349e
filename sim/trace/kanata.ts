import { Heap } from 'heap-js';
import { lastPartOf } from './instance-path.js';
import { PartialFile } from './partial-file.js';
import { SortedRecords } from './sorted-records.js';
import type { TracedOperation, TrackId } from './trace.js';
import type { TraceHeader, TraceSummary, TraceWriter } from './trace-writer.js';

/** Lanes of an instruction: its stages, and its stall before them. */
const STAGES = 0;
const STALLS = 1;

/** Columns of the records that are sorted. */
const WIDTH = 13;

/** A line that is due in a later cycle. */
interface Due {
  readonly at: number;
  /** Lines of one cycle come in the order in which they became known. */
  readonly order: number;
  readonly line: (retired: number) => string;
  readonly retires: boolean;
}

/**
 * The Kanata log, version 0004, for the pipeline viewer Konata (docs/kanata-log-format.md of the Konata project). An OU
 * operation is an instruction, its crossbar the thread:
 *
 * - stages, lane 0: `Rd` read; `Hd` its samples are held until the first conversion begins; `Cv` until the last one ends;
 *   `Sa` until the last code has left the shift-and-add unit. A stage that takes no time is left out.
 * - lane 1: `St`, the stall before the read
 *
 * What the window cuts off is left out; an operation that goes on behind the window does not retire. The label of an
 * operation has its crossbar, its number and its samples; its text on mouse-over everything that is known of it, uncut.
 *
 * The format is in order of time: operations are sorted at the end (`SortedRecords`), and the lines of those that have begun
 * and not ended wait in memory.
 */
export class KanataWriter implements TraceWriter {
  private readonly out: PartialFile;
  private readonly operations: SortedRecords;
  private readonly paths: string[] = [];
  private readonly stalls: string[] = [];
  private readonly due = new Heap<Due>((a, b) => a.at - b.at || a.order - b.order);
  private cycle = -1;
  private retired = 0;
  private dueCount = 0;

  constructor(
    readonly file: string,
    private readonly header: TraceHeader,
  ) {
    this.out = new PartialFile(file);
    this.operations = new SortedRecords(WIDTH, file);
  }

  track(_: TrackId, path: string): void {
    this.paths.push(path.replace(/\s+/g, ' '));
  }

  /** Resources other than crossbars, and what crossbars do besides operations, have no place in the format. */
  span(): void {}

  counter(): void {}

  operation(track: TrackId, of: TracedOperation, start: number, end: number): void {
    let stall = -1;
    if (of.stall !== null) {
      stall = this.stalls.indexOf(of.stall);
      if (stall < 0) stall = this.stalls.push(of.stall) - 1;
    }
    this.operations.add([
      start,
      track,
      end,
      of.number,
      stall,
      of.stallStart,
      of.readStart,
      of.readEnd,
      of.samples,
      of.firstConversion,
      of.lastConversionEnd,
      of.lastAcceptance,
      of.leaves,
    ]);
  }

  close({ end }: TraceSummary): void {
    this.out.write('Kanata\t0004\n');
    let id = 0;
    for (const record of this.operations.sorted()) {
      const start = record[0]!;
      this.tellUntil(start);
      this.begin(id++, record[1]!, this.operationOf(record), start, record[2]!);
    }
    this.tellUntil(Number.POSITIVE_INFINITY);
    const last = Math.min(end, this.header.window?.to ?? end);
    if (this.cycle >= 0 && last > this.cycle) this.out.write(`C\t${last - this.cycle}\n`);
    this.operations.dispose();
    this.out.close();
  }

  abort(): void {
    this.operations.dispose();
    this.out.abort();
  }

  private operationOf([
    ,
    ,
    ,
    number,
    stall,
    stallStart,
    readStart,
    readEnd,
    samples,
    firstConversion,
    lastConversionEnd,
    lastAcceptance,
    leaves,
  ]: Float64Array): TracedOperation {
    return {
      number: number!,
      stall: this.stalls[stall!] ?? null,
      stallStart: stallStart!,
      readStart: readStart!,
      readEnd: readEnd!,
      samples: samples!,
      firstConversion: firstConversion!,
      lastConversionEnd: lastConversionEnd!,
      lastAcceptance: lastAcceptance!,
      leaves: leaves!,
    };
  }

  private begin(id: number, track: TrackId, operation: TracedOperation, start: number, end: number): void {
    const { number, samples, stall, stallStart, readStart, readEnd, firstConversion, lastConversionEnd, leaves } =
      operation;
    const path = this.paths[track]!;
    this.tell(start, `I\t${id}\t${number}\t${track}`);
    this.tell(start, `L\t${id}\t0\t${lastPartOf(path)} operation ${number}, samples ${samples}`);
    const details = Object.entries({ track: path, ...operation }).map(([key, value]) => `${key}=${value ?? ''}`);
    this.tell(start, `L\t${id}\t1\t${details.join('\\n')}`);
    const stage = (lane: number, name: string, from: number, to: number): void => {
      if (to <= from || to <= start || from >= end) return;
      this.tell(Math.max(from, start), `S\t${id}\t${lane}\t${name}`);
      if (to <= end) this.tell(to, `E\t${id}\t${lane}\t${name}`);
    };
    if (stall !== null) stage(STALLS, 'St', stallStart, readStart);
    stage(STAGES, 'Rd', readStart, readEnd);
    stage(STAGES, 'Hd', readEnd, firstConversion);
    stage(STAGES, 'Cv', firstConversion, lastConversionEnd);
    stage(STAGES, 'Sa', lastConversionEnd, leaves);
    if (leaves > end) return;
    this.due.push({
      at: leaves,
      order: this.dueCount++,
      line: (retired) => `R\t${id}\t${retired}\t0`,
      retires: true,
    });
  }

  private tell(at: number, line: string): void {
    this.due.push({ at, order: this.dueCount++, line: () => line, retires: false });
  }

  /** Writes the lines of cycles before `cycle`: no operation that is still to come begins there. */
  private tellUntil(cycle: number): void {
    for (let next = this.due.peek(); next !== undefined && next.at < cycle; next = this.due.peek()) {
      this.due.pop();
      if (this.cycle < 0) this.out.write(`C=\t${next.at}\n`);
      else if (next.at > this.cycle) this.out.write(`C\t${next.at - this.cycle}\n`);
      this.cycle = next.at;
      this.out.write(`${next.line(this.retired)}\n`);
      if (next.retires) this.retired++;
    }
  }
}
