import { FarQueue } from './far-queue.js';
import { DeadlockError, KernelError } from './kernel-error.js';
import { Random } from './random.js';

/**
 * Something that events happen to. `kind` and `arg` are whole numbers whose meaning only the actor knows: `kind` of 31
 * bits with sign, `arg` of 32.
 */
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

/**
 * An event record: 4 integers side by side at `links[id]`; a record's id is its index in `links`, a multiple of 4.
 * NEXT and PREV are the record's place in its bucket's list. A record that is not in a list has NOT_PENDING or FAR as
 * NEXT; one in the far queue has its slot there as PREV.
 */
const NEXT = 0;
const PREV = 1;
/** The event's kind, shifted left by one; the lowest bit tells a one-shot event. */
const KIND = 2;
const ARG = 3;
const RECORD_SHIFT = 2;
const ONE_SHOT = 1;
const NOT_PENDING = -1;
const FAR = -2;

const SLOTS = 1024;
const SLOT_MASK = SLOTS - 1;
/** Whether kind and arg are whole numbers that a record can hold. */
const fitsRecord = (kind: number, arg: number): boolean => (kind << 1) >> 1 === kind && (arg | 0) === arg;

/** Up to this cycle any delay that fits 32 bits leads to a cycle below 2^53. */
const LAST_SAFE_CYCLE = Number.MAX_SAFE_INTEGER - 2 ** 31;

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
  /** Index of the current phase; after a run, of the last one that had an event. */
  phase = 0;
  /** Trace hook; null costs one comparison per event. */
  trace: KernelTrace | null = null;

  // Every field that the dispatch loop reads has an initial value of its final type: without one V8 forgets the type.
  private readonly phaseNames: readonly string[];
  private readonly phaseCount: number = 1;
  private readonly phaseBits: number = 0;
  private readonly maxEventsPerCycle: number = 0;
  private readonly shuffle: Random | null = null;
  private readonly monitored: Monitored[] = [];

  /**
   * The lists of the buckets, circular and doubly linked. Bucket b's first and last record stand at 2b and 2b + 1, just as
   * NEXT and PREV of a record: the bucket is a member of its own list, and empty when it is its only member. The event
   * records follow.
   */
  private links = new Int32Array(0);
  /** Actor of each record, by id >> RECORD_SHIFT; undefined at the places of the buckets. */
  private readonly actorOf: (Actor | undefined)[] = [];
  /** One bit per bucket that holds events, and one per word of that bitmap. */
  private readonly occupied: Int32Array = new Int32Array(0);
  private readonly occupiedWords: Int32Array = new Int32Array(0);
  private freeHead = -1;

  private readonly far = new FarQueue();
  private farEarliest = Number.POSITIVE_INFINITY;

  private pending = 0;
  private maxPending = 0;
  private fired = 0;
  private cancelled = 0;
  private farEvents = 0;
  private cyclesWithWork = 0;
  /** The latest cycle with an event, and the value of `fired` at which that cycle has had too many. */
  private workedCycle = -1;
  private firedLimit = 0;
  private running = false;
  private stopped = false;

  constructor(options: KernelOptions) {
    if (options.phases.length < 1 || options.phases.length > 8) {
      throw new KernelError(`a kernel has 1 to 8 phases, got ${options.phases.length}`);
    }
    this.phaseNames = options.phases;
    this.phaseCount = options.phases.length;
    this.phaseBits = 32 - Math.clz32(options.phases.length - 1);
    this.maxEventsPerCycle = options.maxEventsPerCycle ?? 1_000_000;
    if (options.shuffleSeed !== undefined) this.shuffle = new Random(options.shuffleSeed);
    const buckets = SLOTS << this.phaseBits;
    this.links = new Int32Array(4 * buckets);
    for (let list = 0; list < 2 * buckets; list += 2) {
      this.links[list | NEXT] = list;
      this.links[list | PREV] = list;
    }
    this.actorOf = new Array<Actor | undefined>((2 * buckets) >> RECORD_SHIFT).fill(undefined);
    this.occupied = new Int32Array(buckets >> 5);
    this.occupiedWords = new Int32Array(Math.max(1, buckets >> 10));
  }

  /** Events that wait to fire. */
  get pendingEvents(): number {
    return this.pending;
  }

  get statistics(): KernelStatistics {
    const { fired, cancelled, pending, maxPending, farEvents, cyclesWithWork } = this;
    return { fired, scheduled: fired + cancelled + pending, cancelled, maxPending, farEvents, cyclesWithWork };
  }

  /** Makes a permanent event; its id, an opaque number, is used by `schedule`, `cancel` and `isPending`. */
  event(actor: Actor, kind: number, arg = 0): number {
    if (!fitsRecord(kind, arg)) this.refusePayload(actor, kind, arg);
    return this.newRecord(actor, kind << 1, arg);
  }

  /** Schedules permanent event `id` for `delay` cycles from now, in `phase`. Throws if it is pending already. */
  schedule(id: number, delay: number, phase: number): void {
    if (this.links[id | NEXT] !== NOT_PENDING) this.refusePending(id);
    this.insert(id, delay, phase);
  }

  /** Schedules a one-shot event. */
  post(delay: number, actor: Actor, kind: number, arg: number, phase: number): void {
    if (!fitsRecord(kind, arg)) this.refusePayload(actor, kind, arg);
    const oneShot = (kind << 1) | ONE_SHOT;
    let id = this.freeHead;
    if (id >= 0) {
      const { links } = this;
      this.freeHead = links[id | NEXT]!;
      links[id | KIND] = oneShot;
      links[id | ARG] = arg;
      this.actorOf[id >> RECORD_SHIFT] = actor;
    } else {
      id = this.newRecord(actor, oneShot, arg);
    }
    this.insert(id, delay, phase);
  }

  /** Takes back a pending permanent event, in O(1). Returns false if it was not pending. */
  cancel(id: number): boolean {
    const { links } = this;
    const next = links[id | NEXT]!;
    if (next === NOT_PENDING) return false;
    if (next === FAR) {
      this.far.cancel(links[id | PREV]!);
      this.farEarliest = this.far.earliest;
    } else {
      this.unlink(id);
    }
    links[id | NEXT] = NOT_PENDING;
    this.pending--;
    this.cancelled++;
    return true;
  }

  isPending(id: number): boolean {
    return this.links[id | NEXT] !== NOT_PENDING;
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
    this.dispatch(Number.POSITIVE_INFINITY, true);
    return this.fired > fired;
  }

  /** Fires events up to and including cycle `until`. An empty queue with outstanding work is a `DeadlockError`. */
  run(until = Number.POSITIVE_INFINITY): void {
    if (Number.isNaN(until)) throw new KernelError(`run is called at cycle ${this.now} with NaN as the last cycle`);
    this.dispatch(until, false);
    if (this.pending > 0) return;
    const waiting = this.monitored.flatMap((m) => m.outstanding());
    if (waiting.length > 0) throw new DeadlockError(this.now, waiting);
  }

  private dispatch(until: number, single: boolean): void {
    if (this.running) throw new KernelError(`run is called from within an event, at cycle ${this.now}`);
    this.running = true;
    // `stopped` is asked after each event: true from the start, it lets a single one fire.
    this.stopped = single;
    try {
      while (this.pending > 0) {
        const bucket = this.nextBucket(((this.now & SLOT_MASK) << this.phaseBits) | this.phase);
        const time = bucket < 0 ? this.farEarliest : this.now + (((bucket >> this.phaseBits) - this.now) & SLOT_MASK);
        if (time > until) break;
        if (time !== this.now) {
          this.now = time;
          this.phase = 0;
          if (this.farEarliest < time + SLOTS) {
            // A pulled event may belong to an earlier phase of this cycle than the bucket found.
            this.pullFarEvents();
            continue;
          }
        }
        if (time !== this.workedCycle) {
          this.workedCycle = time;
          this.cyclesWithWork++;
          this.firedLimit = this.fired + this.maxEventsPerCycle;
        }
        this.phase = bucket & ((1 << this.phaseBits) - 1);
        this.fireBucket(bucket << 1);
        if (this.stopped) break;
      }
    } finally {
      this.running = false;
    }
  }

  /** Fires the events of a list, those included that are added to it meanwhile. */
  private fireBucket(list: number): void {
    let id = this.links[list | NEXT]!;
    do {
      if (this.shuffle !== null) id = this.bringForward(list, this.shuffle);
      if (this.fired === this.firedLimit) this.refuseLoop(id);
      const { links } = this;
      const after = links[id | NEXT]!;
      links[list | NEXT] = after;
      links[after | PREV] = list;
      if (after === list) this.markEmpty(list >> 1);
      this.pending--;
      this.fired++;
      const actor = this.actorOf[id >> RECORD_SHIFT]!;
      const kind = links[id | KIND]!;
      const arg = links[id | ARG]!;
      if ((kind & ONE_SHOT) === 0) links[id | NEXT] = NOT_PENDING;
      else this.release(id);
      if (this.trace !== null) this.trace(this.now, this.phase, actor, kind >> 1, arg);
      actor.on(kind >> 1, arg);
      id = this.links[list | NEXT]!;
    } while (id !== list && !this.stopped);
  }

  private insert(id: number, delay: number, phase: number): void {
    if ((delay | 0) !== delay || delay < 0 || this.now > LAST_SAFE_CYCLE) this.checkDelay(id, delay);
    if ((phase | 0) !== phase || phase < 0 || phase >= this.phaseCount || (delay === 0 && phase < this.phase)) {
      this.refusePhase(id, phase);
    }
    if (++this.pending > this.maxPending) this.maxPending = this.pending;
    if (delay < SLOTS) this.link(id, (((this.now + delay) & SLOT_MASK) << this.phaseBits) | phase);
    else this.insertFar(id, this.now + delay, phase);
  }

  private insertFar(id: number, time: number, phase: number): void {
    this.links[id | NEXT] = FAR;
    this.links[id | PREV] = this.far.push(time, phase, id);
    if (time < this.farEarliest) this.farEarliest = time;
    this.farEvents++;
  }

  /** Appends a record to the list of a bucket. */
  private link(id: number, bucket: number): void {
    const { links } = this;
    const list = bucket << 1;
    const last = links[list | PREV]!;
    links[id | NEXT] = list;
    links[id | PREV] = last;
    links[last | NEXT] = id;
    links[list | PREV] = id;
    if (last === list) {
      const word = bucket >> 5;
      this.occupied[word]! |= 1 << (bucket & 31);
      this.occupiedWords[word >> 5]! |= 1 << (word & 31);
    }
  }

  /** Takes a record out of its list. */
  private unlink(id: number): void {
    const { links } = this;
    const before = links[id | PREV]!;
    const after = links[id | NEXT]!;
    links[before | NEXT] = after;
    links[after | PREV] = before;
    if (before === after) this.markEmpty(before >> 1);
  }

  private markEmpty(bucket: number): void {
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
    const { far } = this;
    const limit = this.now + SLOTS;
    while (this.farEarliest < limit) {
      const slot = this.farEarliest % SLOTS;
      const phase = far.earliestPhase;
      this.link(far.pop(), (slot << this.phaseBits) | phase);
      this.farEarliest = far.earliest;
    }
  }

  /** Test mode: moves a random event of the list to its head. */
  private bringForward(list: number, random: Random): number {
    const { links } = this;
    const head = links[list | NEXT]!;
    let count = 0;
    for (let id = head; id !== list; id = links[id | NEXT]!) count++;
    let chosen = head;
    for (let skip = random.below(count); skip > 0; skip--) chosen = links[chosen | NEXT]!;
    if (chosen !== head) {
      this.unlink(chosen);
      links[chosen | NEXT] = head;
      links[chosen | PREV] = list;
      links[head | PREV] = chosen;
      links[list | NEXT] = chosen;
    }
    return chosen;
  }

  private newRecord(actor: Actor, kind: number, arg: number): number {
    const id = this.actorOf.length << RECORD_SHIFT;
    if (id === this.links.length) {
      const links = new Int32Array(this.links.length * 2);
      links.set(this.links);
      this.links = links;
    }
    this.links[id | NEXT] = NOT_PENDING;
    this.links[id | KIND] = kind;
    this.links[id | ARG] = arg;
    this.actorOf.push(actor);
    return id;
  }

  private describe(id: number): string {
    const actor = this.actorOf[id >> RECORD_SHIFT];
    return actor === undefined
      ? `event ${id}, which does not exist,`
      : `${actor.path} (kind ${this.links[id | KIND]! >> 1})`;
  }

  /** Accepts large whole delays; refuses all others, giving back the record of a one-shot. */
  private checkDelay(id: number, delay: number): void {
    if (delay >= 0 && Number.isSafeInteger(delay) && Number.isSafeInteger(this.now + delay)) return;
    if ((this.links[id | KIND]! & ONE_SHOT) !== 0) this.release(id);
    throw new KernelError(
      `${this.describe(id)} is scheduled at cycle ${this.now} with delay ${delay}; a delay is a whole number of cycles >= 0 ` +
        'that leads to a cycle below 2^53',
    );
  }

  private refusePayload(actor: Actor, kind: number, arg: number): never {
    throw new KernelError(
      `an event of ${actor.path} made at cycle ${this.now} has kind ${kind} and arg ${arg}; ` +
        'a kind is a whole number of 31 bits, an arg one of 32 bits',
    );
  }

  private refusePending(id: number): never {
    const why = this.actorOf[id >> RECORD_SHIFT] === undefined ? '' : ' while it is still pending';
    throw new KernelError(`${this.describe(id)} is scheduled at cycle ${this.now}${why}`);
  }

  private refusePhase(id: number, phase: number): never {
    if ((this.links[id | KIND]! & ONE_SHOT) !== 0) this.release(id);
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

  /** Puts the record of a one-shot event on the free list. */
  private release(id: number): void {
    this.links[id | NEXT] = this.freeHead;
    this.freeHead = id;
  }
}
