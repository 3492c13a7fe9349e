import type { ServerGroupShape, ServerStatistics } from './server-statistics.js';

/** Number of the backlog of a group that has nothing left to do. */
export const NO_BACKLOG = 0;

/**
 * What a server group still has to do at the ask of a batch, relative to that ask; what is over counts as 0. Two groups
 * with equal backlogs go on alike.
 */
export interface Backlog {
  /** Acceptance times of the latest items, oldest first; as many as the longer of servers and drain lanes. */
  readonly accepts: readonly number[];
  /** When each server is free. */
  readonly freeAt: readonly number[];
  /** End of the last service, and of the last blocking. */
  readonly servedUntil: number;
  readonly occupiedUntil: number;
}

/** Is told of items as they are booked. */
export interface ItemWatcher {
  /** It asks, begins its service on `server`, and is accepted by the drain, at these cycles. */
  item(ask: number, begin: number, accept: number, server: number): void;
}

/** What a batch does, item by item, and the backlog that it leaves; times relative to its ask. */
interface Course {
  readonly begin: Float64Array;
  readonly accept: Float64Array;
  readonly server: Int32Array;
  /** Time that it adds to that of the whole group: in service, and in service or blocked. */
  readonly groupServe: number;
  readonly groupOccupied: number;
  /** Cycles in which the drain accepts at least one of its items. */
  readonly drain: number;
  readonly after: Backlog;
}

/** Numbers that the table keeps at most (32 MB); bookings beyond that are worked out one by one. */
const MAX_NUMBERS = 1 << 22;
/** From so many courses on, new ones are added only while courses are reused so often on average. */
const COURSES_ON_TRUST = 1024;
const REUSE = 8;

/**
 * The courses that batches take through a server group, worked out once each and shared by all groups of one shape.
 *
 * With one service time, a first-come first-served queue and blocking after service, beginnings, ends and acceptances
 * all keep the order of the items. Item k of a run therefore begins when it has asked and item k - servers has been
 * accepted (that frees the k-th server in order), ends `serviceCycles` later, and is accepted when it has ended and item
 * k - drainLanes was accepted at least one cycle before:
 *
 *     begin(k)  = max(ask(k), accept(k - servers))
 *     end(k)    = begin(k) + serviceCycles
 *     accept(k) = max(end(k), accept(k - drainLanes) + 1)
 *
 * and the lowest-numbered free server takes it. The course of a batch thus depends on nothing but the backlog that it
 * finds and its size: a finite automaton, of which this table keeps the transitions met so far.
 */
export class ServiceCourses {
  /** Of each course: end of its last service, acceptance of its last item, and the backlog it leaves. */
  lastEnd = new Float64Array(64);
  lastAccept = new Float64Array(64);
  next = new Int32Array(64);
  private readonly courses: Course[] = [];
  private readonly backlogs: Backlog[] = [];
  private readonly backlogNumber = new Map<string, number>();
  private numbers = 0;
  private lookups = 0;
  /** Hash table with open addressing, at most half full: course number + 1, and the keys of the courses. */
  private table = new Int32Array(256);
  private keyBacklog = new Int32Array(64);
  private keyElapsed = new Float64Array(64);
  private keyItems = new Int32Array(64);

  constructor(readonly shape: ServerGroupShape) {
    const { servers, drainLanes } = shape;
    // Takes the number NO_BACKLOG.
    this.numberOf({
      accepts: new Array<number>(Math.max(servers, drainLanes)).fill(0),
      freeAt: new Array<number>(servers).fill(0),
      servedUntil: 0,
      occupiedUntil: 0,
    });
  }

  /** The backlog of that number, `elapsed` cycles later. */
  backlogAfter(number: number, elapsed: number): Backlog {
    return later(this.backlogs[number]!, elapsed);
  }

  /**
   * The course of `items` (>= 1) that ask `elapsed` cycles after the ask that left `backlog`; -1 where it is not in the
   * table and is not worth its place there.
   */
  find(backlog: number, elapsed: number, items: number): number {
    this.lookups++;
    const mask = this.table.length - 1;
    let at = hash(backlog, elapsed, items) & mask;
    for (;;) {
      const course = this.table[at]! - 1;
      if (course < 0) return this.add(backlog, elapsed, items);
      if (
        this.keyBacklog[course] === backlog &&
        this.keyElapsed[course] === elapsed &&
        this.keyItems[course] === items
      ) {
        return course;
      }
      at = (at + 1) & mask;
    }
  }

  /** Tells item by item what a batch of course number `course` does that asks at cycle `ask`. */
  tell(course: number, ask: number, watcher: ItemWatcher): void {
    const { begin, accept, server } = this.courses[course]!;
    for (let i = 0; i < begin.length; i++) watcher.item(ask, ask + begin[i]!, ask + accept[i]!, server[i]!);
  }

  /** Size of a batch that takes course number `course`. */
  itemsOf(course: number): number {
    return this.keyItems[course]!;
  }

