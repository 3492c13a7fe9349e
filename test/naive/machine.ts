/**
 * A second processing element, written from the text of the PE contract alone to hold the real one to account. It
 * steps every cycle t = 0, 1, 2, ... over plain objects and is slow on purpose: every queue, every bank, every ADC and
 * every window is there to be looked at, nothing is computed by a closed form. The rule numbers in the comments are
 * those of the contract. It shares no code with the simulator.
 */
import { type PlacedCrossbar, placeMatrix, placement, runsOf } from './placement.js';
import type { NaiveScenario } from './scenario.js';

/** Cycles of a crossbar; they sum to the cycles of the run. */
export interface NaiveCrossbarLedger {
  read: number;
  'stall.adc': number;
  'stall.input': number;
  /** Only in a machine with an index decoder. */
  'stall.index'?: number;
  idle: number;
}

/** Cycles of an ADC; they sum to the cycles of the run. */
export interface NaiveAdcLedger {
  convert: number;
  'stall.shiftAdd': number;
  idle: number;
}

/** Waits of a pool's samples in cycles, percentiles by nearest rank; all 0 without samples. */
export interface NaiveWait {
  count: number;
  mean: number;
  p50: number;
  p95: number;
  p99: number;
  max: number;
}

export interface NaivePool {
  adcs: NaiveAdcLedger[];
  wait: NaiveWait;
  /** Sum of waits / cycles. */
  queueMean: number;
  /** The waits of all samples, ascending. */
  waits: number[];
  /** Waiting samples summed over the cycles, counted in every cycle and not derived from the waits. */
  queueIntegral: number;
}

/** An OU operation that was performed, with its times. */
export interface NaiveRead {
  crossbar: number;
  window: number;
  plane: number;
  columnGroup: number;
  batch: number;
  start: number;
  end: number;
  /** End of the last conversion of its samples. */
  released: number;
}

/** A sample that was converted, with its times. */
export interface NaiveConversion {
  pool: number;
  adc: number;
  crossbar: number;
  bitline: number;
  asked: number;
  begin: number;
  end: number;
  accepted: number;
  left: number;
}

/** The life of a window in the input register. */
export interface NaiveWindowTimes {
  loaded: number;
  /** Per bit-plane. */
  ready: number[];
  released: number;
  done: number;
}

export interface NaiveResult {
  /** The run's length. */
  cycles: number;
  /** Number of windows. */
  windows: number;
  /** Windows of M integers, following saturated codes. */
  outputs: number[][];
  counts: {
    ouOperations: number;
    skippedOperations: number;
    adcConversions: number;
    saturatedCodes: number;
    /** Codes accepted by the shift-and-add units. */
    shiftAdds: number;
  };
  /** What would be performed if the detector saw whether an input is zero and not its digits. */
  nonZeroOperations: number;
  /** Operations that went through an index decoder, and the index bits that it fetched. */
  decodedOperations: number;
  indexBitReads: number;
  crossbars: NaiveCrossbarLedger[];
  /** Per crossbar, the part of `stall.input` in which the window was loaded. */
  scanWaits: number[];
  pools: NaivePool[];
  /** Per window, the time at which it is done on the PE. */
  windowDone: number[];
  /** What happened when, for tests and for finding the first difference; reads in order of start. */
  trace: { reads: NaiveRead[]; conversions: NaiveConversion[]; windows: NaiveWindowTimes[] };
}

/** An OU operation: the wordlines and bitlines of one crossbar that are read at once. */
interface Operation {
  crossbar: number;
  window: number;
  plane: number;
  columnGroup: number;
  batch: number;
  /** Wordlines of the batch, as positions in the crossbar's row list. */
  wordlines: number[];
  /** Bitlines of the column group, as positions in the crossbar's bitline list. */
  bitlines: number[];
  conversionsLeft: number;
  read: NaiveRead | null;
}

/** A value on a sample-and-hold: one bitline of an operation whose read has ended. */
interface Sample {
  operation: Operation;
  bitline: number;
  times: NaiveConversion;
}

