/** Where an item stands. */
export interface PackedItem {
  readonly bin: number;
  readonly first: number;
}

/**
 * Stacks items of these sizes into bins of size `capacity`: the largest first, each into the fullest bin that still takes
 * it (best fit decreasing). Bins are numbered from 0 without a gap.
 *
 * @param sizes whole numbers 1 .. capacity
 */
export function packDecreasing(sizes: readonly number[], capacity: number): PackedItem[] {
  const largestFirst = Array.from(sizes.keys()).sort((a, b) => sizes[b]! - sizes[a]! || a - b);
  const places = new Array<PackedItem>(sizes.length);
  /** Bins with so much left. */
  const binsByRest = Array.from({ length: capacity + 1 }, (): number[] => []);
  let bins = 0;
  for (const item of largestFirst) {
    const size = sizes[item]!;
    let rest = size;
    while (rest < capacity && binsByRest[rest]!.length === 0) rest++;
    const bin = rest < capacity ? binsByRest[rest]!.pop()! : bins++;
    places[item] = { bin, first: capacity - rest };
    binsByRest[rest - size]!.push(bin);
  }
  return places;
}
