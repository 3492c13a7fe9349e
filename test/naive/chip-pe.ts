/**
 * The naive processing element of `machine.ts` once more, for a chip: it works on an OU program instead of a plain
 * matrix, and its windows are loaded when they are delivered. It has times and counts and no function. The rule numbers
 * are those of docs/timing-model.md.
 */
import type { CrossbarRange } from '../../mapping/crossbar-range.js';
import type { OuProgram } from '../../mapping/ou-program.js';
import { type NaiveWait, waitStatistics } from './machine.js';
import { runsOf } from './placement.js';
import type { NaiveMachine } from './scenario.js';

/** Why a crossbar waited for a window that was not loaded: the cause of the window's fetch, or the fetch itself. */
export type NaiveLoadCause = 'pixels' | 'output' | 'windowSharing' | 'transfer';

/** How a window came into the input register. */
export interface NaiveDelivery {
  /** The cycle in which the fetch began, and when each of its conditions had come. */
  begun: number;
  came: Record<Exclude<NaiveLoadCause, 'transfer'>, number>;
  loaded: number;
}

/** What came next for a window that was not there at cycle `t`, in this order where several came together. */
function loadCause({ begun, came }: NaiveDelivery, t: number): NaiveLoadCause {
  if (t >= begun) return 'transfer';
  const causes = (['pixels', 'output', 'windowSharing'] as const).filter((cause) => came[cause] > t);
  const next = Math.min(...causes.map((cause) => came[cause]));
  return causes.find((cause) => came[cause] === next)!;
}

/** Cycles of a crossbar. `read`, the stalls and `idle` sum to the run; `scanWait` and `loadWait` divide `stallInput`. */
export interface NaiveChipCrossbar {
  read: number;
  stallAdc: number;
  stallInput: number;
  stallIndex: number;
  idle: number;
  scanWait: number;
  loadWait: Record<NaiveLoadCause, number>;
  lastReadEnd: number;
}

export interface NaiveChipPool {
  adcs: { convert: number; stallShiftAdd: number; idle: number }[];
  poolConvert: number;
  poolStallShiftAdd: number;
  shiftAddAccept: number;
  wait: NaiveWait;
}

/** What a PE of a chip did, in cycles and counts. */
export interface NaiveChipPe {
  windows: number;
  ouOperations: number;
  skippedOperations: number;
  nonZeroOperations: number;
  uncompressedOperations: number;
  adcConversions: number;
  wordlineDrives: number;
  cellReads: number;
  decodedOperations: number;
  indexBitReads: number;
  scans: number;
  scanCycles: number;
  registerHold: number;
  crossbars: NaiveChipCrossbar[];
  pools: NaiveChipPool[];
}

interface Operation {
  window: number;
  plane: number;
  bitlines: number;
  conversionsLeft: number;
}

interface Sample {
  crossbar: Crossbar;
  operation: Operation;
  asked: number;
}

interface Crossbar {
  waiting: Operation[];
  reading: { operation: Operation; end: number } | null;
  /** Operations that occupy a bank: started and not released. */
  banks: Operation[];
  /** Reads not ended and codes not left, per window. */
  readsLeft: number[];
  codesLeft: number[];
  hasOperations: boolean[];
  /** Windows of which it has ended its last read: all below this one. */
  windowsEnded: number;
  /** Cycles since the last read in which an operation was left: what held it. */
  held: { t: number; adc: boolean; input: boolean; index: boolean; loaded: boolean }[];
  decodingLeft: number;
  ledger: NaiveChipCrossbar;
}

interface Adc {
  converting: { sample: Sample; end: number } | null;
  finished: Sample | null;
  ledger: { convert: number; stallShiftAdd: number; idle: number };
}

interface Pool {
  crossbars: Crossbar[];
  adcs: Adc[];
  samples: Sample[];
  codes: Adc[];
  leaving: { sample: Sample; leaves: number }[];
  waits: number[];
  accepted: boolean;
  poolConvert: number;
  poolStallShiftAdd: number;
  shiftAddAccept: number;
}

export class NaivePe {
  /** [local window], null before. */
  readonly deliveries: (NaiveDelivery | null)[];
  /** [local window]: when it was released (rule 1) and done (rule 6), null before. */
  readonly releasedAt: (number | null)[];
  readonly doneAt: (number | null)[];
  private readonly ready: boolean[][];
  private scanning: { window: number; plane: number; end: number } | null = null;
  private windowsScanned = 0;
  private readonly crossbars: Crossbar[] = [];
  private readonly pools: Pool[];
  private readonly decodeCycles: number;
  private readonly counts = {
    ouOperations: 0,
    skippedOperations: 0,
    nonZeroOperations: 0,
    uncompressedOperations: 0,
    adcConversions: 0,
    wordlineDrives: 0,
    cellReads: 0,
    decodedOperations: 0,
    indexBitReads: 0,
    scans: 0,
    scanCycles: 0,
    registerHold: 0,
  };

