import type {
  StudyColumn,
  StudyPlot,
  StudyResult,
  StudyUnit,
  StudyValue,
  StudyValues,
} from '../../sim/results/study.js';
import { NONE } from '../format.js';
import type { DataTable } from './csv.js';

/** The rows that a plot draws. */
export interface DrawnRows {
  readonly rows: readonly StudyValues[];
  /** @throws Error where the rows have no such column */
  column(key: string): StudyColumn;
}

/** @throws Error where the study has no such table, or no row is left */
export function drawnRows(study: StudyResult, { name, table, where = {} }: StudyPlot): DrawnRows {
  const { columns, rows } = tableOf(study, name, table);
  const column = (key: string): StudyColumn => {
    const found = columns.find((candidate) => candidate.key === key);
    if (found === undefined) throw new Error(`study chart ${name}: the study has no column ${key}`);
    return found;
  };
  const conditions = Object.entries(where).map(([key, value]) => {
    column(key);
    return { key, allowed: Array.isArray(value) ? (value as readonly StudyValue[]) : [value as StudyValue] };
  });
  const drawn = rows.filter((row) => conditions.every(({ key, allowed }) => allowed.includes(row[key]!)));
  if (drawn.length === 0) throw new Error(`study chart ${name}: no row has ${JSON.stringify(where)}`);
  return { rows: drawn, column };
}

function tableOf(
  study: StudyResult,
  plot: string,
  name: string | undefined,
): { columns: readonly StudyColumn[]; rows: readonly StudyValues[] } {
  if (name === undefined) return { columns: study.columns, rows: study.rows.map(({ values }) => values) };
  const table = study.tables.find((candidate) => candidate.name === name);
  if (table === undefined) throw new Error(`study chart ${plot}: the study has no table ${name}`);
  return table;
}

/** The drawn rows with these columns; values stand as in `study.json`. */
export function drawnNumbers(rows: readonly StudyValues[], columns: readonly StudyColumn[]): DataTable {
  return {
    columns: columns.map(({ key, unit }) => key + (CSV_SUFFIXES[unit] ?? '')),
    rows: rows.map((row) => columns.map(({ key }) => row[key] ?? NONE)),
  };
}

const CSV_SUFFIXES: Readonly<Partial<Record<StudyUnit, string>>> = {
  ns: '_ns',
  pJ: '_pJ',
  um2: '_um2',
  share: '_share',
};

/** The values of a column, each once, in the order of the rows. */
export function namesOf(rows: readonly StudyValues[], key: string): string[] {
  return [...new Set(rows.map((row) => String(row[key])))];
}
