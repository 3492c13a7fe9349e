/** One benchmark's figures: an engine per row. */
export interface Table {
  readonly title: string;
  readonly unit: string;
  readonly rows: readonly TableRow[];
  /** Engines left out because they are not installed. */
  readonly notFound?: readonly string[];
}

export interface TableRow {
  readonly name: string;
  /** In the table's unit. */
  readonly rate: number;
  /** What `rate` should at least be; left out where nothing is demanded. */
  readonly rateGoal?: number | undefined;
  /** How many times the engine under test is faster than this one. */
  readonly ratio: number;
  /** What `ratio` should at least be; left out where nothing is demanded. */
  readonly ratioGoal?: number | undefined;
  /** The part of the workload that the row is extrapolated from; left out: all of it was run. */
  readonly extrapolatedFrom?: string | undefined;
}
