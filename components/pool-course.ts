import { BookedServers, OFF_THE_TABLE } from '../sim/resources/booked-servers.js';
import type { ServiceCourses } from '../sim/resources/service-courses.js';
import { type FetchTimes, LoadWaits } from './load-waits.js';
import type { PeWindows } from './pe-windows.js';
import { PeriodFinder } from './period-finder.js';
import type { PoolTrace } from './pool-trace.js';
import { ReadQueue } from './read-queue.js';

const ADC = 0;
const INPUT = 1;
const INDEX = 2;
const CAUSES = ['stall.adc', 'stall.input', 'stall.index'] as const;

/** What of the machine the crossbars of a pool need; times in cycles. */
export interface PoolMachine {
  readonly readCycles: number;
  /** Sample-and-hold banks of a crossbar. */
  readonly banks: number;
  /** The index decoder's time for an operation; 0 where nothing is decoded. */
  readonly decodeCycles: number;
  readonly courses: ServiceCourses;
}

/** A crossbar's column groups, as far as time goes: runs of equally wide ones, in the order of reading. */
export interface CrossbarSegments {
  /** Which of the PE's patterns says how many operations each segment has in a plane. */
  readonly patterns: ArrayLike<number>;
  /** Bitlines of each operation of a segment. */
  readonly bitlines: ArrayLike<number>;
}

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
export class PoolCourse {
  readonly servers: BookedServers;
  readonly crossbars: number;
  // Per crossbar.
  readonly operations: Float64Array;
  readonly stallAdc: Float64Array;
  readonly stallInput: Float64Array;
  readonly stallIndex: Float64Array;
  readonly scanWait: Float64Array;
  readonly lastReadEnd: Float64Array;
  /** Null where windows are there from the start, and in a copy that only foresees. */
  readonly loadWaits: LoadWaits | null;

  /** End of the running read; Infinity without one. */
  private readonly askAt: Float64Array;
  /** Bitlines that it senses, and operations of its run that are left, itself included. */
  private readonly width: Int32Array;
  private readonly left: Float64Array;
  /** Window that the crossbar has not ended, and where its next run begins in it. */
  private readonly frontier: Int32Array;
  private readonly plane: Int32Array;
  private readonly segment: Int32Array;
  /** When the bank of operation j was released: entry crossbar * banks + j mod banks; and the bank that comes next. */
  private readonly bankFree: Float64Array;
  private readonly bank: Int32Array;
  private readonly decodedAt: Float64Array;
  /** Why the running read did not start when the one before ended, if it did not. */
  private readonly cause: Uint8Array;
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
  /** Reads that end before it are settled. */
  private limit = 0;

  // Segments of crossbar i: firstSegment[i] .. firstSegment[i + 1] - 1.
  private readonly firstSegment: Int32Array;
  private readonly segmentPattern: Int32Array;
  private readonly segmentWidth: Int32Array;
  /** Foresees for this pool; itself has none. */
  private readonly foresight: PoolCourse | null;

  constructor(
    private readonly machine: PoolMachine,
    private readonly windows: PeWindows,
    segments: readonly CrossbarSegments[],
    withLoadWaits: boolean,
    private readonly trace: PoolTrace | null,
    private readonly foresees = false,
  ) {
    const crossbars = segments.length;
    const { slots } = windows;
    this.crossbars = crossbars;
    this.servers = new BookedServers(machine.courses);
    this.operations = new Float64Array(crossbars);
    this.stallAdc = new Float64Array(crossbars);
    this.stallInput = new Float64Array(crossbars);
    this.stallIndex = new Float64Array(crossbars);
    this.scanWait = new Float64Array(crossbars);
    this.lastReadEnd = new Float64Array(crossbars);
    this.loadWaits = withLoadWaits ? new LoadWaits(crossbars, slots) : null;
    this.askAt = new Float64Array(crossbars).fill(Number.POSITIVE_INFINITY);
    this.width = new Int32Array(crossbars);
    this.left = new Float64Array(crossbars);
    this.frontier = new Int32Array(crossbars);
    this.plane = new Int32Array(crossbars);
    this.segment = new Int32Array(crossbars);
    this.bankFree = new Float64Array(crossbars * machine.banks);
    this.bank = new Int32Array(crossbars);
    this.decodedAt = new Float64Array(crossbars).fill(machine.decodeCycles);
    this.cause = new Uint8Array(crossbars);
    this.servers.watcher = trace;
    this.reads = new ReadQueue(this.askAt);
    this.periods = new PeriodFinder(crossbars, machine.banks);
    this.working = new Int32Array(slots);
    this.endAt = new Float64Array(slots);
    this.leaveAt = new Float64Array(slots);
    this.starved = new Uint8Array(crossbars).fill(1);
    this.starving = crossbars;
    this.firstSegment = new Int32Array(crossbars + 1);
    segments.forEach(({ patterns }, i) => {
      this.firstSegment[i + 1] = this.firstSegment[i]! + patterns.length;
    });
    this.segmentPattern = Int32Array.from(segments.flatMap(({ patterns }) => Array.from(patterns)));
    this.segmentWidth = Int32Array.from(segments.flatMap(({ bitlines }) => Array.from(bitlines)));
    // One crossbar alone: there is nobody whose reads a later load could change.
    this.foresight = foresees || crossbars < 2 ? null : new PoolCourse(machine, windows, segments, false, null, true);
  }

