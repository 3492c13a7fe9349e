import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { blockIndexBits, type IndexFormat } from '../../../mapping/block-pruning/block-index.js';
import { type Block, compactBlock, cutIntoBlocks } from '../../../mapping/block-pruning/blocks.js';
import { compileBlocks } from '../../../mapping/block-pruning/compile-blocks.js';
import { placeBlocks } from '../../../mapping/block-pruning/place-blocks.js';
import { pruningSteps } from '../../../mapping/block-pruning/prune-blocks.js';
import { packOnShelves, type Rectangle } from '../../../mapping/block-pruning/shelf-packing.js';
import { relativeNoise } from '../../../mapping/calibrate.js';
import { denseCrossbarCount } from '../../../mapping/dense.js';
import { type Formation, ProgramExecutor } from '../../../mapping/execute.js';
import { type FloatMatrix, quantiseUniform } from '../../../mapping/float-matrix.js';
import type { MappingError } from '../../../mapping/mapping-error.js';
import type { MatrixShape, MatrixSpec } from '../../../mapping/matrix-spec.js';
import { exactAdcBits } from '../../../mapping/operation-sum.js';
import type { OuProgram } from '../../../mapping/ou-program.js';
import { readBackWeights } from '../../../mapping/read-back.js';
import type { NetworkLayer } from '../../../mapping/scheme.js';
import { mappingScheme } from '../../../mapping/schemes.js';
import { arbitraryShape, randomWindow, slicesOf, withRandomWeights } from '../arbitrary-matrix.js';
import { randomInteger, seededRandom } from '../random.js';

const seed = 20261121;
const formation = fc.constantFrom<Formation>('fixed', 'driven');
const pimPrune = mappingScheme('pim-prune');
const repacked = { repack: 'yes', share: 0 };

const plain = (outputs: Iterable<number>) => Array.from(outputs, (output) => output + 0);
const sum = (values: Iterable<number>) => Array.from(values).reduce((total, value) => total + value, 0);

function product({ rows, outputs, weights }: MatrixSpec, window: ArrayLike<number>): number[] {
  return Array.from({ length: outputs }, (_, m) =>
    sum(Array.from({ length: rows }, (_, k) => window[k]! * weights[k * outputs + m]!)),
  );
}

/** Any shape in an encoding whose zero is zero cells, and a matrix with zero rows, zero columns and single zeros. */
const arbitrarySparseMatrix = fc
  .record({
    drawn: arbitraryShape({ rows: 60, outputs: 16, wordlines: 24, bitlines: 40 }),
    zeroLines: fc.constantFrom(0, 0.3, 0.7, 0.95),
  })
  .map(({ drawn: { shape, seed: contents }, zeroLines }) => {
    const encoding = shape.encoding === 'offset' ? 'differential' : shape.encoding;
    const weightBits = encoding === 'differential' ? Math.max(shape.weightBits, 2) : shape.weightBits;
    const spec = withRandomWeights({ ...shape, encoding, weightBits }, contents);
    const random = seededRandom(contents + 1);
    // Lines of zeros are drawn for runs of 8 rows and 2 columns, so that they do not go through the whole matrix.
    const isZero = (lines: number) => Array.from({ length: lines }, () => random() < zeroLines);
    const rowsOfRun = Array.from({ length: spec.outputs }, () => isZero(spec.rows));
    const columnsOfRun = Array.from({ length: spec.rows }, () => isZero(spec.outputs));
    const weights = spec.weights.map((weight, i) => {
      const [k, m] = [Math.floor(i / spec.outputs), i % spec.outputs];
      return rowsOfRun[Math.floor(m / 2)]![k]! || columnsOfRun[Math.floor(k / 8)]![m]! ? 0 : weight;
    });
    return { spec: { ...spec, weights }, contents };
  });

