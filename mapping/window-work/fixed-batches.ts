import { BatchCounter, type CounterSizes, type EncodedLists, MOST_COUNT } from './batch-counter.js';
import type { DistinctRowLists } from './distinct-row-lists.js';
import type { ListWork } from './list-work.js';
import { INTEGER_BYTES } from './web-assembly.js';

/** Detector group: a list is cut into batches of `ouWordlines` rows, and a plane skips those of which it drives no row. */
export class FixedBatches extends BatchCounter {
  readonly lists: ListWork;
  /** Bytes that the rows of a full batch take in the kernel's lists. */
  private readonly batchBytes: number;

  constructor(sizes: CounterSizes, rowLists: DistinctRowLists) {
    super(sizes, itemsOf(rowLists), 0);
    const { at } = this;
    // No list is longer: a larger batch holds it all as well.
    this.batchBytes = Math.min(sizes.ouWordlines, MOST_COUNT) * INTEGER_BYTES;
    this.lists = {
      operations: this.ofLists(at.performed),
      rows: this.ofLists(at.rowsInside),
      driven: this.ofLists(at.drivenRows),
      nonZeroBatches: this.ofLists(at.nonZeroBatches),
    };
  }

  protected countPass(firstPlane: number, withLists: boolean): void {
    const { at, kernel, batchBytes } = this;
    const presented = at.driven + firstPlane / 8;
    const plain = [at.itemEnds, at.itemEndsEnd, at.items, presented, at.operations, batchBytes];
    // The first pass says all of the lists, whatever its planes.
    if (!withLists || firstPlane > 0) kernel['countFixed']!(...plain);
    else kernel['countFixedLists']!(...plain, at.performed, at.rowsInside, at.drivenRows, at.nonZeroBatches);
  }
}

/** Rows of lists as the kernel's items: the byte offsets of the presented rows. */
function itemsOf(rowLists: DistinctRowLists): EncodedLists {
  const values = new Int32Array(rowLists.lengths.reduce((sum, length) => sum + length, 0));
  const ends = new Int32Array(rowLists.count);
  let end = 0;
  for (let list = 0; list < rowLists.count; list++) {
    for (const row of rowLists.rows(list)) values[end++] = row * INTEGER_BYTES;
    ends[list] = end;
  }
  return { values, ends };
}
