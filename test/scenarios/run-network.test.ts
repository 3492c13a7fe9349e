import { describe, expect, it } from 'vitest';
import { defaultMachine, type MachineConfig } from '../../components/machine.js';
import { bundledImages, bundledNetworkPath } from '../../models/bundled.js';
import { executeNetwork } from '../../models/execute.js';
import { loadNetwork } from '../../models/load-network.js';
import { extend } from '../../scenarios/extend.js';
import type { MappingConfig } from '../../scenarios/mapping-parameters.js';
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

/**
 * Operation units of 9 x 8, an ADC and a lane for each bitline: nothing is contended. 4 ADC bits hold 9 rows of 1 bit.
 * `differential` and 1-bit cells: 7 slices, floor(128 / 7) = 18 outputs in a crossbar, and a negative copy of each.
 */
const operationUnits: Accelerator = {
  machine: extend(defaultMachine(), ({ pe, crossbar, ou, sampleHold, adc, shiftAdd, inputRegister }) => {
    pe.crossbars = 8;
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
  machine: extend(defaultMachine(), ({ pe, crossbar, ou, sampleHold, adc, shiftAdd, inputRegister }) => {
    pe.crossbars = 8;
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

/** Runs `count` digits from `first` on. */
function run({ machine, mapping }: Accelerator, first: number, count: number, options: RunOptions = {}): RunResult {
  const images = digits.images.slice(first, first + count);
  const labels = digits.labels.slice(first, first + count);
  const task = { network, floatWeights: null, machine, mapping };
  const planned = planNetwork(task, givenDecision(task));
  return runNetwork({ machine, mapping, planned, images, firstImage: first, labels }, { outputs: true, ...options });
}

const sum = (values: Iterable<number>): number => {
  let total = 0;
  for (const value of values) total += value;
  return total;
};

const reference = digits.images.map((image) => Array.from(executeNetwork(network, image)));

describe('lenet5 on operation units, nothing contended', () => {
  const result = run(operationUnits, 0, 1);
  const layers = result.layers!;

  it("gives the reference executor's logits, bit for bit", () => {
    expect(result.outputs).toEqual([reference[0]]);
    expect(result.images).toEqual([
      {
        index: 0,
        cycles: result.cycles,
        prediction: reference[0]!.indexOf(Math.max(...reference[0]!)),
        label: digits.labels[0],
      },
    ]);
    expect(result.counts.saturatedCodes).toBe(0);
    expect(result.warnings).toEqual([]);
  });

  it('takes the cycles that the longest crossbar of each layer takes', () => {
    // Without contention a crossbar reads without a pause: conversions (3) end before the next read (4) does. The
    // crossbar with the most operations never waits for the others; the run ends one conversion and the latency (2)
    // after its last read. Operations per plane of that crossbar, row batches x column groups:
    //   c1 ceil(25 / 9) x ceil(6 x 7 / 8)       = 3 x 6
    //   c2 ceil(128 / 9) x ceil(16 x 7 / 8)     = 15 x 14   (row blocks 128, 22)
    //   f1 ceil(128 / 9) x ceil(18 x 7 / 8)     = 15 x 16   (row blocks 128, 128, 128, 16; outputs 6 x 18, 12)
    //   f2 ceil(120 / 9) x ceil(18 x 7 / 8)     = 14 x 16   (outputs 4 x 18, 12)
    //   f3 ceil(84 / 9) x ceil(10 x 7 / 8)      = 10 x 9
    const longest = [3 * 6, 15 * 14, 15 * 16, 14 * 16, 10 * 9];
    const cycles = longest.map((operations, i) => WINDOWS[i]! * PLANES * operations * 4 + 3 + 2);
    expect(layers.map((layer) => [layer.name, layer.cycles])).toEqual([
      ['c1', cycles[0]],
      ['c2', cycles[1]],
      ['f1', cycles[2]],
      ['f2', cycles[3]],
      ['f3', cycles[4]],
    ]);
    expect(result.cycles).toBe(sum(cycles));
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
    // c1 stands on a crossbar for each sign, equally long, which read without a pause; 3 + 2 cycles follow the last read.
    const nothing = { adcWaiting: 0, indexDecoding: 0, detector: 0 };
    const { cycles: c1, time } = layers[0]!;
    expect(time).toEqual({ ...nothing, reads: c1 - 5, windowSharing: 0, finishedEarlier: 0, drain: 5 });
    // c2: row blocks of 15 and 3 batches, two crossbars each. The short ones are done with the last two windows (the
    // register holds two) while the long ones read the last but one: each window takes 15 batches, they read 3. Of the
    // 100 windows they wait for the first 98 to be released, and begin window 99 (the last) when 98 is loaded.
    const window = 15 * 14 * PLANES * 4;
    const short = 3 * 14 * PLANES * 4;
    const c2 = layers[1]!;
    expect(c2.cycles).toBe(100 * window + 5);
    // The last window is loaded when window 97 is released, at 98 windows; the short ones read it at once.
    const sharing = 98 * window + short - 100 * short;
    expect(c2.time).toEqual({
      ...nothing,
      reads: (100 * window + 100 * short) / 2,
      windowSharing: sharing / 2,
      finishedEarlier: (100 * window - (98 * window + short)) / 2,
      drain: 5,
    });
    for (const layer of layers) {
      expect(sum(Object.values(layer.time))).toBeCloseTo(layer.cycles, 6);
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
    // The longest crossbar of c1 reads to the end of the layer but for the last conversion and the latency, 3 + 2.
    const hold = (pe: number) => result.resources[`Chip.Tile[0].Pe[${pe}].InputRegister`]!.ledger['hold'];
    expect(hold(0)).toBe(layers[0]!.cycles - 5);
    expect(hold(1)).toBe(layers[1]!.cycles - 5);
    expect(hold(11)).toBe(layers[4]!.cycles - 5);
  });

  it('has ledgers that sum to the run, of every resource and of every class in every layer', () => {
    // Per PE: 8 crossbars, 8 pools of 8 ADCs with a shift-and-add unit, the input register.
    expect(Object.keys(result.resources)).toHaveLength(12 * (8 + 8 + 64 + 8 + 1));
    for (const { ledger } of Object.values(result.resources)) expect(sum(Object.values(ledger))).toBe(result.cycles);
    for (const { crossbars, adcs, footprint, spareCrossbars, cycles } of layers) {
      // The classes of a layer leave out the spare crossbars and their ADCs.
      expect([crossbars.instances, adcs.instances]).toEqual([footprint.crossbars, footprint.crossbars * 8]);
      expect(footprint.crossbars + spareCrossbars).toBe(footprint.pes * 8);
      expect(sum(Object.values(crossbars.cycles))).toBe(crossbars.instances * cycles);
      expect(sum(Object.values(adcs.cycles))).toBe(adcs.instances * cycles);
    }
  });

  it('adds up: the counts and the energy of the layers are those of the run', () => {
    for (const key of Object.keys(result.counts) as (keyof RunResult['counts'])[]) {
      expect(sum(layers.map(({ counts }) => counts[key]))).toBe(result.counts[key]);
    }
    for (const key of Object.keys(result.work) as (keyof RunResult['work'])[]) {
      expect(sum(layers.map(({ work }) => work[key]))).toBe(result.work[key]);
    }
    for (const key of Object.keys(result.time) as (keyof RunResult['time'])[]) {
      expect(sum(layers.map(({ time }) => time[key]))).toBeCloseTo(result.time[key], 6);
    }
    expect(sum(Object.values(result.time))).toBeCloseTo(result.cycles, 6);
    expect(result.windows).toBe(sum(WINDOWS));
    // A window is loaded by each PE of its layer.
    expect(result.counts.inputLoads).toBe(784 + 100 + 7 + 2 + 1);
    const conversions = result.energy.actions['adc.conversion']!;
    expect(conversions.count).toBe(result.counts.adcConversions);
    expect(sum(layers.map(({ energy }) => energy.actions['adc.conversion']!.count))).toBe(conversions.count);
  });

  it('of two images is the sum of both alone', () => {
    const second = run(operationUnits, 1, 1);
    const both = run(operationUnits, 0, 2);
    expect(both.outputs).toEqual(reference);
    expect(both.cycles).toBe(result.cycles + second.cycles);
    expect(both.windows).toBe(result.windows + second.windows);
    expect(both.images).toEqual([result.images![0], second.images![0]]);
    for (const key of Object.keys(both.counts) as (keyof RunResult['counts'])[]) {
      expect(both.counts[key]).toBe(result.counts[key] + second.counts[key]);
    }
    for (const [path, { ledger, wait }] of Object.entries(both.resources)) {
      const one = result.resources[path]!;
      const other = second.resources[path]!;
      for (const state in ledger) expect(ledger[state]).toBe(one.ledger[state]! + other.ledger[state]!);
      if (wait !== undefined) expect(wait.count).toBe(one.wait!.count + other.wait!.count);
    }
    both.layers!.forEach((layer, i) => {
      expect(layer.cycles).toBe(layers[i]!.cycles + second.layers![i]!.cycles);
      for (const key of Object.keys(layer.time) as (keyof typeof layer.time)[]) {
        expect(layer.time[key]).toBeCloseTo(layers[i]!.time[key] + second.layers![i]!.time[key], 6);
      }
      expect(layer.windows).toBe(layers[i]!.windows);
    });
  });

  it('reports its progress up to the end', () => {
    const steps: [number, number][] = [];
    run(operationUnits, 0, 2, { progress: (done, total) => steps.push([done, total]) });
    expect(steps.map(([, total]) => total)).toEqual(new Array(steps.length).fill(2 * 12));
    const done = steps.map(([value]) => value);
    // Before each layer of both images, and at the end.
    expect(done).toEqual([0, 1, 2, 9, 11, 12, 13, 14, 21, 23, 24]);
  });
});

describe('lenet5 on full-array reads', () => {
  const result = run(fullArrays, 0, 1);

  it("gives the reference executor's logits, bit for bit", () => {
    expect(result.outputs).toEqual([reference[0]]);
    expect(result.counts.saturatedCodes).toBe(0);
  });

  it('reads a plane in 128 cycles; the last read is followed by the conversions of the widest crossbar', () => {
    // An operation per window and plane; bitlines of the widest crossbar: 6 x 4, 16 x 4, 32 x 4, 32 x 4, 10 x 4; one
    // conversion a cycle, latency 1.
    const bitlines = [24, 64, 128, 128, 40];
    const cycles = bitlines.map((widest, i) => WINDOWS[i]! * PLANES * 128 + widest + 1);
    expect(result.layers!.map((layer) => layer.cycles)).toEqual(cycles);
    expect(result.cycles).toBe(sum(cycles));
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
      const booked = run(accelerator, 0, 2, { granularity: 'booked' });
      expect(run(accelerator, 0, 2, { granularity: 'fast' })).toEqual(booked);
    }
  });

  it('is the same sampled and booked, shuffled or not', () => {
    expect(run(fullArrays, 0, 1, { granularity: 'booked' })).toEqual(result);
    expect(run(fullArrays, 0, 1, { granularity: 'sampled' })).toEqual(result);
    expect(run(fullArrays, 0, 1, { granularity: 'sampled', shuffleSeed: 3 })).toEqual(result);
  });

  it('traces each layer in its own stretch of the run, and stays the same', () => {
    const trace = new StretchTrace();
    expect(run(fullArrays, 0, 1, { trace })).toEqual(result);
    // Crossbars: c1 1, c2 2, f1 4 x 4, f2 3, f3 1: PEs 0, 1, 2-3, 4, 5. Every layer reads from its first cycle on, and
    // its last conversion ends one cycle, the latency, before the barrier.
    const layerOfPe = [0, 1, 2, 2, 3, 4];
    const barriers = result.layers!.map((_, i) => sum(result.layers!.slice(0, i + 1).map((layer) => layer.cycles)));
    expect([...trace.stretches.keys()]).toEqual(layerOfPe.map((_, pe) => `Chip.Tile[0].Pe[${pe}]`));
    layerOfPe.forEach((layer, pe) => {
      const { first, last } = trace.stretches.get(`Chip.Tile[0].Pe[${pe}]`)!;
      expect([first, last]).toEqual([layer === 0 ? 0 : barriers[layer - 1], barriers[layer]! - 1]);
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
    const result = run({ ...operationUnits, machine }, 0, 1);
    const dense = 784 * 36 + 100 * 504 + 2 * 47 * 107 + 2100 + 180;
    expect(result.outputs).toEqual([reference[0]]);
    expect(result.counts.skippedOperations).toBeGreaterThan(0);
    expect(result.counts.ouOperations + result.counts.skippedOperations).toBe(dense * PLANES);
    for (const { ledger } of Object.values(result.resources)) expect(sum(Object.values(ledger))).toBe(result.cycles);
  });
});

/** Keeps from when to when each PE has spans, on the time axis of the whole run. */
class StretchTrace implements OffsetTrace {
  offset = 0;
  readonly stretches = new Map<string, { first: number; last: number }>();
  private readonly peOf: string[] = [];

  track(path: string): number {
    return this.peOf.push(/^.*\.Pe\[\d+\]/.exec(path)![0]) - 1;
  }

  span(track: number, _name: string, start: number, end: number): void {
    const pe = this.peOf[track]!;
    const stretch = this.stretches.get(pe) ?? { first: Number.POSITIVE_INFINITY, last: 0 };
    stretch.first = Math.min(stretch.first, this.offset + start);
    stretch.last = Math.max(stretch.last, this.offset + end);
    this.stretches.set(pe, stretch);
  }

  counter(): void {}
}
