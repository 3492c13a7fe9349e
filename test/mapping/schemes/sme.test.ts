import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { relativeNoise } from '../../../mapping/calibrate.js';
import { ProgramExecutor } from '../../../mapping/execute.js';
import type { FloatMatrix } from '../../../mapping/float-matrix.js';
import { MappingError } from '../../../mapping/mapping-error.js';
import type { MatrixShape } from '../../../mapping/matrix-spec.js';
import { exactAdcBits } from '../../../mapping/operation-sum.js';
import type { OuProgram } from '../../../mapping/ou-program.js';
import { readBackWeights } from '../../../mapping/read-back.js';
import type { LayerPlan, NetworkLayer } from '../../../mapping/scheme.js';
import type { SmeDecision } from '../../../mapping/schemes/sme.js';
import { mappingScheme } from '../../../mapping/schemes.js';
import { randomWindow } from '../arbitrary-matrix.js';
import { naiveExecution } from '../naive-operations.js';
import { seededRandom } from '../random.js';

const seed = 20261121;
const sme = mappingScheme('sme');

const small: MatrixShape = {
  rows: 2,
  outputs: 2,
  weightBits: 5,
  inputBits: 3,
  bitsPerPlane: 1,
  encoding: 'differential',
  layout: 'planar',
  crossbar: { wordlines: 2, bitlines: 2, bitsPerCell: 1 },
  ou: { wordlines: 2, bitlines: 2 },
};

type Values = {
  readonly window: number;
  readonly mode: 'exact' | 'lossy';
  readonly squeeze: number;
};
const valuesOf = (changes: Partial<Values>) => ({ window: 3, mode: 'lossy' as const, squeeze: 0, ...changes });

function onGrid(shape: MatrixShape, weights: ArrayLike<number>): FloatMatrix {
  const { rows, outputs, weightBits } = shape;
  return { rows, outputs, weights: Float64Array.from(weights), grid: { scale: 1, weightBits } };
}

function floats({ rows, outputs }: MatrixShape, weights: ArrayLike<number>): FloatMatrix {
  return { rows, outputs, weights: Float64Array.from(weights), grid: null };
}

function mapped(shape: MatrixShape, matrix: FloatMatrix, values: Values): { plan: LayerPlan; program: OuProgram } {
  const decision = sme.given(values);
  const plan = sme.plan(matrix, shape, decision, values);
  return { plan, program: sme.compile({ ...shape, weights: plan.weights }, decision, values) };
}

/** Seeded numbers of mean 0, from uniform ones. */
function gaussian(random: () => number): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}

function laplace(random: () => number): number {
  const uniform = random() - 0.5;
  return -Math.sign(uniform) * Math.log(1 - 2 * Math.abs(uniform));
}

interface Case {
  readonly shape: MatrixShape;
  readonly values: Values;
  readonly contents: number;
  readonly onGrid: boolean;
}

const arbitraryCase: fc.Arbitrary<Case> = fc
  .record({
    contents: fc.integer({ min: 0, max: 2 ** 31 - 1 }),
    rows: fc.integer({ min: 1, max: 40 }),
    outputs: fc.integer({ min: 1, max: 16 }),
    weightBits: fc.integer({ min: 2, max: 16 }),
    inputBits: fc.integer({ min: 1, max: 10 }),
    bitsPerPlane: fc.integer({ min: 1, max: 3 }),
    bitsPerCell: fc.integer({ min: 1, max: 4 }),
    wordlines: fc.integer({ min: 1, max: 20 }),
    bitlines: fc.integer({ min: 1, max: 10 }),
    ouWordlines: fc.integer({ min: 1, max: 20 }),
    ouBitlines: fc.integer({ min: 1, max: 10 }),
    window: fc.integer({ min: 1, max: 15 }),
    mode: fc.constantFrom('exact' as const, 'lossy' as const),
    squeeze: fc.integer({ min: 0, max: 14 }),
    onGrid: fc.boolean(),
  })
  .map(({ contents, window, mode, squeeze, onGrid: grid, ...r }) => ({
    contents,
    onGrid: grid,
    shape: {
      rows: r.rows,
      outputs: r.outputs,
      weightBits: r.weightBits,
      inputBits: r.inputBits,
      bitsPerPlane: r.bitsPerPlane,
      encoding: 'differential' as const,
      layout: 'planar' as const,
      crossbar: { wordlines: r.wordlines, bitlines: r.bitlines, bitsPerCell: r.bitsPerCell },
      ou: { wordlines: Math.min(r.ouWordlines, r.wordlines), bitlines: Math.min(r.ouBitlines, r.bitlines) },
    },
    values: { window, mode, squeeze: squeeze % Math.ceil((r.weightBits - 1) / r.bitsPerCell) },
  }));

