import { alignedTable } from '../reports/aligned-table.js';

/** A table as it is shown, on the terminal or in Markdown. */
export interface ShownTable {
  readonly title: string;
  readonly columns: readonly { readonly heading: string; readonly align: 'left' | 'right' }[];
  readonly rows: readonly (readonly string[])[];
  /** Below the table. */
  readonly note: string;
}

const TERMINAL_WIDTH = 140;

export function terminalText({ title, columns, rows, note }: ShownTable): string {
  const table = { columns, rows: rows.map((cells) => cells.map((text) => ({ text: text.replaceAll('`', '') }))) };
  const lines = [title, ...alignedTable(table, TERMINAL_WIDTH, (text) => text), ...(note === '' ? [] : [note])];
  return lines.join('\n');
}

/** @throws RangeError for a cell with a bar, which would end it */
export function markdownTable({ columns, rows }: Pick<ShownTable, 'columns' | 'rows'>): string {
  const line = (cells: readonly string[]) => {
    const bad = cells.find((cell) => /[|\n]/.test(cell));
    if (bad !== undefined) throw new RangeError(`table cell "${bad}": allowed is text without bars and line breaks`);
    return `| ${cells.join(' | ')} |`;
  };
  return [
    line(columns.map(({ heading }) => heading)),
    line(columns.map(({ align }) => (align === 'right' ? '---:' : '---'))),
    ...rows.map(line),
  ].join('\n');
}
