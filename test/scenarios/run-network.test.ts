import { describe, expect, it } from 'vitest';
import { defaultMachine, type MachineConfig } from '../../components/machine.js';
import { bundledImages, bundledNetworkPath } from '../../models/bundled.js';
import { executeNetwork } from '../../models/execute.js';
import { loadNetwork } from '../../models/load-network.js';
import type { ExecutionConfig } from '../../scenarios/execution.js';
import { extend } from '../../scenarios/extend.js';
import type { MappingConfig } from '../../scenarios/mapping-parameters.js';
import { compileNetwork } from '../../scenarios/quantise/compile-network.js';
import { givenDecision, planNetwork } from '../../scenarios/quantise/plan-network.js';
import type { RunResult } from '../../scenarios/run/run-matrix.js';
import { runNetwork } from '../../scenarios/run/run-network.js';
import type { OffsetTrace, RunOptions } from '../../scenarios/run/run-options.js';

/**
 * lenet5-mnist, 8-bit weights and activations. Rows x outputs, windows:
 *   c1 25 x 6, 28 x 28 (padded by 2) = 784     c2 150 x 16, 10 x 10 = 100
 *   f1 400 x 120, 1     f2 120 x 84, 1     f3 84 x 10, 1
 */
const network = loadNetwork(bundledNetworkPath('lenet5-mnist'));
const digits = bundledImages('lenet5-mnist', 0, 2);
const PLANES = 8;
const WINDOWS = [784, 100, 1, 1, 1];

interface Accelerator {
  readonly machine: MachineConfig;
  readonly mapping: MappingConfig;
}

/** PEs of 8 crossbars, whose sums always find room: only pixels, transfers and the crossbars themselves take time. */
const roomyMachine = extend(defaultMachine(), ({ pe, outputRegister, tileOutputRegister }) => {
  pe.crossbars = 8;
  outputRegister.windows = 4;
  tileOutputRegister.windows = 4;
});

/** A window fetched from eDRAM: both the bank and the bus move 8 bytes per cycle, one after the other. */
const fetchCycles = (bytes: number) => 2 * Math.ceil(bytes / 8);

/**
 * Operation units of 9 x 8, an ADC and a lane for each bitline: nothing is contended. 4 ADC bits hold 9 rows of 1 bit.
 * `differential` and 1-bit cells: 7 slices, floor(128 / 7) = 18 outputs in a crossbar, and a negative copy of each.
 */
const operationUnits: Accelerator = {
  machine: extend(roomyMachine, ({ crossbar, ou, sampleHold, adc, shiftAdd, inputRegister }) => {
    Object.assign(crossbar, { wordlines: 128, bitlines: 128, bitsPerCell: 1, readCycles: 4 });
    Object.assign(ou, { wordlines: 9, bitlines: 8 });
    sampleHold.banks = 2;
    Object.assign(adc, { bits: 4, perPool: 8, sharedBy: 1, conversionCycles: 3 });
    Object.assign(shiftAdd, { lanes: 8, latencyCycles: 2 });
    inputRegister.windows = 2;
  }),
  mapping: denseMapping('differential'),
};

/**
 * Full-array reads as in ISAAC: 128 x 128 cells of 2 bits, one ADC that converts 128 bitlines during a read. `offset`:
 * 4 slices, 128 / 4 = 32 outputs in a crossbar. 9 ADC bits hold 128 rows of level 3.
 */
const fullArrays: Accelerator = {
  machine: extend(roomyMachine, ({ crossbar, ou, sampleHold, adc, shiftAdd, inputRegister }) => {
    Object.assign(crossbar, { wordlines: 128, bitlines: 128, bitsPerCell: 2, readCycles: 128 });
    Object.assign(ou, { wordlines: 128, bitlines: 128 });
    sampleHold.banks = 2;
    Object.assign(adc, { bits: 9, perPool: 1, sharedBy: 1, conversionCycles: 1 });
    Object.assign(shiftAdd, { lanes: 1, latencyCycles: 1 });
    inputRegister.windows = 1;
  }),
  mapping: denseMapping('offset'),
};

/** The network's own integers, side by side. */
function denseMapping(encoding: MappingConfig['encoding']): MappingConfig {
  return {
    scheme: 'dense',
    encoding,
    layout: 'adjacent',
    quantisation: 'network',
    weightBits: 0,
    activationBits: 0,
    accuracyBudget_percent: 1,
    parameters: {},
  };
}

