import type { BookedServers } from '../sim/resources/booked-servers.js';

/** Bookings that a period may have at most. */
const LONGEST = 4096;

/**
 * Finds that a pool has come back to a state it has been in, while no crossbar has begun another run: then it will go on as
 * before. States are compared each time that one crossbar, the leader, ends a read. One state is remembered at a time; a
 * younger one takes its place after 1, 2, 4, ... comparisons (Brent's cycle detection, BIT 20, 1980), so that looking for
 * periods where there are none costs little.
 */
export class PeriodFinder {
  skippedOperations = 0;
  skippedCycles = 0;
  /** Cycle of the state that is remembered. */
  since = 0;
  private leader = -1;
  private comparisons = 0;
  private comparisonsAllowed = 1;
  /** Courses of the bookings since. */
  private courses = new Int32Array(8);
  private booked = 0;

  // The state: times relative to `since`, and to the end of the crossbar's running read where what is before does not matter.
  private backlog = 0;
  private readonly ask: Float64Array;
  private readonly bankFree: Float64Array;
  private readonly decoded: Float64Array;
  // Counters at that time.
  private readonly left: Float64Array;
  private readonly stallAdc: Float64Array;
  private readonly stallIndex: Float64Array;

  constructor(
    private readonly crossbars: number,
    private readonly banks: number,
  ) {
    this.ask = new Float64Array(crossbars);
    this.bankFree = new Float64Array(crossbars * banks);
    this.decoded = new Float64Array(crossbars);
    this.left = new Float64Array(crossbars);
    this.stallAdc = new Float64Array(crossbars);
    this.stallIndex = new Float64Array(crossbars);
  }

  countSkipped(operations: number, cycles: number): void {
    this.skippedOperations += operations;
    this.skippedCycles += cycles;
  }

  /** A run ends or begins, or the group's course is not on the table: what was is no guide to what comes. */
  forget(): void {
    this.leader = -1;
  }

  /** Crossbar `i` has ended a read, booked as `course`. Returns whether the state is to be looked at. */
  follows(i: number, course: number): boolean {
    if (this.leader < 0) {
      this.leader = i;
      this.comparisons = 0;
      this.comparisonsAllowed = 0;
      this.backlog = -1;
      return true;
    }
    if (this.booked === this.courses.length) {
      if (this.booked === LONGEST) {
        this.forget();
        return false;
      }
      const grown = new Int32Array(2 * this.booked);
      grown.set(this.courses);
      this.courses = grown;
    }
    this.courses[this.booked++] = course;
    return i === this.leader;
  }

  /** Whether the pool is at `now` where it was at `since`. */
  recurs(
    backlog: number,
    ask: Float64Array,
    bankFree: Float64Array,
    bank: Int32Array,
    decoded: Float64Array,
    now: number,
  ): boolean {
    if (backlog !== this.backlog) return false;
    const { crossbars, banks } = this;
    for (let i = 0; i < crossbars; i++) {
      const end = ask[i]!;
      if (end === Number.POSITIVE_INFINITY) continue;
      if (end - now !== this.ask[i]) return false;
      if (Math.max(0, decoded[i]! - end) !== this.decoded[i]) return false;
      // The bank of the running operation is overwritten before anyone asks for it.
      for (let b = 1; b < banks; b++) {
        const free = bankFree[i * banks + ((bank[i]! + b) % banks)]!;
        if (Math.max(0, free - end) !== this.bankFree[i * banks + b]) return false;
      }
    }
    return true;
  }

  /** Counts a comparison that failed; says whether the state it was made with is to be remembered instead. */
  get toBeRemembered(): boolean {
    return ++this.comparisons > this.comparisonsAllowed;
  }

  remember(
    leader: number,
    backlog: number,
    ask: Float64Array,
    bankFree: Float64Array,
    bank: Int32Array,
    decoded: Float64Array,
    left: Float64Array,
    stallAdc: Float64Array,
    stallIndex: Float64Array,
    now: number,
  ): void {
    const { crossbars, banks } = this;
    this.leader = leader;
    this.comparisonsAllowed = Math.max(1, this.comparisonsAllowed * 2);
    this.comparisons = 0;
    this.since = now;
    this.backlog = backlog;
    this.booked = 0;
    for (let i = 0; i < crossbars; i++) {
      const end = ask[i]!;
      this.left[i] = left[i]!;
      this.stallAdc[i] = stallAdc[i]!;
      this.stallIndex[i] = stallIndex[i]!;
      this.ask[i] = end - now;
      this.decoded[i] = Math.max(0, decoded[i]! - end);
      for (let b = 1; b < banks; b++) {
        const free = bankFree[i * banks + ((bank[i]! + b) % banks)]!;
        this.bankFree[i * banks + b] = Math.max(0, free - end);
      }
    }
  }

  /** How often the period can be repeated: every run goes on, and all reads end before `limit`. */
  repetitions(left: Float64Array, now: number, period: number, limit: number): number {
    let times = limit === Number.POSITIVE_INFINITY ? limit : Math.max(0, Math.floor((limit - 1 - now) / period));
    for (let i = 0; i < this.crossbars; i++) {
      const perPeriod = this.left[i]! - left[i]!;
      if (perPeriod > 0) times = Math.min(times, Math.floor((left[i]! - 1) / perPeriod));
    }
    return times;
  }

  /** Repeats the period in all counters; times are moved on by the caller. */
  repeat(
    times: number,
    period: number,
    left: Float64Array,
    stallAdc: Float64Array,
    stallIndex: Float64Array,
    servers: BookedServers,
  ): void {
    for (let i = 0; i < this.crossbars; i++) {
      const perPeriod = this.left[i]! - left[i]!;
      left[i]! -= times * perPeriod;
      stallAdc[i]! += times * (stallAdc[i]! - this.stallAdc[i]!);
      stallIndex[i]! += times * (stallIndex[i]! - this.stallIndex[i]!);
      this.skippedOperations += times * perPeriod;
    }
    servers.repeat(this.courses, this.booked, times, period);
    this.skippedCycles += times * period;
  }
}
