import { hopsBetween, type MeshGeometry, PORT_TILE, routerPlace } from '../mapping/floor-plan/mesh-geometry.js';
import type { Actor, Kernel } from '../sim/kernel.js';
import type { TraceSink, TrackId } from '../sim/trace/trace.js';
import type { LinkStatistics } from './chip-statistics.js';
import type { MachineConfig } from './machine.js';
import { SETTLE, START } from './pe-phases.js';

/** Who sends packets, and hears of them. */
export interface PacketClient {
  /** The packet has left its tile: the first link has carried it. In phase `settle`. */
  packetLeft(tag: number): void;
  /** The last link has carried it. In phase `settle`. */
  packetArrived(tag: number): void;
}

interface Packet {
  readonly flits: number;
  readonly path: readonly Link[];
  readonly rank: number;
  readonly client: PacketClient;
  readonly tag: number;
  /** Index of the next link in `path`. */
  next: number;
  /** When its last flit was behind the link before. */
  tailAt: number;
  asked: number;
}

const BEGIN = 0;
const END = 1;
const HEAD = 2;

/**
 * A link of the network: carries one packet at a time, and begins only when there is room for the packet behind it
 * (virtual cut-through, docs/timing-model.md, rule 13).
 */
class Link implements Actor {
  packets = 0;
  flits = 0;
  busy = 0;
  wait = 0;
  waitMax = 0;
  stallBuffer = 0;
  private readonly queue: Packet[] = [];
  private current: Packet | null = null;
  /** Packets whose heads are on their way to the far end. */
  private readonly heading: Packet[] = [];
  private freeSince = 0;
  /** Packets that the buffer behind the link still takes. */
  private room: number;
  private readonly begin: number;
  private readonly end: number;
  private readonly track: TrackId;

  constructor(
    private readonly kernel: Kernel,
    readonly path: string,
    private readonly flitCycles: number,
    private readonly hopCycles: number,
    bufferPackets: number,
    private readonly trace: TraceSink | null,
  ) {
    this.room = bufferPackets;
    this.begin = kernel.event(this, BEGIN);
    this.end = kernel.event(this, END);
    this.track = trace?.track(path) ?? -1;
    kernel.monitor(this);
  }

  ask(packet: Packet): void {
    const { queue } = this;
    packet.asked = this.kernel.now;
    queue.push(packet);
    let at = queue.length - 1;
    for (; at > 0 && queue[at - 1]!.asked === packet.asked && queue[at - 1]!.rank > packet.rank; at--) {
      [queue[at - 1], queue[at]] = [queue[at]!, queue[at - 1]!];
    }
    this.wake();
  }

  on(kind: number): void {
    if (kind === BEGIN) this.beginPacket();
    else if (kind === END) this.endPacket();
    else this.headArrives();
  }

  outstanding(): string[] {
    const waiting = this.queue.length + (this.current === null ? 0 : 1);
    return waiting === 0 ? [] : [`${this.path} has ${waiting} packets left; room behind it for ${this.room}`];
  }

  get statistics(): LinkStatistics {
    const { path, busy, packets, flits, wait, waitMax, stallBuffer } = this;
    return { path, use: { busy, requests: packets, wait, waitMax }, stallBuffer, packets, flits };
  }

  private beginPacket(): void {
    if (this.current !== null || this.queue.length === 0 || this.room === 0) return;
    const { now } = this.kernel;
    const packet = this.queue.shift()!;
    const wait = now - packet.asked;
    this.wait += wait;
    if (wait > this.waitMax) this.waitMax = wait;
    const stalled = now - Math.max(packet.asked, this.freeSince);
    if (stalled > 0) {
      this.stallBuffer += stalled;
      this.trace?.span(this.track, 'stall.buffer', now - stalled, now);
    }
    // The last flit cannot leave before it has come.
    const cycles = Math.max(packet.flits * this.flitCycles, packet.tailAt + this.flitCycles - now);
    this.room--;
    this.current = packet;
    this.busy += cycles;
    this.packets++;
    this.flits += packet.flits;
    packet.tailAt = now + cycles;
    this.trace?.span(this.track, 'packet', now, now + cycles);
    this.kernel.schedule(this.end, cycles, SETTLE);
    if (packet.next < packet.path.length - 1) {
      this.heading.push(packet);
      this.kernel.post(this.hopCycles, this, HEAD, 0, SETTLE);
    }
  }

  private headArrives(): void {
    const packet = this.heading.shift()!;
    packet.next++;
    packet.path[packet.next]!.ask(packet);
  }

  private endPacket(): void {
    const packet = this.current!;
    const { path, client, tag } = packet;
    const at = path.indexOf(this);
    this.current = null;
    this.freeSince = this.kernel.now;
    if (this.queue.length > 0) this.wake();
    if (at > 0) path[at - 1]!.leave();
    if (at === path.length - 1) this.leave();
    if (at === 0) client.packetLeft(tag);
    if (at === path.length - 1) client.packetArrived(tag);
  }