/** One layer after the other: a layer has all its pixels from its first fetch on. */
const layerAfterLayer: ExecutionConfig = {
  pipeline: 'layer-barrier',
  replication: 'none',
  replicas: {},
  crossbarBudget: 0,
  placement: 'in-order',
  overflow: 'chips',
};
const overlapping: ExecutionConfig = { ...layerAfterLayer, pipeline: 'window' };

interface Digits {
  readonly first: number;
  readonly count: number;
  readonly execution?: ExecutionConfig;
}

function run(
  { machine, mapping }: Accelerator,
  { first, count, execution = layerAfterLayer }: Digits,
  options: RunOptions = {},
): RunResult {
  const images = digits.images.slice(first, first + count);
  const labels = digits.labels.slice(first, first + count);
  const task = { network, floatWeights: null, machine, mapping };
  const planned = planNetwork(task, givenDecision(task));
  return runNetwork(
    {
      machine,
      mapping,
      execution,
      network: planned.network,
      compiled: compileNetwork(planned, task),
      imageCount: count,
      images,
      firstImage: first,
      labels,
    },
    { outputs: true, ...options },
  );
}

const firstDigit: Digits = { first: 0, count: 1 };

const sum = (values: Iterable<number>): number => {
  let total = 0;
  for (const value of values) total += value;
  return total;
};

const reference = digits.images.map((image) => Array.from(executeNetwork(network, image)));

