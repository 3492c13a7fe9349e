import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { runChip, type StageSource } from '../components/chip-simulation.js';
import { defaultMachine, type MachineConfig } from '../components/machine.js';
import type { Granularity } from '../components/pe.js';
import type { ChipProgram, MatrixStage, Part, Stage } from '../mapping/chip-program.js';
import { compileDense } from '../mapping/dense.js';
import { leastPixels } from '../mapping/floor-plan/least-pixels.js';
import { DeadlockError } from '../sim/kernel-error.js';
import { arbitraryChip, isSmall } from './naive/arbitrary-chip.js';
import { type Comparable, comparable, comparableNaive } from './naive/chip-comparison.js';
import { type NaiveChipResult, runNaiveChip } from './naive/chip-machine.js';
import type { NaiveChipMachine, NaiveChipScenario } from './naive/chip-scenario.js';
import { Link } from './naive/chip-servers.js';

/**
 * The naive chip is the judge of the real one. It is judged here itself by times worked out on paper from the text of "The
 * chip" (docs/timing-model.md); then the real one has to agree with it on random small chips.
 */

const SEED = 20261121;

// ---- A chain of stages of one part each, for what is worked out by hand ----

/** Every duration 1 and every register for one window, where nothing else is said. */
const smallest: NaiveChipMachine = {
  pe: { crossbars: 1 },
  crossbar: { wordlines: 4, bitlines: 4, bitsPerCell: 1, readCycles: 1 },
  ou: { wordlines: 4, bitlines: 4 },
  sampleHold: { banks: 1 },
  adc: { bits: 8, perPool: 1, sharedBy: 1, conversionCycles: 1 },
  shiftAdd: { lanes: 1, latencyCycles: 0 },
  detector: { kind: 'none', planeCycles: 0 },
  indexDecoder: { kind: 'none', operationCycles: 0 },
  inputRegister: { windows: 1 },
  input: { bitsPerPlane: 1 },
  outputRegister: { windows: 1 },
  chip: { columns: 2, rows: 1 },
  tile: { schedule: 'contended', stageCycles: 1 },
  edram: { banks: 1, bytesPerCycle: 1 },
  bus: { bytesPerCycle: 1 },
  tileShiftAdd: { addsPerCycle: 1 },
  activation: { valuesPerCycle: 1 },
  pooling: { valuesPerCycle: 1 },
  tileOutputRegister: { windows: 1 },
  router: { tiles: 1, flitBytes: 1, flitCycles: 1, hopCycles: 1, bufferPackets: 1 },
  offChip: { bytesPerCycle: 1, flitCycles: 1 },
};

type Changes = { [Section in keyof NaiveChipMachine]?: Partial<NaiveChipMachine[Section]> };

function machineWith(changes: Changes): NaiveChipMachine {
  const sections = Object.entries(smallest).map(([key, section]) => [
    key,
    { ...section, ...changes[key as keyof NaiveChipMachine] },
  ]);
  return Object.fromEntries(sections) as NaiveChipMachine;
}

/** A matrix layer with one part: weights of 1 bit that are all -1, so that a weight is one cell. */
interface Layer {
  tile: number;
  rows: number;
  outputs: number;
  inputBits: number;
  fetchBytes: number;
  /** Inputs: where they come from, and which pixels each window needs. */
  inputs: { producer: number; role: 'start' | 'finish'; needs: number[]; keeps: number[]; capacity: number }[];
}

