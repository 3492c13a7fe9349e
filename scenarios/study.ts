import type { StudyColumn, StudyNote, StudyPlot, StudyTable, StudyValue, StudyValues } from '../sim/results/study.js';
import type { RunOptions } from './run/run-options.js';
import type { RawScenario, Scenario } from './scenario.js';
import { resolveScenario } from './scenario.js';

/** What the user chooses. */
export interface StudyTask {
  /** Name of a bundled model, or a network file. */
  readonly model: string;
  /** `path=value`, for all points; they win over what the study sets. */
  readonly overrides: readonly string[];
  readonly baseDir: string;
}

/** A point of a sweep, ready to be run. */
export interface StudyPoint {
  /** What tells it from the other points: `sre 9x8`. */
  readonly name: string;
  readonly scenario: Scenario;
  /** Its place in the sweep: values of columns that are known before it is run. */
  readonly coordinates: StudyValues;
}

/** What the run of a point gives: plain data, as other threads hand it over. */
export interface StudyMeasurement {
  /** Values of its row. */
  readonly values: StudyValues;
  /** What belongs to its parts, by name of a table; the values of its coordinates are not repeated. */
  readonly parts?: Readonly<Record<string, readonly StudyValues[]>>;
}

/** A row of the sweep, and what belongs to its parts. */
export interface MeasuredRow {
  readonly values: StudyValues;
  readonly parts: Readonly<Record<string, readonly StudyValues[]>>;
}

/**
 * A sweep. Each is one file in `scenarios/studies/`.
 *
 * A point's row is `coordinates` and what `measure` and `derive` give; together they have a value for each column.
 * Further tables are made of the rows and of what `measure` tells of the parts of a point.
 */
export interface Study {
  /** As `ousim study` names it. */
  readonly name: string;
  readonly title: string;
  /** One sentence; ends with a full stop. */
  readonly doc: string;
  /** Paper and place that shows this sweep. */
  readonly source: string;
  readonly columns: readonly StudyColumn[];
  readonly plots: readonly StudyPlot[];
  /**
   * The points in the order of the table.
   *
   * @throws ScenarioError with everything that is wrong with one of them
   */
  points(task: StudyTask): readonly StudyPoint[];
  /** True where a terminal has no room for the rows: the tables are shown there. */
  readonly detail?: boolean;
  measure(scenario: Scenario, options: RunOptions): StudyMeasurement;
  /** Values that compare rows with each other, for each row; left out where there are none. */
  derive?(rows: readonly StudyValues[]): readonly StudyValues[];
  /** Further tables; left out where there are none. */
  tables?(rows: readonly MeasuredRow[]): readonly StudyTable[];
  /** What the rows and tables show, beside what the paper says. */
  notes(rows: readonly StudyValues[], tables: readonly StudyTable[]): readonly StudyNote[];
}

/** A point of a sweep over a preset's network. What the task sets wins over what the sweep sets. */
export function networkPoint(
  { model, overrides, baseDir }: StudyTask,
  {
    name,
    preset,
    set,
    coordinates,
  }: {
    readonly name: string;
    readonly preset: string;
    /** `path=value` of this point. */
    readonly set: readonly string[];
    readonly coordinates: StudyValues;
  },
): StudyPoint {
  const raw: RawScenario = { machine: { preset }, workload: { kind: 'network', model } };
  const scenario = resolveScenario(raw, { baseDir, overrides: [...set, ...overrides], name: `${name} on ${model}` });
  return { name, scenario, coordinates };
}

/** The value of a row in a column of numbers; NaN where nothing was measured. For notes, which read "NaN" there. */
export function numberAt(row: StudyValues, key: string): number {
  const value: StudyValue | undefined = row[key];
  if (value === null) return Number.NaN;
  if (typeof value !== 'number') throw new Error(`study: column ${key} has ${String(value)}; a number was expected`);
  return value;
}
