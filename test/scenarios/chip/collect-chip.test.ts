import { describe, expect, test } from 'vitest';
import type { PartStatistics, ServerUse, TileStatistics } from '../../../components/chip-statistics.js';
import type { MachineConfig } from '../../../components/machine.js';
import type { Pipeline } from '../../../components/pipeline.js';
import type { ChipProgram } from '../../../mapping/chip-program.js';
import { chipBottleneck } from '../../../scenarios/chip/chip-bottleneck.js';
import { type ChipPass, type CollectedLayer, collectChip } from '../../../scenarios/chip/collect-chip.js';
import { partDemands } from '../../../scenarios/chip/part-demand.js';
import { placedStages, timedPasses } from '../../../scenarios/chip/placed-stage.js';
import type { ExecutionConfig } from '../../../scenarios/execution.js';
import { extend } from '../../../scenarios/extend.js';
import type { MappingConfig } from '../../../scenarios/mapping-parameters.js';
import { resultToJson } from '../../../sim/results/write.js';
import { smallLayers, smallMachine, smallPass } from './small-chip.js';

const mapping: MappingConfig = {
  scheme: 'dense',
  encoding: 'offset',
  layout: 'adjacent',
  quantisation: 'network',
  weightBits: 0,
  activationBits: 0,
  accuracyBudget_percent: 1,
  parameters: {},
};

const execution = (pipeline: Pipeline): ExecutionConfig => ({
  pipeline,
  replication: 'none',
  replicas: {},
  crossbarBudget: 0,
  placement: 'in-order',
  overflow: 'chips',
});

function collect(
  machine: MachineConfig,
  passes: readonly ChipPass[],
  images: number,
  layers: readonly CollectedLayer[] = smallLayers(),
) {
  return collectChip({
    machine,
    mapping,
    execution: execution('window'),
    passes,
    layers,
    images: Array.from({ length: images }, (_, index) => ({ index: 5 + index, prediction: 1, label: index })),
    synthetic: false,
  });
}

function run(change: (machine: MachineConfig) => void = () => {}, images = 3) {
  const machine = extend(smallMachine(), (draft) => change(draft as MachineConfig));
  return collect(machine, [smallPass(machine, images)], images);
}

const sum = (values: Iterable<number>) => [...values].reduce((total, value) => total + value, 0);
const toStatic = ({ tile }: MachineConfig) => Object.assign(tile, { schedule: 'static', stageCycles: 20 });

