import { shortened } from './format.js';

export interface Column {
  readonly heading: string;
  /** Title above this column and its neighbours of the same group. */
  readonly group?: string;
  readonly align: 'left' | 'right';
}

export interface Cell {
  readonly text: string;
  /** Colours the padded cell. */
  readonly paint?: (text: string) => string;
}

export interface AlignedTable {
  /** The first column gives way where the table is too wide: its texts are shortened in the middle. */
  readonly columns: readonly Column[];
  readonly rows: readonly (readonly Cell[])[];
  /** Rows below a second rule. */
  readonly totals?: readonly (readonly Cell[])[];
}

const GAP = '  ';
const MIN_FIRST_COLUMN = 8;

/**
 * Lays a table out as lines of at most `width` columns; wider where the table does not fit although its first column is
 * as narrow as it may be, so that a narrow terminal wraps lines and loses nothing.
 */
export function alignedTable(table: AlignedTable, width: number, heading: (text: string) => string): string[] {
  const { columns, rows, totals = [] } = table;
  const all = [...rows, ...totals];
  const widths = columns.map((column, c) =>
    Math.max(lengthOf(column.heading), ...all.map((row) => lengthOf(row[c]!.text))),
  );
  widenForGroups(columns, widths);
  const others = widths.slice(1).reduce((sum, w) => sum + w + GAP.length, 0);
  const narrowest = Math.min(MIN_FIRST_COLUMN, widths[0]!);
  widths[0] = Math.max(narrowest, Math.min(widths[0]!, width - others));

  const line = (cells: readonly Cell[]) =>
    cells
      .map(({ text, paint }, c) => {
        const padded = pad(c === 0 ? shortened(text, widths[0]!) : text, widths[c]!, columns[c]!.align);
        return paint === undefined ? padded : paint(padded);
      })
      .join(GAP)
      .trimEnd();
  const rule = '─'.repeat(widths[0] + others);
  const headings = columns.map((column) => ({ text: column.heading, paint: heading }));
  return [
    ...(columns.some((column) => column.group !== undefined) ? [heading(groupLine(columns, widths))] : []),
    line(headings),
    rule,
    ...rows.map(line),
    ...(totals.length > 0 ? [rule, ...totals.map(line)] : []),
  ];
}

/** Runs of neighbouring columns with the same group: first and last column. */
function groupsOf(columns: readonly Column[]): { title: string | undefined; first: number; last: number }[] {
  const groups: { title: string | undefined; first: number; last: number }[] = [];
  columns.forEach(({ group: title }, c) => {
    const open = groups.at(-1);
    if (open !== undefined && title !== undefined && open.title === title) open.last = c;
    else groups.push({ title, first: c, last: c });
  });
  return groups;
}

function spanOf(widths: readonly number[], first: number, last: number): number {
  return widths.slice(first, last + 1).reduce((sum, w) => sum + w, 0) + (last - first) * GAP.length;
}

function widenForGroups(columns: readonly Column[], widths: number[]): void {
  for (const { title, first, last } of groupsOf(columns)) {
    if (title !== undefined) widths[first]! += Math.max(0, lengthOf(title) - spanOf(widths, first, last));
  }
}

function groupLine(columns: readonly Column[], widths: readonly number[]): string {
  const parts = groupsOf(columns).map(({ title = '', first, last }) => {
    const span = spanOf(widths, first, last);
    return title === '' ? ' '.repeat(span) : centred(title, span, first === last ? ' ' : '─');
  });
  return parts.join(GAP).trimEnd();
}

function centred(title: string, width: number, fill: string): string {
  const free = width - lengthOf(title);
  if (free < 4) return title.padStart(width);
  const left = Math.floor((free - 2) / 2);
  return `${fill.repeat(left)} ${title} ${fill.repeat(free - 2 - left)}`;
}

function pad(text: string, width: number, align: 'left' | 'right'): string {
  const space = ' '.repeat(Math.max(0, width - lengthOf(text)));
  return align === 'left' ? text + space : space + text;
}

function lengthOf(text: string): number {
  return Array.from(text).length;
}
