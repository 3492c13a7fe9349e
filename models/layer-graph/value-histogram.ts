/** Bins of each sign. A percentile is off by at most 1 / 16384 of the largest magnitude. */
const BINS = 32_768;

/**
 * Counts of real values in bins of one width, for percentiles of more values than fit the memory. The width doubles when a
 * value does not fit; the values counted before keep their bins, two of which become one.
 */
export class ValueHistogram {
  /** BINS of negative values, nearest to 0 last, then BINS of the others. */
  private readonly counts = new Float64Array(2 * BINS);
  private width = 0;
  private total = 0;
  private least = Infinity;
  private largest = -Infinity;

  /** @throws RangeError if a value is not finite */
  add(values: ArrayLike<number>): void {
    let magnitude = 0;
    for (let i = 0; i < values.length; i++) {
      const value = values[i]!;
      if (!Number.isFinite(value)) throw new RangeError(`histogram: value ${value}; allowed: finite values`);
      magnitude = Math.max(magnitude, Math.abs(value));
      this.least = Math.min(this.least, value);
      this.largest = Math.max(this.largest, value);
    }
    this.widenTo(magnitude);
    for (let i = 0; i < values.length; i++) this.counts[this.binOf(values[i]!)]! += 1;
    this.total += values.length;
  }

  /**
   * The value that at least a share p of all values does not exceed (nearest rank), rounded up to the edge of its bin but
   * not above the largest value.
   *
   * @param p above 0, up to 1
   * @throws RangeError if nothing was added
   */
  upperPercentile(p: number): number {
    if (this.total === 0) throw new RangeError('histogram: a percentile of no values');
    const rank = Math.ceil(p * this.total);
    let passed = 0;
    let bin = -1;
    while (passed < rank) passed += this.counts[++bin]!;
    return Math.min(this.largest, (bin + 1 - BINS) * this.width);
  }

  /** The same from below: the value that at least a share p of all values is not below, rounded down. */
  lowerPercentile(p: number): number {
    if (this.total === 0) throw new RangeError('histogram: a percentile of no values');
    const rank = Math.ceil(p * this.total);
    let passed = 0;
    let bin = 2 * BINS;
    while (passed < rank) passed += this.counts[--bin]!;
    return Math.max(this.least, (bin - BINS) * this.width);
  }

  private binOf(value: number): number {
    if (this.width === 0) return BINS;
    return BINS + Math.max(-BINS, Math.min(BINS - 1, Math.floor(value / this.width)));
  }

  private widenTo(magnitude: number): void {
    if (magnitude === 0) return;
    if (this.width === 0) {
      // Only zeros were counted; they stay in the first bin of the values that are not negative.
      this.width = magnitude / BINS;
      return;
    }
    let doublings = 0;
    for (; magnitude > this.width * BINS; doublings++) this.width *= 2;
    // After so many all values stand in the two bins beside 0, and stay there.
    for (let i = 0; i < Math.min(doublings, Math.log2(BINS) + 1); i++) this.mergeBins();
  }

  private mergeBins(): void {
    const { counts } = this;
    const half = BINS / 2;
    const merged = new Float64Array(2 * BINS);
    for (let bin = 0; bin < BINS; bin++) merged[half + bin] = counts[2 * bin]! + counts[2 * bin + 1]!;
    counts.set(merged);
  }
}