  /** @param inputs the windows of the replica, in its order, each `program.inputs` unsigned integers. */
  constructor(
    private readonly machine: NaiveMachine,
    private readonly program: OuProgram,
    range: CrossbarRange,
    private readonly inputs: number[][],
  ) {
    const windows = inputs.length;
    this.deliveries = inputs.map(() => null);
    this.releasedAt = inputs.map(() => null);
    this.doneAt = inputs.map(() => null);
    this.ready = inputs.map(() => new Array<boolean>(program.planes).fill(false));
    const fetchesIndices = program.crossbars.some(({ groups }) => groups.some(({ indexBits }) => indexBits > 0));
    const decodes = machine.indexDecoder.kind === 'present' && fetchesIndices;
    this.decodeCycles = decodes ? machine.indexDecoder.operationCycles : 0;
    for (let number = range.first; number < range.first + range.count; number++) {
      const waiting = this.operationsOf(number);
      const readsLeft: number[] = new Array(windows).fill(0);
      const codesLeft: number[] = new Array(windows).fill(0);
      for (const operation of waiting) {
        readsLeft[operation.window] += 1;
        codesLeft[operation.window] += operation.bitlines;
      }
      if (decodes) this.counts.decodedOperations += waiting.length;
      this.crossbars.push({
        waiting,
        reading: null,
        banks: [],
        readsLeft,
        codesLeft,
        hasOperations: readsLeft.map((left) => left > 0),
        windowsEnded: 0,
        held: [],
        decodingLeft: this.decodeCycles,
        ledger: {
          read: 0,
          stallAdc: 0,
          stallInput: 0,
          stallIndex: 0,
          idle: 0,
          scanWait: 0,
          loadWait: { pixels: 0, output: 0, windowSharing: 0, transfer: 0 },
          lastReadEnd: 0,
        },
      });
    }
    this.pools = runsOf(range.count, machine.adc.sharedBy).map((members) => ({
      crossbars: members.map((member) => this.crossbars[member]),
      adcs: Array.from({ length: machine.adc.perPool }, () => ({
        converting: null,
        finished: null,
        ledger: { convert: 0, stallShiftAdd: 0, idle: 0 },
      })),
      samples: [],
      codes: [],
      leaving: [],
      waits: [],
      accepted: false,
      poolConvert: 0,
      poolStallShiftAdd: 0,
      shiftAddAccept: 0,
    }));
  }

  /** The operations that a crossbar will perform, in program order; counts what the detector leaves and saves. */
  private operationsOf(number: number): Operation[] {
    const { program, machine, counts } = this;
    const operations: Operation[] = [];
    this.inputs.forEach((inputs, window) => {
      for (let plane = 0; plane < program.planes; plane++) {
        for (const group of program.crossbars[number].groups) {
          const list = program.rowLists[group.rowList];
          const rows = Array.from(list.inputs, (_input, row) => row);
          const presented = (row: number) => inputs[list.inputs[row]] * 2 ** list.shifts[row];
          const digit = (row: number) =>
            Math.floor(presented(row) / 2 ** (plane * program.bitsPerPlane)) % 2 ** program.bitsPerPlane;
          const isDriven = (row: number) => digit(row) !== 0;
          const isNonZero = (row: number) => inputs[list.inputs[row]] !== 0;
          const batches = (some: number[]) =>
            runsOf(some.length, program.ouWordlines).map((run) => run.map((position) => some[position]));
          const fixed = batches(rows);
          const performed = {
            none: fixed,
            group: fixed.filter((batch) => batch.some(isDriven)),
            form: batches(rows.filter(isDriven)),
          }[machine.detector.kind];
          counts.skippedOperations += fixed.length - performed.length;
          counts.uncompressedOperations += Math.ceil(list.span / program.ouWordlines);
          counts.nonZeroOperations += {
            none: fixed,
            group: fixed.filter((batch) => batch.some(isNonZero)),
            form: batches(rows.filter(isNonZero)),
          }[machine.detector.kind].length;
          if (machine.indexDecoder.kind === 'present') counts.indexBitReads += group.indexBits;
          for (const batch of performed) {
            const bitlines = group.bitlines.length;
            counts.wordlineDrives += batch.filter(isDriven).length;
            counts.cellReads += batch.length * bitlines;
            operations.push({ window, plane, bitlines, conversionsLeft: bitlines });
          }
        }
      }
    });
    return operations;
  }

