import type { CrossbarRange } from '../mapping/crossbar-range.js';
import type { Actor, Kernel } from '../sim/kernel.js';
import { ServiceCourses } from '../sim/resources/service-courses.js';
import type { TraceSink } from '../sim/trace/trace.js';
import { poolCount, poolShape } from './adc-pool.js';
import type { WindowObserver } from './input-register.js';
import { type FetchTimes, LoadWaits } from './load-waits.js';
import type { MachineConfig } from './machine.js';
import { type CrossbarTimes, collectPe, decodeCycles, type PeAssembly, planeCycles } from './pe.js';
import { ACCEPT } from './pe-phases.js';
import type { PeStatistics } from './pe-statistics.js';
import type { PeTracks } from './pe-tracks.js';
import type { PeWindows } from './pe-windows.js';
import { type CrossbarSegments, PoolCourse } from './pool-course.js';
import { PoolTrace, type TracedPool } from './pool-trace.js';
import type { SkippedWork } from './skipped-work.js';
import { BookedPlaneClock } from './sparsity-detector.js';
import type { StageWork } from './stage-work.js';

const EMPTY = -1;

/** A trace, and the tracks in it of all PEs that take the course of the one that is simulated. */
export interface PeTrace {
  readonly sink: TraceSink;
  readonly tracks: readonly PeTracks[];
}

/**
 * A PE of granularity `fast`: its pools run on their own from load to load (`PoolCourse`), pools that do the same are
 * simulated once, and the kernel sees one event per window, its release from the input register. The same course in time as
 * that of `InputRegister` with `BookedCrossbars`; rules 1 to 6 of docs/timing-model.md.
 */
export class CoursePe implements PeAssembly, Actor {
  private loaded = 0;
  private released = 0;
  /** Windows that are there to be loaded, and the times of their fetches. */
  private available: number;
  private readonly fetched: FetchTimes[] = [];
  private hold = 0;
  private heldSince = 0;
  private readonly clock: BookedPlaneClock;
  private readonly windows: PeWindows;
  /** Number in the stage of each of the PE's patterns; null where the stage's operations are read as they are. */
  private readonly patterns: Int32Array | null;
  /** Pools that differ; of each pool of the PE, which of them it is. */
  private readonly courses: readonly PoolCourse[];
  private readonly courseOf: Int32Array;
  /** Place of each crossbar among those with operations of its pool; EMPTY. */
  private readonly placeOf: Int32Array;
  private readonly check: number;

  constructor(
    private readonly kernel: Kernel,
    private readonly machine: MachineConfig,
    private readonly stage: StageWork,
    private readonly range: CrossbarRange,
    readonly path: string,
    private readonly observer: WindowObserver | null,
    private readonly skipped: SkippedWork | null,
    trace: PeTrace | null,
  ) {
    const { work } = stage;
    const slots = Math.max(1, Math.min(machine.inputRegister.windows, stage.windows));
    this.available = observer === null ? stage.windows : 0;
    this.clock = new BookedPlaneClock(kernel, slots, work.planes, planeCycles(machine));

    // Crossbars alone on their pools are done with a window, as far as they know, as soon as it is loaded.
    const copied = machine.adc.sharedBy > 1;
    const localPatterns = new Map<number, number>();
    const localNumber = (pattern: number): number => {
      if (!copied) return pattern;
      let local = localPatterns.get(pattern);
      if (local === undefined) {
        local = localPatterns.size;
        localPatterns.set(pattern, local);
      }
      return local;
    };
    const { sharedBy } = machine.adc;
    const pools = poolCount(machine);
    const classOf = (i: number): number => (i < range.count ? work.classOf[range.first + i]! : EMPTY);
    const operates = (i: number): boolean => classOf(i) !== EMPTY && work.classes[classOf(i)]!.patterns.length > 0;
    const end = (pool: number): number => Math.min((pool + 1) * sharedBy, machine.pe.crossbars);
    for (let i = 0; i < range.count; i++) {
      for (const pattern of work.classes[classOf(i)]!.patterns) localNumber(pattern);
    }
    this.patterns = copied ? Int32Array.from(localPatterns.keys()) : null;
    const planeStride = copied ? localPatterns.size : work.patterns;
    const slotStride = copied ? work.planes * planeStride : 0;
    this.windows = {
      count: stage.windows,
      slots,
      planes: work.planes,
      operations: new Int32Array(slots * slotStride),
      slotStride,
      planeStride,
      clock: this.clock,
      loadedAt: new Float64Array(slots),
    };

    const shape = poolShape(machine);
    const poolMachine = {
      readCycles: machine.crossbar.readCycles,
      banks: machine.sampleHold.banks,
      decodeCycles: decodeCycles(machine, stage.decoded),
      courses: new ServiceCourses(shape),
    };
    this.placeOf = new Int32Array(machine.pe.crossbars).fill(EMPTY);
    this.courseOf = new Int32Array(pools);
    const known = new Map<string, number>();
    const segmentsOf: CrossbarSegments[][] = [];
    const tracedPools: TracedPool[][] = [];
    for (let pool = 0; pool < pools; pool++) {
      const segments: CrossbarSegments[] = [];
      const members: number[] = [];
      let key = '';
      for (let i = pool * sharedBy; i < end(pool); i++) {
        if (!operates(i)) continue;
        const { patterns, bitlines } = work.classes[classOf(i)]!;
        this.placeOf[i] = segments.length;
        members.push(i);
        segments.push({ patterns: Int32Array.from(patterns, localNumber), bitlines });
        key += `${classOf(i)} `;
      }
      let course = known.get(key);
      if (course === undefined) {
        course = segmentsOf.length;
        known.set(key, course);
        segmentsOf.push(segments);
        tracedPools.push([]);
      }
      this.courseOf[pool] = course;
      for (const { pools: tracks, crossbars } of trace?.tracks ?? []) {
        tracedPools[course]!.push({ ...tracks[pool]!, crossbars: members.map((i) => crossbars[i]!) });
      }
    }
    this.courses = segmentsOf.map((segments, course) => {
      const poolTrace = trace === null ? null : PoolTrace.of(trace.sink, tracedPools[course]!, shape);
      return new PoolCourse(poolMachine, this.windows, segments, observer !== null, poolTrace);
    });
    this.check = kernel.event(this, 0);
    kernel.monitor(this);
    if (observer === null) kernel.schedule(this.check, 0, ACCEPT);
  }

