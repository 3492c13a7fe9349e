import { type AlignedTable, alignedTable, type Cell, type Column } from '../aligned-table.js';

/** A column with its cells, one for each row of the table. */
export interface FilledColumn {
  readonly column: Column;
  readonly cells: readonly Cell[];
}

/** Columns that stay together. */
export interface Block {
  readonly title: string;
  readonly columns: readonly FilledColumn[];
}

export function tableOf(columns: readonly FilledColumn[]): AlignedTable {
  const rows = columns[0]!.cells.map((_, r) => columns.map(({ cells }) => cells[r]!));
  return { columns: columns.map(({ column }) => column), rows };
}

/** As few tables as hold the blocks in their order, none wider than `width` unless a block alone is. */
export function tablesWithin(width: number, first: FilledColumn, blocks: readonly Block[]): AlignedTable[] {
  const tables: FilledColumn[][] = [];
  for (const { columns } of blocks) {
    const last = tables.at(-1);
    if (last !== undefined && widthOf(tableOf([...last, ...columns])) <= width) last.push(...columns);
    else tables.push([first, ...columns]);
  }
  return tables.map(tableOf);
}

function widthOf(table: AlignedTable): number {
  const lines = alignedTable(table, Number.MAX_SAFE_INTEGER, (text) => text);
  return Math.max(...lines.map((line) => Array.from(line).length));
}
