import { FarQueue } from './far-queue.js';
import { DeadlockError, KernelError } from './kernel-error.js';
import { Random } from './random.js';

/** Something that events happen to. `kind` and `arg` are small integers whose meaning only the actor knows. */
export interface Actor {
  readonly path: string;
  on(kind: number, arg: number): void;
}

/** Something that knows whether its work is done; asked when the queue runs empty (kernel law 6). */
export interface Monitored {
  /** "who waits for whom" of this object, one line each; empty when nothing is outstanding. */
  outstanding(): string[];
}

/** Called before each event: cycle, phase, actor, kind, arg. Must not schedule. */
export type KernelTrace = (cycle: number, phase: number, actor: Actor, kind: number, arg: number) => void;

export interface KernelOptions {
  /** Names of the phases of a cycle, in order; 1 to 8. */
  readonly phases: readonly string[];
  /** Shuffle the order of equal (cycle, phase) events with this seed. Results must not change (kernel law 3). */
  readonly shuffleSeed?: number | undefined;
  /** Events in one cycle after which a zero-delay loop is assumed (kernel law 6). */
  readonly maxEventsPerCycle?: number;
}

export interface KernelStatistics {
  fired: number;
  scheduled: number;
  cancelled: number;
  maxPending: number;
  farEvents: number;
  cyclesWithWork: number;
}

/** Fields of an event record: 8 integers side by side, one cache line for two records. */
const RECORD_SHIFT = 3;
const NEXT = 0;
const PREV = 1;
const BUCKET = 2;
const KIND = 3;
const ARG = 4;
const POOLED = 5;
const FAR_PHASE = 6;
const FAR_SLOT = 7;
const SLOTS = 1024;
const SLOT_MASK = SLOTS - 1;
/** Value of `bucketOf` for a record that is not scheduled, and for one that waits in the far queue. */
const NOT_PENDING = -1;
const FAR = -2;

/**
 * The event kernel: integer cycles, named phases, order (cycle, phase, schedule order).
 *
 * A timing wheel of one-cycle slots with a bucket per phase holds the near events in doubly linked lists over
 * preallocated records; an occupancy bitmap finds the next bucket, so that idle stretches cost nothing. Events at least
 * 1 024 cycles ahead wait in a `FarQueue` and are pulled into the wheel when time advances, before any event of the new
 * cycle runs, which keeps schedule order exact. No allocation per event.
 *
 * Two kinds of events: a *permanent* one is made once by `event`, has at most one pending firing and can be cancelled in
 * O(1); a one-shot from `post` is pooled and cannot be cancelled.
 */
export class Kernel {
  /** The current cycle. */
  now = 0;
  /** Index of the current phase. */
  phase = 0;
  /** Trace hook; null costs one comparison per event. */
  trace: KernelTrace | null = null;

  private readonly phaseNames: readonly string[];
  private readonly phaseCount: number;
  private readonly phaseBits: number;
  private readonly maxEventsPerCycle: number;
  private readonly shuffle: Random | null;
  private readonly monitored: Monitored[] = [];

  private readonly head: Int32Array;
  private readonly tail: Int32Array;
  /** One bit per bucket that holds events, and one per word of that bitmap. */
  private readonly occupied: Int32Array;
  private readonly occupiedWords: Int32Array;

  private fields = new Int32Array(256 << RECORD_SHIFT);
  /** Time of each record that waits in the far queue. */
  private farTime = new Float64Array(256);
  private readonly actorOf: Actor[] = [];
  private freeHead = -1;
  private readonly far = new FarQueue();
  private farEarliest = Number.POSITIVE_INFINITY;
  private pendingCount = 0;
  private fired = 0;
  private scheduled = 0;
  private cancelled = 0;
  private maxPending = 0;
  private farEvents = 0;
  private cyclesWithWork = 0;
  private eventsInCycle = 0;
  private running = false;
  private stopped = false;