  /** Operations that were not simulated one by one, and cycles of the pool in which that was so. */
  get skippedOperations(): number {
    return this.periods.skippedOperations;
  }

  get skippedCycles(): number {
    return this.periods.skippedCycles;
  }

  /** Settles what no load at `now` or later can change. */
  settle(now: number): void {
    this.known = now;
    this.updateLimit();
    this.perform();
  }

  /** Settles everything: no window is loaded any more. */
  finish(): void {
    this.limit = Number.POSITIVE_INFINITY;
    this.perform();
    this.trace?.end();
  }

  /** The next window is loaded, at the time of the latest `settle`; `times` of its fetch, null in scope `pe`. */
  load(times: FetchTimes | null): void {
    const window = this.loaded++;
    const slot = window % this.windows.slots;
    this.working[slot] = this.crossbars;
    this.endAt[slot] = 0;
    this.leaveAt[slot] = 0;
    if (times !== null) this.loadWaits!.fetched(slot, times);
    this.starvedAt = Number.POSITIVE_INFINITY;
    for (let i = 0; i < this.crossbars; i++) {
      if (this.starved[i] === 0) continue;
      this.plane[i] = 0;
      this.segment[i] = this.firstSegment[i]!;
      if (this.beginRun(i)) {
        this.starved[i] = 0;
        this.starving--;
        this.startRun(i);
        continue;
      }
      this.frontier[i]!++;
      this.working[slot]!--;
      this.starvedAt = Math.min(this.starvedAt, this.lastReadEnd[i]!);
    }
    this.periods.forget();
    this.updateLimit();
    this.perform();
    if (this.foresight !== null && this.reads.count > 0) this.foresight.foresee(this);
  }

  /** When the last crossbar ends its last read of a window that is loaded and not overwritten, if no load comes before. */
  endOf(window: number): number {
    const slot = window % this.windows.slots;
    return this.working[slot] === 0 ? this.endAt[slot]! : this.foresight!.endAt[slot]!;
  }

  /** When the last code of the window leaves the shift-and-add, likewise; 0 without codes. */
  leaveOf(window: number): number {
    const slot = window % this.windows.slots;
    return this.working[slot] === 0 ? this.leaveAt[slot]! : this.foresight!.leaveAt[slot]!;
  }

  private foresee(from: PoolCourse): void {
    this.servers.continueFrom(from.servers);
    this.lastReadEnd.set(from.lastReadEnd);
    this.askAt.set(from.askAt);
    this.width.set(from.width);
    this.left.set(from.left);
    this.frontier.set(from.frontier);
    this.plane.set(from.plane);
    this.segment.set(from.segment);
    this.bankFree.set(from.bankFree);
    this.bank.set(from.bank);
    this.decodedAt.set(from.decodedAt);
    this.reads.copy(from.reads);
    this.periods.forget();
    this.working.set(from.working);
    this.endAt.set(from.endAt);
    this.leaveAt.set(from.leaveAt);
    this.starved.set(from.starved);
    this.starving = from.starving;
    this.loaded = from.loaded;
    this.limit = Number.POSITIVE_INFINITY;
    this.perform();
  }

