import type { SavedWaits, WaitStatistics } from '../results/result.js';

/** Waits below this have a counter each in an array; rarer, longer ones stand in a map. */
const ARRAY_LIMIT = 1 << 16;

/** 0 of 0 cycles, else the bits of the number. Not by Math.log2, which rounds; nor by shifts, which end at 32 bits. */
function binOf(cycles: number): number {
  let bin = 0;
  for (let end = 1; cycles >= end; end *= 2) bin++;
  return bin;
}

/** Exact histogram of whole-cycle waits: one counter per value, so that percentiles are exact. */
export class WaitHistogram {
  private counts = new Float64Array(64);
  private readonly longWaits = new Map<number, number>();
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

  /** Counts `times` waits of `cycles`. */
  add(cycles: number, times = 1): void {
    if (times === 0) return;
    if (cycles < this.counts.length) this.counts[cycles]! += times;
    else this.addBeyond(cycles, times);
    this.total += times;
    this.sumOfWaits += cycles * times;
    if (cycles > this.largest) this.largest = cycles;
  }

  /** Adds all waits of another histogram, `times` over. */
  merge(other: WaitHistogram, times = 1): void {
    const end = Math.min(other.largest + 1, other.counts.length);
    for (let cycles = 0; cycles < end; cycles++) this.add(cycles, other.counts[cycles]! * times);
    for (const [cycles, count] of other.longWaits) this.add(cycles, count * times);
  }

  /** The smallest wait that at least the share `p` (0 < p <= 1) of all waits do not exceed (nearest rank); 0 if empty. */
  percentile(p: number): number {
    const rank = Math.ceil(p * this.total);
    let seen = 0;
    const end = Math.min(this.largest + 1, this.counts.length);
    for (let cycles = 0; cycles < end; cycles++) {
      seen += this.counts[cycles]!;
      if (seen >= rank) return cycles;
    }
    for (const [cycles, count] of [...this.longWaits].sort(([a], [b]) => a - b)) {
      seen += count;
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

  /** The statistics and the histogram, as results hold them. */
  saved(): SavedWaits {
    return { ...this.statistics(), histogram: this.powersOfTwo() };
  }

  /** Waits in bins: of 0 cycles, then of 2^(b-1) to 2^b - 1 cycles for b = 1, 2, ... up to the bin of the longest. */
  powersOfTwo(): number[] {
    if (this.total === 0) return [];
    const bins = new Array<number>(binOf(this.largest) + 1).fill(0);
    const end = Math.min(this.largest + 1, this.counts.length);
    for (let cycles = 0; cycles < end; cycles++) bins[binOf(cycles)]! += this.counts[cycles]!;
    for (const [cycles, count] of this.longWaits) bins[binOf(cycles)]! += count;
    return bins;
  }

  private addBeyond(cycles: number, times: number): void {
    if (cycles >= ARRAY_LIMIT) {
      this.longWaits.set(cycles, (this.longWaits.get(cycles) ?? 0) + times);
      return;
    }
    let length = this.counts.length * 2;
    while (length <= cycles) length *= 2;
    const counts = new Float64Array(length);
    counts.set(this.counts);
    this.counts = counts;
    this.counts[cycles]! += times;
  }
}
