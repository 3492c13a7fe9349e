import type { CrossbarRange } from '../mapping/crossbar-range.js';
import type { OuProgram } from '../mapping/ou-program.js';
import type { Served, ServerGroup } from '../sim/resources/server-statistics.js';
import type { AdcSnapshot, CrossbarSnapshot, MachineSnapshot } from '../sim/results/run-snapshot.js';
import type { PeTimes } from './collect-pe.js';
import type { MachineConfig } from './machine.js';
import type { FetchWait } from './part-fetch.js';
import type { PeTask } from './window-feed.js';

/** PEs that take one course, as far as a snapshot looks at them. */
export interface ObservedPes {
  readonly times: PeTimes;
  /** How many they are. */
  readonly count: number;
  /** The layer's program, and the crossbars of it that one of them holds. */
  readonly program: Pick<OuProgram, 'crossbars'>;
  readonly crossbars: CrossbarRange;
  /** What the next window waits for that they are to be given; null where it does not, or without a fetch unit. */
  readonly wait: FetchWait | null;
}

/**
 * Adds up what PEs have done by cycle `now`, while they run. What a crossbar or a pool has booked ahead of the clock counts; its
 * time then goes as far (`RunSnapshot`).
 */
export class PesSoFar {
  private readonly cycles = {
    reads: 0,
    adcWaiting: 0,
    indexDecoding: 0,
    detector: 0,
    pixels: 0,
    output: 0,
    transfer: 0,
    windowSharing: 0,
  };
  private instances = 0;
  private time = 0;
  private busiest = 0;
  private pools = 0;
  private convert = 0;
  private poolTime = 0;
  private busiestPool = 0;
  /** Largest time in which the input register of a PE held a window. */
  held = 0;

  constructor(
    private readonly machine: MachineConfig,
    private readonly now: number,
  ) {}

  add(pes: ObservedPes): void {
    const { first, count } = pes.crossbars;
    this.held = Math.max(this.held, pes.times.registerHold);
    this.instances += count * pes.count;
    for (let i = 0; i < count; i++) this.addCrossbar(pes, i, pes.program.crossbars[first + i]!.groups.length > 0);
    this.addPools(pes);
  }

  get crossbars(): CrossbarSnapshot {
    const { instances, cycles, time, busiest } = this;
    return { instances, cycles: { ...cycles }, time, busiest };
  }

  get adcs(): AdcSnapshot {
    const { perPool } = this.machine.adc;
    const { pools, convert, poolTime, busiestPool } = this;
    return { instances: pools * perPool, convert, time: poolTime * perPool, busiest: busiestPool };
  }

  /** Largest share of the time in which a PE was at work on windows. */
  get processing(): number {
    return Math.max(this.now === 0 ? 0 : this.held / this.now, this.busiest, this.busiestPool);
  }

  private addCrossbar({ times, count, wait }: ObservedPes, i: number, hasOperations: boolean): void {
    const { cycles, now } = this;
    const { read, stallAdc, stallInput, stallIndex, scanWait } = times.crossbar(i);
    const pixels = times.loadWaits?.pixels[i] ?? 0;
    const output = times.loadWaits?.output[i] ?? 0;
    const transfer = times.loadWaits?.transfer[i] ?? 0;
    cycles.reads += count * read;
    cycles.adcWaiting += count * stallAdc;
    cycles.indexDecoding += count * stallIndex;
    cycles.detector += count * scanWait;
    cycles.pixels += count * pixels;
    cycles.output += count * output;
    cycles.transfer += count * transfer;
    cycles.windowSharing += count * (stallInput - scanWait - pixels - output - transfer);
    // Reads and stalls leave no gap (`collectPe` checks it): so far goes what the crossbar has booked.
    const booked = read + stallAdc + stallInput + stallIndex;
    const time = Math.max(now, booked);
    this.time += count * time;
    if (time > 0) this.busiest = Math.max(this.busiest, read / time);
    // A wait is booked when it is over. Crossbars of a PE without a window wait for what the next fetch waits for.
    if (!hasOperations || wait === null || wait.cause === 'pe' || times.holdsWindow) return;
    cycles[wait.cause] += count * Math.max(0, now - Math.max(booked, wait.since));
  }

  private addPools({ times, count, crossbars }: ObservedPes): void {
    const { sharedBy, perPool } = this.machine.adc;
    const pools = Math.ceil(crossbars.count / sharedBy);
    this.pools += count * pools;
    const served = new Map<ServerGroup, Served>();
    for (const pool of times.pools.slice(0, pools)) {
      let known = served.get(pool);
      if (known === undefined) {
        known = pool.servedBy(this.now);
        served.set(pool, known);
      }
      const { cycles, until } = known;
      this.convert += count * cycles;
      this.poolTime += count * until;
      if (until > 0) this.busiestPool = Math.max(this.busiestPool, cycles / (perPool * until));
    }
  }
}

/** A run of one PE alone, as one stage of the name `PE`. */
export function soloPeSnapshot(
  times: PeTimes,
  { program, crossbars, windows: { count: allWindows } }: PeTask,
  machine: MachineConfig,
  windows: number,
  now: number,
): MachineSnapshot {
  const pes = new PesSoFar(machine, now);
  pes.add({ times, count: 1, program, crossbars, wait: null });
  const stage = {
    name: 'PE',
    kind: 'pe',
    state: windows < allWindows ? ('working' as const) : ('done' as const),
    windows,
    allWindows,
    fetch: null,
    crossbars: pes.crossbars,
    adcs: pes.adcs,
    activities: { process: pes.processing },
    waits: [],
  };
  return { cycles: now, images: 0, allImages: 0, windows, allWindows, stages: [stage] };
}
