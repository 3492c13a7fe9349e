import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { denseOperationsPerWindow } from '../../../mapping/activity.js';
import { relativeNoise } from '../../../mapping/calibrate.js';
import { compileDense } from '../../../mapping/dense.js';
import { type Formation, ProgramExecutor } from '../../../mapping/execute.js';
import type { FloatMatrix } from '../../../mapping/float-matrix.js';
import { MappingError } from '../../../mapping/mapping-error.js';
import type { MatrixShape } from '../../../mapping/matrix-spec.js';
import { exactAdcBits } from '../../../mapping/operation-sum.js';
import { SPARSITIES } from '../../../mapping/pruning/sparsity-search.js';
import { readBackWeights } from '../../../mapping/read-back.js';
import type { NetworkLayer, Values } from '../../../mapping/scheme.js';
import { mappingScheme } from '../../../mapping/schemes.js';
import { arbitraryShape, randomWindow } from '../arbitrary-matrix.js';
import { naiveOperations } from '../naive-operations.js';
import { seededRandom } from '../random.js';

const seed = 20261121;
const scheme = mappingScheme('sre');

const given: Values = {
  rowCompression: 'yes',
  pruning: 'rows',
  sparsity: 0,
  keep: 'columns',
  indexing: 'delta',
  deltaBits: 4,
  repack: 'no',
};

/** Weights of a Laplace distribution, as trained layers have them. */
function laplaceMatrix(rows: number, outputs: number, contents: number): FloatMatrix {
  const random = seededRandom(contents);
  const weights = Float64Array.from({ length: rows * outputs }, () => {
    const uniform = random() - 0.5;
    return -Math.sign(uniform) * Math.log(1 - 2 * Math.abs(uniform)) * 0.05;
  });
  return { rows, outputs, weights, grid: null };
}

function shapeOf({ rows, outputs }: FloatMatrix, changes: Partial<MatrixShape> = {}): MatrixShape {
  return {
    rows,
    outputs,
    weightBits: 16,
    inputBits: 16,
    bitsPerPlane: 1,
    encoding: 'twos-complement',
    layout: 'adjacent',
    crossbar: { wordlines: 128, bitlines: 128, bitsPerCell: 1 },
    ou: { wordlines: 9, bitlines: 8 },
    ...changes,
  };
}

function layerOf(matrix: FloatMatrix, changes: Partial<MatrixShape> = {}): NetworkLayer {
  const random = seededRandom(seed);
  return {
    name: 'layer',
    matrix,
    shape: shapeOf(matrix, changes),
    windows: 1,
    inputSigned: false,
    inputPower: Float64Array.from({ length: matrix.rows }, () => random() * 1000),
  };
}

/** A plan's integers, placed. */
function compiled(matrix: FloatMatrix, shape: MatrixShape, decision: unknown, values: Values) {
  const plan = scheme.plan(matrix, shape, decision, values);
  return { plan, program: scheme.compile({ ...shape, weights: plan.weights }, decision, values) };
}

