import { cutIntoBlocks } from '../block-pruning/blocks.js';
import { compileBlocks } from '../block-pruning/compile-blocks.js';
import { cellsWithin, pruneWeights, pruningSteps } from '../block-pruning/prune-blocks.js';
import { relativeNoise } from '../calibrate.js';
import { quantiseUniform } from '../float-matrix.js';
import { defineScheme, type LayerPlan } from '../scheme.js';

/** How much of a layer is pruned; which rows and columns follows from the weights (`pruningSteps`). */
interface PruningDecision {
  /** Share of the weights that the pruned rows and columns hold at most. */
  readonly share: number;
  /** Mean square of each input, to few digits, so that a stored decision stays small; null for the same of all. */
  readonly inputPower: readonly number[] | null;
}

/**
 * Digits of a stored mean square. Rounding to 4 digits changes it by a factor of at most 1.0005, and so the importance of
 * what is pruned and that of the whole matrix: their ratio by less than the margin that is kept from the noise share.
 */
const POWER_DIGITS = 4;
const POWER_MARGIN = 1.0011;

/**
 * PIM-Prune (Chu et al., DAC 2020), of which only the abstract was at hand: rows and columns are pruned independently in
 * blocks of the size of a crossbar, the blocks are compacted and repacked. Importance, order and packing are ours
 * (`mapping/block-pruning/`).
 */
export const scheme = defineScheme({
  name: 'pim-prune',
  doc: 'PIM-Prune: whole rows and columns pruned inside crossbar-sized blocks, which are compacted and repacked.',
  parameters: {
    repack: {
      type: 'choice',
      unit: '1',
      choices: ['yes', 'no'],
      default: 'yes',
      doc: 'Whether several compacted blocks share a crossbar; if not, each keeps one of its own.',
    },
    share: {
      type: 'number',
      unit: '1',
      min: 0,
      max: 1,
      default: 0,
      doc: 'Share of the weights of each matrix that may be pruned, by magnitude, where nothing is calibrated.',
    },
  },
  given: ({ share }): PruningDecision => ({ share, inputPower: null }),
  plan: (matrix, shape, { share, inputPower }): LayerPlan => {
    const quantised = quantiseUniform(matrix, shape.weightBits);
    const { blocks } = cutIntoBlocks(shape);
    const cells = Math.round(share * matrix.rows * matrix.outputs);
    pruneWeights(quantised.weights, matrix.outputs, blocks, pruningSteps(matrix, blocks, inputPower), cells);
    return { ...quantised, windowPruning: null };
  },
  compile: (spec, _decision, { repack }) => compileBlocks(spec, repack === 'yes'),
  calibration: {
    decide: ({ matrix, shape, inputPower }, noise): PruningDecision => {
      const rounded = Array.from(inputPower, (power) => Number(power.toPrecision(POWER_DIGITS)));
      const steps = pruningSteps(matrix, cutIntoBlocks(shape).blocks, rounded);
      const unpruned = { ...quantiseUniform(matrix, shape.weightBits), windowPruning: null };
      const outputPower = steps.importance.reduce((sum, importance) => sum + importance, 0);
      const left = (noise - relativeNoise(matrix, unpruned, inputPower)) / POWER_MARGIN;
      const cells = cellsWithin(steps, left * outputPower);
      return { share: cells / (matrix.rows * matrix.outputs), inputPower: rounded };
    },
  },
});
