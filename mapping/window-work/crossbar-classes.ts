import type { ColumnGroup, OuProgram } from '../ou-program.js';
import { SequenceNumbers } from '../sequence-numbers.js';

/** Crossbars that perform equally many operations of equal widths in every plane of every window. */
export interface CrossbarClass {
  /**
   * By segment in reading order, the number of its pattern. A segment is a maximal run of consecutive column groups with
   * equally many bitlines.
   */
  readonly patterns: Int32Array;
  /** By segment, the bitlines of each of its operations. */
  readonly bitlines: Int32Array;
}

export interface CrossbarClasses {
  /** By crossbar of the program: the number of its class. */
  readonly classOf: Int32Array;
  readonly classes: readonly CrossbarClass[];
}

/** Writes the key of a segment, whose equality makes segments one pattern, over its row lists; returns the key's length. */
export type SegmentKey = (rowLists: Int32Array, length: number) => number;

/** Finds the classes; the patterns are the numbers that `patterns` gives to the keys of the segments. */
export function crossbarClasses(
  { crossbars }: OuProgram,
  writeKey: SegmentKey,
  patterns: SequenceNumbers,
): CrossbarClasses {
  const most = crossbars.reduce((length, { groups }) => Math.max(length, groups.length), 0);
  const rowLists = new Int32Array(most);
  const segments = new Int32Array(2 * most);
  const classes = new SequenceNumbers();
  const classOf = Int32Array.from(crossbars, ({ groups }) => {
    let count = 0;
    for (let first = 0; first < groups.length; count++) {
      const end = segmentEnd(groups, first);
      for (let group = first; group < end; group++) rowLists[group - first] = groups[group]!.rowList;
      segments[2 * count] = patterns.numberOf(rowLists, writeKey(rowLists, end - first));
      segments[2 * count + 1] = groups[first]!.bitlines.length;
      first = end;
    }
    return classes.numberOf(segments, 2 * count);
  });
  return {
    classOf,
    classes: Array.from({ length: classes.count }, (_, number) => {
      const pairs = classes.sequence(number);
      return {
        patterns: pairs.filter((_value, i) => i % 2 === 0),
        bitlines: pairs.filter((_value, i) => i % 2 === 1),
      };
    }),
  };
}

function segmentEnd(groups: readonly ColumnGroup[], first: number): number {
  const width = groups[first]!.bitlines.length;
  let end = first + 1;
  while (end < groups.length && groups[end]!.bitlines.length === width) end++;
  return end;
}
