import type { CrossbarRange } from '../mapping/crossbar-range.js';
import { DrivenRows } from '../mapping/driven-rows.js';
import type { OuProgram } from '../mapping/ou-program.js';
import { type RowListTotals, WindowWork } from '../mapping/window-work.js';
import { hasIndexDecoder, isDecoded } from './index-decoder.js';
import type { MachineConfig } from './machine.js';
import type { PeCounts } from './pe-statistics.js';
import type { WindowSource } from './window-feed.js';

/** Windows whose operations are kept: PEs of a replica work on the same windows at about the same time. */
const KEPT = 32;

/**
 * What the windows of an OU program give its crossbars to do, looked at once for all PEs that hold a part of the program
 * (granularity `fast`).
 */
export class StageWork {
  readonly work: WindowWork;
  readonly windows: number;
  /** Whether windows differ in their operations: a detector looks at them. */
  readonly changes: boolean;
  /** Whether the operations go through index decoders. */
  readonly decoded: boolean;
  private readonly window: Int32Array;
  /** Operations of the windows that are kept, and which those are. Without a detector all windows are the same. */
  private readonly kept: Int32Array[] = [];
  private readonly keptWindow: Int32Array;
  private readonly totals: RowListTotals;
  /** Windows that have been counted, in order: all of their totals with a detector, their driven rows without. */
  private counted = 0;
  /** Counts driven rows where no detector does. */
  private readonly driven: DrivenRows | null;
  private closed = false;
  private readonly indexed: boolean;

  constructor(
    private readonly program: OuProgram,
    machine: MachineConfig,
    private readonly source: WindowSource,
  ) {
    this.changes = machine.detector.kind !== 'none';
    this.driven = this.changes ? null : new DrivenRows(program);
    this.indexed = hasIndexDecoder(machine);
    this.decoded = isDecoded(machine, program);
    this.windows = source.count;
    this.work = new WindowWork(program, machine.detector.kind);
    this.window = new Int32Array(program.inputs);
    this.keptWindow = new Int32Array(KEPT).fill(-1);
    if (this.changes) this.totals = this.work.createTotals();
    else {
      this.totals = this.work.denseTotals(source.count);
      const operations = new Int32Array(this.work.planes * this.work.patterns);
      this.work.fillDense(operations);
      this.kept.push(operations);
    }
  }

  /** Operations of a window, entry plane * patterns + pattern; to be read before the next call. */
  operationsOf(window: number): Int32Array {
    if (!this.changes) return this.kept[0]!;
    const slot = window % KEPT;
    let operations = this.kept[slot];
    if (operations === undefined) {
      operations = new Int32Array(this.work.planes * this.work.patterns);
      this.kept[slot] = operations;
    }
    if (this.keptWindow[slot] === window) return operations;
    this.source.gather(window, this.window);
    this.work.scan(this.window, operations, window === this.counted ? this.totals : null);
    if (window === this.counted) this.counted++;
    this.keptWindow[slot] = window;
    return operations;
  }

  /** Equal for ranges whose crossbars do the same in every window. */
  classKey({ first, count }: CrossbarRange): string {
    return this.work.classOf.subarray(first, first + count).join(' ');
  }

  /** All windows have run. */
  private close(): void {
    this.closed = true;
    this.ran(this.windows);
    if (this.driven !== null) this.totals.driven.set(this.driven.totals());
  }

  /** Windows before `end` have run, and their inputs are no longer needed. */
  ran(end: number): void {
    // With a detector windows are counted when they are scanned; without one nobody has looked at their inputs so far.
    if (this.driven === null) return;
    for (; this.counted < end; this.counted++) {
      this.source.gather(this.counted, this.window);
      this.driven.add(this.window);
    }
  }

  /** What the crossbars did in all windows, once they have run, apart from times. */
  countsOf({ first, count }: CrossbarRange): PeCounts {
    const { program, windows } = this;
    if (!this.closed) this.close();
    const { operations, rows, driven, nonZeroOperations } = this.totals;
    const counts = {
      ouOperations: 0,
      adcConversions: 0,
      cellReads: 0,
      wordlineDrives: 0,
      nonZeroOperations: 0,
      skippedOperations: 0,
      uncompressedOperations: 0,
      indexBitReads: 0,
      decodedOperations: 0,
    };
    let dense = 0;
    let uncompressed = 0;
    let indexBits = 0;
    for (let crossbar = first; crossbar < first + count; crossbar++) {
      for (const group of program.crossbars[crossbar]!.groups) {
        const { rowList } = group;
        const { inputs, span } = program.rowLists[rowList]!;
        counts.ouOperations += operations[rowList]!;
        counts.adcConversions += operations[rowList]! * group.bitlines.length;
        counts.cellReads += rows[rowList]! * group.bitlines.length;
        counts.wordlineDrives += driven[rowList]!;
        counts.nonZeroOperations += nonZeroOperations[rowList]!;
        dense += Math.ceil(inputs.length / program.ouWordlines);
        uncompressed += Math.ceil(span / program.ouWordlines);
        indexBits += group.indexBits;
      }
    }
    const planes = windows * program.planes;
    counts.skippedOperations = dense * planes - counts.ouOperations;
    counts.uncompressedOperations = uncompressed * planes;
    counts.indexBitReads = this.indexed ? indexBits * planes : 0;
    counts.decodedOperations = this.decoded ? counts.ouOperations : 0;
    return counts;
  }
}