/** One image of `pixels` pixels of `bytes` bytes through layers; one that nobody reads sends its outputs to the port. */
function layersOf(
  machine: NaiveChipMachine,
  image: { pixels: number; bytes: number },
  layers: Layer[],
): NaiveChipScenario {
  const bytesOf = (stage: number) => (stage === 0 ? image.bytes : layers[stage - 1].outputs);
  const destinationsOf = (producer: number): Part['destinations'] => {
    const bytes = bytesOf(producer);
    const to = layers.flatMap(({ inputs }, i) =>
      inputs.flatMap((input, number) =>
        input.producer === producer
          ? [{ kind: 'buffer' as const, stage: i + 1, replica: 0, part: 0, input: number, bytes }]
          : [],
      ),
    );
    return to.length > 0 ? to : [{ kind: 'port', bytes }];
  };
  const none = { fetchBytes: 0, buffers: [], sumsTo: [0], vectorValues: 0, pes: [] };
  const source: Stage = {
    kind: 'source',
    index: 0,
    name: 'input',
    op: 'source',
    windows: image.pixels,
    replicas: [{ parts: [{ ...none, index: 0, tile: -1, homeValues: image.bytes, destinations: destinationsOf(0) }] }],
  };
  const stages = layers.map((layer, i): MatrixStage => {
    const { rows, outputs, inputBits } = layer;
    const program = compileDense({
      rows,
      outputs,
      inputBits,
      weights: new Int32Array(rows * outputs).fill(-1),
      weightBits: 1,
      bitsPerPlane: 1,
      encoding: 'twos-complement',
      layout: 'adjacent',
      crossbar: machine.crossbar,
      ou: machine.ou,
    });
    const part: Part = {
      ...none,
      index: i + 1,
      tile: layer.tile,
      pes: [{ pe: i, crossbars: { first: 0, count: 1 }, sums: outputs, inputBytesPerWindow: rows }],
      fetchBytes: layer.fetchBytes,
      buffers: layer.inputs.map(({ producer, role, capacity }) => ({
        bytesPerPixel: bytesOf(producer),
        capacity,
        least: 1,
        shares: [1],
        finishBytes: role === 'finish' ? outputs : 0,
      })),
      homeValues: outputs,
      destinations: destinationsOf(i + 1),
    };
    return {
      kind: 'matrix',
      index: i + 1,
      name: `layer${i + 1}`,
      op: 'conv',
      windows: layer.inputs[0].needs.length,
      program,
      inputs: layer.inputs.map(({ producer, role, needs, keeps }) => ({
        producer,
        role,
        needs: Int32Array.from(needs),
        keeps: Int32Array.from(keeps),
      })),
      replicas: [{ parts: [part] }],
    };
  });
  const program: ChipProgram = { images: 1, tiles: machine.chip.columns, chips: 1, stages: [source, ...stages] };
  const ones = ({ windows, program: { inputs } }: MatrixStage) =>
    Array.from({ length: windows }, () => new Array<number>(inputs).fill(1));
  return { machine, program, pipeline: 'window', inputs: [null, ...stages.map(ones)] };
}

const upTo = (count: number) => Array.from({ length: count }, (_, i) => i);

/**
 * The input has 2 pixels of 2 bytes. The convolution, 1x1 on tile 0, makes 2 pixels of 1 value; its buffer holds 1 pixel. The fully
 * connected layer on tile 1 makes 2 values of both pixels. A window has one operation: a read of 3, conversions of 2,
 * and the code leaves 1 after its acceptance.
 */
const example = (schedule: 'contended' | 'static') =>
  layersOf(
    machineWith({
      crossbar: { readCycles: 3 },
      adc: { conversionCycles: 2 },
      shiftAdd: { latencyCycles: 1 },
      tile: { schedule, stageCycles: 5 },
      edram: { bytesPerCycle: 2 },
      bus: { bytesPerCycle: 4 },
      router: { flitBytes: 2, hopCycles: 2 },
    }),
    { pixels: 2, bytes: 2 },
    [
      {
        tile: 0,
        rows: 2,
        outputs: 1,
        inputBits: 1,
        fetchBytes: 2,
        inputs: [{ producer: 0, role: 'start', needs: [1, 2], keeps: [0, 1], capacity: 1 }],
      },
      {
        tile: 1,
        rows: 2,
        outputs: 2,
        inputBits: 1,
        fetchBytes: 2,
        inputs: [{ producer: 1, role: 'start', needs: [2], keeps: [0], capacity: 2 }],
      },
    ],
  );