describe('lenet5 on operation units, nothing contended', () => {
  const result = run(operationUnits, firstDigit);
  const layers = result.layers!;

  it("gives the reference executor's logits, bit for bit", () => {
    expect(result.outputs).toEqual([reference[0]]);
    expect(result.images).toEqual([
      {
        index: 0,
        // The source presents its first pixel at 0, and the run ends with the last output.
        cycles: result.cycles,
        start_cycle: 0,
        end_cycle: result.cycles,
        prediction: reference[0]!.indexOf(Math.max(...reference[0]!)),
        label: digits.labels[0],
      },
    ]);
    expect(result.counts.saturatedCodes).toBe(0);
    expect(result.warnings).toEqual([]);
  });

  // Operations per plane of the crossbar with the most, row batches x column groups:
  //   c1 ceil(25 / 9) x ceil(6 x 7 / 8)       = 3 x 6
  //   c2 ceil(128 / 9) x ceil(16 x 7 / 8)     = 15 x 14   (row blocks 128, 22)
  //   f1 ceil(128 / 9) x ceil(18 x 7 / 8)     = 15 x 16   (row blocks 128, 128, 128, 16; outputs 6 x 18, 12)
  //   f2 ceil(120 / 9) x ceil(18 x 7 / 8)     = 14 x 16   (outputs 4 x 18, 12)
  //   f3 ceil(84 / 9) x ceil(10 x 7 / 8)      = 10 x 9
  const longest = [3 * 6, 15 * 14, 15 * 16, 14 * 16, 10 * 9].map(
    (operations, i) => WINDOWS[i]! * PLANES * operations * 4,
  );

  it('reads as long as the longest crossbar of each layer has operations', () => {
    expect(layers.map(({ name }) => name)).toEqual(['c1', 'c2', 'f1', 'f2', 'f3']);
    const reads = layers.map(({ busiest }) => result.resources[busiest.crossbar.path]!.ledger['read']);
    expect(reads).toEqual(longest);
  });

  it('the last layer takes one step after the other', () => {
    // f3 stands on one PE: fetch of 84 bytes, reads, the last conversion (3) and the latency (2), 10 sums of 4 bytes on the
    // bus and 1 sum per cycle in the shift-and-add unit, 1 value per cycle in the activation unit, and a packet of 10 bytes,
    // 3 flits, through the link out of its tile.
    const { cycles, start_cycle, end_cycle } = layers[4]!;
    expect(cycles).toBe(fetchCycles(84) + longest[4]! + 3 + 2 + 5 + 10 + 10 + 3);
    expect(end_cycle).toBe(start_cycle + cycles);
    // It has left its tile when all 3 flits are through; its head asks the next link a hop (1 cycle) after it began, and the
    // link to the port carries the flits a hop behind. Tile 0 is at router 0, like the port, which takes 8 bytes a cycle.
    expect(layers[4]!.tiles).toEqual([0]);
    expect(result.cycles).toBe(end_cycle + 1 + 2);
  });

  it('performs the operations and conversions of every placed crossbar', () => {
    // Per window and plane: 2 signs x (batches of all row blocks) x (column groups, or bitlines, of all column blocks).
    //   c1 2 x 3 x 6                 2 x 3 x 42
    //   c2 2 x (15 + 3) x 14         2 x 18 x 112
    //   f1 2 x (3 x 15 + 2) x (6 x 16 + 11)     2 x 47 x 840     (12 outputs are 84 bitlines, 11 groups)
    //   f2 2 x 14 x (4 x 16 + 11)    2 x 14 x 588
    //   f3 2 x 10 x 9                2 x 10 x 70
    const operations = [2 * 3 * 6, 2 * 18 * 14, 2 * 47 * 107, 2 * 14 * 75, 2 * 10 * 9];
    const conversions = [2 * 3 * 42, 2 * 18 * 112, 2 * 47 * 840, 2 * 14 * 588, 2 * 10 * 70];
    layers.forEach(({ counts }, i) => {
      const passes = WINDOWS[i]! * PLANES;
      expect(counts.ouOperations).toBe(operations[i]! * passes);
      expect(counts.adcConversions).toBe(conversions[i]! * passes);
      expect(counts.shiftAdds).toBe(conversions[i]! * passes);
      expect(counts.skippedOperations).toBe(0);
    });
  });

  it('lets no sample wait and no crossbar or ADC stall, in any layer', () => {
    for (const { wait, crossbars, adcs, 'queue.mean': queue } of layers) {
      expect([wait.max, queue]).toEqual([0, 0]);
      expect([crossbars.cycles['stall.adc'], adcs.cycles['stall.shiftAdd']]).toEqual([0, 0]);
    }
  });

  it('says where the time of each layer went', () => {
    // c1 stands on a crossbar for each sign, equally long, which read without a pause once the first window is there: the
    // next one of 25 bytes is fetched while they read.
    const nothing = { adcWaiting: 0, indexDecoding: 0, detector: 0, output: 0, drain: 0, otherPasses: 0 };
    const lastReadOf = (layer: number, bytes: number) =>
      layers[layer]!.start_cycle + fetchCycles(bytes) + longest[layer]!;
    expect(layers[0]!.time).toEqual({
      ...nothing,
      pixels: layers[0]!.start_cycle,
      transfer: fetchCycles(25),
      reads: longest[0],
      windowSharing: 0,
      finishedEarlier: 0,
      finished: result.cycles - lastReadOf(0, 25),
    });
    // c2: row blocks of 15 and 3 batches, two crossbars each. The register holds two windows. Counted from the load of
    // window 0, the long ones read window w from w x long to (w + 1) x long without a pause. Window 1 is fetched in the
    // meantime; each later window w is fetched when window w - 2 is released, at (w - 1) x long, and the short ones read it
    // at once. So they wait, before 98 windows, for the long ones and then for the fetch.
    const long = 15 * 14 * PLANES * 4;
    const short = 3 * 14 * PLANES * 4;
    const fetch = fetchCycles(150);
    const lastShort = 98 * long + fetch + short;
    const waiting = lastShort - 100 * short;
    expect(longest[1]).toBe(100 * long);
    expect(layers[1]!.time).toEqual({
      ...nothing,
      pixels: layers[1]!.start_cycle,
      transfer: fetch + (98 * fetch) / 2,
      reads: (100 * long + 100 * short) / 2,
      windowSharing: (waiting - 98 * fetch) / 2,
      finishedEarlier: (100 * long - lastShort) / 2,
      finished: result.cycles - lastReadOf(1, 150),
    });
    for (const layer of layers) {
      expect(sum(Object.values(layer.time))).toBeCloseTo(result.cycles, 6);
      expect(layer.time.reads).toBeCloseTo(layer.crossbars.cycles['read']! / layer.crossbars.instances, 6);
    }
  });

  it('has the operations that nothing takes away: dense rows, no detector', () => {
    for (const { work, counts } of [...layers, result]) {
      const all = counts.ouOperations;
      expect(work).toEqual({ dense: all, uncompressed: all, rowCompressed: all, valueSkipped: all, performed: all });
    }
  });

  it('numbers PEs layer after layer, each layer on PEs of its own', () => {
    // Crossbars: row blocks x signs x column blocks, 8 in a PE.
    const crossbars = [1 * 2 * 1, 2 * 2 * 1, 4 * 2 * 7, 1 * 2 * 5, 1 * 2 * 1];
    const pes = [1, 1, 7, 2, 1];
    expect(layers.map(({ footprint }) => footprint.crossbars)).toEqual(crossbars);
    expect(layers.map(({ footprint }) => footprint.pes)).toEqual(pes);
    expect(result.footprint).toMatchObject({ crossbars: sum(crossbars), pes: 12 });
    const paths = Object.keys(result.resources).filter((path) => /\.Crossbar\[/.test(path));
    const expected = Array.from(
      { length: 12 * 8 },
      (_, i) => `Chip.Tile[0].Pe[${Math.floor(i / 8)}].Crossbar[${i % 8}]`,
    );
    expect(paths).toEqual(expected);

    // c2 stands in Pe[1]: row block 0 positive and negative, row block 1 positive and negative, 4 spare crossbars.
    const reads = Array.from(
      { length: 8 },
      (_, i) => result.resources[`Chip.Tile[0].Pe[1].Crossbar[${i}]`]!.ledger['read'],
    );
    const passes = 100 * PLANES * 4;
    expect(reads).toEqual([15, 15, 3, 3, 0, 0, 0, 0].map((batches) => batches * 14 * passes));
  });

  it('holds a window in the register of each PE until the last read of its longest crossbar', () => {
    // From the load of the first window on there is always one.
    const hold = (pe: number) => result.resources[`Chip.Tile[0].Pe[${pe}].InputRegister`]!.ledger['hold'];
    expect([hold(0), hold(1), hold(11)]).toEqual([longest[0], longest[1], longest[4]]);
  });

  it('has ledgers that sum to the run, of every resource and of every class in every layer', () => {
    // Per PE: 8 crossbars, 8 pools of 8 ADCs with a shift-and-add unit, the input register.
    const inPes = Object.keys(result.resources).filter((path) => path.includes('.Pe['));
    expect(inPes).toHaveLength(12 * (8 + 8 + 64 + 8 + 1));
    for (const [path, { ledger }] of Object.entries(result.resources)) {
      expect(sum(Object.values(ledger)), path).toBe(result.cycles);
    }
    for (const { crossbars, adcs, footprint, spareCrossbars } of layers) {
      // The classes of a layer leave out the spare crossbars and their ADCs.
      expect([crossbars.instances, adcs.instances]).toEqual([footprint.crossbars, footprint.crossbars * 8]);
      expect(footprint.crossbars + spareCrossbars).toBe(footprint.pes * 8);
      expect(sum(Object.values(crossbars.cycles))).toBe(crossbars.instances * result.cycles);
      expect(sum(Object.values(adcs.cycles))).toBe(adcs.instances * result.cycles);
    }
  });

  it('adds up: the counts and the energy of the layers are those of the run', () => {
    for (const key of Object.keys(result.counts) as (keyof RunResult['counts'])[]) {
      expect(sum(layers.map(({ counts }) => counts[key]))).toBe(result.counts[key]);
    }
    for (const key of Object.keys(result.work) as (keyof RunResult['work'])[]) {
      expect(sum(layers.map(({ work }) => work[key]))).toBe(result.work[key]);
    }
    // Of the time: the mean over all crossbars.
    const crossbars = sum(layers.map(({ footprint }) => footprint.crossbars));
    for (const key of Object.keys(result.time) as (keyof RunResult['time'])[]) {
      const total = sum(layers.map(({ time, footprint }) => time[key] * footprint.crossbars));
      expect(result.time[key]).toBeCloseTo(total / crossbars, 6);
    }
    expect(sum(Object.values(result.time))).toBeCloseTo(result.cycles, 6);
    expect(result.windows).toBe(sum(WINDOWS));
    // A window is loaded by each PE of its layer.
    expect(result.counts.inputLoads).toBe(784 + 100 + 7 + 2 + 1);
    const conversions = result.energy.actions['adc.conversion']!;
    expect(conversions.count).toBe(result.counts.adcConversions);
    expect(sum(layers.map(({ energy }) => energy.actions['adc.conversion']!.count))).toBe(conversions.count);
  });

  it('of two images does the work of both alone, in less time where images overlap', () => {
    const [second, both] = [
      { first: 1, count: 1 },
      { first: 0, count: 2 },
    ].map((which) => run(operationUnits, which));
    expect(both!.outputs).toEqual(reference);
    expect(both!.windows).toBe(result.windows + second!.windows);
    expect(both!.images!.map(({ index, prediction, label }) => [index, prediction, label])).toEqual(
      [result, second!].map(({ images }) => [images![0]!.index, images![0]!.prediction, images![0]!.label]),
    );
    for (const key of Object.keys(both!.counts) as (keyof RunResult['counts'])[]) {
      expect(both!.counts[key]).toBe(result.counts[key] + second!.counts[key]);
    }
    for (const [path, { kind, ledger, wait }] of Object.entries(both!.resources)) {
      const one = result.resources[path]!;
      const other = second!.resources[path]!;
      const working = { crossbar: 'read', adc: 'convert', shiftAdd: 'accept', detector: 'scan' }[kind];
      if (working !== undefined) expect(ledger[working]).toBe(one.ledger[working]! + other.ledger[working]!);
      if (wait !== undefined) expect(wait.count).toBe(one.wait!.count + other.wait!.count);
    }
    both!.layers!.forEach((layer, i) => {
      expect(layer.time.reads).toBeCloseTo(layers[i]!.time.reads + second!.layers![i]!.time.reads, 6);
      expect(layer.windows).toBe(layers[i]!.windows);
    });

    // Without a detector the second image takes as long as the first from the first fetch of c1 on, which waits for the last
    // output of the image before to leave its tile; its pixels are there by then.
    const { start_cycle } = layers[0]!;
    expect(both!.cycles).toBe(layers[4]!.end_cycle + result.cycles - start_cycle);
    const overlapped = run(operationUnits, { first: 0, count: 2, execution: overlapping });
    expect(overlapped.outputs).toEqual(reference);
    expect(overlapped.counts).toEqual(both!.counts);
    expect(overlapped.cycles).toBeLessThan(both!.cycles);
  });

  it('reports its progress: first the integers of the first image, layer by layer, then the windows that are sent', () => {
    const steps: { done: number; total: number; text: string }[] = [];
    run(operationUnits, { first: 0, count: 2 }, { progress: (done, total, text) => steps.push({ done, total, text }) });
    const integers = steps.filter(({ text }) => text.startsWith('integers'));
    expect(steps.slice(0, integers.length)).toEqual(integers);
    expect(integers.map(({ done, total }) => [done, total])).toEqual([0, 1, 2, 3, 4].map((done) => [done, 5]));
    const windows = steps.slice(integers.length);
    expect(windows.length).toBeGreaterThan(0);
    for (const [i, { done, total }] of windows.entries()) {
      expect(total).toBe(2 * sum(WINDOWS));
      expect(done).toBeGreaterThan(windows[i - 1]?.done ?? 0);
      expect(done).toBeLessThanOrEqual(total);
    }
  });
});

describe('lenet5 on full-array reads', () => {
  const result = run(fullArrays, firstDigit);

  it("gives the reference executor's logits, bit for bit", () => {
    expect(result.outputs).toEqual([reference[0]]);
    expect(result.counts.saturatedCodes).toBe(0);
  });

  it('reads a plane in 128 cycles, and fetches the next window in between: the register holds one', () => {
    // c1: 25 bytes a window on one crossbar. The time of f1, f2 and f3 is that of one window.
    for (const [i, { crossbars }] of result.layers!.entries()) {
      expect(crossbars.cycles['read']).toBe(crossbars.instances * WINDOWS[i]! * PLANES * 128);
    }
    const { time } = result.layers![0]!;
    expect([time.transfer, time.windowSharing, time.output]).toEqual([784 * fetchCycles(25), 0, 0]);
    // f3 as on operation units; its last read is followed by the conversions of 40 bitlines, and a latency of 1.
    expect(result.layers![4]!.cycles).toBe(fetchCycles(84) + PLANES * 128 + 40 + 1 + 5 + 10 + 10 + 3);
  });

  it('samples of an operation wait for one another: bitline b waits b cycles', () => {
    // c1: 24 bitlines on both counts, on its only crossbar.
    const [c1] = result.layers!;
    expect(c1!.wait).toMatchObject({ count: 784 * PLANES * 24, mean: 23 / 2, p50: 11, p95: 22, max: 23 });
  });

  it('is the same fast and booked for several images, with full arrays and with operation units', () => {
    const machine = extend(operationUnits.machine, ({ detector }) => {
      detector.kind = 'group';
    });
    const detecting = { ...operationUnits, machine };
    for (const accelerator of [fullArrays, operationUnits, detecting]) {
      const both = { first: 0, count: 2, execution: overlapping };
      const booked = run(accelerator, both, { granularity: 'booked' });
      expect(run(accelerator, both, { granularity: 'fast' })).toEqual(booked);
    }
  });

  it('is the same sampled and booked, shuffled or not', () => {
    expect(run(fullArrays, firstDigit, { granularity: 'booked' })).toEqual(result);
    expect(run(fullArrays, firstDigit, { granularity: 'sampled' })).toEqual(result);
    expect(run(fullArrays, firstDigit, { granularity: 'sampled', shuffleSeed: 3 })).toEqual(result);
  });

  it('traces each layer in its own stretch of the run, and stays the same', () => {
    const trace = new StretchTrace();
    expect(run(fullArrays, firstDigit, { trace })).toEqual(result);
    // Crossbars: c1 1, c2 2, f1 4 x 4, f2 3, f3 1: PEs 0, 1, 2-3, 4, 5. A layer's PEs begin when its first window is there,
    // and their last code leaves before the sums are merged and sent.
    const layerOfPe = [0, 1, 2, 2, 3, 4];
    const bytes = [25, 150, 400, 120, 84];
    expect([...trace.stretches.keys()]).toEqual(layerOfPe.map((_, pe) => `Chip.Tile[0].Pe[${pe}]`));
    layerOfPe.forEach((layer, pe) => {
      const { start_cycle, end_cycle } = result.layers![layer]!;
      const { first, last } = trace.stretches.get(`Chip.Tile[0].Pe[${pe}]`)!;
      expect(first).toBe(start_cycle + fetchCycles(bytes[layer]!));
      expect(last).toBeGreaterThan(first);
      expect(last).toBeLessThan(end_cycle);
    });
  });
});

describe('what a machine does not change: the logits, as long as no code saturates', () => {
  it.each([
    ['detector group', { kind: 'group', planeCycles: 1 }],
    ['detector form', { kind: 'form', planeCycles: 2 }],
  ] as const)('%s skips operations and gives the same', (_name, detector) => {
    const machine = extend(operationUnits.machine, (draft) => {
      Object.assign(draft.detector, detector);
      // One slow ADC for all crossbars of a PE: contention changes when, not what.
      Object.assign(draft.adc, { perPool: 1, sharedBy: 8, conversionCycles: 5 });
    });
    const result = run({ ...operationUnits, machine }, firstDigit);
    const dense = 784 * 36 + 100 * 504 + 2 * 47 * 107 + 2100 + 180;
    expect(result.outputs).toEqual([reference[0]]);
    expect(result.counts.skippedOperations).toBeGreaterThan(0);
    expect(result.counts.ouOperations + result.counts.skippedOperations).toBe(dense * PLANES);
    for (const { ledger } of Object.values(result.resources)) expect(sum(Object.values(ledger))).toBe(result.cycles);
  });
});

/** Keeps from when to when each PE works, on the time axis of the whole run. */
class StretchTrace implements OffsetTrace {
  offset = 0;
  readonly from = 0;
  readonly to = Number.POSITIVE_INFINITY;
  readonly stretches = new Map<string, { first: number; last: number }>();
  /** By track; null of what is no part of a PE. */
  private readonly peOf: (string | null)[] = [];

  track(path: string): number {
    return this.peOf.push(/^.*\.Pe\[\d+\]/.exec(path)?.[0] ?? null) - 1;
  }

  span(track: number, name: string, start: number, end: number): void {
    const pe = this.peOf[track]!;
    if (pe === null || name.startsWith('stall.')) return;
    const stretch = this.stretches.get(pe) ?? { first: Number.POSITIVE_INFINITY, last: 0 };
    stretch.first = Math.min(stretch.first, this.offset + start);
    stretch.last = Math.max(stretch.last, this.offset + end);
    this.stretches.set(pe, stretch);
  }

  service(track: number, name: string, start: number, end: number): void {
    this.span(track, name, start, end);
  }

  counter(): void {}

  operation(): void {}
}
