/**
 * Activation pruning in windows, as ERA-BS does it in crossbars: the inputs of a window that stand in one group of
 * wordlines are set to 0 together where all of them are small, so that the group need not be driven at all.
 */
export interface WindowPruning {
  /** Rows of a crossbar, >= 1: a group never crosses a multiple of it. */
  readonly rowBlock: number;
  /** Rows of a group, >= 1; the last group of a row block, and of the window, may be shorter. */
  readonly groupRows: number;
  /** Groups whose largest input is below it become 0. A whole number >= 0, in steps of the layer's input. */
  readonly threshold: number;
}

/**
 * Sets the pruned groups of a window to 0, in place.
 *
 * @param window K unsigned inputs, in row order
 */
export function pruneWindow(
  { rowBlock, groupRows, threshold }: WindowPruning,
  window: Uint16Array | Int32Array | Float64Array,
): void {
  for (let block = 0; block < window.length; block += rowBlock) {
    const blockEnd = Math.min(block + rowBlock, window.length);
    for (let group = block; group < blockEnd; group += groupRows) {
      const groupEnd = Math.min(group + groupRows, blockEnd);
      let kept = false;
      for (let k = group; k < groupEnd && !kept; k++) kept = window[k]! >= threshold;
      if (!kept) window.fill(0, group, groupEnd);
    }
  }
}

/** What is wrong with the parameters: "rowBlock 0; allowed: a whole number >= 1". Empty: nothing. */
export function windowPruningProblems(pruning: WindowPruning): string[] {
  const least = { rowBlock: 1, groupRows: 1, threshold: 0 };
  return (Object.keys(least) as (keyof WindowPruning)[])
    .filter((key) => !Number.isSafeInteger(pruning[key]) || pruning[key] < least[key])
    .map((key) => `${key} ${pruning[key]}; allowed: a whole number >= ${least[key]}`);
}
