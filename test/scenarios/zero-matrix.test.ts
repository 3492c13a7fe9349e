import { describe, expect, it } from 'vitest';
import { ProgramBuilder } from '../../mapping/program-builder.js';
import { bundledImages, bundledNetworkPath } from '../../models/bundled.js';
import { executeNetwork } from '../../models/execute.js';
import { loadNetwork } from '../../models/load-network.js';
import { isMatrixNode, type Network } from '../../models/network.js';
import { PRESETS } from '../../scenarios/presets.js';
import { compileNetwork } from '../../scenarios/quantise/compile-network.js';
import { givenDecision, planNetwork } from '../../scenarios/quantise/plan-network.js';
import { shareOfOnePe } from '../../scenarios/run/pe-share.js';
import { runNetwork } from '../../scenarios/run/run-network.js';
import { runScenario } from '../../scenarios/run/run-scenario.js';
import { resolveScenario } from '../../scenarios/scenario.js';
import type { Result } from '../../sim/results/result.js';

/** Schemes that store zeros nowhere, so that a matrix of zeros leaves one empty crossbar. */
const LEAVES_NOTHING = ['sme', 'era-bs', 'pim-prune', 'bwq', 'bsq'];

function runSmall(preset: string, weights: number[][], inputs: number[][], mapping: object = {}): Result {
  const workload = { kind: 'matrix', weightBits: 8, inputBits: 8, weights, inputs };
  // 8 bit-planes of two signs.
  const machine = { preset, pe: { crossbars: 16 } };
  return runScenario(resolveScenario({ scope: 'pe', machine, mapping, workload }, { baseDir: '.' }), { outputs: true });
}

describe.each(PRESETS.map(({ name }) => name))('a matrix of zeros on %s', (preset) => {
  it('gives zeros', () => {
    const result = runSmall(
      preset,
      [
        [0, 0],
        [0, 0],
        [0, 0],
      ],
      [
        [5, 0, 255],
        [0, 0, 0],
      ],
    );
    expect(result.outputs).toEqual([
      [0, 0],
      [0, 0],
    ]);
    expect(result.footprint.crossbars).toBeGreaterThanOrEqual(1);
    for (const { ledger } of Object.values(result.resources)) {
      expect(Object.values(ledger).reduce((sum, cycles) => sum + cycles, 0)).toBe(result.cycles);
    }
  });
});

describe.each(LEAVES_NOTHING)('a program without operations, on %s', (preset) => {
  it('has the same result in every granularity', () => {
    const workload = { kind: 'matrix', weightBits: 8, inputBits: 8, weights: [[0]], inputs: [[5], [0], [255]] };
    const scenario = resolveScenario({ scope: 'pe', machine: { preset }, workload }, { baseDir: '.' });
    const [sampled, booked, fast] = (['sampled', 'booked', 'fast'] as const).map((granularity) =>
      runScenario(scenario, { outputs: true, granularity }),
    );
    expect(sampled).toEqual(fast);
    expect(booked).toEqual(fast);
    expect(fast!.outputs).toEqual([[0], [0], [0]]);
  });

  it('has one empty crossbar, and a run as long as the scan of its window', () => {
    const result = runSmall(preset, [[0]], [[5]]);
    const { crossbars, cellsUsed, pes } = result.footprint;
    expect([crossbars, cellsUsed, pes]).toEqual([1, 0, 1]);
    expect([result.counts.ouOperations, result.counts.adcConversions, result.counts.inputLoads]).toEqual([0, 0, 1]);
    // ERA-BS's detector scans 8 planes, a cycle each; without a detector nothing takes time.
    expect(result.cycles).toBe(preset === 'era-bs' ? 8 : 0);
    expect(result.time.drain).toBe(result.cycles);
  });
});

it('a matrix that bit-flip empties is one of zeros', () => {
  // Clearing the bit changes the only weight by its whole square: all of the mean square, as flip 1 allows.
  const result = runSmall('era-bs', [[1]], [[5]], { 'era-bs': { flip: 1 } });
  expect(result.outputs).toEqual([[0]]);
  expect(result.footprint.crossbars).toBe(1);
});

it('a program without crossbars is refused with a message', () => {
  const { machine } = resolveScenario(
    { scope: 'pe', workload: { kind: 'matrix', weightBits: 8, inputBits: 8, weights: [[0]], inputs: [[5]] } },
    { baseDir: '.' },
  );
  const { crossbar, ou } = machine;
  const shape = { rows: 1, outputs: 1, weightBits: 8, inputBits: 8, bitsPerPlane: 1, crossbar, ou };
  const empty = new ProgramBuilder({ ...shape, encoding: 'differential', layout: 'planar' }).build();
  expect(empty.crossbars.map(({ groups }) => groups.length)).toEqual([0]);
  // A builder gives one crossbar at least; a scheme that puts its program together itself may give none.
  const none = { ...empty, crossbars: [] };
  expect(() => shareOfOnePe(none)).toThrow('got no crossbars; allowed at least one');
});

/** Path of the PE of a crossbar. */
const peOf = (path: string) => path.slice(0, path.lastIndexOf('.'));

describe('a network with a layer of zeros', () => {
  const lenet = loadNetwork(bundledNetworkPath('lenet5-mnist'));
  const network: Network = {
    ...lenet,
    nodes: lenet.nodes.map((node) =>
      isMatrixNode(node) && node.name === 'f2' ? { ...node, weights: node.weights.map(() => 0) } : node,
    ),
  };
  const { images, labels } = bundledImages('lenet5-mnist', 0, 1);

  it.each(PRESETS.map(({ name }) => name))('runs on %s, and gives the integers of its plan', (preset) => {
    const scenario = {
      machine: { preset },
      mapping: { quantisation: 'network' },
      workload: { kind: 'network', model: 'lenet5-mnist', images: { count: 1 } },
    };
    const { machine, mapping, execution } = resolveScenario(scenario, { baseDir: '.' });
    const task = { network, floatWeights: null, machine, mapping };
    const planned = planNetwork(task, givenDecision(task));
    const compiled = compileNetwork(planned, task);
    const result = runNetwork(
      { machine, mapping, execution, network: planned.network, compiled, imageCount: 1, images, firstImage: 0, labels },
      { outputs: true },
    );
    expect(result.outputs).toEqual([Array.from(executeNetwork(planned.network, images[0]!))]);

    const zero = result.layers!.find(({ name }) => name === 'f2')!;
    expect(zero.footprint.pes).toBeGreaterThanOrEqual(1);
    expect(Object.keys(result.resources)).toEqual(expect.arrayContaining([zero.busiest.crossbar.path]));
    if (!LEAVES_NOTHING.includes(mapping.scheme)) return;
    expect([zero.footprint.crossbars, zero.footprint.cellsUsed, zero.counts.ouOperations]).toEqual([1, 0, 0]);
    // Its window is still fetched, and scanned where there is a detector.
    const { kind, planeCycles } = machine.detector;
    expect(zero.counts.inputLoads).toBe(1);
    const pes = Object.keys(result.resources).filter((path) => path === `${peOf(zero.busiest.crossbar.path)}.Detector`);
    expect(pes).toHaveLength(kind === 'none' ? 0 : 1);
    for (const path of pes) {
      expect(result.resources[path]!.ledger['scan']).toBe(planeCycles * planned.network.activationBits);
    }
  });
});