  constructor(options: KernelOptions) {
    if (options.phases.length < 1 || options.phases.length > 8) {
      throw new KernelError(`a kernel has 1 to 8 phases, got ${options.phases.length}`);
    }
    this.phaseNames = options.phases;
    this.phaseCount = options.phases.length;
    this.phaseBits = Math.ceil(Math.log2(options.phases.length));
    this.maxEventsPerCycle = options.maxEventsPerCycle ?? 1_000_000;
    this.shuffle = options.shuffleSeed === undefined ? null : new Random(options.shuffleSeed);
    const buckets = SLOTS << this.phaseBits;
    this.head = new Int32Array(buckets).fill(-1);
    this.tail = new Int32Array(buckets).fill(-1);
    this.occupied = new Int32Array(buckets >> 5);
    this.occupiedWords = new Int32Array(Math.max(1, buckets >> 10));
  }

  /** Events that wait to fire. */
  get pendingEvents(): number {
    return this.pendingCount;
  }

  get statistics(): KernelStatistics {
    const { fired, scheduled, cancelled, maxPending, farEvents, cyclesWithWork } = this;
    return { fired, scheduled, cancelled, maxPending, farEvents, cyclesWithWork };
  }

  /** Makes a permanent event; its id is used by `schedule`, `cancel` and `isPending`. */
  event(actor: Actor, kind: number, arg = 0): number {
    return this.newRecord(actor, kind, arg, 0);
  }

  /** Schedules permanent event `id` for `delay` cycles from now, in `phase`. Throws if it is pending already. */
  schedule(id: number, delay: number, phase: number): void {
    if (this.fields[(id << RECORD_SHIFT) + BUCKET] !== NOT_PENDING) {
      throw new KernelError(`${this.describe(id)} is scheduled at cycle ${this.now} while it is still pending`);
    }
    this.insert(id, delay, phase);
  }

  /** Schedules a one-shot event. */
  post(delay: number, actor: Actor, kind: number, arg: number, phase: number): void {
    let id = this.freeHead;
    if (id >= 0) {
      const base = id << RECORD_SHIFT;
      this.freeHead = this.fields[base + NEXT]!;
      this.fields[base + KIND] = kind;
      this.fields[base + ARG] = arg;
      this.actorOf[id] = actor;
    } else {
      id = this.newRecord(actor, kind, arg, 1);
    }
    this.insert(id, delay, phase);
  }

  /** Takes back a pending permanent event, in O(1). Returns false if it was not pending. */
  cancel(id: number): boolean {
    const base = id << RECORD_SHIFT;
    const bucket = this.fields[base + BUCKET]!;
    if (bucket === NOT_PENDING) return false;
    if (bucket === FAR) {
      this.far.cancel(this.fields[base + FAR_SLOT]!);
      this.farEarliest = this.far.earliest;
      this.fields[base + BUCKET] = NOT_PENDING;
    } else {
      this.unlink(id, bucket);
    }
    this.pendingCount--;
    this.cancelled++;
    return true;
  }

  isPending(id: number): boolean {
    return this.fields[(id << RECORD_SHIFT) + BUCKET] !== NOT_PENDING;
  }

  /** Registers an object whose outstanding work turns an empty queue into a `DeadlockError`. */
  monitor(object: Monitored): void {
    this.monitored.push(object);
  }

  /** Ends `run` after the event that is running. */
  stop(): void {
    this.stopped = true;
  }

  /** Fires the next event. Returns false if the queue is empty. */
  step(): boolean {
    const fired = this.fired;
    this.dispatch(Number.POSITIVE_INFINITY, fired + 1);
    return this.fired > fired;
  }

  /** Fires events up to and including cycle `until`. An empty queue with outstanding work is a `DeadlockError`. */
  run(until = Number.POSITIVE_INFINITY): void {
    this.dispatch(until, Number.POSITIVE_INFINITY);
    if (this.pendingCount > 0) return;
    const waiting = this.monitored.flatMap((m) => m.outstanding());
    if (waiting.length > 0) throw new DeadlockError(this.now, waiting);
  }

