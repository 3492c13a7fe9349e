/** Sparsities tried: 1 - 2^(-k / 16), so that neighbours differ by 4 % in what they keep; down to 0.4 % of the weights. */
export const SPARSITIES: readonly number[] = Array.from({ length: 128 }, (_, k) => 1 - 2 ** (-k / 16));

/**
 * The largest of `SPARSITIES` whose noise stays within `noise`, 0 where none does. By bisection, 7 evaluations: the search
 * for less noise never ends at a larger sparsity, even where a scheme's noise does not grow steadily with its sparsity.
 *
 * @param noiseAt relative output noise at a sparsity
 */
export function largestSparsityWithin(noise: number, noiseAt: (sparsity: number) => number): number {
  let low = 0;
  let high = SPARSITIES.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (noiseAt(SPARSITIES[middle]!) <= noise) low = middle;
    else high = middle - 1;
  }
  return SPARSITIES[low]!;
}