/** Laplace numbers: a few large ones above many small ones, so that rows and planes are empty. */
function contentsOf({ shape, contents, onGrid: grid }: Case): FloatMatrix {
  const random = seededRandom(contents);
  const length = shape.rows * shape.outputs;
  const values = Array.from({ length }, () => (random() < 0.3 ? 0 : laplace(random)));
  if (!grid) return floats(shape, values);
  const largest = 2 ** (shape.weightBits - 1) - 1;
  const most = Math.max(1e-9, ...values.map(Math.abs));
  return onGrid(
    shape,
    values.map((value) => Math.round((value / most) * largest)),
  );
}

describe('any SME program', () => {
  it('computes the integer product of its plan, in both modes, and reads back as the plan', () => {
    fc.assert(
      fc.property(arbitraryCase, (each) => {
        const { shape, values, contents } = each;
        const { plan, program } = mapped(shape, contentsOf(each), values);
        expect(Array.from(readBackWeights(program), (weight) => weight + 0)).toEqual(Array.from(plan.weights));

        const window = randomWindow(shape.rows, shape.inputBits, contents);
        const product = Array.from({ length: shape.outputs }, (_, m) => {
          let sum = 0;
          for (let k = 0; k < shape.rows; k++) sum += window[k]! * plan.weights[k * shape.outputs + m]!;
          return sum;
        });
        const adcBits = exactAdcBits(shape.ou.wordlines, shape.crossbar.bitsPerCell, shape.bitsPerPlane);
        for (const formation of ['fixed', 'driven'] as const) {
          const out = new Float64Array(shape.outputs);
          const executor = new ProgramExecutor(program, { adcBits, formation });
          executor.run(window, out);
          expect(Array.from(out, (value) => value + 0)).toEqual(product);
          expect(executor.saturatedCodes).toBe(0);
        }
        const naive = naiveExecution(program, window, 'group', adcBits);
        expect(naive.outputs.map((value) => value + 0)).toEqual(product);
      }),
      { seed, numRuns: 300 },
    );
  });

  it('keeps every one of a weight in a cell of its own, and walks no cell twice', () => {
    fc.assert(
      fc.property(arbitraryCase, (each) => {
        const { shape, values } = each;
        const { plan, program } = mapped(shape, contentsOf(each), values);
        const ones = (value: number) => value.toString(2).replaceAll('0', '').length;
        let stored = 0;
        let walkedCells = 0;
        let everyCell = 0;
        for (const { levels, groups } of program.crossbars) {
          const walked = new Set<number>();
          for (const { bitlines, rowList } of groups) {
            const list = program.rowLists[rowList]!;
            expect(list.span).toBeGreaterThanOrEqual(list.inputs.length);
            for (const wordline of list.wordlines) {
              for (const bitline of bitlines) {
                const cell = wordline * shape.crossbar.bitlines + bitline;
                walked.add(cell);
                walkedCells++;
                stored += ones(levels[cell]!);
              }
            }
          }
          everyCell += walked.size;
          // A slice that holds nothing takes no crossbar.
          expect(levels.some((level) => level > 0)).toBe(true);
        }
        expect(stored).toBe(plan.weights.reduce((sum, weight) => sum + ones(Math.abs(weight)), 0));
        expect(walkedCells).toBe(everyCell);
        expect(program.cellsUsed).toBe(walkedCells);
      }),
      { seed, numRuns: 150 },
    );
  });

  it('leaves at most slices - x crossbars of a tile in lossy mode', () => {
    fc.assert(
      fc.property(arbitraryCase, (each) => {
        const { shape } = each;
        const values = { ...each.values, mode: 'lossy' as const };
        const { program } = mapped(shape, contentsOf(each), values);
        const { wordlines, bitlines, bitsPerCell } = shape.crossbar;
        const slices = Math.ceil((shape.weightBits - 1) / bitsPerCell);
        const tiles = 2 * Math.ceil(shape.rows / wordlines) * Math.ceil(shape.outputs / bitlines);
        expect(program.crossbars.length).toBeLessThanOrEqual(tiles * (slices - values.squeeze));
        const shifts = program.rowLists.flatMap((list) => Array.from(list.shifts));
        for (const shift of shifts) {
          expect(shift % bitsPerCell).toBe(0);
          expect(shift).toBeLessThanOrEqual(values.squeeze * bitsPerCell);
        }
        const bits = shape.inputBits + Math.max(0, ...shifts);
        expect(program.planes).toBe(Math.ceil(bits / shape.bitsPerPlane));
      }),
      { seed, numRuns: 150 },
    );
  });

  it('leaves integers on a grid alone with a window of all bits and nothing squeezed, or squeezed exactly', () => {
    fc.assert(
      fc.property(arbitraryCase, (each) => {
        const matrix = contentsOf({ ...each, onGrid: true });
        for (const values of [
          { window: 15, mode: 'lossy' as const, squeeze: 0 },
          { window: 15, mode: 'exact' as const, squeeze: each.values.squeeze },
        ]) {
          const { plan } = mapped(each.shape, matrix, values);
          expect(Array.from(plan.weights)).toEqual(Array.from(matrix.weights, (weight) => weight + 0));
          expect(plan.scale).toBe(1);
          expect(plan.windowPruning).toBeNull();
        }
      }),
      { seed, numRuns: 80 },
    );
  });
});