  /**
   * The next load follows the release of window `loaded - slots`, which this pool has to end first; and it cannot have any
   * influence before the first crossbar without work has ended a read of it.
   */
  private updateLimit(): void {
    const { slots, count } = this.windows;
    this.limit = Number.POSITIVE_INFINITY;
    if (this.foresees || this.starving === 0 || this.crossbars === 1 || this.loaded === count) return;
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
    const { askAt, width, left, bankFree, bank, lastReadEnd, stallAdc, stallIndex, decodedAt, cause } = this;
    const { reads, servers, periods, trace } = this;
    const { readCycles, banks, decodeCycles } = this.machine;
    while (reads.count > 0) {
      const i = reads.first;
      const now = askAt[i]!;
      if (now >= this.limit) return;
      reads.removeFirst();
      if (trace !== null) {
        const number = this.operations[i]! - left[i]!;
        trace.read(i, number, width[i]!, lastReadEnd[i]!, CAUSES[cause[i]!]!, now - readCycles, now);
      }
      const firstBank = i * banks;
      let next = bank[i]!;
      bankFree[firstBank + next] = servers.book(now, width[i]!);
      next = next + 1 === banks ? 0 : next + 1;
      bank[i] = next;
      lastReadEnd[i] = now;
      left[i]!--;
      if (left[i] === 0) {
        periods.forget();
        if (this.endRun(i, now)) this.startRun(i);
        continue;
      }
      // The next read of the run, whose plane is ready: rule 3 without it.
      let start = now;
      const free = bankFree[firstBank + next]!;
      if (decodeCycles > 0) {
        const decoded = decodedAt[i]!;
        if (decoded > start && decoded > free) {
          stallIndex[i]! += decoded - start;
          start = decoded;
          cause[i] = INDEX;
        } else if (free > start) {
          stallAdc[i]! += free - start;
          start = free;
          cause[i] = ADC;
        }
        decodedAt[i] = start + decodeCycles;
      } else if (free > start) {
        stallAdc[i]! += free - start;
        start = free;
        cause[i] = ADC;
      }
      askAt[i] = start + readCycles;
      reads.add(i);
      if (servers.course === OFF_THE_TABLE) periods.forget();
      else if (periods.follows(i, servers.course)) this.lookForPeriod(i, now);
    }
  }

  /** Crossbar `i`, whose turn it is to be looked at, has ended a read at `now`. */
  private lookForPeriod(i: number, now: number): void {
    const { periods, servers, askAt, bankFree, bank, decodedAt, left, stallAdc, stallIndex } = this;
    const backlog = servers.backlogNumber;
    if (periods.recurs(backlog, askAt, bankFree, bank, decodedAt, now)) {
      const period = now - periods.since;
      const times = periods.repetitions(left, now, period, Math.min(this.limit, this.untoldUntil(now, period)));
      if (times > 0) {
        periods.repeat(times, period, left, stallAdc, stallIndex, servers);
        for (let j = 0; j < this.crossbars; j++) {
          if (this.starved[j] === 1) continue;
          const later = times * period;
          askAt[j]! += later;
          decodedAt[j]! += later;
          this.lastReadEnd[j]! += later;
          for (let b = j * this.machine.banks; b < (j + 1) * this.machine.banks; b++) bankFree[b]! += later;
        }
        this.trace?.shift(times * period);
      }
      periods.forget();
    } else if (periods.toBeRemembered) {
      periods.remember(i, backlog, askAt, bankFree, bank, decodedAt, left, stallAdc, stallIndex, now);
    }
  }

  /** Periods that end before this cycle need not be told to the trace: all of their codes are accepted outside its window. */
  private untoldUntil(now: number, period: number): number {
    const { trace } = this;
    // Each crossbar has ended a read within the last period.
    if (trace === null || now - period >= trace.to) return Number.POSITIVE_INFINITY;
    return trace.from - (this.servers.acceptedUntil - now);
  }

  /** The first read of a run is planned. */
  private startRun(i: number): void {
    while (this.crossbars === 1 && this.trace === null && this.performAlone()) {
      if (!this.endRun(0, this.lastReadEnd[0]!)) return;
    }
    this.reads.add(i);
  }

  /**
   * The whole run in closed form, where the crossbar is alone and nothing makes it wait: each read finds the pool at rest,
   * a bank that is free and its operation decoded. Returns false where that is not so.
   */
  private performAlone(): boolean {
    const { servers, bank, left } = this;
    const { readCycles, banks, decodeCycles } = this.machine;
    const first = this.askAt[0]!;
    if (banks === 1 || decodeCycles > readCycles || first < servers.acceptedUntil) return false;
    const count = left[0]!;
    const lastEnd = servers.bookAlone(first, this.width[0]!, count, readCycles);
    if (lastEnd < 0) return false;
    const last = first + (count - 1) * readCycles;
    const taken = (bank[0]! + count - 1) % banks;
    this.bankFree[taken] = lastEnd;
    bank[0] = taken + 1 === banks ? 0 : taken + 1;
    // As if the next read had been planned: this is what it finds.
    if (decodeCycles > 0) this.decodedAt[0] = last - readCycles + decodeCycles;
    this.lastReadEnd[0] = last;
    left[0] = 0;
    this.periods.countSkipped(count - 1, (count - 1) * readCycles);
    return true;
  }

