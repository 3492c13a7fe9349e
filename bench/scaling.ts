import { type LogFit, logFit } from './log-fit.js';

/** Time against work: the same thing at several sizes. */
export interface ScalingTable extends LogFit {
  readonly title: string;
  /** What `seconds` are, and of what. */
  readonly measured: string;
  readonly rows: readonly ScalingRow[];
  /** What `slope` should at most be. */
  readonly slopeGoal: number;
}

export interface ScalingRow {
  readonly size: string;
  /** OU operations, those included that were found to be skipped. */
  readonly operations: number;
  readonly seconds: number;
}

/** Linear, with room for the spread of times; less is what skipping of equal work and constant set-up give. */
const SLOPE_GOAL = 1.1;

export function scalingTable(title: string, measured: string, rows: readonly ScalingRow[]): ScalingTable {
  const fit = logFit(
    rows.map(({ operations }) => operations),
    rows.map(({ seconds }) => seconds),
  );
  return { title, measured, rows, ...fit, slopeGoal: SLOPE_GOAL };
}
