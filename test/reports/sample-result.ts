import type { ChipResult, StageWait } from '../../sim/results/chip-result.js';
import {
  type ClassLedger,
  type Counts,
  type Energy,
  type LayerResult,
  RESULT_SCHEMA_VERSION,
  type ResourceResult,
  type Result,
  type TimeBreakdown,
  type WaitStatistics,
  type Work,
} from '../../sim/results/result.js';

/** A made-up layer: enough to derive ledgers that sum to the time that they claim. */
export interface SampleLayer {
  readonly name: string;
  readonly windows: number;
  readonly crossbars: number;
  readonly adcs: number;
  /** Cycles of an image. */
  readonly cycles: number;
  /** Shares of crossbar time in the run; the rest is idle. */
  readonly read: number;
  readonly stallAdc: number;
  /** All of it waiting for pixels. */
  readonly stallInput: number;
  /** Reads of the busiest crossbar; left out: as many as the mean. */
  readonly busiestRead?: number;
  /** Shares of ADC time in the run; the rest is idle. */
  readonly convert: number;
  readonly stallShiftAdd?: number;
  /** Lanes of the busiest shift-and-add unit in use; left out: none. */
  readonly accept?: number;
  readonly waitMean: number;
  readonly waitP99: number;
}

export interface SampleOptions {
  readonly preset?: string;
  readonly model?: string;
  readonly layers?: readonly SampleLayer[];
  readonly images?: number;
  /** Images whose prediction is not their label. */
  readonly wrong?: number;
  /** What the made-up chip is otherwise. */
  readonly chip?: Partial<ChipResult>;
}

const ROOT_CLOCK_GHZ = 1.28;

export const SAMPLE_LAYERS: readonly SampleLayer[] = [
  layer('conv1', 784, 8, 64, 9_408, 0.62, 0.21, 0.02, 0.83, 3.1, 11),
  layer('conv2', 100, 24, 192, 24_310, 0.41, 0.52, 0.03, 0.97, 18.6, 47),
  layer('conv3', 1, 24, 192, 3_120, 0.55, 0.35, 0.0, 0.91, 8.4, 23),
  layer('fc1', 1, 16, 128, 2_760, 0.58, 0.17, 0.12, 0.64, 2.2, 9),
  layer('fc2', 1, 4, 32, 410, 0.3, 0.05, 0.01, 0.22, 0.4, 2),
];

export function layer(
  name: string,
  windows: number,
  crossbars: number,
  adcs: number,
  cycles: number,
  read: number,
  stallAdc: number,
  stallInput: number,
  convert: number,
  waitMean: number,
  waitP99: number,
): SampleLayer {
  return { name, windows, crossbars, adcs, cycles, read, stallAdc, stallInput, convert, waitMean, waitP99 };
}

/**
 * A plausible result of a network on a chip, a layer a tile, whose ledgers, counts and energies are consistent: images and
 * layers follow one another, so that an image takes the sum of the layers' cycles.
 */
export function sampleResult(options: SampleOptions = {}): Result {
  const { preset = 'ou-baseline', model = 'lenet5-mnist', images = 10, wrong = 0 } = options;
  const samples = options.layers ?? SAMPLE_LAYERS;
  const cycles = images * total(samples.map((sample) => sample.cycles));
  const layers = samples.map((_, l) => layerResult(samples, l, images, cycles));
  const crossbars = total(layers.map((l) => l.footprint.crossbars));
  return {
    ...common(preset, cycles),
    scenario: {
      hash: '0'.repeat(64),
      scope: 'chip',
      machine: { preset, rootClock_GHz: ROOT_CLOCK_GHZ },
      mapping: { scheme: 'dense', encoding: 'differential', layout: 'adjacent' },
      workload: { kind: 'network', model },
      assumptions: [{ path: 'machine.detector.planeCycles', value: 1, note: 'no source gives the scan rate' }],
    },
    windows: images * total(layers.map((l) => l.windows)),
    counts: addCounts(layers.map((l) => l.counts)),
    work: workOf(addCounts(layers.map((l) => l.counts))),
    time: meanTime(layers),
    resources: {},
    energy: energyOf(addCounts(layers.map((l) => l.counts))),
    footprint: footprint(crossbars),
    layers,
    chip: { ...chipOf(layers, images, cycles), ...options.chip },
    images: Array.from({ length: images }, (_, index) => ({
      index,
      cycles: cycles / images,
      start_cycle: (index * cycles) / images,
      end_cycle: ((index + 1) * cycles) / images,
      prediction: (index + (index < wrong ? 1 : 0)) % 10,
      label: index % 10,
    })),
  };
}