interface CrossbarState {
  number: number;
  /** The operations that will be performed and have not started. */
  waiting: Operation[];
  reading: { operation: Operation; end: number } | null;
  /** Operations that occupy a sample-and-hold bank: started and not released. */
  banks: Operation[];
  /** Reads not yet ended, per window. */
  readsLeft: number[];
  /** Codes that have not left the shift-and-add yet, per window. */
  codesLeft: number[];
  /** Windows of which it has ended its last read: all below this one. */
  windowsEnded: number;
  /** One entry per cycle since the last read in which an operation was left: what held it. */
  held: { adc: boolean; input: boolean; index: boolean; loaded: boolean }[];
  /** Cycles that the decoder still needs for the next operation. */
  decodingLeft: number;
  ledger: NaiveCrossbarLedger;
  scanWait: number;
}

interface AdcState {
  number: number;
  converting: { sample: Sample; end: number } | null;
  /** A finished code that the shift-and-add has not accepted. */
  finished: Sample | null;
  ledger: NaiveAdcLedger;
}

interface PoolState {
  number: number;
  crossbars: CrossbarState[];
  adcs: AdcState[];
  /** Samples that wait for an ADC, in the order of service. */
  samples: Sample[];
  /** ADCs with a finished code, in the order of acceptance. */
  codes: AdcState[];
  /** Accepted codes on their way through the shift-and-add. */
  shiftAdd: { sample: Sample; leaves: number }[];
  waits: number[];
  queueIntegral: number;
}

interface WindowState {
  loaded: number | null;
  ready: (number | null)[];
  released: number | null;
  done: number | null;
}

/** No scenario of the tests is longer; a longer run is a machine that hangs. */
const longestRun = 1_000_000;

/**
 * Runs a scenario to its end.
 * @throws Error where `placement` does, and when the machine does not come to an end.
 */