/** Every cell that a column group walks, with the row and the bitline that it is read for. */
function walkedCells(program: OuProgram) {
  return program.crossbars.flatMap(({ groups, levels }, crossbar) =>
    groups.flatMap((group) => {
      const { wordlines, inputs } = program.rowLists[group.rowList]!;
      return Array.from(wordlines).flatMap((wordline, row) =>
        Array.from(group.bitlines, (bitline, i) => ({
          place: `${crossbar}/${wordline}/${bitline}`,
          weightBits: `${inputs[row]}/${group.outputs[i]}/${group.significance[i]}`,
          level: levels[wordline * program.bitlines + bitline]!,
          crossbar,
          wordline,
          bitline,
        })),
      );
    }),
  );
}

describe('the program of a matrix with zeros', () => {
  it('gives the integer product, in every encoding without offset, layout, OU size and formation', () => {
    fc.assert(
      fc.property(arbitrarySparseMatrix, fc.boolean(), formation, ({ spec, contents }, repack, how) => {
        const program = compileBlocks(spec, repack);
        const window = randomWindow(spec.rows, spec.inputBits, contents);
        const adcBits = exactAdcBits(spec.ou.wordlines, spec.crossbar.bitsPerCell, spec.bitsPerPlane);
        const executor = new ProgramExecutor(program, { adcBits, formation: how });
        const out = new Float64Array(spec.outputs);
        executor.run(window, out);
        expect(plain(out)).toEqual(product(spec, window));
        expect(executor.saturatedCodes).toBe(0);
      }),
      { seed, numRuns: 300 },
    );
  });

  it('drops no weight, keeps every bit of one in exactly one cell and walks no cell twice', () => {
    fc.assert(
      fc.property(arbitrarySparseMatrix, fc.boolean(), ({ spec }, repack) => {
        const program = compileBlocks(spec, repack);
        expect(plain(readBackWeights(program))).toEqual(plain(spec.weights));

        const cells = walkedCells(program);
        expect(new Set(cells.map(({ place }) => place)).size).toBe(cells.length);
        expect(program.cellsUsed).toBe(cells.length);
        const bits = new Set(cells.map(({ weightBits }) => weightBits));
        expect(bits.size).toBe(cells.length);
        // All slices in both copies of each weight that is not zero.
        const copies = spec.encoding === 'differential' ? 2 : 1;
        const slices = slicesOf(spec.encoding, spec.weightBits, spec.crossbar.bitsPerCell);
        const cellsOfWeight = new Map<string, number>();
        for (const key of bits) {
          const weight = key.slice(0, key.lastIndexOf('/'));
          cellsOfWeight.set(weight, (cellsOfWeight.get(weight) ?? 0) + 1);
        }
        expect([...cellsOfWeight.values()].every((count) => count === copies * slices)).toBe(true);
        spec.weights.forEach((weight, i) => {
          const key = `${Math.floor(i / spec.outputs)}/${i % spec.outputs}`;
          if (weight !== 0) expect(cellsOfWeight.has(key), key).toBe(true);
        });
        // Cells outside are empty.
        const written = sum(program.crossbars.map(({ levels }) => levels.filter((level) => level > 0).length));
        expect(written).toBe(cells.filter(({ level }) => level > 0).length);
      }),
      { seed, numRuns: 150 },
    );
  });

  it('has groups no wider than the OU, row lists within their span, and no more crossbars than the dense mapping', () => {
    fc.assert(
      fc.property(arbitrarySparseMatrix, ({ spec }) => {
        const program = compileBlocks(spec, true);
        for (const { inputs, span, wordlines, shifts } of program.rowLists) {
          expect(span).toBeGreaterThanOrEqual(inputs.length);
          expect(span).toBeLessThanOrEqual(spec.crossbar.wordlines);
          expect(Math.max(...wordlines)).toBeLessThan(spec.crossbar.wordlines);
          expect(shifts.every((shift) => shift === 0)).toBe(true);
        }
        for (const { groups } of program.crossbars) {
          for (const { bitlines } of groups) {
            expect(bitlines.length).toBeLessThanOrEqual(spec.ou.bitlines);
            bitlines.forEach((bitline, i) => {
              expect(bitline).toBe(bitlines[0]! + i);
            });
          }
        }
        const unpacked = compileBlocks(spec, false);
        expect(program.crossbars.length).toBeLessThanOrEqual(unpacked.crossbars.length);
        expect(unpacked.crossbars.length).toBeLessThanOrEqual(denseCrossbarCount(spec));
        expect(program.cellsUsed).toBe(unpacked.cellsUsed);
      }),
      { seed, numRuns: 150 },
    );
  });

  it('without zeros is the dense matrix, block by block', () => {
    const shape: MatrixShape = {
      rows: 20,
      outputs: 5,
      weightBits: 4,
      inputBits: 4,
      bitsPerPlane: 1,
      encoding: 'twos-complement',
      layout: 'adjacent',
      crossbar: { wordlines: 8, bitlines: 16, bitsPerCell: 1 },
      ou: { wordlines: 4, bitlines: 8 },
    };
    const program = compileBlocks({ ...shape, weights: new Int32Array(100).fill(-3) }, true);
    // 8 + 8 + 4 rows, 4 + 1 outputs of 4 bitlines: two blocks of 8 x 16 fill a crossbar each; two of 8 x 4 and the one of
    // 4 x 4 stand side by side in a third, and 4 x 16 has the fourth.
    expect(program.crossbars).toHaveLength(4);
    expect(denseCrossbarCount(shape)).toBe(6);
    expect(program.cellsUsed).toBe(20 * 5 * 4);
  });

  it('keeps one empty crossbar where nothing is left', () => {
    const spec = { ...withRandomWeights(HAND_SHAPE, 1), weights: new Int32Array(8) };
    const program = compileBlocks(spec, true);
    expect(program.crossbars).toHaveLength(1);
    expect(program.crossbars[0]!.groups).toHaveLength(0);
    expect(program.indexBits).toBe(0);
    expect(Array.from(readBackWeights(program))).toEqual(new Array(8).fill(0));
  });

  it('refuses encoding offset, and reports it together with what else is wrong', () => {
    const spec: MatrixSpec = { ...withRandomWeights(HAND_SHAPE, 1), encoding: 'offset', inputBits: 17 };
    try {
      compileBlocks(spec, true);
      expect.unreachable();
    } catch (error) {
      expect((error as MappingError).problems.map(({ path }) => path)).toEqual(['inputBits', 'encoding']);
    }
  });
});

