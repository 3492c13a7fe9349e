import type { BookedServers } from '../sim/resources/booked-servers.js';
import { ADC, CAUSES, type CrossbarStates, INDEX, INPUT } from './crossbar-states.js';
import type { LoadWaits } from './load-waits.js';
import type { PeWindows } from './pe-windows.js';
import type { PoolTrace } from './pool-trace.js';

/** What of the machine the crossbars of a course need; times in cycles. */
export interface CourseMachine {
  readonly readCycles: number;
  /** Sample-and-hold banks of a crossbar. */
  readonly banks: number;
  /** The index decoder's time for an operation; 0 where nothing is decoded. */
  readonly decodeCycles: number;
}

/** A crossbar's column groups, as far as time goes: runs of equally wide ones, in the order of reading. */
export interface CrossbarSegments {
  /** Which of the PE's patterns says how many operations each segment has in a plane. */
  readonly patterns: ArrayLike<number>;
  /** Bitlines of each operation of a segment. */
  readonly bitlines: ArrayLike<number>;
}

/**
 * The reads of crossbars, run by run: a run is operations of equal width that need not wait for planes, but for the first. It
 * goes on through column groups and planes. Rule 3 of docs/timing-model.md.
 */
export class CrossbarRuns {
  // Segments of crossbar i: firstSegment[i] .. firstSegment[i + 1] - 1.
  private readonly firstSegment: Int32Array;
  private readonly segmentPattern: Int32Array;
  private readonly segmentWidth: Int32Array;

  /** @param loadWaits null where windows are there from the start, or nobody asks why they were not */
  constructor(
    private readonly states: CrossbarStates,
    private readonly machine: CourseMachine,
    private readonly windows: PeWindows,
    segments: readonly CrossbarSegments[],
    private readonly loadWaits: LoadWaits | null,
  ) {
    this.firstSegment = new Int32Array(segments.length + 1);
    segments.forEach(({ patterns }, i) => {
      this.firstSegment[i + 1] = this.firstSegment[i]! + patterns.length;
    });
    this.segmentPattern = Int32Array.from(segments.flatMap(({ patterns }) => Array.from(patterns)));
    this.segmentWidth = Int32Array.from(segments.flatMap(({ bitlines }) => Array.from(bitlines)));
  }

  /** Crossbar `i` turns to the window at its frontier, which is loaded. Returns whether it has an operation there, planned. */
  enterWindow(i: number): boolean {
    this.states.plane[i] = 0;
    this.states.segment[i] = this.firstSegment[i]!;
    return this.beginRun(i);
  }

  /** Plans the first read of the next run of crossbar `i` in its window. Returns false where no operation is left. */
  beginRun(i: number): boolean {
    const { states, windows, segmentPattern, segmentWidth } = this;
    const { planes, slotStride, planeStride, operations, clock } = windows;
    const slot = states.frontier[i]! % windows.slots;
    const first = this.firstSegment[i]!;
    const end = this.firstSegment[i + 1]!;
    let plane = states.plane[i]!;
    let segment = states.segment[i]!;
    let entry = slot * slotStride + plane * planeStride;
    let count = 0;
    for (; plane < planes; plane++, entry += planeStride, segment = first) {
      for (; segment < end; segment++) {
        count = operations[entry + segmentPattern[segment]!]!;
        if (count > 0) break;
      }
      if (count > 0) break;
    }
    states.plane[i] = plane;
    states.segment[i] = segment;
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
    states.plane[i] = plane;
    states.segment[i] = segment;
    states.width[i] = width;
    states.left[i] = count;
    states.operations[i]! += count;
    return true;
  }

  /**
   * The read of crossbar `i` ends, and its samples ask the pool (rule 4). Returns whether its run goes on.
   *
   * @param traced the crossbar's place among those that the trace knows
   */
  endRead(i: number, servers: BookedServers, trace: PoolTrace | null, traced: number): boolean {
    const { askAt, width, left, bankFree, bank, lastReadEnd, cause, operations } = this.states;
    const { readCycles, banks } = this.machine;
    const now = askAt[i]!;
    if (trace !== null) {
      const number = operations[i]! - left[i]!;
      trace.read(traced, number, width[i]!, lastReadEnd[i]!, CAUSES[cause[i]!]!, now - readCycles, now);
    }
    const taken = bank[i]!;
    bankFree[i * banks + taken] = servers.book(now, width[i]!);
    bank[i] = taken + 1 === banks ? 0 : taken + 1;
    lastReadEnd[i] = now;
    return --left[i]! > 0;
  }

  /** Plans the next read of the run of crossbar `i`, whose read has ended at `now`: its plane is ready. */
  planNext(i: number, now: number): void {
    const { states } = this;
    const { readCycles, banks, decodeCycles } = this.machine;
    const free = states.bankFree[i * banks + states.bank[i]!]!;
    const decoded = decodeCycles > 0 ? states.decodedAt[i]! : 0;
    let start = now;
    if (decoded > start && decoded > free) {
      states.stallIndex[i]! += decoded - start;
      start = decoded;
      states.cause[i] = INDEX;
    } else if (free > start) {
      states.stallAdc[i]! += free - start;
      start = free;
      states.cause[i] = ADC;
    }
    if (decodeCycles > 0) states.decodedAt[i] = start + decodeCycles;
    states.askAt[i] = start + readCycles;
  }

  /** Plans the first read of a run, and books the stall before it. Returns its start. */
  private planFirst(i: number, slot: number, plane: number): number {
    const { states, windows } = this;
    const { readCycles, banks, decodeCycles } = this.machine;
    const idleSince = states.lastReadEnd[i]!;
    const free = states.bankFree[i * banks + states.bank[i]!]!;
    const planeReady = windows.clock.readyAt(slot, plane);
    const decoded = decodeCycles > 0 ? states.decodedAt[i]! : 0;
    let start = idleSince;
    if (decoded > start && decoded > free && decoded > planeReady) {
      states.stallIndex[i]! += decoded - start;
      start = decoded;
      states.cause[i] = INDEX;
    } else if (free >= planeReady) {
      if (free > start) {
        states.stallAdc[i]! += free - start;
        start = free;
        states.cause[i] = ADC;
      }
    } else if (planeReady > start) {
      const loadedAt = windows.loadedAt[slot]!;
      states.stallInput[i]! += planeReady - start;
      states.scanWait[i]! += planeReady - Math.max(start, loadedAt);
      this.loadWaits?.book(i, start, loadedAt, slot);
      start = planeReady;
      states.cause[i] = INPUT;
    }
    if (decodeCycles > 0) states.decodedAt[i] = start + decodeCycles;
    states.askAt[i] = start + readCycles;
    return start;
  }
}
