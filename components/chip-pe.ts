import type { Actor } from '../sim/kernel.js';
import { KernelError } from '../sim/kernel-error.js';
import type { ChipContext } from './chip-context.js';
import type { PeTimes } from './collect-pe.js';
import type { WindowObserver } from './input-register.js';
import type { FetchTimes } from './load-waits.js';
import { assemblePe, type Granularity } from './pe.js';
import type { PeAssembly } from './pe-assembly.js';
import { SETTLE } from './pe-phases.js';
import type { PeStatistics } from './pe-statistics.js';
import type { PeTracks } from './pe-tracks.js';
import type { StageWork } from './stage-work.js';
import type { PeTask } from './window-feed.js';

/** What the PEs of a part tell it. */
export interface PeListener {
  /** A PE, or PEs that take the same course, has released another window. */
  released(): void;
  /** PE class `pe` has done its next window. In phase `settle`, `accept` or `arbitrate`. */
  done(pe: number): void;
}

/** A PE on a chip: takes the windows that are delivered, and tells when each is released and done (rules 1 to 6). */
export class ChipPe implements WindowObserver, Actor {
  readonly path: string;
  releasedWindows = 0;
  private readonly assembly: PeAssembly;
  private readonly kernel: ChipContext['kernel'];
  /** By window mod slots: what has still to be reported, and the latest leaving of a code so far. */
  private readonly reports: Int32Array;
  private readonly leaves: Float64Array;
  private readonly slots: number;
  private readonly windows: number;
  private next = 0;
  private lastDone = 0;

  /**
   * @param index number of this PE, or of this class of equal PEs, in its part
   * @param work what the windows of the stage come to; null: not looked at together
   * @param tracks in a fast run with a trace: of this PE and those that take its course
   */
  constructor(
    private readonly chip: ChipContext,
    task: PeTask,
    granularity: Granularity,
    path: string,
    private readonly index: number,
    private readonly listener: PeListener,
    work: StageWork | null,
    tracks: readonly PeTracks[] | null,
  ) {
    this.path = path;
    this.kernel = chip.kernel;
    this.windows = task.windows.count;
    const { machine, trace } = chip;
    // Windows that are loaded and not done have not left the output register (rule 7).
    this.slots = machine.outputRegister.windows;
    this.reports = new Int32Array(this.slots).fill(machine.pe.crossbars + 1);
    this.leaves = new Float64Array(this.slots);
    const options = { granularity, path, trace, skipped: chip.skipped, observer: this, work, tracks };
    this.assembly = assemblePe(chip.kernel, machine, task, options);
  }

  /** The next window is there. In phase `settle`. */
  deliver(times: FetchTimes): void {
    this.assembly.deliver(times);
  }

  windowReleased(released: number): void {
    this.releasedWindows = released;
    this.crossbarsLeave(released - 1, 1, this.kernel.now);
    this.listener.released();
  }

  crossbarsLeave(window: number, crossbars: number, leaves: number): void {
    const slot = window % this.slots;
    if (leaves > this.leaves[slot]!) this.leaves[slot] = leaves;
    this.reports[slot]! -= crossbars;
    if (this.reports[slot]! > 0) return;
    while (this.reports[this.next % this.slots] === 0) this.plan();
  }

  on(): void {
    this.listener.done(this.index);
  }

  times(): PeTimes {
    return this.assembly.times();
  }

  collect(): PeStatistics {
    if (this.next !== this.windows) {
      throw new KernelError(`${this.path}: ${this.next} of ${this.windows} windows are done`);
    }
    return this.assembly.collect();
  }

  /** Plans the end of the next window, all of which is known: windows are handed over in order. */
  private plan(): void {
    const { machine } = this.chip;
    const slot = this.next % this.slots;
    this.lastDone = Math.max(this.lastDone, this.leaves[slot]!);
    this.reports[slot] = machine.pe.crossbars + 1;
    this.leaves[slot] = 0;
    this.next++;
    const delay = this.lastDone - this.kernel.now;
    if (delay > 0) this.kernel.post(delay, this, 0, 0, SETTLE);
    else this.listener.done(this.index);
  }
}
