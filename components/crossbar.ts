import type { Actor, Kernel } from '../sim/kernel.js';
import type { Requester, SampledServers } from '../sim/resources/sampled-servers.js';
import type { TraceSink, TrackId } from '../sim/trace/trace.js';
import { declareComponent } from './declaration.js';
import type { InputRegister } from './input-register.js';
import type { OperationSequencer } from './operation-unit.js';
import { SETTLE, START } from './pe-phases.js';
import { SampleAndHold } from './sample-and-hold.js';
import type { PlaneClock } from './sparsity-detector.js';

/** A crossbar: wordlines x bitlines of ReRAM cells, one OU of which is read at a time. */
export const crossbarDeclaration = declareComponent({
  key: 'crossbar',
  kind: 'crossbar',
  doc: 'Array of ReRAM cells that reads one operation unit at a time.',
  parameters: {
    wordlines: { type: 'integer', unit: '1', min: 1, max: 4096, default: 128, doc: 'Rows of the array.' },
    bitlines: { type: 'integer', unit: '1', min: 1, max: 4096, default: 128, doc: 'Columns of the array.' },
    bitsPerCell: { type: 'integer', unit: 'bit', min: 1, max: 4, default: 1, doc: 'Bits that one cell stores.' },
    readCycles: {
      type: 'integer',
      unit: 'cycle',
      min: 1,
      max: 1e9,
      default: 13,
      doc: 'Duration of one OU read, from driving the wordlines to bitline currents ready to be held.',
    },
    cellReadEnergy_pJ: { type: 'number', unit: 'pJ', min: 0, max: 1e6, default: 0, doc: 'Energy of reading one cell.' },
    area_um2: { type: 'number', unit: 'um2', min: 0, max: 1e9, default: 0, doc: 'Area of one crossbar.' },
  },
  actions: { cellRead: { price: 'cellReadEnergy_pJ', doc: 'A cell inside an OU is read.' } },
  statistics: {
    read: { unit: 'cycle', doc: 'Cycles spent reading OUs.' },
    'stall.adc': { unit: 'cycle', doc: 'Cycles in which an operation is left and no sample-and-hold bank is free.' },
    'stall.input': { unit: 'cycle', doc: 'Cycles in which an operation is left and its input bit-plane is not ready.' },
    idle: { unit: 'cycle', doc: 'Cycles in which no operation that will be performed is left.' },
  },
});

const READ_ENDS = 0;
const TRY_START = 1;

/** What a crossbar needs of its PE. */
export interface CrossbarParts {
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
 * bank is free; when it ends, each of its bitlines asks the pool for a conversion (docs/timing-model.md, rules 3 and 4).
 */
export class Crossbar implements Actor, Requester {
  read = 0;
  stallAdc = 0;
  stallInput = 0;
  lastReadEnd = 0;

  private readonly readEnds: number;
  private readonly tryStart: number;
  private readonly track: TrackId;
  private readonly sampleAndHold: SampleAndHold;
  private reading = false;
  private samples = 0;

  constructor(
    private readonly kernel: Kernel,
    readonly path: string,
    private readonly index: number,
    private readonly parts: CrossbarParts,
  ) {
    this.readEnds = kernel.event(this, READ_ENDS);
    this.tryStart = kernel.event(this, TRY_START);
    this.sampleAndHold = new SampleAndHold(parts.banks);
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
    if (this.sampleAndHold.converted(bank, this.kernel.now)) this.wake();
  }

  outstanding(): string[] {
    return this.parts.next.bitlines[this.index] === 0
      ? []
      : [`${this.path} waits for a bank or for input plane ${this.parts.next.plane[this.index]}`];
  }

  private startRead(): void {
    const { next, clock, slots, trace } = this.parts;
    if (this.reading || next.bitlines[this.index] === 0 || !this.sampleAndHold.free) return;
    const { now } = this.kernel;
    const planeReady = clock.readyAt(this.parts.register.frontier[this.index]! % slots, next.plane[this.index]!);
    if (planeReady > now) return;
    const stalled = now - this.lastReadEnd;
    if (stalled > 0) {
      const byAdc = this.sampleAndHold.freeSince >= planeReady;
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
    pool.ask(this.index, this.sampleAndHold.hold(this.samples), this.samples);
    if (!next.advance(this.index)) register.ended(this.index);
    this.wake();
  }
}
