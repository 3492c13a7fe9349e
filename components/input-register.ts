import type { Actor, Kernel } from '../sim/kernel.js';
import { declareComponent } from './declaration.js';
import { ACCEPT } from './pe-phases.js';
import type { PlaneClock } from './sparsity-detector.js';
import type { WindowFeed } from './window-feed.js';

/** The input register of a PE: holds the windows that its crossbars work on. */
export const inputRegisterDeclaration = declareComponent({
  key: 'inputRegister',
  kind: 'inputRegister',
  doc: 'Register of a PE that holds the windows its crossbars work on.',
  parameters: {
    windows: { type: 'integer', unit: '1', min: 1, max: 65536, default: 1, doc: 'Windows that the register holds.' },
    writeEnergy_pJ: { type: 'number', unit: 'pJ', min: 0, max: 1e6, default: 0, doc: 'Energy of writing one byte.' },
    area_um2: { type: 'number', unit: 'um2', min: 0, max: 1e9, default: 0, doc: 'Area of the register of a PE.' },
  },
  actions: { byteWrite: { price: 'writeEnergy_pJ', doc: 'A byte of a window is written.' } },
  statistics: {
    hold: { unit: 'cycle', doc: 'Cycles in which at least one window is held.' },
    idle: { unit: 'cycle', doc: 'Cycles in which the register is empty.' },
  },
});

/** What the input register tells the crossbars of its PE. */
export interface WindowListener {
  /** Crossbar `i` may turn to `window`, which is loaded. Returns false if it has no operation there. */
  enterWindow(i: number, window: number): boolean;
}

/** What a chip wants to know of the windows in its PEs, and tells about them. */
export interface WindowObserver {
  /** The PE has released a window, `released` in all. In phase `accept`. */
  windowReleased(released: number): void;
  /** So many crossbars have no read of `window` left; their last code leaves at `leaves`, 0 if there is none. */
  crossbarsLeave(window: number, crossbars: number, leaves: number): void;
}

/**
 * The input register: loads window w when window w - `windows` has been released, that is when its last plane is ready
 * and every crossbar has ended its last read of it (docs/timing-model.md, rule 1), and when it is there: in scope `pe` all
 * windows are from the start, on a chip a fetch brings them. Loading takes no time.
 *
 * A crossbar without operations in a window ends it as soon as the window is loaded here; the release waits for the last
 * plane anyway, so this gives the times of the contract.
 */
export class InputRegister implements Actor {
  /** Window that each crossbar has not ended yet. */
  readonly frontier: Int32Array;
  loaded = 0;
  released = 0;
  /** Windows that are there to be loaded. */
  available: number;
  private hold = 0;
  private heldSince = 0;
  /** When the window of a slot was loaded. */
  readonly loadedAt: Float64Array;
  /** Crossbars that have not ended the window of a slot. */
  private readonly working: Int32Array;
  private readonly check: number;
  private checking = false;
  /** Cycle for which `check` is pending. */
  private checkAt = 0;

  constructor(
    private readonly kernel: Kernel,
    readonly path: string,
    private readonly feed: WindowFeed,
    private readonly clock: PlaneClock,
    private readonly listener: WindowListener,
    private readonly observer: WindowObserver | null,
    private readonly tellReleased: ((windows: number) => void) | null = null,
  ) {
    this.available = observer === null ? feed.windows : 0;
    this.frontier = new Int32Array(feed.crossbars);
    this.loadedAt = new Float64Array(feed.slots);
    this.working = new Int32Array(feed.slots);
    this.check = kernel.event(this, 0);
    kernel.monitor(this);
    if (observer === null) kernel.schedule(this.check, 0, ACCEPT);
  }

  /** Another window is there. In phase `settle`. */
  deliver(): void {
    this.available++;
    this.wake();
  }

  /** Crossbar `i` has ended its last read of the window it works on. To be called in phase `settle` or `accept`. */
  ended(i: number): void {
    const { frontier, working, feed } = this;
    for (;;) {
      const window = frontier[i]!++;
      if (--working[window % feed.slots]! === 0) this.wake();
      if (frontier[i]! >= this.loaded || this.listener.enterWindow(i, frontier[i]!)) return;
      this.observer?.crossbarsLeave(frontier[i]!, 1, 0);
    }
  }

  /** Cycles in which at least one window was held, up to now. */
  get held(): number {
    return this.hold + (this.holdsWindow ? this.kernel.now - this.heldSince : 0);
  }

  get holdsWindow(): boolean {
    return this.released < this.loaded;
  }

  /** A window may be ready for release in this cycle: its last plane has become ready. */
  wake(): void {
    const { kernel, check } = this;
    if (this.checking) return;
    if (kernel.isPending(check)) {
      if (this.checkAt === kernel.now) return;
      // It waits for a plane; another window, or the end of a read, is not to wait with it.
      kernel.cancel(check);
    }
    this.checkAt = kernel.now;
    kernel.schedule(check, 0, ACCEPT);
  }

  /** Releases and loads all that can be released and loaded in this cycle. */
  on(): void {
    const { kernel, feed, clock } = this;
    this.checking = true;
    for (;;) {
      if (this.loaded < this.available && this.loaded - this.released < feed.slots) {
        this.load();
        continue;
      }
      const slot = this.released % feed.slots;
      if (this.released === this.loaded || this.working[slot]! > 0) break;
      const ready = clock.lastReadyAt(slot);
      if (ready > kernel.now) {
        if (ready !== Number.POSITIVE_INFINITY) {
          this.checkAt = ready;
          kernel.schedule(this.check, ready - kernel.now, ACCEPT);
        }
        break;
      }
      this.released++;
      if (this.released === this.loaded) this.hold += kernel.now - this.heldSince;
      this.observer?.windowReleased(this.released);
      this.tellReleased?.(this.released);
    }
    this.checking = false;
  }

  outstanding(): string[] {
    if (this.released === this.feed.windows) return [];
    const waiting = Array.from(this.frontier.keys()).filter((i) => this.frontier[i]! <= this.released);
    return [`${this.path} waits for crossbars ${waiting.join(', ')} to end window ${this.released}`];
  }

  private load(): void {
    const { feed, frontier } = this;
    if (this.released === this.loaded) this.heldSince = this.kernel.now;
    const window = this.loaded++;
    const slot = window % feed.slots;
    this.loadedAt[slot] = this.kernel.now;
    this.working[slot] = feed.crossbars;
    feed.load(window);
    this.clock.scan(window, slot);
    for (let i = 0; i < feed.crossbars; i++) {
      if (frontier[i] === window && !this.listener.enterWindow(i, window)) this.endEmpty(i);
    }
  }

  /** Crossbar `i` has no operation in the window that it has come to. */
  private endEmpty(i: number): void {
    this.observer?.crossbarsLeave(this.frontier[i]!, 1, 0);
    this.ended(i);
  }
}
