import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sliceSignificance, storedValue, weightFormat } from '../../../mapping/encoding.js';
import { type Formation, ProgramExecutor } from '../../../mapping/execute.js';
import { MappingError } from '../../../mapping/mapping-error.js';
import type { MatrixSpec } from '../../../mapping/matrix-spec.js';
import { exactAdcBits } from '../../../mapping/operation-sum.js';
import type { OuProgram } from '../../../mapping/ou-program.js';
import { readBackWeights } from '../../../mapping/read-back.js';
import { compressRows, type RowCompression } from '../../../mapping/row-compression/compress-rows.js';
import type { OutputOrders } from '../../../mapping/row-compression/output-orders.js';
import { arbitraryShape, randomWindow } from '../arbitrary-matrix.js';
import { randomInteger, seededRandom } from '../random.js';
import { decodeRowIndex, indexBitString } from './row-index-decoder.js';

const seed = 20261121;

/** Sparse weights whose zeros come single, in rows and in columns. */
function sparseSpec(shape: Omit<MatrixSpec, 'weights'>, contents: number): MatrixSpec {
  const random = seededRandom(contents);
  const { minWeight, maxWeight } = weightFormat(shape.encoding, shape.weightBits, shape.crossbar.bitsPerCell);
  const density = random();
  const rowKept = Array.from({ length: shape.rows }, () => random() < 0.8);
  const columnKept = Array.from({ length: shape.outputs }, () => random() < 0.8);
  const weights = Int32Array.from({ length: shape.rows * shape.outputs }, (_, i) => {
    const kept = rowKept[Math.floor(i / shape.outputs)] && columnKept[i % shape.outputs] && random() < density;
    return kept ? randomInteger(random, minWeight, maxWeight) : 0;
  });
  return { ...shape, weights };
}

function shuffled(length: number, random: () => number): Int32Array {
  const order = Int32Array.from({ length }, (_, i) => i);
  for (let i = length - 1; i > 0; i--) {
    const j = randomInteger(random, 0, i);
    [order[i], order[j]] = [order[j]!, order[i]!];
  }
  return order;
}

const arbitraryCompression = fc.record({
  keep: fc.constantFrom<RowCompression['keep']>('columns', 'weights'),
  indexing: fc.constantFrom<RowCompression['indexing']>('delta', 'absolute'),
  deltaBits: fc.integer({ min: 1, max: 6 }),
  repack: fc.constantFrom<RowCompression['repack']>('yes', 'no'),
});

const arbitraryCase = fc
  .record({
    base: arbitraryShape({ rows: 60, outputs: 20, wordlines: 32, bitlines: 40 }),
    compression: arbitraryCompression,
    ordered: fc.constantFrom<'none' | 'global' | 'slab'>('none', 'global', 'slab'),
  })
  .map(({ base, compression, ordered }) => {
    const spec = sparseSpec(base.shape, base.seed);
    const random = seededRandom(base.seed + 1);
    const blocks = Math.ceil(spec.rows / spec.crossbar.wordlines);
    const orders: OutputOrders =
      ordered === 'none'
        ? null
        : Array.from({ length: ordered === 'global' ? 1 : blocks }, () => shuffled(spec.outputs, random));
    return { spec, compression, orders, contents: base.seed };
  });

function product({ rows, outputs, weights }: MatrixSpec, window: ArrayLike<number>): number[] {
  return Array.from({ length: outputs }, (_, m) => {
    let sum = 0;
    for (let k = 0; k < rows; k++) sum += window[k]! * weights[k * outputs + m]!;
    return sum;
  });
}

/** Kept rows of a row list, as offsets in its row block. */
function keptRows({ wordlines }: OuProgram, inputs: Int32Array): number[] {
  return Array.from(inputs, (input) => input % wordlines);
}

