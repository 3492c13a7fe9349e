import type { TracedOperation, TrackId } from './trace.js';
import type { TraceLevel } from './trace-level.js';

/** Cycles [from, to) of the run that a trace keeps. */
export interface TraceWindow {
  readonly from: number;
  readonly to: number;
}

/** The name of the spans that fill the gaps between a resource's own. */
export const IDLE = 'idle';

/** In the place of a crossbar and of an operation: the span is of no operation, or it is not said of which. */
export const NO_OPERATION = -1;

/** A span as a trace holds it. */
export interface WrittenSpan {
  readonly name: string;
  /** What the window shows of it, and from when to when it lasted. */
  readonly start: number;
  readonly end: number;
  readonly wholeStart: number;
  readonly wholeEnd: number;
  /** Index in its PE of the crossbar that is served, and the number of its operation; NO_OPERATION both. */
  readonly crossbar: number;
  readonly operation: number;
}

/** Whether the window shows a part of a span only. */
export function isCut({ start, end, wholeStart, wholeEnd }: WrittenSpan): boolean {
  return end - start !== wholeEnd - wholeStart;
}

/** What a trace says of itself from the beginning. */
export interface TraceHeader {
  /** Root clock in GHz, so that a reader can turn cycles into time. */
  readonly rootClock_GHz: number;
  /** null: all cycles. */
  readonly window: TraceWindow | null;
  /** null: all instances. */
  readonly filter: string | null;
  readonly level: TraceLevel;
}

/** What a trace says of itself once it is whole. */
export interface TraceSummary {
  /** The cycle in which the run ends. */
  readonly end: number;
  /** Spans, counter values and operations written; the spans `idle`, which nobody reported, come on top. */
  readonly events: number;
  readonly idleSpans: number;
  readonly droppedByWindow: number;
  readonly droppedTracks: number;
}

/**
 * A file of one format. It is told what a trace keeps: within the window, of the instances that the filter and the level
 * leave, with `idle` in the gaps. Its sequence of calls is the same in every format; the events of one track come in order
 * of time, those of different tracks do not.
 */
export interface TraceWriter {
  readonly file: string;
  /** The instance at `path` has number `track`; the numbers follow one another from 0 on. */
  track(track: TrackId, path: string): void;
  span(track: TrackId, span: WrittenSpan): void;
  counter(track: TrackId, name: string, at: number, value: number): void;
  /** An operation, not cut; `start` and `end`: its stall, read, conversions and codes, cut to the window. */
  operation(track: TrackId, operation: TracedOperation, start: number, end: number): void;
  /** Puts the file under its name. */
  close(summary: TraceSummary): void;
  /** Removes what was written. Does nothing after `close`. */
  abort(): void;
}

/** The category of a span: all stalls share one. */
export function categoryOf(name: string): string {
  return name.startsWith('stall.') ? 'stall' : name;
}
