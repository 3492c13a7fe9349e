import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  ActivityScanner,
  type Detector,
  denseOperationsPerWindow,
  uncompressedOperationsPerWindow,
} from '../../mapping/activity.js';
import { compileDense } from '../../mapping/dense.js';
import type { OuProgram } from '../../mapping/ou-program.js';
import { arbitraryShape, randomWindow, withRandomWeights } from './arbitrary-matrix.js';
import { arbitraryProgram } from './arbitrary-program.js';
import { naiveOperations } from './naive-operations.js';

const seed = 20261121;
const DETECTORS: readonly Detector[] = ['none', 'group', 'form'];

/** Operations of a column group that are left if only zero inputs are seen: row by row, for every plane. */
function nonZeroOperationsOf(
  program: OuProgram,
  window: ArrayLike<number>,
  rowList: number,
  detector: Detector,
): number {
  const inputs = Array.from(program.rowLists[rowList]!.inputs, (input) => window[input]!);
  let rows = detector === 'form' ? inputs.filter((input) => input !== 0) : inputs;
  let operations = 0;
  while (rows.length > 0) {
    const batch = rows.slice(0, program.ouWordlines);
    rows = rows.slice(program.ouWordlines);
    if (detector === 'none' || batch.some((input) => input !== 0)) operations += program.planes;
  }
  return operations;
}

/** Checks a scan against the operations listed one by one: every column group must find its own in the activity. */
function checkAgainstOperations(program: OuProgram, window: ArrayLike<number>): void {
  for (const detector of DETECTORS) {
    const operations = naiveOperations(program, window, detector);
    const everyRow = naiveOperations(program, window, 'none');
    for (const crossbars of [
      { first: 0, count: program.crossbars.length },
      { first: program.crossbars.length - 1, count: 1 },
    ]) {
      const scanner = new ActivityScanner(program, crossbars, detector);
      const activity = scanner.createActivity();
      for (const array of [activity.operations, activity.rows, activity.driven, activity.nonZeroOperations]) {
        array.fill(99);
      }
      scanner.scan(window, activity);
      expect(activity.operations).toHaveLength(program.planes * scanner.rowLists.length);
      expect(Array.from(activity.nonZeroOperations)).toEqual(
        Array.from(scanner.rowLists, (rowList) => nonZeroOperationsOf(program, window, rowList, detector)),
      );

      for (let crossbar = crossbars.first; crossbar < crossbars.first + crossbars.count; crossbar++) {
        program.crossbars[crossbar]!.groups.forEach(({ rowList }, group) => {
          for (let plane = 0; plane < program.planes; plane++) {
            const own = (operation: { crossbar: number; group: number; plane: number }) =>
              operation.crossbar === crossbar && operation.group === group && operation.plane === plane;
            const performed = operations.filter(own);
            const rows = performed.flatMap((operation) => operation.rows);
            const driven = everyRow.filter(own).flatMap((o) => o.rows.filter(({ digit }) => digit !== 0));
            const entry = plane * scanner.rowLists.length + scanner.rowLists.indexOf(rowList);
            expect({
              operations: activity.operations[entry],
              rows: activity.rows[entry],
              driven: activity.driven[entry],
            }).toEqual({ operations: performed.length, rows: rows.length, driven: driven.length });
          }
        });
      }
    }
    if (detector === 'none') {
      expect(denseOperationsPerWindow(program, { first: 0, count: program.crossbars.length })).toBe(operations.length);
    }
  }
}