  deliver(times: FetchTimes): void {
    this.available++;
    this.fetched.push(times);
    const { kernel, check } = this;
    kernel.cancel(check);
    kernel.schedule(check, 0, ACCEPT);
  }

  /** Releases and loads all that can be released and loaded in this cycle. */
  on(): void {
    const { kernel, windows, observer } = this;
    for (;;) {
      if (this.loaded < this.available && this.loaded - this.released < windows.slots) {
        this.load();
        continue;
      }
      if (this.released === this.loaded) return;
      const window = this.released;
      let end = this.clock.lastReadyAt(window % windows.slots);
      for (const course of this.courses) end = Math.max(end, course.endOf(window));
      if (end > kernel.now) {
        kernel.schedule(this.check, end - kernel.now, ACCEPT);
        return;
      }
      this.released++;
      if (this.released === this.loaded) this.hold += kernel.now - this.heldSince;
      if (observer === null) continue;
      let leaves = 0;
      for (const course of this.courses) leaves = Math.max(leaves, course.leaveOf(window));
      observer.crossbarsLeave(window, this.machine.pe.crossbars, leaves);
      observer.windowReleased(this.released);
    }
  }

  outstanding(): string[] {
    if (this.released === this.stage.windows) return [];
    return [`${this.path}.InputRegister has released ${this.released} of ${this.stage.windows} windows`];
  }

  collect(): PeStatistics {
    const { machine, stage, courses, windows } = this;
    for (const course of courses) course.finish();
    const { sharedBy } = machine.adc;
    const loadWaits = this.observer === null ? null : new LoadWaits(machine.pe.crossbars, 0);
    this.placeOf.forEach((place, i) => {
      if (place === EMPTY) return;
      loadWaits?.take(i, courses[this.courseOf[Math.floor(i / sharedBy)]!]!.loadWaits!, place);
    });
    const statistics = collectPe(
      machine,
      stage.windows,
      windows.planes,
      stage.countsOf(this.range),
      {
        lastPlaneReady: stage.windows === 0 ? 0 : this.clock.lastReadyAt((stage.windows - 1) % windows.slots),
        registerHold: this.hold,
        loadWaits,
        pools: Array.from(this.courseOf, (course) => courses[course]!.servers),
        crossbar: (i) => this.timesOf(i),
      },
      this.path,
    );
    this.reportSkipped(statistics);
    return statistics;
  }

  private timesOf(i: number): CrossbarTimes {
    const place = this.placeOf[i]!;
    if (place === EMPTY) return NOTHING;
    const course = this.courses[this.courseOf[Math.floor(i / this.machine.adc.sharedBy)]!]!;
    return {
      read: course.operations[place]! * this.machine.crossbar.readCycles,
      stallAdc: course.stallAdc[place]!,
      stallInput: course.stallInput[place]!,
      stallIndex: course.stallIndex[place]!,
      scanWait: course.scanWait[place]!,
      lastReadEnd: course.lastReadEnd[place]!,
    };
  }

  private reportSkipped({ ouOperations }: PeStatistics): void {
    if (this.skipped === null) return;
    let simulated = 0;
    for (const course of this.courses) {
      this.skipped.repeatedOperations += course.skippedOperations;
      this.skipped.repeatedCycles += course.skippedCycles;
      simulated += course.operations.reduce((sum, operations) => sum + operations, 0);
    }
    this.skipped.sharedOperations += ouOperations - simulated;
  }

  private load(): void {
    const { kernel, windows, courses, patterns, stage } = this;
    // What is in the slot is needed up to here.
    for (const course of courses) course.settle(kernel.now);
    if (this.released === this.loaded) this.heldSince = kernel.now;
    const window = this.loaded++;
    const slot = window % windows.slots;
    windows.loadedAt[slot] = kernel.now;
    this.clock.scan(window, slot);
    if (patterns === null) windows.operations = stage.operationsOf(window);
    else if (stage.changes || window < windows.slots) {
      const from = stage.operationsOf(window);
      let to = slot * windows.slotStride;
      for (let plane = 0; plane < windows.planes; plane++) {
        const first = plane * stage.work.patterns;
        for (let pattern = 0; pattern < patterns.length; pattern++) {
          windows.operations[to++] = from[first + patterns[pattern]!]!;
        }
      }
    }
    const times = this.observer === null ? null : this.fetched.shift()!;
    for (const course of courses) course.load(times);
  }
}

const NOTHING: CrossbarTimes = {
  read: 0,
  stallAdc: 0,
  stallInput: 0,
  stallIndex: 0,
  scanWait: 0,
  lastReadEnd: 0,
};
