const FIRST_SLOTS = 8;

/** Times, in cycles, that are put in at the end and taken out at the front. */
export class TimeQueue {
  length = 0;
  /** A ring of a power of two, the first time at `head`. */
  private times: Float64Array = new Float64Array(FIRST_SLOTS);
  private head = 0;

  push(time: number): void {
    const { length, times, head } = this;
    if (length === times.length) {
      const larger = new Float64Array(2 * length);
      larger.set(times.subarray(head));
      larger.set(times.subarray(0, head), length - head);
      this.times = larger;
      this.head = 0;
    }
    this.times[(this.head + length) & (this.times.length - 1)] = time;
    this.length++;
  }

  /** The first time; NaN without one. */
  get first(): number {
    return this.length === 0 ? Number.NaN : this.times[this.head]!;
  }

  /** Takes the first time out and returns it; NaN without one. */
  shift(): number {
    const { first } = this;
    if (this.length === 0) return first;
    this.head = (this.head + 1) & (this.times.length - 1);
    this.length--;
    return first;
  }
}
