import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ActivityScanner, type Detector } from '../../mapping/activity.js';
import { compileDense } from '../../mapping/dense.js';
import { DrivenRows } from '../../mapping/driven-rows.js';
import type { ColumnGroup, OuProgram, RowList } from '../../mapping/ou-program.js';
import { type RowListTotals, WindowWork } from '../../mapping/window-work.js';
import { arbitraryShape, randomWindow, withRandomWeights } from './arbitrary-matrix.js';
import { arbitraryProgram } from './arbitrary-program.js';
import { randomInteger, seededRandom } from './random.js';

const seed = 20261121;
const DETECTORS: readonly Detector[] = ['none', 'group', 'form'];

/** Windows over the whole range of inputs, many zeros, small inputs only, nothing but zeros, or all inputs at their most. */
function windowsOf(program: OuProgram, contents: number): Int32Array[] {
  const random = seededRandom(contents);
  const zeros = (x: number) => (random() < 0.7 ? 0 : x);
  const any = () => Int32Array.from(randomWindow(program.inputs, program.inputBits, randomInteger(random, 0, 1e6)));
  return [
    any(),
    any().map(zeros),
    any().map((x) => zeros(x % 4)),
    any().fill(0),
    any().fill(2 ** program.inputBits - 1),
  ];
}

/** Operations of every segment of a crossbar by plane, column group by column group. */
function segmentsOf(
  program: OuProgram,
  crossbar: number,
  operationsOf: (rowList: number, plane: number) => number,
): { bitlines: number; operations: number[] }[] {
  const segments: { bitlines: number; operations: number[] }[] = [];
  for (const { rowList, bitlines } of program.crossbars[crossbar]!.groups) {
    let last = segments.at(-1);
    if (last?.bitlines !== bitlines.length) {
      last = { bitlines: bitlines.length, operations: new Array(program.planes).fill(0) };
      segments.push(last);
    }
    for (let plane = 0; plane < program.planes; plane++) last.operations[plane]! += operationsOf(rowList, plane);
  }
  return segments;
}

function segmentsOfClass(
  work: WindowWork,
  operations: Int32Array,
  crossbar: number,
): { bitlines: number; operations: number[] }[] {
  const { patterns, bitlines } = work.classes[work.classOf[crossbar]!]!;
  return Array.from(patterns, (pattern, segment) => ({
    bitlines: bitlines[segment]!,
    operations: Array.from({ length: work.planes }, (_, plane) => operations[plane * work.patterns + pattern]!),
  }));
}

function add(totals: RowListTotals, rowList: number, operations: number, rows: number, driven: number): void {
  totals.operations[rowList]! += operations;
  totals.rows[rowList]! += rows;
  totals.driven[rowList]! += driven;
}

/** Of the row lists that column groups walk: the scanner knows no others. */
function walked(totals: RowListTotals, rowLists: Int32Array) {
  const of = (array: Float64Array) => Array.from(rowLists, (list) => array[list]!);
  const { operations, rows, driven, nonZeroOperations } = totals;
  return {
    operations: of(operations),
    rows: of(rows),
    driven: of(driven),
    nonZeroOperations: of(nonZeroOperations),
  };
}

/** Every segment of every crossbar in every window, and the totals of all windows, against the plain reference. */
function checkAgainstScanner(program: OuProgram, windows: readonly Int32Array[]): void {
  for (const detector of DETECTORS) {
    const scanner = new ActivityScanner(program, { first: 0, count: program.crossbars.length }, detector);
    const activity = scanner.createActivity();
    const work = new WindowWork(program, detector);
    expect(work.planes).toBe(program.planes);
    expect(work.classOf).toHaveLength(program.crossbars.length);
    const operations = new Int32Array(work.planes * work.patterns);
    const totals = work.createTotals();
    const expected = work.createTotals();
    const driven = new DrivenRows(program);
    for (const window of windows) {
      scanner.scan(window, activity);
      operations.fill(-1);
      if (detector === 'none') {
        work.fillDense(operations);
        driven.add(Int32Array.from(window));
      } else work.scan(window, operations, totals);
      const entryOf = (rowList: number, plane: number) =>
        plane * scanner.rowLists.length + scanner.rowLists.indexOf(rowList);
      program.crossbars.forEach((_, crossbar) => {
        expect(segmentsOfClass(work, operations, crossbar)).toEqual(
          segmentsOf(program, crossbar, (rowList, plane) => activity.operations[entryOf(rowList, plane)]!),
        );
      });
      if (detector !== 'none') {
        const untotalled = new Int32Array(operations.length).fill(-1);
        work.scan(window, untotalled, null);
        expect(untotalled).toEqual(operations);
      }

      scanner.rowLists.forEach((rowList, i) => {
        for (let plane = 0; plane < program.planes; plane++) {
          const entry = entryOf(rowList, plane);
          add(expected, rowList, activity.operations[entry]!, activity.rows[entry]!, activity.driven[entry]!);
        }
        expected.nonZeroOperations[rowList]! += activity.nonZeroOperations[i]!;
      });
    }
    const found = detector === 'none' ? { ...work.denseTotals(windows.length), driven: driven.totals() } : totals;
    expect(walked(found, scanner.rowLists)).toEqual(walked(expected, scanner.rowLists));
    if (detector === 'none')
      expect(() => work.scan(Int32Array.from(windows[0]!), operations, null)).toThrow('see fillDense');
  }
}

