import { describe, expect, it } from 'vitest';
import { compileDense, denseCrossbarCount } from '../../mapping/dense.js';
import type { MatrixSpec } from '../../mapping/matrix-spec.js';
import type { OuProgram } from '../../mapping/ou-program.js';

/** What a crossbar holds, read from its groups: row block, outputs and significances in bitline order. */
function contents(program: OuProgram): { block: number; outputs: number[]; significance: number[] }[] {
  return program.crossbars.map(({ groups }) => {
    const blocks = new Set(groups.map(({ rowList }) => rowList));
    expect(blocks.size).toBe(1);
    return {
      block: [...blocks][0]!,
      outputs: groups.flatMap(({ outputs }) => Array.from(outputs)),
      significance: groups.flatMap(({ significance }) => Array.from(significance)),
    };
  });
}

/** 6 x 5 weights of 3 bits on crossbars of 4 wordlines: row blocks of 4 and 2 rows. */
function spec(changes: Partial<MatrixSpec>): MatrixSpec {
  return {
    rows: 6,
    outputs: 5,
    weights: Int32Array.from({ length: 30 }, (_, i) => (i % 7) - 3),
    weightBits: 3,
    inputBits: 4,
    bitsPerPlane: 1,
    encoding: 'differential',
    layout: 'adjacent',
    crossbar: { wordlines: 4, bitlines: 5, bitsPerCell: 1 },
    ou: { wordlines: 2, bitlines: 2 },
    ...changes,
  };
}

describe('layout adjacent', () => {
  it('numbers crossbars by row block, sign, column block; slices side by side, most significant first', () => {
    // 2 slices; floor(5 / 2) = 2 outputs in a column block: outputs {0 1} {2 3} {4}.
    const program = compileDense(spec({}));
    const positive = [2, 1, 2, 1];
    const negative = [-2, -1, -2, -1];
    expect(contents(program)).toEqual([
      { block: 0, outputs: [0, 0, 1, 1], significance: positive },
      { block: 0, outputs: [2, 2, 3, 3], significance: positive },
      { block: 0, outputs: [4, 4], significance: [2, 1] },
      { block: 0, outputs: [0, 0, 1, 1], significance: negative },
      { block: 0, outputs: [2, 2, 3, 3], significance: negative },
      { block: 0, outputs: [4, 4], significance: [-2, -1] },
      { block: 1, outputs: [0, 0, 1, 1], significance: positive },
      { block: 1, outputs: [2, 2, 3, 3], significance: positive },
      { block: 1, outputs: [4, 4], significance: [2, 1] },
      { block: 1, outputs: [0, 0, 1, 1], significance: negative },
      { block: 1, outputs: [2, 2, 3, 3], significance: negative },
      { block: 1, outputs: [4, 4], significance: [-2, -1] },
    ]);
    expect(denseCrossbarCount(spec({}))).toBe(12);
    // Per (row block, sign) 4 + 4 + 2 bitlines; twice 10 bitlines x (4 + 2) rows.
    expect(program.cellsUsed).toBe(120);
    expect(program.indexBits).toBe(0);
  });

  it('counts the top slice negatively in twos-complement', () => {
    // 3 slices; floor(5 / 3) = 1 output in a column block.
    const program = compileDense(spec({ encoding: 'twos-complement', rows: 4, weights: new Int32Array(20) }));
    expect(contents(program)).toEqual(
      [0, 1, 2, 3, 4].map((m) => ({ block: 0, outputs: [m, m, m], significance: [-4, 2, 1] })),
    );
  });
});

describe('layout planar', () => {
  it('numbers crossbars by row block, sign, slice with least significant first, column block', () => {
    // 2 slices, 4 outputs in a column block: outputs {0 1 2 3} {4}.
    const planar = spec({ layout: 'planar', crossbar: { wordlines: 4, bitlines: 4, bitsPerCell: 1 } });
    const program = compileDense(planar);
    const expected = [];
    for (const block of [0, 1]) {
      for (const significance of [1, 2, -1, -2]) {
        expected.push({ block, outputs: [0, 1, 2, 3], significance: new Array(4).fill(significance) });
        expected.push({ block, outputs: [4], significance: [significance] });
      }
    }
    expect(contents(program)).toEqual(expected);
    expect(denseCrossbarCount(planar)).toBe(16);
    // 2 signs x 2 slices x 5 outputs x 6 rows.
    expect(program.cellsUsed).toBe(120);
  });

  it('takes more slices than a crossbar has bitlines', () => {
    const narrow = spec({
      layout: 'planar',
      encoding: 'offset',
      weightBits: 16,
      crossbar: { wordlines: 6, bitlines: 2, bitsPerCell: 1 },
    });
    // 16 slices x ceil(5 / 2) column blocks.
    expect(denseCrossbarCount(narrow)).toBe(48);
    expect(compileDense(narrow).crossbars).toHaveLength(48);
  });
});

