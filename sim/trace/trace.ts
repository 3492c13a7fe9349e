/**
 * The trace hook: what a component may report while it runs. A component holds `trace: TraceSink | null` and tests it
 * before each call, so that a run without a trace pays one comparison (kernel law 8). Times are cycles.
 */

/** A track is one resource's line in the trace (a crossbar, an ADC), numbered by the sink. */
export type TrackId = number;

export interface TraceSink {
  /** Cycles [from, to) of the components' clock that the sink keeps: what lies outside need not be reported. */
  readonly from: number;
  readonly to: number;
  /**
   * Opens a track for the instance at `path` (`Chip.Tile[0].Pe[0].Crossbar[3]`).
   * Returns -1 where the sink's filter drops it; the calls below then do nothing.
   */
  track(path: string): TrackId;
  /** What the resource did from `start` to `end`: 'read', 'convert', or a stall by the name of its ledger state. */
  span(track: TrackId, name: string, start: number, end: number, detail?: string): void;
  /** The new value, from cycle `at` on, of a counter that belongs to the track's resource (queue length). */
  counter(track: TrackId, name: string, at: number, value: number): void;
}
