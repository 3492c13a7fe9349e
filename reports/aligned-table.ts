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
 * Lays a table out as lines of at most `width` columns. Where it does not fit, headings of several words take several lines;
 * then the first column is shortened. Wider where the table does not fit even so: a narrow terminal wraps lines and loses
 * nothing.
 */
export function alignedTable(table: AlignedTable, width: number, heading: (text: string) => string): string[] {
  const { columns, rows, totals = [] } = table;
  const all = [...rows, ...totals];
  const contents = columns.map((_, c) => Math.max(0, ...all.map((row) => lengthOf(row[c]!.text))));
  let headings = columns.map((column) => [column.heading]);
  let widths = widthsOf(columns, headings, contents);
  if (sum(widths) > width) {
    headings = columns.map((column, c) => brokenHeading(column.heading, contents[c]!));
    widths = widthsOf(columns, headings, contents);
  }
  const others = sum(widths) - widths[0]!;
  const narrowest = Math.min(MIN_FIRST_COLUMN, widths[0]!);
  widths[0] = Math.max(narrowest, Math.min(widths[0]!, width - others));

  const line = (cells: readonly Cell[]) => {
    const padded = cells.map(({ text }, c) =>
      pad(c === 0 ? shortened(text, widths[0]!) : text, widths[c]!, columns[c]!.align),
    );
    // Before colours, which would keep the spaces at its end.
    const end = padded.findLastIndex((text) => text.trim() !== '');
    return padded
      .slice(0, end + 1)
      .map((text, c) => (c === end ? text.trimEnd() : text))
      .map((text, c) => cells[c]!.paint?.(text) ?? text)
      .join(GAP);
  };
  const rule = '─'.repeat(widths[0] + others);
  return [
    ...(columns.some((column) => column.group !== undefined) ? [heading(groupLine(columns, widths))] : []),
    ...headingLines(headings).map((texts) => line(texts.map((text) => ({ text, paint: heading })))),
    rule,
    ...rows.map(line),
    ...(totals.length > 0 ? [rule, ...totals.map(line)] : []),
  ];

  /** Of all columns and the gaps between them. */
  function sum(each: readonly number[]): number {
    return each.reduce((total, w) => total + w + GAP.length, -GAP.length);
  }
}

/** @param headings the lines of each column's heading */
function widthsOf(columns: readonly Column[], headings: readonly string[][], contents: readonly number[]): number[] {
  const widths = headings.map((lines, c) => Math.max(contents[c]!, ...lines.map(lengthOf)));
  widenForGroups(columns, widths);
  return widths;
}

/** A heading in lines as short as its longest word allows, or as long as the cells below are. A unit stays with its word. */
function brokenHeading(text: string, content: number): string[] {
  const words = text.split(/ (?!%)/);
  const width = Math.max(content, ...words.map(lengthOf));
  const lines: string[] = [];
  for (const word of words) {
    const longer = `${lines.at(-1)} ${word}`;
    if (lines.length > 0 && lengthOf(longer) <= width) lines[lines.length - 1] = longer;
    else lines.push(word);
  }
  return lines;
}

/** Headings that end in the same line, just above the rule: a list of texts for each line. */
function headingLines(headings: readonly string[][]): string[][] {
  const count = Math.max(...headings.map((lines) => lines.length));
  return Array.from({ length: count }, (_, l) => headings.map((lines) => lines[l - count + lines.length] ?? ''));
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
