import type { Detector } from '../activity.js';
import type { OuProgram, RowList } from '../ou-program.js';
import { SequenceNumbers } from './sequence-numbers.js';

/** Bits of a row's shift beside its input; presented inputs have at most 30 bits. */
const SHIFT_BITS = 5;

/** The logical input of a row. */
export function inputOfRow(row: number): number {
  return row >>> SHIFT_BITS;
}

/** The left shift of a row's input, in bits. */
export function shiftOfRow(row: number): number {
  return row & ((1 << SHIFT_BITS) - 1);
}

/** The row lists of a program, of which those that every window gives the same work are one. */
export interface DistinctRowLists {
  /** By row list of the program: the number of its distinct list. */
  readonly listOf: Int32Array;
  readonly count: number;
  /** Rows of each distinct list. */
  readonly lengths: Int32Array;
  /**
   * Rows of a distinct list, see `inputOfRow` and `shiftOfRow`: in program order for detector `group`, ascending for
   * detector `form`, which forms its batches from however many are driven.
   */
  rows(list: number): Int32Array;
}

/**
 * Row lists of equal rows, whatever wordlines these stand on. Detector `form` counts rows only, so that their order does not
 * matter either.
 *
 * @throws RangeError for a program of 2^26 inputs or more
 */
export function distinctRowLists({ rowLists, inputs }: OuProgram, detector: Detector): DistinctRowLists {
  const mostInputs = 2 ** (31 - SHIFT_BITS);
  if (inputs > mostInputs) {
    throw new RangeError(`OU program: got ${inputs} inputs; allowed at most ${mostInputs} where windows are scanned`);
  }
  const numbers = new SequenceNumbers();
  const rows = new Int32Array(rowLists.reduce((most, list) => Math.max(most, list.inputs.length), 0));
  const listOf = Int32Array.from(rowLists, (list) => {
    const ascending = writeRows(list, rows);
    const length = list.inputs.length;
    if (detector === 'form' && !ascending) rows.subarray(0, length).sort();
    return numbers.numberOf(rows, length);
  });
  return {
    listOf,
    count: numbers.count,
    lengths: Int32Array.from({ length: numbers.count }, (_, list) => numbers.sequence(list).length),
    rows: (list) => numbers.sequence(list),
  };
}

/** Writes the rows of a list and tells whether they ascend. */
function writeRows({ inputs, shifts }: RowList, into: Int32Array): boolean {
  let ascending = true;
  for (let i = 0; i < inputs.length; i++) {
    const row = (inputs[i]! << SHIFT_BITS) | shifts[i]!;
    if (i > 0 && row < into[i - 1]!) ascending = false;
    into[i] = row;
  }
  return ascending;
}
