import type { Actor, Kernel } from '../kernel.js';
import type { TraceSink, TrackId } from '../trace/trace.js';

/** Who asks a server, and hears when the request has been served. */
export interface ServerClient {
  /** Asked at `asked`, begun at `begun`; it ends now. In phase `settle`, when the next request may have begun already. */
  served(tag: number, asked: number, begun: number): void;
}

/** The phases of a cycle in which a server acts, by index in the kernel's list. */
export interface FifoPhases {
  readonly settle: number;
  /** After all requests of the cycle are made. */
  readonly start: number;
}

const BEGIN = 0;
const END = 1;

/** Requests that a server has room for at first; a power of two. */
const FIRST_SLOTS = 8;

/** Numbers of a request, which stand together. */
const ASKED = 0;
const RANK = 1;
const CYCLES = 2;
const TAG = 3;
const NUMBERS = 4;

/** One server: one request at a time, in the order (cycle asked, rank), without interruption. */
export class FifoServer implements Actor {
  busy = 0;
  requests = 0;
  wait = 0;
  waitMax = 0;
  /** The requests that wait, in the order of service: slots head, head + 1, ... of a ring of a power of two. */
  private waiting = 0;
  private head = 0;
  private queue: Float64Array = new Float64Array(FIRST_SLOTS * NUMBERS);
  private clients: (ServerClient | null)[] = new Array<ServerClient | null>(FIRST_SLOTS).fill(null);
  /** The request that is being served; null without. */
  private client: ServerClient | null = null;
  private tag = 0;
  private askedAt = 0;
  private begun = 0;
  private readonly begin: number;
  private readonly end: number;
  private readonly track: TrackId;

  constructor(
    private readonly kernel: Kernel,
    readonly path: string,
    private readonly phases: FifoPhases,
    private readonly trace: TraceSink | null,
    /** Name of the spans in a trace. */
    private readonly spanName: string,
  ) {
    this.begin = kernel.event(this, BEGIN);
    this.end = kernel.event(this, END);
    this.track = trace?.track(path) ?? -1;
    kernel.monitor(this);
  }

  /**
   * Asks now for `cycles` (>= 1) of service. To be called before phase `start` of the cycle.
   *
   * @param rank order among the requests of a cycle; equal ones only from one client, served in the order asked
   * @param tag a whole number, given back when the request has been served
   */
  request(rank: number, cycles: number, client: ServerClient, tag: number): void {
    if (this.waiting === this.clients.length) this.grow();
    const { kernel, queue, clients, head } = this;
    const { now } = kernel;
    const mask = clients.length - 1;
    let place = this.waiting++;
    let slot = (head + place) & mask;
    for (; place > 0; place--) {
      const before = (head + place - 1) & mask;
      if (queue[before * NUMBERS + ASKED] !== now || queue[before * NUMBERS + RANK]! <= rank) break;
      queue.copyWithin(slot * NUMBERS, before * NUMBERS, (before + 1) * NUMBERS);
      clients[slot] = clients[before]!;
      slot = before;
    }
    queue[slot * NUMBERS + ASKED] = now;
    queue[slot * NUMBERS + RANK] = rank;
    queue[slot * NUMBERS + CYCLES] = cycles;
    queue[slot * NUMBERS + TAG] = tag;
    clients[slot] = client;
    if (this.client === null && !kernel.isPending(this.begin)) kernel.schedule(this.begin, 0, this.phases.start);
  }

  /** Counts a service that takes place on a schedule fixed beforehand, which waits for nothing. */
  countScheduled(cycles: number): void {
    this.busy += cycles;
    this.requests++;
  }

  on(kind: number): void {
    if (kind === BEGIN) this.beginRequest();
    else this.endRequest();
  }

  outstanding(): string[] {
    const waiting = this.waiting + (this.client === null ? 0 : 1);
    return waiting === 0 ? [] : [`${this.path} has ${waiting} requests left`];
  }

  private beginRequest(): void {
    const { kernel, queue, clients, head } = this;
    const { now } = kernel;
    const request = head * NUMBERS;
    const cycles = queue[request + CYCLES]!;
    this.client = clients[head]!;
    clients[head] = null;
    this.tag = queue[request + TAG]!;
    this.askedAt = queue[request + ASKED]!;
    this.begun = now;
    this.head = (head + 1) & (clients.length - 1);
    this.waiting--;
    this.busy += cycles;
    this.requests++;
    const wait = now - this.askedAt;
    this.wait += wait;
    if (wait > this.waitMax) this.waitMax = wait;
    this.trace?.span(this.track, this.spanName, now, now + cycles);
    kernel.schedule(this.end, cycles, this.phases.settle);
  }

  private endRequest(): void {
    const { kernel, tag, askedAt, begun } = this;
    const client = this.client!;
    this.client = null;
    if (this.waiting > 0) {
      // What was asked before this cycle comes before all that may still be asked in it.
      if (this.queue[this.head * NUMBERS + ASKED]! < kernel.now) this.beginRequest();
      else if (!kernel.isPending(this.begin)) kernel.schedule(this.begin, 0, this.phases.start);
    }
    client.served(tag, askedAt, begun);
  }

  /** Doubles the ring, which is full; the requests stand from slot 0 on. */
  private grow(): void {
    const { queue, head, clients } = this;
    const larger = new Float64Array(2 * queue.length);
    larger.set(queue.subarray(head * NUMBERS));
    larger.set(queue.subarray(0, head * NUMBERS), queue.length - head * NUMBERS);
    this.queue = larger;
    const noClients = new Array<ServerClient | null>(clients.length).fill(null);
    this.clients = [...clients.slice(head), ...clients.slice(0, head), ...noClients];
    this.head = 0;
  }
}
