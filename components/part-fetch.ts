import type { Part } from '../mapping/chip-program.js';
import type { Actor } from '../sim/kernel.js';
import type { FifoServer, ServerClient } from '../sim/resources/fifo-server.js';
import type { TrackId } from '../sim/trace/trace.js';
import type { ChipContext } from './chip-context.js';
import { FETCH, rankOf } from './chip-rank.js';
import type { PartStatistics } from './chip-statistics.js';
import type { FetchTimes } from './load-waits.js';
import type { PartInput } from './part-input.js';
import { ARBITRATE, SETTLE } from './pe-phases.js';
import type { BufferUser } from './pixel-buffer.js';
import type { StageWindows } from './stage-windows.js';
import { cyclesFor, type TileServices } from './tile-services.js';
import type { TimeQueue } from './time-queue.js';

/** Where fetched windows go: the PEs of a matrix layer's part, or the pooling unit. */
export interface FetchTarget {
  /** Local windows that may be fetched as far as room for their outputs goes, and as far as room in input registers goes. */
  readonly outputRoom: number;
  readonly registerRoom: number;
  /** A window is there. In phase `settle`. */
  fetched(local: number, times: FetchTimes): void;
}

/** A wait that goes on: a condition that has been missing since a cycle. */
export type FetchWait =
  | { readonly cause: 'pixels'; readonly input: number; readonly since: number }
  | { readonly cause: 'output' | 'pe'; readonly since: number };

const CHECK = 0;
const SCHEDULED_END = 1;
const UNKNOWN = -1;

const BANK = 0;
const BUS = 1;

/** The fetches of a part: rule 7 of docs/timing-model.md. */
export class PartFetch implements Actor, BufferUser, ServerClient {
  readonly path: string;
  private times: FetchTimes = { begun: 0, pixels: 0, output: 0, register: 0 };
  private local = 0;
  private fetching = false;
  /** End of the fetch before. */
  private ended = 0;
  /** When each condition of the next fetch came; UNKNOWN while it has not. */
  private readonly inputAt: Float64Array;
  private barrierAt = UNKNOWN;
  private outputAt = UNKNOWN;
  private registerAt = UNKNOWN;
  private readonly check: number;
  private readonly scheduledEnd: number;
  private readonly track: TrackId;

  /** @param toPes whether the bytes go over the bus to PEs */
  constructor(
    private readonly chip: ChipContext,
    private readonly part: Part,
    private readonly windows: StageWindows,
    private readonly inputs: readonly PartInput[],
    private readonly tile: TileServices,
    private readonly bank: FifoServer,
    private readonly target: FetchTarget,
    private readonly statistics: PartStatistics,
    private readonly toPes: boolean,
    /** Takes the beginnings of fetches; null where nobody asks for them. */
    private readonly beginnings: TimeQueue | null,
  ) {
    this.path = `Chip.Tile[${part.tile}].Part[${part.index}].Fetch`;
    this.inputAt = new Float64Array(inputs.length).fill(UNKNOWN);
    this.check = chip.kernel.event(this, CHECK);
    this.scheduledEnd = chip.kernel.event(this, SCHEDULED_END);
    this.track = chip.trace?.track(`${this.path} ${windows.stage.name}`) ?? -1;
    chip.kernel.monitor(this);
    for (const { buffer, input, pixelsPerImage } of inputs) {
      buffer.reader = this;
      buffer.free(windows.kept(0, input, pixelsPerImage));
    }
    chip.barrier?.register(windows.stage.index, this);
    this.wake();
  }

  get begun(): boolean {
    return this.fetching || this.local > 0;
  }

  /**
   * What the next fetch waits for, pixels before room where both are missing; null where it does not. Once the fetch begins,
   * the wait is divided by the conditions' order (`bookStall`).
   */
  get wait(): FetchWait | null {
    const { ended: since, inputs } = this;
    if (this.fetching || this.local === this.windows.count) return null;
    const late = this.inputAt.indexOf(UNKNOWN);
    const missing = inputs[late >= 0 ? late : 0];
    if ((late >= 0 || this.barrierAt === UNKNOWN) && missing !== undefined) {
      return { cause: 'pixels', input: missing.index, since };
    }
    if (this.outputAt === UNKNOWN) return { cause: 'output', since };
    return this.registerAt === UNKNOWN ? { cause: 'pe', since } : null;
  }

  wake(): void {
    const { kernel } = this.chip;
    if (!this.fetching && !kernel.isPending(this.check)) kernel.schedule(this.check, 0, ARBITRATE);
  }

  on(kind: number): void {
    if (kind === CHECK) this.tryFetch();
    else this.end();
  }

  served(tag: number, asked: number, begun: number): void {
    const { now } = this.chip.kernel;
    this.statistics.stallServer += begun - asked;
    this.statistics.fetch += now - begun;
    this.span('stall.server', asked, begun);
    this.span('fetch', begun, now);
    if (tag === BANK && this.toPes) {
      const cycles = cyclesFor(this.part.fetchBytes, this.chip.machine.bus.bytesPerCycle);
      this.tile.bus.request(rankOf(this.part.index, FETCH, 0), cycles, this, BUS);
    } else this.end();
  }

