import { describe, expect, it } from 'vitest';
import type { RunProgress } from '../../../scenarios/run/run-options.js';
import { runScenario } from '../../../scenarios/run/run-scenario.js';
import { resolveScenario, type Scenario } from '../../../scenarios/scenario.js';
import type { Result } from '../../../sim/results/result.js';
import type { RunSnapshot } from '../../../sim/results/run-snapshot.js';
import { resultToJson } from '../../../sim/results/write.js';
import { expectLater, expectSound } from '../../components/expect-snapshot.js';

/** What `ousim run --watch` rests on: a run that is looked at gives the same bytes, and what is seen leads to the result. */

const lenet5 = (preset: string, images: number, overrides: readonly string[]): Scenario =>
  resolveScenario(
    {
      machine: { preset },
      mapping: { quantisation: 'network' },
      workload: { kind: 'network', model: 'lenet5-mnist', images: { count: images } },
    },
    { baseDir: '.', overrides },
  );

/** All snapshots that can be taken. */
function watcher(): { progress: RunProgress; snapshots: RunSnapshot[] } {
  const snapshots: RunSnapshot[] = [];
  const progress: RunProgress = (done, total, _, look) => {
    expect(done).toBeLessThanOrEqual(total);
    if (look === undefined) return;
    const snapshot = look();
    expectSound(snapshot);
    expect(snapshot).toMatchObject({ windows: done, allWindows: total });
    const last = snapshots.at(-1);
    if (last !== undefined && last.pass === snapshot.pass && last.ideal === snapshot.ideal) expectLater(last, snapshot);
    // It has to go to another thread.
    snapshots.push(structuredClone(snapshot));
  };
  return { progress, snapshots };
}

/** What the last snapshot says of the layers and stages is what the result says. */
function expectResult({ stages, cycles, windows, images }: RunSnapshot, result: Result): void {
  expect({ cycles, windows, images }).toEqual({
    cycles: result.cycles,
    windows: result.windows,
    images: result.images!.length,
  });
  expect(stages.map(({ name, kind }) => [name, kind])).toEqual(
    result.chip!.stages.map(({ name, kind }) => [name, kind]),
  );
  const waits = stages.flatMap(({ name, waits }) =>
    waits.map(({ state, cause, of, cycles }) => `${name} ${state} ${cause} ${of} ${cycles}`),
  );
  const expectedWaits = result.chip!.waits.map((w) => `${w.layer} ${w.state} ${w.cause} ${w.of} ${w.cycles}`);
  expect(waits.sort()).toEqual(expectedWaits.sort());
  for (const [i, { fetch }] of stages.entries()) {
    const { idle: _, ...states } = result.chip!.stages[i]!.fetch;
    expect(fetch?.cycles ?? {}).toEqual(states);
  }
  for (const layer of result.layers!) {
    const { crossbars, adcs, activities } = stages.find(({ name }) => name === layer.name)!;
    expect(crossbars!.instances).toBe(layer.crossbars.instances);
    for (const [key, spent] of Object.entries(crossbars!.cycles)) {
      expect(spent / crossbars!.instances, `${layer.name} ${key}`).toBeCloseTo(
        layer.time[key as keyof typeof layer.time],
        6,
      );
    }
    expect(crossbars!.busiest).toBe(layer.busiest.crossbar.shares['read']);
    expect(adcs).toMatchObject({ instances: layer.adcs.instances, convert: layer.adcs.cycles['convert'] });
    expect(adcs!.busiest).toBe(layer.busiest.adcPool.shares['convert']);
    const { bottleneck } = result.chip!;
    if (layer.name === bottleneck.layer) expect(activities[bottleneck.activity]).toBeCloseTo(bottleneck.share, 12);
    for (const share of Object.values(activities)) expect(share).toBeLessThanOrEqual(bottleneck.share + 1e-12);
  }
}

