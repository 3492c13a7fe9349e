import { type LineFit, lineFit } from './line-fit.js';

/** Time against work: the same thing at several sizes. */
export interface ScalingTable {
  readonly title: string;
  /** What `seconds` are, and of what. */
  readonly measured: string;
  readonly rows: readonly ScalingRow[];
  /** log(seconds) over log(operations): a slope of 1 is proportional, less is what set-up and skipping of equal work give. */
  readonly logFit: LineFit;
  /** seconds over operations: the intercept is what does not depend on the work. */
  readonly fit: LineFit;
  /** What the slope of `logFit` should at most be. */
  readonly slopeGoal: number;
}

export interface ScalingRow {
  readonly size: string;
  /** OU operations, those included that were found to be skipped. */
  readonly operations: number;
  readonly seconds: number;
}

/** Linear, with room for the spread of times. */
const SLOPE_GOAL = 1.1;

export function scalingTable(title: string, measured: string, rows: readonly ScalingRow[]): ScalingTable {
  const operations = rows.map((row) => row.operations);
  const seconds = rows.map((row) => row.seconds);
  return {
    title,
    measured,
    rows,
    logFit: lineFit(operations.map(Math.log), seconds.map(Math.log)),
    fit: lineFit(operations, seconds),
    slopeGoal: SLOPE_GOAL,
  };
}
