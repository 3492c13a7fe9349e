import { type ServerGroup, type ServerGroupShape, ServerStatistics } from './server-statistics.js';

/** The course of a batch of `items` that finds every server free, relative to its ask. */
interface FreshBatch {
  readonly items: number;
  readonly begin: Float64Array;
  readonly accept: Float64Array;
  readonly server: Int32Array;
  readonly lastEnd: number;
  /** How often such a batch came; its statistics are added up once, by `close`. */
  times: number;
}

/**
 * A server group in closed form: one booking per batch, no event per item.
 *
 * With one service time, a first-come first-served queue and blocking after service, beginnings, ends and acceptances
 * all keep the order of the items. Item k of the run therefore begins when it has asked and item k - servers has been
 * accepted (that frees the k-th server in order), ends `serviceCycles` later, and is accepted when it has ended and item
 * k - drainLanes was accepted at least one cycle before:
 *
 *     begin(k)  = max(ask(k), accept(k - servers))
 *     end(k)    = begin(k) + serviceCycles
 *     accept(k) = max(end(k), accept(k - drainLanes) + 1)
 *
 * Only which server takes an item (the lowest-numbered free one) needs a search. A batch that finds all servers free
 * always takes the same course, which is worked out once per batch size.
 */
export class BookedServers implements ServerGroup {
  readonly statistics: ServerStatistics;
  private readonly servers: number;
  private readonly serviceCycles: number;
  private readonly drainLanes: number;
  private readonly drainLatencyCycles: number;
  /** Acceptance times of the latest items, by item number & mask. */
  private readonly accepts: Float64Array;
  private readonly mask: number;
  private item = 0;
  private lastAccept = 0;
  /** End of the time covered so far by services, and by services and blocking. */
  private servedUntil = 0;
  private occupiedUntil = 0;
  private groupOccupied = 0;
  private readonly freeAt: Float64Array;
  private readonly fresh: (FreshBatch | undefined)[] = [];
  /** The last batch, if it was fresh: its acceptances are not in `accepts` yet. */
  private pending: FreshBatch | null = null;
  private pendingAsk = 0;

  constructor(shape: ServerGroupShape) {
    this.servers = shape.servers;
    this.serviceCycles = shape.serviceCycles;
    this.drainLanes = shape.drainLanes;
    this.drainLatencyCycles = shape.drainLatencyCycles;
    this.statistics = new ServerStatistics(shape.servers);
    let length = 1;
    while (length < Math.max(shape.servers, shape.drainLanes) + 1) length *= 2;
    this.accepts = new Float64Array(length).fill(Number.NEGATIVE_INFINITY);
    this.mask = length - 1;
    this.freeAt = new Float64Array(shape.servers);
  }

  /**
   * Books `items` (>= 1) that ask at cycle `ask`; asks must not go back in time. Returns the cycle in which the last
   * service of the batch ends.
   */
  book(ask: number, items: number): number {
    if (ask >= this.lastAccept) {
      const batch = this.fresh[items] ?? this.workOut(items);
      batch.times++;
      this.pending = batch;
      this.pendingAsk = ask;
      this.lastAccept = ask + batch.accept[items - 1]!;
      return ask + batch.lastEnd;
    }
    if (this.pending !== null) this.materialise(this.pending);
    return this.bookBehindOthers(ask, items);
  }

  get lastLeave(): number {
    return this.lastAccept === 0 ? 0 : this.lastAccept + this.drainLatencyCycles;
  }

  close(): void {
    const { statistics } = this;
    for (const batch of this.fresh) {
      if (batch === undefined || batch.times === 0) continue;
      let servedUntil = 0;
      let occupiedUntil = 0;
      let groupServe = 0;
      let groupOccupied = 0;
      let drain = 0;
      for (let i = 0; i < batch.items; i++) {
        const begin = batch.begin[i]!;
        const end = begin + this.serviceCycles;
        const accept = batch.accept[i]!;
        const server = batch.server[i]!;
        statistics.waits.addMany(begin, batch.times);
        statistics.serve[server]! += this.serviceCycles * batch.times;
        statistics.blocked[server]! += (accept - end) * batch.times;
        groupServe += end - Math.max(begin, servedUntil);
        servedUntil = end;
        groupOccupied += accept - Math.max(begin, occupiedUntil);
        occupiedUntil = accept;
        if (i === 0 || accept !== batch.accept[i - 1]) drain++;
      }
      statistics.groupServe += groupServe * batch.times;
      this.groupOccupied += groupOccupied * batch.times;
      statistics.drain += drain * batch.times;
      statistics.items += batch.items * batch.times;
      batch.times = 0;
    }
    statistics.groupBlocked = this.groupOccupied - statistics.groupServe;
  }

  private bookBehindOthers(ask: number, items: number): number {
    const { accepts, mask, servers, serviceCycles, drainLanes, freeAt, statistics } = this;
    const { waits, serve, blocked } = statistics;
    let end = 0;
    for (let i = 0; i < items; i++) {
      const item = this.item++;
      const serverFree = accepts[(item - servers) & mask]!;
      const begin = Math.max(serverFree, ask);
      end = begin + serviceCycles;
      const laneFree = accepts[(item - drainLanes) & mask]! + 1;
      const accept = Math.max(laneFree, end);
      accepts[item & mask] = accept;
      waits.add(begin - ask);
      let server = 0;
      while (freeAt[server]! > begin) server++;
      freeAt[server] = accept;
      serve[server]! += serviceCycles;
      blocked[server]! += accept - end;
      statistics.groupServe += begin >= this.servedUntil ? serviceCycles : end - this.servedUntil;
      this.servedUntil = end;
      this.groupOccupied += begin >= this.occupiedUntil ? accept - begin : accept - this.occupiedUntil;
      this.occupiedUntil = accept;
      if (accept > this.lastAccept) statistics.drain++;
      this.lastAccept = accept;
    }
    statistics.items += items;
    return end;
  }

  /** Writes a fresh batch into the state that later items look at. */
  private materialise(batch: FreshBatch): void {
    const ask = this.pendingAsk;
    for (let i = 0; i < batch.items; i++) {
      const accept = ask + batch.accept[i]!;
      this.accepts[this.item++ & this.mask] = accept;
      this.freeAt[batch.server[i]!] = accept;
      this.servedUntil = ask + batch.begin[i]! + this.serviceCycles;
      this.occupiedUntil = accept;
    }
    this.pending = null;
  }

  private workOut(items: number): FreshBatch {
    const begin = new Float64Array(items);
    const accept = new Float64Array(items);
    const server = new Int32Array(items);
    const freeAt = new Float64Array(this.servers);
    for (let i = 0; i < items; i++) {
      begin[i] = i < this.servers ? 0 : accept[i - this.servers]!;
      accept[i] = Math.max(begin[i]! + this.serviceCycles, i < this.drainLanes ? 0 : accept[i - this.drainLanes]! + 1);
      let lowest = 0;
      while (freeAt[lowest]! > begin[i]!) lowest++;
      server[i] = lowest;
      freeAt[lowest] = accept[i]!;
    }
    const batch = { items, begin, accept, server, lastEnd: begin[items - 1]! + this.serviceCycles, times: 0 };
    this.fresh[items] = batch;
    return batch;
  }
}