describe.each([
  ['contended', () => {}],
  ['static', toStatic],
] as const)('a network of two matrix layers and a pooling layer, %s', (schedule, change) => {
  const result = run(change);
  const chip = result.chip!;
  const layers = result.layers!;

  test('every ledger of a resource sums to the run, those of a stage to its parts', () => {
    for (const [path, { ledger }] of Object.entries(result.resources)) {
      expect(sum(Object.values(ledger)), path).toBe(result.cycles);
    }
    // Parts that fetch, and homes: the source sends only; the upper part of f1 is home of nothing.
    const parts = { input: [0, 1], c1: [2, 2], p1: [1, 1], f1: [2, 1] };
    for (const { name, fetch, send } of chip.stages) {
      const [fetching, sending] = parts[name as keyof typeof parts];
      expect(sum(Object.values(fetch)), name).toBe(fetching! * result.cycles);
      expect(sum(Object.values(send)), name).toBe(sending! * result.cycles);
    }
  });

  test('paths are those of tiles and PEs', () => {
    const pes = Object.keys(result.resources).filter((path) => path.endsWith('.InputRegister'));
    expect(pes).toEqual([
      'Chip.Tile[0].Pe[0].InputRegister',
      'Chip.Tile[1].Pe[0].InputRegister',
      'Chip.Tile[1].Pe[1].InputRegister',
      'Chip.Tile[2].Pe[0].InputRegister',
    ]);
    const kinds = new Set(Object.values(result.resources).map(({ kind }) => kind));
    for (const kind of ['edramBank', 'bus', 'link', 'port']) expect(kinds.has(kind)).toBe(schedule === 'contended');
  });

  test('the stall matrix holds the stalls of the ledgers', () => {
    for (const { name, fetch, send } of chip.stages) {
      const waits = chip.waits.filter(({ layer }) => layer === name);
      for (const [state, ledger] of Object.entries({ fetch, send })) {
        for (const cause of ['pixels', 'output', 'pe', 'server', 'space']) {
          const booked = waits.filter((wait) => wait.state === state && wait.cause === cause);
          expect(sum(booked.map(({ cycles }) => cycles))).toBe(ledger[`stall.${cause}`] ?? 0);
        }
      }
    }
    expect(layers.flatMap(({ waits }) => waits)).toEqual(
      chip.waits.filter(({ layer }) => layer === 'c1' || layer === 'f1'),
    );
  });

  test('the parts of the time of each layer, and of their mean over the crossbars, sum to the run', () => {
    for (const { time } of [...layers, result]) expect(sum(Object.values(time))).toBeCloseTo(result.cycles, 6);
    const [c1, f1] = layers;
    // Both have 4 crossbars: c1 2 in each of 2 replicas, f1 4.
    for (const key of Object.keys(result.time) as (keyof typeof result.time)[]) {
      expect(result.time[key]).toBeCloseTo((c1!.time[key] + f1!.time[key]) / 2, 9);
    }
    expect(c1!.time.drain).toBe(0);
  });

  test('counts, footprint and work', () => {
    // c1: 16 windows x 4 planes on 2 crossbars, each 1 batch of 4 rows x 2 groups of 8 of its 16 bitlines.
    // f1: 1 window x 4 planes; rows 16 = 4 batches; outputs 4 + 2, 16 and 8 bitlines: 2 + 1 groups; 2 row blocks.
    expect(layers.map(({ counts }) => counts.ouOperations)).toEqual([3 * 16 * 4 * 4, 3 * 4 * 4 * 3 * 2]);
    expect(result.counts.ouOperations).toBe(sum(layers.map(({ counts }) => counts.ouOperations)));
    expect(layers.map(({ counts }) => counts.saturatedCodes)).toEqual([0, 3]);
    // A window of c1 goes into the PE of its replica, one of f1 into both of its PEs.
    expect(layers.map(({ counts }) => counts.inputLoads)).toEqual([48, 6]);
    expect(layers.map(({ work }) => work.dense)).toEqual([3 * 16 * 16, 3 * 96]);
    expect(layers.map(({ footprint }) => [footprint.pes, footprint.crossbars])).toEqual([
      [2, 4],
      [2, 4],
    ]);
    expect(result.footprint).toMatchObject({ pes: 4, crossbars: 8 });
    expect(result.windows).toBe(3 * 17);
    expect(layers.map(({ macs }) => macs)).toEqual([16 * 4 * 8, 32 * 6]);
    expect(chip.macs).toBe(512 + 192);
  });

  test('what the parts of a tile ask for is what its servers did', () => {
    const machine = extend(smallMachine(), (draft) => change(draft as MachineConfig));
    const { passes } = timedPasses([smallPass(machine, 3)]);
    const stages = placedStages(passes);
    const demands = partDemands(stages, machine);
    for (const tile of passes[0]!.statistics.tiles) {
      const own = stages.flatMap(({ parts }) => parts).filter(({ part }) => part.tile === tile.tile);
      const asked = (key: 'bank' | 'bus' | 'shiftAdd' | 'activation' | 'pooling') =>
        sum(own.map((part) => demands.get(part)![key]));
      expect(asked('bank')).toBe(sum(tile.banks.map(({ busy }) => busy)));
      for (const key of ['bus', 'shiftAdd', 'activation', 'pooling'] as const) {
        expect(asked(key), `${key} of tile ${tile.tile}`).toBe(tile[key].busy);
      }
    }
  });

  test('energy and power: what the PEs did, and what is around them', () => {
    const actions = result.energy.actions;
    // Pixels of 2 bytes into 2 replicas of c1, of 4 into p1, of 4 into both parts of f1.
    expect(actions['edram.byteWrite']!.count).toBe(3 * (16 * (2 + 2) + 16 * 4 + 4 * (4 + 4)));
    // Fetches of 2 bytes, of 16, of 8 in both parts.
    expect(actions['edram.byteRead']!.count).toBe(3 * (16 * 2 + 4 * 16 + 8 + 8));
    expect(actions['activation.value']!.count).toBe(3 * (16 * 8 + 6));
    expect(actions['pooling.value']!.count).toBe(3 * 4 * 32);
    // 3 tiles, 2 at a router.
    expect(actions['router.staticCycle']!.count).toBe(1.5 * result.cycles);
    expect(chip.power_mW).toBeCloseTo((result.energy.total_pJ / result.cycles) * 2, 12);
    expect(chip.TOPSperW).toBeCloseTo((2 * 704 * 3) / result.energy.total_pJ, 12);
    expect(chip.achieved_TOPS).toBeCloseTo((2 * 704 * 3) / (result.cycles / 2e9) / 1e12, 12);
    expect(result.area.components['edram']!.instances).toBe(3);
  });

  test('images: latency, interval, throughput', () => {
    const images = result.images!;
    expect(images.map(({ index, label }) => [index, label])).toEqual([
      [5, 0],
      [6, 1],
      [7, 2],
    ]);
    for (const { cycles, start_cycle, end_cycle } of images) expect(cycles).toBe(end_cycle - start_cycle);
    expect(chip.latency_cycles).toBe(images[0]!.end_cycle);
    expect(chip.latencyMean_cycles).toBeCloseTo(sum(images.map(({ cycles }) => cycles)) / 3, 9);
    expect(chip.initiationInterval_cycles).toBe((images[2]!.end_cycle - images[0]!.end_cycle) / 2);
    expect(chip.throughput_imagesPerSecond).toBeCloseTo(2e9 / chip.initiationInterval_cycles!, 3);
    expect(Math.max(...images.map(({ end_cycle }) => end_cycle))).toBeLessThanOrEqual(result.cycles);
  });

  test('stages: from the first fetch to the last sending, of each image; they overlap', () => {
    for (const { name, start_cycle, end_cycle, images } of chip.stages) {
      expect(images, name).toHaveLength(3);
      expect(images[0]!.start_cycle).toBe(start_cycle);
      expect(images[2]!.end_cycle).toBe(end_cycle);
    }
    const [, c1, , f1] = chip.stages;
    expect(c1!.images[1]!.start_cycle).toBeLessThan(f1!.images[0]!.end_cycle);
    expect(layers.map(({ start_cycle }) => start_cycle)).toEqual([c1!.start_cycle, f1!.start_cycle]);
  });

  test('the floor plan: what stands on which tile, two tiles at a router', () => {
    expect(chip.floorPlan.map(({ tile, x, y }) => [tile, x, y])).toEqual([
      [0, 0, 0],
      [1, 0, 0],
      [2, 1, 0],
    ]);
    expect(chip.floorPlan.map(({ parts }) => parts.map(({ layer, crossbars }) => [layer, crossbars]))).toEqual([
      [
        ['c1', 2],
        ['p1', 0],
      ],
      [
        ['c1', 2],
        ['f1', 2],
      ],
      [['f1', 2]],
    ]);
    // c1: 8 pixels of 2 bytes; p1: 12 of 4.
    expect(chip.floorPlan[0]!.parts.map(({ buffer_bytes }) => buffer_bytes)).toEqual([16, 48]);
  });

  test('traffic: bytes times the links between the two routers', () => {
    // Only tile 2 is at the other router; the port is at the first. Per image: 4 pixels of 4 bytes from p1 to the lower
    // part of f1, the 6 sums of its upper part, and 6 bytes of outputs.
    expect(chip.traffic_byteHops).toBe(3 * (4 * 4 + 6 * 4 + 6));
  });

  test('conservation: pixels are counted at each buffer', () => {
    expect(chip.conservation).toMatchObject({ pixelsWritten: 3 * (16 * 2 + 16 + 4 * 2), pixelsFreed: 3 * 56 });
    expect(chip.conservation.packetsInjected).toBe(chip.conservation.packetsDelivered);
  });
});

