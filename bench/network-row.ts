/** A run of a network, as a user starts it. */
export interface NetworkRow {
  readonly name: string;
  /** What a user types for it, or what stands for that. */
  readonly command: string;
  /** Medians of the rounds. */
  readonly wall_s: number;
  /** Of all threads of the process. */
  readonly cpu_s: number;
  /** Largest resident set of the process, 10^6 bytes; null where the row is extrapolated. */
  readonly peakRss_MB: number | null;
  /** OU operations accounted for: performed, and found to be skipped. */
  readonly operations: number;
  /** What the run should at most take; null: nothing is demanded. */
  readonly wallGoal_s: number | null;
  readonly rssGoal_MB: number | null;
  /** The parts that the row is extrapolated from; null: all of it was run. */
  readonly extrapolatedFrom: string | null;
}