describe('activity of a hand-made window', () => {
  // 7 rows in row blocks of 5 and 2, OUs of 2 rows, inputs of 2 planes.
  const program = compileDense({
    rows: 7,
    outputs: 3,
    weights: new Int32Array(21),
    weightBits: 2,
    inputBits: 2,
    bitsPerPlane: 1,
    encoding: 'offset',
    layout: 'adjacent',
    crossbar: { wordlines: 5, bitlines: 4, bitsPerCell: 1 },
    ou: { wordlines: 2, bitlines: 3 },
  });
  // Batches of block 0: {0 1} {2 3} {4}; of block 1: {5 6}.
  const window = Uint8Array.of(1, 3, 0, 0, 2, 0, 1);
  const all = { first: 0, count: program.crossbars.length };
  const scan = (detector: Detector) => {
    const scanner = new ActivityScanner(program, all, detector);
    const activity = scanner.createActivity();
    scanner.scan(window, activity);
    return {
      operations: Array.from(activity.operations),
      rows: Array.from(activity.rows),
      driven: Array.from(activity.driven),
      nonZeroOperations: Array.from(activity.nonZeroOperations),
    };
  };
  // Order of the entries: plane 0 of blocks 0 and 1, plane 1 of blocks 0 and 1.
  const driven = [2, 1, 2, 0];

  it('detector none performs everything', () => {
    expect(scan('none')).toEqual({
      operations: [3, 1, 3, 1],
      rows: [5, 2, 5, 2],
      driven,
      nonZeroOperations: [6, 2],
    });
  });

  it('detector group skips batches without a driven row', () => {
    // Of the zeros alone it sees that batch {2 3} of block 0 has no input: 2 batches and 1, in both planes.
    expect(scan('group')).toEqual({
      operations: [1, 1, 2, 0],
      rows: [2, 2, 3, 0],
      driven,
      nonZeroOperations: [4, 2],
    });
  });

  it('detector form packs the driven rows', () => {
    // Of the zeros alone it sees inputs 0 1 4 in block 0 and 6 in block 1: 2 batches and 1, in both planes.
    expect(scan('form')).toEqual({ operations: [1, 1, 1, 0], rows: driven, driven, nonZeroOperations: [4, 2] });
  });

  it('knows its row lists and the operations without a detector', () => {
    // 3 outputs of 2 slices on 4 bitlines: per row block crossbars of 4 and 2 bitlines, so of 2 and 1 column groups.
    expect(program.crossbars.map(({ groups }) => groups.length)).toEqual([2, 1, 2, 1]);
    expect(Array.from(new ActivityScanner(program, all, 'none').rowLists)).toEqual([0, 1]);
    expect(Array.from(new ActivityScanner(program, { first: 2, count: 2 }, 'none').rowLists)).toEqual([1]);
    expect(Array.from(new ActivityScanner(program, { first: 0, count: 0 }, 'none').rowLists)).toEqual([]);
    // (2 + 1) groups x 2 planes x 3 batches, and x 1 batch.
    expect(denseOperationsPerWindow(program, { first: 0, count: 2 })).toBe(18);
    expect(denseOperationsPerWindow(program, { first: 2, count: 2 })).toBe(6);
    expect(denseOperationsPerWindow(program, { first: 3, count: 0 })).toBe(0);
  });

  it('counts the operations without row compression by the spans', () => {
    // Nothing left out: as many as without a detector. Block 0 compressed from 5 rows to 3, then from 7 to 3.
    expect(uncompressedOperationsPerWindow(program, all)).toBe(2 * (2 + 1) * (3 + 1));
    const compressed = (span: number): OuProgram => {
      const [first, second] = program.rowLists;
      const { wordlines, inputs, shifts } = first!;
      const kept = { wordlines: wordlines.slice(2), inputs: inputs.slice(2), shifts: shifts.slice(2), span };
      return { ...program, rowLists: [kept, second!] };
    };
    expect(denseOperationsPerWindow(compressed(5), all)).toBe(2 * (2 + 1) * (2 + 1));
    expect(uncompressedOperationsPerWindow(compressed(5), all)).toBe(2 * (2 + 1) * (3 + 1));
    expect(uncompressedOperationsPerWindow(compressed(7), all)).toBe(2 * (2 + 1) * (4 + 1));
    expect(uncompressedOperationsPerWindow(compressed(7), { first: 2, count: 2 })).toBe(2 * (2 + 1) * 1);
    expect(() => uncompressedOperationsPerWindow(compressed(2), all)).toThrow(
      'row list 0 spans 2 rows; allowed at least its own 3',
    );
  });

  it('rejects crossbars that the program does not have and inputs that do not fit', () => {
    expect(() => new ActivityScanner(program, { first: 1, count: 4 }, 'none')).toThrow('got first 1, count 4');
    expect(() => denseOperationsPerWindow(program, { first: 0, count: 5 })).toThrow('got first 0, count 5');
    const scanner = new ActivityScanner(program, all, 'none');
    const activity = scanner.createActivity();
    expect(() => scanner.scan([0, 0, 0, 4, 0, 0, 0], activity)).toThrow('got 4 for input 3; allowed an integer 0 .. 3');
    expect(() => scanner.scan([0, 0], activity)).toThrow('got 2 inputs; allowed 7');
  });
});