describe('a convolution and a fully connected layer on two tiles, by hand', () => {
  test('contended', () => {
    // Pixel 0: port 0-2, Port.Out 2-3 (sent at 3), head behind it at 4, Tile[0].In 4-5, written 5-6.
    // Convolution, window 0: bank 6-7, bus 7-8, loaded 8 and pixel 0 freed; read 8-11 (released), conversion 11-13, left
    //   14; bus 14-15, added 15-16, activated 16-17, Tile[0].Out 17-18 (sent), East 19-20, Tile[1].In 21-22, written 22-23.
    // Pixel 1 has room at 8: port 8-10, Port.Out 10-11 (sent), Tile[0].In 12-13, written 13-14.
    // Convolution, window 1: pixel 1 at 14, but the sums leave the output register only at 15: bank 15-16, bus 16-17; read
    //   17-20, conversion 20-22, left 23; bus 23-24, added 24-25, activated 25-26, Tile[0].Out 26-27 (sent), East 28-29,
    //   Tile[1].In 30-31, written 31-32.
    // Fully connected: bank 32-33, bus 33-34; read 34-37, conversions 37-39 and 39-41, left 42; bus, 8 bytes, 42-44; added
    //   44-46, activated 46-48, Tile[1].Out 48-49 (sent), West 50-51, Port.In 52-53, port 53-55.
    const result = runNaiveChip(example('contended'));
    expect(result.cycles).toBe(55);
    expect(result.imageStart).toEqual([0]);
    expect(result.imageEnd).toEqual([55]);
    const [source, conv, fully] = result.parts;
    expect(source.trace.sent).toEqual([3, 11]);
    expect(conv.trace).toEqual({ fetched: [8, 17], complete: [16, 25], activated: [17, 26], sent: [18, 27] });
    expect(fully.trace).toEqual({ fetched: [34], complete: [46], activated: [48], sent: [49] });
    // Fetching. Convolution: pixels until 6; then window 0 is released at 11, pixel 1 is there at 14, and the sums have left at 15:
    // the PE from 8 to 11, pixels to 14, the output to 15. Fully connected: pixels until 32.
    expect(conv).toMatchObject({
      fetch: 4,
      stallPixels: [6 + 3],
      stallOutput: 1,
      stallPe: 3,
      stallServer: 0,
      fetchIdle: 38,
    });
    expect(fully).toMatchObject({
      fetch: 2,
      stallPixels: [32],
      stallOutput: 0,
      stallPe: 0,
      stallServer: 0,
      fetchIdle: 21,
    });
    // Sending. Source: 0-3 and 8-11, no room from 3 to 8. Convolution: 16-18 and 25-27.
    expect(source).toMatchObject({ activate: 0, send: 6, stallSpace: [5], sendIdle: 44, lastSent: 11 });
    expect(conv).toMatchObject({ activate: 2, send: 2, stallSpace: [0], sendIdle: 51, lastSent: 27, windowCycles: 24 });
    expect(fully).toMatchObject({
      activate: 2,
      send: 1,
      stallSpace: [0],
      sendIdle: 52,
      lastSent: 49,
      windowCycles: 17,
    });
    // The crossbar: pixels until 6, then the transfer until 8; from 11 pixels until 14, the output until 15, the transfer until 17.
    expect(conv.pes[0].crossbars[0]).toEqual({
      read: 6,
      stallAdc: 0,
      stallInput: 14,
      stallIndex: 0,
      idle: 35,
      scanWait: 0,
      loadWait: { pixels: 6 + 3, output: 1, windowSharing: 0, transfer: 4 },
      lastReadEnd: 20,
    });
    // 2 + 2 + 2 bytes fetched; 2 x 2 and 2 x 1 written; sums 1, 1, 2; flits: 2 of the source on 2 links, 2 of the
    // convolution and 1 of the last layer on 3.
    expect(result.counts).toEqual({
      edramReadBytes: 6,
      edramWriteBytes: 6,
      busBytes: 6 + 16,
      tileAdds: 4,
      activations: 4,
      pooledValues: 0,
      outputRegisterBytes: 16,
      packetsInjected: 5,
      packetsDelivered: 5,
      linkFlits: 13,
      chipLinkFlits: 0,
      routerFlits: 8,
      portBytes: 6,
    });
    expect(result.port).toEqual({ busy: 6, requests: 3, wait: 0, waitMax: 0 });
    const linkUse = result.links.map(({ path, use, packets }) => [path, use.busy, packets]);
    expect(linkUse.sort()).toEqual([
      ['Chip.Port.In', 1, 1],
      ['Chip.Port.Out', 2, 2],
      ['Chip.Router[0].East', 2, 2],
      ['Chip.Router[1].West', 1, 1],
      ['Chip.Tile[0].In', 2, 2],
      ['Chip.Tile[0].Out', 2, 2],
      ['Chip.Tile[1].In', 2, 2],
      ['Chip.Tile[1].Out', 1, 1],
    ]);
    expect(result.parts.map(({ bufferPeak }) => bufferPeak)).toEqual([[], [1], [2]]);
  });

  test('static, steps of 5', () => {
    // Pixel 0 is there at 0. Convolution, window 0: fetch 0-5, when pixel 1 has room and is there; read 5-8, conversion 8-10, left
    //   11; merge from the next multiple of 5 on, 15-20, activation 20-25, sending 25-30. Window 1 waits for the output register
    //   until 20: fetch 20-25, read 25-28, left 31; merge 35-40, activation 40-45, sending 45-50.
    // Fully connected: fetch 50-55, read 55-58, conversions to 62, left 63; merge 65-70, activation 70-75, to the port 75-80.
    const result = runNaiveChip(example('static'));
    expect(result.cycles).toBe(80);
    expect(result.imageEnd).toEqual([80]);
    const [source, conv, fully] = result.parts;
    expect(source.trace.sent).toEqual([0, 5]);
    expect(conv.trace).toEqual({ fetched: [5, 25], complete: [20, 40], activated: [25, 45], sent: [30, 50] });
    expect(fully.trace).toEqual({ fetched: [55], complete: [70], activated: [75], sent: [80] });
    expect(source).toMatchObject({ send: 0, stallSpace: [5], sendIdle: 75 });
    // Between its fetches: window 0 is released at 8, its sums leave at 20; pixel 1 was there at 5.
    expect(conv).toMatchObject({ fetch: 10, stallPixels: [0], stallPe: 3, stallOutput: 12, fetchIdle: 55 });
    expect(conv).toMatchObject({ activate: 10, send: 10 });
    // Bytes and values as with the other schedule; what servers could have done is counted, and no link is used.
    expect(result.counts).toEqual(runNaiveChip(example('contended')).counts);
    expect(result.links).toEqual([]);
    expect(result.port).toEqual({ busy: 6, requests: 3, wait: 0, waitMax: 0 });
    expect(result.tiles[0].banks).toEqual([{ busy: 2 + 2, requests: 4, wait: 0, waitMax: 0 }]);
    expect(result.tiles[0].bus).toEqual({ busy: 2 + 2, requests: 4, wait: 0, waitMax: 0 });
    expect(result.tiles[1].bus).toEqual({ busy: 1 + 2, requests: 2, wait: 0, waitMax: 0 });
  });
});