/** A plausible result of one PE: four crossbars, two pools of two ADCs. */
export function samplePeResult(): Result {
  const cycles = 10_000;
  const resources: Record<string, ResourceResult> = {};
  for (let i = 0; i < 4; i++) {
    const read = 5_000 + 100 * i;
    const ledger = { read, 'stall.adc': 3_000, 'stall.input': 500, idle: cycles - read - 3_500 };
    resources[`Pe[0].Crossbar[${i}]`] = { kind: 'crossbar', ledger, utilisation: read / cycles };
  }
  for (let pool = 0; pool < 2; pool++) {
    const wait = waits(40_000, 12 + pool, 60 + pool);
    const queue = (wait.mean * wait.count) / cycles;
    const ledger = { convert: 9_000, 'stall.shiftAdd': 500, idle: 500 };
    resources[`Pe[0].AdcPool[${pool}]`] = { kind: 'adcPool', ledger, utilisation: 0.9, wait, 'queue.mean': queue };
    for (let adc = 0; adc < 2; adc++) {
      const adcLedger = { convert: 8_000, 'stall.shiftAdd': 600, idle: 1_400 };
      resources[`Pe[0].AdcPool[${pool}].Adc[${adc}]`] = { kind: 'adc', ledger: adcLedger, utilisation: 0.8 };
    }
  }
  const counts = countsOf(total([5_000, 5_100, 5_200, 5_300]) / 13, 80_000, 64);
  return {
    ...common('ou-baseline', cycles),
    scenario: {
      hash: '1'.repeat(64),
      scope: 'pe',
      machine: { rootClock_GHz: ROOT_CLOCK_GHZ },
      mapping: { scheme: 'dense', encoding: 'differential', layout: 'adjacent' },
      workload: { kind: 'matrix', weightBits: 8, inputBits: 8 },
      assumptions: [],
    },
    windows: 64,
    outputs: [
      [1, -2, 3],
      [4, 5, -6],
    ],
    counts,
    work: workOf(counts),
    time: {
      reads: 5_150,
      adcWaiting: 3_000,
      indexDecoding: 0,
      detector: 0,
      pixels: 0,
      output: 0,
      transfer: 0,
      windowSharing: 500,
      finishedEarlier: 150,
      drain: 1_200,
      finished: 0,
      otherPasses: 0,
    },
    resources,
    energy: energyOf(counts),
    footprint: footprint(4),
  };
}

function common(preset: string, cycles: number) {
  return {
    schemaVersion: RESULT_SCHEMA_VERSION,
    cycles,
    seconds: cycles / (ROOT_CLOCK_GHZ * 1e9),
    area: { total_um2: 1.9e6, components: { adc: { instances: 1, each_um2: 1.9e6, area_um2: 1.9e6 } } },
    warnings: preset === 'isaac' ? ['a made-up warning'] : [],
  };
}

function layerResult(samples: readonly SampleLayer[], l: number, images: number, run: number): LayerResult {
  const sample = samples[l]!;
  const before = total(samples.slice(0, l).map(({ cycles }) => cycles));
  const end_cycle = run - run / images + before + sample.cycles;
  const of = samples[l - 1]?.name ?? 'input';
  const windows = sample.windows * images;
  const adcs = ledger(sample.adcs, run, { convert: sample.convert, 'stall.shiftAdd': sample.stallShiftAdd ?? 0 });
  const crossbars = ledger(sample.crossbars, run, {
    read: sample.read,
    'stall.adc': sample.stallAdc,
    'stall.input': sample.stallInput,
  });
  const conversions = adcs.cycles['convert']!;
  const wait = waits(conversions, sample.waitMean, sample.waitP99);
  const counts = countsOf(Math.round(conversions / 8), conversions, sample.windows * images);
  return {
    name: sample.name,
    op: sample.name.startsWith('fc') ? 'dense' : 'conv2d',
    windows: sample.windows,
    rows: 25,
    outputs: 16,
    footprint: footprint(sample.crossbars),
    spareCrossbars: 8 * Math.ceil(sample.crossbars / 8) - sample.crossbars,
    replicas: 1,
    tiles: [l],
    cycles: end_cycle - before,
    start_cycle: before,
    end_cycle,
    initiationInterval_cycles: windows < 2 ? null : (end_cycle - before - 90) / (windows - 1),
    latencyMean_cycles: 90,
    throughput_windowsPerSecond: 1e6,
    macs: 25 * 16 * sample.windows,
    achieved_TOPS: 0.01,
    waits: waitsOf(sample, of, run),
    buffers: [{ of, role: 'start', bytesPerPixel: 6, capacity_pixels: 40, least_pixels: 8, peak_pixels: 12 }],
    fetch: { bytes: 25, stages: null },
    counts,
    work: workOf(counts),
    time: timeOf(crossbars),
    crossbars,
    adcs,
    busiest: {
      crossbar: {
        path: `Chip.Tile[0].Pe[0].Crossbar[0]`,
        shares: {
          read: sample.busiestRead ?? sample.read,
          'stall.adc': sample.stallAdc,
          'stall.input': sample.stallInput,
        },
      },
      adcPool: {
        path: `Chip.Tile[0].Pe[0].AdcPool[0]`,
        shares: { convert: sample.convert, 'stall.shiftAdd': sample.stallShiftAdd ?? 0 },
      },
      shiftAdd: { path: 'Chip.Tile[0].Pe[0].AdcPool[0].ShiftAdd', shares: { lanes: sample.accept ?? 0 } },
    },
    adcUtilisation: conversions / (sample.adcs * run),
    wait,
    'queue.mean': (wait.mean * wait.count) / run,
    energy: energyOf(counts),
  };
}