describe('activity of any window', () => {
  it('is that of the operations listed one by one, on placed matrices', () => {
    fc.assert(
      fc.property(
        arbitraryShape({ rows: 30, outputs: 3, wordlines: 20, bitlines: 20 }),
        ({ shape, seed: contents }) => {
          const program = compileDense(withRandomWeights(shape, contents));
          checkAgainstOperations(program, randomWindow(shape.rows, shape.inputBits, contents));
        },
      ),
      { seed, numRuns: 60 },
    );
  });

  it('is that of the operations listed one by one, with shifts and any row lists', () => {
    fc.assert(
      fc.property(arbitraryProgram(), ({ program, seed: contents }) => {
        checkAgainstOperations(program, randomWindow(program.inputs, program.inputBits, contents));
      }),
      { seed, numRuns: 200 },
    );
  });

  it('never leaves more operations with a mechanism more: rows left out, zeros seen, planes seen', () => {
    fc.assert(
      fc.property(arbitraryProgram(), fc.constantFrom(...DETECTORS), ({ program, seed: contents }, detector) => {
        const window = randomWindow(program.inputs, program.inputBits, contents);
        const crossbars = { first: 0, count: program.crossbars.length };
        const scanner = new ActivityScanner(program, crossbars, detector);
        const activity = scanner.createActivity();
        scanner.scan(window, activity);
        let nonZero = 0;
        let performed = 0;
        for (const { rowList } of program.crossbars.flatMap(({ groups }) => groups)) {
          const list = scanner.rowLists.indexOf(rowList);
          nonZero += activity.nonZeroOperations[list]!;
          for (let plane = 0; plane < program.planes; plane++) {
            performed += activity.operations[plane * scanner.rowLists.length + list]!;
          }
        }
        const sequence = [
          uncompressedOperationsPerWindow(program, crossbars),
          denseOperationsPerWindow(program, crossbars),
          nonZero,
          performed,
        ];
        expect(sequence).toEqual([...sequence].sort((a, b) => b - a));
      }),
      { seed, numRuns: 300 },
    );
  });

  it('counts row lists of more than 255 rows, all driven in every plane', () => {
    const rows = 1000;
    const program = compileDense({
      rows,
      outputs: 1,
      weights: new Int32Array(rows),
      weightBits: 2,
      inputBits: 16,
      bitsPerPlane: 3,
      encoding: 'offset',
      layout: 'adjacent',
      crossbar: { wordlines: rows, bitlines: 2, bitsPerCell: 1 },
      ou: { wordlines: 300, bitlines: 2 },
    });
    const scanner = new ActivityScanner(program, { first: 0, count: 1 }, 'group');
    const activity = scanner.createActivity();
    scanner.scan(new Uint16Array(rows).fill(65535), activity);
    expect(Array.from(activity.driven)).toEqual(new Array(6).fill(1000));
    expect(Array.from(activity.operations)).toEqual(new Array(6).fill(4));
    expect(Array.from(activity.rows)).toEqual(new Array(6).fill(1000));
  });
});