  outstanding(): string[] {
    if (this.local === this.windows.count) return [];
    const missing = this.inputs.filter((_, k) => this.inputAt[k] === UNKNOWN);
    const lines = missing.map(({ input, buffer, pixelsPerImage }) => {
      const needed = this.windows.needed(this.local, input, pixelsPerImage);
      return `${needed} pixels of stage ${input.producer}, of which ${buffer.arrived} are there`;
    });
    if (this.outputAt === UNKNOWN) lines.push('room for its sums');
    if (this.registerAt === UNKNOWN) lines.push('room in the input registers');
    return [`${this.path} (${this.windows.stage.name}) waits with window ${this.local} for ${lines.join('; ')}`];
  }

  private tryFetch(): void {
    const { local, windows } = this;
    if (this.fetching || local === windows.count || !this.conditionsHold()) return;
    const { kernel, machine, scheduled, counts } = this.chip;
    const { now } = kernel;
    this.bookStall(now);
    if (local === 0) this.statistics.firstFetch = now;
    const { imageFirstFetch } = this.statistics;
    const image = windows.imageOf(local);
    if (now < imageFirstFetch[image]!) imageFirstFetch[image] = now;
    this.beginnings?.push(now);
    this.fetching = true;
    const { fetchBytes } = this.part;
    counts.edramReadBytes += fetchBytes;
    if (this.toPes) counts.busBytes += fetchBytes;
    if (scheduled) {
      if (fetchBytes > 0) {
        this.bank.countScheduled(cyclesFor(fetchBytes, machine.edram.bytesPerCycle));
        if (this.toPes) this.tile.bus.countScheduled(cyclesFor(fetchBytes, machine.bus.bytesPerCycle));
      }
      this.runFor(machine.tile.stageCycles);
    } else if (fetchBytes > 0) {
      const cycles = cyclesFor(fetchBytes, machine.edram.bytesPerCycle);
      this.bank.request(rankOf(this.part.index, FETCH, 0), cycles, this, BANK);
    } else this.runFor(1);
  }

  private runFor(cycles: number): void {
    const { kernel } = this.chip;
    this.statistics.fetch += cycles;
    this.span('fetch', kernel.now, kernel.now + cycles);
    kernel.schedule(this.scheduledEnd, cycles, SETTLE);
  }

  /** Notes which conditions have come by now. */
  private conditionsHold(): boolean {
    const { windows, target, local, inputAt } = this;
    const { now } = this.chip.kernel;
    let hold = true;
    for (let k = 0; k < inputAt.length; k++) {
      if (inputAt[k] !== UNKNOWN) continue;
      const { buffer, input, pixelsPerImage } = this.inputs[k]!;
      if (buffer.arrived >= windows.needed(local, input, pixelsPerImage)) inputAt[k] = now;
      else hold = false;
    }
    const { barrier } = this.chip;
    if (this.barrierAt === UNKNOWN) {
      if (barrier?.open(windows.stage.index, windows.imageOf(local)) !== false) this.barrierAt = now;
      else hold = false;
    }
    if (this.outputAt === UNKNOWN) {
      if (local < target.outputRoom) this.outputAt = now;
      else hold = false;
    }
    if (this.registerAt === UNKNOWN) {
      if (local < target.registerRoom) this.registerAt = now;
      else hold = false;
    }
    return hold;
  }

  /** Every cycle since the fetch before belongs to the condition that came next, the first of those that came together. */
  private bookStall(now: number): void {
    const { ended, inputAt, inputs, statistics, barrierAt, outputAt, registerAt } = this;
    let pixelsAt = barrierAt;
    for (let k = 0; k < inputAt.length; k++) pixelsAt = Math.max(pixelsAt, inputAt[k]!);
    // What came by the end of the fetch before made nothing late: the order of fetches did.
    this.times = {
      begun: now,
      pixels: pixelsAt > ended ? pixelsAt : 0,
      output: outputAt > ended ? outputAt : 0,
      register: registerAt,
    };
    for (let from = ended; from < now; ) {
      const next = this.nextCondition(from);
      const late = inputAt.indexOf(next);
      const input = late >= 0 ? inputs[late] : next === barrierAt ? inputs[0] : undefined;
      if (input !== undefined) statistics.stallPixels[input.index]! += next - from;
      else if (next === outputAt) statistics.stallOutput += next - from;
      else if (next === registerAt) statistics.stallPe += next - from;
      this.span(input !== undefined ? 'stall.pixels' : next === outputAt ? 'stall.output' : 'stall.pe', from, next);
      from = next;
    }
  }

  /** When the first condition came that had not by `from`. */
  private nextCondition(from: number): number {
    const { inputAt, barrierAt, outputAt, registerAt } = this;
    let next = Number.POSITIVE_INFINITY;
    for (let k = 0; k < inputAt.length; k++) {
      const at = inputAt[k]!;
      if (at > from && at < next) next = at;
    }
    if (barrierAt > from && barrierAt < next) next = barrierAt;
    if (outputAt > from && outputAt < next) next = outputAt;
    if (registerAt > from && registerAt < next) next = registerAt;
    return next;
  }

  private end(): void {
    const { windows, local } = this;
    this.fetching = false;
    this.ended = this.chip.kernel.now;
    for (const { buffer, input, pixelsPerImage } of this.inputs) {
      buffer.free(windows.kept(local + 1, input, pixelsPerImage));
    }
    this.target.fetched(local, this.times);
    this.local++;
    this.inputAt.fill(UNKNOWN);
    this.barrierAt = UNKNOWN;
    this.outputAt = UNKNOWN;
    this.registerAt = UNKNOWN;
    if (this.local < windows.count) this.wake();
  }

  private span(name: string, start: number, end: number): void {
    if (end > start) this.chip.trace?.span(this.track, name, start, end);
  }
}