describe('a compressed matrix', () => {
  it('gives the integer product, with and without dynamic OU formation', () => {
    fc.assert(
      fc.property(
        arbitraryCase,
        fc.constantFrom<Formation>('fixed', 'driven'),
        ({ spec, compression, orders, contents }, formation) => {
          const program = compressRows(spec, compression, orders);
          const window = randomWindow(spec.rows, spec.inputBits, contents);
          const adcBits = exactAdcBits(spec.ou.wordlines, spec.crossbar.bitsPerCell, spec.bitsPerPlane);
          const executor = new ProgramExecutor(program, { adcBits, formation });
          const out = new Float64Array(spec.outputs);
          executor.run(window, out);
          expect(Array.from(out, (output) => output + 0)).toEqual(product(spec, window).map((output) => output + 0));
          expect(executor.saturatedCodes).toBe(0);
        },
      ),
      { seed, numRuns: 200 },
    );
  });

  it('can be read back from its cells, with the inputs decoded from its index', () => {
    fc.assert(
      fc.property(arbitraryCase, ({ spec, compression, orders }) => {
        const program = compressRows(spec, compression, orders);
        const format = { ...compression, wordlines: spec.crossbar.wordlines };
        const rowLists = program.rowLists.map((list) => {
          const block = Math.floor((list.inputs[0] ?? 0) / spec.crossbar.wordlines) * spec.crossbar.wordlines;
          const rows = decodeRowIndex(indexBitString(keptRows(program, list.inputs), format), format);
          return { ...list, inputs: Int32Array.from(rows, (row) => block + row) };
        });
        const decoded = readBackWeights({ ...program, rowLists });
        expect(Array.from(decoded, (weight) => weight + 0)).toEqual(Array.from(spec.weights));
      }),
      { seed, numRuns: 200 },
    );
  });

  it('stores every bit in one cell of its own and walks no cell twice', () => {
    fc.assert(
      fc.property(arbitraryCase, ({ spec, compression, orders }) => {
        const program = compressRows(spec, compression, orders);
        const { bitsPerCell } = spec.crossbar;
        const format = weightFormat(spec.encoding, spec.weightBits, bitsPerCell);
        // What each cell is worth to which weight, over the cells that hold something.
        const stored: string[] = [];
        let walkedTwice = 0;
        let unreachable = 0;
        for (const { levels, groups } of program.crossbars) {
          const walked = new Set<number>();
          for (const { rowList, bitlines, outputs, significance } of groups) {
            const { wordlines, inputs } = program.rowLists[rowList]!;
            wordlines.forEach((wordline, row) => {
              bitlines.forEach((bitline, i) => {
                const cell = wordline * program.bitlines + bitline;
                if (walked.has(cell)) walkedTwice++;
                walked.add(cell);
                const level = levels[cell]!;
                if (level > 0) stored.push(`${inputs[row]} ${outputs[i]} ${significance[i]} ${level}`);
              });
            });
          }
          levels.forEach((level, cell) => {
            if (level > 0 && !walked.has(cell)) unreachable++;
          });
        }
        expect({ walkedTwice, unreachable }).toEqual({ walkedTwice: 0, unreachable: 0 });
        const expected: string[] = [];
        spec.weights.forEach((weight, i) => {
          for (const sign of format.signs) {
            let rest = storedValue(format, weight, sign);
            for (let slice = 0; slice < format.slices; slice++) {
              const level = rest % 2 ** bitsPerCell;
              rest = (rest - level) / 2 ** bitsPerCell;
              if (level === 0) continue;
              const significance = sliceSignificance(format, slice, sign);
              expected.push(`${Math.floor(i / spec.outputs)} ${i % spec.outputs} ${significance} ${level}`);
            }
          }
        });
        expect(stored.sort()).toEqual(expected.sort());
      }),
      { seed, numRuns: 150 },
    );
  });

  it('keeps just the rows with a non-zero cell, out of a span of the whole row block', () => {
    fc.assert(
      fc.property(arbitraryCase, ({ spec, compression, orders }) => {
        const program = compressRows(spec, { ...compression, keep: 'columns' }, orders);
        const height = spec.crossbar.wordlines;
        for (const { inputs, span } of program.rowLists) {
          const blocks = [...new Set(Array.from(inputs, (input) => Math.floor(input / height)))];
          expect(blocks.length).toBeLessThanOrEqual(1);
          for (const block of blocks) expect(span).toBe(Math.min(height, spec.rows - block * height));
          expect(Array.from(inputs)).toEqual([...new Set(inputs)].sort((a, b) => a - b));
        }
        for (const { levels, groups } of program.crossbars) {
          for (const { rowList, bitlines } of groups) {
            const isZero = (wordline: number) =>
              bitlines.every((bitline) => levels[wordline * program.bitlines + bitline] === 0);
            expect(program.rowLists[rowList]!.wordlines.some(isZero)).toBe(false);
          }
        }
      }),
      { seed, numRuns: 100 },
    );
  });

  it('keeps the same rows in all column groups of the same outputs where weights decide', () => {
    fc.assert(
      fc.property(arbitraryCase, ({ spec, compression, orders }) => {
        fc.pre(spec.encoding !== 'offset');
        const program = compressRows(spec, { ...compression, keep: 'weights' }, orders);
        for (const { groups } of program.crossbars) {
          for (const { rowList, outputs } of groups) {
            const { inputs } = program.rowLists[rowList]!;
            if (inputs.length === 0) continue;
            const firstRow = Math.floor(inputs[0]! / spec.crossbar.wordlines) * spec.crossbar.wordlines;
            const last = Math.min(firstRow + spec.crossbar.wordlines, spec.rows);
            const nonZero = [];
            for (let k = firstRow; k < last; k++) {
              if (outputs.some((output) => spec.weights[k * spec.outputs + output] !== 0)) nonZero.push(k);
            }
            expect(Array.from(inputs)).toEqual(nonZero);
          }
        }
      }),
      { seed, numRuns: 150 },
    );
  });

  it('stays on its crossbars in place, and takes no more when column groups of one width are repacked', () => {
    fc.assert(
      fc.property(arbitraryCase, ({ spec, compression, orders }) => {
        const inPlace = compressRows(spec, { ...compression, repack: 'no' }, orders);
        const packed = compressRows(spec, { ...compression, repack: 'yes' }, orders);
        const widths = inPlace.crossbars.flatMap(({ groups }) => groups.map(({ bitlines }) => bitlines.length));
        if (new Set(widths).size === 1) {
          expect(packed.crossbars.length).toBeLessThanOrEqual(inPlace.crossbars.length);
        }
        expect(packed.cellsUsed).toBe(inPlace.cellsUsed);
        const capacity = spec.crossbar.wordlines * spec.crossbar.bitlines;
        expect(packed.crossbars.length * capacity).toBeGreaterThanOrEqual(packed.cellsUsed);
        // In place, every kept row moves up to the first free wordline.
        for (const { wordlines } of inPlace.rowLists) expect(wordlines).toEqual(wordlines.map((_, row) => row));
      }),
      { seed, numRuns: 150 },
    );
  });

  it('counts the bits of its indices, stored and fetched', () => {
    fc.assert(
      fc.property(arbitraryCase, ({ spec, compression, orders }) => {
        const program = compressRows(spec, compression, orders);
        const groups = program.crossbars.flatMap((crossbar) => crossbar.groups);
        const width = (values: number) => (values === 1 ? 0 : (values - 1).toString(2).length);
        const packed = compression.repack === 'yes';
        const outputBits = orders === null ? 0 : width(spec.outputs);
        const owners = new Set<string>();
        let stored = (orders?.length ?? 0) * spec.outputs * outputBits;
        for (const group of groups) {
          const list = program.rowLists[group.rowList]!;
          const rows = keptRows(program, list.inputs);
          if (packed && rows.length === 0) {
            expect(group.indexBits).toBe(0);
            continue;
          }
          const numberBits = packed ? width(groups.length) : 0;
          const format = { ...compression, wordlines: spec.crossbar.wordlines };
          const index = indexBitString(rows, format).length;
          const outputs = new Set(group.outputs);
          expect(group.indexBits).toBe(index + numberBits + outputs.size * outputBits);
          stored += numberBits;
          if (compression.keep === 'columns') stored += index;
          else if (rows.length > 0) {
            const block = Math.floor(list.inputs[0]! / spec.crossbar.wordlines);
            const owner = `${block} ${[...outputs].join()}`;
            if (!owners.has(owner)) stored += index;
            owners.add(owner);
          }
        }
        // In place, each group of outputs without a row still stores that it has none.
        if (compression.keep === 'weights' && !packed) {
          const { slices } = weightFormat(spec.encoding, spec.weightBits, spec.crossbar.bitsPerCell);
          const { ou, crossbar, layout, outputs } = spec;
          const perOuRow = layout === 'planar' ? ou.bitlines : Math.max(1, Math.floor(ou.bitlines / slices));
          const perBlock = layout === 'planar' ? crossbar.bitlines : Math.floor(crossbar.bitlines / slices);
          let perRowBlock = 0;
          for (let left = outputs; left > 0; left -= perBlock) {
            perRowBlock += Math.ceil(Math.min(left, perBlock) / perOuRow);
          }
          const without = perRowBlock * Math.ceil(spec.rows / crossbar.wordlines) - owners.size;
          stored += without * width(crossbar.wordlines + 1);
        }
        expect(program.indexBits).toBe(stored);
      }),
      { seed, numRuns: 200 },
    );
  });
});