  private dispatch(until: number, firedLimit: number): void {
    if (this.running) throw new KernelError(`run is called from within an event, at cycle ${this.now}`);
    this.running = true;
    this.stopped = false;
    try {
      while (this.pendingCount > 0 && !this.stopped && this.fired < firedLimit) {
        const bucket = this.nextBucket(((this.now & SLOT_MASK) << this.phaseBits) | this.phase);
        const time = bucket < 0 ? this.farEarliest : this.now + (((bucket >> this.phaseBits) - this.now) & SLOT_MASK);
        if (time > until) break;
        if (time !== this.now) {
          this.now = time;
          this.phase = 0;
          this.eventsInCycle = 0;
          if (this.farEarliest < time + SLOTS) {
            // A pulled event may belong to an earlier phase of this cycle than the bucket found.
            this.pullFarEvents();
            continue;
          }
        }
        this.phase = bucket & ((1 << this.phaseBits) - 1);
        if (this.eventsInCycle === 0) this.cyclesWithWork++;
        this.fireBucket(bucket, firedLimit);
      }
    } finally {
      this.running = false;
      this.phase = 0;
    }
  }

  /** Fires the events of a bucket, those included that are added to it meanwhile. */
  private fireBucket(bucket: number, firedLimit: number): void {
    let id = this.head[bucket]!;
    while (id >= 0) {
      const fields = this.fields;
      if (this.shuffle !== null) {
        id = this.pick(bucket, this.shuffle);
        this.unlink(id, bucket);
      } else {
        const after = fields[(id << RECORD_SHIFT) + NEXT]!;
        this.head[bucket] = after;
        if (after >= 0) fields[(after << RECORD_SHIFT) + PREV] = -1;
        else this.markEmpty(bucket);
        fields[(id << RECORD_SHIFT) + BUCKET] = NOT_PENDING;
      }
      const base = id << RECORD_SHIFT;
      this.pendingCount--;
      this.fired++;
      if (++this.eventsInCycle > this.maxEventsPerCycle) this.refuseLoop(id);
      const actor = this.actorOf[id]!;
      const kind = fields[base + KIND]!;
      const arg = fields[base + ARG]!;
      if (fields[base + POOLED] === 1) {
        fields[base + NEXT] = this.freeHead;
        this.freeHead = id;
      }
      if (this.trace !== null) this.trace(this.now, this.phase, actor, kind, arg);
      actor.on(kind, arg);
      if (this.stopped || this.fired >= firedLimit) return;
      id = this.head[bucket]!;
    }
  }

  private insert(id: number, delay: number, phase: number): void {
    if ((delay | 0) !== delay || delay < 0) this.checkDelay(id, delay);
    if (phase < 0 || phase >= this.phaseCount || (delay === 0 && phase < this.phase)) this.refusePhase(id, phase);
    this.scheduled++;
    if (++this.pendingCount > this.maxPending) this.maxPending = this.pendingCount;
    if (delay < SLOTS) {
      this.link(id, (((this.now + delay) & SLOT_MASK) << this.phaseBits) | phase);
      return;
    }
    const base = id << RECORD_SHIFT;
    const time = this.now + delay;
    this.fields[base + BUCKET] = FAR;
    this.fields[base + FAR_PHASE] = phase;
    this.fields[base + FAR_SLOT] = this.far.push(time, id);
    this.farTime[id] = time;
    if (time < this.farEarliest) this.farEarliest = time;
    this.farEvents++;
  }

  private link(id: number, bucket: number): void {
    const fields = this.fields;
    const base = id << RECORD_SHIFT;
    const last = this.tail[bucket]!;
    fields[base + PREV] = last;
    fields[base + NEXT] = -1;
    fields[base + BUCKET] = bucket;
    if (last >= 0) {
      fields[(last << RECORD_SHIFT) + NEXT] = id;
    } else {
      this.head[bucket] = id;
      const word = bucket >> 5;
      this.occupied[word]! |= 1 << (bucket & 31);
      this.occupiedWords[word >> 5]! |= 1 << (word & 31);
    }
    this.tail[bucket] = id;
  }

  private unlink(id: number, bucket: number): void {
    const fields = this.fields;
    const base = id << RECORD_SHIFT;
    const before = fields[base + PREV]!;
    const after = fields[base + NEXT]!;
    if (before >= 0) fields[(before << RECORD_SHIFT) + NEXT] = after;
    else this.head[bucket] = after;
    if (after >= 0) fields[(after << RECORD_SHIFT) + PREV] = before;
    else this.tail[bucket] = before;
    if (before < 0 && after < 0) this.markEmpty(bucket);
    fields[base + BUCKET] = NOT_PENDING;
  }

