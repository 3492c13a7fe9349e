/** What a trace costs: a run with it against the same run without. */
export interface TraceRow {
  readonly name: string;
  readonly command: string;
  /** Medians of the rounds; CPU seconds of all threads of the process. */
  readonly cpu_s: number;
  /** Over the run without a trace. */
  readonly slowdown: number;
  /** Records in the file. */
  readonly events: number;
  /** What `slowdown` should at most be; null: nothing is demanded. */
  readonly slowdownGoal: number | null;
}
