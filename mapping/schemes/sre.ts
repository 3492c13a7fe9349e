import { relativeNoise } from '../calibrate.js';
import { fieldProblems } from '../decision-fields.js';
import { compileDense, denseCrossbarCount } from '../dense.js';
import { type FloatMatrix, quantiseUniform } from '../float-matrix.js';
import { crossbarsOfWeights } from '../least-crossbars.js';
import type { MatrixShape } from '../matrix-spec.js';
import { type PrunedTo, pruningOfRowGroups, pruningOfWeights } from '../pruning/prune.js';
import { largestSparsityWithin } from '../pruning/sparsity-search.js';
import { outputGroups } from '../row-compression/column-groups.js';
import { compressRows } from '../row-compression/compress-rows.js';
import { rowCompressionParameters } from '../row-compression/parameters.js';
import { defineScheme, type LayerPlan } from '../scheme.js';

/**
 * Sparse ReRAM Engine (SRE; Yang et al., ISCA 2019): OU row compression of the weights. Its other half, dynamic OU formation
 * on the input bits, is the machine's detector `form`, so that `rowCompression` and `machine.detector.kind` together give
 * the modes none, ORC, DOF and ORC + DOF.
 *
 * Reconstructed: SRE ran networks that had been pruned structurally while they were trained (SSL). Without training, the
 * groups of weights that share an OU row are pruned by magnitude here, which is the structure that row compression can use.
 */
export const scheme = defineScheme({
  name: 'sre',
  doc: 'OU row compression as in SRE: every column group leaves out the rows whose cells are all zero.',
  parameters: {
    rowCompression: {
      type: 'choice',
      unit: '1',
      choices: ['yes', 'no'],
      default: 'yes',
      doc: '"no" places the pruned weights as the dense mapping does.',
    },
    pruning: {
      type: 'choice',
      unit: '1',
      choices: ['none', 'rows', 'unstructured'],
      default: 'rows',
      doc: 'What is pruned before: nothing, the groups of weights that share an OU row, or weights one by one.',
    },
    sparsity: {
      type: 'number',
      unit: '1',
      min: 0,
      max: 1,
      default: 0,
      doc: 'Share of the groups or weights to prune, the smallest first; decided by the layer where it is calibrated.',
    },
    ...rowCompressionParameters({ keep: 'columns', repack: 'no' }),
  },
  given: ({ sparsity }) => ({ sparsity }),
  decisionProblems: (decision) =>
    fieldProblems(decision, ['sparsity'], (fields, { sparsity }) =>
      fields.number('decision.sparsity', sparsity, 0, 1, 'share of the groups or weights to prune'),
    ),
  plan: (matrix, shape, { sparsity }, { pruning }) => plansAt(matrix, shape, pruning)(sparsity),
  compile: (spec, _decision, values) =>
    values.rowCompression === 'yes' ? compressRows(spec, values) : compileDense(spec),
  leastCrossbars: (spec, { rowCompression }) =>
    rowCompression === 'yes' ? crossbarsOfWeights(spec) : denseCrossbarCount(spec),
  calibration: {
    decide: ({ matrix, shape, inputPower }, noise, { pruning }) => {
      if (pruning === 'none') return { sparsity: 0 };
      const planAt = plansAt(matrix, shape, pruning);
      const noiseAt = (sparsity: number) => relativeNoise(matrix, planAt(sparsity), inputPower);
      return { sparsity: largestSparsityWithin(noise, noiseAt) };
    },
  },
});

type Pruning = 'none' | 'rows' | 'unstructured';

/** The plan at any sparsity; without pruning, sparsity has no influence. */
function plansAt(matrix: FloatMatrix, shape: MatrixShape, pruning: Pruning): (sparsity: number) => LayerPlan {
  const pruned = prunedTo(matrix, shape, pruning);
  return (sparsity) => ({ ...pruned(sparsity), windowPruning: null });
}

function prunedTo(matrix: FloatMatrix, shape: MatrixShape, pruning: Pruning): PrunedTo {
  if (pruning === 'unstructured') return pruningOfWeights(matrix, shape.weightBits);
  if (pruning === 'rows') return pruningOfRowGroups(matrix, shape.weightBits, outputGroups(shape));
  const quantised = quantiseUniform(matrix, shape.weightBits);
  return () => quantised;
}
