import type { ItemWatcher } from '../sim/resources/service-courses.js';
import type { TraceSink, TrackId } from '../sim/trace/trace.js';

/** Tracks of one pool that takes the course; -1: not kept. */
export interface TracedPool {
  readonly group: TrackId;
  readonly servers: readonly TrackId[];
  /** Of the crossbars that take part. */
  readonly crossbars: readonly TrackId[];
}

const DROPPED = -1;

/**
 * Tells a trace what the crossbars and ADCs of a pool do, read by read as they are booked: the same spans and counters as
 * those of the sampled components. For all pools that take the course of the one that is simulated.
 */
export class PoolTrace implements ItemWatcher {
  /** Beginnings of services that have been booked and not told; never fall. */
  private readonly begins: number[] = [];
  /** Cycle of the latest ask, if it has not been told. */
  private askAt = Number.NEGATIVE_INFINITY;

  constructor(
    private readonly sink: TraceSink,
    private readonly pools: readonly TracedPool[],
    private readonly serviceCycles: number,
  ) {}

  /** The trace of these pools; null where it keeps none of their tracks. */
  static of(sink: TraceSink, pools: readonly TracedPool[], serviceCycles: number): PoolTrace | null {
    const kept = pools.filter(({ group, servers, crossbars }) =>
      [group, ...servers, ...crossbars].some((track) => track !== DROPPED),
    );
    return kept.length === 0 ? null : new PoolTrace(sink, kept, serviceCycles);
  }

  get from(): number {
    return this.sink.from;
  }

  get to(): number {
    return this.sink.to;
  }

  /** A read of crossbar `i` that ends at `end`, after a stall since `idleSince` if it did not start then. */
  read(i: number, idleSince: number, cause: string, start: number, end: number): void {
    const { sink } = this;
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
    if (accept <= this.sink.from || begin >= this.sink.to) return;
    const end = begin + this.serviceCycles;
    for (const { servers } of this.pools) {
      const track = servers[server]!;
      if (track === DROPPED) continue;
      this.sink.span(track, 'convert', begin, end);
      if (accept > end) this.sink.span(track, 'stall.shiftAdd', end, accept);
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