describe('a hand-squeezed tile', () => {
  // 4-bit magnitudes, planes 8 4 2 1:   row 0: 1100 0100 -> 12, 4;   row 1: 0001 0011 -> 1, 3.
  const weights = [12, 4, 1, 3];

  it('moves the row with ones in the top plane and doubles its input', () => {
    const { plan, program } = mapped(small, onGrid(small, weights), valuesOf({ squeeze: 1 }));
    expect(Array.from(plan.weights)).toEqual(weights);
    // Row 0 becomes 0110 0010; planes 4, 2 and 1 remain, least significant first; the negative tile is empty.
    expect(program.crossbars.map(({ levels }) => Array.from(levels))).toEqual([
      [0, 0, 1, 1],
      [1, 1, 0, 1],
      [1, 0, 0, 0],
    ]);
    expect(program.crossbars.map(({ groups }) => Array.from(groups[0]!.significance))).toEqual([
      [1, 1],
      [2, 2],
      [4, 4],
    ]);
    expect(program.rowLists.map(({ shifts }) => Array.from(shifts))).toEqual([[1, 0]]);
    // 3-bit inputs and a shift of 1: one more input cycle.
    expect(program.planes).toBe(4);
    // One bit for each of two rows, fetched once per plane with the tile's first column group; 4 planes of 2 tiles.
    expect(program.indexBits).toBe(2 + 4 * 2);
    expect(program.crossbars.map(({ groups }) => groups.map(({ indexBits }) => indexBits))).toEqual([[2], [0], [0]]);
  });

  it('drops what falls below the last plane in lossy mode only', () => {
    // Two planes: row 0 moves by 2 (1100 -> 0011, 0100 -> 0001), row 1 stays: nothing is lost.
    const two = mapped(small, onGrid(small, weights), valuesOf({ squeeze: 2 }));
    expect(Array.from(two.plan.weights)).toEqual(weights);
    expect(two.program.crossbars).toHaveLength(2);
    // Three planes: row 0 moves by 3 and keeps 8 of 12 and nothing of 4; row 1 moves by 1 and keeps 2 of 3, nothing of 1.
    const three = mapped(small, onGrid(small, weights), valuesOf({ squeeze: 3 }));
    expect(Array.from(three.plan.weights)).toEqual([8, 0, 0, 2]);
    expect(three.program.crossbars.map(({ levels }) => Array.from(levels))).toEqual([[1, 0, 0, 1]]);
    expect(three.program.rowLists.map(({ shifts }) => Array.from(shifts))).toEqual([[3, 1]]);
    // ceil(log2(3 + 1)) bits for each of two rows, and one for each of 4 planes of 2 tiles.
    expect(three.program.indexBits).toBe(4 + 4 * 2);
    // Exact mode goes as far as no row loses a one: two planes.
    const exact = mapped(small, onGrid(small, weights), valuesOf({ squeeze: 3, mode: 'exact' }));
    expect(Array.from(exact.plan.weights)).toEqual(weights);
    expect(exact.program.crossbars).toHaveLength(2);
    expect(exact.program.rowLists.map(({ shifts }) => Array.from(shifts))).toEqual([[2, 0]]);
  });

  it('moves in steps of a cell with 2-bit cells', () => {
    const shape = { ...small, crossbar: { ...small.crossbar, bitsPerCell: 2 } };
    // Base 4: 12 = 30, 4 = 10, 1 = 01, 3 = 03: row 0 moves by one cell, its input by 2 bits.
    const { plan, program } = mapped(shape, onGrid(shape, weights), valuesOf({ squeeze: 1 }));
    expect(Array.from(plan.weights)).toEqual(weights);
    expect(program.crossbars.map(({ levels }) => Array.from(levels))).toEqual([[3, 1, 1, 3]]);
    expect(program.rowLists.map(({ shifts }) => Array.from(shifts))).toEqual([[2, 0]]);
    // Two slices of 2 tiles.
    expect(program.indexBits).toBe(2 + 2 * 2);
  });

  it('gives every column block and sign its own shifts, and shares them between the planes of a tile', () => {
    const shape = { ...small, outputs: 4, rows: 1 };
    const { program } = mapped(shape, onGrid(shape, [12, -1, 2, 0]), valuesOf({ squeeze: 1 }));
    // Positive: {12, 0} moves by 1 and has planes 4 and 2; {2, 0} stays. Negative: {0, 1} stays; {0, 0} takes nothing.
    const shiftsOf = ({ groups }: OuProgram['crossbars'][number]) =>
      Array.from(program.rowLists[groups[0]!.rowList]!.shifts);
    expect(program.crossbars.map((crossbar) => [crossbar.groups[0]!.significance[0], ...shiftsOf(crossbar)])).toEqual([
      [2, 1], // positive, plane 2: outputs 0 and 1
      [2, 0], // positive, plane 2: outputs 2 and 3
      [4, 1],
      [-1, 0],
    ]);
    expect(program.crossbars.map(({ groups }) => Array.from(groups[0]!.outputs))).toEqual([
      [0, 1],
      [2, 3],
      [0, 1],
      [0, 1],
    ]);
  });

  it('walks every OU row of a plane that remains, empty or not', () => {
    const shape = { ...small, rows: 6, crossbar: { wordlines: 6, bitlines: 2, bitsPerCell: 1 } };
    const { program } = mapped(shape, onGrid(shape, [1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]), valuesOf({}));
    expect(program.crossbars).toHaveLength(1);
    expect(Array.from(program.rowLists[0]!.inputs)).toEqual([0, 1, 2, 3, 4, 5]);
    // Nothing was moved: a bit for each of 4 planes of 2 tiles, none of them fetched.
    expect(program.indexBits).toBe(4 * 2);
    expect(program.crossbars[0]!.groups.map(({ indexBits }) => indexBits)).toEqual([0]);
  });
});