test('a layer of one window has no interval; of several its mean distance', () => {
  const [c1, f1] = run(() => {}, 1).layers!;
  expect(f1!.initiationInterval_cycles).toBeNull();
  // 16 windows; the first was sent by the homes of replica 0.
  expect(c1!.initiationInterval_cycles).toBeLessThanOrEqual((c1!.cycles - 1) / 15);
  expect(c1!.initiationInterval_cycles).toBeGreaterThan(0);
  expect(run(() => {}, 1).chip!.initiationInterval_cycles).toBeNull();
});

test('the same in every granularity and order of events, byte for byte', () => {
  const machine = smallMachine();
  const text = (granularity: 'fast' | 'booked' | 'sampled') => {
    const result = collect(machine, [smallPass(machine, 2, 'window', granularity)], 2);
    return resultToJson({ ...result, schemaVersion: 1, seconds: 0, scenario: {} as never });
  };
  expect(text('booked')).toBe(text('fast'));
  expect(text('sampled')).toBe(text('fast'));
});

describe('the bottleneck of runs', () => {
  const cases: [string, (machine: MachineConfig) => void, string][] = [
    ['slow reads', ({ crossbar }) => (crossbar.readCycles = 200), 'crossbar'],
    ['slow conversions', ({ adc }) => (adc.conversionCycles = 20), 'adc'],
    [
      'one lane for many ADCs',
      ({ shiftAdd, adc }) => {
        shiftAdd.lanes = 1;
        adc.perPool = 8;
      },
      'shiftAdd',
    ],
    ['a slow scan', ({ detector }) => Object.assign(detector, { kind: 'group', planeCycles: 300 }), 'detector'],
  ];
  test.each(cases)('%s: c1, which has most windows', (_name, change, resource) => {
    expect(run(change).chip!.bottleneck).toMatchObject({ layer: 'c1', activity: 'process', resource });
  });

  test('slow pooling: the pooling layer, where everything else is fast', () => {
    const fast = (valuesPerCycle: number) =>
      run((machine) => {
        machine.pooling.valuesPerCycle = valuesPerCycle;
        machine.crossbar.readCycles = 1;
        machine.adc.perPool = 16;
        machine.shiftAdd.lanes = 16;
        for (const register of ['inputRegister', 'outputRegister', 'tileOutputRegister'] as const) {
          machine[register].windows = 4;
        }
        machine.activation.valuesPerCycle = 8;
      }, 8).chip!.bottleneck;
    // A window of p1 has 32 values, four an image; c1 has 8 windows a replica of 4 planes x 2 operations x 1 cycle.
    expect(fast(1)).toMatchObject({ layer: 'p1', activity: 'pool', resource: 'pooling', path: 'Chip.Tile[0].Pooling' });
    expect(fast(32).layer).toBe('c1');
  });
});

