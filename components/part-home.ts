import type { Destination, Part } from '../mapping/chip-program.js';
import type { Actor } from '../sim/kernel.js';
import type { FifoServer, ServerClient } from '../sim/resources/fifo-server.js';
import type { TrackId } from '../sim/trace/trace.js';
import type { ChipContext } from './chip-context.js';
import { ACTIVATE, rankOf, SEND, WRITE, WRITE_ITEMS } from './chip-rank.js';
import type { PartStatistics } from './chip-statistics.js';
import type { PacketClient, Route } from './mesh.js';
import type { PartInput } from './part-input.js';
import { ARBITRATE, SETTLE } from './pe-phases.js';
import type { BufferUser, PixelBuffer } from './pixel-buffer.js';
import type { StageWindows } from './stage-windows.js';
import { cyclesFor, type TileServices } from './tile-services.js';
import { TimeQueue } from './time-queue.js';

/** Where a share of a pixel goes. */
export interface Target {
  readonly destination: Destination;
  /** -1: the port. */
  readonly tile: number;
  /** Of buffers: the room there, its bank and the part that has it. */
  readonly buffer: PixelBuffer | null;
  readonly bank: FifoServer | null;
  readonly part: number;
}

const CHECK = 0;
const ACTIVATED = 1;
const ARRIVED = 2;

const FINISH_READ = 0;
const ACTIVATION = 1;

/** A target with all that sending a share there takes. */
interface Sending extends Target {
  /** It has its buffer in the tile of the home. */
  readonly own: boolean;
  readonly route: Route;
  readonly bytes: number;
  /** Ranks of the sending itself, and of its writing at the receiving part. */
  readonly rank: number;
  readonly writeRank: number;
  /** Cycles that a bank and the port take for the share. */
  readonly writeCycles: number;
  readonly portCycles: number;
}

/**
 * The home of a share of the channels: collects the sums of a window, activates it and sends it on; rules 10 to 12 of
 * docs/timing-model.md. The source is a home whose windows are activated as soon as there is room for them.
 */
export class PartHome implements Actor, BufferUser, ServerClient, PacketClient {
  readonly path: string;
  /** Windows sent, in order. Infinity where no value is at home. */
  sentWindows: number;
  /** Beginnings of the fetches of windows that are not sent yet. */
  readonly begun = new TimeQueue();
  /** Woken when a window is sent: what waits for room in the tile's output register. */
  readonly waitsForRoom: BufferUser[] = [];
  /** Called when a window is sent, with its local number. */
  onSent: (local: number) => void = () => {};
  readonly isSource: boolean;
  /** Bytes that are read for a window before its activation. */
  private readonly finishBytes: number;
  /** By window mod slots. */
  private readonly slots: number;
  private readonly contributions: Int32Array;
  private readonly completeAt: Float64Array;
  private readonly activatedAt: Float64Array;
  private readonly goneAt: Float64Array;
  private readonly goneTo: Int32Array;
  private readonly unsent: Int32Array;
  private completed = 0;
  private activating = false;
  private activated = 0;
  /** By input of role `finish`: when the pixels of windows not activated yet were there, and the next window to ask for. */
  private readonly finishAt: readonly TimeQueue[];
  private readonly finishNext: Int32Array;
  /** By destination: windows that have gone there; with `static`, windows whose share is written there. */
  private readonly gone: Int32Array;
  private readonly written: Int32Array;
  private readonly sendings: readonly Sending[];
  /** The share that is tagged is written at its target, and has been served by the port. */
  private readonly writing: ServerClient = { served: (tag) => this.shareWritten(tag) };
  private readonly porting: ServerClient = { served: (tag) => this.shareThroughPort(tag) };
  private sentAt = 0;
  /** Window, from which on `finish` and the time of the oldest window are known: its finish time and cause. */
  private readonly finishedAt: Float64Array;
  private readonly finishOf: Int32Array;
  private readonly check: number;
  private readonly endActivation: number;
  private readonly track: TrackId;

