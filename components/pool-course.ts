import { BookedServers } from '../sim/resources/booked-servers.js';
import type { ServiceCourses } from '../sim/resources/service-courses.js';
import { type CourseMachine, CrossbarRuns, type CrossbarSegments } from './crossbar-runs.js';
import { CrossbarStates } from './crossbar-states.js';
import { type FetchTimes, LoadWaits } from './load-waits.js';
import type { PeCourse } from './pe-course.js';
import type { PeWindows } from './pe-windows.js';
import { PeriodFinder } from './period-finder.js';
import type { PoolTrace } from './pool-trace.js';
import { ReadQueue } from './read-queue.js';

const NONE = -1;

/**
 * The crossbars of one ADC pool, simulated on their own: between the loads of windows they share nothing with the rest of the
 * machine. Reads are taken in the order in which they end, as the kernel would, but in one tight loop without events; and
 * where the pool comes back to a state it has been in, the whole period is repeated in closed form.
 *
 * Only a load can change what is to come: it gives work to a crossbar that has none left, whose next read then ends
 * `readCycles` after the load at the earliest. Up to that horizon all is settled. What lies beyond it is foreseen on a copy,
 * as it will be if no window is loaded before.
 *
 * Crossbars without column groups take no part here. Rules 1 to 5 of docs/timing-model.md; docs/performance.md.
 */
export class PoolCourse implements PeCourse {
  readonly servers: BookedServers;
  readonly states: CrossbarStates;
  /** Null where windows are there from the start, and in a copy that only foresees. */
  readonly loadWaits: LoadWaits | null;
  private readonly crossbars: number;
  private readonly runs: CrossbarRuns;
  private readonly reads: ReadQueue;
  private readonly periods: PeriodFinder;

  // Per slot of the input register: crossbars that have not ended the window, the latest end, the latest leaving of a code.
  private readonly working: Int32Array;
  private readonly endAt: Float64Array;
  private readonly leaveAt: Float64Array;
  private loaded = 0;
  private readonly starved: Uint8Array;
  private starving: number;
  /** The earliest that a crossbar without work could take a window. */
  private starvedAt = 0;
  /** No window has been loaded since but those that are known. */
  private known = 0;
  /** In a copy: the slot whose window is to be ended; NONE: as many as can be. */
  private awaited = NONE;
  /** Reads that end before it are settled. */
  private limit = 0;
  /** Foresees for this pool; null where it foresees itself, or there is nothing to foresee. */
  private readonly foresight: PoolCourse | null;

  constructor(
    private readonly machine: CourseMachine,
    private readonly windows: PeWindows,
    segments: readonly CrossbarSegments[],
    courses: ServiceCourses,
    withLoadWaits: boolean,
    private readonly trace: PoolTrace | null,
    foresees = false,
  ) {
    const { slots } = windows;
    this.crossbars = segments.length;
    this.servers = new BookedServers(courses);
    this.servers.watcher = trace;
    this.states = new CrossbarStates(this.crossbars, machine.banks, machine.decodeCycles);
    this.loadWaits = withLoadWaits ? new LoadWaits(this.crossbars, slots) : null;
    this.runs = new CrossbarRuns(this.states, machine, windows, segments, this.loadWaits);
    this.reads = new ReadQueue(this.states.askAt);
    this.periods = new PeriodFinder(this.states);
    this.working = new Int32Array(slots);
    this.endAt = new Float64Array(slots);
    this.leaveAt = new Float64Array(slots);
    this.starved = new Uint8Array(this.crossbars).fill(1);
    this.starving = this.crossbars;
    // One crossbar alone: there is nobody whose reads a later load could change.
    this.foresight =
      foresees || this.crossbars < 2 ? null : new PoolCourse(machine, windows, segments, courses, false, null, true);
  }

  get skippedOperations(): number {
    return this.periods.skippedOperations;
  }

  get skippedCycles(): number {
    return this.periods.skippedCycles;
  }

  serversOf(): BookedServers {
    return this.servers;
  }

  /** Settles what no load at `now` or later can change. */
  settle(now: number): void {
    this.known = now;
    this.updateLimit();
    this.perform();
  }

  finish(): void {
    this.limit = Number.POSITIVE_INFINITY;
    this.perform();
    this.trace?.end();
  }

