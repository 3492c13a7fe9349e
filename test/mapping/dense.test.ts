import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compileDense, denseCrossbarCount } from '../../mapping/dense.js';
import { MappingError, type MappingProblem } from '../../mapping/mapping-error.js';
import type { MatrixSpec } from '../../mapping/matrix-spec.js';
import { readBackWeights } from '../../mapping/read-back.js';
import { MAPPING_SCHEMES, mappingScheme } from '../../mapping/schemes.js';
import { arbitraryShape, slicesOf, withRandomWeights } from './arbitrary-matrix.js';

const seed = 20261121;

function problemsOf(action: () => unknown): readonly MappingProblem[] {
  try {
    action();
  } catch (error) {
    if (error instanceof MappingError) return error.problems;
    throw error;
  }
  return [];
}

const valid: MatrixSpec = {
  rows: 2,
  outputs: 2,
  weights: Int32Array.of(1, -2, 3, 4),
  weightBits: 8,
  inputBits: 8,
  bitsPerPlane: 1,
  encoding: 'differential',
  layout: 'adjacent',
  crossbar: { wordlines: 16, bitlines: 16, bitsPerCell: 2 },
  ou: { wordlines: 9, bitlines: 8 },
};
const compileProblems = (changes: Partial<MatrixSpec>) => problemsOf(() => compileDense({ ...valid, ...changes }));
const pathsOf = (changes: Partial<MatrixSpec>) => compileProblems(changes).map(({ path }) => path);

describe('a placed matrix', () => {
  it('can be read back from its cells, in every encoding and layout', () => {
    fc.assert(
      fc.property(
        arbitraryShape({ rows: 40, outputs: 24, wordlines: 24, bitlines: 40 }),
        ({ shape, seed: contents }) => {
          const spec = withRandomWeights(shape, contents);
          expect(Array.from(readBackWeights(compileDense(spec)))).toEqual(Array.from(spec.weights));
        },
      ),
      { seed, numRuns: 300 },
    );
  });

  it('takes the crossbars and cells that its sizes say', () => {
    fc.assert(
      fc.property(
        arbitraryShape({ rows: 40, outputs: 24, wordlines: 24, bitlines: 40 }),
        ({ shape, seed: contents }) => {
          const program = compileDense(withRandomWeights(shape, contents));
          const signs = shape.encoding === 'differential' ? 2 : 1;
          const slices = slicesOf(shape.encoding, shape.weightBits, shape.crossbar.bitsPerCell);
          const { wordlines, bitlines } = shape.crossbar;
          const perRowBlock =
            shape.layout === 'adjacent'
              ? Math.ceil(shape.outputs / Math.floor(bitlines / slices))
              : slices * Math.ceil(shape.outputs / bitlines);
          const crossbars = Math.ceil(shape.rows / wordlines) * signs * perRowBlock;
          expect(program.crossbars).toHaveLength(crossbars);
          expect(denseCrossbarCount(shape)).toBe(crossbars);
          expect(program.cellsUsed).toBe(shape.rows * shape.outputs * slices * signs);
          for (const { groups } of program.crossbars) {
            const used = groups.flatMap((group) => Array.from(group.bitlines));
            expect(used).toEqual(used.map((_, i) => i));
            expect(used.length).toBeLessThanOrEqual(bitlines);
            groups.slice(0, -1).forEach((group) => {
              expect(group.bitlines).toHaveLength(shape.ou.bitlines);
            });
          }
        },
      ),
      { seed, numRuns: 300 },
    );
  });

  it('keeps every stored bit in one cell of its own', () => {
    const shapes = [
      { encoding: 'differential', layout: 'adjacent', weightBits: 6, bitsPerCell: 2 },
      { encoding: 'differential', layout: 'planar', weightBits: 4, bitsPerCell: 1 },
      { encoding: 'offset', layout: 'adjacent', weightBits: 7, bitsPerCell: 3 },
      { encoding: 'offset', layout: 'planar', weightBits: 5, bitsPerCell: 4 },
      { encoding: 'twos-complement', layout: 'adjacent', weightBits: 5, bitsPerCell: 1 },
      { encoding: 'twos-complement', layout: 'planar', weightBits: 3, bitsPerCell: 1 },
    ] as const;
    for (const { encoding, layout, weightBits, bitsPerCell } of shapes) {
      const compile = (weights: Int32Array) =>
        compileDense({
          ...valid,
          rows: 5,
          outputs: 4,
          weights,
          weightBits,
          encoding,
          layout,
          crossbar: { wordlines: 3, bitlines: 7, bitsPerCell },
          ou: { wordlines: 2, bitlines: 3 },
        });
      // The matrix whose cells all hold level 0.
      const empty = encoding === 'offset' ? -(2 ** (weightBits - 1)) : 0;
      // Changes of one weight that set exactly one stored bit.
      const changes: number[] = [];
      for (let bit = 0; bit < weightBits - 1; bit++) changes.push(2 ** bit);
      if (encoding === 'differential') changes.push(...changes.map((change) => -change));
      if (encoding === 'offset') changes.push(2 ** (weightBits - 1));
      if (encoding === 'twos-complement') changes.push(-(2 ** (weightBits - 1)));

      const cellBits = new Set<string>();
      for (let weight = 0; weight < 20; weight++) {
        for (const change of changes) {
          const weights = new Int32Array(20).fill(empty);
          weights[weight]! += change;
          const { crossbars } = compile(weights);
          const set = crossbars.flatMap(({ levels }, crossbar) =>
            Array.from(levels).flatMap((level, cell) => (level === 0 ? [] : [{ crossbar, cell, level }])),
          );
          expect(set).toHaveLength(1);
          expect(Number.isInteger(Math.log2(set[0]!.level))).toBe(true);
          cellBits.add(`${set[0]!.crossbar}.${set[0]!.cell}.${set[0]!.level}`);
        }
      }
      expect(cellBits.size).toBe(20 * changes.length);
    }
  });
});

