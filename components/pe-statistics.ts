import type { ServerStatistics } from '../sim/resources/server-statistics.js';
import { WaitHistogram } from '../sim/statistics/wait-histogram.js';

/** What a PE did, in cycles and counts; runs of the same PE can be added up. */
export class PeStatistics {
  /** Length of the run(s). */
  cycles = 0;
  windows = 0;
  ouOperations = 0;
  skippedOperations = 0;
  adcConversions = 0;
  wordlineDrives = 0;
  cellReads = 0;
  /** Planes scanned by the detector. */
  scans = 0;
  scanCycles = 0;
  /** Cycles in which the input register holds a window. */
  registerHold = 0;
  /** Per crossbar. */
  readonly read: Float64Array;
  readonly stallAdc: Float64Array;
  readonly stallInput: Float64Array;
  /** Per pool. */
  readonly pools: PoolStatistics[];

  constructor(crossbars: number, pools: number, adcsPerPool: number) {
    this.read = new Float64Array(crossbars);
    this.stallAdc = new Float64Array(crossbars);
    this.stallInput = new Float64Array(crossbars);
    this.pools = Array.from({ length: pools }, () => new PoolStatistics(adcsPerPool));
  }

  /** The same run with other inputs, where they change nothing but the wordlines that are driven. */
  withWordlineDrives(wordlineDrives: number): PeStatistics {
    return Object.assign(Object.create(PeStatistics.prototype) as PeStatistics, this, { wordlineDrives });
  }

  /** Adds a later run of the same PE. */
  add(other: PeStatistics): void {
    this.cycles += other.cycles;
    this.windows += other.windows;
    this.ouOperations += other.ouOperations;
    this.skippedOperations += other.skippedOperations;
    this.adcConversions += other.adcConversions;
    this.wordlineDrives += other.wordlineDrives;
    this.cellReads += other.cellReads;
    this.scans += other.scans;
    this.scanCycles += other.scanCycles;
    this.registerHold += other.registerHold;
    addEach(this.read, other.read);
    addEach(this.stallAdc, other.stallAdc);
    addEach(this.stallInput, other.stallInput);
    this.pools.forEach((pool, p) => {
      pool.add(other.pools[p]!);
    });
  }
}

/** What the ADCs and the shift-and-add unit of a pool did. */
export class PoolStatistics {
  readonly waits = new WaitHistogram();
  /** Per ADC. */
  readonly convert: Float64Array;
  readonly stallShiftAdd: Float64Array;
  /** Cycles in which at least one ADC converts; in which none does, but at least one holds a finished code. */
  poolConvert = 0;
  poolStallShiftAdd = 0;
  /** Cycles in which the shift-and-add unit accepts at least one code. */
  shiftAddAccept = 0;

  constructor(adcs: number) {
    this.convert = new Float64Array(adcs);
    this.stallShiftAdd = new Float64Array(adcs);
  }

  addServers(servers: ServerStatistics): void {
    this.waits.merge(servers.waits);
    addEach(this.convert, servers.serve);
    addEach(this.stallShiftAdd, servers.blocked);
    this.poolConvert += servers.groupServe;
    this.poolStallShiftAdd += servers.groupBlocked;
    this.shiftAddAccept += servers.drain;
  }

  add(other: PoolStatistics): void {
    this.waits.merge(other.waits);
    addEach(this.convert, other.convert);
    addEach(this.stallShiftAdd, other.stallShiftAdd);
    this.poolConvert += other.poolConvert;
    this.poolStallShiftAdd += other.poolStallShiftAdd;
    this.shiftAddAccept += other.shiftAddAccept;
  }
}

function addEach(to: Float64Array, from: Float64Array): void {
  for (let i = 0; i < to.length; i++) to[i]! += from[i]!;
}
