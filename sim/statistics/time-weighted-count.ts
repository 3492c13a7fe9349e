/** A count over time (a queue length) and its integral, so that Little's law can be checked against measured waits. */
export class TimeWeightedCount {
  value = 0;
  private area = 0;
  private since = 0;

  /** Adds `change` to the count at cycle `at`. */
  add(change: number, at: number): void {
    this.area += this.value * (at - this.since);
    this.since = at;
    this.value += change;
  }

  /** Integral of the count over time up to cycle `at`, in count x cycles. */
  integral(at: number): number {
    return this.area + this.value * (at - this.since);
  }
}
