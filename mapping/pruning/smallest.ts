/**
 * Marks the `count` smallest scores with 1; of equal scores those that come first. Linear time on average (quickselect).
 *
 * @throws RangeError where count is no whole number 0 .. scores.length
 */
export function markSmallest(scores: Float64Array, count: number): Uint8Array {
  if (!Number.isInteger(count) || count < 0 || count > scores.length) {
    throw new RangeError(`count: got ${count}; allowed a whole number 0 .. ${scores.length}, the number of scores`);
  }
  const marks = new Uint8Array(scores.length);
  if (count === 0) return marks;
  const threshold = nthSmallest(scores.slice(), count - 1);
  let left = count;
  for (let i = 0; i < scores.length; i++) {
    if (scores[i]! >= threshold) continue;
    marks[i] = 1;
    left--;
  }
  for (let i = 0; left > 0; i++) {
    if (scores[i] !== threshold) continue;
    marks[i] = 1;
    left--;
  }
  return marks;
}

/** The value that would stand at index n if the values were sorted; reorders them. */
function nthSmallest(values: Float64Array, n: number): number {
  let low = 0;
  let high = values.length - 1;
  while (low < high) {
    const pivot = median(values[low]!, values[(low + high) >> 1]!, values[high]!);
    let left = low;
    let right = high;
    while (left <= right) {
      while (values[left]! < pivot) left++;
      while (values[right]! > pivot) right--;
      if (left > right) break;
      const value = values[left]!;
      values[left++] = values[right]!;
      values[right--] = value;
    }
    if (n <= right) high = right;
    else if (n >= left) low = left;
    else break;
  }
  return values[n]!;
}

function median(a: number, b: number, c: number): number {
  return Math.max(Math.min(a, b), Math.min(Math.max(a, b), c));
}
