import type { MatrixShape } from '../matrix-spec.js';
import { uniformPrecisions } from './precision-tables.js';
import { type ReadDecision, readDecision } from './read-decision.js';

/** What is decided about a layer with one precision; plain JSON (docs/systems/bsq.md). */
export interface LayerDecision {
  /** Magnitude bits n of the layer's grid: one step is max |W| / (2^n - 1). Null: weightBits - 1. */
  readonly bits: number | null;
  /** Bits of every block in every copy. Null: what the layer's weights need. */
  readonly precision: number | null;
}

/**
 * @param decision anything: it may come from a file
 * @throws MappingError with every problem of the decision
 */
export function readLayerDecision(decision: unknown, shape: MatrixShape): ReadDecision {
  return readDecision(decision, shape, 'precision', (value, format, grid, fields) => {
    const hint = 'bits of every weight that are stored in a copy';
    const precision = fields.integerOrNull('decision.precision', value, 0, format.largestPrecision, hint);
    return precision === null ? null : uniformPrecisions(format, grid, precision);
  });
}
