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
import type { DecisionContext, LayerPlan, NetworkDecision, NetworkLayer } from '../../../mapping/scheme.js';
import type { EraBsDecision } from '../../../mapping/schemes/era-bs.js';
import { mappingScheme } from '../../../mapping/schemes.js';
import { pruneWindow } from '../../../models/window-pruning.js';
import { randomWindow } from '../arbitrary-matrix.js';
import { naiveExecution, naiveOperations } from '../naive-operations.js';
import { seededRandom } from '../random.js';

const seed = 20261121;
const eraBs = mappingScheme('era-bs');

type Values = {
  readonly terms: number;
  readonly maskRows: number;
  readonly maskColumns: number;
  readonly columnOnes_percent: number;
  readonly packing: 'row-block' | 'plane';
  readonly flip: number;
  readonly activations: 'groups' | 'elements' | 'none';
  readonly activationThreshold: number;
};

/** Nothing that changes a weight, unless told. */
const valuesOf = (changes: Partial<Values> = {}): Values => ({
  terms: 15,
  maskRows: 0,
  maskColumns: 1,
  columnOnes_percent: 100,
  packing: 'row-block',
  flip: 0,
  activations: 'groups',
  activationThreshold: 0,
  ...changes,
});

const small: MatrixShape = {
  rows: 3,
  outputs: 4,
  weightBits: 3,
  inputBits: 3,
  bitsPerPlane: 1,
  encoding: 'differential',
  layout: 'planar',
  crossbar: { wordlines: 3, bitlines: 4, bitsPerCell: 1 },
  ou: { wordlines: 2, bitlines: 2 },
};

function onGrid(shape: MatrixShape, weights: ArrayLike<number>): FloatMatrix {
  const { rows, outputs, weightBits } = shape;
  return { rows, outputs, weights: Float64Array.from(weights), grid: { scale: 1, weightBits } };
}

function floats({ rows, outputs }: MatrixShape, weights: ArrayLike<number>): FloatMatrix {
  return { rows, outputs, weights: Float64Array.from(weights), grid: null };
}

function mapped(shape: MatrixShape, matrix: FloatMatrix, values: Values): { plan: LayerPlan; program: OuProgram } {
  const decision = eraBs.given(values);
  const plan = eraBs.plan(matrix, shape, decision, values);
  return { plan, program: eraBs.compile({ ...shape, weights: plan.weights }, decision, values) };
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
    onGrid: fc.boolean(),
    rows: fc.integer({ min: 1, max: 40 }),
    outputs: fc.integer({ min: 1, max: 16 }),
    weightBits: fc.integer({ min: 2, max: 13 }),
    inputBits: fc.integer({ min: 1, max: 10 }),
    bitsPerPlane: fc.integer({ min: 1, max: 3 }),
    wordlines: fc.integer({ min: 1, max: 20 }),
    bitlines: fc.integer({ min: 1, max: 10 }),
    ouWordlines: fc.integer({ min: 1, max: 20 }),
    ouBitlines: fc.integer({ min: 1, max: 10 }),
    values: fc.record({
      terms: fc.integer({ min: 1, max: 15 }),
      maskRows: fc.integer({ min: 0, max: 25 }),
      maskColumns: fc.integer({ min: 1, max: 10 }),
      columnOnes_percent: fc.constantFrom(100, 50, 20),
      packing: fc.constantFrom('row-block' as const, 'plane' as const),
      flip: fc.constantFrom(0, 1e-4, 1e-2, 0.1, 1),
      activations: fc.constantFrom('groups' as const, 'elements' as const, 'none' as const),
      activationThreshold: fc.constantFrom(0, 0.1, 0.5, 1),
    }),
  })
  .map(({ contents, onGrid: grid, values, ...r }) => ({
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
      crossbar: { wordlines: r.wordlines, bitlines: r.bitlines, bitsPerCell: 1 },
      ou: { wordlines: Math.min(r.ouWordlines, r.wordlines), bitlines: Math.min(r.ouBitlines, r.bitlines) },
    },
    values: { ...values, maskColumns: Math.min(values.maskColumns, r.bitlines) },
  }));

