import { reduceActivationPrecision } from '../block-precision/activation-precision.js';
import { type BlockDecision, readBlockDecision, writeBlockDecision } from '../block-precision/block-decision.js';
import { blockGrid } from '../block-precision/block-grid.js';
import { blockIntegers } from '../block-precision/block-integers.js';
import { choosePrecisions, type GridSearch } from '../block-precision/choose-precisions.js';
import { compileBlocks } from '../block-precision/compile-blocks.js';
import { neededPrecisions } from '../block-precision/precision-tables.js';
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
 * BWQ (IEEE TCAD 43(12), 2024): a precision for every block of the size of an operation unit, and a mapping in which an
 * operation unit holds one bit of all weights of a block (docs/systems/bwq.md).
 */
export const scheme = defineScheme({
  name: 'bwq',
  doc: 'Block-wise precision: blocks of the size of an OU keep as many bits as they need, one OU for each bit.',
  parameters: {
    packing: packingParameter,
    lutEntry: {
      type: 'choice',
      unit: '1',
      choices: ['largest', 'word'],
      default: 'largest',
      doc: 'Width of an entry of the bit-width table: "largest" for the widest block of the layer, "word" for a block of all bits of the word.',
    },
    magnitudeBits: magnitudeBitsParameter,
    grids: gridsParameter,
    smallestActivationBits: smallestActivationBitsParameter,
  },
  given: ({ magnitudeBits }): BlockDecision => ({ bits: magnitudeBits === 0 ? null : magnitudeBits, precisions: null }),
  parameterOfField: { bits: 'magnitudeBits' },
  decisionProblems: (decision, shape) => precisionProblems(() => readBlockDecision(decision, shape), shape),
  plan: (matrix, shape, decision) => blockIntegers(matrix, shape.weightBits, readBlockDecision(decision, shape)),
  compile: (spec, decision, { packing, lutEntry }) => {
    requireNone(matrixSpecProblems(spec));
    const { format, grid, tables } = readBlockDecision(decision, spec);
    const precisions = tables ?? neededPrecisions(format, grid, spec.weights);
    return compileBlocks(spec, precisions, { packing, lutEntry });
  },
  leastCrossbars: crossbarsOfWeights,
  calibration: {
    decide: (layer, noise, { grids }) => decide(layer, noise, grids),
    refine: (context, decision, { grids, smallestActivationBits }) => {
      const weights = weightPrecisions((layer, noise) => decide(layer, noise, grids), readBlockDecision);
      return reduceActivationPrecision(context, decision, smallestActivationBits, weights);
    },
  },
});

function decide(layer: NetworkLayer, noise: number, grids: GridSearch): BlockDecision {
  const { magnitudeBits, tables } = choosePrecisions(layer, noise, grids);
  return writeBlockDecision(magnitudeBits, blockGrid(layer.shape), tables);
}