  /** The next window is loaded, at the time of the latest `settle`. */
  load(times: FetchTimes | null): void {
    const { states } = this;
    const slot = this.loaded++ % this.windows.slots;
    this.working[slot] = this.crossbars;
    this.endAt[slot] = 0;
    this.leaveAt[slot] = 0;
    if (times !== null) this.loadWaits!.fetched(slot, times);
    this.starvedAt = Number.POSITIVE_INFINITY;
    for (let i = 0; i < this.crossbars; i++) {
      if (this.starved[i] === 0) continue;
      if (this.runs.enterWindow(i)) {
        this.starved[i] = 0;
        this.starving--;
        this.reads.add(i);
        continue;
      }
      // It ends a window without operations at 0: releases come in order, so that the end of the one before holds.
      states.frontier[i]!++;
      this.working[slot]!--;
      this.starvedAt = Math.min(this.starvedAt, states.lastReadEnd[i]!);
    }
    this.periods.forget();
    this.updateLimit();
    this.perform();
    if (this.reads.count > 0) this.foresight!.foresee(this);
  }

  /** If no load comes before. */
  endOf(window: number): number {
    const slot = window % this.windows.slots;
    return this.whereEnded(slot).endAt[slot]!;
  }

  leaveOf(window: number): number {
    const slot = window % this.windows.slots;
    return this.whereEnded(slot).leaveAt[slot]!;
  }

  /** What has ended the window of a slot: this pool, or the copy, which goes no further than that. */
  private whereEnded(slot: number): PoolCourse {
    if (this.working[slot] === 0) return this;
    const foresight = this.foresight!;
    foresight.awaited = slot;
    if (foresight.working[slot]! > 0) foresight.perform();
    return foresight;
  }

  private foresee(from: PoolCourse): void {
    this.servers.continueFrom(from.servers);
    this.states.continueFrom(from.states);
    this.reads.copy(from.reads);
    this.periods.forget();
    this.working.set(from.working);
    this.endAt.set(from.endAt);
    this.leaveAt.set(from.leaveAt);
    this.starved.set(from.starved);
    this.starving = from.starving;
    this.loaded = from.loaded;
    this.limit = Number.POSITIVE_INFINITY;
  }

  /**
   * The next load follows the release of window `loaded - slots`, which this pool has to end first; and it cannot have any
   * influence before the first crossbar without work has ended a read of it.
   */
  private updateLimit(): void {
    const { slots, count } = this.windows;
    this.limit = Number.POSITIVE_INFINITY;
    if (this.foresight === null || this.starving === 0 || this.loaded === count) return;
    let earliest = Math.max(this.known, this.starvedAt);
    if (this.loaded >= slots) {
      const slot = this.loaded % slots;
      if (this.working[slot]! > 0) return;
      earliest = Math.max(earliest, this.endAt[slot]!);
    }
    this.limit = earliest + this.machine.readCycles;
  }

  /** Ends reads, in the order of their ends and crossbars, up to the limit. */
  private perform(): void {
    const { reads, servers, periods, trace, runs } = this;
    const { askAt } = this.states;
    while (reads.count > 0) {
      const i = reads.first;
      const now = askAt[i]!;
      if (now >= this.limit) return;
      reads.removeFirst();
      if (!runs.endRead(i, servers, trace, i)) {
        periods.forget();
        if (this.endRun(i, now)) reads.add(i);
        if (this.awaited !== NONE && this.working[this.awaited] === 0) return;
        continue;
      }
      runs.planNext(i, now);
      reads.add(i);
      if (periods.follows(i, servers.course)) periods.skip(0, this.crossbars, now, this.limit, servers, trace);
    }
  }

  /** Crossbar `i` has ended the last read of a run at `now`. Returns whether it has another one planned. */
  private endRun(i: number, now: number): boolean {
    const { runs } = this;
    if (runs.beginRun(i)) return true;
    const { frontier, askAt } = this.states;
    const { slots } = this.windows;
    let slot = frontier[i]! % slots;
    if (now > this.endAt[slot]!) this.endAt[slot] = now;
    const leaves = this.servers.lastLeave;
    if (leaves > this.leaveAt[slot]!) this.leaveAt[slot] = leaves;
    for (;;) {
      this.working[slot]!--;
      const window = ++frontier[i]!;
      if (window === this.loaded) break;
      if (runs.enterWindow(i)) {
        if (this.starving > 0) this.updateLimit();
        return true;
      }
      slot = window % slots;
    }
    askAt[i] = Number.POSITIVE_INFINITY;
    this.starved[i] = 1;
    this.starving++;
    if (now < this.starvedAt) this.starvedAt = now;
    this.updateLimit();
    return false;
  }
}
