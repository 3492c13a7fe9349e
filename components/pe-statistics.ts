import type { ServerStatistics } from '../sim/resources/server-statistics.js';
import { WaitHistogram } from '../sim/statistics/wait-histogram.js';

/** What follows from programs and inputs alone, and may differ between PEs that take the same course in time. */
export type PeCounts = Pick<
  PeStatistics,
  | 'ouOperations'
  | 'skippedOperations'
  | 'adcConversions'
  | 'wordlineDrives'
  | 'cellReads'
  | 'uncompressedOperations'
  | 'nonZeroOperations'
  | 'decodedOperations'
  | 'indexBitReads'
>;

/** What a PE did, in cycles and counts; runs of the same PE can be added up. */
export class PeStatistics {
  /** When the PE was done with its last window: the length of the run, but on a chip, where others may work on. */
  cycles = 0;
  windows = 0;
  ouOperations = 0;
  skippedOperations = 0;
  adcConversions = 0;
  wordlineDrives = 0;
  cellReads = 0;
  /** Operations with every row list as long as its span, and no detector. */
  uncompressedOperations = 0;
  /** Operations that a detector would leave that saw only which inputs are zero; all without a detector. */
  nonZeroOperations = 0;
  /** Operations and index bits that go through index decoders. */
  decodedOperations = 0;
  indexBitReads = 0;
  /** Planes scanned by the detector. */
  scans = 0;
  scanCycles = 0;
  /** Cycles in which the input register holds a window. */
  registerHold = 0;
  /** Per crossbar. */
  readonly read: Float64Array;
  readonly stallAdc: Float64Array;
  readonly stallInput: Float64Array;
  readonly stallIndex: Float64Array;
  /** Part of `stallInput` in which the window was loaded and the plane not scanned; the rest waits for the window. */
  readonly scanWait: Float64Array;
  /** Parts of the rest of `stallInput` on a chip, by the cause of the wait for the window (`LoadWaits`). */
  readonly pixelWait: Float64Array;
  readonly outputWait: Float64Array;
  readonly transferWait: Float64Array;
  /** End of the last read, 0 without a read. */
  readonly lastReadEnd: Float64Array;
  /** Per pool. */
  readonly pools: PoolStatistics[];

  constructor(crossbars: number, pools: number, adcsPerPool: number) {
    this.read = new Float64Array(crossbars);
    this.stallAdc = new Float64Array(crossbars);
    this.stallInput = new Float64Array(crossbars);
    this.stallIndex = new Float64Array(crossbars);
    this.scanWait = new Float64Array(crossbars);
    this.pixelWait = new Float64Array(crossbars);
    this.outputWait = new Float64Array(crossbars);
    this.transferWait = new Float64Array(crossbars);
    this.lastReadEnd = new Float64Array(crossbars);
    this.pools = Array.from({ length: pools }, () => new PoolStatistics(adcsPerPool));
  }

  /** A run that took the same course in time, with other counts of what has no influence on time. */
  withCounts(counts: PeCounts): PeStatistics {
    return Object.assign(Object.create(PeStatistics.prototype) as PeStatistics, this, counts);
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
    this.uncompressedOperations += other.uncompressedOperations;
    this.nonZeroOperations += other.nonZeroOperations;
    this.decodedOperations += other.decodedOperations;
    this.indexBitReads += other.indexBitReads;
    this.scans += other.scans;
    this.scanCycles += other.scanCycles;
    this.registerHold += other.registerHold;
    addEach(this.read, other.read);
    addEach(this.stallAdc, other.stallAdc);
    addEach(this.stallInput, other.stallInput);
    addEach(this.stallIndex, other.stallIndex);
    addEach(this.scanWait, other.scanWait);
    addEach(this.pixelWait, other.pixelWait);
    addEach(this.outputWait, other.outputWait);
    addEach(this.transferWait, other.transferWait);
    addEach(this.lastReadEnd, other.lastReadEnd);
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
