/**
 * The shape of `study.json`: the points of a sweep, what was measured at each, and what its paper says about them. Reports
 * read this and nothing else.
 */

export const STUDY_SCHEMA_VERSION = 2;

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

/** Rows of another kind than the points of the sweep: what belongs to a layer of a point, or to a whole curve. */
export interface StudyTable {
  /** As plots name it. */
  readonly name: string;
  readonly title: string;
  readonly columns: readonly StudyColumn[];
  readonly rows: readonly StudyValues[];
  /** True where a terminal has no room for it; `study.json` and `study.md` have it. */
  readonly detail?: boolean;
}

/** What all charts have. */
interface PlotOfRows {
  /** File name without ending. */
  readonly name: string;
  readonly title: string;
  /** Name of a table whose rows are drawn; left out, the points of the sweep. */
  readonly table?: string;
  /** Only rows that have these values are drawn. */
  readonly where?: Readonly<Record<string, number | string | readonly (number | string)[]>>;
  /** What the rows are of, before the title; left out, the network of the study. */
  readonly subject?: string;
  /** What a reader has to know to read it, below its title. */
  readonly remark?: string;
}

/** Lines through the points, one for each value of a column. */
export interface StudyLinesPlot extends PlotOfRows {
  readonly kind?: 'lines';
  /** Keys of columns. `x` may be a column of names, which then stand side by side in the order of the rows. */
  readonly x: string;
  readonly y: string;
  /** A second column, against an axis of its own on the right. */
  readonly right?: string;
  /** Rows with the same value here are joined by a line; left out, all are. */
  readonly series?: string;
  /** True for a logarithmic axis of `y`. */
  readonly logarithmic?: boolean;
  /** `x` is a number and stands where its value is; left out, its values stand side by side. */
  readonly numbers?: 'linear' | 'logarithmic';
  /** Columns against the axis of `y` that are drawn beside it, as what a theory says: thin, without points. */
  readonly references?: readonly string[];
  /** Points with a text in this column are ringed, and the text stands in the legend. */
  readonly mark?: string;
}

/** Bars of stacked parts, one for each row: beside each other for the values of `series`, in groups for those of `x`. */
export interface StudyBarsPlot extends PlotOfRows {
  readonly kind: 'bars';
  readonly x: string;
  readonly series: string;
  /** Keys of columns of one unit; a single one is coloured by its series. */
  readonly parts: readonly string[];
}

/** A table of coloured cells: a value for each pair of names. */
export interface StudyMatrixPlot extends PlotOfRows {
  readonly kind: 'matrix';
  /** Keys of columns: the names at the left, those at the top, and the values, shares. */
  readonly row: string;
  readonly column: string;
  readonly value: string;
}

/** A chart of the rows. */
export type StudyPlot = StudyLinesPlot | StudyBarsPlot | StudyMatrixPlot;

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
  /** True where a terminal has no room for the rows. */
  readonly detail: boolean;
  readonly tables: readonly StudyTable[];
  readonly plots: readonly StudyPlot[];
  readonly notes: readonly StudyNote[];
}