/** Two blocks of 4 rows x 1 output of two bits. */
const HAND_SHAPE: MatrixShape = {
  rows: 4,
  outputs: 2,
  weightBits: 2,
  inputBits: 3,
  bitsPerPlane: 1,
  encoding: 'twos-complement',
  layout: 'adjacent',
  crossbar: { wordlines: 4, bitlines: 3, bitsPerCell: 1 },
  ou: { wordlines: 2, bitlines: 1 },
};

describe('two blocks by hand', () => {
  // Output 0: rows 0 and 2 of block 0; output 1: row 3 of block 1.
  const weights = Int32Array.of(1, 0, 0, 0, -2, 0, 0, -1);
  const spec: MatrixSpec = { ...HAND_SHAPE, weights };

  it('stand one above the other in one crossbar', () => {
    const { crossbars, rowLists } = compileBlocks(spec, true);
    expect(crossbars).toHaveLength(1);
    // 01 and 10 of output 0, 11 of output 1 below.
    expect(Array.from(crossbars[0]!.levels)).toEqual([0, 1, 0, 1, 0, 0, 1, 1, 0, 0, 0, 0]);
    expect(rowLists.map(({ wordlines, inputs, span }) => ({ wordlines, inputs, span }))).toEqual([
      { wordlines: Int32Array.of(0, 1), inputs: Int32Array.of(0, 2), span: 4 },
      { wordlines: Int32Array.of(2), inputs: Int32Array.of(3), span: 4 },
    ]);
    // An OU of one bitline: two groups a block, the first of which fetches the block's index.
    expect(
      crossbars[0]!.groups.map(({ rowList, bitlines, outputs, significance, indexBits }) => ({
        rowList,
        bitline: bitlines[0],
        output: outputs[0],
        significance: significance[0],
        indexBits,
      })),
    ).toEqual([
      { rowList: 0, bitline: 0, output: 0, significance: -2, indexBits: 10 },
      { rowList: 0, bitline: 1, output: 0, significance: 1, indexBits: 0 },
      { rowList: 1, bitline: 0, output: 1, significance: -2, indexBits: 10 },
      { rowList: 1, bitline: 1, output: 1, significance: 1, indexBits: 0 },
    ]);
  });

  it('store 1 bit for the block, 2 for its wordline, 2 for its bitline, 4 for its rows and 1 for its output', () => {
    expect(compileBlocks(spec, true).indexBits).toBe(2 * (1 + 2 + 2 + 4 + 1));
    const { blocks } = cutIntoBlocks(spec);
    const compacted = blocks.map((block) => compactBlock(spec, block));
    const placed = placeBlocks(compacted, { bitlinesPerOutput: 2, crossbar: spec.crossbar, repack: true });
    const bits = placed.map((block) =>
      blockIndexBits(block, { blocks, crossbar: spec.crossbar, repack: true }).join(''),
    );
    expect(bits).toEqual(['0' + '00' + '00' + '1010' + '1', '1' + '10' + '00' + '0001' + '1']);
  });

  it('keep a crossbar each without repacking; only their places there need no index', () => {
    const program = compileBlocks(spec, false);
    expect(program.crossbars).toHaveLength(2);
    expect(program.indexBits).toBe(2 * (1 + 4 + 1));
  });

  it('without repacking, the number tells which block is left', () => {
    const left = { ...spec, weights: Int32Array.of(0, 0, 0, 0, 0, 0, 0, -1) };
    const program = compileBlocks(left, false);
    expect(program.crossbars).toHaveLength(1);
    expect(program.indexBits).toBe(1 + 4 + 1);
    const { blocks } = cutIntoBlocks(left);
    const compacted = blocks.map((block) => compactBlock(left, block));
    const placing = { crossbar: left.crossbar, repack: false };
    const placed = placeBlocks(compacted, { ...placing, bitlinesPerOutput: 2 });
    const bits = placed.map((block) => blockIndexBits(block, { ...placing, blocks }).join(''));
    expect(bits).toEqual(['1' + '0001' + '1']);
  });
});

