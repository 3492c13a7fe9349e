import type { StudyColumn, StudyNote, StudyPlot, StudyValue, StudyValues } from '../sim/results/study.js';
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

/**
 * A sweep that a paper shows. Each is one file in `scenarios/studies/`.
 *
 * A point's row is `coordinates` and what `measure` and `derive` give; together they have a value for each column.
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
  measure(scenario: Scenario, options: RunOptions): StudyValues;
  /** Values that compare rows with each other, for each row; left out where there are none. */
  derive?(rows: readonly StudyValues[]): readonly StudyValues[];
  /** What the rows show, beside what the paper says. */
  notes(rows: readonly StudyValues[]): readonly StudyNote[];
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
