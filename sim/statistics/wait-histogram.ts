import type { WaitStatistics } from '../results/result.js';

/** Exact histogram of whole-cycle waits: one counter per value, so that percentiles are exact. */
export class WaitHistogram {
  private counts = new Float64Array(64);
  private total = 0;
  private sumOfWaits = 0;
  private largest = 0;

  /** Number of waits. */
  get count(): number {
    return this.total;
  }

  /** Sum of all waits, in cycles. */
  get sum(): number {
    return this.sumOfWaits;
  }

  /** Counts one wait of `cycles`. */
  add(cycles: number): void {
    if (cycles >= this.counts.length) this.grow(cycles);
    this.counts[cycles]!++;
    this.total++;
    this.sumOfWaits += cycles;
    if (cycles > this.largest) this.largest = cycles;
  }

  /** Counts `times` waits of `cycles`. */
  addMany(cycles: number, times: number): void {
    if (times === 0) return;
    if (cycles >= this.counts.length) this.grow(cycles);
    this.counts[cycles]! += times;
    this.total += times;
    this.sumOfWaits += cycles * times;
    if (cycles > this.largest) this.largest = cycles;
  }

  /** Adds all waits of another histogram, `times` over. */
  merge(other: WaitHistogram, times = 1): void {
    for (let cycles = 0; cycles <= other.largest; cycles++) this.addMany(cycles, other.counts[cycles]! * times);
  }

  /** The smallest wait that at least the share `p` (0 < p <= 1) of all waits do not exceed (nearest rank); 0 if empty. */
  percentile(p: number): number {
    const rank = Math.ceil(p * this.total);
    let seen = 0;
    for (let cycles = 0; cycles <= this.largest; cycles++) {
      seen += this.counts[cycles]!;
      if (seen >= rank) return cycles;
    }
    return this.largest;
  }

  statistics(): WaitStatistics {
    return {
      count: this.total,
      mean: this.total === 0 ? 0 : this.sumOfWaits / this.total,
      p50: this.percentile(0.5),
      p95: this.percentile(0.95),
      p99: this.percentile(0.99),
      max: this.largest,
    };
  }

  private grow(cycles: number): void {
    let length = this.counts.length * 2;
    while (length <= cycles) length *= 2;
    const counts = new Float64Array(length);
    counts.set(this.counts);
    this.counts = counts;
  }
}