test.each([
  { windows: 1, c: 4 },
  { windows: 2, c: 4 },
  { windows: 5, c: 3 },
])('ISAAC: $windows windows of 16 planes in steps of $c cycles take (22 + 16 (windows - 1)) x $c', ({ windows, c }) => {
  // Steps (ISAAC Fig. 4): fetch, 16 reads of the whole array, conversion, shift-and-add, output register, activation, write.
  const machine = machineWith({
    crossbar: { wordlines: 4, bitlines: c, readCycles: c },
    ou: { wordlines: 4, bitlines: c },
    sampleHold: { banks: 2 },
    shiftAdd: { latencyCycles: c },
    inputRegister: { windows: 2 },
    outputRegister: { windows: 2 },
    tile: { schedule: 'static', stageCycles: c },
  });
  const pixels = upTo(windows);
  const scenario = layersOf(machine, { pixels: windows, bytes: 4 }, [
    {
      tile: 0,
      rows: 4,
      outputs: c,
      inputBits: 16,
      fetchBytes: 4,
      inputs: [{ producer: 0, role: 'start', needs: pixels.map((w) => w + 1), keeps: pixels, capacity: windows }],
    },
  ]);
  expect(runNaiveChip(scenario).cycles).toBe((22 + 16 * (windows - 1)) * c);
});