describe('the index as it is stored', () => {
  /** A tile as the program has it: the slices that have a crossbar, and the moves of its rows. */
  interface StoredTile {
    readonly slices: Set<number>;
    moves: readonly number[];
  }

  /** Tiles by (row block, sign, column block) that a matrix of this size has, with or without crossbars. */
  function tilesOf({ rows, outputs, crossbar }: MatrixShape) {
    const columnBlocks = Math.ceil(outputs / crossbar.bitlines);
    const count = Math.ceil(rows / crossbar.wordlines) * 2 * columnBlocks;
    return Array.from({ length: count }, (_, tile) => ({
      firstRow: Math.floor(tile / (2 * columnBlocks)) * crossbar.wordlines,
      sign: Math.floor(tile / columnBlocks) % 2 === 0 ? 1 : -1,
      firstOutput: (tile % columnBlocks) * crossbar.bitlines,
    }));
  }

  const slicesOf = ({ weightBits, crossbar }: MatrixShape) => Math.ceil((weightBits - 1) / crossbar.bitsPerCell);

  /** The index, written from docs/systems/sme.md: for every tile in order a bit for each slice, then the moves of its rows. */
  function encodeIndex(program: OuProgram, shape: MatrixShape, width: number): { index: string; moveBits: number } {
    const { bitsPerCell } = shape.crossbar;
    const tiles = tilesOf(shape);
    const stored = tiles.map((): StoredTile => ({ slices: new Set(), moves: [] }));
    for (const { groups } of program.crossbars) {
      const [first] = groups;
      if (first === undefined) continue;
      const { inputs, shifts } = program.rowLists[first.rowList]!;
      const worth = first.significance[0]!;
      const at = tiles.findIndex(
        (tile) =>
          tile.firstRow === inputs[0] && tile.sign === Math.sign(worth) && tile.firstOutput === first.outputs[0],
      );
      stored[at]!.slices.add(Math.log2(Math.abs(worth)) / bitsPerCell);
      stored[at]!.moves = Array.from(shifts, (shift) => shift / bitsPerCell);
    }
    let [index, moveBits] = ['', 0];
    for (const { slices, moves } of stored) {
      for (let slice = 0; slice < slicesOf(shape); slice++) index += slices.has(slice) ? '1' : '0';
      if (width === 0) continue;
      for (const move of moves) index += move.toString(2).padStart(width, '0');
      moveBits += moves.length * width;
    }
    return { index, moveBits };
  }

  /** The weights from the cells in order, the stored index and the matrix's size; nothing else of the program is there. */
  function decode(shape: MatrixShape, cells: readonly Uint8Array[], index: string, width: number): number[] {
    const { wordlines, bitlines, bitsPerCell } = shape.crossbar;
    const tiles = tilesOf(shape);
    let at = 0;
    const take = (bits: number) => {
      at += bits;
      return Number.parseInt(index.slice(at - bits, at), 2);
    };
    const stored = tiles.map(({ firstRow }) => {
      const present = Array.from({ length: slicesOf(shape) }, () => take(1) === 1);
      const moves = width > 0 && present.includes(true);
      const rows = Math.min(wordlines, shape.rows - firstRow);
      const moved = Array.from({ length: rows }, () => (moves ? take(width) : 0));
      return { present, moved };
    });
    expect(at).toBe(index.length);
    // Crossbars stand by (row block, sign, slice, column block).
    const columnBlocks = Math.ceil(shape.outputs / bitlines);
    const weights = new Array<number>(shape.rows * shape.outputs).fill(0);
    let crossbar = 0;
    for (let first = 0; first < tiles.length; first += columnBlocks) {
      for (let slice = 0; slice < slicesOf(shape); slice++) {
        for (let tile = first; tile < first + columnBlocks; tile++) {
          const { present, moved } = stored[tile]!;
          if (!present[slice]) continue;
          const levels = cells[crossbar++]!;
          const { firstRow, firstOutput, sign } = tiles[tile]!;
          moved.forEach((move, row) => {
            for (let column = 0; column < Math.min(bitlines, shape.outputs - firstOutput); column++) {
              const weight = (firstRow + row) * shape.outputs + firstOutput + column;
              weights[weight]! += levels[row * bitlines + column]! * sign * 2 ** ((slice + move) * bitsPerCell);
            }
          });
        }
      }
    }
    // The crossbar of a matrix of zeros holds nothing.
    expect(cells.length).toBe(Math.max(1, crossbar));
    return weights;
  }

  it('has as many bits as it takes, and with the cells alone gives the matrix back', () => {
    fc.assert(
      fc.property(arbitraryCase, (each) => {
        const { shape, values } = each;
        const { plan, program } = mapped(shape, contentsOf(each), values);
        const moves = program.rowLists.flatMap(({ shifts }) =>
          Array.from(shifts, (shift) => shift / shape.crossbar.bitsPerCell),
        );
        const most = Math.max(0, ...moves);
        const width = most === 0 ? 0 : most.toString(2).length;
        const { index, moveBits } = encodeIndex(program, shape, width);
        expect(program.indexBits).toBe(index.length);
        // The moves are fetched, the bits of the planes are not.
        const fetched = program.crossbars.flatMap(({ groups }) => groups.map(({ indexBits }) => indexBits));
        expect(fetched.reduce((sum, bits) => sum + bits, 0)).toBe(moveBits);
        const cells = program.crossbars.map(({ levels }) => levels);
        expect(decode(shape, cells, index, width).map((weight) => weight + 0)).toEqual(Array.from(plan.weights));
      }),
      { seed, numRuns: 150 },
    );
  });
});