describe.each([
  { name: 'isaac, a static schedule', preset: 'isaac', images: 1, overrides: [] },
  {
    name: 'ou-baseline, 64 rows at once, pools of 8 crossbars, layers that span PEs',
    preset: 'ou-baseline',
    images: 1,
    overrides: ['machine.ou.wordlines=64', 'machine.adc.bits=8', 'machine.adc.sharedBy=8', 'machine.adc.perPool=3'],
  },
  {
    name: 'sre, detector form, two replicas of c1',
    preset: 'sre',
    images: 1,
    overrides: [
      'machine.detector.kind=form',
      'machine.adc.sharedBy=8',
      'machine.adc.perPool=3',
      'machine.shiftAdd.lanes=2',
      'execution.replication=given',
      'execution.replicas={"c1":2}',
    ],
  },
])('lenet5 on $name', ({ preset, images, overrides }) => {
  const scenario = lenet5(preset, images, overrides);
  const unwatched = runScenario(scenario, { outputs: true });

  it.each(['fast', 'booked', 'sampled'] as const)(
    '%s: the same bytes; the last snapshot is the result',
    (granularity) => {
      const { progress, snapshots } = watcher();
      const watched = runScenario(scenario, { outputs: true, granularity, progress });
      expect(resultToJson(watched)).toBe(resultToJson(unwatched));
      expect(snapshots.length).toBeGreaterThan(10);
      expectResult(snapshots.at(-1)!, watched);
    },
  );
});

it('passes and ideal runs are told apart, and the clock goes on from pass to pass', () => {
  const small = ['machine.chip.columns=1', 'machine.chip.rows=1', 'machine.router.tiles=1', 'machine.tile.pes=6'];
  const scenario = lenet5('isaac', 2, [...small, 'execution.overflow=passes']);
  const { progress, snapshots } = watcher();
  const result = runScenario(scenario, { progress, ideal: ['adc'] });
  expect(resultToJson(result)).toBe(resultToJson(runScenario(scenario, { ideal: ['adc'] })));

  const passes = result.chip!.passes;
  expect(passes.length).toBeGreaterThan(1);
  const lastOf = (ideal: string | null, pass: number) =>
    snapshots.filter((snapshot) => snapshot.ideal === ideal && snapshot.pass === pass).at(-1)!;
  passes.forEach(({ start_cycle, cycles, layers }, i) => {
    const last = lastOf(null, i + 1);
    expect(last).toMatchObject({ passes: passes.length, passStart_cycle: start_cycle, cycles });
    expect(last.stages.filter(({ kind }) => kind === 'matrix').map(({ name }) => name)).toEqual(layers);
  });
  const { passStart_cycle, cycles } = lastOf('adc', passes.length);
  expect(passStart_cycle + cycles).toBe(result.ideal![0]!.cycles);
});

it('a matrix on one PE', () => {
  const weights = JSON.stringify([
    [1, -2],
    [3, 4],
  ]);
  const inputs = JSON.stringify(Array.from({ length: 9 }, (_, window) => [window, 15 - window]));
  const scenario = resolveScenario(
    { machine: { preset: 'ou-baseline' }, workload: { kind: 'matrix', weightBits: 4, inputBits: 4 } },
    { baseDir: '.', overrides: [`workload.weights=${weights}`, `workload.inputs=${inputs}`] },
  );
  const { progress, snapshots } = watcher();
  const result = runScenario(scenario, { progress, outputs: true });
  expect(resultToJson(result)).toBe(resultToJson(runScenario(scenario, { outputs: true })));
  // One for each window, and one at the end.
  expect(snapshots.map(({ windows }) => windows)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 9]);
  const last = snapshots.at(-1)!;
  expect(last).toMatchObject({ images: 0, allImages: 0 });
  // The last window is released before its last codes have left.
  expect(last.cycles).toBeGreaterThan(0);
  expect(last.cycles).toBeLessThanOrEqual(result.cycles);
  const [pe] = last.stages;
  for (const key of ['reads', 'adcWaiting', 'detector', 'windowSharing'] as const) {
    expect(pe!.crossbars!.cycles[key] / pe!.crossbars!.instances).toBeCloseTo(result.time[key], 9);
  }
});