describe('standstill', () => {
  /**
   * Two ways from layer 1 to layer 4: one 1x1 layer, and one of 3x3 whose first window needs the second row. `room` pixels of the first
   * way fit before layer 4, where the residual meets the other way.
   */
  const diamond = (room: number) => {
    const size = 6;
    const pixels = upTo(size * size);
    const one = { needs: pixels.map((w) => w + 1), keeps: pixels };
    const row = (w: number) => Math.floor(w / size);
    const last = (w: number) => Math.min(size - 1, row(w) + 1) * size + Math.min(size - 1, (w % size) + 1);
    const first = (w: number) => Math.max(0, row(w) - 1) * size + Math.max(0, (w % size) - 1);
    const three = {
      needs: pixels.map((w) => 1 + Math.max(...upTo(w + 1).map(last))),
      keeps: pixels.map((w) => Math.min(...pixels.slice(w).map(first))),
    };
    const layer = { tile: 0, rows: 1, outputs: 1, inputBits: 1, fetchBytes: 1 };
    return layersOf(smallest, { pixels: size * size, bytes: 1 }, [
      { ...layer, inputs: [{ producer: 0, role: 'start', ...one, capacity: 1 }] },
      { ...layer, inputs: [{ producer: 1, role: 'start', ...one, capacity: 1 }] },
      { ...layer, inputs: [{ producer: 1, role: 'start', ...three, capacity: 2 * size + 3 }] },
      {
        ...layer,
        tile: 1,
        inputs: [
          { producer: 3, role: 'start', ...one, capacity: 1 },
          { producer: 2, role: 'finish', ...one, capacity: room },
        ],
      },
    ]);
  };

  test('a buffer of a short way must hold what has to be sent for a long way that parts from it earlier', () => {
    // For window w of the last layer w + 6 + 2 pixels must have been sent, so 8 can come the short way, of which none is freed.
    expect(runNaiveChip(diamond(8)).parts[4].pixelsFreed).toEqual([36, 36]);
    expect(() => runNaiveChip(diamond(1))).toThrow('stands still');
    expect(() => simulate(diamond(1), 'fast')).toThrow(DeadlockError);
  });
});

test.each(['contended', 'static'] as const)('the simulation of the example by hand, %s', (schedule) => {
  const scenario = example(schedule);
  expect(simulate(scenario, 'fast')).toEqual(comparableNaive(runNaiveChip(scenario), scenario));
});

describe('links, by hand', () => {
  /** Two packets that ask in cycle 0 for the first of three links, of which the last leads to a tile. */
  const carry = (flits: number, flitCycles: number[], rooms: number[], cycles: number) => {
    const route = flitCycles.map((each, i) => new Link(`link ${i}`, false, each, 1, rooms[i]));
    const arrivals: number[] = [];
    for (const number of [0, 1]) {
      const arrived = (t: number) => arrivals.push(t);
      route[0].ask({ key: [number], flits, route, carriedAt: null, left: () => {}, arrived }, 0, 0);
    }
    for (let t = 0; t <= cycles; t++) {
      for (const link of route) link.settle(t);
      for (const link of route) link.start(t);
      for (const link of route) link.countCycle();
    }
    expect(route.every((link) => link.isAtRest)).toBe(true);
    return { arrivals, stalls: route.map(({ stallBuffer }) => stallBuffer), waits: route.map(({ use }) => use.wait) };
  };

  test('a packet waits for the place that the one before keeps until its last flit has left', () => {
    // 4 flits. First: 0-4, 1-5, 2-6. Second: the first link is free at 4, its buffer at 5: 5-9, 6-10 (the buffer before the
    // last link is free at 6), 7-11.
    expect(carry(4, [1, 1, 1], [1, 1, Infinity], 11)).toEqual({
      arrivals: [6, 11],
      stalls: [1, 0, 0],
      waits: [5, 0, 0],
    });
    // With two places the second begins at 4.
    expect(carry(4, [1, 1, 1], [2, 2, Infinity], 10)).toEqual({
      arrivals: [6, 10],
      stalls: [0, 0, 0],
      waits: [4, 0, 0],
    });
  });

  test('behind a slow link the last flit is carried when it has come', () => {
    // 2 flits of 4 on the first link. First: 0-8, then from 1 until 8 + 1, from 2 until 9 + 1. Second: the buffer is free at
    // 9: 9-17, from 10 until 17 + 1, from 11 until 18 + 1.
    expect(carry(2, [4, 1, 1], [1, 1, Infinity], 19)).toEqual({
      arrivals: [10, 19],
      stalls: [1, 0, 0],
      waits: [9, 0, 0],
    });
  });
});