describe('the mapping', () => {
  it('computes the product of its plan in every mode, encoding and layout', () => {
    fc.assert(
      fc.property(
        arbitraryShape({ rows: 60, outputs: 20, wordlines: 32, bitlines: 40 }),
        fc.record({
          rowCompression: fc.constantFrom('yes', 'no'),
          pruning: fc.constantFrom('none', 'rows', 'unstructured'),
          sparsity: fc.double({ min: 0, max: 1, noNaN: true }),
          keep: fc.constantFrom('columns', 'weights'),
          indexing: fc.constantFrom('delta', 'absolute'),
          deltaBits: fc.integer({ min: 1, max: 8 }),
          repack: fc.constantFrom('yes', 'no'),
        }),
        fc.constantFrom<Formation>('fixed', 'driven'),
        ({ shape, seed: contents }, values, formation) => {
          const matrix = laplaceMatrix(shape.rows, shape.outputs, contents);
          const { plan, program } = compiled(matrix, shape, scheme.given(values), values);
          const window = randomWindow(shape.rows, shape.inputBits, contents);
          const adcBits = exactAdcBits(shape.ou.wordlines, shape.crossbar.bitsPerCell, shape.bitsPerPlane);
          const out = new Float64Array(shape.outputs);
          new ProgramExecutor(program, { adcBits, formation }).run(window, out);
          const expected = Array.from({ length: shape.outputs }, (_, m) =>
            window.reduce((sum, input, k) => sum + input * plan.weights[k * shape.outputs + m]!, 0),
          );
          expect(Array.from(out, (output) => output + 0)).toEqual(expected.map((output) => output + 0));
          expect(Array.from(readBackWeights(program), (weight) => weight + 0)).toEqual(Array.from(plan.weights));
        },
      ),
      { seed, numRuns: 250 },
    );
  });

  it('without row compression is the dense mapping of the pruned weights', () => {
    const matrix = laplaceMatrix(200, 9, seed);
    const shape = shapeOf(matrix);
    const { plan, program } = compiled(matrix, shape, { sparsity: 0.5 }, { ...given, rowCompression: 'no' });
    expect(program).toEqual(compileDense({ ...shape, weights: plan.weights }));
    expect(plan.weights.filter((weight) => weight === 0).length).toBeGreaterThanOrEqual(900);
  });

  it('refuses a matrix that cannot be placed, before it prunes', () => {
    const matrix = laplaceMatrix(4, 2, seed);
    const shape = shapeOf(matrix, { crossbar: { wordlines: 9, bitlines: 8, bitsPerCell: 1 } });
    expect(() => scheme.plan(matrix, shape, { sparsity: 0.5 }, given)).toThrow(MappingError);
  });
});

describe('the four modes', () => {
  it('by hand: operations of a window of 18 rows, of which 9 are kept and every third is driven', () => {
    // One weight of 8 cells; rows 0, 2, 4, … are zero. Inputs of 1 bit: rows 0, 3, 6, 9, 12, 15 are driven.
    const weights = Float64Array.from({ length: 18 }, (_, k) => (k % 2 === 0 ? 0 : -1));
    const matrix: FloatMatrix = { rows: 18, outputs: 1, weights, grid: { scale: 1, weightBits: 8 } };
    const shape = shapeOf(matrix, { weightBits: 8, inputBits: 1, ou: { wordlines: 3, bitlines: 8 } });
    const window = Array.from({ length: 18 }, (_, k) => (k % 3 === 0 ? 1 : 0));
    const operations = (rowCompression: string, detector: 'none' | 'form') =>
      naiveOperations(compiled(matrix, shape, { sparsity: 0 }, { ...given, rowCompression }).program, window, detector)
        .length;
    expect(operations('no', 'none')).toBe(6);
    expect(operations('yes', 'none')).toBe(3);
    expect(operations('no', 'form')).toBe(2);
    // Rows 3, 9 and 15 are kept and driven.
    expect(operations('yes', 'form')).toBe(1);
  });
});

describe('pruning', () => {
  it('of rows prunes the weights that share an OU row, together', () => {
    // Weights of 3 cells, OUs of 6 bitlines: two weights an OU row, three rows, five outputs in column blocks of 4 and 1.
    const weights = Float64Array.from({ length: 15 }, (_, i) => ((i * 7) % 15) / 15 + 0.01);
    const matrix: FloatMatrix = { rows: 3, outputs: 5, weights, grid: null };
    const shape = shapeOf(matrix, {
      weightBits: 3,
      crossbar: { wordlines: 8, bitlines: 12, bitsPerCell: 1 },
      ou: { wordlines: 2, bitlines: 6 },
    });
    const { program } = compiled(matrix, shape, { sparsity: 5 / 9 }, given);
    const rows = program.crossbars.flatMap(({ groups }) =>
      groups.map(({ rowList }) => program.rowLists[rowList]!.inputs.length),
    );
    expect(rows).toHaveLength(3);
    expect(rows.reduce((a, b) => a + b)).toBeLessThanOrEqual(4);
  });

  it('keeps integers on a grid that it does not prune', () => {
    const matrix: FloatMatrix = {
      rows: 2,
      outputs: 2,
      weights: Float64Array.of(7, -1, 2, -8),
      grid: { scale: 1, weightBits: 4 },
    };
    const plan = scheme.plan(matrix, shapeOf(matrix), { sparsity: 0.5 }, { ...given, pruning: 'unstructured' });
    expect(plan).toEqual({ weights: Int32Array.of(7, 0, 0, -8), scale: 1, weightBits: 16, windowPruning: null });
  });
});