describe('by hand', () => {
  // Crossbars of 4 x 4 cells of 1 bit, OUs of 2 x 2, weights of 2 cells: one weight an OU row.
  const spec: MatrixSpec = {
    rows: 6,
    outputs: 2,
    // biome-ignore format: rows of the matrix
    weights: Int32Array.of(
      1, 0,
      0, 0,
      3, 0,
      0, 2,
      0, 0,
      0, 1,
    ),
    weightBits: 3,
    inputBits: 1,
    bitsPerPlane: 1,
    encoding: 'differential',
    layout: 'adjacent',
    crossbar: { wordlines: 4, bitlines: 4, bitsPerCell: 1 },
    ou: { wordlines: 2, bitlines: 2 },
  };
  const rowsOf = (program: OuProgram, crossbar: number) =>
    program.crossbars[crossbar]!.groups.map(({ rowList }) => Array.from(program.rowLists[rowList]!.inputs));

  it('in place, absolute: rows move up, each column group stores 3 bits of count and 2 bits a row', () => {
    const program = compressRows(spec, { keep: 'columns', indexing: 'absolute', deltaBits: 1, repack: 'no' });
    expect(program.crossbars).toHaveLength(4);
    expect(rowsOf(program, 0)).toEqual([[0, 2], [3]]);
    expect(rowsOf(program, 1)).toEqual([[], []]);
    expect(rowsOf(program, 2)).toEqual([[], [5]]);
    // biome-ignore format: rows of the crossbar
    expect(Array.from(program.crossbars[0]!.levels)).toEqual([
      0, 1, 1, 0,
      1, 1, 0, 0,
      0, 0, 0, 0,
      0, 0, 0, 0,
    ]);
    expect(program.indexBits).toBe(8 * 3 + 4 * 2);
    expect(program.crossbars[0]!.groups.map(({ indexBits }) => indexBits)).toEqual([3 + 2 * 2, 3 + 2]);
    expect(program.cellsUsed).toBe(4 * 2);
    expect(program.rowLists[program.crossbars[2]!.groups[1]!.rowList]!.span).toBe(2);
  });

  it('repacked: four OU rows are one strip of a single crossbar', () => {
    const program = compressRows(spec, { keep: 'columns', indexing: 'absolute', deltaBits: 1, repack: 'yes' });
    expect(program.crossbars).toHaveLength(1);
    // Three column groups with rows store count, rows and their own number among 8.
    expect(program.indexBits).toBe(3 * (3 + 3) + 4 * 2);
    // biome-ignore format: rows of the crossbar
    expect(Array.from(program.crossbars[0]!.levels)).toEqual([
      0, 1, 0, 0,
      1, 1, 0, 0,
      1, 0, 0, 0,
      0, 1, 0, 0,
    ]);
  });

  it('in an order of their own: outputs change places and take a bit each', () => {
    const order = [Int32Array.of(1, 0)];
    const program = compressRows(spec, { keep: 'weights', indexing: 'delta', deltaBits: 1, repack: 'no' }, order);
    expect(program.crossbars[0]!.groups.map(({ outputs }) => Array.from(outputs))).toEqual([
      [1, 1],
      [0, 0],
    ]);
    expect(rowsOf(program, 0)).toEqual([[3], [0, 2]]);
    expect(rowsOf(program, 1)).toEqual([[3], [0, 2]]);
    // Block 0: output 1 has 1 1 1 0, output 0 has 0 1 0; block 1: output 1 has 1 0, output 0 nothing. Four counts.
    expect(program.indexBits).toBe(2 * 1 + 4 * 3 + 4 + 3 + 2);
  });

  it('a weight wider than the OU is cut: its high cells of a small weight are no row', () => {
    const wide: MatrixSpec = {
      ...spec,
      rows: 2,
      outputs: 1,
      weights: Int32Array.of(1, 4),
      weightBits: 4,
      crossbar: { wordlines: 4, bitlines: 4, bitsPerCell: 1 },
    };
    const rows = (keep: RowCompression['keep']) =>
      rowsOf(compressRows(wide, { keep, indexing: 'absolute', deltaBits: 1, repack: 'no' }), 0);
    expect(rows('columns')).toEqual([[1], [0]]);
    expect(rows('weights')).toEqual([
      [0, 1],
      [0, 1],
    ]);
  });

  it('with offset a zero weight is no zero cell: its row stays in the column group of the top bit', () => {
    const offset: MatrixSpec = { ...spec, encoding: 'offset', ou: { wordlines: 2, bitlines: 1 } };
    const program = compressRows(offset, { keep: 'columns', indexing: 'absolute', deltaBits: 1, repack: 'no' });
    // Weight + 4: 5 4 7 4 in rows 0 .. 3 of output 0, three cells each.
    expect(rowsOf(program, 0)).toEqual([[0, 1, 2, 3], [2], [0, 2]]);
  });

  it('refuses what the dense mapping refuses', () => {
    const broken = { ...spec, weights: Int32Array.of(1), crossbar: { ...spec.crossbar, bitlines: 1 } };
    const compile = () => compressRows(broken, { keep: 'columns', indexing: 'delta', deltaBits: 1, repack: 'no' });
    expect(compile).toThrow(MappingError);
    expect(compile).toThrow('ou.bitlines');
  });
});
