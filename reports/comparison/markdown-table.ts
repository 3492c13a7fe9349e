import type { AlignedTable, Cell } from '../aligned-table.js';

/** A table as GitHub's Markdown writes it; groups of columns stand before their headings. */
export function markdownTable({ columns, rows, totals = [] }: AlignedTable): string[] {
  const headings = columns.map(({ heading, group }) => ({
    text: group === undefined ? heading : `${group}: ${heading}`,
  }));
  const rules = columns.map(({ align }) => (align === 'left' ? ':--' : '--:'));
  return [line(headings), `| ${rules.join(' | ')} |`, ...rows.map(line), ...totals.map(line)];
}

function line(cells: readonly Cell[]): string {
  return `| ${cells.map(({ text }) => escaped(text.trim())).join(' | ')} |`;
}

/** A text as Markdown shows it: no mark of its own, on one line. */
export function escaped(text: string): string {
  return text.replace(/[\\|*_`<>[\]]/g, '\\$&').replace(/\s*\n\s*/g, ' ');
}