describe('cells', () => {
  it('hold the magnitudes of a hand-placed differential matrix', () => {
    // [[3, -2], [-1, 0]] in 3 bits: magnitudes of 2 bits.
    const program = compileDense(
      spec({
        rows: 2,
        outputs: 2,
        weights: Int32Array.of(3, -2, -1, 0),
        crossbar: { wordlines: 3, bitlines: 5, bitsPerCell: 1 },
      }),
    );
    expect(program.crossbars.map(({ levels }) => Array.from(levels))).toEqual([
      [1, 1, 0, 0, 0, /* row 1 */ 0, 0, 0, 0, 0, /* unused row */ 0, 0, 0, 0, 0],
      [0, 0, 1, 0, 0, /* row 1 */ 0, 1, 0, 0, 0, /* unused row */ 0, 0, 0, 0, 0],
    ]);
  });

  it('hold the slices of a hand-placed planar offset matrix, two bits each', () => {
    // 5-bit weights + 16: [[-16, 15], [2, -3]] -> [[0, 31], [18, 13]]; base 4: 0 = 000, 31 = 133, 18 = 102, 13 = 031.
    const program = compileDense(
      spec({
        rows: 2,
        outputs: 2,
        weights: Int32Array.of(-16, 15, 2, -3),
        weightBits: 5,
        encoding: 'offset',
        layout: 'planar',
        crossbar: { wordlines: 2, bitlines: 2, bitsPerCell: 2 },
      }),
    );
    expect(program.crossbars.map(({ levels }) => Array.from(levels))).toEqual([
      [0, 3, 2, 1],
      [0, 3, 0, 3],
      [0, 1, 1, 0],
    ]);
    expect(Array.from(program.inputSumFactor!)).toEqual([-16, -16]);
  });
});

describe('row lists and column groups', () => {
  const program = compileDense(spec({ ou: { wordlines: 2, bitlines: 3 } }));

  it('have one row list per row block, with the rows in order', () => {
    expect(program.rowLists.map(({ wordlines }) => Array.from(wordlines))).toEqual([
      [0, 1, 2, 3],
      [0, 1],
    ]);
    expect(program.rowLists.map(({ inputs }) => Array.from(inputs))).toEqual([
      [0, 1, 2, 3],
      [4, 5],
    ]);
    expect(program.rowLists.map(({ shifts }) => Array.from(shifts))).toEqual([
      [0, 0, 0, 0],
      [0, 0],
    ]);
  });

  it('cut the used bitlines into runs of ou.bitlines, the last one narrower', () => {
    const bitlines = (crossbar: number) =>
      program.crossbars[crossbar]!.groups.map((group) => Array.from(group.bitlines));
    expect(bitlines(0)).toEqual([[0, 1, 2], [3]]);
    expect(bitlines(2)).toEqual([[0, 1]]);
    expect(program.crossbars[0]!.groups.map(({ outputs }) => Array.from(outputs))).toEqual([[0, 0, 1], [1]]);
    expect(program.crossbars[0]!.groups.every(({ complement }) => complement.every((flag) => flag === 0))).toBe(true);
  });

  it('leave out no row and need no index', () => {
    expect(program.rowLists.map(({ span }) => span)).toEqual([4, 2]);
    const groups = program.crossbars.flatMap((crossbar) => crossbar.groups);
    expect(groups.map(({ indexBits }) => indexBits)).toEqual(groups.map(() => 0));
  });

  it('present the input in ceil(inputBits / bitsPerPlane) planes', () => {
    const planes = (inputBits: number, bitsPerPlane: number) => compileDense(spec({ inputBits, bitsPerPlane })).planes;
    expect([planes(8, 1), planes(8, 3), planes(1, 4), planes(16, 4), planes(5, 2)]).toEqual([8, 3, 1, 4, 3]);
  });
});
