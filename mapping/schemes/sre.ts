import { relativeNoise } from '../calibrate.js';
import { compileDense } from '../dense.js';
import { type FloatMatrix, type QuantisedMatrix, quantiseUniform } from '../float-matrix.js';
import type { MatrixShape } from '../matrix-spec.js';
import { pruneRowGroups, pruneWeights } from '../pruning/prune.js';
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
  plan: (matrix, shape, { sparsity }, { pruning }) => planPruned(matrix, shape, sparsity, pruning),
  compile: (spec, _decision, values) =>
    values.rowCompression === 'yes' ? compressRows(spec, values) : compileDense(spec),
  calibration: {
    decide: ({ matrix, shape, inputPower }, noise, { pruning }) => ({
      sparsity:
        pruning === 'none'
          ? 0
          : largestSparsityWithin(noise, (sparsity) =>
              relativeNoise(matrix, planPruned(matrix, shape, sparsity, pruning), inputPower),
            ),
    }),
  },
});

function planPruned(
  matrix: FloatMatrix,
  shape: MatrixShape,
  sparsity: number,
  pruning: 'none' | 'rows' | 'unstructured',
): LayerPlan {
  return { ...prunedMatrix(matrix, shape, sparsity, pruning), windowPruning: null };
}

function prunedMatrix(
  matrix: FloatMatrix,
  shape: MatrixShape,
  sparsity: number,
  pruning: 'none' | 'rows' | 'unstructured',
): QuantisedMatrix {
  if (pruning === 'none') return quantiseUniform(matrix, shape.weightBits);
  if (pruning === 'unstructured') return pruneWeights(matrix, shape.weightBits, sparsity);
  return pruneRowGroups(matrix, shape.weightBits, sparsity, outputGroups(shape));
}
