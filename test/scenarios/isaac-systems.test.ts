import { describe, expect, it } from 'vitest';
import { bundledImages, bundledNetworkPath } from '../../models/bundled.js';
import { executeNetwork } from '../../models/execute.js';
import { loadNetwork } from '../../models/load-network.js';
import { quantiseImage } from '../../models/preprocess.js';
import type { NetworkWorkload } from '../../scenarios/network-workload.js';
import { compileNetwork } from '../../scenarios/quantise/compile-network.js';
import { planNetwork } from '../../scenarios/quantise/plan-network.js';
import { runNetwork } from '../../scenarios/run/run-network.js';
import { runScenario } from '../../scenarios/run/run-scenario.js';
import { resolveScenario } from '../../scenarios/scenario.js';
import type { Result } from '../../sim/results/result.js';
import { SHARED_DATA_MISSING, sharedData } from '../models/shared-data.js';

/**
 * lenet5-mnist. Rows x outputs, windows:
 *   c1 25 x 6, 784     c2 150 x 16, 100     f1 400 x 120, 1     f2 120 x 84, 1     f3 84 x 10, 1
 */
const WINDOWS = [784, 100, 1, 1, 1];
const network = loadNetwork(bundledNetworkPath('lenet5-mnist'));
const digits = bundledImages('lenet5-mnist', 0, 2);
const reference = digits.images.map((image) => Array.from(executeNetwork(network, image)));

function runDigits(preset: string, count: number): Result {
  const workload = { kind: 'network', model: 'lenet5-mnist', images: { count } };
  return runScenario(resolveScenario({ machine: { preset }, workload }, { baseDir: '.' }), { outputs: true });
}

const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);

describe('lenet5 on isaac', () => {
  const result = runDigits('isaac', 1);

  it('gives the integers of the 8-bit network from 16-bit words, and no code saturates', () => {
    expect(result.outputs).toEqual([reference[0]]);
    expect(result.counts.saturatedCodes).toBe(0);
  });

  it('reads every crossbar for 16 cycles of 100 ns a window', () => {
    for (const [i, { name, crossbars }] of result.layers!.entries()) {
      expect(crossbars.cycles['read'], name).toBe(crossbars.instances * WINDOWS[i]! * 16 * 128);
    }
  });

  it('takes the time that the windows of the last pixels need one after the other', () => {
    // A matrix layer sends a window 22 cycles of 100 ns after its fetch, a pooling 3. c1 sends its last pixel after 22 + 16
    // x 783; then p1, c2, p2, f1, f2 and f3 each have one window left (test/scenarios/chip-closed-forms.test.ts).
    const cycles = 22 + 16 * (WINDOWS[0]! - 1) + 3 + 22 + 3 + 3 * 22;
    expect(result.cycles).toBe(cycles * 128);
  });

  it('takes ceil(rows / 128) x ceil(outputs x 8 / 128) crossbars a layer, and a flip bit a column', () => {
    const crossbars = [1, 2 * 1, 4 * 8, 1 * 6, 1 * 1];
    expect(result.layers!.map(({ footprint }) => footprint.crossbars)).toEqual(crossbars);
    const columns = [6 * 8, 2 * 16 * 8, 4 * 120 * 8, 84 * 8, 10 * 8];
    expect(result.layers!.map(({ footprint }) => footprint.indexBits)).toEqual(columns);
    // Every plane of every window fetches each of them and converts each column.
    const fetched = sum(columns.map((bits, layer) => bits * 16 * WINDOWS[layer]!));
    expect(result.energy.actions['indexDecoder.bitRead']!.count).toBe(fetched);
    expect(result.counts.adcConversions).toBe(fetched);
  });
});

const cifar10 = sharedData('cifar10/test1000.safetensors');

