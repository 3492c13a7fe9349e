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
  /**
   * A span, cut to the window; before that it lasted from `wholeStart` to `wholeEnd`.
   *
   * @param crossbar index in its PE of the crossbar that is served, or NO_OPERATION
   * @param operation number of that crossbar's operation, or NO_OPERATION
   */
  span(
    track: TrackId,
    name: string,
    start: number,
    end: number,
    wholeStart: number,
    wholeEnd: number,
    crossbar: number,
    operation: number,
  ): void;
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