describe('the quantised floats', () => {
  it('are codes of max |W| x 2^-bits, and the largest weight takes the largest code', () => {
    const shape = { ...small, weightBits: 9 };
    const { weights, scale, weightBits } = sme.plan(
      floats(shape, [2, -1, 0.44, 0]),
      shape,
      { squeeze: 0 },
      valuesOf({}),
    );
    expect(scale).toBe(2 / 256);
    expect(weightBits).toBe(9);
    // 2 -> 256, no code: 11100000. -1 -> 128. 0.44 / 2 x 256 = 56.32 -> 56 = 111000.
    expect(Array.from(weights)).toEqual([224, -128, 56, 0]);
  });

  it('are zeros where there are no others, and leave an empty crossbar', () => {
    const { plan, program } = mapped(small, floats(small, [0, 0, 0, 0]), valuesOf({ squeeze: 1 }));
    expect(Array.from(plan.weights)).toEqual([0, 0, 0, 0]);
    expect(program.crossbars.map(({ groups }) => groups.length)).toEqual([0]);
    // 4 planes of 2 tiles, none with a crossbar.
    expect(program.indexBits).toBe(4 * 2);
  });
});

describe('what the scheme cannot do', () => {
  const problemsOf = (action: () => unknown) => {
    try {
      action();
    } catch (error) {
      if (error instanceof MappingError) return error.problems.map(({ path, value }) => [path, value]);
      throw error;
    }
    return [];
  };
  const plan = (shape: MatrixShape, squeeze: number, matrix = floats(shape, [1, 2, 3, 4])) =>
    problemsOf(() => sme.plan(matrix, shape, { squeeze }, valuesOf({})));

  it('is said with all problems', () => {
    expect(plan(small, 0)).toEqual([]);
    const other = { ...small, weightBits: 2, encoding: 'offset' as const, layout: 'adjacent' as const, rows: 0 };
    expect(plan(other, 0)).toEqual([
      ['rows', 0],
      ['encoding', 'offset'],
      ['layout', 'adjacent'],
    ]);
    expect(plan(small, 4)).toEqual([['squeeze', 4]]);
    expect(plan(small, 3)).toEqual([]);
    const wide = { ...onGrid(small, [1, 2, 3, 4]), grid: { scale: 1, weightBits: 6 } };
    expect(plan(small, 0, wide)).toEqual([['weightBits', 5]]);
    expect(
      problemsOf(() => sme.compile({ ...small, weights: Int32Array.of(99, 0, 0, 0) }, { squeeze: 0 }, valuesOf({}))),
    ).toEqual([['weights[0][0]', 99]]);
  });
});

