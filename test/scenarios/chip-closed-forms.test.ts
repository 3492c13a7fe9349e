import { describe, expect, it } from 'vitest';
import { bundledImages, bundledNetworkPath } from '../../models/bundled.js';
import { executeNetwork } from '../../models/execute.js';
import { loadNetwork } from '../../models/load-network.js';
import { INPUT_NAME } from '../../models/network.js';
import { shapeNetwork } from '../../models/zoo/shapes.js';
import { buildChipProgram } from '../../scenarios/chip/build-chip-program.js';
import { compileSynthetic } from '../../scenarios/quantise/compile-network.js';
import { runNetwork } from '../../scenarios/run/run-network.js';
import { runScenario } from '../../scenarios/run/run-scenario.js';
import { resolveScenario } from '../../scenarios/scenario.js';
import type { StageResult } from '../../sim/results/chip-result.js';
import type { Result } from '../../sim/results/result.js';

/**
 * What ISAAC's own equations say of whole networks. A window is a pipeline of 22 cycles of 100 ns: fetch, 16 reads of a bit
 * each, conversion, shift-and-add, merge, activation, write; the next window follows 16 cycles later, so that a layer takes
 * T = 22 + 16 (windows - 1).
 */

/** ISAAC's pipeline cycle of 100 ns in cycles of the root clock of 1.28 GHz. */
const PIPELINE_CYCLE = 128;

const isaacLayer = (windows: number, replicas = 1) => 22 + 16 * (Math.ceil(windows / replicas) - 1);

interface Settings {
  readonly model: string;
  readonly execution: object;
  readonly images?: { readonly first?: number; readonly count: number };
  readonly mapping?: object;
}

function isaac({ model, execution, images = { count: 1 }, mapping = {} }: Settings) {
  const raw = { machine: { preset: 'isaac' }, mapping, execution, workload: { kind: 'network', model, images } };
  return resolveScenario(raw, { baseDir: '.' });
}

const run = (settings: Settings): Result => runScenario(isaac(settings), { outputs: true });

const inPipelineCycles = ({ start_cycle, end_cycle }: Pick<StageResult, 'start_cycle' | 'end_cycle'>) =>
  [start_cycle, end_cycle].map((cycle) => cycle / PIPELINE_CYCLE);

/**
 * A stage without a matrix product, in pipeline cycles. A window is fetched, pooled and sent in a cycle each. The tile's
 * output register holds two windows, so that window j is fetched when j - 2 is sent: two in 3 cycles, at 0, 1, 3, 4, ...
 */
function vectorStage(windows: number): number {
  const last = 3 * Math.floor((windows - 1) / 2) + ((windows - 1) % 2);
  return last + 3;
}

describe.each(['lenet5-mnist', 'vgg10m-cifar10'])('%s on isaac, layer after layer', (model) => {
  const { chip, cycles, layers } = run({ model, execution: { pipeline: 'layer-barrier' } });

  it('every matrix layer takes 22 + 16 (windows - 1) cycles of 100 ns', () => {
    for (const layer of layers!) expect(layer.cycles, layer.name).toBe(isaacLayer(layer.windows) * PIPELINE_CYCLE);
  });

  it('every stage begins in the cycle in which the one before has sent its image, and the run ends with the last', () => {
    let time = 0;
    for (const stage of chip!.stages.slice(1)) {
      const length = stage.kind === 'matrix' ? isaacLayer(stage.windows) : vectorStage(stage.windows);
      expect(inPipelineCycles(stage), stage.name).toEqual([time, time + length]);
      time += length;
    }
    expect(cycles).toBe(time * PIPELINE_CYCLE);
  });
});

