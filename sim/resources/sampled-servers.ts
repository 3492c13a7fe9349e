import type { Actor, Kernel } from '../kernel.js';
import { KernelError } from '../kernel-error.js';
import { Ledger } from '../statistics/ledger.js';
import { TimeWeightedCount } from '../statistics/time-weighted-count.js';
import type { TraceSink, TrackId } from '../trace/trace.js';
import { type Served, type ServerGroup, type ServerGroupShape, ServerStatistics } from './server-statistics.js';

/** Who asks a server group for service, and hears when an item's service has ended. */
export interface Requester {
  /** The service of one item of the batch asked under `tag` has ended. */
  served(tag: number): void;
  /** The drain has accepted one item of that batch, which leaves it at cycle `leaves`. */
  accepted(tag: number, leaves: number): void;
}

/** The phases of a cycle in which a server group acts, by index in the kernel's list. */
export interface ServerPhases {
  /** Services end. */
  readonly settle: number;
  /** The drain accepts. */
  readonly accept: number;
  /** Services begin. */
  readonly arbitrate: number;
}

export interface ServerGroupNames {
  readonly group: string;
  server(index: number): string;
  readonly drain: string;
  /** Names of the spans in a trace. */
  readonly serve: string;
  readonly blocked: string;
}

interface Batch {
  readonly ask: number;
  readonly requester: number;
  readonly tag: number;
  /** Which batch of its requester it is, counted from 0; 0 without a trace. */
  readonly number: number;
  left: number;
}

const SERVICE_ENDS = 0;
const ARBITRATE = 1;
const ACCEPT = 2;
const LEAVE = 3;

const IDLE = 0;
const SERVE = 1;
const BLOCKED = 2;

/**
 * A server group item by item: every service, acceptance and leaving is an event. The plain counterpart of
 * `BookedServers`, with the same statistics; it also reports to a trace: there the requesters are crossbars, by their indices,
 * and the batches of each its operations, in the order in which it asks.
 */
export class SampledServers implements Actor, ServerGroup {
  readonly statistics: ServerStatistics;
  readonly path: string;
  lastLeave = 0;
  private readonly queue: Batch[] = [];
  /** Batches that ask in the current cycle, in the order (requester, arrival of the requester's batches). */
  private readonly asking: Batch[] = [];
  private readonly state: Uint8Array;
  private readonly requesterOf: Int32Array;
  private readonly tagOf: Float64Array;
  private readonly endedAt: Float64Array;
  /** With a trace: the number of the batch that each server works for, and how many batches each requester has asked for. */
  private readonly batchOf: Float64Array;
  private readonly batches: number[] = [];
  private readonly ledgers: Ledger[];
  private readonly groupLedger = new Ledger(3, IDLE);
  /** Servers that hold a finished item, in the order (end of service, server). */
  private readonly finished: number[] = [];
  private readonly serviceEnds: Int32Array;
  private readonly arbitration: number;
  private readonly acceptance: number;
  private readonly waiting = new TimeWeightedCount();
  private serving = 0;
  private inDrain = 0;
  private readonly serverTracks: TrackId[] = [];
  private readonly groupTrack: TrackId = -1;

  constructor(
    private readonly kernel: Kernel,
    private readonly shape: ServerGroupShape,
    private readonly phases: ServerPhases,
    private readonly names: ServerGroupNames,
    private readonly requesters: readonly Requester[],
    private readonly trace: TraceSink | null,
  ) {
    this.path = names.group;
    this.statistics = new ServerStatistics(shape.servers);
    this.state = new Uint8Array(shape.servers);
    this.requesterOf = new Int32Array(shape.servers);
    this.tagOf = new Float64Array(shape.servers);
    this.endedAt = new Float64Array(shape.servers);
    this.batchOf = new Float64Array(shape.servers);
    this.ledgers = Array.from({ length: shape.servers }, () => new Ledger(3, IDLE));
    this.serviceEnds = Int32Array.from({ length: shape.servers }, (_, server) =>
      kernel.event(this, SERVICE_ENDS, server),
    );
    this.arbitration = kernel.event(this, ARBITRATE);
    this.acceptance = kernel.event(this, ACCEPT);
    if (trace !== null) {
      this.groupTrack = trace.track(names.group);
      for (let server = 0; server < shape.servers; server++) this.serverTracks.push(trace.track(names.server(server)));
    }
    kernel.monitor(this);
  }

  get serviceCycles(): number {
    return this.shape.serviceCycles;
  }

  /** Requester number `requester` asks now for the service of `items` (>= 1). To be called in phase `settle`. */
  ask(requester: number, tag: number, items: number): void {
    let at = this.asking.length;
    while (at > 0 && this.asking[at - 1]!.requester > requester) at--;
    const number = this.trace === null ? 0 : this.nextBatchOf(requester);
    this.asking.splice(at, 0, { ask: this.kernel.now, requester, tag, number, left: items });
    this.wake(this.arbitration, this.phases.arbitrate);
  }

  on(kind: number, arg: number): void {
    if (kind === SERVICE_ENDS) this.endService(arg);
    else if (kind === ARBITRATE) this.arbitrate();
    else if (kind === ACCEPT) this.accept();
    else this.leave();
  }