  /** Crossbar `i` has ended the last read of a run at `now`. Returns whether it has another one planned. */
  private endRun(i: number, now: number): boolean {
    if (this.beginRun(i)) return true;
    const { slots } = this.windows;
    let slot = this.frontier[i]! % slots;
    if (now > this.endAt[slot]!) this.endAt[slot] = now;
    const leaves = this.servers.lastLeave;
    if (leaves > this.leaveAt[slot]!) this.leaveAt[slot] = leaves;
    for (;;) {
      this.working[slot]!--;
      const window = ++this.frontier[i]!;
      if (window === this.loaded) break;
      this.plane[i] = 0;
      this.segment[i] = this.firstSegment[i]!;
      if (this.beginRun(i)) {
        if (this.starving > 0) this.updateLimit();
        return true;
      }
      slot = window % slots;
    }
    this.askAt[i] = Number.POSITIVE_INFINITY;
    this.starved[i] = 1;
    this.starving++;
    if (now < this.starvedAt) this.starvedAt = now;
    this.updateLimit();
    return false;
  }

  /**
   * Plans the first read of the next run of crossbar `i` in its window: operations of equal width that need not wait for
   * planes, but for the first. Returns false where no operation is left.
   */
  private beginRun(i: number): boolean {
    const { windows, segmentPattern, segmentWidth } = this;
    const { planes, slotStride, planeStride, operations, clock } = windows;
    const slot = this.frontier[i]! % windows.slots;
    const first = this.firstSegment[i]!;
    const end = this.firstSegment[i + 1]!;
    let plane = this.plane[i]!;
    let segment = this.segment[i]!;
    let entry = slot * slotStride + plane * planeStride;
    let count = 0;
    for (; plane < planes; plane++, entry += planeStride, segment = first) {
      for (; segment < end; segment++) {
        count = operations[entry + segmentPattern[segment]!]!;
        if (count > 0) break;
      }
      if (count > 0) break;
    }
    this.plane[i] = plane;
    this.segment[i] = segment;
    if (count === 0) return false;

    const width = segmentWidth[segment]!;
    const firstPlane = plane;
    const start = this.planFirst(i, slot, plane);
    segment++;
    for (;;) {
      if (segment === end) {
        segment = first;
        plane++;
        entry += planeStride;
        if (plane === planes) break;
      }
      const more = operations[entry + segmentPattern[segment]!]!;
      if (more > 0) {
        if (segmentWidth[segment] !== width) break;
        // The reads before take at least this long, so that the plane is ready when they have ended.
        if (plane > firstPlane && clock.readyAt(slot, plane) > start + count * this.machine.readCycles) break;
        count += more;
      }
      segment++;
    }
    this.plane[i] = plane;
    this.segment[i] = segment;
    this.width[i] = width;
    this.left[i] = count;
    this.operations[i]! += count;
    return true;
  }

  /** Plans the first read of a run, and books the stall before it (rule 3). Returns its start. */
  private planFirst(i: number, slot: number, plane: number): number {
    const { readCycles, banks, decodeCycles } = this.machine;
    const idleSince = this.lastReadEnd[i]!;
    const bankFree = this.bankFree[i * banks + this.bank[i]!]!;
    const planeReady = this.windows.clock.readyAt(slot, plane);
    const decoded = decodeCycles > 0 ? this.decodedAt[i]! : 0;
    let start = idleSince;
    if (decoded > start && decoded > bankFree && decoded > planeReady) {
      this.stallIndex[i]! += decoded - start;
      start = decoded;
      this.cause[i] = INDEX;
    } else if (bankFree >= planeReady) {
      if (bankFree > start) {
        this.stallAdc[i]! += bankFree - start;
        start = bankFree;
        this.cause[i] = ADC;
      }
    } else if (planeReady > start) {
      const loadedAt = this.windows.loadedAt[slot]!;
      this.stallInput[i]! += planeReady - start;
      this.scanWait[i]! += planeReady - Math.max(start, loadedAt);
      this.loadWaits?.book(i, start, loadedAt, slot);
      start = planeReady;
      this.cause[i] = INPUT;
    }
    if (decodeCycles > 0) this.decodedAt[i] = start + decodeCycles;
    this.askAt[i] = start + readCycles;
    return start;
  }
}
