import type { DecisionFields } from '../decision-fields.js';
import type { MatrixShape } from '../matrix-spec.js';
import type { BlockFormat } from './block-format.js';
import { type BlockGrid, blockCount } from './block-grid.js';
import type { PrecisionTables } from './precision-tables.js';
import { type ReadDecision, readDecision } from './read-decision.js';

/**
 * What is decided about a layer with a precision for each block; plain JSON (docs/systems/bwq.md, "A table of precisions").
 */
export interface BlockDecision {
  /** Magnitude bits n of the layer's grid: one step is max |W| / (2^n - 1). Null: weightBits - 1. */
  readonly bits: number | null;
  /**
   * A table for each copy (encoding differential: positive, negative), or one table for all copies. A table has a string
   * for each row of blocks, with a digit 0-9, a-g for each block. Null: what the weights need.
   */
  readonly precisions: readonly (readonly string[])[] | null;
}

/** Precisions are written in one character. */
const RADIX = 36;

/**
 * @param decision anything: it may come from a file
 * @throws MappingError with every problem of the decision
 */
export function readBlockDecision(decision: unknown, shape: MatrixShape): ReadDecision {
  return readDecision(decision, shape, 'precisions', readTables);
}

function readTables(
  value: unknown,
  format: BlockFormat,
  grid: BlockGrid,
  fields: DecisionFields,
): PrecisionTables | null {
  if (value === null || value === undefined) return null;
  const copies = format.signs.length;
  if (!Array.isArray(value) || (value.length !== 1 && value.length !== copies)) {
    const allowed = copies === 1 ? 'a list of 1 table, or null' : `a list of 1 or ${copies} tables, or null`;
    fields.report('decision.precisions', value, allowed, 'a table for each stored copy, or one for all of them');
    return null;
  }
  const tables = value.map((table, copy) => readTable(table, `decision.precisions[${copy}]`, format, grid, fields));
  return format.signs.map((_, copy) => tables[tables.length === 1 ? 0 : copy]!);
}

function readTable(
  value: unknown,
  path: string,
  format: BlockFormat,
  { blockRows, blockColumns, ...grid }: BlockGrid,
  fields: DecisionFields,
): Uint8Array {
  const table = new Uint8Array(blockCount({ blockRows, blockColumns, ...grid }));
  const size = `blocks of ${grid.wordlines} x ${grid.bitlines} in a matrix of ${grid.rows} x ${grid.outputs}`;
  if (!Array.isArray(value) || value.length !== blockRows) {
    const got = Array.isArray(value) ? `${value.length} rows` : value;
    fields.report(path, got, `a list of ${blockRows} strings, one for each row of blocks`, size);
    return table;
  }
  value.forEach((row: unknown, j) => {
    if (typeof row !== 'string' || row.length !== blockColumns) {
      const got = typeof row === 'string' ? `${row.length} digits` : row;
      fields.report(`${path}[${j}]`, got, `a string of ${blockColumns} digits, one for each block`, size);
      return;
    }
    for (let i = 0; i < blockColumns; i++) {
      const precision = /[0-9a-g]/.test(row[i]!) ? Number.parseInt(row[i]!, RADIX) : Number.NaN;
      if (precision <= format.largestPrecision) table[j * blockColumns + i] = precision;
      else {
        const allowed = `a digit 0 .. ${format.largestPrecision.toString(RADIX)}`;
        fields.report(`${path}[${j}][${i}]`, row[i], allowed, 'bits of the weights of a block; a stands for 10');
      }
    }
  });
  return table;
}

/** The decision that `readBlockDecision` reads. */
export function writeBlockDecision(
  magnitudeBits: number,
  { blockRows, blockColumns }: BlockGrid,
  tables: PrecisionTables,
): BlockDecision {
  const row = (table: Uint8Array, j: number) =>
    Array.from(table.subarray(j * blockColumns, (j + 1) * blockColumns), (p) => p.toString(RADIX)).join('');
  return {
    bits: magnitudeBits,
    precisions: tables.map((table) => Array.from({ length: blockRows }, (_, j) => row(table, j))),
  };
}