describe('the bottleneck of statistics by hand, of a run of 1000 cycles', () => {
  const machine = smallMachine();
  const pass = smallPass(machine, 1);

  /** Every part has done next to nothing; `change` says what the part with this index did. */
  function bottleneckOf(
    index: number,
    change: Partial<PartStatistics>,
    tile: Partial<TileStatistics> = {},
    on = machine,
  ) {
    const use = (busy: number): ServerUse => ({ busy, requests: 1, wait: 0, waitMax: 0 });
    const parts = pass.statistics.parts.map((part, i): PartStatistics => {
      const quiet = { ...part, fetch: 1, stallServer: 0, activate: 1, send: 1, pes: [] };
      return i === index ? { ...quiet, ...change } : quiet;
    });
    const tiles = [0, 1, 2].map((number): TileStatistics => {
      const idle = { banks: [use(1), use(1)], bus: use(1), shiftAdd: use(1), activation: use(1), pooling: use(1) };
      return { tile: number, ...idle, ...tile };
    });
    const program: ChipProgram = {
      ...pass.program,
      stages: pass.program.stages.map((stage) => ({
        ...stage,
        replicas: stage.replicas.map(({ parts: of }) => ({ parts: of.map((part) => ({ ...part, pes: [] })) })),
      })),
    };
    const { passes } = timedPasses([{ ...pass, program, statistics: { ...pass.statistics, parts, tiles } }]);
    const stages = placedStages(passes);
    return chipBottleneck(stages, partDemands(stages, on), on, 1000);
  }
  const busy = (cycles: number): ServerUse => ({ busy: cycles, requests: 1, wait: 0, waitMax: 0 });

  test('a part that always fetches: by the busier of its bank and its bus', () => {
    const fetching = { fetch: 600, stallServer: 350 };
    // Part 3 is p1, the second part on tile 0: bank 1.
    const banks = [busy(10), busy(940)];
    expect(bottleneckOf(3, fetching, { banks, bus: busy(500) })).toMatchObject({
      ...{ layer: 'p1', activity: 'fetch', share: 0.95 },
      ...{ resource: 'bank', path: 'Chip.Tile[0].Edram.Bank[1]', resourceShare: 0.94 },
    });
    expect(bottleneckOf(4, fetching, { banks, bus: busy(970) })).toMatchObject({
      ...{ layer: 'f1', activity: 'fetch', resource: 'bus', path: 'Chip.Tile[1].Bus', resourceShare: 0.97 },
    });
  });

  test('a part that always sends: by activation or network, whichever takes longer', () => {
    expect(bottleneckOf(2, { activate: 700, send: 200 }, { activation: busy(650) })).toMatchObject({
      ...{ layer: 'c1', activity: 'send', share: 0.9, resource: 'activation', resourceShare: 0.65 },
    });
    expect(bottleneckOf(2, { activate: 200, send: 700 })).toMatchObject({
      ...{ layer: 'c1', activity: 'send', share: 0.9, resource: 'network', path: 'Chip.Tile[1].Part[2].Home' },
    });
  });

  test('with a static schedule it is the schedule', () => {
    const scheduled = extend(machine, (draft) => void Object.assign(draft.tile, { schedule: 'static' }));
    expect(bottleneckOf(1, { fetch: 980 }, {}, scheduled)).toMatchObject({
      ...{ layer: 'c1', activity: 'fetch', resource: 'schedule', path: 'Chip.Tile[0].Part[1].Fetch' },
    });
  });

  test('waiting for pixels, and for room elsewhere, is no work', () => {
    const waiting = { stallPixels: Float64Array.of(990), stallOutput: 0, stallSpace: Float64Array.of(990) };
    expect(bottleneckOf(3, { ...waiting, fetch: 5 }).share).toBeLessThan(0.2);
    expect(bottleneckOf(3, { ...waiting, fetch: 5 }).activity).toBe('pool');
  });
});

