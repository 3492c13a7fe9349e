import { BYTES_PER_SUM, type Part } from '../mapping/chip-program.js';
import type { Actor } from '../sim/kernel.js';
import type { ServerClient } from '../sim/resources/fifo-server.js';
import type { ChipContext } from './chip-context.js';
import type { PeListener } from './chip-pe.js';
import { GATHER, MERGE, rankOf } from './chip-rank.js';
import type { PacketClient, Route } from './mesh.js';
import type { PartHome } from './part-home.js';
import { ARBITRATE, SETTLE } from './pe-phases.js';
import type { BufferUser } from './pixel-buffer.js';
import { cyclesFor, type TileServices } from './tile-services.js';

const CHECK = 0;
const SCHEDULED_END = 1;

/** A part of a replica, as far as the other parts see it. */
export interface GatheringPart {
  readonly part: Part;
  readonly tile: TileServices;
  readonly home: PartHome;
}

/** Merging the sums of a part's PEs and sending them to their homes: rules 9 and 10 of docs/timing-model.md. */
export class PartMerge implements Actor, PeListener, BufferUser, PacketClient {
  readonly path: string;
  /** Windows whose sums have left the output registers of all PEs. */
  left = 0;
  /** The parts of the replica, by their index in it, and the ways there. */
  private known: readonly GatheringPart[] = [];
  private routes: readonly Route[] = [];
  /** Woken when room in input or output registers becomes free. */
  fetch!: BufferUser;
  /** By class of PEs: windows done. */
  private readonly doneWindows: Int32Array;
  /** By PE: windows that have asked the bus, left the output register, been added. */
  private readonly asked: Int32Array;
  private readonly leftPe: Int32Array;
  private readonly added: Int32Array;
  private merged = 0;
  private scheduled = 0;
  /** Windows that have room in the output registers of all homes. */
  private room = 0;
  /** Windows that homes have still to send before there can be more room. */
  private untilRoom = 0;
  private readonly check: number;
  private readonly busClient: ServerClient = { served: (pe) => this.transferred(pe) };
  private readonly addClient: ServerClient = { served: (pe) => this.addedSums(pe) };
  private readonly gatherClient: ServerClient = { served: (tag) => this.gathered(tag) };

  /**
   * @param own index of the part in its replica
   * @param classOf class of each PE of the part
   */
  constructor(
    private readonly chip: ChipContext,
    private readonly part: Part,
    private readonly own: number,
    private readonly windows: number,
    private readonly classOf: readonly number[],
    classes: number,
    private readonly tile: TileServices,
  ) {
    this.path = `Chip.Tile[${part.tile}].Part[${part.index}].Merge`;
    this.doneWindows = new Int32Array(classes);
    this.asked = new Int32Array(classOf.length);
    this.leftPe = new Int32Array(classOf.length);
    this.added = new Int32Array(classOf.length);
    this.check = chip.kernel.event(this, CHECK);
    chip.kernel.monitor(this);
  }

  get parts(): readonly GatheringPart[] {
    return this.known;
  }

  /** Set once, when the parts of the replica exist. */
  set parts(parts: readonly GatheringPart[]) {
    this.known = parts;
    this.routes = parts.map(({ part }) => this.chip.mesh.route(this.part.tile, part.tile));
    this.findRoom();
  }

  released(): void {
    this.fetch.wake();
  }

  done(pe: number): void {
    this.doneWindows[pe]!++;
    this.lookSoon();
  }

  /** A home has sent a window. */
  wake(): void {
    this.untilRoom--;
    if (this.untilRoom > 0) return;
    const { room } = this;
    this.findRoom();
    if (this.room > room) this.lookSoon();
  }

  private lookSoon(): void {
    const { kernel } = this.chip;
    if (!kernel.isPending(this.check)) kernel.schedule(this.check, 0, ARBITRATE);
  }

  on(kind: number): void {
    if (kind === CHECK) this.handOver();
    else this.scheduledEnd();
  }

  outstanding(): string[] {
    if (this.merged === this.windows) return [];
    return [`${this.path} has merged ${this.merged} of ${this.windows} windows; room at its homes up to ${this.room}`];
  }

  /** The room that the slowest homes leave; each of them has to send a window before there is more. */
  private findRoom(): void {
    let sent = Number.POSITIVE_INFINITY;
    for (const { home } of this.known) {
      if (home.sentWindows > sent) continue;
      if (home.sentWindows < sent) this.untilRoom = 0;
      sent = home.sentWindows;
      this.untilRoom++;
    }
    this.room = sent + this.chip.machine.tileOutputRegister.windows;
  }