  /** @param expected contributions that complete a window: the own PEs and the parts that send sums */
  constructor(
    private readonly chip: ChipContext,
    private readonly part: Part,
    private readonly windows: StageWindows,
    private readonly finishInputs: readonly PartInput[],
    targets: readonly Target[],
    private readonly expected: number,
    private readonly tile: TileServices | null,
    private readonly bank: FifoServer | null,
    private readonly port: FifoServer,
    private readonly statistics: PartStatistics,
    /** Told when the port has served a share of an output. */
    private readonly outputDone: (image: number) => void,
    private readonly presented: (image: number) => void,
  ) {
    const { kernel, machine, trace } = chip;
    this.isSource = windows.stage.kind === 'source';
    this.path = this.isSource ? 'Chip.Port.Source' : `Chip.Tile[${part.tile}].Part[${part.index}].Home`;
    this.slots = machine.tileOutputRegister.windows;
    this.finishBytes = part.buffers.reduce((sum, buffer) => sum + buffer.finishBytes, 0);
    this.sentWindows = this.holdsValues ? 0 : Number.POSITIVE_INFINITY;
    this.contributions = new Int32Array(this.slots);
    this.completeAt = new Float64Array(this.slots);
    this.activatedAt = new Float64Array(this.slots);
    this.finishedAt = new Float64Array(this.slots);
    this.finishOf = new Int32Array(this.slots);
    this.goneAt = new Float64Array(this.slots);
    this.goneTo = new Int32Array(this.slots);
    this.unsent = new Int32Array(this.slots);
    this.finishAt = finishInputs.map(() => new TimeQueue());
    this.finishNext = new Int32Array(finishInputs.length);
    this.gone = new Int32Array(targets.length);
    this.written = new Int32Array(targets.length);
    this.sendings = targets.map((target, d) => this.sendingTo(target, d));
    this.check = kernel.event(this, CHECK);
    this.endActivation = kernel.event(this, ACTIVATED);
    this.track = trace?.track(`${this.path} ${windows.stage.name}`) ?? -1;
    kernel.monitor(this);
    for (const { buffer, input, pixelsPerImage } of finishInputs) {
      buffer.reader = this;
      buffer.free(windows.kept(0, input, pixelsPerImage));
    }
    if (finishInputs.length > 0 || this.isSource) this.wake();
  }

  /** Whether some output values are at home here; the source has all. */
  get holdsValues(): boolean {
    return this.isSource || this.part.homeValues > 0;
  }

  /** The sums of one part for window `local` are added, or they are the own ones. */
  contribute(local: number): void {
    if (!this.holdsValues) return;
    const slot = local % this.slots;
    if (++this.contributions[slot]! < this.expected) return;
    this.contributions[slot] = 0;
    this.completeAt[slot] = this.chip.kernel.now;
    this.completed++;
    this.wake();
  }

  /** A vector stage's next window is pooled. */
  pooled(local: number): void {
    if (!this.holdsValues) return;
    const slot = local % this.slots;
    const { now } = this.chip.kernel;
    this.completeAt[slot] = now;
    this.finishedAt[slot] = now;
    this.completed++;
    this.activate(now);
  }

  wake(): void {
    const { kernel } = this.chip;
    if (!kernel.isPending(this.check)) kernel.schedule(this.check, 0, ARBITRATE);
  }

  on(kind: number, d: number): void {
    if (kind === CHECK) this.work();
    else if (kind === ACTIVATED) this.finishActivation();
    else this.scheduledArrival(d);
  }

  served(tag: number): void {
    if (tag === FINISH_READ) this.askActivation();
    else this.finishActivation();
  }

  outstanding(): string[] {
    if (!this.holdsValues || this.sentWindows === this.windows.count) return [];
    const name = `${this.path} (${this.windows.stage.name})`;
    const blocked = this.sendings.flatMap(({ destination, buffer, tile }, d) => {
      const waits = buffer !== null && this.gone[d]! < this.activated;
      return waits && destination.kind === 'buffer'
        ? [`${name} waits with window ${this.gone[d]} for room at stage ${destination.stage}, tile ${tile}`]
        : [];
    });
    return blocked.length > 0
      ? blocked
      : [`${name} has sent ${this.sentWindows} of ${this.windows.count} windows; ${this.completed} are complete`];
  }

  private work(): void {
    if (this.isSource) this.present();
    this.lookForFinishPixels();
    this.tryActivate();
    this.send();
  }

  /** The source's windows are at hand as long as there is room in its output register. */
  private present(): void {
    const end = Math.min(this.windows.count, this.sentWindows + this.slots);
    const { now } = this.chip.kernel;
    while (this.activated < end) {
      const slot = this.activated % this.slots;
      if (this.activated % this.windows.stage.windows === 0) this.presented(this.windows.imageOf(this.activated));
      this.completeAt[slot] = now;
      this.finishedAt[slot] = now;
      this.completed++;
      this.activate(now);
    }
  }