it.skipIf(cifar10 === null)(
  `vgg10m-cifar10 on isaac has its own integers${cifar10 === null ? ` (skipped: ${SHARED_DATA_MISSING})` : ''}`,
  { timeout: 60_000 },
  () => {
    const images = { file: cifar10!, tensor: 'images', count: 1 };
    const workload = { kind: 'network', model: 'vgg10m-cifar10', images };
    const vgg = loadNetwork(bundledNetworkPath('vgg10m-cifar10'));
    const scenario = resolveScenario({ machine: { preset: 'isaac' }, workload }, { baseDir: '.' });
    const { outputs, counts } = runScenario(scenario, { outputs: true });
    const { pixels } = (scenario.workload as NetworkWorkload).images;
    expect(outputs).toEqual([Array.from(executeNetwork(vgg, quantiseImage(vgg, pixels[0]!)))]);
    expect(counts.saturatedCodes).toBe(0);
  },
);

describe('lenet5 on isaac-ou and isaac-ou-8', () => {
  const long = runDigits('isaac-ou', 2);
  const short = runDigits('isaac-ou-8', 2);

  it('gives the integers of the 8-bit network', () => {
    expect(long.outputs).toEqual(reference);
    expect(short.outputs).toEqual(reference);
    expect([long.counts.saturatedCodes, short.counts.saturatedCodes]).toEqual([0, 0]);
  });

  it('converts a quarter with words of half the length: half the columns in half the planes', () => {
    expect(long.counts.adcConversions).toBe(4 * short.counts.adcConversions);
    // Row batches of 9 rows, row block by row block, x cells of the outputs, per window and plane.
    const batches = [3, 15 + 3, 3 * 15 + 2, 14, 10];
    const cells = [6, 16, 120, 84, 10].map((outputs) => 16 * outputs);
    const conversions = batches.map((count, layer) => count * cells[layer]! * 16 * WINDOWS[layer]!);
    expect(long.counts.adcConversions).toBe(2 * sum(conversions));
  });
});

describe('lenet5 on pim-prune, 40 % of the weights pruned', () => {
  const settings = { quantisation: 'network', 'pim-prune': { share: 0.4 } };
  const workload = { kind: 'network', model: 'lenet5-mnist', images: { count: 1 } };
  const scenario = { machine: { preset: 'pim-prune' }, mapping: settings, workload };
  const { machine, mapping, execution } = resolveScenario(scenario, { baseDir: '.' });
  const decision = {
    activationBits: network.activationBits,
    activationClip: 1,
    layers: Object.fromEntries(['c1', 'c2', 'f1', 'f2', 'f3'].map((name) => [name, { share: 0.4, inputPower: null }])),
  };
  const task = { network, floatWeights: null, machine, mapping };
  const planned = planNetwork(task, decision);
  const result = runNetwork(
    {
      machine,
      mapping,
      execution,
      network: planned.network,
      compiled: compileNetwork(planned, task),
      imageCount: 2,
      images: digits.images,
      firstImage: 0,
      labels: digits.labels,
    },
    { outputs: true },
  );

  it('gives the integers of the pruned network', () => {
    expect(result.outputs).toEqual(digits.images.map((image) => Array.from(executeNetwork(planned.network, image))));
    expect(result.outputs).not.toEqual(reference);
    expect(result.counts.saturatedCodes).toBe(0);
  });

  it('stores at most 60 % of the weights and what is left of a pruned line, at 16 cells each', () => {
    const weights = 25 * 6 + 150 * 16 + 400 * 120 + 120 * 84 + 84 * 10;
    const stored = result.footprint.cellsUsed / 16;
    expect(stored).toBeLessThan(0.61 * weights);
    expect(stored).toBeGreaterThan(0.5 * weights);
    expect(result.footprint.crossbars).toBeLessThan(1 + 2 * 2 + 4 * 15 + 11 + 2);
    expect(result.footprint.indexBits).toBeGreaterThan(0);
  });

  it('hides the decoder behind the reads, but for the first operations', () => {
    // 4 cycles once in every layer; later operations are decoded during the read before, of 13 cycles.
    for (const layer of result.layers!) {
      expect(layer.crossbars.cycles['stall.index']! / layer.crossbars.instances).toBeLessThanOrEqual(2 * 4);
    }
    expect(result.energy.actions['indexDecoder.bitRead']!.count).toBe(
      sum(result.layers!.map(({ footprint, windows }) => 2 * footprint.indexBits * windows * 16)),
    );
  });
});
