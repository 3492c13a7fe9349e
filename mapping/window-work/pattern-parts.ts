import type { SequenceNumbers } from '../sequence-numbers.js';
import type { DistinctRowLists } from './distinct-row-lists.js';

/** Patterns as sums of distinct row lists, cut into parts whose sums fit; a pattern without lists has no part. */
export interface PatternParts {
  /** By part: its pattern. */
  readonly patternOf: Int32Array;
  /** By part: the end of its lists in `lists`. */
  readonly ends: Int32Array;
  /** The lists of all parts one after the other, each as often as it counts. */
  readonly lists: Int32Array;
}

/**
 * @param patterns by pattern, its lists, each as often as it counts
 * @param most the largest sum of a part in a plane; at least the batches of the longest list
 */
export function patternParts(
  patterns: SequenceNumbers,
  { lengths }: DistinctRowLists,
  ouWordlines: number,
  most: number,
): PatternParts {
  const patternOf: number[] = [];
  const ends: number[] = [];
  const lists: number[] = [];
  for (let pattern = 0; pattern < patterns.count; pattern++) {
    let sum = 0;
    for (const list of patterns.sequence(pattern)) {
      const batches = Math.ceil(lengths[list]! / ouWordlines);
      if (sum === 0 || sum + batches > most) {
        patternOf.push(pattern);
        ends.push(lists.length);
        sum = 0;
      }
      sum += batches;
      lists.push(list);
      ends[ends.length - 1] = lists.length;
    }
  }
  return { patternOf: Int32Array.from(patternOf), ends: Int32Array.from(ends), lists: Int32Array.from(lists) };
}
