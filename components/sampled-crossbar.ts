import type { Actor, Kernel } from '../sim/kernel.js';
import type { Requester, SampledServers } from '../sim/resources/sampled-servers.js';
import type { TraceSink, TrackId } from '../sim/trace/trace.js';
import type { InputRegister } from './input-register.js';
import type { OperationSequencer } from './operation-unit.js';
import { SETTLE, START } from './pe-phases.js';
import type { PlaneClock } from './sparsity-detector.js';

const READ_ENDS = 0;
const TRY_START = 1;

/** What a crossbar needs of its PE. */
export interface SampledCrossbarParts {
  readonly readCycles: number;
  readonly banks: number;
  readonly slots: number;
  readonly next: OperationSequencer;
  readonly clock: PlaneClock;
  readonly pool: SampledServers;
  readonly register: InputRegister;
  readonly trace: TraceSink | null;
}

/**
 * One crossbar, event by event: a read starts when the read before has ended, its plane is ready and a sample-and-hold
 * bank is free; when it ends, each of its bitlines asks the pool for a conversion (DESIGN section 4, rules 3 and 4).
 */
export class SampledCrossbar implements Actor, Requester {
  read = 0;
  stallAdc = 0;
  stallInput = 0;
  lastReadEnd = 0;

  private readonly readEnds: number;
  private readonly tryStart: number;
  private readonly track: TrackId;
  /** Samples of each bank that are not converted yet, and when the bank was released last. */
  private readonly unconverted: Int32Array;
  private readonly bankFree: Float64Array;
  private bank = 0;
  private reading = false;
  private samples = 0;

  constructor(
    private readonly kernel: Kernel,
    readonly path: string,
    private readonly index: number,
    private readonly parts: SampledCrossbarParts,
  ) {
    this.readEnds = kernel.event(this, READ_ENDS);
    this.tryStart = kernel.event(this, TRY_START);
    this.unconverted = new Int32Array(parts.banks);
    this.bankFree = new Float64Array(parts.banks);
    this.track = parts.trace?.track(path) ?? -1;
    kernel.monitor(this);
  }

  on(kind: number): void {
    if (kind === READ_ENDS) this.endRead();
    else this.startRead();
  }

  /** Something that a read may wait for has come: looks again at the end of this cycle. */
  wake(): void {
    if (!this.kernel.isPending(this.tryStart)) this.kernel.schedule(this.tryStart, 0, START);
  }

  served(bank: number): void {
    if (--this.unconverted[bank]! > 0) return;
    this.bankFree[bank] = this.kernel.now;
    this.wake();
  }

  outstanding(): string[] {
    return this.parts.next.bitlines[this.index] === 0
      ? []
      : [`${this.path} waits for a bank or for input plane ${this.parts.next.plane[this.index]}`];
  }

  private startRead(): void {
    const { next, clock, slots, trace } = this.parts;
    if (this.reading || next.bitlines[this.index] === 0 || this.unconverted[this.bank]! > 0) return;
    const { now } = this.kernel;
    const planeReady = clock.readyAt(this.parts.register.frontier[this.index]! % slots, next.plane[this.index]!);
    if (planeReady > now) return;
    const stalled = now - this.lastReadEnd;
    if (stalled > 0) {
      const byAdc = this.bankFree[this.bank]! >= planeReady;
      if (byAdc) this.stallAdc += stalled;
      else this.stallInput += stalled;
      trace?.span(this.track, byAdc ? 'stall.adc' : 'stall.input', this.lastReadEnd, now);
    }
    this.reading = true;
    this.samples = next.bitlines[this.index]!;
    trace?.span(this.track, 'read', now, now + this.parts.readCycles);
    this.kernel.schedule(this.readEnds, this.parts.readCycles, SETTLE);
  }

  private endRead(): void {
    const { pool, next, readCycles, register } = this.parts;
    this.reading = false;
    this.lastReadEnd = this.kernel.now;
    this.read += readCycles;
    this.unconverted[this.bank] = this.samples;
    pool.ask(this.index, this.bank, this.samples);
    this.bank = (this.bank + 1) % this.unconverted.length;
    if (!next.advance(this.index)) register.ended(this.index);
    this.wake();
  }
}
