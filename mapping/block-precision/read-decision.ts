import { DecisionFields } from '../decision-fields.js';
import { MappingError, type MappingProblem, requireNone } from '../mapping-error.js';
import { type MatrixShape, matrixShapeProblems } from '../matrix-spec.js';
import { type BlockFormat, blockEncodingProblems, blockFormat } from './block-format.js';
import { type BlockGrid, blockGrid } from './block-grid.js';
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
 * @throws MappingError with every problem of the shape, or else of the decision
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
  const shapeProblems = [...matrixShapeProblems(shape), ...blockEncodingProblems(shape)];
  if (shapeProblems.length > 0) throw new MappingError(shapeProblems);
  const grid = blockGrid(shape);
  const fields = new DecisionFields();
  const given = fields.object('decision', decision, ['bits', key]);
  const word = shape.weightBits - 1;
  const hint = 'magnitude bits of the grid; the sign is not counted';
  const magnitudeBits = fields.integerOrNull('decision.bits', given?.['bits'], 1, word, hint) ?? word;
  const format = blockFormat(shape, magnitudeBits);
  const tables = readPrecisions(given?.[key], format, grid, fields);
  requireNone(fields.all());
  return { magnitudeBits, format, grid, tables };
}

/** Everything wrong with a decision; an encoding that blocks cannot have is none of the decision's problems. */
export function precisionProblems(read: () => ReadDecision, shape: MatrixShape): readonly MappingProblem[] {
  if (blockEncodingProblems(shape).length > 0) return [];
  try {
    read();
    return [];
  } catch (error) {
    if (!(error instanceof MappingError)) throw error;
    return error.problems;
  }
}
