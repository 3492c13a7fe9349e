import { relativeNoise } from '../calibrate.js';
import type { MatrixShape } from '../matrix-spec.js';
import type { NetworkLayer } from '../scheme.js';
import type { WeightPrecisions } from './activation-precision.js';
import { blockIntegers } from './block-integers.js';
import { neededPrecisions } from './precision-tables.js';
import type { ReadDecision } from './read-decision.js';

/** What `reduceActivationPrecision` has to know about the decisions of a scheme. */
export function weightPrecisions<D>(
  decide: (layer: NetworkLayer, noise: number) => D,
  read: (decision: D, shape: MatrixShape) => ReadDecision,
): WeightPrecisions<D> {
  const planned = (layer: NetworkLayer, decision: ReadDecision) =>
    blockIntegers(layer.matrix, layer.shape.weightBits, decision);
  return {
    decide,
    noise: (layer, decision) =>
      relativeNoise(layer.matrix, planned(layer, read(decision, layer.shape)), layer.inputPower),
    storedBits: (layer, decision) => {
      const decided = read(decision, layer.shape);
      const { format, grid } = decided;
      const tables = decided.tables ?? neededPrecisions(format, grid, planned(layer, decided).weights);
      return tables.reduce((bits, table) => table.reduce((sum, precision) => sum + precision, bits), 0);
    },
  };
}
