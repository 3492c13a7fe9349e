import { relativeNoise } from '../calibrate.js';
import { fieldProblems } from '../decision-fields.js';
import { sliceLevel, sliceSignificance, type WeightFormat, weightFormat } from '../encoding.js';
import { type FloatMatrix, quantiseMagnitudes } from '../float-matrix.js';
import { crossbarsOfWeights } from '../least-crossbars.js';
import { MappingError, type MappingProblem, requireNone } from '../mapping-error.js';
import { type MatrixShape, type MatrixSpec, matrixShapeProblems, matrixSpecProblems } from '../matrix-spec.js';
import type { OuProgram } from '../ou-program.js';
import { ProgramBuilder } from '../program-builder.js';
import { defineScheme, type LayerPlan } from '../scheme.js';
import { nearestWindowCode } from '../squeeze/bit-window.js';
import { squeezeTiles, type TileSqueeze, truncateForSqueeze } from '../squeeze/squeeze-out.js';

/** What SME decides for a layer. */
export interface SmeDecision {
  /** Bit-slices that every tile is to lose; in 1-bit cells, its x most significant bit-planes. */
  readonly squeeze: number;
}

/**
 * SME, Sparse-Multiplication-Engine (ICCD 2021): weights with all their ones within a few adjacent bits, each bit-plane in
 * crossbars of its own, and the sparse planes of the most significant bits squeezed out by moving whole rows.
 *
 * Reconstructed from the abstract and from BWQ's description (IEEE TCAD 2024, which re-simulates SME); docs/systems/sme.md
 * says what is whose.
 */
export const scheme = defineScheme({
  name: 'sme',
  doc: 'SME: ones of a weight within a few adjacent bits, bit-planes in crossbars of their own, sparse planes squeezed out.',
  parameters: {
    window: {
      type: 'integer',
      unit: 'bit',
      min: 1,
      max: 15,
      default: 3,
      doc: 'Adjacent bits that may hold the ones of a weight.',
    },
    mode: {
      type: 'choice',
      unit: '1',
      choices: ['lossy', 'exact'],
      default: 'lossy',
      doc: 'What squeezing does with ones that fall below the last plane: "lossy" drops them, "exact" leaves the tile alone.',
    },
    squeeze: {
      type: 'integer',
      unit: '1',
      min: 0,
      max: 14,
      default: 1,
      doc: 'Crossbars by which every tile is squeezed where nothing is calibrated.',
    },
  },
  given: ({ squeeze }): SmeDecision => ({ squeeze }),
  decisionProblems: (decision, shape) =>
    fieldProblems(decision, ['squeeze'], (fields, { squeeze }) =>
      fields.integer('decision.squeeze', squeeze, 0, mostSqueezed(shape), 'one slice of a weight remains at least'),
    ),
  plan: (matrix, shape, { squeeze }, { window, mode }) =>
    squeezedPlan(windowPlan(matrix, shape, window), shape, mode === 'lossy' ? squeeze : 0),
  compile: (spec, decision) => compileSme(spec, decision),
  leastCrossbars: crossbarsOfWeights,
  calibration: {
    decide({ matrix, shape, inputPower }, noise, { window, mode }) {
      const unsqueezed = windowPlan(matrix, shape, window);
      if (mode === 'exact') return { squeeze: cheapestExactSqueeze(unsqueezed.weights, shape) };
      let squeeze = mostSqueezed(shape);
      while (squeeze > 0 && relativeNoise(matrix, squeezedPlan(unsqueezed, shape, squeeze), inputPower) > noise)
        squeeze--;
      return { squeeze };
    },
  },
});

/** The weights in SME's codes, before any squeeze. */
function windowPlan(matrix: FloatMatrix, shape: MatrixShape, window: number): LayerPlan {
  requirePlaceable(shape, matrixShapeProblems(shape));
  const bits = shape.weightBits - 1;
  const nearest = (magnitude: number) => nearestWindowCode(magnitude, bits, window);
  return { ...quantiseMagnitudes(matrix, shape.weightBits, nearest), windowPruning: null };
}

function squeezedPlan(plan: LayerPlan, shape: MatrixShape, squeeze: number): LayerPlan {
  if (squeeze === 0) return plan;
  requireSqueeze(shape, squeeze);
  return { ...plan, weights: truncateForSqueeze(plan.weights, shape, formatOf(shape), squeeze) };
}

/** At least one slice of a weight remains. */
function mostSqueezed(shape: MatrixShape): number {
  return formatOf(shape).slices - 1;
}

/**
 * In exact mode squeezing costs no accuracy but input cycles: a moved row makes every crossbar of the layer wait for its
 * multiplied input. So the limit with the fewest crossbars x input cycles is taken, the smallest of several.
 */
function cheapestExactSqueeze(weights: Int32Array, shape: MatrixShape): number {
  const format = formatOf(shape);
  let cheapest = 0;
  let fewest = Number.POSITIVE_INFINITY;
  for (let most = 0; most <= mostSqueezed(shape); most++) {
    const tiles = squeezeTiles(weights, shape, format, most);
    const crossbars = tiles.reduce((sum, { slices }) => sum + slices.length, 0);
    const inputBits = shape.inputBits + mostMoved(tiles) * shape.crossbar.bitsPerCell;
    const cost = crossbars * Math.ceil(inputBits / shape.bitsPerPlane);
    if (cost >= fewest) continue;
    fewest = cost;
    cheapest = most;
  }
  return cheapest;
}

