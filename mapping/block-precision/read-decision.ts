import { MappingError } from '../mapping-error.js';
import type { MatrixShape } from '../matrix-spec.js';
import { type BlockFormat, blockEncodingProblems, blockFormat } from './block-format.js';
import { type BlockGrid, blockGrid } from './block-grid.js';
import { DecisionFields } from './decision-fields.js';
import type { PrecisionTables } from './precision-tables.js';

/** A decision about the precisions of a layer that has been read; `tables` is null where the weights decide. */
export interface ReadDecision {
  readonly magnitudeBits: number;
  readonly format: BlockFormat;
  readonly grid: BlockGrid;
  readonly tables: PrecisionTables | null;
}

/**
 * Reads `bits` of a decision, and its precisions by `readPrecisions`.
 *
 * @param decision anything: it may come from a file
 * @param key of the precisions
 * @throws MappingError with every problem of the decision
 */
export function readDecision(
  decision: unknown,
  shape: MatrixShape,
  key: string,
  readPrecisions: (
    value: unknown,
    format: BlockFormat,
    grid: BlockGrid,
    fields: DecisionFields,
  ) => PrecisionTables | null,
): ReadDecision {
  const encodingProblems = blockEncodingProblems(shape);
  if (encodingProblems.length > 0) throw new MappingError(encodingProblems);
  const grid = blockGrid(shape);
  const fields = new DecisionFields();
  const given = fields.object('decision', decision, ['bits', key]);
  const word = shape.weightBits - 1;
  const hint = 'magnitude bits of the grid; the sign is not counted';
  const magnitudeBits = fields.integerOrNull('decision.bits', given?.['bits'], 1, word, hint) ?? word;
  const format = blockFormat(shape, magnitudeBits);
  const tables = readPrecisions(given?.[key], format, grid, fields);
  const problems = fields.all();
  if (problems.length > 0) throw new MappingError(problems);
  return { magnitudeBits, format, grid, tables };
}
