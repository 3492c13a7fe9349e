import { flipMatrix } from '../bit-flip/flip-matrix.js';
import { compileMaskedPlanes } from '../bit-flip/masked-planes.js';
import { PowerSums } from '../bit-flip/power-sums.js';
import { relativeNoise } from '../calibrate.js';
import { fieldProblems } from '../decision-fields.js';
import { type FloatMatrix, quantiseMagnitudes } from '../float-matrix.js';
import { crossbarsOfWeights } from '../least-crossbars.js';
import { type MappingProblem, requireNone } from '../mapping-error.js';
import { type MatrixShape, matrixShapeProblems, matrixSpecProblems } from '../matrix-spec.js';
import type { Parameters, ValuesOfParameters } from '../parameter.js';
import {
  defineScheme,
  type LayerPlan,
  type NetworkDecision,
  type NetworkLayer,
  type WindowPruning,
} from '../scheme.js';

/** What ERA-BS decides for a layer. */
export interface EraBsDecision {
  /** Largest mean-square change of a weight that emptying a block's bit-plane may cause, as a share of a weight's power. */
  readonly flip: number;
  /** Activations below this share of their range are pruned in groups; 0 for none. */
  readonly activationThreshold: number;
}

const PARAMETERS = {
  terms: {
    type: 'integer',
    unit: '1',
    min: 1,
    max: 15,
    default: 3,
    doc: 'Powers of two that a quantised weight is the sum of, at most.',
  },
  maskRows: {
    type: 'integer',
    unit: '1',
    min: 0,
    max: 65536,
    default: 0,
    doc: 'Rows that share a bit of the row mask and form a group of activations; 0: the wordlines of an OU.',
  },
  maskColumns: {
    type: 'integer',
    unit: '1',
    min: 1,
    max: 65536,
    default: 4,
    doc: 'Columns that share a bit of the column mask and are emptied together.',
  },
  columnOnes_percent: {
    type: 'number',
    unit: '1',
    min: 0,
    max: 100,
    default: 50,
    doc: "Ones that a column of a crossbar may have in a bit-plane, in per cent of the crossbar's wordlines.",
  },
  packing: {
    type: 'choice',
    unit: '1',
    choices: ['plane', 'row-block'],
    default: 'plane',
    doc: 'Columns that share a crossbar: those of a bit-plane in all row blocks, or in one row block, which share inputs.',
  },
  flip: {
    type: 'number',
    unit: '1',
    min: 0,
    max: 1,
    default: 0.001,
    doc: "Largest mean-square change that emptying a block's bit-plane may cause, as a share of the mean square of a weight, where nothing is calibrated.",
  },
  activations: {
    type: 'choice',
    unit: '1',
    choices: ['groups', 'elements', 'none'],
    default: 'groups',
    doc: 'Activation pruning: in groups that share a row mask bit, of single activations (an ablation), or none.',
  },
  activationThreshold: {
    type: 'number',
    unit: '1',
    min: 0,
    max: 1,
    default: 0,
    doc: 'Groups whose activations are all below this share of the range become 0, where nothing is calibrated.',
  },
} as const satisfies Parameters;

type Values = ValuesOfParameters<typeof PARAMETERS>;

/** Shares that `decide` chooses from: 0, then 2^-15 .. 2^0 in steps of half an octave. */
const FLIPS: readonly number[] = [0, ...Array.from({ length: 31 }, (_, step) => 2 ** ((step - 30) / 2))];

/** Thresholds that `refine` chooses from, in multiples of a layer's root mean square activation: 2^-6 .. 2^1. */
const THRESHOLDS: readonly number[] = Array.from({ length: 15 }, (_, step) => 2 ** ((step - 12) / 2));

/** Where activations are not pruned: by how much `refine` may raise all flips to use up the budget. */
const MORE_FLIPS: readonly number[] = Array.from({ length: 7 }, (_, step) => 2 ** ((step + 1) / 2));

/** Largest activation of the 8-bit network, in whose steps input powers are given. */
const LARGEST_ACTIVATION = 255;

/**
 * ERA-BS (IEEE Transactions on Computers, 2024) and, for its weights, Bit-Transformer (ICCAD 2021): weights as sums of few
 * powers of two, bit-flip with compensation that empties columns of bit-planes, crossbars without them, and pruning of
 * activations in the groups that a wordline block drives.
 *
 * The weight side follows Bit-Transformer's text; which ones it clears first, and the activation side, are reconstructed
 * (docs/systems/era-bs.md).
 */
export const scheme = defineScheme({
  name: 'era-bs',
  doc: 'ERA-BS: sums of powers of two, bit-flip that empties columns of bit-planes, row and column masks, activation pruning in groups.',
  parameters: PARAMETERS,
  given: ({ flip, activationThreshold }): EraBsDecision => ({ flip, activationThreshold }),
  decisionProblems: (decision) =>
    fieldProblems(decision, ['flip', 'activationThreshold'], (fields, { flip, activationThreshold }) => {
      fields.number('decision.flip', flip, 0, 1, 'mean-square change, as a share of the mean square of a weight');
      fields.number('decision.activationThreshold', activationThreshold, 0, 1, 'share of the range of activations');
    }),
  plan: (matrix, shape, decision, values) => flippedPlan(quantised(matrix, shape, values), shape, decision, values),
  compile(spec, _decision, values) {
    requirePlaceable(spec, values, matrixSpecProblems(spec));
    return compileMaskedPlanes(spec, {
      maskRows: rowsOfMask(spec, values),
      maskColumns: values.maskColumns,
      packing: values.packing,
    });
  },
  leastCrossbars: crossbarsOfWeights,
  calibration: {
    decide(layer, noise, values) {
      return { flip: FLIPS[mostOf(FLIPS, flipWithin(layer, noise, values))] ?? 0, activationThreshold: 0 };
    },
    refine(context, decision, values) {
      const candidates =
        values.activations === 'none'
          ? MORE_FLIPS.map((factor) => withFlips(decision, factor))
          : THRESHOLDS.map((factor) => withThresholds(context.layers, decision, factor));
      const most = mostOf(candidates, (candidate) => context.accuracy(candidate) >= context.floor);
      return candidates[most] ?? decision;
    },
  },
});

