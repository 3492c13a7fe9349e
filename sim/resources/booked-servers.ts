import { type Served, type ServerGroup, type ServerGroupShape, ServerStatistics } from './server-statistics.js';
import { type ItemWatcher, NO_BACKLOG, type ServiceCourses } from './service-courses.js';

/** The group's course is being worked out item by item, because the table of courses is full. */
export const OFF_THE_TABLE = -1;

/**
 * A server group in closed form: one booking per batch, no event per item.
 *
 * A booking is one step in the table of `ServiceCourses`: the course of the batch follows from the backlog that it finds
 * and from its size. How often each course was taken is counted, and added up by `close`.
 */
export class BookedServers implements ServerGroup {
  readonly statistics: ServerStatistics;
  private readonly shape: ServerGroupShape;
  /** Course of the latest booking in the table of `ServiceCourses`; OFF_THE_TABLE while there is none. */
  course = OFF_THE_TABLE;
  /** Is told of every item that is booked, but not of those of repetitions. */
  watcher: ItemWatcher | null = null;
  private lastAsk = 0;
  private lastAccept = 0;
  /** The backlog at the last ask, by its number in the table. */
  private backlog = NO_BACKLOG;
  /** How often each course was taken. */
  private times = new Float64Array(8);

  // Off the table: acceptance times of the latest items, by item number & mask, and what else a backlog consists of.
  private readonly accepts: Float64Array;
  private readonly mask: number;
  private item = 0;
  private readonly freeAt: Float64Array;
  private servedUntil = 0;
  private occupiedUntil = 0;

  /** @param courses shared by all groups of one shape */
  constructor(private readonly courses: ServiceCourses) {
    this.shape = courses.shape;
    const { servers, drainLanes } = this.shape;
    this.statistics = new ServerStatistics(servers);
    let length = 1;
    while (length <= Math.max(servers, drainLanes)) length *= 2;
    this.accepts = new Float64Array(length);
    this.mask = length - 1;
    this.freeAt = new Float64Array(servers);
  }

  get lastLeave(): number {
    return this.lastAccept === 0 ? 0 : this.lastAccept + this.shape.drainLatencyCycles;
  }

  /**
   * Books `items` (>= 1) that ask at cycle `ask`; asks must not go back in time. Returns the cycle in which the last
   * service of the batch ends.
   */
  book(ask: number, items: number): number {
    const { courses } = this;
    let elapsed = ask - this.lastAsk;
    if (ask >= this.lastAccept) {
      this.backlog = NO_BACKLOG;
      elapsed = 0;
    } else if (this.backlog === OFF_THE_TABLE) {
      return this.bookOffTheTable(ask, items);
    }
    const course = courses.find(this.backlog, elapsed, items);
    if (course < 0) {
      this.leaveTable(elapsed, ask);
      return this.bookOffTheTable(ask, items);
    }
    if (course >= this.times.length) this.growTimes(course);
    this.times[course]!++;
    this.course = course;
    if (this.watcher !== null) courses.tell(course, ask, this.watcher);
    this.lastAsk = ask;
    this.lastAccept = ask + courses.lastAccept[course]!;
    this.backlog = courses.next[course]!;
    return ask + courses.lastEnd[course]!;
  }

  /**
   * Books `batches` of `items`, one every `period` cycles from `ask` on, where the group is at rest at `ask` and again before
   * each of the others. Returns the cycle in which the last service ends; -1, with nothing booked, where it would not be.
   */
  bookAlone(ask: number, items: number, batches: number, period: number): number {
    const { courses } = this;
    const course = courses.find(NO_BACKLOG, 0, items);
    if (course < 0 || courses.lastAccept[course]! > period) return -1;
    if (course >= this.times.length) this.growTimes(course);
    this.times[course]! += batches;
    this.course = course;
    this.lastAsk = ask + (batches - 1) * period;
    this.lastAccept = this.lastAsk + courses.lastAccept[course]!;
    this.backlog = courses.next[course]!;
    return this.lastAsk + courses.lastEnd[course]!;
  }