// ---- Random small chips ----

const smallChips = arbitraryChip().filter(isSmall);

/** The scenario as the real chip takes it. */
function simulate(scenario: NaiveChipScenario, granularity: Granularity, shuffleSeed?: number): Comparable {
  const { program, pipeline } = scenario;
  const machine: MachineConfig = defaultMachine();
  for (const key of Object.keys(scenario.machine) as (keyof NaiveChipMachine)[]) {
    Object.assign(machine[key], scenario.machine[key]);
  }
  const sources = new Map<number, StageSource>();
  for (const { index, kind, windows } of program.stages) {
    if (kind !== 'matrix') continue;
    const inputs = scenario.inputs[index]!;
    sources.set(index, { gather: (image, window, into) => into.set(inputs[image * windows + window]) });
  }
  return comparable(runChip(machine, program, sources, { granularity, pipeline, shuffleSeed }));
}

/** The same chip with every buffer just as large as the floor plan says that it must be. */
function withLeastBuffers(scenario: NaiveChipScenario): NaiveChipScenario {
  const { program } = scenario;
  const least = leastPixels(
    program.stages.map((stage) => ({ windows: stage.windows, inputs: stage.kind === 'source' ? [] : stage.inputs })),
  );
  const stages = program.stages.map((stage): Stage => {
    const replicas = stage.replicas.map(({ parts }) => ({
      parts: parts.map((part) => ({
        ...part,
        buffers: part.buffers.map((buffer, i) => {
          const capacity = least[stage.index][i];
          return { ...buffer, least: capacity, capacity };
        }),
      })),
    }));
    return { ...stage, replicas };
  });
  return { ...scenario, pipeline: 'window', program: { ...program, stages } };
}

const sum = (values: Iterable<number>) => [...values].reduce((total, value) => total + value, 0);

test('a window that is loaded while the one before is scanned waits for the scan, not for the transfer', () => {
  // Two windows of 2 planes; window 0 is all zeros, window 1 is driven in plane 0. Fetches 0-1 and 1-2, scans 1-2 and 2-3, then 3-4 and
  // 4-5. The only read, 4-5, is of window 1: until its fetch begins at 1 the order of fetches, then the transfer, then the scan.
  const machine = machineWith({
    detector: { kind: 'group', planeCycles: 1 },
    inputRegister: { windows: 2 },
    outputRegister: { windows: 2 },
    tile: { schedule: 'static', stageCycles: 1 },
  });
  const scenario = layersOf(machine, { pixels: 2, bytes: 1 }, [
    {
      tile: 0,
      rows: 1,
      outputs: 1,
      inputBits: 2,
      fetchBytes: 1,
      inputs: [{ producer: 0, role: 'start', needs: [1, 2], keeps: [0, 1], capacity: 2 }],
    },
  ]);
  scenario.inputs[1] = [[0], [1]];
  const naive = runNaiveChip(scenario);
  expect(naive.parts[1].pes[0].crossbars[0]).toMatchObject({
    stallInput: 4,
    scanWait: 2,
    loadWait: { pixels: 0, output: 0, windowSharing: 1, transfer: 1 },
    lastReadEnd: 5,
  });
  for (const granularity of ['sampled', 'booked', 'fast'] as const) {
    expect(simulate(scenario, granularity)).toEqual(comparableNaive(naive, scenario));
  }
});