/** Laplace numbers: a few large ones above many small ones, so that columns of planes are empty. */
function contentsOf({ shape, contents, onGrid: grid }: Case): FloatMatrix {
  const random = seededRandom(contents);
  const values = Array.from({ length: shape.rows * shape.outputs }, () => (random() < 0.4 ? 0 : laplace(random)));
  if (!grid) return floats(shape, values);
  const largest = 2 ** (shape.weightBits - 1) - 1;
  const most = Math.max(1e-9, ...values.map(Math.abs));
  return onGrid(
    shape,
    values.map((value) => Math.round((value / most) * largest)),
  );
}

describe('any ERA-BS program', () => {
  it('computes the integer product of its plan with the pruned window, and reads back as the plan', () => {
    fc.assert(
      fc.property(arbitraryCase, (each) => {
        const { shape, values, contents } = each;
        const { plan, program } = mapped(shape, contentsOf(each), values);
        expect(Array.from(readBackWeights(program), (weight) => weight + 0)).toEqual(
          Array.from(plan.weights, (weight) => weight + 0),
        );
        const window = randomWindow(shape.rows, shape.inputBits, contents);
        if (plan.windowPruning !== null) pruneWindow(plan.windowPruning, window);
        const product = Array.from({ length: shape.outputs }, (_, m) => {
          let sum = 0;
          for (let k = 0; k < shape.rows; k++) sum += window[k]! * plan.weights[k * shape.outputs + m]!;
          return sum + 0;
        });
        const adcBits = exactAdcBits(shape.ou.wordlines, 1, shape.bitsPerPlane);
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

  it('keeps every one of a weight in a cell of its own, walks no cell twice, and drops only columns without a one', () => {
    fc.assert(
      fc.property(arbitraryCase, (each) => {
        const { shape, values } = each;
        const { plan, program } = mapped(shape, contentsOf(each), values);
        let ones = 0;
        let walks = 0;
        let cells = 0;
        for (const { levels, groups } of program.crossbars) {
          const walked = new Set<number>();
          for (const { bitlines, rowList } of groups) {
            const list = program.rowLists[rowList]!;
            expect(list.span).toBeGreaterThanOrEqual(list.inputs.length);
            expect(list.span).toBeLessThanOrEqual(shape.crossbar.wordlines);
            for (const wordline of list.wordlines) {
              for (const bitline of bitlines) {
                const cell = wordline * shape.crossbar.bitlines + bitline;
                walked.add(cell);
                walks++;
                ones += levels[cell]!;
              }
            }
          }
          cells += walked.size;
          // Nothing is stored where no column group reads it.
          expect(levels.every((level, cell) => level === 0 || walked.has(cell))).toBe(true);
          expect(groups.length).toBeGreaterThan(0);
        }
        expect(walks).toBe(cells);
        expect(program.cellsUsed).toBe(cells);
        const weightOnes = (weight: number) => Math.abs(weight).toString(2).replaceAll('0', '').length;
        expect(ones).toBe(plan.weights.reduce((sum, weight) => sum + weightOnes(weight), 0));
      }),
      { seed, numRuns: 200 },
    );
  });

  it('never takes more crossbars than the planes have without masks, nor more when columns of all row blocks are packed', () => {
    fc.assert(
      fc.property(arbitraryCase, (each) => {
        const { shape, values } = each;
        const crossbars = (packing: Values['packing']) =>
          mapped(shape, contentsOf(each), { ...values, packing, maskColumns: 1 }).program.crossbars.length;
        const planes = 2 * (shape.weightBits - 1) * Math.ceil(shape.rows / shape.crossbar.wordlines);
        expect(crossbars('row-block')).toBeLessThanOrEqual(planes * Math.ceil(shape.outputs / shape.crossbar.bitlines));
        expect(crossbars('plane')).toBeLessThanOrEqual(crossbars('row-block'));
      }),
      { seed, numRuns: 100 },
    );
  });

  it('leaves integers on a grid alone with enough terms, no limit of ones and no flips that cost anything', () => {
    fc.assert(
      fc.property(arbitraryCase, (each) => {
        const matrix = contentsOf({ ...each, onGrid: true });
        const { maskRows, maskColumns, packing } = each.values;
        const { plan } = mapped(each.shape, matrix, valuesOf({ maskRows, maskColumns, packing }));
        expect(Array.from(plan.weights)).toEqual(Array.from(matrix.weights, (weight) => weight + 0));
        expect(plan.scale).toBe(1);
        expect(plan.windowPruning).toBeNull();
      }),
      { seed, numRuns: 80 },
    );
  });

  it('leaves the signs alone, and sets no bit in a plane of a block that had none', () => {
    fc.assert(
      fc.property(arbitraryCase, (each) => {
        const { shape, values } = each;
        const before = mapped(shape, contentsOf(each), { ...values, flip: 0, columnOnes_percent: 100 }).plan.weights;
        const after = mapped(shape, contentsOf(each), values).plan.weights;
        const unionOf = (weights: Int32Array, row: number, output: number, sign: number) => {
          let union = 0;
          const firstRow = row - (row % shape.crossbar.wordlines);
          const firstOutput = output - (output % values.maskColumns);
          for (let k = firstRow; k < Math.min(firstRow + shape.crossbar.wordlines, shape.rows); k++) {
            for (let m = firstOutput; m < Math.min(firstOutput + values.maskColumns, shape.outputs); m++) {
              union |= Math.max(0, sign * weights[k * shape.outputs + m]!);
            }
          }
          return union;
        };
        for (let k = 0; k < shape.rows; k++) {
          for (let m = 0; m < shape.outputs; m++) {
            const weight = after[k * shape.outputs + m]!;
            if (weight === 0) continue;
            expect(Math.sign(weight)).toBe(Math.sign(before[k * shape.outputs + m]!));
            expect(Math.abs(weight) & ~unionOf(before, k, m, Math.sign(weight))).toBe(0);
          }
        }
      }),
      { seed, numRuns: 100 },
    );
  });
});

describe('a hand-masked matrix', () => {
  // Planes of 2-bit magnitudes, mask bits for 2 columns and 2 rows.
  const weights = [1, 0, 0, 0, /* row 1 */ 0, 0, 0, 0, /* row 2 */ 0, 0, 2, 0];

  it('keeps the blocks of columns with a one, and drives the blocks of rows with a one', () => {
    const { program } = mapped(small, onGrid(small, weights), valuesOf({ maskColumns: 2 }));
    expect(program.crossbars).toHaveLength(2);
    const described = program.crossbars.map(({ groups }) =>
      groups.map(({ rowList, bitlines, outputs, significance, indexBits }) => ({
        wordlines: Array.from(program.rowLists[rowList]!.wordlines),
        inputs: Array.from(program.rowLists[rowList]!.inputs),
        span: program.rowLists[rowList]!.span,
        bitlines: Array.from(bitlines),
        outputs: Array.from(outputs),
        significance: Array.from(significance),
        indexBits,
      })),
    );
    expect(described).toEqual([
      // Plane 1, outputs 0 and 1; 2 row mask bits and the first column mask bit.
      [
        {
          wordlines: [0, 1],
          inputs: [0, 1],
          span: 3,
          bitlines: [0, 1],
          outputs: [0, 1],
          significance: [1, 1],
          indexBits: 3,
        },
      ],
      // Plane 2, outputs 2 and 3; 2 row mask bits and both column mask bits.
      [{ wordlines: [2], inputs: [2], span: 3, bitlines: [0, 1], outputs: [2, 3], significance: [2, 2], indexBits: 4 }],
    ]);
    // 2 signs x 2 planes x 2 column mask bits, and 2 crossbars x 2 row mask bits.
    expect(program.indexBits).toBe(12);
    // 2 x 2 and 1 x 2 cells are walked.
    expect(program.cellsUsed).toBe(6);
  });

  it('packs columns of several row blocks into one crossbar with packing plane', () => {
    const shape = { ...small, rows: 6 };
    const twice = onGrid(shape, [...weights, ...weights]);
    const perRowBlock = mapped(shape, twice, valuesOf({ maskColumns: 2 })).program;
    expect(perRowBlock.crossbars).toHaveLength(4);
    const { program } = mapped(shape, twice, valuesOf({ maskColumns: 2, packing: 'plane' }));
    expect(program.crossbars).toHaveLength(2);
    const [plane1] = program.crossbars;
    expect(plane1!.groups.map(({ bitlines }) => Array.from(bitlines))).toEqual([
      [0, 1],
      [2, 3],
    ]);
    expect(plane1!.groups.map(({ rowList }) => Array.from(program.rowLists[rowList]!.inputs))).toEqual([
      [0, 1],
      [3, 4],
    ]);
    expect(program.indexBits).toBe(24);
  });

  it('takes the wordlines of an OU as the rows of a mask bit unless told otherwise', () => {
    const { program } = mapped(small, onGrid(small, weights), valuesOf({ maskRows: 1 }));
    expect(program.rowLists.map(({ wordlines }) => Array.from(wordlines))).toEqual([[0], [2]]);
    // 4 plane blocks x 4 column mask bits, 2 crossbars x 3 row mask bits.
    expect(program.indexBits).toBe(22);
    const high = mapped(small, onGrid(small, weights), valuesOf({ maskRows: 128 })).program;
    expect(high.rowLists.map(({ wordlines }) => Array.from(wordlines))).toEqual([
      [0, 1, 2],
      [0, 1, 2],
    ]);
    expect(high.indexBits).toBe(18);
  });
});

describe('the masks', () => {
  interface PlaneBlock {
    readonly firstRow: number;
    readonly rows: number;
    readonly sign: number;
    readonly bit: number;
  }
  function planeBlocks({ rows, weightBits, crossbar }: MatrixShape, packing: Values['packing']): PlaneBlock[] {
    const bits = Array.from({ length: weightBits - 1 }, (_, bit) => bit);
    const starts = Array.from({ length: Math.ceil(rows / crossbar.wordlines) }, (_, i) => i * crossbar.wordlines);
    const block = (firstRow: number, sign: number, bit: number) => ({
      firstRow,
      rows: Math.min(crossbar.wordlines, rows - firstRow),
      sign,
      bit,
    });
    return packing === 'row-block'
      ? starts.flatMap((start) => [1, -1].flatMap((sign) => bits.map((bit) => block(start, sign, bit))))
      : [1, -1].flatMap((sign) => bits.flatMap((bit) => starts.map((start) => block(start, sign, bit))));
  }

  /** The masks as they would be stored, plane block by plane block: its column mask, then the row masks of its crossbars. */
  function encode(shape: MatrixShape, program: OuProgram, values: Values, maskRows: number): string {
    let bits = '';
    for (const { firstRow, rows, sign, bit } of planeBlocks(shape, values.packing)) {
      const groupsOf = program.crossbars.map(({ groups }) =>
        groups.filter(
          ({ rowList, significance }) =>
            Math.floor(program.rowLists[rowList]!.inputs[0]! / shape.crossbar.wordlines) * shape.crossbar.wordlines ===
              firstRow && significance[0] === sign * 2 ** bit,
        ),
      );
      const kept = new Set(
        groupsOf
          .flat()
          .flatMap(({ outputs }) => Array.from(outputs, (output) => Math.floor(output / values.maskColumns))),
      );
      for (let block = 0; block * values.maskColumns < shape.outputs; block++) bits += kept.has(block) ? '1' : '0';
      for (const groups of groupsOf.filter((inCrossbar) => inCrossbar.length > 0)) {
        const lists = new Set(groups.map(({ rowList }) => rowList));
        expect(lists.size).toBe(1);
        const driven = new Set(program.rowLists[groups[0]!.rowList]!.wordlines);
        for (let first = 0; first < rows; first += maskRows) bits += driven.has(first) ? '1' : '0';
      }
    }
    return bits;
  }

  /** The weights from the cells and the stored masks alone. */
  function decode(shape: MatrixShape, cells: readonly Uint8Array[], bits: string, values: Values, maskRows: number) {
    const weights = new Array<number>(shape.rows * shape.outputs).fill(0);
    let next = 0;
    let crossbar = -1;
    let bitline = shape.crossbar.bitlines;
    let plane = '';
    for (const { firstRow, rows, sign, bit } of planeBlocks(shape, values.packing)) {
      const samePlane = values.packing === 'plane' && plane === `${sign} ${bit}`;
      plane = `${sign} ${bit}`;
      if (!samePlane) bitline = shape.crossbar.bitlines;
      const maskBits = Math.ceil(shape.outputs / values.maskColumns);
      const columnMask = bits.slice(next, next + maskBits);
      next += maskBits;
      let rowMask = '';
      Array.from(columnMask).forEach((keep, block) => {
        if (keep === '0') return;
        const width = Math.min(values.maskColumns, shape.outputs - block * values.maskColumns);
        if (bitline + width > shape.crossbar.bitlines) {
          crossbar++;
          bitline = 0;
          rowMask = '';
        }
        if (rowMask === '') {
          rowMask = bits.slice(next, next + Math.ceil(rows / maskRows));
          next += rowMask.length;
        }
        for (let i = 0; i < width; i++, bitline++) {
          for (let row = 0; row < rows; row++) {
            if (rowMask[Math.floor(row / maskRows)] === '0') continue;
            const weight = (firstRow + row) * shape.outputs + block * values.maskColumns + i;
            weights[weight]! += sign * 2 ** bit * cells[crossbar]![row * shape.crossbar.bitlines + bitline]!;
          }
        }
      });
    }
    expect(next).toBe(bits.length);
    return weights;
  }

  it('have as many bits as they take, and with the cells give the matrix back', () => {
    fc.assert(
      fc.property(arbitraryCase, (each) => {
        const { shape, values } = each;
        const { plan, program } = mapped(shape, contentsOf(each), values);
        const maskRows = values.maskRows === 0 ? shape.ou.wordlines : values.maskRows;
        const bits = encode(shape, program, values, maskRows);
        expect(program.indexBits).toBe(bits.length);
        const cells = program.crossbars.map(({ levels }) => levels);
        expect(decode(shape, cells, bits, values, maskRows).map((weight) => weight + 0)).toEqual(
          Array.from(plan.weights, (weight) => weight + 0),
        );
      }),
      { seed, numRuns: 150 },
    );
  });
});

describe('activation pruning', () => {
  const shape: MatrixShape = {
    ...small,
    rows: 10,
    inputBits: 4,
    crossbar: { wordlines: 5, bitlines: 4, bitsPerCell: 1 },
    ou: { wordlines: 2, bitlines: 2 },
  };
  const planOf = (changes: Partial<Values>) =>
    mapped(shape, onGrid(shape, new Array(40).fill(1)), valuesOf(changes)).plan.windowPruning;

  it('is of groups as high as a row mask bit, of single inputs, or left out', () => {
    // 0.4 of 15 is 6.
    expect(planOf({ activationThreshold: 0.4 })).toEqual({ rowBlock: 5, groupRows: 2, threshold: 6 });
    expect(planOf({ activationThreshold: 0.4, maskRows: 3 })).toEqual({ rowBlock: 5, groupRows: 3, threshold: 6 });
    const elements = planOf({ activationThreshold: 0.4, activations: 'elements' });
    expect(elements).toEqual({ rowBlock: 5, groupRows: 1, threshold: 6 });
    expect(planOf({ activationThreshold: 0.4, activations: 'none' })).toBeNull();
    // Every input but 0 reaches a threshold of 1.
    expect(planOf({ activationThreshold: 0.1 })).toEqual({ rowBlock: 5, groupRows: 2, threshold: 2 });
    expect(planOf({ activationThreshold: 0.09 })).toBeNull();
  });

  it('makes a pruned group a skipped operation where groups are as high as an OU, row blocks masked or not', () => {
    // Rows 2 and 3 are masked away in row block 0: its row list is 0, 1, 4.
    const weights = new Array(40).fill(1).map((one, at) => (at >= 8 && at < 16 ? 0 : one));
    const { plan, program } = mapped(shape, onGrid(shape, weights), valuesOf({ activationThreshold: 0.4 }));
    expect(program.rowLists.map(({ inputs }) => Array.from(inputs))).toEqual([
      [0, 1, 4],
      [5, 6, 7, 8, 9],
    ]);
    //                     groups: [0 1] [2 3]  [4] | [5 6] [7 8]  [9]
    const window = Int32Array.of(5, 5, /**/ 0, 0, 6, /**/ 9, 1, 3, 4, 5);
    pruneWindow(plan.windowPruning!, window);
    expect(Array.from(window)).toEqual([0, 0, 0, 0, 6, 9, 1, 0, 0, 0]);
    const performed = naiveOperations(program, window, 'group').map(({ crossbar, plane, rows }) => {
      const list = program.rowLists[program.crossbars[crossbar]!.groups[0]!.rowList]!;
      return `plane ${plane}: ${rows.map(({ row }) => list.inputs[row]).join(' ')}`;
    });
    // 6 = 0110; 9 = 1001 and 1 = 0001. Two column groups of two bitlines each.
    expect([...new Set(performed)]).toEqual(['plane 1: 4', 'plane 2: 4', 'plane 0: 5 6', 'plane 3: 5 6']);
    expect(performed).toHaveLength(8);
  });
});

describe('calibration', () => {
  const random = seededRandom(seed);
  const shape: MatrixShape = {
    ...small,
    rows: 100,
    outputs: 24,
    weightBits: 9,
    inputBits: 8,
    crossbar: { wordlines: 64, bitlines: 16, bitsPerCell: 1 },
    ou: { wordlines: 9, bitlines: 8 },
  };
  const values = valuesOf({ terms: 3, maskColumns: 4, columnOnes_percent: 50 });
  const layerOf = (name: string, inputSigned: boolean, power: number): NetworkLayer => ({
    name,
    matrix: floats(
      shape,
      Float64Array.from({ length: 2400 }, () => laplace(random)),
    ),
    shape,
    windows: 1,
    inputSigned,
    inputPower: new Float64Array(100).fill(power),
  });
  const layer = layerOf('conv2', false, 400);
  const decide = (noise: number) => eraBs.calibration!.decide(layer, noise, values) as EraBsDecision;

  it('stays within the noise, and never flips less for more noise', () => {
    let before = Number.POSITIVE_INFINITY;
    const flips = new Set<number>();
    for (let step = 0; step < 32; step++) {
      const noise = 2 ** (-step / 2);
      const decision = decide(noise);
      flips.add(decision.flip);
      expect(decision.flip).toBeLessThanOrEqual(before);
      before = decision.flip;
      const plan = eraBs.plan(layer.matrix, shape, decision, values);
      if (decision.flip > 0) expect(relativeNoise(layer.matrix, plan, layer.inputPower)).toBeLessThanOrEqual(noise);
    }
    expect(flips.size).toBeGreaterThan(5);
    expect(before).toBe(0);
  });

  it('gives fewer column groups for more noise', () => {
    const groupsOf = (noise: number) => {
      const decision = decide(noise);
      const plan = eraBs.plan(layer.matrix, shape, decision, values);
      const { crossbars } = eraBs.compile({ ...shape, weights: plan.weights }, decision, values);
      return crossbars.reduce((sum, { groups }) => sum + groups.length, 0);
    };
    expect(groupsOf(0.1)).toBeLessThan(groupsOf(0.01));
    expect(groupsOf(0.01)).toBeLessThan(groupsOf(0.001));
  });

  describe('of thresholds', () => {
    const layers = [layerOf('conv1', true, 400), layer, layerOf('fc', false, 1600)];
    const start: NetworkDecision<EraBsDecision> = {
      activationBits: 8,
      activationClip: 1,
      layers: Object.fromEntries(layers.map(({ name }) => [name, { flip: 0.01, activationThreshold: 0 }])),
    };
    /** A network whose accuracy falls by 1 % for every step of the threshold of `conv2`, and by its flip. */
    const refined = (floor: number, changes: Partial<Values> = {}) => {
      let measured = 0;
      const context: DecisionContext<EraBsDecision> = {
        layers,
        reference: 1,
        floor,
        accuracy: (decision) => {
          measured++;
          const { flip, activationThreshold } = decision.layers['conv2']!;
          return 1 - 0.01 * activationThreshold * 255 - flip;
        },
      };
      const decision = eraBs.calibration!.refine!(context as DecisionContext<unknown>, start, {
        ...values,
        ...changes,
      });
      return { decision: decision as NetworkDecision<EraBsDecision>, measured };
    };

    it('takes the largest factor on the root mean square inputs that keeps to the floor, in a few measurements', () => {
      // conv2 has a root mean square of 20 steps: factor 0.5 is a threshold of 10, factor 2^-0.5 one of 14.1.
      const { decision, measured } = refined(0.87);
      expect(decision.layers['conv2']).toEqual({ flip: 0.01, activationThreshold: 10 / 255 });
      expect(decision.layers['fc']).toEqual({ flip: 0.01, activationThreshold: 20 / 255 });
      // Signed inputs are never pruned.
      expect(decision.layers['conv1']).toEqual({ flip: 0.01, activationThreshold: 0 });
      expect(measured).toBeLessThanOrEqual(4);
      expect(refined(0).decision.layers['conv2']!.activationThreshold).toBeCloseTo(40 / 255, 12);
    });

    it('changes nothing where no threshold keeps to the floor', () => {
      expect(refined(1.1).decision).toEqual(start);
    });

    it('gives the weights the whole budget where activations are not pruned', () => {
      // 1 - 0.01 x 2 is within the floor, 1 - 0.01 x 2^1.5 is not.
      const { decision, measured } = refined(0.975, { activations: 'none' });
      expect(decision.layers['conv2']!.activationThreshold).toBe(0);
      for (const { name } of layers) expect(decision.layers[name]!.flip).toBeCloseTo(0.02, 12);
      expect(measured).toBeLessThanOrEqual(3);
    });

    it('survives a file', () => {
      const { decision } = refined(0.87);
      expect(JSON.parse(JSON.stringify(decision))).toEqual(decision);
    });
  });
});

describe('the quantised floats', () => {
  it('are codes of max |W| x 2^-bits, and the largest weight takes the largest code', () => {
    const shape = { ...small, rows: 1, weightBits: 9 };
    const { weights, scale } = eraBs.plan(
      floats(shape, [1, -0.137, 0.266, 0]),
      shape,
      { flip: 0, activationThreshold: 0 },
      valuesOf({ terms: 3 }),
    );
    expect(scale).toBe(1 / 256);
    // 11100000; 2^-3 + 2^-7 + 2^-8; 2^-2 + 2^-6.
    expect(Array.from(weights)).toEqual([224, -35, 68, 0]);
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
  const weights = new Int32Array(12);
  const compiled = (shape: MatrixShape, changes: Partial<Values> = {}) =>
    problemsOf(() => eraBs.compile({ ...shape, weights }, null, valuesOf(changes)));

  it('is said with all problems', () => {
    expect(compiled(small)).toEqual([]);
    expect(compiled(small, { maskColumns: 5 })).toEqual([['maskColumns', 5]]);
    const crossbar = { wordlines: 3, bitlines: 4, bitsPerCell: 2 };
    expect(compiled({ ...small, encoding: 'offset', layout: 'adjacent', crossbar })).toEqual([
      ['encoding', 'offset'],
      ['layout', 'adjacent'],
      ['crossbar.bitsPerCell', 2],
    ]);
    const wide = { ...onGrid(small, new Array(12).fill(1)), grid: { scale: 1, weightBits: 6 } };
    expect(problemsOf(() => mapped(small, wide, valuesOf()))).toEqual([['weightBits', 3]]);
  });
});
