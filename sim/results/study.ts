/**
 * The shape of `study.json`: the points of a sweep, what was measured at each, and what its paper says about them. Reports
 * read this and nothing else.
 */

export const STUDY_SCHEMA_VERSION = 1;

/** `share` stands for a number from 0 to 1, `ratio` for one above 1 where it is in favour of the row. */
export type StudyUnit = 'name' | 'count' | 'bit' | 'ratio' | 'share' | 'cycle' | 'ns' | 'pJ' | 'um2';

export interface StudyColumn {
  readonly key: string;
  readonly heading: string;
  readonly unit: StudyUnit;
  /** One sentence; ends with a full stop. */
  readonly doc: string;
  /** True where a terminal has no room for it; `study.json` and `study.md` have it. */
  readonly detail?: boolean;
}

/** Null where nothing could be measured. */
export type StudyValue = number | string | null;

export type StudyValues = Readonly<Record<string, StudyValue>>;

/** A point of the sweep. */
export interface StudyRow {
  /** Hash of the resolved scenario. */
  readonly scenarioHash: string;
  /** A value for each column, by its key. */
  readonly values: StudyValues;
}

/** A chart of the rows: lines through the points, one for each value of a column. */
export interface StudyPlot {
  /** File name without ending. */
  readonly name: string;
  readonly title: string;
  /** Keys of columns. `x` may be a column of names, which then stand side by side in the order of the rows. */
  readonly x: string;
  readonly y: string;
  /** A second column, against an axis of its own on the right. */
  readonly right?: string;
  /** Rows with the same value here are joined by a line; left out, all are. */
  readonly series?: string;
  /** True for a logarithmic axis of `y`. */
  readonly logarithmic?: boolean;
}

/** Something that the rows show. */
export interface StudyNote {
  /** What the paper says, with its place; null for a remark of ours. */
  readonly published: string | null;
  readonly seen: string;
}

export interface StudyResult {
  readonly schemaVersion: number;
  readonly study: string;
  readonly title: string;
  readonly doc: string;
  /** Paper and place that shows this sweep. */
  readonly source: string;
  /** Name of a bundled model, or the file as it was named. */
  readonly model: string;
  /** Values set for all points (`--set`). */
  readonly overrides: readonly string[];
  readonly columns: readonly StudyColumn[];
  readonly rows: readonly StudyRow[];
  readonly plots: readonly StudyPlot[];
  readonly notes: readonly StudyNote[];
}
