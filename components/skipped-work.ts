/**
 * What granularity `fast` did not simulate one by one, summed over ADC pools: periods that were repeated in closed form, and
 * pools and PEs that take the course of another one.
 */
export interface SkippedWork {
  /** OU operations in repeated periods, and cycles of pools that they take. */
  repeatedOperations: number;
  repeatedCycles: number;
  /** OU operations of crossbars, pools and PEs that were not simulated, because another one does the same. */
  sharedOperations: number;
}

export function noSkippedWork(): SkippedWork {
  return { repeatedOperations: 0, repeatedCycles: 0, sharedOperations: 0 };
}

export function addSkipped(to: SkippedWork, more: SkippedWork): void {
  to.repeatedOperations += more.repeatedOperations;
  to.repeatedCycles += more.repeatedCycles;
  to.sharedOperations += more.sharedOperations;
}