/** Crossbars ceil(rows / 128) x ceil(outputs x 8 / 128) and windows of VGG-16, worked out from ISAAC's mapping. */
const VGG16 = [
  ['conv1_1', 1 * 4, 224 * 224],
  ['conv1_2', 5 * 4, 224 * 224],
  ['conv2_1', 5 * 8, 112 * 112],
  ['conv2_2', 9 * 8, 112 * 112],
  ['conv3_1', 9 * 16, 56 * 56],
  ['conv3_2', 18 * 16, 56 * 56],
  ['conv3_3', 18 * 16, 56 * 56],
  ['conv4_1', 18 * 32, 28 * 28],
  ['conv4_2', 36 * 32, 28 * 28],
  ['conv4_3', 36 * 32, 28 * 28],
  ['conv5_1', 36 * 32, 14 * 14],
  ['conv5_2', 36 * 32, 14 * 14],
  ['conv5_3', 36 * 32, 14 * 14],
  ['fc6', 196 * 256, 1],
  ['fc7', 32 * 256, 1],
  ['fc8', 32 * 63, 1],
] as const;

describe('VGG-16 on isaac', () => {
  const network = shapeNetwork('vgg16');
  const { machine, mapping, execution } = isaac({ model: 'lenet5-mnist', execution: {} });
  const compiled = compileSynthetic({ network, floatWeights: null, machine, mapping });

  it('takes 67,576 crossbars in 8,448 PEs, as its shapes say, and 5 chips', () => {
    const programs = new Map(Array.from(compiled, ([name, { program }]) => [name, program]));
    const { passes } = buildChipProgram(network, programs, machine, execution, 1);
    expect(passes).toHaveLength(1);
    const { program, crossbars } = passes[0]!;
    const layers = program.stages.flatMap((stage) => (stage.kind === 'matrix' ? [stage] : []));
    expect(layers.map((stage) => [stage.name, stage.program.crossbars.length, stage.windows])).toEqual(VGG16);
    expect(crossbars).toBe(67_576);

    const pes = layers.map(({ replicas }) => replicas[0]!.parts.flatMap((part) => part.pes));
    // 8 crossbars a PE, no PE for two layers: 4 and 20 crossbars leave half a PE each.
    expect(pes.map((own) => own.length)).toEqual(VGG16.map(([, count]) => Math.ceil(count / 8)));
    expect(pes.flat()).toHaveLength(8447 + 1);
    pes.forEach((own, i) => {
      const held = own.flatMap(({ crossbars: { first, count } }) => Array.from({ length: count }, (_, k) => first + k));
      expect(held.sort((a, b) => a - b)).toEqual(Array.from({ length: VGG16[i]![1] }, (_, crossbar) => crossbar));
    });
    // 704 tiles of 12 PEs are 4.19 chips of 168.
    expect(program.chips).toBe(5);
  });

  it('conv2_2 follows conv2_1 at a distance of a row and two pixels', () => {
    // Its second block of convolutions alone, on the 112 x 112 pixels that the first one leaves: a quarter of the windows.
    const nodes = network.nodes
      .filter(({ name }) => ['conv2_1', 'conv2_2'].includes(name))
      .map((node) => (node.name === 'conv2_1' ? { ...node, input: INPUT_NAME } : node));
    const { cycles, layers, counts } = runNetwork(
      {
        machine,
        mapping,
        execution,
        network: { ...network, inputShape: [64, 112, 112], nodes },
        compiled: new Map([...compiled].filter(([name]) => nodes.some((node) => node.name === name))),
        imageCount: 1,
        images: [],
        firstImage: 0,
        labels: null,
      },
      {},
    );
    // The first window of conv2_2, a kernel of 3 x 3 padded by 1, needs the pixels up to (1, 1): 112 + 2. From then on
    // conv2_1 makes a pixel in the 16 cycles of each window. When its last one is written, 113 windows of conv2_2 are left.
    const windows = 112 * 112;
    const firstPixels = isaacLayer(112 + 2);
    expect(layers!.map((layer) => [layer.start_cycle, layer.cycles])).toEqual([
      [0, isaacLayer(windows) * PIPELINE_CYCLE],
      [firstPixels * PIPELINE_CYCLE, isaacLayer(windows) * PIPELINE_CYCLE],
    ]);
    expect(cycles).toBe((firstPixels + isaacLayer(windows)) * PIPELINE_CYCLE);
    // 128 outputs are 1024 columns: all 128 of 40 and of 72 crossbars, in 16 planes.
    expect(counts.adcConversions).toBe((40 + 72) * 128 * 16 * windows);
  });
});

