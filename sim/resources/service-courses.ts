import { type ServerGroupShape, ServerStatistics } from './server-statistics.js';

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

/** What a batch does to the statistics and the backlog that it leaves; times relative to its ask. */
interface Course {
  readonly statistics: ServerStatistics;
  readonly groupOccupied: number;
  readonly after: Backlog;
}

/** Courses kept at most; runs beyond that work their batches out one by one. */
const MAX_COURSES = 1 << 15;
const TABLE_BITS = 17;
const TABLE_MASK = (1 << TABLE_BITS) - 1;

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
  readonly lastEnd = new Float64Array(MAX_COURSES);
  readonly lastAccept = new Float64Array(MAX_COURSES);
  readonly next = new Int32Array(MAX_COURSES);
  private readonly courses: Course[] = [];
  private readonly backlogs: Backlog[] = [];
  private readonly backlogNumber = new Map<string, number>();
  /** Hash table with open addressing: course number + 1, and its key. */
  private readonly table = new Int32Array(1 << TABLE_BITS);
  private readonly keyBacklog = new Int32Array(MAX_COURSES);
  private readonly keyElapsed = new Float64Array(MAX_COURSES);
  private readonly keyItems = new Int32Array(MAX_COURSES);

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
   * The course of `items` (>= 1) that ask `elapsed` cycles after the ask that left `backlog`; -1 where the table is full.
   */
  find(backlog: number, elapsed: number, items: number): number {
    let at = (Math.imul(backlog, 0x9e3779b1) ^ Math.imul(elapsed, 0x85ebca6b) ^ Math.imul(items, 0xc2b2ae35)) >>> 0;
    at = (at ^ (at >>> 15)) & TABLE_MASK;
    for (;;) {
      const course = this.table[at]! - 1;
      if (course < 0) return this.add(at, backlog, elapsed, items);
      if (
        this.keyBacklog[course] === backlog &&
        this.keyElapsed[course] === elapsed &&
        this.keyItems[course] === items
      ) {
        return course;
      }
      at = (at + 1) & TABLE_MASK;
    }
  }

  /** Adds what `times` batches of course number `course` did. */
  addTo(statistics: ServerStatistics, course: number, times: number): void {
    const { statistics: one, groupOccupied } = this.courses[course]!;
    statistics.waits.merge(one.waits, times);
    for (let server = 0; server < this.shape.servers; server++) {
      statistics.serve[server]! += one.serve[server]! * times;
      statistics.blocked[server]! += one.blocked[server]! * times;
    }
    statistics.groupServe += one.groupServe * times;
    statistics.groupBlocked += (groupOccupied - one.groupServe) * times;
    statistics.drain += one.drain * times;
    statistics.items += one.items * times;
  }

  private add(at: number, backlog: number, elapsed: number, items: number): number {
    const course = this.courses.length;
    if (course === MAX_COURSES) return -1;
    const worked = workOut(this.shape, this.backlogAfter(backlog, elapsed), items);
    this.courses.push(worked);
    this.table[at] = course + 1;
    this.keyBacklog[course] = backlog;
    this.keyElapsed[course] = elapsed;
    this.keyItems[course] = items;
    this.lastEnd[course] = worked.after.servedUntil;
    this.lastAccept[course] = worked.after.occupiedUntil;
    this.next[course] = this.numberOf(worked.after);
    return course;
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

function workOut({ servers, serviceCycles, drainLanes }: ServerGroupShape, before: Backlog, items: number): Course {
  const statistics = new ServerStatistics(servers);
  const accepts = [...before.accepts];
  const freeAt = [...before.freeAt];
  let { servedUntil, occupiedUntil } = before;
  let groupOccupied = 0;
  for (let i = 0; i < items; i++) {
    const begin = accepts[accepts.length - servers]!;
    const end = begin + serviceCycles;
    // A lane that was free at the ask is free at every end, since a service takes at least one cycle.
    const accept = Math.max(end, accepts[accepts.length - drainLanes]! + 1);
    const server = freeAt.findIndex((free) => free <= begin);
    statistics.waits.add(begin);
    statistics.serve[server]! += serviceCycles;
    statistics.blocked[server]! += accept - end;
    statistics.groupServe += end - Math.max(begin, servedUntil);
    groupOccupied += accept - Math.max(begin, occupiedUntil);
    if (accept > occupiedUntil) statistics.drain++;
    accepts.push(accept);
    freeAt[server] = accept;
    servedUntil = end;
    occupiedUntil = accept;
  }
  statistics.items = items;
  const after = { accepts: accepts.slice(-before.accepts.length), freeAt, servedUntil, occupiedUntil };
  return { statistics, groupOccupied, after };
}
