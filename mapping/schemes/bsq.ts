import { reduceActivationPrecision } from '../block-precision/activation-precision.js';
import { blockIntegers } from '../block-precision/block-integers.js';
import { chooseLayerPrecision, type GridSearch } from '../block-precision/choose-precisions.js';
import { compileBlocks } from '../block-precision/compile-blocks.js';
import { type LayerDecision, readLayerDecision } from '../block-precision/layer-decision.js';
import { largestPrecisionOf, neededPrecisions, uniformPrecisions } from '../block-precision/precision-tables.js';
import { precisionProblems } from '../block-precision/read-decision.js';
import {
  gridsParameter,
  magnitudeBitsParameter,
  packingParameter,
  smallestActivationBitsParameter,
} from '../block-precision/shared-parameters.js';
import { weightPrecisions } from '../block-precision/weight-precisions.js';
import { crossbarsOfWeights } from '../least-crossbars.js';
import { requireNone } from '../mapping-error.js';
import { matrixSpecProblems } from '../matrix-spec.js';
import { defineScheme, type NetworkLayer } from '../scheme.js';

/**
 * BSQ (Yang et al., ICLR 2021): one precision for a layer. It proposes no hardware; BWQ compares with it on its own, without
 * the bit-width table of blocks, and so do we (docs/systems/bsq.md).
 */
export const scheme = defineScheme({
  name: 'bsq',
  doc: 'One precision for a layer, in the mapping of bwq: one OU for each bit of a block, without a bit-width table.',
  parameters: {
    packing: packingParameter,
    magnitudeBits: magnitudeBitsParameter,
    grids: gridsParameter,
    smallestActivationBits: smallestActivationBitsParameter,
  },
  given: ({ magnitudeBits }): LayerDecision => ({ bits: magnitudeBits === 0 ? null : magnitudeBits, precision: null }),
  parameterOfField: { bits: 'magnitudeBits' },
  decisionProblems: (decision, shape) => precisionProblems(() => readLayerDecision(decision, shape), shape),
  plan: (matrix, shape, decision) => blockIntegers(matrix, shape.weightBits, readLayerDecision(decision, shape)),
  compile: (spec, decision, { packing }) => {
    requireNone(matrixSpecProblems(spec));
    const { format, grid, tables } = readLayerDecision(decision, spec);
    const needed = () => largestPrecisionOf(neededPrecisions(format, grid, spec.weights));
    const precisions = tables ?? uniformPrecisions(format, grid, needed());
    return compileBlocks(spec, precisions, { packing, lutEntry: null });
  },
  leastCrossbars: crossbarsOfWeights,
  calibration: {
    decide: (layer, noise, { grids }) => decide(layer, noise, grids),
    refine: (context, decision, { grids, smallestActivationBits }) => {
      const weights = weightPrecisions((layer, noise) => decide(layer, noise, grids), readLayerDecision);
      return reduceActivationPrecision(context, decision, smallestActivationBits, weights);
    },
  },
});

function decide(layer: NetworkLayer, noise: number, grids: GridSearch): LayerDecision {
  const { magnitudeBits, precision } = chooseLayerPrecision(layer, noise, grids);
  return { bits: magnitudeBits, precision };
}