  /** When the drain has accepted all that is booked. */
  get acceptedUntil(): number {
    return this.lastAccept;
  }

  /** Number of the backlog that the latest booking left; equal numbers, equal futures. OFF_THE_TABLE: it has none. */
  get backlogNumber(): number {
    return this.backlog;
  }

  /**
   * Books a period of batches, all on the table, `times` times over: it has brought the group back to the same backlog, and
   * each repetition does so `period` cycles later.
   *
   * @param courses their first `count` entries: the courses of the period
   */
  repeat(courses: Int32Array, count: number, times: number, period: number): void {
    for (let k = 0; k < count; k++) this.times[courses[k]!]! += times;
    this.lastAsk += times * period;
    this.lastAccept += times * period;
  }

  /** Takes over where another group of the same shape stands; not its statistics. */
  continueFrom(other: BookedServers): void {
    this.course = other.course;
    this.lastAsk = other.lastAsk;
    this.lastAccept = other.lastAccept;
    this.backlog = other.backlog;
    if (this.backlog !== OFF_THE_TABLE) return;
    this.accepts.set(other.accepts);
    this.freeAt.set(other.freeAt);
    this.item = other.item;
    this.servedUntil = other.servedUntil;
    this.occupiedUntil = other.occupiedUntil;
  }

  servedBy(now: number): Served {
    const { courses, times } = this;
    let { items } = this.statistics;
    for (let course = 0; course < times.length; course++) {
      if (times[course]! > 0) items += times[course]! * courses.itemsOf(course);
    }
    // An item is accepted when its service has ended, or later.
    return { cycles: items * this.shape.serviceCycles, until: Math.max(now, this.lastAccept) };
  }

  close(): void {
    this.times.forEach((times, course) => {
      if (times > 0) this.courses.addTo(this.statistics, course, times);
    });
    this.times.fill(0);
  }

  private growTimes(course: number): void {
    let length = this.times.length * 2;
    while (length <= course) length *= 2;
    const times = new Float64Array(length);
    times.set(this.times);
    this.times = times;
  }

  /** Turns the backlog at `ask` from a number into times. */
  private leaveTable(elapsed: number, ask: number): void {
    const { accepts, freeAt, servedUntil, occupiedUntil } = this.courses.backlogAfter(this.backlog, elapsed);
    this.item = accepts.length;
    accepts.forEach((accept, item) => {
      this.accepts[item & this.mask] = ask + accept;
    });
    freeAt.forEach((free, server) => {
      this.freeAt[server] = ask + free;
    });
    this.servedUntil = ask + servedUntil;
    this.occupiedUntil = ask + occupiedUntil;
    this.backlog = OFF_THE_TABLE;
    this.course = OFF_THE_TABLE;
  }

  /** Item by item, by the equations of `ServiceCourses`. */
  private bookOffTheTable(ask: number, items: number): number {
    const { accepts, mask, freeAt, statistics } = this;
    const { servers, serviceCycles, drainLanes } = this.shape;
    const { waits, serve, blocked } = statistics;
    let end = 0;
    for (let i = 0; i < items; i++) {
      const item = this.item++;
      const begin = Math.max(ask, accepts[(item - servers) & mask]!);
      end = begin + serviceCycles;
      const accept = Math.max(end, accepts[(item - drainLanes) & mask]! + 1);
      let server = 0;
      while (freeAt[server]! > begin) server++;
      waits.add(begin - ask);
      serve[server]! += serviceCycles;
      blocked[server]! += accept - end;
      const served = end - Math.max(begin, this.servedUntil);
      statistics.groupServe += served;
      statistics.groupBlocked += accept - Math.max(begin, this.occupiedUntil) - served;
      if (accept > this.occupiedUntil) statistics.drain++;
      if (this.watcher !== null) this.watcher.item(ask, begin, accept, server);
      accepts[item & mask] = accept;
      freeAt[server] = accept;
      this.servedUntil = end;
      this.occupiedUntil = accept;
    }
    statistics.items += items;
    this.lastAccept = this.occupiedUntil;
    return end;
  }
}
