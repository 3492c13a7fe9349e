import type { Detector } from '../activity.js';
import type { OuProgram } from '../ou-program.js';
import { SequenceNumbers } from '../sequence-numbers.js';
import type { PresentedRows } from './presented-rows.js';

/** The row lists of a program, of which those that every window gives the same work are one. */
export interface DistinctRowLists {
  readonly count: number;
  /** By row list of the program: the number of its distinct list. */
  readonly listOf: Int32Array;
  /** By distinct list: its rows. */
  readonly lengths: Int32Array;
  /**
   * The presented rows of a distinct list: in program order for detector `group`, ascending for detector `form`, which
   * forms its batches from however many are driven.
   */
  rows(list: number): Int32Array;
}

/**
 * Row lists that present the same rows, whatever wordlines these stand on, are one. Detector `form` only counts rows, so
 * that their order does not matter either.
 */
export function distinctRowLists(
  { rowLists }: OuProgram,
  presented: PresentedRows,
  detector: Detector,
): DistinctRowLists {
  const numbers = new SequenceNumbers();
  const rows = new Int32Array(rowLists.reduce((most, { inputs }) => Math.max(most, inputs.length), 0));
  const listOf = Int32Array.from(rowLists, ({ inputs, shifts }) => {
    let ascending = true;
    for (let i = 0; i < inputs.length; i++) {
      rows[i] = presented.numberOf(inputs[i]!, shifts[i]!);
      if (i > 0 && rows[i]! < rows[i - 1]!) ascending = false;
    }
    if (detector === 'form' && !ascending) rows.subarray(0, inputs.length).sort();
    return numbers.numberOf(rows, inputs.length);
  });
  return {
    count: numbers.count,
    listOf,
    lengths: Int32Array.from({ length: numbers.count }, (_, list) => numbers.sequence(list).length),
    rows: (list) => numbers.sequence(list),
  };
}