  /** Loads the next window. */
  deliver(window: number, delivery: NaiveDelivery): void {
    if (this.deliveries[window] !== null) throw new Error(`naive PE: window ${window} is delivered twice`);
    this.deliveries[window] = delivery;
    // Rule 2 without a detector: all planes are ready when the window is loaded.
    if (this.machine.detector.kind === 'none') this.ready[window].fill(true);
  }

  /** Reads and conversions that end at t, and the codes that are accepted at t. */
  settle(t: number): void {
    for (const pool of this.pools) {
      // Rule 3: reads end, crossbars ascending; each bitline asks, so that the queue is in the order of rule 4.
      for (const crossbar of pool.crossbars) {
        if (crossbar.reading === null || crossbar.reading.end !== t) continue;
        const { operation } = crossbar.reading;
        crossbar.reading = null;
        crossbar.readsLeft[operation.window] -= 1;
        crossbar.ledger.lastReadEnd = t;
        for (let bitline = 0; bitline < operation.bitlines; bitline++) {
          pool.samples.push({ crossbar, operation, asked: t });
        }
      }
      // Rule 4: conversions end, ADCs ascending, which is the order of rule 5; the last of an operation frees its bank.
      for (const adc of pool.adcs) {
        if (adc.converting === null || adc.converting.end !== t) continue;
        const { sample } = adc.converting;
        adc.converting = null;
        adc.finished = sample;
        pool.codes.push(adc);
        this.counts.adcConversions += 1;
        sample.operation.conversionsLeft -= 1;
        if (sample.operation.conversionsLeft === 0) {
          sample.crossbar.banks = sample.crossbar.banks.filter((operation) => operation !== sample.operation);
        }
      }
      // Rule 5.
      pool.accepted = false;
      for (let lane = 0; lane < this.machine.shiftAdd.lanes; lane++) {
        const adc = pool.codes.shift();
        if (adc === undefined) break;
        pool.accepted = true;
        pool.leaving.push({ sample: adc.finished!, leaves: t + this.machine.shiftAdd.latencyCycles });
        adc.finished = null;
      }
      for (const { sample } of pool.leaving.filter(({ leaves }) => leaves === t)) {
        sample.crossbar.codesLeft[sample.operation.window] -= 1;
      }
      pool.leaving = pool.leaving.filter(({ leaves }) => leaves !== t);
    }
  }

  /** Rules 1, 2 and 6: scans, releases and ends windows; to be called until nothing more happens at t. */
  stepWindows(t: number): boolean {
    const { detector } = this.machine;
    const windows = this.inputs.length;
    const lastPlane = this.program.planes - 1;
    let happened = false;

    if (this.scanning !== null && this.scanning.end === t) {
      const { window, plane } = this.scanning;
      this.ready[window][plane] = true;
      this.counts.scans += 1;
      happened = true;
      if (plane < lastPlane) {
        this.scanning = { window, plane: plane + 1, end: t + detector.planeCycles };
      } else {
        this.scanning = null;
        this.windowsScanned += 1;
      }
    }
    if (detector.kind !== 'none' && this.scanning === null && this.windowsScanned < windows) {
      if (this.deliveries[this.windowsScanned] !== null) {
        this.scanning = { window: this.windowsScanned, plane: 0, end: t + detector.planeCycles };
        happened = true;
      }
    }

    // Rule 1, a crossbar ends its last read of a window; without operations in it, when it has ended the window
    // before and the window's last plane is ready.
    for (const crossbar of this.crossbars) {
      const window = crossbar.windowsEnded;
      if (window === windows || crossbar.readsLeft[window] > 0) continue;
      if (!crossbar.hasOperations[window] && !this.ready[window][lastPlane]) continue;
      crossbar.windowsEnded += 1;
      happened = true;
    }
    for (let window = 0; window < windows; window++) {
      if (!this.ready[window][lastPlane]) continue;
      if (this.releasedAt[window] === null && this.crossbars.every(({ windowsEnded }) => windowsEnded > window)) {
        this.releasedAt[window] = t;
        happened = true;
      }
      if (this.doneAt[window] === null && this.crossbars.every(({ codesLeft }) => codesLeft[window] === 0)) {
        this.doneAt[window] = t;
        happened = true;
      }
    }
    return happened;
  }