  private lookForFinishPixels(): void {
    const { windows, finishInputs, finishNext } = this;
    const { now } = this.chip.kernel;
    for (let k = 0; k < finishInputs.length; k++) {
      const { buffer, input, pixelsPerImage } = finishInputs[k]!;
      while (
        finishNext[k]! < windows.count &&
        buffer.arrived >= windows.needed(finishNext[k]!, input, pixelsPerImage)
      ) {
        this.finishAt[k]!.push(now);
        finishNext[k]!++;
      }
    }
  }

  private tryActivate(): void {
    const { kernel, machine, scheduled, counts } = this.chip;
    const local = this.activated;
    if (this.isSource || this.windows.stage.kind === 'vector') return;
    if (this.activating || local >= this.completed) return;
    const slot = local % this.slots;
    let finished = this.completeAt[slot]!;
    let of = -1;
    for (let k = 0; k < this.finishAt.length; k++) {
      if (this.finishAt[k]!.length === 0) return;
      const at = this.finishAt[k]!.first;
      if (at > finished) {
        finished = at;
        of = k;
      }
    }
    this.finishedAt[slot] = finished;
    this.finishOf[slot] = of;
    this.activating = true;
    const { finishBytes } = this;
    counts.edramReadBytes += finishBytes;
    counts.activations += this.part.homeValues;
    const readCycles = finishBytes === 0 ? 0 : cyclesFor(finishBytes, machine.edram.bytesPerCycle);
    if (scheduled) {
      if (readCycles > 0) this.bank!.countScheduled(readCycles);
      this.tile!.activation.countScheduled(cyclesFor(this.part.homeValues, machine.activation.valuesPerCycle));
      kernel.schedule(this.endActivation, machine.tile.stageCycles, SETTLE);
    } else if (readCycles > 0) {
      this.bank!.request(rankOf(this.part.index, ACTIVATE, 0), readCycles, this, FINISH_READ);
    } else this.askActivation();
  }

  private askActivation(): void {
    const cycles = cyclesFor(this.part.homeValues, this.chip.machine.activation.valuesPerCycle);
    this.tile!.activation.request(rankOf(this.part.index, ACTIVATE, 0), cycles, this, ACTIVATION);
  }

  private finishActivation(): void {
    const { windows, finishInputs } = this;
    const local = this.activated;
    this.activating = false;
    for (let k = 0; k < finishInputs.length; k++) {
      const { buffer, input, pixelsPerImage } = finishInputs[k]!;
      this.finishAt[k]!.shift();
      buffer.free(windows.kept(local + 1, input, pixelsPerImage));
    }
    this.activate(this.chip.kernel.now);
  }

  /** The next window is activated, pooled or presented at `now`. */
  private activate(now: number): void {
    const slot = this.activated % this.slots;
    this.activatedAt[slot] = now;
    this.goneAt[slot] = now;
    this.goneTo[slot] = -1;
    this.unsent[slot] = this.sendings.length;
    this.activated++;
    this.wake();
  }

  /** Sends what is activated wherever there is room, and closes windows that have left everywhere. */
  private send(): void {
    const { sendings, gone, windows } = this;
    for (let d = 0; d < sendings.length; d++) {
      const sending = sendings[d]!;
      while (gone[d]! < this.activated) {
        const local = gone[d]!;
        const n = windows.number(local);
        if (sending.buffer !== null && !sending.buffer.hasRoom(n)) {
          sending.buffer.awaitRoom(this);
          break;
        }
        gone[d]!++;
        this.go(local, n, sending, d);
      }
    }
    this.closeWindows();
  }

  private go(local: number, n: number, sending: Sending, d: number): void {
    const { kernel, machine, mesh, scheduled } = this.chip;
    const { now } = kernel;
    const slot = local % this.slots;
    if (now > this.goneAt[slot]!) {
      this.goneAt[slot] = now;
      this.goneTo[slot] = d;
    }
    sending.buffer?.take(n);
    const tag = local * this.sendings.length + d;
    if (scheduled) {
      this.countScheduledSend(sending);
      if (this.isSource) this.scheduledArrival(d);
      else kernel.post(machine.tile.stageCycles, this, ARRIVED, d, SETTLE);
    } else if (sending.own) this.write(sending, tag);
    else if (this.isSource) this.servePort(sending, tag);
    else mesh.send(sending.route, sending.bytes, sending.rank, this, tag);
  }

  packetLeft(tag: number): void {
    this.left(Math.floor(tag / this.sendings.length));
  }

  packetArrived(tag: number): void {
    const sending = this.sendings[tag % this.sendings.length]!;
    if (sending.buffer !== null) this.write(sending, tag);
    else this.servePort(sending, tag);
  }