  /** Adds what `times` batches of course number `course` did. */
  addTo(statistics: ServerStatistics, course: number, times: number): void {
    const { begin, accept, server, groupServe, groupOccupied, drain } = this.courses[course]!;
    const { serviceCycles } = this.shape;
    for (let i = 0; i < begin.length; i++) {
      statistics.waits.add(begin[i]!, times);
      statistics.serve[server[i]!]! += serviceCycles * times;
      statistics.blocked[server[i]!]! += (accept[i]! - begin[i]! - serviceCycles) * times;
    }
    statistics.groupServe += groupServe * times;
    statistics.groupBlocked += (groupOccupied - groupServe) * times;
    statistics.drain += drain * times;
    statistics.items += begin.length * times;
  }

  private add(backlog: number, elapsed: number, items: number): number {
    const course = this.courses.length;
    if (course >= COURSES_ON_TRUST && course * REUSE > this.lookups) return -1;
    const before = this.backlogs[backlog]!;
    const numbers = 3 * items + before.accepts.length + before.freeAt.length;
    if (this.numbers + numbers > MAX_NUMBERS) return -1;
    this.numbers += numbers;
    if (course === this.next.length) this.grow();
    const worked = workOut(this.shape, later(before, elapsed), items);
    this.courses.push(worked);
    this.keyBacklog[course] = backlog;
    this.keyElapsed[course] = elapsed;
    this.keyItems[course] = items;
    this.lastEnd[course] = worked.after.servedUntil;
    this.lastAccept[course] = worked.after.occupiedUntil;
    this.next[course] = this.numberOf(worked.after);
    this.enter(course);
    return course;
  }

  private enter(course: number): void {
    const mask = this.table.length - 1;
    let at = hash(this.keyBacklog[course]!, this.keyElapsed[course]!, this.keyItems[course]!) & mask;
    while (this.table[at] !== 0) at = (at + 1) & mask;
    this.table[at] = course + 1;
  }

  private grow(): void {
    const twice = <A extends Float64Array | Int32Array>(old: A): A => {
      const grown = new (old.constructor as new (length: number) => A)(old.length * 2);
      grown.set(old);
      return grown;
    };
    this.lastEnd = twice(this.lastEnd);
    this.lastAccept = twice(this.lastAccept);
    this.next = twice(this.next);
    this.keyBacklog = twice(this.keyBacklog);
    this.keyElapsed = twice(this.keyElapsed);
    this.keyItems = twice(this.keyItems);
    this.table = new Int32Array(this.table.length * 2);
    for (let course = 0; course < this.courses.length; course++) this.enter(course);
  }

  private numberOf(backlog: Backlog): number {
    const { accepts, freeAt, servedUntil, occupiedUntil } = backlog;
    const key = `${accepts}|${freeAt}|${servedUntil}|${occupiedUntil}`;
    let number = this.backlogNumber.get(key);
    if (number === undefined) {
      number = this.backlogs.length;
      this.backlogs.push(backlog);
      this.backlogNumber.set(key, number);
    }
    return number;
  }
}

function later(backlog: Backlog, elapsed: number): Backlog {
  const left = (time: number): number => Math.max(0, time - elapsed);
  return {
    accepts: backlog.accepts.map(left),
    freeAt: backlog.freeAt.map(left),
    servedUntil: left(backlog.servedUntil),
    occupiedUntil: left(backlog.occupiedUntil),
  };
}

function hash(backlog: number, elapsed: number, items: number): number {
  const mixed = Math.imul(backlog, 0x9e3779b1) ^ Math.imul(elapsed, 0x85ebca6b) ^ Math.imul(items, 0xc2b2ae35);
  return (mixed ^ (mixed >>> 15)) >>> 0;
}

function workOut({ servers, serviceCycles, drainLanes }: ServerGroupShape, before: Backlog, items: number): Course {
  const begins = new Float64Array(items);
  const accepted = new Float64Array(items);
  const serverOf = new Int32Array(items);
  const accepts = [...before.accepts];
  const freeAt = [...before.freeAt];
  let { servedUntil, occupiedUntil } = before;
  let groupServe = 0;
  let groupOccupied = 0;
  let drain = 0;
  for (let i = 0; i < items; i++) {
    const begin = accepts[accepts.length - servers]!;
    const end = begin + serviceCycles;
    // A lane that was free at the ask is free at every end, since a service takes at least one cycle.
    const accept = Math.max(end, accepts[accepts.length - drainLanes]! + 1);
    const server = freeAt.findIndex((free) => free <= begin);
    groupServe += end - Math.max(begin, servedUntil);
    groupOccupied += accept - Math.max(begin, occupiedUntil);
    if (accept > occupiedUntil) drain++;
    begins[i] = begin;
    accepted[i] = accept;
    serverOf[i] = server;
    accepts.push(accept);
    freeAt[server] = accept;
    servedUntil = end;
    occupiedUntil = accept;
  }
  const after = { accepts: accepts.slice(-before.accepts.length), freeAt, servedUntil, occupiedUntil };
  return { begin: begins, accept: accepted, server: serverOf, groupServe, groupOccupied, drain, after };
}
