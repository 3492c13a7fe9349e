/** What one window makes of each distinct row list: of one column group that walks the list, summed over the planes. */
export interface ListWork {
  /** OU operations performed. */
  readonly operations: Int32Array;
  /** Rows inside those operations. */
  readonly rows: Int32Array;
  /** Rows driven with a non-zero digit. */
  readonly driven: Int32Array;
  /** Operations of a single plane, if a row were driven in it wherever it presents anything in any plane. */
  readonly nonZeroBatches: Int32Array;
}

/** Counts the operations that a detector leaves in a window. */
export interface BatchCounter {
  /** By presented row, the planes in which the window to count drives it; for `PresentedRows.load` to fill. */
  readonly driven: Int32Array;
  /** What the window counted last makes of each distinct row list, where `withLists` was set. */
  readonly lists: ListWork;
  /**
   * Writes the operations of the window in `driven`, shape [planes][patterns].
   *
   * @param drivenPlanes planes in which any row is driven, bit p for plane p
   * @param withLists whether to fill `lists` as well
   */
  count(drivenPlanes: number, operations: Int32Array, withLists: boolean): void;
}