  outstanding(): string[] {
    const lines = this.queue.map(
      ({ requester, left, ask }) =>
        `requester ${requester} waits since cycle ${ask} for ${left} services of ${this.path}`,
    );
    for (const server of this.finished) lines.push(`${this.names.server(server)} waits for ${this.names.drain}`);
    return lines;
  }

  servedBy(now: number): Served {
    return { cycles: this.ledgers.reduce((sum, ledger) => sum + ledger.spentIn(SERVE, now), 0), until: now };
  }

  /** Completes the statistics at the end of the run and checks Little's law against the measured queue. */
  close(end: number): void {
    const { statistics, waiting } = this;
    this.ledgers.forEach((ledger, server) => {
      ledger.close(end);
      statistics.serve[server] = ledger.cycles[SERVE]!;
      statistics.blocked[server] = ledger.cycles[BLOCKED]!;
    });
    this.groupLedger.close(end);
    statistics.groupServe = this.groupLedger.cycles[SERVE]!;
    statistics.groupBlocked = this.groupLedger.cycles[BLOCKED]!;
    if (waiting.value !== 0 || this.inDrain !== 0 || waiting.integral(end) !== statistics.waits.sum) {
      throw new KernelError(
        `${this.path}: queue integral ${waiting.integral(end)} differs from the sum of waits ${statistics.waits.sum}`,
      );
    }
  }

  private wake(event: number, phase: number): void {
    if (!this.kernel.isPending(event)) this.kernel.schedule(event, 0, phase);
  }

  /** Begins services, first come first served, each on the lowest-numbered free server. */
  private arbitrate(): void {
    const { now } = this.kernel;
    for (const batch of this.asking) {
      this.queue.push(batch);
      this.waiting.add(batch.left, now);
    }
    this.asking.length = 0;
    let begun = 0;
    let server = 0;
    while (this.queue.length > 0) {
      while (server < this.shape.servers && this.state[server] !== IDLE) server++;
      if (server === this.shape.servers) break;
      const batch = this.queue[0]!;
      this.statistics.waits.add(now - batch.ask);
      this.statistics.items++;
      this.state[server] = SERVE;
      this.ledgers[server]!.enter(SERVE, now);
      this.requesterOf[server] = batch.requester;
      this.tagOf[server] = batch.tag;
      if (this.trace !== null) this.batchOf[server] = batch.number;
      this.kernel.schedule(this.serviceEnds[server]!, this.shape.serviceCycles, this.phases.settle);
      if (--batch.left === 0) this.queue.shift();
      begun++;
    }
    this.serving += begun;
    this.waiting.add(-begun, now);
    this.enterGroupState();
    if (this.trace !== null) this.trace.counter(this.groupTrack, 'queue', now, this.waiting.value);
  }

  private endService(server: number): void {
    const { now } = this.kernel;
    this.state[server] = BLOCKED;
    this.ledgers[server]!.enter(BLOCKED, now);
    this.serving--;
    this.endedAt[server] = now;
    let at = this.finished.length;
    while (at > 0 && this.endedAt[this.finished[at - 1]!] === now && this.finished[at - 1]! > server) at--;
    this.finished.splice(at, 0, server);
    this.wake(this.acceptance, this.phases.accept);
    if (this.trace !== null) this.tell(server, this.names.serve, now - this.shape.serviceCycles, now);
    this.requesters[this.requesterOf[server]!]!.served(this.tagOf[server]!);
  }

  private accept(): void {
    const { now } = this.kernel;
    const accepted = Math.min(this.shape.drainLanes, this.finished.length);
    for (const server of this.finished.splice(0, accepted)) {
      this.state[server] = IDLE;
      this.ledgers[server]!.enter(IDLE, now);
      this.inDrain++;
      this.kernel.post(this.shape.drainLatencyCycles, this, LEAVE, server, this.phases.accept);
      this.requesters[this.requesterOf[server]!]!.accepted(this.tagOf[server]!, now + this.shape.drainLatencyCycles);
      if (this.trace !== null && now > this.endedAt[server]!) {
        this.tell(server, this.names.blocked, this.endedAt[server]!, now);
      }
    }
    this.statistics.drain++;
    if (this.finished.length > 0) this.kernel.schedule(this.acceptance, 1, this.phases.accept);
    this.enterGroupState();
    if (this.queue.length > 0) this.wake(this.arbitration, this.phases.arbitrate);
  }

  private nextBatchOf(requester: number): number {
    const number = this.batches[requester] ?? 0;
    this.batches[requester] = number + 1;
    return number;
  }

  /** Tells the trace what a server has done for the item that it has. */
  private tell(server: number, name: string, start: number, end: number): void {
    const { serverTracks, requesterOf, batchOf } = this;
    this.trace!.service(serverTracks[server]!, name, start, end, requesterOf[server]!, batchOf[server]!);
  }

  private leave(): void {
    this.inDrain--;
    this.lastLeave = this.kernel.now;
  }

  private enterGroupState(): void {
    const state = this.serving > 0 ? SERVE : this.finished.length > 0 ? BLOCKED : IDLE;
    this.groupLedger.enter(state, this.kernel.now);
  }
}
