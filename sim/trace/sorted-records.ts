import { closeSync, openSync, readSync, rmSync, writeSync } from 'node:fs';
import { Heap } from 'heap-js';
import { partialName } from './partial-file.js';

/** Records that are sorted in memory at a time. */
const RECORDS_IN_MEMORY = 1 << 16;
/** Records of each run that are in memory while the runs are merged. */
const RECORDS_OF_A_RUN = 128;

/** A sorted run of records in the file, and the part of it that is in memory. */
interface Run {
  readonly order: number;
  /** Bytes of the file that have not been read. */
  next: number;
  readonly end: number;
  readonly records: Float64Array;
  count: number;
  place: number;
}

/**
 * Sorts records of numbers by their first number, then by their second, then by the order in which they were added.
 *
 * Traces are told crossbar by crossbar where the run is in closed form; formats that are written in order of time sort
 * them here. An external merge sort: 65,536 records at a time are sorted in memory and written to a file beside the trace,
 * and the sorted runs are merged as they are read. Memory is that of 65,536 records, and of 128 records for each run.
 */
export class SortedRecords {
  private readonly records: Float64Array;
  private count = 0;
  private readonly runEnds: number[] = [];
  private readonly file: string;
  private descriptor: number | null = null;

  /**
   * @param width numbers of a record, at least 2
   * @param beside the file beside which the sorted runs stand while there are any
   */
  constructor(
    private readonly width: number,
    beside: string,
  ) {
    this.records = new Float64Array(RECORDS_IN_MEMORY * width);
    this.file = partialName(`${beside}.sort`);
  }

  add(record: readonly number[]): void {
    if (this.count === RECORDS_IN_MEMORY) this.writeRun();
    this.records.set(record, this.count * this.width);
    this.count++;
  }

  /** All records in order. The array that is given out holds the next record once it is asked for. */
  *sorted(): Generator<Float64Array> {
    if (this.runEnds.length === 0) {
      const { records, width } = this;
      for (const index of this.order()) yield records.subarray(index * width, (index + 1) * width);
      return;
    }
    if (this.count > 0) this.writeRun();
    yield* this.merged();
  }

  /** Removes the file of the runs, if there is one. */
  dispose(): void {
    if (this.descriptor === null) return;
    closeSync(this.descriptor);
    this.descriptor = null;
    rmSync(this.file, { force: true });
  }

  /** Numbers of the records in memory, in order. */
  private order(): Uint32Array {
    const { records, width } = this;
    const order = Uint32Array.from({ length: this.count }, (_, index) => index);
    return order.sort(
      (a, b) => records[a * width]! - records[b * width]! || records[a * width + 1]! - records[b * width + 1]! || a - b,
    );
  }

  private writeRun(): void {
    const { records, width } = this;
    this.descriptor ??= openSync(this.file, 'w+');
    const sorted = new Float64Array(this.count * width);
    let at = 0;
    for (const index of this.order()) {
      sorted.set(records.subarray(index * width, (index + 1) * width), at);
      at += width;
    }
    const bytes = new Uint8Array(sorted.buffer);
    const start = this.runEnds.at(-1) ?? 0;
    for (let written = 0; written < bytes.length; ) {
      written += writeSync(this.descriptor, bytes, written, bytes.length - written, start + written);
    }
    this.runEnds.push(start + bytes.length);
    this.count = 0;
  }

  private *merged(): Generator<Float64Array> {
    const { width } = this;
    const first = (run: Run, column: number): number => run.records[run.place * width + column]!;
    const heap = new Heap<Run>((a, b) => first(a, 0) - first(b, 0) || first(a, 1) - first(b, 1) || a.order - b.order);
    this.runEnds.forEach((end, order) => {
      const next = this.runEnds[order - 1] ?? 0;
      const run = { order, next, end, records: new Float64Array(RECORDS_OF_A_RUN * width), count: 0, place: 0 };
      this.fill(run);
      heap.push(run);
    });
    for (let run = heap.peek(); run !== undefined; run = heap.peek()) {
      yield run.records.subarray(run.place * width, (run.place + 1) * width);
      run.place++;
      if (run.place === run.count) this.fill(run);
      if (run.count === 0) heap.pop();
      else heap.replace(run);
    }
  }

  /** Reads the next records of a run; none are left where its count becomes 0. */
  private fill(run: Run): void {
    const bytes = new Uint8Array(run.records.buffer, 0, Math.min(run.records.byteLength, run.end - run.next));
    for (let read = 0; read < bytes.length; ) {
      const more = readSync(this.descriptor!, bytes, read, bytes.length - read, run.next + read);
      if (more === 0) throw new Error(`${this.file}: ends too early`);
      read += more;
    }
    run.next += bytes.length;
    run.count = bytes.length / 8 / this.width;
    run.place = 0;
  }
}