/**
 * Crossbars by (row block, sign, slice with the least significant first, column block). The crossbars of a tile share its
 * row list, whose shifts multiply the inputs of the rows that were moved.
 *
 * The index has a bit for each slice of every tile: whether it has a crossbar. With the order of the crossbars, these bits
 * tell which tile and slice each of them holds. That is known before a window begins, so nobody fetches them in a walk.
 *
 * For every row of a tile with a crossbar the index also says by how many slices it was moved: ceil(log2(largest move + 1))
 * bits. They are fetched once per tile and input cycle, with the first column group that the tile has, because the row's
 * place in its input word depends on them.
 */
function compileSme(spec: MatrixSpec, { squeeze }: SmeDecision): OuProgram {
  requirePlaceable(spec, matrixSpecProblems(spec));
  requireSqueeze(spec, squeeze);
  const format = formatOf(spec);
  const tiles = squeezeTiles(spec.weights, spec, format, squeeze);
  const bitsPerRow = Math.ceil(Math.log2(mostMoved(tiles) + 1));
  const builder = new ProgramBuilder(spec);
  const columnBlocks = Math.ceil(spec.outputs / spec.crossbar.bitlines);
  let indexBits = tiles.length * format.slices;
  for (let first = 0; first < tiles.length; first += columnBlocks) {
    const places = tiles.slice(first, first + columnBlocks).map((squeezed) => {
      const { tile, slicesMoved, slices } = squeezed;
      if (slices.length === 0) return { squeezed, rowList: -1 };
      indexBits += bitsPerRow * tile.rows;
      const rowList = builder.addRowList({
        wordlines: Array.from({ length: tile.rows }, (_, row) => row),
        inputs: Array.from({ length: tile.rows }, (_, row) => tile.firstRow + row),
        shifts: slicesMoved.map((moved) => moved * format.bitsPerCell),
      });
      return { squeezed, rowList };
    });
    for (let slice = 0; slice < format.slices; slice++) {
      for (const { squeezed, rowList } of places) {
        if (!squeezed.slices.includes(slice)) continue;
        const fetched = slice === squeezed.slices[0] ? bitsPerRow * squeezed.tile.rows : 0;
        addSlice(builder, spec, format, { squeezed, slice, rowList, fetched });
      }
    }
  }
  return builder.build({ indexBits });
}

interface SlicePlace {
  readonly squeezed: TileSqueeze;
  readonly slice: number;
  readonly rowList: number;
  /** Index bits fetched with the first column group. */
  readonly fetched: number;
}

function addSlice(
  builder: ProgramBuilder,
  { weights, outputs, crossbar, ou }: MatrixSpec,
  format: WeightFormat,
  { squeezed: { tile, slicesMoved }, slice, rowList, fetched }: SlicePlace,
): void {
  const placed = builder.addCrossbar();
  for (let row = 0; row < tile.rows; row++) {
    const first = (tile.firstRow + row) * outputs + tile.firstOutput;
    for (let bitline = 0; bitline < tile.outputs; bitline++) {
      const magnitude = tile.sign * weights[first + bitline]!;
      if (magnitude <= 0) continue;
      placed.levels[row * crossbar.bitlines + bitline] = sliceLevel(format, magnitude, slice + slicesMoved[row]!);
    }
  }
  const significance = sliceSignificance(format, slice, tile.sign);
  for (let first = 0; first < tile.outputs; first += ou.bitlines) {
    const length = Math.min(ou.bitlines, tile.outputs - first);
    const bitlines = Array.from({ length }, (_, i) => first + i);
    placed.addGroup({
      rowList,
      bitlines,
      outputs: bitlines.map((bitline) => tile.firstOutput + bitline),
      significance: bitlines.map(() => significance),
      indexBits: first === 0 ? fetched : 0,
    });
  }
}

function mostMoved(tiles: readonly TileSqueeze[]): number {
  let most = 0;
  for (const { slicesMoved } of tiles) for (const moved of slicesMoved) most = Math.max(most, moved);
  return most;
}

function formatOf({ encoding, weightBits, crossbar }: MatrixShape): WeightFormat {
  return weightFormat(encoding, weightBits, crossbar.bitsPerCell);
}

function requireSqueeze(shape: MatrixShape, squeeze: number): void {
  const most = mostSqueezed(shape);
  if (squeeze <= most) return;
  throw new MappingError([
    {
      path: 'squeeze',
      value: squeeze,
      allowed: `integer 0 .. ${most}, one less than the bit-slices of a weight`,
      hint: 'squeeze fewer planes or use longer words',
    },
  ]);
}

function requirePlaceable({ encoding, layout }: MatrixShape, others: readonly MappingProblem[]): void {
  const problems = [...others];
  if (encoding !== 'differential') {
    problems.push({
      path: 'encoding',
      value: encoding,
      allowed: 'differential with scheme sme',
      hint: 'SME stores magnitudes, positive and negative weights in crossbars of their own',
    });
  }
  if (layout !== 'planar') {
    problems.push({
      path: 'layout',
      value: layout,
      allowed: 'planar with scheme sme',
      hint: 'SME stores every bit-plane in crossbars of its own',
    });
  }
  requireNone(problems);
}
