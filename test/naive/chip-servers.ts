/** Servers and links of the naive chip: plain queues that are looked at in every cycle. */

/** The order of requests of the same cycle: part, step, item, and the window where all are equal. */
export type RequestKey = readonly number[];

export interface NaiveUse {
  busy: number;
  requests: number;
  wait: number;
  waitMax: number;
}

export interface Request {
  asked: number;
  key: RequestKey;
  cycles: number;
  begun: number | null;
  ended: (t: number) => void;
}

function isBefore(a: { asked: number; key: RequestKey }, b: { asked: number; key: RequestKey }): boolean {
  const left = [a.asked, ...a.key];
  const right = [b.asked, ...b.key];
  const differs = left.findIndex((value, i) => value !== right[i]);
  if (differs === -1) throw new Error(`naive chip: two requests with the key ${left.join(', ')}`);
  return left[differs] < right[differs];
}

/** Takes the request that is served next out of a queue. */
function next<T extends { asked: number; key: RequestKey }>(queue: T[]): T {
  return queue.reduce((first, request) => (request !== first && isBefore(request, first) ? request : first));
}

export class Server {
  readonly use: NaiveUse = { busy: 0, requests: 0, wait: 0, waitMax: 0 };
  readonly queue: Request[] = [];
  serving: Request | null = null;

  /** What ends at t. */
  settle(t: number): void {
    const request = this.serving;
    if (request === null || request.begun! + request.cycles !== t) return;
    this.serving = null;
    request.ended(t);
  }

  /** What begins at t. */
  start(t: number): void {
    if (this.serving !== null || this.queue.length === 0) return;
    const request = next(this.queue);
    this.queue.splice(this.queue.indexOf(request), 1);
    request.begun = t;
    this.serving = request;
    count(this.use, t - request.asked);
  }

  countCycle(): void {
    if (this.serving !== null) this.use.busy += 1;
  }

  get isAtRest(): boolean {
    return this.serving === null && this.queue.length === 0;
  }
}

function count(use: NaiveUse, wait: number): void {
  use.requests += 1;
  use.wait += wait;
  use.waitMax = Math.max(use.waitMax, wait);
}

export interface Packet {
  key: RequestKey;
  flits: number;
  route: Link[];
  /** End of the link that carried it last. */
  carriedAt: number | null;
  /** It has left its tile; it has arrived. */
  left: (t: number) => void;
  arrived: (t: number) => void;
}

interface PacketAsk {
  asked: number;
  key: RequestKey;
  packet: Packet;
  /** Index of the link in the packet's route. */
  hop: number;
}

/** A link with the buffer behind it, if it leads to a router. */
export class Link {
  readonly use: NaiveUse = { busy: 0, requests: 0, wait: 0, waitMax: 0 };
  stallBuffer = 0;
  packets = 0;
  flits = 0;
  /** Packets in the buffer behind, from their begin on this link until the next link has carried them. */
  readonly buffer: Packet[] = [];
  private readonly queue: PacketAsk[] = [];
  private carrying: { ask: PacketAsk; end: number } | null = null;
  private heads: { packet: Packet; hop: number; behindAt: number }[] = [];

  /** @param room packets that the buffer behind holds; Infinity before a tile or the port. */
  constructor(
    readonly path: string,
    readonly isBetweenChips: boolean,
    private readonly flitCycles: number,
    private readonly hopCycles: number,
    private readonly room: number,
  ) {}

  ask(packet: Packet, hop: number, t: number): void {
    this.queue.push({ asked: t, key: packet.key, packet, hop });
  }

  settle(t: number): void {
    if (this.carrying !== null && this.carrying.end === t) {
      const { packet, hop } = this.carrying.ask;
      this.carrying = null;
      if (hop > 0) {
        const before = packet.route[hop - 1].buffer;
        before.splice(before.indexOf(packet), 1);
      }
      if (hop === 0) packet.left(t);
      if (hop === packet.route.length - 1) packet.arrived(t);
    }
    for (const { packet, hop } of this.heads.filter(({ behindAt }) => behindAt === t)) {
      packet.route[hop + 1].ask(packet, hop + 1, t);
    }
    this.heads = this.heads.filter(({ behindAt }) => behindAt !== t);
  }

  start(t: number): void {
    if (this.carrying !== null || this.queue.length === 0 || this.buffer.length >= this.room) return;
    const ask = next(this.queue);
    this.queue.splice(this.queue.indexOf(ask), 1);
    const { packet, hop } = ask;
    // The last flit cannot have been carried before it has come from the link before and been carried itself.
    const flow = t + packet.flits * this.flitCycles;
    const end = packet.carriedAt === null ? flow : Math.max(flow, packet.carriedAt + this.flitCycles);
    packet.carriedAt = end;
    this.carrying = { ask, end };
    if (hop < packet.route.length - 1) {
      this.buffer.push(packet);
      this.heads.push({ packet, hop, behindAt: t + this.hopCycles });
    }
    count(this.use, t - ask.asked);
    this.packets += 1;
    this.flits += packet.flits;
  }

  countCycle(): void {
    if (this.buffer.length > this.room) throw new Error(`naive chip: the buffer behind ${this.path} is overfull`);
    if (this.carrying !== null) this.use.busy += 1;
    else if (this.queue.length > 0) this.stallBuffer += 1;
  }

  get isAtRest(): boolean {
    return this.carrying === null && this.queue.length === 0 && this.heads.length === 0 && this.buffer.length === 0;
  }
}