/**
 * Index of the last entry that is within bounds, by bisection; -1 where that finds none. For a list in rising order, wider
 * bounds never give an earlier entry, even where `within` is not monotone over the list.
 */
function mostOf<T>(ascending: readonly T[], within: (entry: T) => boolean): number {
  let low = -1;
  let high = ascending.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (within(ascending[middle]!)) low = middle;
    else high = middle - 1;
  }
  return low;
}

function flipWithin(layer: NetworkLayer, noise: number, values: Values): (flip: number) => boolean {
  const { matrix, shape, inputPower } = layer;
  const plan = quantised(matrix, shape, values);
  return (flip) => {
    const flipped = flippedPlan(plan, shape, { flip, activationThreshold: 0 }, values);
    return relativeNoise(matrix, flipped, inputPower) <= noise;
  };
}

/**
 * The decision with activation thresholds of `factor` times the root mean square input of each layer. A layer with signed
 * inputs is left alone: the zero of its activations is no 0 on a wordline.
 */
function withThresholds(
  layers: readonly NetworkLayer[],
  decision: NetworkDecision<EraBsDecision>,
  factor: number,
): NetworkDecision<EraBsDecision> {
  const decided = layers.map(({ name, inputSigned, inputPower }): [string, EraBsDecision] => {
    const power = inputPower.reduce((sum, each) => sum + each, 0) / inputPower.length;
    const activationThreshold = inputSigned ? 0 : Math.min(1, (factor * Math.sqrt(power)) / LARGEST_ACTIVATION);
    return [name, { flip: decision.layers[name]!.flip, activationThreshold }];
  });
  return { ...decision, layers: Object.fromEntries(decided) };
}

function withFlips(decision: NetworkDecision<EraBsDecision>, factor: number): NetworkDecision<EraBsDecision> {
  const decided = Object.entries(decision.layers).map(([name, layer]): [string, EraBsDecision] => [
    name,
    { ...layer, flip: Math.min(1, layer.flip * factor) },
  ]);
  return { ...decision, layers: Object.fromEntries(decided) };
}

/** The weights as sums of powers of two, before any flip. */
function quantised(matrix: FloatMatrix, shape: MatrixShape, values: Values): LayerPlan {
  requirePlaceable(shape, values, matrixShapeProblems(shape));
  const sums = new PowerSums(shape.weightBits - 1, values.terms);
  const nearest = (magnitude: number) => sums.nearest(magnitude);
  return { ...quantiseMagnitudes(matrix, shape.weightBits, nearest), windowPruning: null };
}

function flippedPlan(plan: LayerPlan, shape: MatrixShape, decision: EraBsDecision, values: Values): LayerPlan {
  const weights = flipMatrix(plan.weights, shape, shape.weightBits - 1, {
    blockColumns: values.maskColumns,
    columnOnes: Math.floor((values.columnOnes_percent * shape.crossbar.wordlines) / 100),
    share: decision.flip,
  });
  return { ...plan, weights, windowPruning: windowPruningOf(shape, decision, values) };
}

/** Null where the threshold, in whole steps of the input, prunes nothing that is not 0 already. */
function windowPruningOf(
  shape: MatrixShape,
  { activationThreshold }: EraBsDecision,
  values: Values,
): WindowPruning | null {
  const threshold = Math.round(activationThreshold * (2 ** shape.inputBits - 1));
  if (values.activations === 'none' || threshold <= 1) return null;
  const groupRows = values.activations === 'elements' ? 1 : rowsOfMask(shape, values);
  return { rowBlock: shape.crossbar.wordlines, groupRows, threshold };
}

function rowsOfMask({ ou }: MatrixShape, { maskRows }: Values): number {
  return maskRows === 0 ? ou.wordlines : maskRows;
}

function requirePlaceable(
  { encoding, layout, crossbar }: MatrixShape,
  { maskColumns }: Values,
  others: readonly MappingProblem[],
): void {
  const problems = [...others];
  if (encoding !== 'differential') {
    problems.push({
      path: 'encoding',
      value: encoding,
      allowed: 'differential with scheme era-bs',
      hint: 'ERA-BS stores magnitudes, positive and negative weights in crossbars of their own',
    });
  }
  if (layout !== 'planar') {
    problems.push({
      path: 'layout',
      value: layout,
      allowed: 'planar with scheme era-bs',
      hint: 'ERA-BS stores every bit-plane in crossbars of its own',
    });
  }
  if (crossbar.bitsPerCell !== 1) {
    problems.push({
      path: 'crossbar.bitsPerCell',
      value: crossbar.bitsPerCell,
      allowed: '1 with scheme era-bs',
      hint: 'bit-flip clears single bits, and a column of larger cells would hold several',
    });
  }
  if (maskColumns > crossbar.bitlines) {
    problems.push({
      path: 'maskColumns',
      value: maskColumns,
      allowed: `integer 1 .. ${crossbar.bitlines}, the bitlines of a crossbar`,
      hint: 'a mask bit stands for columns of one crossbar',
    });
  }
  requireNone(problems);
}