describe('calibration', () => {
  const decide = (layer: NetworkLayer, noise: number, values: Values) =>
    scheme.calibration!.decide(layer, noise, values) as { sparsity: number };

  it('prunes as much as the noise allows, and more with more noise', () => {
    for (const pruning of ['rows', 'unstructured']) {
      for (const layout of ['adjacent', 'planar'] as const) {
        const layer = layerOf(laplaceMatrix(150, 24, seed), { layout });
        const values = { ...given, pruning };
        let before = 0;
        for (let step = 31; step >= 0; step--) {
          const noise = 2 ** (-step / 2);
          const { sparsity } = decide(layer, noise, values);
          expect(sparsity).toBeGreaterThanOrEqual(before);
          before = sparsity;
          const noiseAt = (share: number) =>
            relativeNoise(
              layer.matrix,
              scheme.plan(layer.matrix, layer.shape, { sparsity: share }, values),
              layer.inputPower,
            );
          if (sparsity > 0) expect(noiseAt(sparsity)).toBeLessThanOrEqual(noise);
          const next = SPARSITIES[SPARSITIES.indexOf(sparsity) + 1];
          if (next !== undefined) expect(noiseAt(next)).toBeGreaterThan(noise);
        }
        expect(before).toBeGreaterThan(0.9);
      }
    }
  });

  it('decides nothing where nothing is pruned', () => {
    const layer = layerOf(laplaceMatrix(20, 4, seed));
    expect(decide(layer, 1, { ...given, pruning: 'none' })).toEqual({ sparsity: 0 });
    expect(scheme.given({ ...given, sparsity: 0.25 })).toEqual({ sparsity: 0.25 });
  });
});

describe('compression and the size of the OU', () => {
  it('falls as the OU gets wider (BWQ: 10 x at 2 x 2, 3.3 x at 9 x 8 for SRE)', () => {
    const matrix = laplaceMatrix(512, 64, seed);
    const values = { ...given, pruning: 'unstructured' };
    const compression = [2, 4, 8, 16, 32, 64, 128].map((bitlines) => {
      const shape = shapeOf(matrix, { ou: { wordlines: 8, bitlines } });
      const { program } = compiled(matrix, shape, { sparsity: 0.8 }, values);
      return (512 * 64 * 16) / program.cellsUsed;
    });
    expect(compression).toEqual([...compression].sort((a, b) => b - a));
    // 16 bitlines are one weight, so a fifth of the rows stays; 32 are two: 1 - 0.8^2 of the rows stay.
    expect(Math.abs(compression[3]! / 5 - 1)).toBeLessThan(0.02);
    expect(Math.abs(compression[4]! * (1 - 0.8 ** 2) - 1)).toBeLessThan(0.02);
    expect(compression[2]!).toBeGreaterThan(compression[3]!);
  });

  it('never takes more operations than the dense mapping where weights fill whole OUs', () => {
    const matrix = laplaceMatrix(300, 16, seed);
    const shape = shapeOf(matrix);
    const operations = (rowCompression: string, sparsity: number) => {
      const { program } = compiled(matrix, shape, { sparsity }, { ...given, rowCompression });
      return denseOperationsPerWindow(program, { first: 0, count: program.crossbars.length });
    };
    // 300 rows: blocks of 128, 128, 44 rows are 15 + 15 + 5 batches; 2 column groups a weight; 16 planes.
    expect(operations('no', 0)).toBe(35 * 2 * 16 * 16);
    expect(operations('yes', 0)).toBeLessThanOrEqual(operations('no', 0));
    expect(operations('yes', 0.9)).toBeLessThan(operations('no', 0) / 4);
  });
});