describe('a static schedule promises what it is given', () => {
  test('fetches of more bytes than a stage can move are a warning with the stages that they take', () => {
    const slow = (machine: MachineConfig) => {
      Object.assign(machine.tile, { schedule: 'static', stageCycles: 3 });
      machine.edram.bytesPerCycle = 1;
    };
    const { warnings, layers } = run(slow);
    // 2 bytes of c1 take 2 cycles; 8 of f1 take 8, three stages.
    expect(layers!.map(({ fetch }) => fetch)).toEqual([
      { bytes: 2, stages: 1 },
      { bytes: 8, stages: 3 },
    ]);
    expect(warnings.filter((warning) => /one stage of 3 cycles/.test(warning))).toEqual([
      expect.stringMatching(/could not move the bytes of f1 \(8 bytes, 3 stages\) in it$/),
    ]);
  });

  test('a component that is asked for more than the run has cycles for', () => {
    const { warnings, chip, cycles } = run((machine) => {
      Object.assign(machine.tile, { schedule: 'static', stageCycles: 1 });
      Object.assign(machine.edram, { bytesPerCycle: 1, banks: 1 });
      machine.crossbar.readCycles = 1;
      machine.adc.perPool = 16;
      machine.shiftAdd.lanes = 16;
    });
    // On tile 0, per image: 16 pixels of 2 bytes into c1, 8 of its windows of 2 bytes; 16 pixels of 4 bytes into p1, 4 of
    // its windows of 16 bytes.
    const demand = 3 * (16 * 2 + 8 * 2 + 16 * 4 + 4 * 16);
    expect(chip!.utilisation['banks']!.max).toBeCloseTo(demand / cycles, 12);
    expect(demand).toBeGreaterThan(cycles);
    const expected = `Chip.Tile[0].Edram.Bank[0] would have to do ${(demand / cycles).toFixed(2)} times what it can`;
    expect(warnings.some((warning) => warning.includes(expected))).toBe(true);
  });

  test('contended: no warning', () => {
    expect(run().warnings.filter((warning) => warning.includes('static'))).toEqual([]);
  });
});

