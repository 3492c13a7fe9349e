import { relativeNoise } from '../calibrate.js';
import { fieldProblems } from '../decision-fields.js';
import type { FloatMatrix } from '../float-matrix.js';
import { crossbarsOfWeights } from '../least-crossbars.js';
import type { MatrixShape } from '../matrix-spec.js';
import { pruningOfWeights } from '../pruning/prune.js';
import { largestSparsityWithin } from '../pruning/sparsity-search.js';
import { compressRows } from '../row-compression/compress-rows.js';
import { type FilterOrder, filterOrders } from '../row-compression/filter-order.js';
import { rowCompressionParameters } from '../row-compression/parameters.js';
import { recoverWeights } from '../row-compression/weight-recovery.js';
import { defineScheme, type LayerPlan } from '../scheme.js';

/**
 * Effective zero compression (Shin et al., DAC 2022): unstructured pruning, an order of the filters that brings zeros of the
 * same rows together, recovery of the pruned weights that would be stored anyway, and OU row compression as in SRE.
 *
 * Reconstructed from the abstract: the order is found greedily and improved by pairwise swaps (`filterOrders`). The paper
 * fine-tunes recovered weights; here they get their original values back. `compile` finds the order again from the
 * integers: after recovery the filters of a group are zero in the same rows, so that the greedy search meets them again.
 */
export const scheme = defineScheme({
  name: 'zero-compression',
  doc: 'Unstructured pruning, filters reordered so that OU rows of zeros arise, recovery of the weights beside them, OU row compression.',
  parameters: {
    sparsity: {
      type: 'number',
      unit: '1',
      min: 0,
      max: 1,
      default: 0,
      doc: 'Share of the weights to prune, the smallest first; decided by the layer where it is calibrated.',
    },
    order: {
      type: 'choice',
      unit: '1',
      choices: ['slab', 'global', 'none'],
      default: 'slab',
      doc: 'Order of the filters: one for each row block, one for the whole matrix, or as they are.',
    },
    recovery: {
      type: 'choice',
      unit: '1',
      choices: ['yes', 'no'],
      default: 'yes',
      doc: '"yes" gives pruned weights in OU rows that are kept their values back.',
    },
    ...rowCompressionParameters({ keep: 'weights', repack: 'yes' }),
  },
  given: ({ sparsity }) => ({ sparsity }),
  decisionProblems: (decision) =>
    fieldProblems(decision, ['sparsity'], (fields, { sparsity }) =>
      fields.number('decision.sparsity', sparsity, 0, 1, 'share of the weights to prune'),
    ),
  plan: (matrix, shape, { sparsity }, values) => plansAt(matrix, shape, values)(sparsity),
  leastCrossbars: crossbarsOfWeights,
  compile: (spec, _decision, values) => compressRows(spec, values, filterOrders(spec.weights, spec, values.order)),
  calibration: {
    decide: ({ matrix, shape, inputPower }, noise, values) => {
      const planAt = plansAt(matrix, shape, values);
      const noiseAt = (sparsity: number) => relativeNoise(matrix, planAt(sparsity), inputPower);
      return { sparsity: largestSparsityWithin(noise, noiseAt) };
    },
  },
});

interface PlanValues {
  readonly order: FilterOrder;
  readonly recovery: 'yes' | 'no';
}

/** The plan at any sparsity. */
function plansAt(matrix: FloatMatrix, shape: MatrixShape, { order, recovery }: PlanValues) {
  const pruned = pruningOfWeights(matrix, shape.weightBits);
  const original = pruned(0).weights;
  return (sparsity: number): LayerPlan => {
    const plan = pruned(sparsity);
    if (recovery === 'no' || sparsity === 0) return { ...plan, windowPruning: null };
    const orders = filterOrders(plan.weights, shape, order);
    return { ...plan, weights: recoverWeights(plan.weights, original, shape, orders), windowPruning: null };
  };
}
