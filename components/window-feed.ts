import {
  ActivityScanner,
  denseOperationsPerWindow,
  uncompressedOperationsPerWindow,
  type WindowActivity,
} from '../mapping/activity.js';
import type { CrossbarRange } from '../mapping/crossbar-range.js';
import type { OuProgram } from '../mapping/ou-program.js';
import { hasIndexDecoder, isDecoded } from './index-decoder.js';
import type { MachineConfig } from './machine.js';
import type { PeCounts } from './pe-statistics.js';

/** The windows (input vectors) that a PE works on, in order. */
export interface WindowSource {
  readonly count: number;
  /** Writes window `index` into `into`, shape [program.inputs], unsigned integers. */
  gather(index: number, into: Int32Array): void;
}

/** What one PE is to do: its crossbars of an OU program, for all windows. */
export interface PeTask {
  readonly program: OuProgram;
  /** Crossbars of the program that stand in this PE, from the PE's crossbar 0 on. */
  readonly crossbars: CrossbarRange;
  readonly windows: WindowSource;
}

/**
 * The windows of a PE as its crossbars meet them: for each loaded window, how many operations each plane leaves in each
 * column group. Holds one slot per window of the input register, and counts what does not depend on time.
 */
export class WindowFeed {
  readonly windows: number;
  readonly planes: number;
  /** Crossbars that take part, spare ones included. */
  readonly crossbars: number;
  readonly slots: number;
  /** Column groups of crossbar i: firstGroup[i] .. firstGroup[i + 1] - 1. */
  readonly firstGroup: Int32Array;
  /** Bitlines of each column group: the samples of one operation. */
  readonly groupBitlines: Int32Array;
  /** Row list of each column group, as the scanner numbers them. */
  readonly groupRowList: Int32Array;
  readonly rowLists: number;
  /** Operations performed per slot: entry (slot * planes + plane) * rowLists + row list. */
  readonly operations: Int32Array;

  /** Totals over the loaded windows. */
  private ouOperations = 0;
  private adcConversions = 0;
  private wordlineDrives = 0;
  private cellReads = 0;
  /** Operations that would be left if the detector saw only which inputs are zero. */
  private nonZeroOperations = 0;
  /** Operations of a window if nothing were skipped, and with every row list as long as its span besides. */
  private readonly denseOperations: number;
  private readonly uncompressedOperations: number;
  /** Index bits that the machine's index decoders fetch for a window. */
  private readonly indexBitReads: number;
  /** Whether the operations go through index decoders. */
  readonly decoded: boolean;

  private readonly source: WindowSource;
  private readonly scanner: ActivityScanner;
  private readonly activity: WindowActivity;
  private readonly window: Int32Array;
  /** Column groups, and their bitlines, that walk each row list. */
  private readonly groupsOfRowList: Float64Array;
  private readonly bitlinesOfRowList: Float64Array;

  constructor(task: PeTask, machine: MachineConfig) {
    const { program, crossbars, windows } = task;
    this.source = windows;
    this.windows = windows.count;
    this.planes = program.planes;
    this.crossbars = machine.pe.crossbars;
    // A replica may have no window at all.
    this.slots = Math.max(1, Math.min(machine.inputRegister.windows, windows.count));
    this.scanner = new ActivityScanner(program, crossbars, machine.detector.kind);
    this.rowLists = this.scanner.rowLists.length;
    this.window = new Int32Array(program.inputs);
    this.activity = this.scanner.createActivity();
    this.operations = new Int32Array(this.slots * this.planes * this.rowLists);

    const localRowList = new Map(Array.from(this.scanner.rowLists, (rowList, local) => [rowList, local]));
    this.firstGroup = new Int32Array(this.crossbars + 1);
    const bitlines: number[] = [];
    const rowLists: number[] = [];
    let indexBits = 0;
    for (let i = 0; i < this.crossbars; i++) {
      const groups = i < crossbars.count ? program.crossbars[crossbars.first + i]!.groups : [];
      for (const group of groups) {
        bitlines.push(group.bitlines.length);
        rowLists.push(localRowList.get(group.rowList)!);
        indexBits += group.indexBits;
      }
      this.firstGroup[i + 1] = bitlines.length;
    }
    this.groupBitlines = Int32Array.from(bitlines);
    this.groupRowList = Int32Array.from(rowLists);
    this.groupsOfRowList = new Float64Array(this.rowLists);
    this.bitlinesOfRowList = new Float64Array(this.rowLists);
    rowLists.forEach((rowList, group) => {
      this.groupsOfRowList[rowList]!++;
      this.bitlinesOfRowList[rowList]! += bitlines[group]!;
    });
    this.denseOperations = denseOperationsPerWindow(program, crossbars);
    this.uncompressedOperations = uncompressedOperationsPerWindow(program, crossbars);
    this.indexBitReads = hasIndexDecoder(machine) ? indexBits * program.planes : 0;
    this.decoded = isDecoded(machine, program);
  }

  /** What the windows that were loaded came to. */
  get counts(): PeCounts {
    const { windows, ouOperations } = this;
    return {
      ouOperations,
      skippedOperations: this.denseOperations * windows - ouOperations,
      adcConversions: this.adcConversions,
      wordlineDrives: this.wordlineDrives,
      cellReads: this.cellReads,
      uncompressedOperations: this.uncompressedOperations * windows,
      nonZeroOperations: this.nonZeroOperations,
      decodedOperations: this.decoded ? ouOperations : 0,
      indexBitReads: this.indexBitReads * windows,
    };
  }

  /** Loads window `index` into its slot and counts its operations. */
  load(index: number): void {
    const { planes, rowLists, groupsOfRowList, bitlinesOfRowList } = this;
    const { operations, rows, driven, nonZeroOperations } = this.activity;
    this.source.gather(index, this.window);
    this.scanner.scan(this.window, this.activity);
    this.operations.set(operations, (index % this.slots) * planes * rowLists);
    for (let plane = 0, entry = 0; plane < planes; plane++) {
      for (let rowList = 0; rowList < rowLists; rowList++, entry++) {
        this.ouOperations += operations[entry]! * groupsOfRowList[rowList]!;
        this.adcConversions += operations[entry]! * bitlinesOfRowList[rowList]!;
        this.wordlineDrives += driven[entry]! * groupsOfRowList[rowList]!;
        this.cellReads += rows[entry]! * bitlinesOfRowList[rowList]!;
      }
    }
    for (let rowList = 0; rowList < rowLists; rowList++) {
      this.nonZeroOperations += nonZeroOperations[rowList]! * groupsOfRowList[rowList]!;
    }
  }
}
