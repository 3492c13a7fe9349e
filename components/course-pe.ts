import type { CrossbarRange } from '../mapping/crossbar-range.js';
import type { Actor, Kernel } from '../sim/kernel.js';
import { poolCount } from './adc-pool.js';
import { type CrossbarTimes, collectPe, type PeTimes } from './collect-pe.js';
import type { WindowObserver } from './input-register.js';
import { type FetchTimes, LoadWaits } from './load-waits.js';
import type { MachineConfig } from './machine.js';
import type { PeAssembly } from './pe-assembly.js';
import type { PeCourse } from './pe-course.js';
import { NO_PLACE, type PeCourses, type PeTrace, peCourses } from './pe-courses.js';
import { ACCEPT } from './pe-phases.js';
import type { PeStatistics } from './pe-statistics.js';
import type { PeWindows } from './pe-windows.js';
import type { SkippedWork } from './skipped-work.js';
import { BookedPlaneClock, planeCycles } from './sparsity-detector.js';
import type { StageWork } from './stage-work.js';

/**
 * A PE of granularity `fast`: its pools run on their own from load to load (`PeCourse`), pools that do the same are
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
  private readonly parts: PeCourses;
  private readonly courses: readonly PeCourse[];
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
    private readonly tellReleased: ((windows: number) => void) | null = null,
  ) {
    const { work } = stage;
    const slots = Math.max(1, Math.min(machine.inputRegister.windows, stage.windows));
    this.available = observer === null ? stage.windows : 0;
    this.clock = new BookedPlaneClock(kernel, slots, work.planes, planeCycles(machine));

    // Crossbars alone on their pools are done with a window as soon as it is loaded: its operations are read where they are.
    const patterns = machine.adc.sharedBy === 1 ? null : patternsOf(stage, range);
    const planeStride = patterns?.length ?? work.patterns;
    const slotStride = patterns === null ? 0 : work.planes * planeStride;
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
    this.patterns = patterns;
    const local = patterns === null ? null : new Map(Array.from(patterns, (pattern, number) => [pattern, number]));
    const patternOf = (pattern: number) => (local === null ? pattern : local.get(pattern)!);
    this.parts = peCourses(machine, stage, range, this.windows, patternOf, observer !== null, trace);
    this.courses = this.parts.courses;
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
      this.tellReleased?.(this.released);
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

  times(): PeTimes {
    const { machine, stage, courses, windows, kernel } = this;
    const { courseOf, placeOf } = this.parts;
    const { sharedBy } = machine.adc;
    const loadWaits = this.observer === null ? null : new LoadWaits(machine.pe.crossbars, 0);
    placeOf.forEach((place, i) => {
      if (place !== NO_PLACE) loadWaits?.take(i, courses[courseOf[i]!]!.loadWaits!, place);
    });
    const pools = Array.from({ length: poolCount(machine) }, (_, pool) => {
      const first = pool * sharedBy;
      return courses[courseOf[first]!]!.serversOf(placeOf[first]!);
    });
    const holdsWindow = this.released < this.loaded;
    return {
      holdsWindow,
      lastPlaneReady: stage.windows === 0 ? 0 : this.clock.lastReadyAt((stage.windows - 1) % windows.slots),
      registerHold: this.hold + (holdsWindow ? kernel.now - this.heldSince : 0),
      loadWaits,
      pools,
      crossbar: (i) => this.timesOf(i),
    };
  }

  collect(): PeStatistics {
    const { machine, stage, windows, path } = this;
    for (const course of this.courses) course.finish();
    const counts = stage.countsOf(this.range);
    const statistics = collectPe(machine, stage.windows, windows.planes, counts, this.times(), path);
    this.reportSkipped(statistics);
    return statistics;
  }

  private timesOf(i: number): CrossbarTimes {
    const place = this.parts.placeOf[i]!;
    if (place === NO_PLACE) return NOTHING;
    const { states } = this.courses[this.parts.courseOf[i]!]!;
    return {
      // Of a run that is begun all operations are counted.
      read: (states.operations[place]! - states.left[place]!) * this.machine.crossbar.readCycles,
      stallAdc: states.stallAdc[place]!,
      stallInput: states.stallInput[place]!,
      stallIndex: states.stallIndex[place]!,
      scanWait: states.scanWait[place]!,
      lastReadEnd: states.lastReadEnd[place]!,
    };
  }

  private reportSkipped({ ouOperations }: PeStatistics): void {
    if (this.skipped === null) return;
    let simulated = 0;
    for (const course of this.courses) {
      this.skipped.repeatedOperations += course.skippedOperations;
      this.skipped.repeatedCycles += course.skippedCycles;
      simulated += course.states.operations.reduce((sum, operations) => sum + operations, 0);
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

/** Patterns of the stage that the crossbars of a PE have. */
function patternsOf({ work }: StageWork, { first, count }: CrossbarRange): Int32Array {
  const patterns = new Set<number>();
  for (const crossbar of work.classOf.subarray(first, first + count)) {
    for (const pattern of work.classes[crossbar]!.patterns) patterns.add(pattern);
  }
  return Int32Array.from(patterns);
}
