import {
  STUDY_SCHEMA_VERSION,
  type StudyResult,
  type StudyRow,
  type StudyTable,
  type StudyValues,
} from '../sim/results/study.js';
import type { RunOptions } from './run/run-options.js';
import type { Study, StudyMeasurement, StudyPoint, StudyTask } from './study.js';

/**
 * Runs the points of a study one after another.
 *
 * @param points `study.points(task)`, so that a caller can learn of mistakes before any work is done
 * @param options for the point at this place
 * @throws Error where a point lacks a value for a column, or has one for none
 */
export function runStudy(
  study: Study,
  task: StudyTask,
  points: readonly StudyPoint[],
  options: (point: StudyPoint, place: number) => RunOptions = () => ({}),
): StudyResult {
  const figures = points.map((point, place) => study.measure(point.scenario, options(point, place)));
  return studyResult(study, task, points, figures);
}

/**
 * The result of a study whose points were run.
 *
 * @param figures what `study.measure` gave for each point
 * @throws Error where a point lacks a value for a column, or has one for none
 */
export function studyResult(
  study: Study,
  task: StudyTask,
  points: readonly StudyPoint[],
  figures: readonly StudyMeasurement[],
): StudyResult {
  const keys = study.columns.map(({ key }) => key);
  const measured = points.map((point, place) => ({ ...point.coordinates, ...figures[place]!.values }));
  const derived = study.derive?.(measured);
  const rows = points.map((point, place): StudyRow => {
    const values: StudyValues = { ...measured[place], ...derived?.[place] };
    const wrong = [...keys.filter((key) => !(key in values)), ...Object.keys(values).filter((k) => !keys.includes(k))];
    if (wrong.length > 0)
      throw new Error(`study ${study.name}, ${point.name}: ${wrong.join(', ')}: column or value lacks`);
    return { scenarioHash: point.scenario.resolved.hash, values };
  });
  const values = rows.map((row) => row.values);
  const tables = study.tables?.(values.map((row, r) => ({ values: row, parts: figures[r]!.parts ?? {} }))) ?? [];
  for (const table of tables) checkTable(study, table);
  return {
    schemaVersion: STUDY_SCHEMA_VERSION,
    study: study.name,
    title: study.title,
    doc: study.doc,
    source: study.source,
    model: task.model,
    overrides: task.overrides,
    columns: study.columns,
    rows,
    detail: study.detail ?? false,
    tables,
    plots: study.plots,
    notes: study.notes(values, tables),
  };
}

function checkTable(study: Study, { name, columns, rows }: StudyTable): void {
  const keys = columns.map(({ key }) => key);
  for (const row of rows) {
    const wrong = [...keys.filter((key) => !(key in row)), ...Object.keys(row).filter((key) => !keys.includes(key))];
    if (wrong.length > 0)
      throw new Error(`study ${study.name}, table ${name}: ${wrong.join(', ')}: column or value lacks`);
  }
}