/**
 * Programs with the row lists of other programs again: the same rows elsewhere, in another order, and in column groups of
 * unequal widths.
 */
function withEqualLists(program: OuProgram, contents: number): OuProgram {
  const random = seededRandom(contents);
  const integer = (min: number, max: number) => randomInteger(random, min, max);
  const reversed = ({ inputs, shifts, ...rest }: RowList): RowList => ({
    ...rest,
    inputs: inputs.slice().reverse(),
    shifts: shifts.slice().reverse(),
  });
  const moved = ({ wordlines, ...rest }: RowList): RowList => ({ ...rest, wordlines: wordlines.slice().reverse() });
  const rowLists = [...program.rowLists, ...program.rowLists.map(reversed), ...program.rowLists.map(moved)];
  const again = (group: ColumnGroup): ColumnGroup => ({ ...group, rowList: integer(0, rowLists.length - 1) });
  const crossbars = Array.from({ length: 6 }, () => {
    const { levels, groups } = program.crossbars[integer(0, program.crossbars.length - 1)]!;
    return { levels, groups: groups.map(again) };
  });
  return { ...program, rowLists, crossbars: [...program.crossbars, ...crossbars] };
}

describe('window work equals the activity of every column group', () => {
  it('on placed matrices', () => {
    fc.assert(
      fc.property(
        arbitraryShape({ rows: 40, outputs: 4, wordlines: 24, bitlines: 24 }),
        ({ shape, seed: contents }) => {
          const program = compileDense(withRandomWeights(shape, contents));
          checkAgainstScanner(program, windowsOf(program, contents));
        },
      ),
      { seed, numRuns: 60 },
    );
  });

  it('on any row lists, with shifts, digits of several bits and crossbars without groups', () => {
    fc.assert(
      fc.property(arbitraryProgram(), ({ program, seed: contents }) => {
        checkAgainstScanner(program, windowsOf(program, contents));
      }),
      { seed, numRuns: 200 },
    );
  });

  it('where row lists are equal or equal but for their order', () => {
    fc.assert(
      fc.property(arbitraryProgram(), ({ program, seed: contents }) => {
        checkAgainstScanner(withEqualLists(program, contents), windowsOf(program, contents));
      }),
      { seed, numRuns: 60 },
    );
  });

  it('on long row lists of many planes', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 2 ** 31 - 1 }), (contents) => {
        const program = largeProgram(contents);
        checkAgainstScanner(program, windowsOf(program, contents));
      }),
      { seed, numRuns: 30 },
    );
  });

  it('where a crossbar performs more operations in a plane than a number of 16 bits can say', () => {
    const drawn = largeProgram(5);
    // 200 groups of 600 rows in operations of one row: 120 000 with all inputs at their most.
    const long: RowList = {
      wordlines: Int32Array.from({ length: 600 }, (_, i) => i),
      inputs: Int32Array.from({ length: 600 }, (_, i) => i % drawn.inputs),
      shifts: new Uint8Array(600),
      span: 600,
    };
    const rowLists = drawn.rowLists.map(() => long);
    const planes = Math.ceil(drawn.inputBits / drawn.bitsPerPlane);
    const program = { ...drawn, rowLists, planes, ouWordlines: 1 };
    const most = new Int32Array(program.inputs).fill(2 ** program.inputBits - 1);
    const work = new WindowWork(program, 'form');
    const operations = new Int32Array(work.planes * work.patterns);
    work.scan(most, operations, null);
    expect(Math.max(...operations)).toBe(120_000);
    checkAgainstScanner(program, [most]);
  });
});

