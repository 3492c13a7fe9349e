import type { MachineConfig } from '../../components/machine.js';
import type { PeStatistics } from '../../components/pe-statistics.js';
import type { Counts, Energy, Work } from '../../sim/results/result.js';
import { type ChipActionCounts, priceEnergy } from '../pricing.js';
import type { PeShare } from './pe-share.js';

/** Counts of what PEs did, added up over PEs, layers or images. */
export class Tally {
  readonly counts: Counts = {
    ouOperations: 0,
    skippedOperations: 0,
    adcConversions: 0,
    saturatedCodes: 0,
    shiftAdds: 0,
    inputLoads: 0,
    wordlineDrives: 0,
    cellReads: 0,
  };
  readonly work: Work = { dense: 0, uncompressed: 0, rowCompressed: 0, valueSkipped: 0, performed: 0 };
  private scans = 0;
  private decodedOperations = 0;
  private indexBitReads = 0;
  private inputBytes = 0;
  private outputBytes = 0;

  /** Adds a run of one PE, which held `share` of the crossbars. */
  addPe(statistics: PeStatistics, share: Pick<PeShare, 'inputBytesPerWindow' | 'outputBytesPerWindow'>): void {
    const { counts, work } = this;
    counts.ouOperations += statistics.ouOperations;
    counts.skippedOperations += statistics.skippedOperations;
    counts.adcConversions += statistics.adcConversions;
    // Every code that leaves an ADC is accepted by a shift-and-add unit: the PE checks that none is lost.
    counts.shiftAdds += statistics.adcConversions;
    counts.inputLoads += statistics.windows;
    counts.wordlineDrives += statistics.wordlineDrives;
    counts.cellReads += statistics.cellReads;
    work.uncompressed += statistics.uncompressedOperations;
    work.rowCompressed += statistics.ouOperations + statistics.skippedOperations;
    work.valueSkipped += statistics.nonZeroOperations;
    work.performed += statistics.ouOperations;
    this.scans += statistics.scans;
    this.decodedOperations += statistics.decodedOperations;
    this.indexBitReads += statistics.indexBitReads;
    this.inputBytes += statistics.windows * share.inputBytesPerWindow;
    this.outputBytes += statistics.windows * share.outputBytesPerWindow;
  }

  add(other: Tally): void {
    for (const key of Object.keys(this.counts) as (keyof Counts)[]) this.counts[key] += other.counts[key];
    for (const key of Object.keys(this.work) as (keyof Work)[]) this.work[key] += other.work[key];
    this.scans += other.scans;
    this.decodedOperations += other.decodedOperations;
    this.indexBitReads += other.indexBitReads;
    this.inputBytes += other.inputBytes;
    this.outputBytes += other.outputBytes;
  }

  /**
   * The counted actions at the machine's prices.
   *
   * @param aroundPes of a whole chip: what its other components did
   */
  energy(machine: MachineConfig, aroundPes: Partial<ChipActionCounts> = {}): Energy {
    const { cellReads, wordlineDrives, adcConversions, shiftAdds } = this.counts;
    return priceEnergy(
      {
        'crossbar.cellRead': cellReads,
        'input.drive': wordlineDrives,
        'sampleHold.sample': adcConversions,
        'adc.conversion': adcConversions,
        'shiftAdd.add': shiftAdds,
        'detector.scan': this.scans,
        'indexDecoder.operation': this.decodedOperations,
        'indexDecoder.bitRead': this.indexBitReads,
        'inputRegister.byteWrite': this.inputBytes,
        'outputRegister.byteWrite': this.outputBytes,
        ...aroundPes,
      },
      machine,
    );
  }
}
