import type { Actor, Kernel } from '../kernel.js';
import type { TraceSink, TrackId } from '../trace/trace.js';

/** Who asks a server, and hears when the request has been served. */
export interface ServerClient {
  /** Asked at `asked`, begun at `begun`; it ends now. In phase `settle`. */
  served(tag: number, asked: number, begun: number): void;
}

/** The phases of a cycle in which a server acts, by index in the kernel's list. */
export interface FifoPhases {
  readonly settle: number;
  /** After all requests of the cycle are made. */
  readonly start: number;
}

interface Request {
  readonly asked: number;
  readonly rank: number;
  readonly cycles: number;
  readonly client: ServerClient;
  readonly tag: number;
}

const BEGIN = 0;
const END = 1;

/** One server: one request at a time, in the order (cycle asked, rank), without interruption. */
export class FifoServer implements Actor {
  busy = 0;
  requests = 0;
  wait = 0;
  waitMax = 0;
  private readonly queue: Request[] = [];
  private head = 0;
  private current: Request | null = null;
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
   * @param rank order among the requests of a cycle; no two of them are equal
   */
  request(rank: number, cycles: number, client: ServerClient, tag: number): void {
    const { queue } = this;
    const asked = this.kernel.now;
    queue.push({ asked, rank, cycles, client, tag });
    let at = queue.length - 1;
    for (; at > this.head && queue[at - 1]!.asked === asked && queue[at - 1]!.rank > rank; at--) {
      [queue[at - 1], queue[at]] = [queue[at]!, queue[at - 1]!];
    }
    this.wake();
  }

  /** Counts a service that takes place on a schedule fixed beforehand, which waits for nothing. */
  countScheduled(cycles: number): void {
    this.busy += cycles;
    this.requests++;
  }

  on(kind: number): void {
    const { kernel } = this;
    if (kind === BEGIN) {
      if (this.current !== null || this.head === this.queue.length) return;
      const request = this.queue[this.head++]!;
      if (this.head === this.queue.length) {
        this.queue.length = 0;
        this.head = 0;
      }
      this.current = request;
      this.begun = kernel.now;
      this.busy += request.cycles;
      this.requests++;
      const wait = kernel.now - request.asked;
      this.wait += wait;
      if (wait > this.waitMax) this.waitMax = wait;
      this.trace?.span(this.track, this.spanName, kernel.now, kernel.now + request.cycles);
      kernel.schedule(this.end, request.cycles, this.phases.settle);
      return;
    }
    const { client, tag, asked } = this.current!;
    this.current = null;
    if (this.head < this.queue.length) this.wake();
    client.served(tag, asked, this.begun);
  }

  outstanding(): string[] {
    const waiting = this.queue.length - this.head + (this.current === null ? 0 : 1);
    return waiting === 0 ? [] : [`${this.path} has ${waiting} requests left`];
  }

  private wake(): void {
    if (this.current === null && !this.kernel.isPending(this.begin)) {
      this.kernel.schedule(this.begin, 0, this.phases.start);
    }
  }
}
