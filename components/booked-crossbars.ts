import type { Actor, Kernel } from '../sim/kernel.js';
import { BookedServers } from '../sim/resources/booked-servers.js';
import { ServiceCourses } from '../sim/resources/service-courses.js';
import { poolCount, poolShape } from './adc-pool.js';
import type { InputRegister, WindowListener, WindowObserver } from './input-register.js';
import type { LoadWaits } from './load-waits.js';
import type { MachineConfig } from './machine.js';
import { OperationSequencer } from './operation-unit.js';
import { ARBITRATE, SETTLE } from './pe-phases.js';
import type { PlaneClock } from './sparsity-detector.js';
import type { WindowFeed } from './window-feed.js';

const READ_ENDS = 0;
const POOL_ARBITRATES = 1;
const NONE = -1;

/**
 * The crossbars of a PE with their ADC pools, an event per OU operation: when a read ends, the pool books all samples of
 * the operation in closed form, and the next read is planned at once.
 *
 * Reads of one pool that end in the same cycle are booked in crossbar order by an arbitration event of the pool; a pool
 * with one crossbar needs none.
 */
export class BookedCrossbars implements Actor, WindowListener {
  readonly path: string;
  readonly read: Float64Array;
  readonly stallAdc: Float64Array;
  readonly stallInput: Float64Array;
  readonly stallIndex: Float64Array;
  readonly scanWait: Float64Array;
  readonly pools: BookedServers[];
  /** Set by the PE after construction; the register needs the crossbars first. */
  register!: InputRegister;

  private readonly readCycles: number;
  private readonly banks: number;
  private readonly sharedBy: number;
  private readonly slots: number;
  private readonly next: OperationSequencer;
  private readonly readEnds: Int32Array;
  readonly lastReadEnd: Float64Array;
  /** Whether a read of the crossbar has ended in this cycle and its samples are not booked yet. */
  private readonly unbooked: Uint8Array;
  private readonly reading: Uint8Array;
  /** Window whose last read on the crossbar has ended in this cycle and is not booked yet; NONE: none. */
  private readonly endedWindow: Int32Array;
  /** Samples of the read that is running or unbooked. */
  private readonly samples: Int32Array;
  /** When the bank that operation j takes was released: entry crossbar * banks + j mod banks. */
  private readonly bankFree: Float64Array;
  private readonly bank: Int32Array;
  /** When the next operation of each crossbar is decoded. */
  private readonly decodedAt: Float64Array;
  /** Crossbars of each pool whose reads ended in this cycle, ascending. */
  private readonly ended: Int32Array;
  private readonly endedCount: Int32Array;
  private readonly arbitration: Int32Array;

  constructor(
    private readonly kernel: Kernel,
    path: string,
    machine: MachineConfig,
    feed: WindowFeed,
    private readonly clock: PlaneClock,
    private readonly decodeCycles: number,
    private readonly observer: WindowObserver | null,
    private readonly loadWaits: LoadWaits | null,
  ) {
    const { crossbars } = feed;
    this.path = path;
    this.readCycles = machine.crossbar.readCycles;
    this.banks = machine.sampleHold.banks;
    this.sharedBy = machine.adc.sharedBy;
    this.slots = feed.slots;
    this.next = new OperationSequencer(feed);
    this.read = new Float64Array(crossbars);
    this.stallAdc = new Float64Array(crossbars);
    this.stallInput = new Float64Array(crossbars);
    this.stallIndex = new Float64Array(crossbars);
    this.scanWait = new Float64Array(crossbars);
    this.lastReadEnd = new Float64Array(crossbars);
    this.unbooked = new Uint8Array(crossbars);
    this.reading = new Uint8Array(crossbars);
    this.endedWindow = new Int32Array(crossbars).fill(NONE);
    this.samples = new Int32Array(crossbars);
    this.bankFree = new Float64Array(crossbars * this.banks);
    this.bank = new Int32Array(crossbars);
    this.decodedAt = new Float64Array(crossbars).fill(decodeCycles);
    const pools = poolCount(machine);
    this.ended = new Int32Array(pools * this.sharedBy);
    this.endedCount = new Int32Array(pools);
    const courses = new ServiceCourses(poolShape(machine));
    this.pools = Array.from({ length: pools }, () => new BookedServers(courses));
    this.readEnds = Int32Array.from({ length: crossbars }, (_, i) => kernel.event(this, READ_ENDS, i));
    this.arbitration = Int32Array.from({ length: pools }, (_, pool) => kernel.event(this, POOL_ARBITRATES, pool));
  }

