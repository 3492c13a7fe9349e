import type { SequenceNumbers } from './sequence-numbers.js';

/** Patterns as sums of distinct row lists. */
export interface PatternLists {
  /** Patterns. */
  readonly count: number;
  /** By pattern: the end of its lists in `lists` and `times`. */
  readonly ends: Int32Array;
  /** The lists of all patterns one after the other; those of a pattern ascend, and none is empty. */
  readonly lists: Int32Array;
  /** How often each of them counts. */
  readonly times: Int32Array;
}

/** Patterns from numbered sequences of lists that ascend and name a list as often as it counts. */
export function patternLists(sequences: SequenceNumbers): PatternLists {
  const ends = new Int32Array(sequences.count);
  const lists: number[] = [];
  const times: number[] = [];
  for (let pattern = 0; pattern < sequences.count; pattern++) {
    const first = lists.length;
    for (const list of sequences.sequence(pattern)) {
      const last = lists.length - 1;
      if (last >= first && lists[last] === list) times[last]!++;
      else {
        lists.push(list);
        times.push(1);
      }
    }
    ends[pattern] = lists.length;
  }
  return { count: sequences.count, ends, lists: Int32Array.from(lists), times: Int32Array.from(times) };
}
