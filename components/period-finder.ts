import { type BookedServers, OFF_THE_TABLE } from '../sim/resources/booked-servers.js';
import type { CrossbarStates } from './crossbar-states.js';
import type { PoolTrace } from './pool-trace.js';

/** Bookings that a period may have at most. */
const LONGEST = 4096;
const NOBODY = -1;

/**
 * Finds that crossbars first .. end - 1, which share an ADC pool, have come back to a state that they have been in while none
 * of them has begun another run: then they will go on as before. States are compared each time that one crossbar, the leader,
 * ends a read. One state is remembered at a time; a younger one takes its place after 1, 2, 4, ... comparisons (Brent's cycle
 * detection, BIT 20, 1980), so that looking for periods where there are none costs little.
 */
export class PeriodFinder {
  skippedOperations = 0;
  skippedCycles = 0;
  /** Cycle of the state that is remembered. */
  since = 0;
  private leader = NOBODY;
  private comparisons = 0;
  private comparisonsAllowed = 0;
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

  constructor(private readonly states: CrossbarStates) {
    const { count, banks } = states;
    this.ask = new Float64Array(count);
    this.bankFree = new Float64Array(count * banks);
    this.decoded = new Float64Array(count);
    this.left = new Float64Array(count);
    this.stallAdc = new Float64Array(count);
    this.stallIndex = new Float64Array(count);
  }

  /** A run ends or begins, or the pool's course is not on the table: what was is no guide to what comes. */
  forget(): void {
    this.leader = NOBODY;
  }

  countSkipped(operations: number, cycles: number): void {
    this.skippedOperations += operations;
    this.skippedCycles += cycles;
  }

  /** Crossbar `i` has ended a read, booked as `course`. Returns whether the state is to be looked at. */
  follows(i: number, course: number): boolean {
    if (course === OFF_THE_TABLE) {
      this.forget();
      return false;
    }
    if (this.leader === NOBODY) {
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

  /**
   * The leader has ended a read at `now`, and its next one is planned: where the period since the state that is remembered
   * can be repeated, it is, as often as every run goes on, all reads end before `limit` and the trace need not be told.
   *
   * @returns by how many cycles everything is later now, 0 if nothing was repeated
   */
  skip(
    first: number,
    end: number,
    now: number,
    limit: number,
    servers: BookedServers,
    trace: PoolTrace | null,
  ): number {
    const backlog = servers.backlogNumber;
    if (!this.recurs(first, end, backlog, now)) {
      if (++this.comparisons > this.comparisonsAllowed) this.remember(first, end, backlog, now);
      return 0;
    }
    const period = now - this.since;
    const until = trace === null ? limit : Math.min(limit, trace.untoldUntil(servers, now, this.since));
    const times = this.repetitions(first, end, now, period, until);
    if (times > 0) {
      this.repeat(first, end, times, period, servers);
      trace?.shift(times * period);
    }
    this.forget();
    return times * period;
  }

  /** Whether the crossbars are at `now` where they were at `since`. */
  recurs(first: number, end: number, backlog: number, now: number): boolean {
    if (backlog !== this.backlog) return false;
    const { askAt, decodedAt, bankFree, bank, banks } = this.states;
    for (let i = first; i < end; i++) {
      const ask = askAt[i]!;
      if (ask === Number.POSITIVE_INFINITY) continue;
      if (ask - now !== this.ask[i]) return false;
      if (Math.max(0, decodedAt[i]! - ask) !== this.decoded[i]) return false;
      // The bank of the running operation is overwritten before anyone asks for it.
      for (let b = 1; b < banks; b++) {
        const free = bankFree[i * banks + ((bank[i]! + b) % banks)]!;
        if (Math.max(0, free - ask) !== this.bankFree[i * banks + b]) return false;
      }
    }
    return true;
  }

  /** Remembers this state instead of an older one. */
  remember(first: number, end: number, backlog: number, now: number): void {
    const { askAt, decodedAt, bankFree, bank, banks, left, stallAdc, stallIndex } = this.states;
    this.comparisonsAllowed = Math.max(1, this.comparisonsAllowed * 2);
    this.comparisons = 0;
    this.since = now;
    this.backlog = backlog;
    this.booked = 0;
    for (let i = first; i < end; i++) {
      const ask = askAt[i]!;
      this.left[i] = left[i]!;
      this.stallAdc[i] = stallAdc[i]!;
      this.stallIndex[i] = stallIndex[i]!;
      this.ask[i] = ask - now;
      this.decoded[i] = Math.max(0, decodedAt[i]! - ask);
      for (let b = 1; b < banks; b++) {
        const free = bankFree[i * banks + ((bank[i]! + b) % banks)]!;
        this.bankFree[i * banks + b] = Math.max(0, free - ask);
      }
    }
  }

  /** How often the period can be repeated. */
  repetitions(first: number, end: number, now: number, period: number, limit: number): number {
    let times = limit === Number.POSITIVE_INFINITY ? limit : Math.max(0, Math.floor((limit - 1 - now) / period));
    for (let i = first; i < end; i++) {
      const left = this.states.left[i]!;
      const perPeriod = this.left[i]! - left;
      if (perPeriod > 0) times = Math.min(times, Math.floor((left - 1) / perPeriod));
    }
    return times;
  }

  /** Repeats the period in all times and counters. */
  repeat(first: number, end: number, times: number, period: number, servers: BookedServers): void {
    const { states } = this;
    const { askAt, left, stallAdc, stallIndex } = states;
    for (let i = first; i < end; i++) {
      if (askAt[i] === Number.POSITIVE_INFINITY) continue;
      const perPeriod = this.left[i]! - left[i]!;
      left[i]! -= times * perPeriod;
      stallAdc[i]! += times * (stallAdc[i]! - this.stallAdc[i]!);
      stallIndex[i]! += times * (stallIndex[i]! - this.stallIndex[i]!);
      states.shift(i, times * period);
      this.skippedOperations += times * perPeriod;
    }
    servers.repeat(this.courses, this.booked, times, period);
    this.skippedCycles += times * period;
  }
}