describe('256 x 512 weights, N = 8, S = 3, tiles of 128 columns', () => {
  const shape: MatrixShape = {
    ...small,
    rows: 256,
    outputs: 512,
    weightBits: 9,
    inputBits: 8,
    crossbar: { wordlines: 128, bitlines: 128, bitsPerCell: 1 },
    ou: { wordlines: 9, bitlines: 8 },
  };
  // Computed before with another program, whose tiles moved the rows of both signs together: the same as magnitudes here.
  // Its matrices are told by their largest weight in standard deviations, its error by one or two digits.
  const experiments = [
    {
      name: 'Gaussian',
      draw: gaussian,
      largest: 5.0,
      ones: [0.019, 0.22, 0.39, 0.46, 0.38, 0.23, 0.12, 0.06],
      error: [0.0014, 0.007, 0.029, 0.1],
    },
    {
      name: 'Laplace',
      draw: (random: () => number) => laplace(random) / Math.SQRT2,
      largest: 10.9,
      ones: [0.001, 0.027, 0.14, 0.29, 0.39, 0.4, 0.3, 0.19],
      error: [0.001, 0.015, 0.056, 0.16],
    },
  ];

  it.each(experiments)(
    '$name: ones per plane, and the error of squeezing 1 to 4 planes',
    ({ draw, largest, ones, error }) => {
      const random = seededRandom(seed);
      const weights = Float64Array.from({ length: shape.rows * shape.outputs }, () =>
        Math.min(largest, Math.abs(draw(random))),
      );
      weights[0] = largest;
      const matrix = floats(shape, weights);
      const planOf = (squeeze: number) => sme.plan(matrix, shape, { squeeze }, valuesOf({}));
      const unsqueezed = planOf(0);
      ones.forEach((share, plane) => {
        const bit = 7 - plane;
        let count = 0;
        for (const weight of unsqueezed.weights) count += (Math.abs(weight) >>> bit) & 1;
        // A digit of the table more or less; three standard deviations of the sample are 0.0012 in plane 1.
        expect(Math.abs(count / weights.length - share), `plane ${plane + 1}`).toBeLessThan(
          plane === 0 ? 0.0012 : 0.01,
        );
      });
      const magnitudes = unsqueezed.weights.reduce((sum, weight) => sum + Math.abs(weight), 0);
      error.forEach((expected, i) => {
        const { weights: squeezed } = planOf(i + 1);
        let lost = 0;
        for (let at = 0; at < squeezed.length; at++) lost += Math.abs(unsqueezed.weights[at]! - squeezed[at]!);
        expect(lost / magnitudes, `x = ${i + 1}`).toBeGreaterThan(expected * 0.8);
        expect(lost / magnitudes, `x = ${i + 1}`).toBeLessThan(expected * 1.2);
      });
    },
  );
});