/** No zero input, and no row left out: only what the detector saw in the bit-planes. */
function workOf({ ouOperations, skippedOperations }: Counts): Work {
  const all = ouOperations + skippedOperations;
  return { dense: all, uncompressed: all, rowCompressed: all, valueSkipped: all, performed: ouOperations };
}

/** The idle time is half of it behind the last read of the crossbar, half behind that of the layer; no detector. */
function timeOf({ instances, cycles }: ClassLedger): TimeBreakdown {
  const mean = (state: string) => cycles[state]! / instances;
  return {
    reads: mean('read'),
    adcWaiting: mean('stall.adc'),
    indexDecoding: 0,
    detector: 0,
    pixels: mean('stall.input'),
    output: 0,
    transfer: 0,
    windowSharing: 0,
    finishedEarlier: mean('idle') / 2,
    drain: 0,
    finished: mean('idle') / 2,
    otherPasses: 0,
  };
}

/** The mean over the crossbars of all layers. */
function meanTime(layers: readonly LayerResult[]): TimeBreakdown {
  const crossbars = total(layers.map(({ footprint }) => footprint.crossbars));
  const keys = Object.keys(layers[0]!.time) as (keyof TimeBreakdown)[];
  const mean = (key: keyof TimeBreakdown) =>
    total(layers.map(({ time, footprint }) => time[key] * footprint.crossbars)) / crossbars;
  return Object.fromEntries(keys.map((key) => [key, mean(key)])) as unknown as TimeBreakdown;
}

function waitsOf({ name, stallInput }: SampleLayer, of: string, run: number): StageWait[] {
  if (stallInput === 0) return [];
  return [
    { layer: name, state: 'fetch', cause: 'pixels', of, cycles: Math.round(stallInput * run), share: stallInput },
  ];
}