  on(kind: number, arg: number): void {
    if (kind === READ_ENDS) this.endRead(arg);
    else this.arbitrate(arg);
  }

  enterWindow(i: number, window: number): boolean {
    if (!this.next.enterWindow(i, window)) return false;
    if (this.reading[i] === 0 && this.unbooked[i] === 0) this.planRead(i);
    return true;
  }

  private endRead(i: number): void {
    this.reading[i] = 0;
    this.lastReadEnd[i] = this.kernel.now;
    if (this.sharedBy === 1) {
      this.bookSamples(i, i);
      if (!this.next.advance(i)) {
        this.observer?.crossbarsLeave(this.register.frontier[i]!, 1, this.pools[i]!.lastLeave);
        this.register.ended(i);
      } else this.planRead(i);
      return;
    }
    const pool = Math.floor(i / this.sharedBy);
    const first = pool * this.sharedBy;
    const count = this.endedCount[pool]!;
    if (count === 0) this.kernel.schedule(this.arbitration[pool]!, 0, ARBITRATE);
    let at = first + count;
    for (; at > first && this.ended[at - 1]! > i; at--) this.ended[at] = this.ended[at - 1]!;
    this.ended[at] = i;
    this.endedCount[pool] = count + 1;

    this.unbooked[i] = 1;
    if (!this.next.advance(i)) {
      this.endedWindow[i] = this.register.frontier[i]!;
      this.register.ended(i);
    }
  }

  private arbitrate(pool: number): void {
    const { ended } = this;
    const first = pool * this.sharedBy;
    const end = first + this.endedCount[pool]!;
    this.endedCount[pool] = 0;
    for (let at = first; at < end; at++) {
      const i = ended[at]!;
      this.bookSamples(i, pool);
      this.unbooked[i] = 0;
      if (this.endedWindow[i]! >= 0) {
        this.observer?.crossbarsLeave(this.endedWindow[i]!, 1, this.pools[pool]!.lastLeave);
        this.endedWindow[i] = NONE;
      }
      if (this.next.bitlines[i]! > 0) this.planRead(i);
    }
  }

  /** Books the samples of the read of crossbar `i` that ends now. */
  private bookSamples(i: number, pool: number): void {
    const bank = this.bank[i]!;
    this.bankFree[i * this.banks + bank] = this.pools[pool]!.book(this.kernel.now, this.samples[i]!);
    this.bank[i] = bank + 1 === this.banks ? 0 : bank + 1;
  }

  /** Schedules the end of the next read of crossbar `i`, and books the stall before it (rule 3). */
  private planRead(i: number): void {
    const idleSince = this.lastReadEnd[i]!;
    const bankFree = this.bankFree[i * this.banks + this.bank[i]!]!;
    const slot = this.register.frontier[i]! % this.slots;
    const planeReady = this.clock.readyAt(slot, this.next.plane[i]!);
    let start = idleSince;
    if (this.decodeCycles > 0 && this.decodedAt[i]! > Math.max(start, bankFree, planeReady)) {
      this.stallIndex[i]! += this.decodedAt[i]! - start;
      start = this.decodedAt[i]!;
    } else if (bankFree >= planeReady) {
      if (bankFree > start) {
        this.stallAdc[i]! += bankFree - start;
        start = bankFree;
      }
    } else if (planeReady > start) {
      this.stallInput[i]! += planeReady - start;
      this.scanWait[i]! += planeReady - Math.max(start, this.register.loadedAt[slot]!);
      this.loadWaits?.book(i, start, this.register.loadedAt[slot]!, slot);
      start = planeReady;
    }
    if (this.decodeCycles > 0) this.decodedAt[i] = start + this.decodeCycles;
    this.read[i]! += this.readCycles;
    this.reading[i] = 1;
    this.samples[i] = this.next.bitlines[i]!;
    this.kernel.schedule(this.readEnds[i]!, start + this.readCycles - this.kernel.now, SETTLE);
  }
}
