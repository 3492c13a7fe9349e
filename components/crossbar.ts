import type { Actor, Kernel } from '../sim/kernel.js';
import type { Requester, SampledServers } from '../sim/resources/sampled-servers.js';
import type { TraceSink } from '../sim/trace/trace.js';
import { CrossbarTrace } from './crossbar-trace.js';
import { declareComponent } from './declaration.js';
import type { IndexDecoder } from './index-decoder.js';
import type { InputRegister, WindowObserver } from './input-register.js';
import type { LoadWaits } from './load-waits.js';
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
    programCycles: {
      type: 'integer',
      unit: 'cycle',
      scope: 'chip',
      min: 1,
      max: 1e12,
      default: 10_000,
      doc: 'Duration of programming all cells of a crossbar.',
    },
    cellReadEnergy_pJ: { type: 'number', unit: 'pJ', min: 0, max: 1e6, default: 0, doc: 'Energy of reading one cell.' },
    cellWriteEnergy_pJ: {
      type: 'number',
      unit: 'pJ',
      scope: 'chip',
      min: 0,
      max: 1e6,
      default: 0,
      doc: 'Energy of programming one cell.',
    },
    area_um2: { type: 'number', unit: 'um2', min: 0, max: 1e9, default: 0, doc: 'Area of one crossbar.' },
  },
  actions: {
    cellRead: { price: 'cellReadEnergy_pJ', doc: 'A cell inside an OU is read.' },
    cellWrite: {
      price: 'cellWriteEnergy_pJ',
      scope: 'chip',
      doc: 'A cell is programmed, between the passes of a network that is larger than the chips.',
    },
  },
  statistics: {
    read: { unit: 'cycle', doc: 'Cycles spent reading OUs.' },
    'stall.adc': { unit: 'cycle', doc: 'Cycles in which an operation is left and no sample-and-hold bank is free.' },
    'stall.input': { unit: 'cycle', doc: 'Cycles in which an operation is left and its input bit-plane is not ready.' },
    'stall.index': {
      unit: 'cycle',
      doc: 'Cycles in which an operation is left and its index is not decoded; only with an index decoder.',
    },
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
  readonly decoder: IndexDecoder;
  readonly trace: TraceSink | null;
  /** On a chip. */
  readonly observer: WindowObserver | null;
  readonly loadWaits: LoadWaits | null;
}

/**
 * One crossbar, event by event: a read starts when the read before has ended, its plane is ready, a sample-and-hold bank
 * is free and its index is decoded; when it ends, each of its bitlines asks the pool for a conversion
 * (docs/timing-model.md, rules 3 and 4).
 */
export class Crossbar implements Actor, Requester {
  read = 0;
  stallAdc = 0;
  stallInput = 0;
  stallIndex = 0;
  scanWait = 0;
  lastReadEnd = 0;

  private readonly readEnds: number;
  private readonly tryStart: number;
  private readonly trace: CrossbarTrace | null;
  private readonly sampleAndHold: SampleAndHold;
  private reading = false;
  private samples = 0;
  /** Codes that have not been accepted, by window, of the windows whose last read has not ended or that have some left. */
  private readonly codesLeft = new Map<number, number>();

  constructor(
    private readonly kernel: Kernel,
    readonly path: string,
    private readonly index: number,
    private readonly parts: CrossbarParts,
  ) {
    this.readEnds = kernel.event(this, READ_ENDS);
    this.tryStart = kernel.event(this, TRY_START);
    this.sampleAndHold = new SampleAndHold(parts.banks);
    this.trace = parts.trace === null ? null : CrossbarTrace.of(parts.trace, path, parts.pool.serviceCycles);
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

  /** @param tag window x banks + bank */
  served(tag: number): void {
    this.trace?.converted(this.kernel.now);
    if (this.sampleAndHold.converted(tag % this.parts.banks, this.kernel.now)) this.wake();
  }

  accepted(tag: number, leaves: number): void {
    this.trace?.accepted(this.kernel.now, leaves);
    if (this.parts.observer === null) return;
    const window = Math.floor(tag / this.parts.banks);
    const left = this.codesLeft.get(window)! - 1;
    this.codesLeft.set(window, left);
    if (left > 0 || this.parts.register.frontier[this.index]! <= window) return;
    this.codesLeft.delete(window);
    this.parts.observer.crossbarsLeave(window, 1, leaves);
  }

  outstanding(): string[] {
    return this.parts.next.bitlines[this.index] === 0
      ? []
      : [`${this.path} waits for a bank, for input plane ${this.parts.next.plane[this.index]} or for its index`];
  }

  private startRead(): void {
    const { next, clock, slots, register, decoder } = this.parts;
    if (this.reading || next.bitlines[this.index] === 0 || !this.sampleAndHold.free) return;
    const { now } = this.kernel;
    const slot = register.frontier[this.index]! % slots;
    const planeReady = clock.readyAt(slot, next.plane[this.index]!);
    if (planeReady > now) return;
    if (decoder.decodedAt > now) {
      this.kernel.schedule(this.tryStart, decoder.decodedAt - now, START);
      return;
    }
    if (now > this.lastReadEnd) this.bookStall(now, planeReady, register.loadedAt[slot]!, slot);
    this.reading = true;
    decoder.readStarts(now);
    this.samples = next.bitlines[this.index]!;
    this.trace?.read(now, now + this.parts.readCycles, this.samples);
    this.kernel.schedule(this.readEnds, this.parts.readCycles, SETTLE);
  }

  /** The stall that ends now belongs to the cause that cleared last (docs/timing-model.md, "Ledgers and waits"). */
  private bookStall(now: number, planeReady: number, loaded: number, slot: number): void {
    const { decoder, loadWaits } = this.parts;
    const { freeSince } = this.sampleAndHold;
    const stalled = now - this.lastReadEnd;
    let cause = 'stall.index';
    if (freeSince >= planeReady && freeSince >= decoder.decodedAt) {
      cause = 'stall.adc';
      this.stallAdc += stalled;
    } else if (planeReady >= decoder.decodedAt) {
      cause = 'stall.input';
      this.stallInput += stalled;
      this.scanWait += now - Math.max(this.lastReadEnd, loaded);
      loadWaits?.book(this.index, this.lastReadEnd, loaded, slot);
    } else {
      this.stallIndex += stalled;
    }
    this.trace?.stalled(cause, this.lastReadEnd, now);
  }

  private endRead(): void {
    const { pool, next, readCycles, register, banks, observer } = this.parts;
    this.reading = false;
    this.lastReadEnd = this.kernel.now;
    this.read += readCycles;
    const window = register.frontier[this.index]!;
    pool.ask(this.index, window * banks + this.sampleAndHold.hold(this.samples), this.samples);
    if (observer !== null) this.codesLeft.set(window, (this.codesLeft.get(window) ?? 0) + this.samples);
    if (!next.advance(this.index)) register.ended(this.index);
    this.wake();
  }
}