/** Reads numbers off a row of bits, most significant first. Written apart from the encoder. */
class BitReader {
  private at = 0;
  constructor(private readonly bits: string) {}
  get done(): boolean {
    return this.at === this.bits.length;
  }
  mask(length: number): boolean[] {
    this.at += length;
    if (this.at > this.bits.length) throw new RangeError(`${this.bits.length} bits, ${this.at} read`);
    return [...this.bits.slice(this.at - length, this.at)].map((bit) => bit === '1');
  }
  number(states: number): number {
    let length = 0;
    while (2 ** length < states) length++;
    return this.mask(length).reduce((value, bit) => 2 * value + (bit ? 1 : 0), 0);
  }
}

describe('the index', () => {
  it('and the cells give the matrix back', () => {
    fc.assert(
      fc.property(arbitrarySparseMatrix, fc.boolean(), ({ spec }, repack) => {
        const program = compileBlocks(spec, repack);
        const { crossbar, outputs: width } = spec;
        const slices = slicesOf(spec.encoding, spec.weightBits, crossbar.bitsPerCell);
        const adjacent = spec.layout === 'adjacent';
        const copies = spec.encoding === 'differential' ? 2 : 1;
        const crossbarsOfBin = copies * (adjacent ? 1 : slices);

        // What each bin stores.
        const { blocks } = cutIntoBlocks(spec);
        const format: IndexFormat = { blocks, crossbar, repack };
        const stored: string[] = [];
        const bitlinesPerOutput = adjacent ? slices : 1;
        const compacted = blocks.map((block) => compactBlock(spec, block));
        for (const placed of placeBlocks(compacted, { bitlinesPerOutput, crossbar, repack })) {
          stored[placed.bin] = (stored[placed.bin] ?? '') + blockIndexBits(placed, format).join('');
        }
        expect(program.indexBits).toBe(crossbarsOfBin * sum(stored.map((bits) => bits.length)));
        const fetched = program.crossbars.flatMap(({ groups }) => groups.map(({ indexBits }) => indexBits));
        expect(sum(fetched)).toBe(program.indexBits);

        // The blocks of the matrix from its sizes alone: row blocks, inside them blocks of outputs.
        const blockOutputs = adjacent ? Math.floor(crossbar.bitlines / slices) : crossbar.bitlines;
        const across = Math.ceil(width / blockOutputs);
        const down = Math.ceil(spec.rows / crossbar.wordlines);
        const decoded = new Float64Array(spec.rows * width);
        stored.forEach((bits, bin) => {
          const reader = new BitReader(bits);
          while (!reader.done) {
            const number = reader.number(across * down);
            const wordline = repack ? reader.number(crossbar.wordlines) : 0;
            const bitline = repack ? reader.number(crossbar.bitlines) : 0;
            const firstRow = Math.floor(number / across) * crossbar.wordlines;
            const firstOutput = (number % across) * blockOutputs;
            const rows = trueAt(reader.mask(Math.min(crossbar.wordlines, spec.rows - firstRow)));
            const outputs = trueAt(reader.mask(Math.min(blockOutputs, width - firstOutput)));
            rows.forEach((row, i) => {
              outputs.forEach((output, j) => {
                let weight = 0;
                for (let copy = 0; copy < copies; copy++) {
                  for (let slice = 0; slice < slices; slice++) {
                    // Most significant slice first in a crossbar, least significant crossbar first.
                    const inBin = adjacent ? copy : copy * slices + slice;
                    const column = adjacent ? bitline + j * slices + (slices - 1 - slice) : bitline + j;
                    const { levels } = program.crossbars[bin * crossbarsOfBin + inBin]!;
                    const level = levels[(wordline + i) * crossbar.bitlines + column]!;
                    const top = spec.encoding === 'twos-complement' && slice === slices - 1;
                    const sign = (copy === 1) !== top ? -1 : 1;
                    weight += sign * level * 2 ** (slice * crossbar.bitsPerCell);
                  }
                }
                decoded[(firstRow + row) * width + firstOutput + output] = weight;
              });
            });
          }
        });
        expect(plain(decoded)).toEqual(plain(spec.weights));
      }),
      { seed, numRuns: 150 },
    );
  });
});

