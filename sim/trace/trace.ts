/**
 * The trace hook: what a component may report while it runs. A component holds `trace: TraceSink | null` and tests it
 * before each call, so that a run without a trace pays one comparison (kernel law 8). Times are cycles.
 */

/** A track is one resource's line in the trace (a crossbar, an ADC), numbered by the sink. */
export type TrackId = number;

/** What `track` returns for an instance that the sink drops. */
export const DROPPED: TrackId = -1;

/** One OU operation, from the stall before its read to its last code; docs/timing-model.md, rules 3 to 5. */
export interface TracedOperation {
  /** Which operation of its crossbar it is, counted from 0 in the order in which they are performed. */
  readonly number: number;
  /** Why the read did not start when the one before ended, by the name of the ledger state; null where it did. */
  readonly stall: string | null;
  /** When that stall began; `readStart` without one. */
  readonly stallStart: number;
  readonly readStart: number;
  /** Its samples ask for their conversions here. */
  readonly readEnd: number;
  readonly samples: number;
  /** The first of its conversions begins, the last one ends. */
  readonly firstConversion: number;
  readonly lastConversionEnd: number;
  /** The shift-and-add unit accepts the last of its codes, and that code leaves it. */
  readonly lastAcceptance: number;
  readonly leaves: number;
}

export interface TraceSink {
  /** Cycles [from, to) of the components' clock that the sink keeps: what lies outside need not be reported. */
  readonly from: number;
  readonly to: number;
  /**
   * Opens a track for the instance at `path` (`Chip.Tile[0].Pe[0].Crossbar[3]`).
   * Returns DROPPED where the sink drops it; the calls below then do nothing.
   */
  track(path: string): TrackId;
  /**
   * What the resource did from `start` to `end` (> start): 'read', 'convert', or a stall by the name of its ledger state.
   * The spans of a track come in order of time and do not overlap.
   */
  span(track: TrackId, name: string, start: number, end: number): void;
  /**
   * A span of a server that works for an operation, or holds what it has of it: operation `operation` (the `number` of its
   * `TracedOperation`) of crossbar `crossbar`, which is its index in the PE that the server belongs to. Spans like the others.
   */
  service(track: TrackId, name: string, start: number, end: number, crossbar: number, operation: number): void;
  /** The new value, from cycle `at` on, of a counter that belongs to the track's resource (queue length). */
  counter(track: TrackId, name: string, at: number, value: number): void;
  /** An operation of the track's crossbar; told when all of it is known, in the order of the operations. */
  operation(track: TrackId, operation: TracedOperation): void;
}
