import { BatchCounter, type CounterSizes, type EncodedLists } from './batch-counter.js';
import type { DistinctRowLists } from './distinct-row-lists.js';
import { WORD_BYTES, WORD_ROWS } from './formed-kernel.js';
import type { ListWork } from './list-work.js';

/** Detector form: the rows of a list that a plane drives are counted, and cut into batches of `ouWordlines`. */
export class FormedBatches extends BatchCounter {
  readonly lists: ListWork;
  private readonly ouWordlines: number;
  /** Byte addresses of a bit per presented row, and of the vectors. */
  private readonly nonZeroWords: number;
  private readonly vectors: number;

  constructor(sizes: CounterSizes, rowLists: DistinctRowLists) {
    super(sizes, termsOf(rowLists), WORD_BYTES + WORD_ROWS / 8);
    const { at } = this;
    this.ouWordlines = sizes.ouWordlines;
    this.vectors = at.scratch;
    this.nonZeroWords = at.scratch + Math.ceil(sizes.presentedRows / WORD_ROWS) * WORD_BYTES;
    const driven = this.ofLists(at.drivenRows);
    this.lists = {
      operations: this.ofLists(at.performed),
      rows: driven,
      driven,
      nonZeroBatches: this.ofLists(at.nonZeroBatches),
    };
  }

  protected countPass(firstPlane: number, withLists: boolean): void {
    const { at, kernel, vectors, nonZeroWords } = this;
    const byte = firstPlane / 8;
    kernel['pack']!(at.driven + byte, at.drivenEnd + byte, vectors);
    if (!withLists) {
      kernel['countFormed']!(at.itemEnds, at.itemEndsEnd, at.items, vectors, at.operations);
      return;
    }
    if (firstPlane === 0) kernel['packNonZero']!(at.driven, at.drivenEnd, nonZeroWords);
    const ofLists = [at.performed, at.drivenRows, at.nonZeroBatches, nonZeroWords, this.ouWordlines];
    kernel['countFormedLists']!(at.itemEnds, at.itemEndsEnd, at.items, vectors, at.operations, ...ofLists);
  }
}

/** Rows of lists as the terms of the kernel: the byte offset of a word's vectors, and a mask of the word's rows. */
function termsOf(rowLists: DistinctRowLists): EncodedLists {
  const values: number[] = [];
  const ends = new Int32Array(rowLists.count);
  for (let list = 0; list < rowLists.count; list++) {
    let word = -1;
    let mask = 0;
    for (const row of rowLists.rows(list)) {
      const bit = 1 << (row % WORD_ROWS);
      const rowWord = Math.floor(row / WORD_ROWS);
      // A row that the list has twice needs a term of its own for each time.
      if (rowWord !== word || (mask & bit) !== 0) {
        if (mask !== 0) values.push(word * WORD_BYTES, mask);
        word = rowWord;
        mask = 0;
      }
      mask |= bit;
    }
    if (mask !== 0) values.push(word * WORD_BYTES, mask);
    ends[list] = values.length;
  }
  return { values: Int32Array.from(values), ends };
}