const trueAt = (mask: readonly boolean[]) => mask.flatMap((bit, i) => (bit ? [i] : []));

describe('packing on shelves', () => {
  const bin: Rectangle = { height: 10, width: 12 };
  const rectangles = fc.array(
    fc.record({ height: fc.integer({ min: 1, max: 10 }), width: fc.integer({ min: 1, max: 12 }) }),
    { maxLength: 40 },
  );

  it('keeps rectangles apart and inside, and wastes no more than first fit may', () => {
    fc.assert(
      fc.property(rectangles, (given) => {
        const taken = new Set<string>();
        const bins = new Set<number>();
        packOnShelves(given, bin).forEach(({ bin: number, top, left }, i) => {
          const { height, width } = given[i]!;
          expect(top + height).toBeLessThanOrEqual(bin.height);
          expect(left + width).toBeLessThanOrEqual(bin.width);
          for (let y = top; y < top + height; y++) {
            for (let x = left; x < left + width; x++) taken.add(`${number}/${y}/${x}`);
          }
          bins.add(number);
        });
        const area = sum(given.map(({ height, width }) => height * width));
        expect(taken.size).toBe(area);
        expect([...bins].sort((a, b) => a - b)).toEqual(Array.from({ length: bins.size }, (_, number) => number));
        // Two neighbouring shelves hold at least the lower one's height x the bin's width, so that all shelves together
        // are at most 2 area / width + 10 high; two neighbouring bins are together filled higher than one bin.
        expect(bins.size).toBeLessThanOrEqual((2 * ((2 * area) / 12 + 10)) / 10 + 1);
      }),
      { seed, numRuns: 200 },
    );
  });

  it('puts four rectangles of half the height and half the width in a bin', () => {
    for (let count = 0; count < 10; count++) {
      const places = packOnShelves(new Array<Rectangle>(count).fill({ height: 5, width: 6 }), bin);
      expect(new Set(places.map((place) => place.bin)).size).toBe(Math.ceil(count / 4));
    }
  });

  it('fills shelves first, then opens one below, then a bin', () => {
    // 6 x 8 opens a shelf of 6; 4 x 6 does not fit beside it (8 + 6 > 12) and opens one of 4 below; 4 x 4 fits the first
    // shelf at 8, 3 x 6 the second at 6, and 2 x 1 nowhere in this bin.
    const given = [
      { height: 4, width: 6 },
      { height: 6, width: 8 },
      { height: 3, width: 6 },
      { height: 4, width: 4 },
      { height: 2, width: 1 },
    ];
    expect(packOnShelves(given, bin)).toEqual([
      { bin: 0, top: 6, left: 0 },
      { bin: 0, top: 0, left: 0 },
      { bin: 0, top: 6, left: 6 },
      { bin: 0, top: 0, left: 8 },
      { bin: 1, top: 0, left: 0 },
    ]);
  });

  it('refuses what is larger than a bin', () => {
    expect(() => packOnShelves([{ height: 11, width: 1 }], bin)).toThrow('got 11 x 1; allowed 1 x 1 .. 10 x 12');
    expect(() => packOnShelves([{ height: 1, width: 0 }], bin)).toThrow('got 1 x 0');
  });
});

