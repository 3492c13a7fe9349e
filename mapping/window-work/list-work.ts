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
