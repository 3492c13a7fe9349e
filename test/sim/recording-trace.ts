import type { TracedOperation, TraceSink, TrackId } from '../../sim/trace/trace.js';

export interface RecordedSpan {
  readonly path: string;
  readonly name: string;
  readonly start: number;
  readonly end: number;
  /** Of a server's span: the operation that it works for. */
  readonly crossbar?: number;
  readonly operation?: number;
}

export interface RecordedCount {
  readonly path: string;
  readonly name: string;
  readonly at: number;
  readonly value: number;
}

export interface RecordedOperation extends TracedOperation {
  readonly path: string;
}

/** A trace sink that keeps everything it hears, in the order in which it hears it. */
export class RecordingTrace implements TraceSink {
  readonly paths: string[] = [];
  readonly spans: RecordedSpan[] = [];
  readonly counts: RecordedCount[] = [];
  readonly operations: RecordedOperation[] = [];

  /** Says that only these cycles are of interest; keeps what it hears of others as well. */
  constructor(
    readonly from = 0,
    readonly to = Number.POSITIVE_INFINITY,
  ) {}

  track(path: string): TrackId {
    return this.paths.push(path) - 1;
  }

  span(track: TrackId, name: string, start: number, end: number): void {
    this.spans.push({ path: this.pathOf(track), name, start, end });
  }

  service(track: TrackId, name: string, start: number, end: number, crossbar: number, operation: number): void {
    this.spans.push({ path: this.pathOf(track), name, start, end, crossbar, operation });
  }

  counter(track: TrackId, name: string, at: number, value: number): void {
    this.counts.push({ path: this.pathOf(track), name, at, value });
  }

  operation(track: TrackId, operation: TracedOperation): void {
    this.operations.push({ path: this.pathOf(track), ...operation });
  }

  /** The spans of one resource in order of time; throws where two of them overlap or one is empty. */
  spansOf(path: string): RecordedSpan[] {
    const spans = this.spans.filter((span) => span.path === path).sort((a, b) => a.start - b.start);
    let busyUntil = 0;
    for (const { name, start, end } of spans) {
      if (start < busyUntil) throw new Error(`${path}: ${name} starts at ${start}, before the end at ${busyUntil}`);
      if (end <= start) throw new Error(`${path}: ${name} from ${start} to ${end} is empty`);
      busyUntil = end;
    }
    return spans;
  }

  /** Cycles of a resource by span name. */
  cyclesOf(path: string): Record<string, number> {
    const cycles: Record<string, number> = {};
    for (const { name, start, end } of this.spansOf(path)) cycles[name] = (cycles[name] ?? 0) + end - start;
    return cycles;
  }

  /** Integral over time of a counter that ends at 0, in count x cycles. */
  integralOf(path: string, name: string): number {
    let integral = 0;
    let value = 0;
    let since = 0;
    for (const count of this.counts) {
      if (count.path !== path || count.name !== name) continue;
      if (count.at < since) throw new Error(`${path}: counter ${name} goes back from ${since} to ${count.at}`);
      integral += value * (count.at - since);
      value = count.value;
      since = count.at;
    }
    if (value !== 0) throw new Error(`${path}: counter ${name} ends at ${value}`);
    return integral;
  }

  private pathOf(track: TrackId): string {
    const path = this.paths[track];
    if (path === undefined) throw new Error(`track ${track} was never opened`);
    return path;
  }
}