describe('several passes', () => {
  const renamed = (program: ChipProgram): ChipProgram => ({
    ...program,
    stages: program.stages.map((stage) => (stage.kind === 'source' ? stage : { ...stage, name: `${stage.name}b` })),
  });
  const machine = smallMachine();
  const first = smallPass(machine, 2);
  const second = { ...first, program: renamed(first.program), programmingCycles: 500, cellWrites: 2048 };
  const layers = smallLayers();
  const both = [
    ...layers,
    ...layers.map(({ layer, ...more }) => ({
      ...more,
      layer: Object.assign(Object.create(layer), { name: `${layer.name}b` }),
    })),
  ];
  const result = collect(machine, [first, second], 2, both);
  const alone = collect(machine, [first], 2);

  test('follow one another, with programming in between', () => {
    expect(result.cycles).toBe(2 * alone.cycles + 500);
    expect(result.chip!.passes).toEqual([
      { layers: ['c1', 'f1'], programming_cycles: 0, start_cycle: 0, cycles: alone.cycles },
      { layers: ['c1b', 'f1b'], programming_cycles: 500, start_cycle: alone.cycles + 500, cycles: alone.cycles },
    ]);
    expect(result.energy.actions['crossbar.cellWrite']!.count).toBe(2048);
    // Images begin in the first pass and end in the second; there is no interval, the batch goes through together.
    expect(result.images![1]!.end_cycle).toBe(alone.cycles + 500 + alone.images![1]!.end_cycle);
    expect(result.images![1]!.start_cycle).toBe(alone.images![1]!.start_cycle);
    expect(result.chip!.initiationInterval_cycles).toBeNull();
    expect(result.chip!.throughput_imagesPerSecond).toBeCloseTo((2 * 2e9) / result.cycles, 3);
  });

  test('the time of a layer has the other pass as a part of its own', () => {
    for (const { time } of result.layers!) {
      expect(time.otherPasses).toBe(alone.cycles + 500);
      expect(sum(Object.values(time))).toBeCloseTo(result.cycles, 6);
    }
  });

  test('PEs are one resource in both passes, parts are not', () => {
    const crossbar = 'Chip.Tile[0].Pe[0].Crossbar[0]';
    const reads = (of: typeof result) => of.resources[crossbar]!.ledger['read'];
    expect(reads(result)).toBe(2 * reads(alone)!);
    for (const { ledger } of Object.values(result.resources)) expect(sum(Object.values(ledger))).toBe(result.cycles);
    const fetches = Object.values(result.resources).filter(({ kind }) => kind === 'fetch');
    expect(fetches.map(({ layer }) => layer)).toEqual([
      'c1',
      'c1',
      'p1',
      'f1',
      'f1',
      'c1b',
      'c1b',
      'p1b',
      'f1b',
      'f1b',
    ]);
  });
});

test('a network on many crossbars lists the busiest PE of each layer, and says so', () => {
  // 4 PEs of 2048 crossbars.
  const { resources, chip } = run(({ pe }) => (pe.crossbars = 2048), 1);
  // Without a number: PEs have spare crossbars, and the count of those in use is told elsewhere.
  expect(chip!.notes).toEqual([expect.stringMatching(/^resources: \D* only the one that reads most is listed$/)]);
  const registers = Object.keys(resources).filter((path) => path.endsWith('.InputRegister'));
  expect(registers).toEqual(['Chip.Tile[0].Pe[0].InputRegister', 'Chip.Tile[1].Pe[1].InputRegister']);
  expect(resources['Chip.Tile[2].Bus']!.kind).toBe('bus');
});

test('whole maps that do not fit into the eDRAM are kept elsewhere, and a note says how much', () => {
  const machine = extend(smallMachine(), ({ edram }) => void Object.assign(edram, { bytes: 40 }));
  const { chip, layers } = collect(machine, [smallPass(machine, 1, 'image')], 1);
  // Tile 0: 16 pixels of 2 bytes of c1 and 16 of 4 bytes of p1. Tile 1: the second replica of c1 has no need of the first
  // pixel, 15 x 2 bytes; f1 4 pixels of 4 bytes. Tile 2: 16 bytes.
  expect(chip!.edram).toEqual({
    capacity_bytes: 40,
    fullest: 'Chip.Tile[0].Edram',
    peak_bytes: 32 + 64,
    keptElsewhere_bytes: 96 - 40 + (30 + 16 - 40),
  });
  expect(chip!.floorPlan[0]!.parts[0]!.buffer_bytes).toBeNull();
  expect(layers![0]!.buffers[0]).toMatchObject({ of: 'input', capacity_pixels: null, peak_pixels: 16 });
  expect(chip!.notes).toEqual([
    expect.stringMatching(/keeps whole maps, 62 bytes more than tiles of 40 bytes hold; .* at no cost$/),
  ]);
});

test('a layer without a stage, and pixels that were lost, are errors', () => {
  const machine = smallMachine();
  const pass = smallPass(machine, 1);
  const stranger = smallLayers().map((layer) => ({
    ...layer,
    layer: Object.assign(Object.create(layer.layer), { name: 'c9' }),
  }));
  expect(() => collect(machine, [pass], 1, stranger)).toThrow(/layer "c9": got no matrix stage/);
  const [, c1, ...others] = pass.statistics.parts;
  const lost = [pass.statistics.parts[0]!, { ...c1!, pixelsFreed: Float64Array.of(15) }, ...others];
  const broken = { ...pass, statistics: { ...pass.statistics, parts: lost } };
  expect(() => collect(machine, [broken], 1)).toThrow(/pixels or packets were lost/);
});