  /** A packet behind this link has gone on. */
  private leave(): void {
    this.room++;
    if (this.queue.length > 0) this.wake();
  }

  private wake(): void {
    if (this.current === null && !this.kernel.isPending(this.begin)) this.kernel.schedule(this.begin, 0, START);
  }
}

/** The network-on-chip: routers in a mesh, XY routing, and the links between them, the tiles and the port. */
export class Mesh {
  packetsInjected = 0;
  packetsDelivered = 0;
  linkFlits = 0;
  chipLinkFlits = 0;
  routerFlits = 0;
  private readonly links = new Map<string, Link>();
  private readonly paths = new Map<string, readonly Link[]>();
  private readonly geometry: MeshGeometry;
  /** Of all chips together. */
  private readonly columns: number;

  constructor(
    private readonly kernel: Kernel,
    private readonly machine: MachineConfig,
    chips: number,
    private readonly trace: TraceSink | null,
  ) {
    this.geometry = meshOf(machine);
    this.columns = machine.chip.columns * chips;
  }

  /**
   * Sends a packet from tile to tile; either may be the port.
   *
   * @param rank order among the packets that ask a link in the same cycle
   */
  send(from: number, to: number, bytes: number, rank: number, client: PacketClient, tag: number): void {
    const path = this.path(from, to);
    const flits = this.count(from, to, bytes);
    path[0]!.ask({ flits, path, rank, client: new Delivery(this, client), tag, next: 0, tailAt: 0, asked: 0 });
  }

  /** Counts a packet of a schedule that is fixed beforehand, which waits for nothing. */
  countScheduled(from: number, to: number, bytes: number): void {
    this.count(from, to, bytes);
    this.packetsDelivered++;
  }

  /** Counts a packet and its flits on links and in routers; returns its flits. */
  private count(from: number, to: number, bytes: number): number {
    const flits = Math.ceil(bytes / this.machine.router.flitBytes);
    const [a, b] = [routerPlace(this.geometry, from), routerPlace(this.geometry, to)];
    const hops = hopsBetween(a, b);
    const { columns } = this.geometry;
    const crossings = Math.abs(Math.floor(a.x / columns) - Math.floor(b.x / columns));
    this.packetsInjected++;
    this.linkFlits += flits * (hops + 2);
    this.chipLinkFlits += flits * crossings;
    this.routerFlits += flits * (hops + 1);
    return flits;
  }

  get statistics(): LinkStatistics[] {
    return [...this.links.values()].map((link) => link.statistics).sort((a, b) => (a.path < b.path ? -1 : 1));
  }

  private path(from: number, to: number): readonly Link[] {
    const key = `${from} ${to}`;
    let path = this.paths.get(key);
    if (path === undefined) {
      path = this.route(from, to);
      this.paths.set(key, path);
    }
    return path;
  }

  private route(from: number, to: number): Link[] {
    const path = [this.link(`${placeName(from)}.Out`, this.machine.router.bufferPackets, false)];
    let { x, y } = routerPlace(this.geometry, from);
    const goal = routerPlace(this.geometry, to);
    while (x !== goal.x || y !== goal.y) {
      const name = `Chip.Router[${y * this.columns + x}]`;
      const east = x < goal.x;
      const { columns } = this.machine.chip;
      if (x !== goal.x) {
        const nextX = east ? x + 1 : x - 1;
        const betweenChips = Math.floor(x / columns) !== Math.floor(nextX / columns);
        path.push(this.link(`${name}.${east ? 'East' : 'West'}`, this.machine.router.bufferPackets, betweenChips));
        x = nextX;
      } else {
        const south = y < goal.y;
        path.push(this.link(`${name}.${south ? 'South' : 'North'}`, this.machine.router.bufferPackets, false));
        y += south ? 1 : -1;
      }
    }
    path.push(this.link(`${placeName(to)}.In`, Number.POSITIVE_INFINITY, false));
    return path;
  }

  private link(name: string, bufferPackets: number, betweenChips: boolean): Link {
    let link = this.links.get(name);
    if (link === undefined) {
      const { router, offChip } = this.machine;
      const flitCycles = betweenChips ? offChip.flitCycles : router.flitCycles;
      link = new Link(this.kernel, name, flitCycles, router.hopCycles, bufferPackets, this.trace);
      this.links.set(name, link);
    }
    return link;
  }
}

class Delivery implements PacketClient {
  constructor(
    private readonly mesh: Mesh,
    private readonly client: PacketClient,
  ) {}

  packetLeft(tag: number): void {
    this.client.packetLeft(tag);
  }

  packetArrived(tag: number): void {
    this.mesh.packetsDelivered++;
    this.client.packetArrived(tag);
  }
}

function placeName(tile: number): string {
  return tile === PORT_TILE ? 'Chip.Port' : `Chip.Tile[${tile}]`;
}

/** The routers of the chips, as the floor plan sees them too. */
export function meshOf({ chip, router }: MachineConfig): MeshGeometry {
  return { columns: chip.columns, rows: chip.rows, tilesPerRouter: router.tiles };
}