/**
 * Row lists of up to 700 rows, inputs of up to 30 presented bits: more rows than a byte counts, more planes than a vector
 * has, rows that a list has several times.
 */
function largeProgram(contents: number): OuProgram {
  const random = seededRandom(contents);
  const integer = (min: number, max: number) => randomInteger(random, min, max);
  const largestShift = integer(0, 3);
  const inputBits = integer(10, 30 - largestShift);
  const bitsPerPlane = integer(1, 3);
  const inputs = integer(1, 900);
  const rowLists = Array.from({ length: 5 }, (): RowList => {
    const length = random() < 0.1 ? 0 : integer(1, 700);
    const first = integer(0, inputs - 1);
    const scattered = random() < 0.5;
    return {
      wordlines: Int32Array.from({ length }, (_, i) => i),
      inputs: Int32Array.from({ length }, (_, i) => (scattered ? integer(0, inputs - 1) : (first + i) % inputs)),
      shifts: Uint8Array.from({ length }, () => (random() < 0.9 ? 0 : integer(0, largestShift))),
      span: length,
    };
  });
  const presentedShift = rowLists.reduce((most, { shifts }) => Math.max(most, ...shifts), 0);
  const group = (bitline: number): ColumnGroup => ({
    rowList: integer(0, rowLists.length - 1),
    bitlines: Int32Array.of(bitline),
    outputs: Int32Array.of(0),
    significance: Float64Array.of(1),
    complement: Uint8Array.of(0),
    indexBits: 0,
  });
  return {
    inputs,
    outputs: 1,
    inputBits,
    bitsPerPlane,
    planes: Math.ceil((inputBits + presentedShift) / bitsPerPlane),
    bitsPerCell: 1,
    wordlines: 700,
    bitlines: 200,
    ouWordlines: random() < 0.3 ? 1 : integer(1, 700),
    ouBitlines: 1,
    rowLists,
    crossbars: [3, 200].map((groups) => ({
      levels: new Uint8Array(0),
      groups: Array.from({ length: groups }, (_, bitline) => group(bitline)),
    })),
    inputSumFactor: null,
    cellsUsed: 0,
    indexBits: 0,
  };
}

describe('classes of crossbars', () => {
  // 12 rows in blocks of 8 and 4; 6 outputs of 2 slices on 4 bitlines: 3 column blocks of 2 groups of 3 and 1 bitlines.
  const program = compileDense({
    rows: 12,
    outputs: 6,
    weights: Int32Array.from({ length: 72 }, (_, i) => (i % 3) - 1),
    weightBits: 2,
    inputBits: 2,
    bitsPerPlane: 1,
    encoding: 'offset',
    layout: 'adjacent',
    crossbar: { wordlines: 8, bitlines: 4, bitsPerCell: 1 },
    ou: { wordlines: 3, bitlines: 3 },
  });

  it.each(['group', 'form'] as const)('detector %s: the column blocks of a row block are one class', (detector) => {
    const work = new WindowWork(program, detector);
    expect(Array.from(work.classOf)).toEqual([0, 0, 0, 1, 1, 1]);
    expect(work.patterns).toBe(2);
    expect(work.classes.map(({ patterns, bitlines }) => [Array.from(patterns), Array.from(bitlines)])).toEqual([
      [
        [0, 0],
        [3, 1],
      ],
      [
        [1, 1],
        [3, 1],
      ],
    ]);
  });

  it('detector none: row lists of equally many batches are alike', () => {
    // 8 and 4 rows are 3 and 2 batches of 3; 8 and 4 rows are 1 batch of 8.
    expect(Array.from(new WindowWork(program, 'none').classOf)).toEqual([0, 0, 0, 1, 1, 1]);
    expect(Array.from(new WindowWork({ ...program, ouWordlines: 8 }, 'none').classOf)).toEqual([0, 0, 0, 0, 0, 0]);
    // Only what a segment sums to counts: two groups of 2 batches, or one of 4.
    const [first, second] = program.crossbars[3]!.groups as [ColumnGroup, ColumnGroup];
    const block = program.rowLists[1]!;
    const twice: RowList = {
      ...block,
      inputs: Int32Array.from([...block.inputs, 0, 1, 2, 3, 4, 5]),
      shifts: new Uint8Array(10),
    };
    const levels = new Uint8Array(32);
    const work = new WindowWork(
      {
        ...program,
        rowLists: [block, twice],
        crossbars: [
          {
            levels,
            groups: [
              { ...first, rowList: 0 },
              { ...second, bitlines: first.bitlines, rowList: 0 },
            ],
          },
          { levels, groups: [{ ...first, rowList: 1 }] },
        ],
      },
      'none',
    );
    expect(Array.from(work.classOf)).toEqual([0, 0]);
    const operations = new Int32Array(work.planes * work.patterns);
    work.fillDense(operations);
    expect(Array.from(operations)).toEqual([4, 4]);
  });

  it('the order of rows matters where batches are fixed, and not where they are formed', () => {
    const block = program.rowLists[0]!;
    const reversed: RowList = { ...block, inputs: block.inputs.slice().reverse() };
    const levels = new Uint8Array(32);
    const groups = program.crossbars[0]!.groups;
    const two: OuProgram = {
      ...program,
      rowLists: [block, reversed],
      crossbars: [0, 1].map((rowList) => ({ levels, groups: groups.map((group) => ({ ...group, rowList })) })),
    };
    expect(Array.from(new WindowWork(two, 'group').classOf)).toEqual([0, 1]);
    expect(Array.from(new WindowWork(two, 'form').classOf)).toEqual([0, 0]);
    // A shift presents other digits: never the same rows.
    const shifted: OuProgram = {
      ...two,
      planes: 3,
      rowLists: [block, { ...block, shifts: new Uint8Array(8).fill(1) }],
    };
    expect(Array.from(new WindowWork(shifted, 'form').classOf)).toEqual([0, 1]);
  });

  it('a crossbar without column groups has a class without segments', () => {
    const empty: OuProgram = { ...program, crossbars: [{ levels: new Uint8Array(32), groups: [] }] };
    for (const detector of DETECTORS) {
      const work = new WindowWork(empty, detector);
      expect(work.patterns).toBe(0);
      expect(Array.from(work.classOf)).toEqual([0]);
      expect(Array.from(work.classes[0]!.patterns)).toEqual([]);
      expect(Array.from(work.classes[0]!.bitlines)).toEqual([]);
    }
  });
});

