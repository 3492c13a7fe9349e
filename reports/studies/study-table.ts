import type {
  StudyColumn,
  StudyResult,
  StudyTable,
  StudyUnit,
  StudyValue,
  StudyValues,
} from '../../sim/results/study.js';
import type { AlignedTable } from '../aligned-table.js';
import { compact, cycles, energy, grouped, meanCycles, NONE, percent, si } from '../format.js';

const NUMBER_TEXTS: Readonly<Record<Exclude<StudyUnit, 'name'>, (value: number) => string>> = {
  count: (value) => (Number.isInteger(value) ? compact(value) : meanCycles(value)),
  bit: compact,
  ratio: (value) => value.toFixed(2),
  share: percent,
  cycle: (value) => (Number.isInteger(value) ? cycles(value) : meanCycles(value)),
  ns: (value) => si(value * 1e-9, 's'),
  pJ: energy,
  um2: grouped,
};

/** What stands behind a heading. The units of values without one are in the value or named in the column's sentence. */
const HEADING_UNITS: Readonly<Partial<Record<StudyUnit, string>>> = { share: '%' };

export function valueText(value: StudyValue, unit: StudyUnit): string {
  if (value === null) return NONE;
  if (typeof value === 'string' || unit === 'name') return String(value);
  return NUMBER_TEXTS[unit](value);
}

export function headingText({ heading, unit }: StudyColumn): string {
  const suffix = HEADING_UNITS[unit];
  return suffix === undefined ? heading : `${heading} ${suffix}`;
}

/** The rows of the sweep. @param details with the columns that a terminal has no room for */
export function studyTable({ columns, rows }: StudyResult, { details }: { readonly details: boolean }): AlignedTable {
  return tableOf(
    columns,
    rows.map(({ values }) => values),
    details,
  );
}

/** A further table. @param details with the columns that a terminal has no room for */
export function furtherTable(
  { columns, rows }: Pick<StudyTable, 'columns' | 'rows'>,
  { details }: { readonly details: boolean },
): AlignedTable {
  return tableOf(columns, rows, details);
}

function tableOf(columns: readonly StudyColumn[], rows: readonly StudyValues[], details: boolean): AlignedTable {
  const shown = columns.filter(({ detail = false }) => details || !detail);
  return {
    columns: shown.map((column) => ({
      heading: headingText(column),
      align: column.unit === 'name' ? 'left' : 'right',
    })),
    rows: rows.map((values) => shown.map(({ key, unit }) => ({ text: valueText(values[key]!, unit) }))),
  };
}