describe('bad specifications', () => {
  it('accepts the specification that the others change', () => {
    expect(compileProblems({})).toEqual([]);
  });

  it('rejects more slices than bitlines in layout adjacent', () => {
    const wide = { weightBits: 16, crossbar: { wordlines: 16, bitlines: 14, bitsPerCell: 1 } };
    expect(compileProblems(wide)).toMatchObject([{ path: 'crossbar.bitlines', value: 14 }]);
    expect(compileProblems(wide)[0]!.allowed).toContain('15');
    expect(pathsOf({ ...wide, crossbar: { ...wide.crossbar, bitlines: 15 } })).toEqual([]);
    expect(pathsOf({ ...wide, layout: 'planar' })).toEqual([]);
  });

  it('rejects weights out of range, each with its place', () => {
    const out = compileProblems({ weights: Int32Array.of(127, -128, 128, -127) });
    expect(out).toMatchObject([
      { path: 'weights[0][1]', value: -128 },
      { path: 'weights[1][0]', value: 128 },
    ]);
    expect(out[0]!.hint).toContain('offset');
    expect(pathsOf({ encoding: 'offset', weights: Int32Array.of(127, -128, 0, 0) })).toEqual([]);
    expect(pathsOf({ encoding: 'offset', weights: Int32Array.of(0, 0, 0, -129) })).toEqual(['weights[1][1]']);
  });

  it('lists the first weights out of range and counts the rest', () => {
    const problems = compileProblems({ rows: 10, outputs: 10, weights: new Int32Array(100).fill(1000) });
    expect(problems).toHaveLength(21);
    expect(problems[0]!.path).toBe('weights[0][0]');
    expect(problems[20]).toMatchObject({ path: 'weights', value: '80 further weights out of range' });
  });

  it('rejects encodings that do not fit their bits', () => {
    const wideCells = { wordlines: 16, bitlines: 16, bitsPerCell: 2 };
    expect(pathsOf({ encoding: 'twos-complement', crossbar: wideCells })).toEqual(['crossbar.bitsPerCell']);
    expect(pathsOf({ encoding: 'differential', weightBits: 1 })).toEqual(['weightBits']);
    expect(pathsOf({ weightBits: 17 })).toEqual(['weightBits']);
  });

  it('rejects empty and ragged matrices', () => {
    expect(pathsOf({ rows: 0, weights: new Int32Array(0) })).toEqual(['rows']);
    expect(pathsOf({ rows: 0, outputs: 0, weights: new Int32Array(0) })).toEqual(['rows', 'outputs']);
    expect(pathsOf({ weights: new Int32Array(3) })).toEqual(['weights']);
    expect(pathsOf({ rows: Number.NaN })).toEqual(['rows']);
  });

  it('rejects an operation unit larger than the crossbar', () => {
    expect(pathsOf({ ou: { wordlines: 17, bitlines: 17 } })).toEqual(['ou.wordlines', 'ou.bitlines']);
    expect(pathsOf({ ou: { wordlines: 16, bitlines: 16 } })).toEqual([]);
  });

  it('reports all problems at once, in the error and in its message', () => {
    const broken: MatrixSpec = {
      ...valid,
      inputBits: 17,
      bitsPerPlane: 0,
      layout: 'diagonal' as 'planar',
      crossbar: { wordlines: 0, bitlines: 16, bitsPerCell: 5 },
      ou: { wordlines: 9, bitlines: 1.5 },
      weights: new Int32Array(5),
    };
    const paths = [
      'inputBits',
      'bitsPerPlane',
      'crossbar.wordlines',
      'ou.bitlines',
      'layout',
      'crossbar.bitsPerCell',
      'weights',
    ];
    expect(problemsOf(() => compileDense(broken)).map(({ path }) => path)).toEqual(paths);
    expect(() => compileDense(broken)).toThrow('7 problems');
    for (const path of paths) expect(() => compileDense(broken)).toThrow(`  ${path}: got `);
    expect(problemsOf(() => denseCrossbarCount(broken)).map(({ path }) => path)).toEqual(paths.slice(0, -1));
  });
});

describe('mapping schemes', () => {
  it('are found by name', () => {
    expect(mappingScheme('dense').compile).toBe(compileDense);
    expect(new Set(MAPPING_SCHEMES.map(({ name }) => name)).size).toBe(MAPPING_SCHEMES.length);
  });

  it('name what is allowed where a name is unknown', () => {
    const allowed = MAPPING_SCHEMES.map(({ name }) => name).join(' | ');
    expect(allowed).toContain('dense');
    expect(problemsOf(() => mappingScheme('smee'))).toMatchObject([{ path: 'scheme', value: 'smee', allowed }]);
  });
});
