import type { BookedServers } from '../sim/resources/booked-servers.js';
import type { ServerGroupShape } from '../sim/resources/server-statistics.js';
import type { ItemWatcher } from '../sim/resources/service-courses.js';
import { DROPPED, type TraceSink, type TrackId } from '../sim/trace/trace.js';

/** Tracks of one pool that takes the course, some of them maybe DROPPED. */
export interface TracedPool {
  readonly group: TrackId;
  readonly servers: readonly TrackId[];
  /** Of the crossbars that take part: their tracks, and their indices in the PE. */
  readonly crossbars: readonly TrackId[];
  readonly indices: readonly number[];
}

/**
 * Tells a trace what the crossbars and ADCs of a pool do, read by read as they are booked: the same spans, counters and
 * operations as those of the sampled components. For all pools that take the course of the one that is simulated.
 */
export class PoolTrace implements ItemWatcher {
  /** Beginnings of services that have been booked and not told; never fall. */
  private readonly begins: number[] = [];
  /** Cycle of the latest ask, if it has not been told. */
  private askAt = Number.NEGATIVE_INFINITY;
  // The read whose samples are being booked.
  private crossbar = 0;
  private stall: string | null = null;
  private stallStart = 0;
  private readStart = 0;
  private number = 0;
  private samples = 0;
  /** Samples of it that have been booked, and when the first of them begins its conversion. */
  private booked = 0;
  private firstConversion = 0;

  constructor(
    private readonly sink: TraceSink,
    private readonly pools: readonly TracedPool[],
    private readonly shape: ServerGroupShape,
  ) {}

  /** The trace of these pools; null where it keeps none of their tracks. */
  static of(sink: TraceSink, pools: readonly TracedPool[], shape: ServerGroupShape): PoolTrace | null {
    const kept = pools.filter(({ group, servers, crossbars }) =>
      [group, ...servers, ...crossbars].some((track) => track !== DROPPED),
    );
    return kept.length === 0 ? null : new PoolTrace(sink, kept, shape);
  }

  /**
   * Periods that end before this cycle need not be told: all of their codes leave outside of the sink's window. To be asked
   * when a read ends at `now`, after a period since `since` in which every crossbar has ended one.
   */
  untoldUntil(servers: BookedServers, now: number, since: number): number {
    const { from, to } = this.sink;
    if (since >= to) return Number.POSITIVE_INFINITY;
    return from - this.shape.drainLatencyCycles - (servers.acceptedUntil - now);
  }

  /**
   * Operation `number` of crossbar `i` is read from `start` to `end`, after a stall since `idleSince` if it did not start
   * then. Its samples, so many, are the next items.
   */
  read(i: number, number: number, samples: number, idleSince: number, cause: string, start: number, end: number): void {
    const { sink } = this;
    this.crossbar = i;
    this.stall = start > idleSince ? cause : null;
    this.stallStart = idleSince;
    this.readStart = start;
    this.number = number;
    this.samples = samples;
    this.booked = 0;
    if (end <= sink.from || idleSince >= sink.to) return;
    for (const { crossbars } of this.pools) {
      const track = crossbars[i]!;
      if (track === DROPPED) continue;
      if (start > idleSince) sink.span(track, cause, idleSince, start);
      sink.span(track, 'read', start, end);
    }
  }

  item(ask: number, begin: number, accept: number, server: number): void {
    if (ask !== this.askAt) {
      this.tellQueue(ask);
      this.askAt = ask;
    }
    this.begins.push(begin);
    if (this.booked === 0) this.firstConversion = begin;
    if (++this.booked === this.samples) this.operation(ask, begin, accept);
    if (accept <= this.sink.from || begin >= this.sink.to) return;
    const { sink, crossbar, number } = this;
    const end = begin + this.shape.serviceCycles;
    for (const { servers, indices } of this.pools) {
      const track = servers[server]!;
      if (track === DROPPED) continue;
      sink.service(track, 'convert', begin, end, indices[crossbar]!, number);
      if (accept > end) sink.service(track, 'stall.shiftAdd', end, accept, indices[crossbar]!, number);
    }
  }

  /** The last sample of the read that has been told is booked. */
  private operation(readEnd: number, lastConversion: number, lastAcceptance: number): void {
    const { sink, number, stall, stallStart, readStart, samples, firstConversion } = this;
    const leaves = lastAcceptance + this.shape.drainLatencyCycles;
    if (leaves <= sink.from || stallStart >= sink.to) return;
    const lastConversionEnd = lastConversion + this.shape.serviceCycles;
    const read = { number, stall, stallStart, readStart, readEnd, samples };
    const operation = { ...read, firstConversion, lastConversionEnd, lastAcceptance, leaves };
    for (const { crossbars } of this.pools) {
      const track = crossbars[this.crossbar]!;
      if (track !== DROPPED) sink.operation(track, operation);
    }
  }

  /** All that has been booked happens `cycles` later: periods before it were repeated. */
  shift(cycles: number): void {
    this.askAt += cycles;
    for (let k = 0; k < this.begins.length; k++) this.begins[k]! += cycles;
  }

  /** Nothing is booked any more. */
  end(): void {
    this.tellQueue(Number.POSITIVE_INFINITY);
  }

  /** Tells how many samples wait, after every cycle before `until` in which one asks or begins. */
  private tellQueue(until: number): void {
    const { begins } = this;
    let told = 0;
    let at = this.askAt;
    if (at > Number.NEGATIVE_INFINITY && at < until) {
      for (;;) {
        while (told < begins.length && begins[told]! <= at) told++;
        this.count(at, begins.length - told);
        if (told === begins.length || begins[told]! >= until) break;
        at = begins[told]!;
      }
    }
    begins.splice(0, told);
  }

  private count(at: number, waiting: number): void {
    if (at >= this.sink.to) return;
    for (const { group } of this.pools) if (group !== DROPPED) this.sink.counter(group, 'queue', at, waiting);
  }
}
