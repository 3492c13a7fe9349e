/** How the kept rows of a column group are written down. */
export type Indexing = 'delta' | 'absolute';

export interface RowIndexFormat {
  readonly indexing: Indexing;
  /** Bits of a distance, >= 1; not used with `absolute`. */
  readonly deltaBits: number;
  /** Rows of a row block, from which the rows of a column group are kept. */
  readonly wordlines: number;
}

/** Bits that tell `values` values apart; 0 for a single one. */
export function bitsFor(values: number): number {
  // Counted up rather than taken from Math.log2, whose rounding could be off by one bit near a power of two.
  let bits = 0;
  while (2 ** bits < values) bits++;
  return bits;
}

/** Bits of an entry of the index. */
export function entryBits({ indexing, deltaBits, wordlines }: RowIndexFormat): number {
  return indexing === 'delta' ? deltaBits : bitsFor(wordlines);
}

/** Bits of the number of kept rows, 0 .. wordlines, that stands before the entries of a column group. */
export function countBits({ wordlines }: RowIndexFormat): number {
  return bitsFor(wordlines + 1);
}

/**
 * The entries that stand for kept rows, ascending rows of a row block.
 *
 * `absolute`: the rows. `delta`: for each kept row, how many rows were left out since the kept row before it (or the first
 * row of the block). With L = 2^deltaBits - 1, a distance that does not fit is continued: entry L says that L rows were
 * left out and that none follows yet. It takes no wordline and no operation, only its bits. (EIE pads with zero
 * weights instead, which here would cost a wordline and a read.)
 */
export function encodeRowIndex(rows: ArrayLike<number>, { indexing, deltaBits }: RowIndexFormat): number[] {
  if (indexing === 'absolute') return Array.from(rows);
  const leftOutMost = 2 ** deltaBits - 1;
  const entries: number[] = [];
  let next = 0;
  for (let i = 0; i < rows.length; i++) {
    let leftOut = rows[i]! - next;
    for (; leftOut >= leftOutMost; leftOut -= leftOutMost) entries.push(leftOutMost);
    entries.push(leftOut);
    next = rows[i]! + 1;
  }
  return entries;
}

/** Bits that the index of a column group takes: the number of kept rows, and the entries. */
export function rowIndexBits(rows: ArrayLike<number>, format: RowIndexFormat): number {
  return countBits(format) + countEntries(rows, format) * entryBits(format);
}

/** Number of the entries of `encodeRowIndex`. */
function countEntries(rows: ArrayLike<number>, { indexing, deltaBits }: RowIndexFormat): number {
  if (indexing === 'absolute') return rows.length;
  const leftOutMost = 2 ** deltaBits - 1;
  let entries = rows.length;
  let next = 0;
  for (let i = 0; i < rows.length; i++) {
    entries += Math.floor((rows[i]! - next) / leftOutMost);
    next = rows[i]! + 1;
  }
  return entries;
}