  /** Rules 3 and 4: conversions and reads that start at t. */
  start(t: number): void {
    for (const pool of this.pools) {
      for (const adc of pool.adcs) {
        if (adc.converting !== null || adc.finished !== null) continue;
        const sample = pool.samples.shift();
        if (sample === undefined) break;
        adc.converting = { sample, end: t + this.machine.adc.conversionCycles };
        pool.waits.push(t - sample.asked);
      }
    }
    for (const crossbar of this.crossbars) {
      if (crossbar.reading !== null || crossbar.waiting.length === 0) continue;
      const operation = crossbar.waiting[0];
      if (!this.ready[operation.window][operation.plane] || !this.bankIsFree(crossbar)) continue;
      if (crossbar.decodingLeft > 0) continue;
      crossbar.waiting.shift();
      crossbar.banks.push(operation);
      crossbar.reading = { operation, end: t + this.machine.crossbar.readCycles };
      crossbar.decodingLeft = this.decodeCycles;
      this.counts.ouOperations += 1;
      this.settleStalls(crossbar, operation);
    }
  }

  private bankIsFree(crossbar: Crossbar): boolean {
    return crossbar.banks.length < this.machine.sampleHold.banks;
  }

  /** Now that the read starts it is known which cause cleared last: that one takes the cycles in which it held. */
  private settleStalls(crossbar: Crossbar, operation: Operation): void {
    const { ledger } = crossbar;
    const cleared = (cause: 'adc' | 'input' | 'index') => 1 + crossbar.held.findLastIndex((cycle) => cycle[cause]);
    const causes = (['adc', 'input', 'index'] as const)
      .map((cause) => ({ cause, at: cleared(cause) }))
      .sort((a, b) => b.at - a.at); // a stable sort: those that cleared together stay in their order
    const delivery = this.deliveries[operation.window]!;
    for (const cycle of crossbar.held) {
      const taker = causes.find(({ cause }) => cycle[cause]);
      if (taker === undefined) throw new Error('naive PE: a crossbar waited for nothing');
      if (taker.cause === 'adc') ledger.stallAdc += 1;
      else if (taker.cause === 'index') ledger.stallIndex += 1;
      else {
        ledger.stallInput += 1;
        if (cycle.loaded) ledger.scanWait += 1;
        else ledger.loadWait[loadCause(delivery, cycle.t)] += 1;
      }
    }
    crossbar.held = [];
  }

  /** Nothing is under way: only a delivery can make something happen. */
  get isQuiet(): boolean {
    return (
      this.scanning === null &&
      this.crossbars.every(({ reading, waiting, decodingLeft }) => {
        return reading === null && (waiting.length === 0 || decodingLeft === 0);
      }) &&
      this.pools.every(({ adcs, samples, leaving }) => {
        const isIdle = adcs.every(({ converting, finished }) => converting === null && finished === null);
        return isIdle && samples.length === 0 && leaving.length === 0;
      })
    );
  }

  /** The ledgers of the cycle from t to t + 1. */
  countCycle(t: number): void {
    if (this.scanning !== null) this.counts.scanCycles += 1;
    const holds = this.deliveries.some((delivery, window) => delivery !== null && this.releasedAt[window] === null);
    if (holds) this.counts.registerHold += 1;
    for (const crossbar of this.crossbars) {
      if (crossbar.reading !== null) crossbar.ledger.read += 1;
      else if (crossbar.waiting.length === 0) crossbar.ledger.idle += 1;
      else {
        const { window, plane } = crossbar.waiting[0];
        crossbar.held.push({
          t,
          adc: !this.bankIsFree(crossbar),
          input: !this.ready[window][plane],
          index: crossbar.decodingLeft > 0,
          loaded: this.deliveries[window] !== null,
        });
      }
      if (crossbar.decodingLeft > 0) crossbar.decodingLeft -= 1;
    }
    for (const pool of this.pools) {
      for (const adc of pool.adcs) {
        if (adc.converting !== null) adc.ledger.convert += 1;
        else if (adc.finished !== null) adc.ledger.stallShiftAdd += 1;
        else adc.ledger.idle += 1;
      }
      if (pool.adcs.some((adc) => adc.converting !== null)) pool.poolConvert += 1;
      else if (pool.adcs.some((adc) => adc.finished !== null)) pool.poolStallShiftAdd += 1;
      if (pool.accepted) pool.shiftAddAccept += 1;
    }
  }

  result(): NaiveChipPe {
    return {
      windows: this.doneAt.filter((done) => done !== null).length,
      ...this.counts,
      crossbars: this.crossbars.map(({ ledger }) => ledger),
      pools: this.pools.map((pool) => ({
        adcs: pool.adcs.map(({ ledger }) => ledger),
        poolConvert: pool.poolConvert,
        poolStallShiftAdd: pool.poolStallShiftAdd,
        shiftAddAccept: pool.shiftAddAccept,
        wait: waitStatistics([...pool.waits].sort((a, b) => a - b)),
      })),
    };
  }
}