describe('what window work rejects', () => {
  const program = compileDense({
    rows: 3,
    outputs: 1,
    weights: Int32Array.of(1, 1, 1),
    weightBits: 2,
    inputBits: 2,
    bitsPerPlane: 1,
    encoding: 'differential',
    layout: 'adjacent',
    crossbar: { wordlines: 4, bitlines: 4, bitsPerCell: 1 },
    ou: { wordlines: 2, bitlines: 2 },
  });

  it.each(['group', 'form'] as const)('detector %s: windows that do not fit', (detector) => {
    const work = new WindowWork(program, detector);
    const operations = new Int32Array(work.planes * work.patterns);
    expect(() => work.scan(Int32Array.of(1, 4, 0), operations, null)).toThrow(
      'window: got 4 for input 1; allowed an integer 0 .. 3',
    );
    expect(() => work.scan(Int32Array.of(1, -1, 0), operations, null)).toThrow('got -1 for input 1');
    expect(() => work.scan(Int32Array.of(1, 1), operations, null)).toThrow('window: got 2 inputs; allowed 3');
  });

  it('the same for every window, with a detector', () => {
    const work = new WindowWork(program, 'form');
    expect(() => work.fillDense(new Int32Array(2))).toThrow('got a program with a detector; allowed only without');
    expect(() => work.denseTotals(1)).toThrow('got a program with a detector; allowed only without');
  });

  it('row lists of more than 65 535 rows, counted in 16 bits, with a detector', () => {
    const rows = 2 ** 16;
    const long: RowList = {
      wordlines: Int32Array.from({ length: rows }, (_, i) => i),
      inputs: new Int32Array(rows),
      shifts: new Uint8Array(rows),
      span: rows,
    };
    const rowLists = program.rowLists.map(() => long);
    for (const detector of ['group', 'form'] as const) {
      expect(() => new WindowWork({ ...program, rowLists }, detector)).toThrow(
        'row list 0 has 65536 rows; allowed at most 65535',
      );
    }
    expect(new WindowWork({ ...program, rowLists }, 'none').classes.length).toBeGreaterThan(0);
  });

  it('inputs of more than 30 bits', () => {
    expect(() => new WindowWork({ ...program, inputBits: 31, planes: 31 }, 'group')).toThrow('allowed at most 30');
  });
});