describe('random small chips', () => {
  test('the simulation agrees with the naive chip, in every granularity and with events in any order', () => {
    fc.assert(
      fc.property(smallChips, fc.nat(), (scenario, shuffleSeed) => {
        const expected = comparableNaive(runNaiveChip(scenario), scenario);
        expect(simulate(scenario, 'sampled')).toEqual(expected);
        expect(simulate(scenario, 'booked')).toEqual(expected);
        expect(simulate(scenario, 'fast')).toEqual(expected);
        expect(simulate(scenario, 'fast', shuffleSeed)).toEqual(expected);
      }),
      { seed: SEED, numRuns: 250 },
    );
  });

  test('with buffers just as large as the floor plan says, no chip stands still', () => {
    fc.assert(
      fc.property(smallChips, (scenario) => {
        const chip = withLeastBuffers(scenario);
        checkPixels(chip, runNaiveChip(chip));
      }),
      { seed: SEED + 1, numRuns: 100 },
    );
  });

  test('nothing is lost, every ledger of the naive chip sums to the run, and everything that can wait does so', () => {
    const waits = new Set<string>();
    fc.assert(
      fc.property(smallChips, (scenario) => {
        const result = runNaiveChip(scenario);
        expect(result.counts.packetsDelivered).toBe(result.counts.packetsInjected);
        checkPixels(scenario, result);
        for (const part of result.parts) {
          const { fetch, stallOutput, stallPe, stallServer, fetchIdle, stallPixels } = part;
          expect(fetch + stallOutput + stallPe + stallServer + fetchIdle + sum(stallPixels)).toBe(result.cycles);
          const { activate, send, sendIdle, stallFinish, stallSpace } = part;
          expect(activate + send + sendIdle + sum(stallFinish) + sum(stallSpace)).toBe(result.cycles);
          for (const { crossbars } of part.pes) {
            for (const { read, stallAdc, stallInput, stallIndex, idle, scanWait, loadWait } of crossbars) {
              expect(read + stallAdc + stallInput + stallIndex + idle).toBe(result.cycles);
              expect(scanWait + sum(Object.values(loadWait))).toBe(stallInput);
            }
          }
        }
        for (const [cause, cycles] of Object.entries(waitsOf(result))) if (cycles > 0) waits.add(cause);
      }),
      { seed: SEED, numRuns: 80 },
    );
    expect([...waits].sort()).toEqual([
      'banks',
      'buses',
      'chipLinks',
      'finish',
      'linkBuffers',
      'links',
      'output',
      'pe',
      'pixels',
      'port',
      'server',
      'space',
    ]);
  });
});

/** Cycles that were lost to each cause, all parts together. */
function waitsOf({ parts, tiles, links, port, counts }: NaiveChipResult): Record<string, number> {
  return {
    pixels: sum(parts.flatMap(({ stallPixels }) => stallPixels)),
    output: sum(parts.map(({ stallOutput }) => stallOutput)),
    pe: sum(parts.map(({ stallPe }) => stallPe)),
    server: sum(parts.map(({ stallServer }) => stallServer)),
    finish: sum(parts.flatMap(({ stallFinish }) => stallFinish)),
    space: sum(parts.flatMap(({ stallSpace }) => stallSpace)),
    banks: sum(tiles.flatMap(({ banks }) => banks.map(({ wait }) => wait))),
    buses: sum(tiles.map(({ bus }) => bus.wait)),
    links: sum(links.map(({ use }) => use.wait)),
    linkBuffers: sum(links.map(({ stallBuffer }) => stallBuffer)),
    chipLinks: counts.chipLinkFlits,
    port: port.wait,
  };
}

/** Every buffer gets all pixels of its producer and gives them up again, and never holds more than fit. */
function checkPixels({ program }: NaiveChipScenario, result: NaiveChipResult): void {
  for (const stage of program.stages) {
    if (stage.kind === 'source') continue;
    for (const { index, buffers } of stage.replicas.flatMap(({ parts }) => parts)) {
      const { pixelsWritten, pixelsFreed, bufferPeak } = result.parts[index];
      stage.inputs.forEach(({ producer }, i) => {
        const { bytesPerPixel, capacity } = buffers[i];
        const pixels = bytesPerPixel === 0 ? 0 : program.images * program.stages[producer].windows;
        expect(pixelsWritten[i]).toBe(pixels);
        expect(pixelsFreed[i]).toBe(pixels);
        expect(bufferPeak[i]).toBeLessThanOrEqual(capacity);
      });
    }
  }
}