  /** Asks the bank of the receiving part for the share. */
  private write({ bytes, bank, writeRank, writeCycles }: Sending, tag: number): void {
    this.chip.counts.edramWriteBytes += bytes;
    bank!.request(writeRank, writeCycles, this.writing, tag);
  }

  private shareWritten(tag: number): void {
    const { buffer, own } = this.sendings[tag % this.sendings.length]!;
    const local = Math.floor(tag / this.sendings.length);
    buffer!.write(this.windows.number(local));
    if (own) this.left(local);
  }

  private servePort({ bytes, rank, portCycles }: Sending, tag: number): void {
    this.chip.counts.portBytes += bytes;
    this.port.request(rank, portCycles, this.porting, tag);
  }

  /** What the source presents comes in through the port, outputs go out. */
  private shareThroughPort(tag: number): void {
    const { route, bytes, rank } = this.sendings[tag % this.sendings.length]!;
    if (this.isSource) this.chip.mesh.send(route, bytes, rank, this, tag);
    else this.outputDone(this.windows.imageOf(Math.floor(tag / this.sendings.length)));
  }

  /** With `static`: the next window's share is written at destination `d`. */
  private scheduledArrival(d: number): void {
    const local = this.written[d]!++;
    const { buffer } = this.sendings[d]!;
    if (buffer !== null) buffer.write(this.windows.number(local));
    else this.outputDone(this.windows.imageOf(local));
    this.left(local);
  }

  private countScheduledSend({ bank, buffer, route, bytes, own, writeCycles, portCycles }: Sending): void {
    const { mesh, counts } = this.chip;
    if (bank !== null) {
      counts.edramWriteBytes += bytes;
      bank.countScheduled(writeCycles);
    }
    if (this.isSource || buffer === null) {
      counts.portBytes += bytes;
      this.port.countScheduled(portCycles);
    }
    if (!own) mesh.countScheduled(route, bytes);
  }

  private sendingTo(target: Target, d: number): Sending {
    const { mesh, machine } = this.chip;
    const { edram, offChip } = machine;
    const { destination, tile, buffer, part } = target;
    const { bytes } = destination;
    const input = destination.kind === 'buffer' ? destination.input : 0;
    return {
      ...target,
      own: tile === this.part.tile && buffer !== null,
      route: mesh.route(this.part.tile, tile),
      bytes,
      rank: rankOf(this.part.index, SEND, d),
      writeRank: rankOf(part, WRITE, input * WRITE_ITEMS + this.part.index),
      writeCycles: cyclesFor(bytes, edram.bytesPerCycle),
      portCycles: cyclesFor(bytes, offChip.bytesPerCycle),
    };
  }

  /** A share of the window has left the tile, or is written in it. */
  private left(local: number): void {
    if (--this.unsent[local % this.slots]! === 0) this.wake();
  }

  private closeWindows(): void {
    const { now } = this.chip.kernel;
    while (this.sentWindows < this.activated && this.unsent[this.sentWindows % this.slots] === 0) {
      const local = this.sentWindows++;
      this.bookSending(local % this.slots, now);
      if (local === 0) this.statistics.firstSent = now;
      this.statistics.lastSent = now;
      this.statistics.imageLastSent[this.windows.imageOf(local)] = now;
      if (this.begun.length > 0) this.statistics.windowCycles += now - this.begun.shift();
      this.onSent(local);
      for (const waiting of this.waitsForRoom) waiting.wake();
      if (this.isSource && this.activated < this.windows.count) this.wake();
    }
  }

  /** Divides the time since the sending before (docs/timing-model.md, "Ledgers of parts"). */
  private bookSending(slot: number, now: number): void {
    const { statistics } = this;
    const complete = Math.max(this.sentAt, this.completeAt[slot]!);
    const finished = Math.max(complete, this.finishedAt[slot]!);
    const activated = Math.max(finished, this.activatedAt[slot]!);
    const gone = Math.max(activated, this.goneAt[slot]!);
    if (finished > complete) {
      statistics.stallFinish[this.finishInputs[this.finishOf[slot]!]!.index]! += finished - complete;
      this.span('stall.pixels', complete, finished);
    }
    statistics.activate += activated - finished;
    this.span('activate', finished, activated);
    if (gone > activated) {
      statistics.stallSpace[this.goneTo[slot]!]! += gone - activated;
      this.span('stall.space', activated, gone);
    }
    statistics.send += now - gone;
    this.span('send', gone, now);
    this.sentAt = now;
  }

  private span(name: string, start: number, end: number): void {
    if (end > start) this.chip.trace?.span(this.track, name, start, end);
  }
}