  private handOver(): void {
    const { kernel, machine, scheduled } = this.chip;
    const { room } = this;
    if (scheduled) {
      const done = least(this.doneWindows);
      const { stageCycles } = machine.tile;
      const untilStage = (stageCycles - (kernel.now % stageCycles)) % stageCycles;
      for (; this.scheduled < done && this.scheduled < room; this.scheduled++) {
        kernel.post(untilStage + stageCycles, this, SCHEDULED_END, 0, SETTLE);
      }
      return;
    }
    for (let pe = 0; pe < this.asked.length; pe++) {
      const end = Math.min(room, this.doneWindows[this.classOf[pe]!]!);
      for (; this.asked[pe]! < end; this.asked[pe]!++) this.askBus(pe);
    }
  }

  /** The PE's next window of sums is to go over the bus. */
  private askBus(pe: number): void {
    const { sums, pe: number } = this.part.pes[pe]!;
    if (sums === 0) {
      this.transferred(pe);
      return;
    }
    const bytes = sums * BYTES_PER_SUM;
    this.chip.counts.busBytes += bytes;
    const cycles = cyclesFor(bytes, this.chip.machine.bus.bytesPerCycle);
    this.tile.bus.request(rankOf(this.part.index, MERGE, number), cycles, this.busClient, pe);
  }

  /** The sums of a PE's next window have left its output register. */
  private transferred(pe: number): void {
    // Only the PEs that were last before can change what all have done.
    if (this.leftPe[pe]!++ === this.left) this.updateLeft();
    const { sums, pe: number } = this.part.pes[pe]!;
    if (sums === 0) {
      this.addedSums(pe);
      return;
    }
    this.countAdds(sums);
    this.tile.shiftAdd.request(rankOf(this.part.index, MERGE, number), this.addCycles(sums), this.addClient, pe);
  }

  private updateLeft(): void {
    const left = least(this.leftPe);
    if (left === this.left) return;
    this.left = left;
    this.fetch.wake();
  }

  private addedSums(pe: number): void {
    if (this.added[pe]!++ > this.merged) return;
    const merged = least(this.added);
    while (this.merged < merged) this.gather(this.merged++);
  }

  /** With `static`: the next window of all PEs is merged. */
  private scheduledEnd(): void {
    const { machine, counts } = this.chip;
    for (const { sums } of this.part.pes) {
      if (sums === 0) continue;
      counts.busBytes += sums * BYTES_PER_SUM;
      this.countAdds(sums);
      this.tile.bus.countScheduled(cyclesFor(sums * BYTES_PER_SUM, machine.bus.bytesPerCycle));
      this.tile.shiftAdd.countScheduled(this.addCycles(sums));
    }
    this.leftPe.fill(this.merged + 1);
    this.updateLeft();
    this.gather(this.merged++);
  }

  /** The part's sums of a window go to their homes. */
  private gather(local: number): void {
    const { parts, own, part, routes } = this;
    const { mesh, scheduled } = this.chip;
    for (let index = 0; index < parts.length; index++) {
      const to = parts[index]!;
      const sums = part.sumsTo[index]!;
      if (index === own) to.home.contribute(local);
      else if (sums > 0 && scheduled) {
        this.countAdds(sums);
        to.tile.shiftAdd.countScheduled(this.addCycles(sums));
        mesh.countScheduled(routes[index]!, sums * BYTES_PER_SUM);
        to.home.contribute(local);
      } else if (sums > 0) {
        const tag = local * parts.length + index;
        mesh.send(routes[index]!, sums * BYTES_PER_SUM, rankOf(to.part.index, GATHER, part.index), this, tag);
      }
    }
  }

  packetLeft(): void {}

  /** The sums of a window have come to the tile of a home. */
  packetArrived(tag: number): void {
    const index = tag % this.parts.length;
    const to = this.parts[index]!;
    const sums = this.part.sumsTo[index]!;
    this.countAdds(sums);
    const rank = rankOf(to.part.index, GATHER, this.part.index);
    to.tile.shiftAdd.request(rank, this.addCycles(sums), this.gatherClient, tag);
  }

  private gathered(tag: number): void {
    const { parts } = this;
    parts[tag % parts.length]!.home.contribute(Math.floor(tag / parts.length));
  }

  private addCycles(sums: number): number {
    return cyclesFor(sums, this.chip.machine.tileShiftAdd.addsPerCycle);
  }

  private countAdds(sums: number): void {
    const { counts } = this.chip;
    counts.tileAdds += sums;
    counts.outputRegisterBytes += sums * BYTES_PER_SUM;
  }
}

function least(windows: Int32Array): number {
  let found = windows[0]!;
  for (let i = 1; i < windows.length; i++) if (windows[i]! < found) found = windows[i]!;
  return found;
}
