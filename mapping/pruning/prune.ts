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
 * Prunes weights one by one, the least important first. The importance of a weight is E[x^2] w^2, what the output power
 * loses with it where inputs are uncorrelated (the diagonal of optimal brain damage, LeCun et al., 1990); with the same
 * power for all inputs that is pruning by magnitude (Han et al., 2015).
 *
 * @param rowPower mean square of the input of each row, E[x^2]; null for the same of all rows
 * @throws MappingError where the integers of a grid do not fit into `weightBits`
 */
export function pruningOfWeights(
  matrix: FloatMatrix,
  weightBits: number,
  rowPower: ArrayLike<number> | null,
): PrunedTo {
  const quantised = quantiseUniform(matrix, weightBits);
  const scores = importance(matrix, rowPower);
  return (sparsity) => {
    const marks = markSmallest(scores, Math.round(sparsity * scores.length));
    const weights = quantised.weights.slice();
    for (let i = 0; i < weights.length; i++) if (marks[i] === 1) weights[i] = 0;
    return { ...quantised, weights };
  };
}

/**
 * Prunes the groups that the runs of outputs cut each row into, those of the smallest mean importance first.
 *
 * @param runs every output once
 * @param rowPower mean square of the input of each row, E[x^2]; null for the same of all rows
 * @throws MappingError where the integers of a grid do not fit into `weightBits`
 */
export function pruningOfRowGroups(
  matrix: FloatMatrix,
  weightBits: number,
  rowPower: ArrayLike<number> | null,
  runs: readonly OutputRun[],
): PrunedTo {
  const quantised = quantiseUniform(matrix, weightBits);
  const { rows, outputs } = matrix;
  const scores = meanOfRuns(importance(matrix, rowPower), rows, outputs, runs);
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

/** Shape [rows][outputs]. */
function importance({ rows, outputs, weights }: FloatMatrix, rowPower: ArrayLike<number> | null): Float64Array {
  const scores = new Float64Array(weights.length);
  for (let k = 0; k < rows; k++) {
    const power = rowPower === null ? 1 : rowPower[k]!;
    for (let at = k * outputs; at < (k + 1) * outputs; at++) scores[at] = power * weights[at]! * weights[at]!;
  }
  return scores;
}

/** Shape [rows][runs]. */
function meanOfRuns(scores: Float64Array, rows: number, outputs: number, runs: readonly OutputRun[]): Float64Array {
  const means = new Float64Array(rows * runs.length);
  for (let k = 0, group = 0; k < rows; k++) {
    for (const { first, count } of runs) {
      let sum = 0;
      for (let at = k * outputs + first; at < k * outputs + first + count; at++) sum += scores[at]!;
      means[group++] = sum / count;
    }
  }
  return means;
}
