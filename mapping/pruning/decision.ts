/** How much of a layer is pruned, and what decides which weights matter least. */
export interface SparsityDecision {
  /** Share that is pruned, 0 .. 1. */
  readonly sparsity: number;
  /** Mean square of each input, to few digits; null where weights are pruned by magnitude alone. */
  readonly inputPower: readonly number[] | null;
}

/** Digits of a stored mean square: it orders weights by what they add to the output, for which few digits do. */
const POWER_DIGITS = 4;

/** Mean squares as a decision stores them. */
export function storedInputPower(inputPower: Float64Array): number[] {
  return Array.from(inputPower, (power) => Number(power.toPrecision(POWER_DIGITS)));
}
