import { cutIntoBlocks } from '../block-pruning/blocks.js';
import { compileBlocks } from '../block-pruning/compile-blocks.js';
import { cellsWithin, pruneWeights, pruningSteps } from '../block-pruning/prune-blocks.js';
import { relativeNoise } from '../calibrate.js';
import { type DecisionFields, fieldProblems } from '../decision-fields.js';
import { quantiseUniform } from '../float-matrix.js';
import { crossbarsOfWeights } from '../least-crossbars.js';
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
  decisionProblems: (decision, { rows }) =>
    fieldProblems(decision, ['share', 'inputPower'], (fields, { share, inputPower }) => {
      fields.number('decision.share', share, 0, 1, 'share of the weights that may be pruned');
      checkInputPower(inputPower, rows, fields);
    }),
  plan: (matrix, shape, { share, inputPower }): LayerPlan => {
    const { blocks } = cutIntoBlocks(shape);
    const quantised = quantiseUniform(matrix, shape.weightBits);
    const cells = Math.round(share * matrix.rows * matrix.outputs);
    pruneWeights(quantised.weights, matrix.outputs, blocks, pruningSteps(matrix, blocks, inputPower), cells);
    return { ...quantised, windowPruning: null };
  },
  compile: (spec, _decision, { repack }) => compileBlocks(spec, repack === 'yes'),
  leastCrossbars: crossbarsOfWeights,
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

/** Largest mean square, rounded up: 8-bit inputs reach 255, and 255^2 takes 65030 when it has 4 digits. */
const LARGEST_POWER = 2 ** 16;

function checkInputPower(value: unknown, rows: number, fields: DecisionFields): void {
  if (value === null || value === undefined) return;
  const hint = "mean square of each input, in squares of the 8-bit network's step";
  if (!Array.isArray(value) || value.length !== rows) {
    const got = Array.isArray(value) ? `${value.length} numbers` : value;
    fields.report('decision.inputPower', got, `a list of ${rows} numbers, one for each row, or null`, hint);
    return;
  }
  value.forEach((power: unknown, row) => {
    fields.number(`decision.inputPower[${row}]`, power, 0, LARGEST_POWER, hint);
  });
}