describe('calibration', () => {
  const random = seededRandom(seed);
  const shape: MatrixShape = {
    ...small,
    rows: 300,
    outputs: 40,
    weightBits: 9,
    inputBits: 8,
    crossbar: { wordlines: 128, bitlines: 32, bitsPerCell: 1 },
    ou: { wordlines: 9, bitlines: 8 },
  };
  const layer: NetworkLayer = {
    name: 'conv1',
    matrix: floats(
      shape,
      Float64Array.from({ length: 12000 }, () => gaussian(random)),
    ),
    shape,
    windows: 1,
    inputSigned: false,
    inputPower: Float64Array.from({ length: 300 }, () => random()),
  };
  const decide = (noise: number, values = valuesOf({})) => sme.calibration!.decide(layer, noise, values) as SmeDecision;

  it('takes the largest x within the noise, and never a smaller one for more noise', () => {
    const noiseOf = (squeeze: number) =>
      relativeNoise(layer.matrix, sme.plan(layer.matrix, shape, { squeeze }, valuesOf({})), layer.inputPower);
    const noises = Array.from({ length: 8 }, (_, squeeze) => noiseOf(squeeze));
    let before = 8;
    for (let step = 0; step < 32; step++) {
      const noise = 2 ** (-step / 2);
      const { squeeze } = decide(noise);
      const within = noises.flatMap((each, x) => (each <= noise ? [x] : []));
      expect(squeeze).toBe(Math.max(0, ...within));
      expect(squeeze).toBeLessThanOrEqual(before);
      before = squeeze;
    }
    // All weights, and next to none of the output power, lost: the ends of the range.
    expect(decide(1).squeeze).toBe(7);
    expect(decide(2 ** -15.5).squeeze).toBe(0);
  });

  it('takes the limit with the fewest crossbars x input cycles in exact mode, whatever the noise', () => {
    // Rows of a single 8-bit power of two each: squeezing costs nothing but input cycles.
    const weights = Float64Array.from({ length: 12000 }, (_, at) => 2 ** (Math.floor(at / 40) % 8));
    const exact = { ...layer, matrix: onGrid(shape, weights) };
    const values = valuesOf({ mode: 'exact' });
    const { squeeze } = sme.calibration!.decide(exact, 0, values) as SmeDecision;
    // x planes gone: (8 - x) crossbars x (8 + x) cycles falls to 1 x 15 at x = 7.
    expect(squeeze).toBe(7);
    expect(decide(1, values)).toEqual(decide(0, values));
  });
});