/** The layer with the most cycles sets the pace, by what it does most. */
function chipOf(layers: readonly LayerResult[], images: number, run: number): ChipResult {
  const perImage = run / images;
  const slowest = layers.reduce((a, b) => (b.cycles > a.cycles ? b : a));
  const { crossbar, adcPool, shiftAdd } = slowest.busiest;
  const limits = [
    { resource: 'crossbar', path: crossbar.path, resourceShare: crossbar.shares['read']! },
    { resource: 'adc', path: adcPool.path, resourceShare: adcPool.shares['convert']! },
    { resource: 'shiftAdd', path: shiftAdd.path, resourceShare: shiftAdd.shares['lanes']! },
  ];
  const limit = limits.reduce((a, b) => (b.resourceShare > a.resourceShare ? b : a));
  const macs = total(layers.map((l) => l.macs));
  const achieved_TOPS = (2 * macs * images) / (run / ROOT_CLOCK_GHZ) / 1e3;
  return {
    pipeline: 'layer-barrier',
    schedule: 'contended',
    synthetic: null,
    chips: 1,
    tilesPerChip: 16,
    tilesUsed: layers.length,
    mesh: { columns: 2, rows: 2, tilesPerRouter: 4 },
    passes: [{ layers: layers.map(({ name }) => name), programming_cycles: 0, start_cycle: 0, cycles: run }],
    images,
    latency_cycles: perImage,
    latencyMean_cycles: perImage,
    latencyMax_cycles: perImage,
    initiationInterval_cycles: images < 2 ? null : perImage,
    throughput_imagesPerSecond: (ROOT_CLOCK_GHZ * 1e9) / perImage,
    macs,
    achieved_TOPS,
    power_mW: 12.5,
    TOPSperW: 0.5,
    peak: { TOPS: 8, power_mW: 5_000, TOPSperW: 1.6, share: achieved_TOPS / 8 },
    utilisation: { crossbars: { instances: 4, mean: 0.4, busiest: crossbar.path, max: 0.5 } },
    stages: [
      {
        ...{ name: 'input', op: 'source', kind: 'source', windows: 784, replicas: 1, pass: 0, tiles: [] },
        ...{ start_cycle: 0, end_cycle: run - perImage, fetch: {} },
        images: spans(images, perImage, 0, perImage / 10),
        send: {
          activate: 0,
          send: run / 10,
          'stall.pixels': 0,
          'stall.space': run / 2,
          idle: run - run / 10 - run / 2,
        },
      },
      ...layers.map(({ name, op, windows, start_cycle, end_cycle, tiles, waits }) => {
        const waiting = total(waits.map(({ cycles }) => cycles));
        const busy = { fetch: 10, 'stall.pixels': waiting, 'stall.output': 5, 'stall.pe': 3, 'stall.server': 2 };
        return {
          ...{ name, op, kind: 'matrix', windows, replicas: 1, pass: 0, tiles, start_cycle, end_cycle },
          images: spans(images, perImage, start_cycle, end_cycle - (images - 1) * perImage),
          fetch: { ...busy, idle: run - 20 - waiting },
          send: { activate: 8, send: 2, 'stall.pixels': 0, 'stall.space': 0, idle: run - 10 },
        };
      }),
    ],
    waits: layers.flatMap(({ waits }) => waits),
    bottleneck: {
      layer: slowest.name,
      activity: 'process',
      share: 0.9,
      ...limit,
      shares: Object.fromEntries(limits.map(({ resource, resourceShare }) => [resource, resourceShare])),
    },
    edram: { capacity_bytes: 65_536, fullest: 'Chip.Tile[0].Edram', peak_bytes: 72, keptElsewhere_bytes: 0 },
    floorPlan: layers.map(({ name, footprint: of }, tile) => ({
      ...{ tile, chip: 0, x: Math.floor(tile / 4) % 2, y: Math.floor(tile / 8) },
      parts: [
        {
          ...{ layer: name, replica: 0, pass: 0, pes: of.pes, crossbars: of.crossbars },
          ...{ buffer_bytes: 240, bufferPeak_bytes: 72 },
        },
      ],
    })),
    traffic_byteHops: 1_234,
    conservation: { pixelsWritten: 100, pixelsFreed: 100, packetsInjected: 40, packetsDelivered: 40 },
    notes: [],
  };
}

function spans(images: number, perImage: number, start: number, end: number) {
  return Array.from({ length: images }, (_, i) => ({
    start_cycle: start + i * perImage,
    end_cycle: end + i * perImage,
  }));
}

/** A ledger whose states take these shares of the time, in whole cycles, and whose rest is idle. */
function ledger(instances: number, cycles: number, shares: Record<string, number>): ClassLedger {
  const time = instances * cycles;
  const states = Object.entries(shares).map(([state, share]) => [state, Math.round(share * time)] as const);
  const idle = time - total(states.map(([, spent]) => spent));
  if (idle < 0) throw new Error(`sample ledger: the shares ${JSON.stringify(shares)} exceed 1`);
  return { instances, cycles: { ...Object.fromEntries(states), idle } };
}

function waits(count: number, mean: number, p99: number): WaitStatistics {
  return { count, mean, p50: Math.round(mean), p95: Math.round(p99 * 0.8), p99, max: p99 * 2 };
}

function countsOf(ouOperations: number, adcConversions: number, inputLoads: number): Counts {
  return {
    ouOperations: Math.round(ouOperations),
    skippedOperations: 0,
    adcConversions,
    saturatedCodes: 0,
    shiftAdds: adcConversions,
    inputLoads,
    wordlineDrives: 5 * Math.round(ouOperations),
    cellReads: 72 * Math.round(ouOperations),
  };
}

function addCounts(all: readonly Counts[]): Counts {
  const keys = Object.keys(all[0]!) as (keyof Counts)[];
  return Object.fromEntries(keys.map((key) => [key, total(all.map((counts) => counts[key]))])) as unknown as Counts;
}

function energyOf(counts: Counts): Energy {
  const actions = {
    'adc.conversion': priced(counts.adcConversions, 0.5),
    'crossbar.read': priced(counts.ouOperations, 1.25),
  };
  return { total_pJ: actions['adc.conversion'].energy_pJ + actions['crossbar.read'].energy_pJ, actions };
}

function priced(count: number, price_pJ: number) {
  return { count, price_pJ, energy_pJ: count * price_pJ };
}

function footprint(crossbars: number) {
  const cells = crossbars * 128 * 128;
  return { pes: Math.ceil(crossbars / 8), crossbars, cellsUsed: cells / 2, cells, indexBits: 0 };
}

function total(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0);
}
