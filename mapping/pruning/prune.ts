import { type FloatMatrix, type QuantisedMatrix, quantiseUniform } from '../float-matrix.js';
import { markSmallest } from './smallest.js';

/** Neighbouring outputs, those from `first` on. */
export interface OutputRun {
  readonly first: number;
  readonly count: number;
}

/**
 * Prunes the share `sparsity` of the weights, those of the smallest magnitudes (Han et al., 2015). The integers that stay,
 * and their scale, are those of the whole matrix.
 *
 * @param sparsity 0 .. 1; rounded to whole weights
 * @throws MappingError where the integers of a grid do not fit into `weightBits`
 */
export function pruneWeights(matrix: FloatMatrix, weightBits: number, sparsity: number): QuantisedMatrix {
  const quantised = quantiseUniform(matrix, weightBits);
  if (sparsity === 0) return quantised;
  const marks = markSmallest(matrix.weights.map(Math.abs), Math.round(sparsity * matrix.weights.length));
  return { ...quantised, weights: quantised.weights.map((weight, i) => (marks[i] === 1 ? 0 : weight)) };
}

/**
 * Prunes the share `sparsity` of the groups that the runs of outputs cut each row into, those of the smallest mean square.
 * The integers that stay, and their scale, are those of the whole matrix.
 *
 * @param runs every output once
 * @param sparsity 0 .. 1; rounded to whole groups
 * @throws MappingError where the integers of a grid do not fit into `weightBits`
 */
export function pruneRowGroups(
  matrix: FloatMatrix,
  weightBits: number,
  sparsity: number,
  runs: readonly OutputRun[],
): QuantisedMatrix {
  const quantised = quantiseUniform(matrix, weightBits);
  if (sparsity === 0) return quantised;
  const { rows, outputs, weights } = matrix;
  const scores = new Float64Array(rows * runs.length);
  for (let k = 0, group = 0; k < rows; k++) {
    for (const { first, count } of runs) {
      let squares = 0;
      for (let at = k * outputs + first; at < k * outputs + first + count; at++) squares += weights[at]! ** 2;
      scores[group++] = squares / count;
    }
  }
  const marks = markSmallest(scores, Math.round(sparsity * scores.length));
  const kept = quantised.weights.slice();
  for (let k = 0, group = 0; k < rows; k++) {
    for (const { first, count } of runs) {
      if (marks[group++] === 1) kept.fill(0, k * outputs + first, k * outputs + first + count);
    }
  }
  return { ...quantised, weights: kept };
}
