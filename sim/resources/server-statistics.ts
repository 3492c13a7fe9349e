import { WaitHistogram } from '../statistics/wait-histogram.js';

/**
 * What a group of servers did in a run; the same numbers whether its items were sampled or booked (kernel law 9).
 * All times in cycles.
 */
export class ServerStatistics {
  /** From the ask of an item to the beginning of its service. */
  readonly waits = new WaitHistogram();
  /** Per server: time in service, and time blocked by a finished item that the drain has not accepted. */
  readonly serve: Float64Array;
  readonly blocked: Float64Array;
  /** Time in which at least one server serves; and in which none serves, but at least one is blocked. */
  groupServe = 0;
  groupBlocked = 0;
  /** Time in which the drain accepts at least one item. */
  drain = 0;
  /** Items served. */
  items = 0;

  constructor(servers: number) {
    this.serve = new Float64Array(servers);
    this.blocked = new Float64Array(servers);
  }
}

/** A group of equal servers with one first-come first-served queue and a drain behind them. */
export interface ServerGroupShape {
  /** Number of servers. */
  readonly servers: number;
  /** Service time of an item, >= 1. */
  readonly serviceCycles: number;
  /** Finished items that the drain accepts in a cycle, in the order (end of service, server). */
  readonly drainLanes: number;
  /** From the acceptance of an item to its leaving, >= 0. */
  readonly drainLatencyCycles: number;
}

/** Time in service, summed over the servers, and up to which cycle: a group that is booked ahead has served beyond the clock. */
export interface Served {
  readonly cycles: number;
  readonly until: number;
}

/** A server group as its owner sees it after a run, sampled or booked. */
export interface ServerGroup {
  readonly statistics: ServerStatistics;
  /** When the last item left the drain; 0 without items. */
  readonly lastLeave: number;
  /** What it has served while the run goes on, at cycle `now`. */
  servedBy(now: number): Served;
  /** Completes the statistics of a run that ends at cycle `end`. */
  close(end: number): void;
}