describe('replicas on isaac', () => {
  it.each([
    { c1: 4, c2: 3 },
    { c1: 5, c2: 7 },
  ])('%o: k of them take 22 + 16 (ceil(windows / k) - 1) cycles', (replicas) => {
    const execution = { pipeline: 'layer-barrier', replication: 'given', replicas };
    const { layers, footprint } = run({ model: 'lenet5-mnist', execution });
    const [c1, c2, ...others] = layers!;
    expect([c1!.cycles, c2!.cycles]).toEqual(
      [isaacLayer(784, replicas.c1), isaacLayer(100, replicas.c2)].map((cycles) => cycles * PIPELINE_CYCLE),
    );
    for (const { cycles } of others) expect(cycles).toBe(22 * PIPELINE_CYCLE);
    // c1 takes 1 crossbar, c2 2, f1 4 x 8, f2 6, f3 1.
    expect(footprint.crossbars).toBe(replicas.c1 + 2 * replicas.c2 + 32 + 6 + 1);
  });
});

describe('64 images of lenet5 in the pipeline of isaac', () => {
  const execution = { pipeline: 'window' };
  const batch = run({ model: 'lenet5-mnist', execution, images: { count: 64 } });
  // The slowest layer is c1 with 28 x 28 windows. What follows its last window of an image waits for nothing but its pixels:
  // p1 reads it at once; c2's last row of windows comes at the pace of p1's last row, a pixel in two windows of c1, so that
  // its last window waits for p1's last pixel; then p2's last window, and the fully connected layers.
  const interval = 784 * 16;
  const latency = isaacLayer(784) + 3 + isaacLayer(1) + 3 + 3 * isaacLayer(1);

  it('an image ends every 784 windows x 16 cycles of c1, the slowest layer', () => {
    // c1 sets the pace: a window every 16 pipeline cycles from the first to the last, in all images.
    expect(batch.layers!.find(({ name }) => name === 'c1')!.initiationInterval_cycles).toBe(16 * PIPELINE_CYCLE);
    expect(batch.chip!.initiationInterval_cycles).toBe(interval * PIPELINE_CYCLE);
    const ends = batch.images!.map(({ end_cycle }) => end_cycle);
    expect(ends).toEqual(Array.from({ length: 64 }, (_, i) => (latency + i * interval) * PIPELINE_CYCLE));
  });

  it('takes less than 64 times the latency of an image', () => {
    const single = run({ model: 'lenet5-mnist', execution });
    expect(single.cycles).toBe(latency * PIPELINE_CYCLE);
    expect(batch.chip!.latency_cycles).toBe(single.cycles);
    expect(batch.cycles).toBe((latency + 63 * interval) * PIPELINE_CYCLE);
    expect(batch.cycles).toBeLessThan(64 * single.cycles);
  });

  it('the outputs of each image are those of a run of its own, and of the reference executor', () => {
    const network = loadNetwork(bundledNetworkPath('lenet5-mnist'));
    const { images } = bundledImages('lenet5-mnist', 0, 64);
    expect(batch.outputs).toEqual(images.map((image) => Array.from(executeNetwork(network, image))));
    for (const first of [0, 17, 63]) {
      const single = run({ model: 'lenet5-mnist', execution, images: { first, count: 1 } });
      expect(single.outputs).toEqual([batch.outputs![first]]);
    }
  });
});

describe('conversions per multiply-accumulate of a layer that fills its crossbars', () => {
  // (weight bits / 2 bits a cell) x (input bits / 1 bit a plane) / 128 rows.
  it.each([
    [16, 1],
    [8, 0.25],
  ])('%i bits: %f', (bits, perMac) => {
    const mapping = { weightBits: bits, activationBits: bits };
    const { layers } = run({ model: 'vgg10m-cifar10', execution: {}, mapping });
    const full = layers!.filter(({ rows, outputs }) => rows % 128 === 0 && (outputs * bits) % 256 === 0);
    // 9 x 128 rows and 128 outputs, 512 rows and 128 outputs.
    expect(full.map(({ name }) => name)).toEqual(['conv7', 'fc1']);
    for (const { counts, macs, rows, outputs, windows } of full) {
      expect(macs).toBe(rows * outputs * windows);
      expect(counts.adcConversions / macs).toBe(perMac);
    }
  });
});
