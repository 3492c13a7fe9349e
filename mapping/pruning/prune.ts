import { type FloatMatrix, type QuantisedMatrix, quantiseUniform } from '../float-matrix.js';
import { markSmallest } from './smallest.js';

/** Neighbouring outputs, those from `first` on. */
export interface OutputRun {
  readonly first: number;
  readonly count: number;
}

/**
 * A matrix pruned to the share `sparsity`, 0 .. 1, of its weights or groups, rounded to whole ones. The integers that stay,
 * and their scale, are those of the matrix at sparsity 0.
 */
export type PrunedTo = (sparsity: number) => QuantisedMatrix;

/**
 * Prunes weights one by one, those of the smallest magnitudes first (Han et al., 2015).
 *
 * @throws MappingError where the integers of a grid do not fit into `weightBits`
 */
export function pruningOfWeights(matrix: FloatMatrix, weightBits: number): PrunedTo {
  const quantised = quantiseUniform(matrix, weightBits);
  const magnitudes = matrix.weights.map(Math.abs);
  return (sparsity) => {
    const marks = markSmallest(magnitudes, Math.round(sparsity * magnitudes.length));
    const weights = quantised.weights.slice();
    for (let i = 0; i < weights.length; i++) if (marks[i] === 1) weights[i] = 0;
    return { ...quantised, weights };
  };
}

/**
 * Prunes the groups that the runs of outputs cut each row into, those of the smallest mean square first.
 *
 * @param runs every output once
 * @throws MappingError where the integers of a grid do not fit into `weightBits`
 */
export function pruningOfRowGroups(matrix: FloatMatrix, weightBits: number, runs: readonly OutputRun[]): PrunedTo {
  const quantised = quantiseUniform(matrix, weightBits);
  const { rows, outputs } = matrix;
  const scores = meanSquares(matrix, runs);
  return (sparsity) => {
    const marks = markSmallest(scores, Math.round(sparsity * scores.length));
    const weights = quantised.weights.slice();
    for (let k = 0, group = 0; k < rows; k++) {
      for (const { first, count } of runs) {
        if (marks[group++] === 1) weights.fill(0, k * outputs + first, k * outputs + first + count);
      }
    }
    return { ...quantised, weights };
  };
}

/** Shape [rows][runs]. */
function meanSquares({ rows, outputs, weights }: FloatMatrix, runs: readonly OutputRun[]): Float64Array {
  const scores = new Float64Array(rows * runs.length);
  for (let k = 0, group = 0; k < rows; k++) {
    for (const { first, count } of runs) {
      let squares = 0;
      for (let at = k * outputs + first; at < k * outputs + first + count; at++) squares += weights[at]! * weights[at]!;
      scores[group++] = squares / count;
    }
  }
  return scores;
}