describe('pruning', () => {
  const matrixOf = (rows: number, outputs: number, weights: readonly number[]): FloatMatrix => ({
    rows,
    outputs,
    weights: Float64Array.from(weights),
    grid: null,
  });

  it('takes the row or column of least importance per cell freed first, by hand', () => {
    // One block of 3 x 2. Squares: rows 1 + 0, 4 + 1, 4 + 16; columns 9 of 3 cells and 17 of 3 cells.
    const matrix = matrixOf(3, 2, [1, 0, 2, -1, -2, 4]);
    const blocks: Block[] = [{ firstRow: 0, rows: 3, firstOutput: 0, outputs: 2 }];
    const { order, line, cells, importance } = pruningSteps(matrix, blocks, null);
    const taken = Array.from(order, (step) => [line[step], cells[step], importance[step]]);
    // Row 0: 1/2. Then row 1: 5/2, column 0: 8/2, column 1: 17/2. Then column 0: 4/1 before row 2: 20/2; then row 2: 16.
    expect(taken).toEqual([
      [0, 2, 1],
      [1, 2, 5],
      [3, 1, 4],
      [2, 1, 16],
    ]);
    // With inputs of power 10, 1, 1: row 1 goes first with 5/2, then row 0 with 10/2, before column 0 with 14/2.
    const weighed = pruningSteps(matrix, blocks, [10, 1, 1]);
    expect(Array.from(weighed.order, (step) => weighed.line[step]).slice(0, 2)).toEqual([1, 0]);
  });

  it('follows a search that sums everything anew in every step', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 2 ** 31 - 1 }), (contents) => {
        const random = seededRandom(contents);
        const [rows, outputs] = [randomInteger(random, 1, 9), randomInteger(random, 1, 5)];
        // Whole numbers, so that sums are exact and ties are ties.
        const weights = Array.from({ length: rows * outputs }, () => randomInteger(random, -4, 4));
        const power = Array.from({ length: rows }, () => randomInteger(random, 0, 3));
        const blocks: Block[] = [{ firstRow: 0, rows, firstOutput: 0, outputs }];
        const steps = pruningSteps(matrixOf(rows, outputs, weights), blocks, power);

        const alive = new Set(weights.keys());
        const cellsOf = (candidate: number) =>
          [...alive].filter((i) =>
            candidate < rows ? Math.floor(i / outputs) === candidate : i % outputs === candidate - rows,
          );
        const weigh = (cells: number[]) => sum(cells.map((i) => power[Math.floor(i / outputs)]! * weights[i]! ** 2));
        let count = 0;
        const worst: number[] = [];
        while (alive.size > 0) {
          const open = Array.from({ length: rows + outputs }, (_, candidate) => cellsOf(candidate)).filter(
            (cells) => cells.length > 0,
          );
          const least = Math.min(...open.map((cells) => weigh(cells) / cells.length));
          const freed = cellsOf(steps.line[count]!);
          expect(freed).toHaveLength(steps.cells[count]!);
          expect(weigh(freed)).toBe(steps.importance[count]!);
          expect(weigh(freed) / freed.length).toBe(least);
          worst.push(least);
          for (const i of freed) alive.delete(i);
          count++;
        }
        // A single block is pruned in the order in which its steps were found.
        expect(Array.from(steps.order)).toEqual(worst.map((_, step) => step));
      }),
      { seed, numRuns: 150 },
    );
  });
});