export function runNaive(scenario: NaiveScenario): NaiveResult {
  const { machine, mapping, workload, indices } = scenario;
  placement(scenario);
  const placed = placeMatrix(scenario);
  const windowCount = workload.inputs.length;
  const outputCount = workload.weights[0].length;
  const planeCount = Math.ceil(workload.inputBits / machine.input.bitsPerPlane);

  /** The digit of a window's input in a bit-plane. */
  function digit(window: number, row: number, plane: number): number {
    const shifted = Math.floor(workload.inputs[window][row] / 2 ** (plane * machine.input.bitsPerPlane));
    return shifted % 2 ** machine.input.bitsPerPlane;
  }

  // ---- "Operations", and rule 2 as far as it says which operations there are ----

  const counts = { ouOperations: 0, skippedOperations: 0, adcConversions: 0, saturatedCodes: 0, shiftAdds: 0 };
  let nonZeroOperations = 0;
  let decodedOperations = 0;
  let indexBitReads = 0;
  const hasDecoder = machine.indexDecoder.kind === 'present';
  const decodes = hasDecoder && indices.bitsPerGroup > 0;
  const decodeCycles = decodes ? machine.indexDecoder.operationCycles : 0;

  /** The operations that crossbar `number` will perform, in program order; counts those that the detector saves. */
  function operationsOf(number: number, crossbar: PlacedCrossbar): Operation[] {
    const operations: Operation[] = [];
    const allWordlines = crossbar.rows.map((_row, wordline) => wordline);
    for (let window = 0; window < windowCount; window++) {
      for (let plane = 0; plane < planeCount; plane++) {
        runsOf(crossbar.bitlines.length, machine.ou.bitlines).forEach((bitlines, columnGroup) => {
          const isDriven = (wordline: number) => digit(window, crossbar.rows[wordline], plane) !== 0;
          const inRuns = (wordlines: number[]) =>
            runsOf(wordlines.length, machine.ou.wordlines).map((run) => run.map((position) => wordlines[position]));
          const withoutDetector = inRuns(allWordlines);
          let performed: { wordlines: number[]; batch: number }[];
          if (machine.detector.kind === 'form') {
            // Batches are formed from the driven rows, in row order.
            performed = inRuns(allWordlines.filter(isDriven)).map((wordlines, batch) => ({ wordlines, batch }));
          } else {
            performed = withoutDetector.map((wordlines, batch) => ({ wordlines, batch }));
            if (machine.detector.kind === 'group') {
              // An operation none of whose rows is driven is skipped.
              performed = performed.filter(({ wordlines }) => wordlines.some(isDriven));
            }
          }
          counts.skippedOperations += withoutDetector.length - performed.length;
          const isNonZero = (wordline: number) => workload.inputs[window][crossbar.rows[wordline]] !== 0;
          nonZeroOperations += {
            none: withoutDetector,
            group: withoutDetector.filter((wordlines) => wordlines.some(isNonZero)),
            form: inRuns(allWordlines.filter(isNonZero)),
          }[machine.detector.kind].length;
          if (hasDecoder) indexBitReads += indices.bitsPerGroup;
          for (const { wordlines, batch } of performed) {
            operations.push({
              crossbar: number,
              window,
              plane,
              columnGroup,
              batch,
              wordlines,
              bitlines,
              conversionsLeft: bitlines.length,
              read: null,
            });
          }
        });
      }
    }
    return operations;
  }

  // ---- The parts of the machine ----

  const crossbars: CrossbarState[] = [];
  for (let number = 0; number < machine.pe.crossbars; number++) {
    // All crossbars take part, also those without operations.
    const waiting = number < placed.length ? operationsOf(number, placed[number]) : [];
    const readsLeft: number[] = new Array(windowCount).fill(0);
    const codesLeft: number[] = new Array(windowCount).fill(0);
    for (const operation of waiting) {
      readsLeft[operation.window] += 1;
      codesLeft[operation.window] += operation.bitlines.length;
    }
    crossbars.push({
      number,
      waiting,
      reading: null,
      banks: [],
      readsLeft,
      codesLeft,
      windowsEnded: 0,
      held: [],
      decodingLeft: decodeCycles,
      ledger: { read: 0, 'stall.adc': 0, 'stall.input': 0, ...(hasDecoder ? { 'stall.index': 0 } : {}), idle: 0 },
      scanWait: 0,
    });
  }

  const pools: PoolState[] = runsOf(machine.pe.crossbars, machine.adc.sharedBy).map((members, number) => {
    const adcs: AdcState[] = [];
    for (let adc = 0; adc < machine.adc.perPool; adc++) {
      const ledger = { convert: 0, 'stall.shiftAdd': 0, idle: 0 };
      adcs.push({ number: adc, converting: null, finished: null, ledger });
    }
    return {
      number,
      crossbars: members.map((member) => crossbars[member]),
      adcs,
      samples: [],
      codes: [],
      shiftAdd: [],
      waits: [],
      queueIntegral: 0,
    };
  });

  const windows: WindowState[] = workload.inputs.map(() => ({
    loaded: null,
    ready: new Array<number | null>(planeCount).fill(null),
    released: null,
    done: null,
  }));
  let scanning: { window: number; plane: number; end: number } | null = null;
  let windowsScanned = 0;

  const outputs = workload.inputs.map(() => new Array<number>(outputCount).fill(0));
  const reads: NaiveRead[] = [];
  const conversions: NaiveConversion[] = [];

  const hasOperationsIn = crossbars.map((crossbar) => crossbar.readsLeft.map((left) => left > 0));
  const lastPlaneIsReady = (window: number) => windows[window].ready[planeCount - 1] !== null;

  // ---- Function: one code, and what it adds to its output ----

  function codeOf(sample: Sample): number {
    const { operation } = sample;
    const crossbar = placed[operation.crossbar];
    let sum = 0;
    for (const wordline of operation.wordlines) {
      const input = digit(operation.window, crossbar.rows[wordline], operation.plane);
      sum += input * crossbar.bitlines[sample.bitline].levels[wordline];
    }
    return sum;
  }

  function addToOutput(sample: Sample): void {
    const { operation } = sample;
    const bitline = placed[operation.crossbar].bitlines[sample.bitline];
    const code = Math.min(codeOf(sample), 2 ** machine.adc.bits - 1);
    const planeWeight = 2 ** (operation.plane * machine.input.bitsPerPlane);
    outputs[operation.window][bitline.output] += code * bitline.weight * planeWeight;
  }

  // ---- What ends at t ----

  /** Rule 3: a read ends; each of its bitlines asks the pool for a conversion. */
  function endReads(t: number): void {
    for (const pool of pools) {
      // Crossbars ascending, bitlines ascending, appended at t: the queue is in the order of rule 4.
      for (const crossbar of pool.crossbars) {
        if (crossbar.reading === null || crossbar.reading.end !== t) continue;
        const { operation } = crossbar.reading;
        crossbar.reading = null;
        crossbar.readsLeft[operation.window] -= 1;
        for (const bitline of operation.bitlines) {
          const times: NaiveConversion = {
            pool: pool.number,
            adc: -1,
            crossbar: crossbar.number,
            bitline,
            asked: t,
            begin: -1,
            end: -1,
            accepted: -1,
            left: -1,
          };
          pool.samples.push({ operation, bitline, times });
        }
      }
    }
  }

  /** Rule 4: a conversion ends; the operation of the last one is released and frees its bank. */
  function endConversions(t: number): void {
    for (const pool of pools) {
      // ADCs ascending, appended at t: the codes are in the order of rule 5.
      for (const adc of pool.adcs) {
        if (adc.converting === null || adc.converting.end !== t) continue;
        const { sample } = adc.converting;
        adc.converting = null;
        adc.finished = sample;
        pool.codes.push(adc);
        sample.times.end = t;
        counts.adcConversions += 1;
        if (codeOf(sample) > 2 ** machine.adc.bits - 1) counts.saturatedCodes += 1;
        sample.operation.conversionsLeft -= 1;
        if (sample.operation.conversionsLeft === 0) {
          const owner = crossbars[sample.operation.crossbar];
          owner.banks = owner.banks.filter((operation) => operation !== sample.operation);
          sample.operation.read!.released = t;
        }
      }
    }
  }

  /** Rule 5: up to `lanes` codes are accepted in a cycle; with a latency of 0 they leave at once. */
  function shiftAndAdd(t: number): void {
    for (const pool of pools) {
      for (let lane = 0; lane < machine.shiftAdd.lanes; lane++) {
        const adc = pool.codes.shift();
        if (adc === undefined) break;
        const sample = adc.finished!;
        adc.finished = null;
        sample.times.accepted = t;
        counts.shiftAdds += 1;
        pool.shiftAdd.push({ sample, leaves: t + machine.shiftAdd.latencyCycles });
      }
      for (const { sample } of pool.shiftAdd.filter((code) => code.leaves === t)) {
        sample.times.left = t;
        addToOutput(sample);
        crossbars[sample.operation.crossbar].codesLeft[sample.operation.window] -= 1;
      }
      pool.shiftAdd = pool.shiftAdd.filter((code) => code.leaves !== t);
    }
  }

  /**
   * Rules 1 and 2: release, load and scan windows until nothing more happens at t. A step may enable the others in the
   * same cycle (planes without duration, windows without operations). True when something happened.
   */
  function stepWindows(t: number): boolean {
    let happened = false;

    // Rule 1, load: in order, window w when window w - inputRegister.windows has been released.
    for (let window = 0; window < windowCount; window++) {
      if (windows[window].loaded !== null) continue;
      const before = window - machine.inputRegister.windows;
      if (before >= 0 && windows[before].released === null) continue;
      windows[window].loaded = t;
      happened = true;
      // Rule 2 without a detector: all planes are ready when the window is loaded.
      if (machine.detector.kind === 'none') windows[window].ready.fill(t);
    }

    // Rule 2, the scan of a plane ends: the plane is ready and the next one begins.
    if (scanning !== null && scanning.end === t) {
      windows[scanning.window].ready[scanning.plane] = t;
      happened = true;
      if (scanning.plane + 1 < planeCount) {
        scanning = { ...scanning, plane: scanning.plane + 1, end: t + machine.detector.planeCycles };
      } else {
        scanning = null;
        windowsScanned += 1;
      }
    }

    // Rule 2, the scan of a window begins: it is loaded and the scan of the window before has ended.
    if (machine.detector.kind !== 'none' && scanning === null && windowsScanned < windowCount) {
      if (windows[windowsScanned].loaded !== null) {
        scanning = { window: windowsScanned, plane: 0, end: t + machine.detector.planeCycles };
        happened = true;
      }
    }

    // Rule 1, a crossbar ends its last read of a window; without operations in it, when it has ended the window
    // before and the window's last plane is ready.
    for (const crossbar of crossbars) {
      const window = crossbar.windowsEnded;
      if (window === windowCount || crossbar.readsLeft[window] > 0) continue;
      if (!hasOperationsIn[crossbar.number][window] && !lastPlaneIsReady(window)) continue;
      crossbar.windowsEnded += 1;
      happened = true;
    }

    // Rule 1, release: the last plane is ready and every crossbar has ended its last read.
    for (let window = 0; window < windowCount; window++) {
      if (windows[window].released !== null || !lastPlaneIsReady(window)) continue;
      if (crossbars.some((crossbar) => crossbar.windowsEnded <= window)) continue;
      windows[window].released = t;
      happened = true;
    }
    return happened;
  }

  /** Rule 6: a window is done on a crossbar when its last code has left and its last plane is ready. */
  function finishWindows(t: number): void {
    windows.forEach((window, number) => {
      if (window.done !== null || !lastPlaneIsReady(number)) return;
      if (crossbars.every((crossbar) => crossbar.codesLeft[number] === 0)) window.done = t;
    });
  }

  // ---- What starts at t ----

  const bankIsFree = (crossbar: CrossbarState) => crossbar.banks.length < machine.sampleHold.banks;
  const planeIsReady = (operation: Operation) => windows[operation.window].ready[operation.plane] !== null;

  /**
   * Rule 3: the next read starts when the one before has ended, its plane is ready, a bank is free and its operation is
   * decoded; the decoder turns to the operation after it.
   */
  function startReads(t: number): void {
    for (const crossbar of crossbars) {
      if (crossbar.reading !== null || crossbar.waiting.length === 0) continue;
      const operation = crossbar.waiting[0];
      if (!planeIsReady(operation) || !bankIsFree(crossbar) || crossbar.decodingLeft > 0) continue;
      crossbar.waiting.shift();
      crossbar.banks.push(operation);
      crossbar.reading = { operation, end: t + machine.crossbar.readCycles };
      operation.read = {
        crossbar: crossbar.number,
        window: operation.window,
        plane: operation.plane,
        columnGroup: operation.columnGroup,
        batch: operation.batch,
        start: t,
        end: t + machine.crossbar.readCycles,
        released: -1,
      };
      reads.push(operation.read);
      counts.ouOperations += 1;
      if (decodes) decodedOperations += 1;
      crossbar.decodingLeft = decodeCycles;
      settleStalls(crossbar);
    }
  }

  /**
   * Ledger: now that the read starts it is known which cause cleared last; of the causes that held in a cycle, the one
   * that cleared last takes it, in the order adc, input, index if several cleared together.
   */
  function settleStalls(crossbar: CrossbarState): void {
    const cleared = (cause: 'adc' | 'input' | 'index') => 1 + crossbar.held.findLastIndex((cycle) => cycle[cause]);
    const causes = [
      { cause: 'adc' as const, at: cleared('adc') },
      { cause: 'input' as const, at: cleared('input') },
      { cause: 'index' as const, at: cleared('index') },
    ].sort((a, b) => b.at - a.at); // a stable sort: those that cleared together stay in their order
    for (const cycle of crossbar.held) {
      const taker = causes.find(({ cause }) => cycle[cause]);
      if (taker === undefined) throw new Error(`naive machine: crossbar ${crossbar.number} waited for nothing`);
      crossbar.ledger[`stall.${taker.cause}`]! += 1;
      if (taker.cause === 'input' && cycle.loaded) crossbar.scanWait += 1;
    }
    crossbar.held = [];
  }

  /** Rule 4: the first sample goes to the ADC that can begin it now, the lowest number of several. */
  function startConversions(t: number): void {
    for (const pool of pools) {
      for (const adc of pool.adcs) {
        // Rule 5: an ADC that keeps a finished code cannot begin.
        if (adc.converting !== null || adc.finished !== null) continue;
        const sample = pool.samples.shift();
        if (sample === undefined) break;
        adc.converting = { sample, end: t + machine.adc.conversionCycles };
        sample.times.adc = adc.number;
        sample.times.begin = t;
        conversions.push(sample.times);
        pool.waits.push(t - sample.times.asked);
      }
    }
  }

  // ---- Ledgers of the cycle from t to t + 1 ----

  function countCycle(): void {
    for (const crossbar of crossbars) {
      if (crossbar.reading !== null) crossbar.ledger.read += 1;
      else if (crossbar.waiting.length === 0) crossbar.ledger.idle += 1;
      else {
        crossbar.held.push({
          adc: !bankIsFree(crossbar),
          input: !planeIsReady(crossbar.waiting[0]),
          index: crossbar.decodingLeft > 0,
          loaded: windows[crossbar.waiting[0].window].loaded !== null,
        });
      }
      if (crossbar.decodingLeft > 0) crossbar.decodingLeft -= 1;
    }
    for (const pool of pools) {
      pool.queueIntegral += pool.samples.length;
      for (const adc of pool.adcs) {
        if (adc.converting !== null) adc.ledger.convert += 1;
        else if (adc.finished !== null) adc.ledger['stall.shiftAdd'] += 1;
        else adc.ledger.idle += 1;
      }
    }
  }

  // ---- The run: what ends at t is settled before what starts at t ----

  let t = 0;
  for (; ; t++) {
    endReads(t);
    endConversions(t);
    shiftAndAdd(t);
    while (stepWindows(t));
    finishWindows(t);
    if (windows.every((window) => window.done !== null)) break;
    startReads(t);
    startConversions(t);
    countCycle();
    if (t === longestRun) throw new Error(`naive machine: not done after ${longestRun} cycles`);
  }
  const cycles = t;

  // Encoding `offset` stores w + 2^(weightBits-1); the sum of the inputs corrects it outside the ADC.
  if (mapping.encoding === 'offset') {
    outputs.forEach((row, window) => {
      const inputSum = workload.inputs[window].reduce((sum, input) => sum + input, 0);
      for (let output = 0; output < outputCount; output++) row[output] -= inputSum * 2 ** (workload.weightBits - 1);
    });
  }

  return {
    cycles,
    windows: windowCount,
    outputs,
    counts,
    nonZeroOperations,
    decodedOperations,
    indexBitReads,
    crossbars: crossbars.map((crossbar) => crossbar.ledger),
    scanWaits: crossbars.map((crossbar) => crossbar.scanWait),
    pools: pools.map((pool) => {
      const waits = [...pool.waits].sort((a, b) => a - b);
      const sum = waits.reduce((total, wait) => total + wait, 0);
      return {
        adcs: pool.adcs.map((adc) => adc.ledger),
        wait: waitStatistics(waits),
        queueMean: waits.length === 0 ? 0 : sum / cycles,
        waits,
        queueIntegral: pool.queueIntegral,
      };
    }),
    windowDone: windows.map((window) => window.done!),
    trace: {
      reads,
      conversions,
      windows: windows.map((window) => ({
        loaded: window.loaded!,
        ready: window.ready.map((ready) => ready!),
        released: window.released!,
        done: window.done!,
      })),
    },
  };
}

/** Statistics of ascending waits; all 0 without samples. */
export function waitStatistics(waits: number[]): NaiveWait {
  if (waits.length === 0) return { count: 0, mean: 0, p50: 0, p95: 0, p99: 0, max: 0 };
  const sum = waits.reduce((total, wait) => total + wait, 0);
  // Nearest rank: the smallest value with at least ceil(percent / 100 x count) values not above it.
  const percentile = (percent: number) => waits[Math.ceil((percent * waits.length) / 100) - 1];
  return {
    count: waits.length,
    mean: sum / waits.length,
    p50: percentile(50),
    p95: percentile(95),
    p99: percentile(99),
    max: waits[waits.length - 1],
  };
}
