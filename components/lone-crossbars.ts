import { BookedServers } from '../sim/resources/booked-servers.js';
import type { ServiceCourses } from '../sim/resources/service-courses.js';
import { type CourseMachine, CrossbarRuns, type CrossbarSegments } from './crossbar-runs.js';
import { CrossbarStates } from './crossbar-states.js';
import { type FetchTimes, LoadWaits } from './load-waits.js';
import type { PeCourse } from './pe-course.js';
import type { PeWindows } from './pe-windows.js';
import { PeriodFinder } from './period-finder.js';
import type { PoolTrace } from './pool-trace.js';

/**
 * Crossbars each of which has an ADC pool to itself: nobody disturbs them, so that each is done with a window, as far as it
 * knows, when the window is loaded. A run that never waits has a closed form. Rules 1 to 5 of docs/timing-model.md.
 */
export class LoneCrossbars implements PeCourse {
  readonly states: CrossbarStates;
  readonly loadWaits: LoadWaits | null;
  private readonly servers: readonly BookedServers[];
  private readonly runs: CrossbarRuns;
  private readonly periods: PeriodFinder;
  // Per slot of the input register: the latest end of a read, the latest leaving of a code.
  private readonly endAt: Float64Array;
  private readonly leaveAt: Float64Array;
  private loaded = 0;

  /** @param traces by crossbar; null: of none */
  constructor(
    private readonly machine: CourseMachine,
    private readonly windows: PeWindows,
    segments: readonly CrossbarSegments[],
    courses: ServiceCourses,
    withLoadWaits: boolean,
    private readonly traces: readonly (PoolTrace | null)[] | null,
  ) {
    const { slots } = windows;
    this.states = new CrossbarStates(segments.length, machine.banks, machine.decodeCycles);
    this.servers = segments.map((_, i) => {
      const servers = new BookedServers(courses);
      servers.watcher = traces?.[i] ?? null;
      return servers;
    });
    this.loadWaits = withLoadWaits ? new LoadWaits(segments.length, slots) : null;
    this.runs = new CrossbarRuns(this.states, machine, windows, segments, this.loadWaits);
    this.periods = new PeriodFinder(this.states);
    this.endAt = new Float64Array(slots);
    this.leaveAt = new Float64Array(slots);
  }

  get skippedOperations(): number {
    return this.periods.skippedOperations;
  }

  get skippedCycles(): number {
    return this.periods.skippedCycles;
  }

  serversOf(crossbar: number): BookedServers {
    return this.servers[crossbar]!;
  }

  settle(): void {}

  load(times: FetchTimes | null): void {
    const { runs, states, servers } = this;
    const { count, frontier, lastReadEnd } = states;
    const slot = this.loaded++ % this.windows.slots;
    if (times !== null) this.loadWaits!.fetched(slot, times);
    let end = 0;
    let leave = 0;
    for (let i = 0; i < count; i++) {
      if (runs.enterWindow(i)) {
        do {
          if (!this.performAtOnce(i)) this.perform(i);
        } while (runs.beginRun(i));
        end = Math.max(end, lastReadEnd[i]!);
        leave = Math.max(leave, servers[i]!.lastLeave);
      }
      frontier[i]!++;
    }
    this.endAt[slot] = end;
    this.leaveAt[slot] = leave;
  }

  endOf(window: number): number {
    return this.endAt[window % this.windows.slots]!;
  }

  leaveOf(window: number): number {
    return this.leaveAt[window % this.windows.slots]!;
  }

  finish(): void {
    if (this.traces === null) return;
    for (const trace of this.traces) trace?.end();
  }

  /**
   * The whole run in closed form, where nothing makes the crossbar wait: each read finds the pool at rest, a bank that is
   * free and its operation decoded. Returns false where that is not so.
   */
  private performAtOnce(i: number): boolean {
    const { states } = this;
    const { readCycles, banks, decodeCycles } = this.machine;
    const servers = this.servers[i]!;
    const first = states.askAt[i]!;
    if (servers.watcher !== null || banks === 1 || decodeCycles > readCycles || first < servers.acceptedUntil)
      return false;
    const count = states.left[i]!;
    const lastEnd = servers.bookAlone(first, states.width[i]!, count, readCycles);
    if (lastEnd < 0) return false;
    const last = first + (count - 1) * readCycles;
    const taken = (states.bank[i]! + count - 1) % banks;
    // The other banks keep older times: all are over when this read has ended.
    states.bankFree[i * banks + taken] = lastEnd;
    states.bank[i] = taken + 1 === banks ? 0 : taken + 1;
    if (decodeCycles > 0) states.decodedAt[i] = last - readCycles + decodeCycles;
    states.lastReadEnd[i] = last;
    states.left[i] = 0;
    this.periods.countSkipped(count - 1, (count - 1) * readCycles);
    return true;
  }

  /** The run read by read, with its periods repeated. */
  private perform(i: number): void {
    const { runs, periods } = this;
    const { askAt } = this.states;
    const servers = this.servers[i]!;
    const trace = this.traces?.[i] ?? null;
    periods.forget();
    for (;;) {
      const now = askAt[i]!;
      if (!runs.endRead(i, servers, trace, 0)) return;
      runs.planNext(i, now);
      if (periods.follows(i, servers.course)) periods.skip(i, i + 1, now, Number.POSITIVE_INFINITY, servers, trace);
    }
  }
}