/** A layer of Gaussian weights and inputs of different power. */
function randomLayer(rows: number, outputs: number, changes: Partial<MatrixShape> = {}, contents = 7): NetworkLayer {
  const random = seededRandom(contents);
  const gaussian = () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  return {
    name: 'layer',
    matrix: { rows, outputs, weights: Float64Array.from({ length: rows * outputs }, gaussian), grid: null },
    shape: {
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
    },
    windows: 1,
    inputSigned: false,
    inputPower: Float64Array.from({ length: rows }, () => (random() < 0.1 ? 0 : 1000 * random() ** 4)),
  };
}

interface Decision {
  readonly share: number;
  readonly inputPower: readonly number[] | null;
}

describe('decisions', () => {
  const decide = (layer: NetworkLayer, noise: number) =>
    pimPrune.calibration!.decide(layer, noise, repacked) as Decision;
  const planOf = ({ matrix, shape }: NetworkLayer, decision: unknown) =>
    pimPrune.plan(matrix, shape, decision, repacked);
  const NOISES = [2 ** -15.5, 2 ** -10, 2 ** -7, 2 ** -5, 2 ** -3, 2 ** -2, 0.5, 1];

  it.each([
    ['16-bit words in 1-bit cells', randomLayer(300, 40)],
    [
      'planar slices',
      randomLayer(150, 70, { layout: 'planar', crossbar: { wordlines: 64, bitlines: 32, bitsPerCell: 1 } }),
    ],
    ['8-bit words in 2-bit cells', randomLayer(200, 40, { weightBits: 8, encoding: 'differential' })],
  ])('keep to the noise share and prune more with more noise: %s', (_, layer) => {
    let before = -1;
    for (const noise of NOISES) {
      const decision = decide(layer, noise);
      expect(decision.share).toBeGreaterThanOrEqual(before);
      before = decision.share;
      // 8-bit words alone have a noise of about 2^-13.
      const plan = planOf(layer, decision);
      const quantised = relativeNoise(
        layer.matrix,
        { ...quantiseUniform(layer.matrix, layer.shape.weightBits), windowPruning: null },
        layer.inputPower,
      );
      const reached = relativeNoise(layer.matrix, plan, layer.inputPower);
      expect(reached).toBeLessThanOrEqual(Math.max(noise, quantised));
      // Greedily full: the next step would be a row or column of some per cent at most.
      if (noise >= 2 ** -7 && noise < 1) expect(reached).toBeGreaterThan(0.9 * noise);
    }
    expect(before).toBeGreaterThan(0.9);
  });

  it('are followed to the cell: the share is that of the weights pruned, in whole rows and columns of blocks', () => {
    const layer = randomLayer(300, 40);
    const decision = decide(layer, 0.1);
    const { weights } = planOf(layer, decision);
    const zeros = weights.filter((weight) => weight === 0).length;
    // Gaussian weights of 16 bits are hardly ever rounded to 0.
    expect(zeros / weights.length).toBeCloseTo(decision.share, 3);
    expect(decision.share).toBeGreaterThan(0.1);
    // 3 x 5 blocks of 128 rows x 8 outputs; what is left of a block is a full rectangle, up to those rare zeros.
    const spec: MatrixSpec = { ...layer.shape, weights };
    const { blocks } = cutIntoBlocks(spec);
    expect(blocks).toHaveLength(15);
    const left = blocks.map((block) => compactBlock(spec, block));
    const rectangles = sum(left.map(({ inputs, outputs }) => inputs.length * outputs.length));
    expect((rectangles - (weights.length - zeros)) / weights.length).toBeLessThan(0.001);
  });

  it('survive JSON, and follow a scale of the weights', () => {
    const layer = randomLayer(140, 20);
    const decision = decide(layer, 0.2);
    const read = JSON.parse(JSON.stringify(decision)) as Decision;
    expect(planOf(layer, read)).toEqual(planOf(layer, decision));
    const doubled = {
      ...layer,
      matrix: { ...layer.matrix, weights: layer.matrix.weights.map((weight) => 2 * weight) },
    };
    expect(decide(doubled, 0.2)).toEqual(decision);
  });

  it('of a larger share prune all that a smaller one prunes', () => {
    const layer = randomLayer(300, 40);
    const inputPower = Array.from(layer.inputPower);
    let before = planOf(layer, { share: 0, inputPower }).weights;
    for (const share of [0.001, 0.1, 0.3, 0.31, 0.6, 0.9, 1]) {
      const { weights } = planOf(layer, { share, inputPower });
      expect(weights.every((weight, i) => weight === 0 || weight === before[i])).toBe(true);
      const kept = weights.filter((weight) => weight !== 0).length;
      // A step frees at most the 128 cells of a column.
      expect(kept / weights.length).toBeLessThan(1 - share + 128 / weights.length);
      before = weights;
    }
    expect(before.every((weight) => weight === 0)).toBe(true);
  });

  it('keep the integers of a grid, but for those pruned', () => {
    fc.assert(
      fc.property(arbitrarySparseMatrix, fc.double({ min: 0, max: 1, noNaN: true }), ({ spec }, share) => {
        const grid = { scale: 0.25, weightBits: spec.weightBits };
        const matrix = { rows: spec.rows, outputs: spec.outputs, weights: Float64Array.from(spec.weights), grid };
        const plan = pimPrune.plan(matrix, spec, pimPrune.given({ repack: 'yes', share }), { repack: 'yes', share });
        expect(plan.scale).toBe(0.25);
        let pruned = 0;
        plan.weights.forEach((weight, i) => {
          if (weight === spec.weights[i]) return;
          expect(weight).toBe(0);
          pruned++;
        });
        expect(pruned).toBeLessThanOrEqual(Math.round(share * spec.weights.length));
        const program = pimPrune.compile({ ...spec, ...plan }, { share, inputPower: null }, { repack: 'yes', share });
        expect(plain(readBackWeights(program))).toEqual(plain(plan.weights));
        if (share === 0) expect(pruned).toBe(0);
      }),
      { seed, numRuns: 150 },
    );
  });

  it('prune inputs that never carry anything first, for nothing', () => {
    const layer = randomLayer(256, 16);
    const { inputPower } = layer;
    const plan = planOf(layer, decide(layer, 2 ** -15.5));
    const silent = Array.from(inputPower).flatMap((power, k) => (power === 0 ? [k] : []));
    expect(silent.length).toBeGreaterThan(10);
    for (const k of silent) expect(sum(plan.weights.subarray(k * 16, (k + 1) * 16).map(Math.abs))).toBe(0);
  });
});

describe('repacking', () => {
  it('halves the crossbars where half of the rows of every block are zero', () => {
    // 512 rows x 32 outputs of 16 cells: 4 x 4 blocks of 128 x 8. Odd rows are zero in even columns of blocks, the others
    // in odd ones: 64 rows are left in every block, none in the whole matrix.
    const { matrix, shape } = randomLayer(512, 32);
    const weights = quantiseUniform(matrix, 16).weights.map((weight, i) => {
      const [k, m] = [Math.floor(i / 32), i % 32];
      return (k + Math.floor(m / 8)) % 2 === 0 ? 0 : weight || 1;
    });
    expect(denseCrossbarCount(shape)).toBe(16);
    expect(compileBlocks({ ...shape, weights }, true).crossbars).toHaveLength(8);
    expect(compileBlocks({ ...shape, weights }, false).crossbars).toHaveLength(16);
    // 7 bits each for wordline and bitline, 4 for one of 16 blocks, 128 + 8 for the masks.
    expect(compileBlocks({ ...shape, weights }, true).indexBits).toBe(16 * (4 + 7 + 7 + 128 + 8));
  });
});