  private markEmpty(bucket: number): void {
    this.tail[bucket] = -1;
    const word = bucket >> 5;
    this.occupied[word]! &= ~(1 << (bucket & 31));
    if (this.occupied[word] === 0) this.occupiedWords[word >> 5]! &= ~(1 << (word & 31));
  }

  /** The first occupied bucket at or after `from`, around the wheel; -1 if the wheel is empty. */
  private nextBucket(from: number): number {
    const occupied = this.occupied;
    const firstWord = from >> 5;
    const rest = occupied[firstWord]! & (-1 << (from & 31));
    if (rest !== 0) return (firstWord << 5) | (31 - Math.clz32(rest & -rest));
    const summary = this.occupiedWords;
    const words = summary.length;
    let s = firstWord >> 5;
    const shift = (firstWord & 31) + 1;
    let bits = shift > 31 ? 0 : summary[s]! & (-1 << shift);
    for (let i = 0; i <= words; i++) {
      if (bits !== 0) {
        const word = (s << 5) | (31 - Math.clz32(bits & -bits));
        const value = occupied[word]!;
        return (word << 5) | (31 - Math.clz32(value & -value));
      }
      s = s + 1 === words ? 0 : s + 1;
      bits = summary[s]!;
    }
    return -1;
  }

  private pullFarEvents(): void {
    const limit = this.now + SLOTS;
    while (this.farEarliest < limit) {
      const id = this.far.pop();
      this.farEarliest = this.far.earliest;
      const slot = this.farTime[id]! % SLOTS;
      this.link(id, (slot << this.phaseBits) | this.fields[(id << RECORD_SHIFT) + FAR_PHASE]!);
    }
  }

  /** Test mode: a random event of the bucket instead of the first. */
  private pick(bucket: number, random: Random): number {
    let count = 0;
    for (let id = this.head[bucket]!; id >= 0; id = this.fields[(id << RECORD_SHIFT) + NEXT]!) count++;
    let id = this.head[bucket]!;
    for (let skip = random.below(count); skip > 0; skip--) id = this.fields[(id << RECORD_SHIFT) + NEXT]!;
    return id;
  }

  private newRecord(actor: Actor, kind: number, arg: number, pooled: number): number {
    const id = this.actorOf.length;
    if (id === this.farTime.length) {
      const fields = new Int32Array(this.fields.length * 2);
      fields.set(this.fields);
      this.fields = fields;
      const farTime = new Float64Array(this.farTime.length * 2);
      farTime.set(this.farTime);
      this.farTime = farTime;
    }
    const base = id << RECORD_SHIFT;
    this.fields[base + BUCKET] = NOT_PENDING;
    this.fields[base + KIND] = kind;
    this.fields[base + ARG] = arg;
    this.fields[base + POOLED] = pooled;
    this.actorOf.push(actor);
    return id;
  }

  private describe(id: number): string {
    return `${this.actorOf[id]!.path} (kind ${this.fields[(id << RECORD_SHIFT) + KIND]})`;
  }

  /** Accepts large whole delays; refuses all others, giving back the record of a one-shot. */
  private checkDelay(id: number, delay: number): void {
    if (delay >= 0 && Number.isSafeInteger(delay) && Number.isSafeInteger(this.now + delay)) return;
    this.release(id);
    throw new KernelError(
      `${this.describe(id)} is scheduled at cycle ${this.now} with delay ${delay}; a delay is a whole number of cycles >= 0`,
    );
  }

  private refusePhase(id: number, phase: number): never {
    this.release(id);
    throw new KernelError(
      `${this.describe(id)} is scheduled at cycle ${this.now}, phase ${this.phaseNames[this.phase]}, for phase ` +
        (this.phaseNames[phase] === undefined
          ? `${phase}, which does not exist`
          : `${this.phaseNames[phase]} of the same cycle, which has passed`),
    );
  }

  private refuseLoop(id: number): never {
    throw new KernelError(
      `more than ${this.maxEventsPerCycle} events in cycle ${this.now}, the last for ${this.describe(id)}: a zero-delay loop`,
    );
  }

  private release(id: number): void {
    const base = id << RECORD_SHIFT;
    if (this.fields[base + POOLED] === 1) {
      this.fields[base + NEXT] = this.freeHead;
      this.freeHead = id;
    }
  }
}
