import { createHash } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { stringify } from 'yaml';
import { bundledImages, bundledNetworkPath } from '../../models/bundled.js';
import { executeNetwork } from '../../models/execute.js';
import { loadNetwork } from '../../models/load-network.js';
import type { Result } from '../../sim/results/result.js';
import { npyBytes, npyHeader } from '../models/file-bytes.js';
import { folderWith, ousim, packageVersion, ROOT } from './ousim.js';

const SEED = 20261121;

async function resultOf(args: readonly string[], cwd?: string): Promise<Result> {
  const ran = await ousim(['run', ...args, '--json'], cwd);
  expect(ran).toMatchObject({ code: 0, stderr: '' });
  return JSON.parse(ran.stdout) as Result;
}

/** SHA-256 of the JSON without spaces whose keys are sorted. */
function hashOf(value: unknown): string {
  const sorted = (item: unknown): unknown => {
    if (Array.isArray(item)) return item.map(sorted);
    if (typeof item !== 'object' || item === null) return item;
    const keys = Object.keys(item).sort();
    return Object.fromEntries(keys.map((key) => [key, sorted((item as Record<string, unknown>)[key])]));
  };
  return createHash('sha256')
    .update(JSON.stringify(sorted(value)))
    .digest('hex');
}

/** What holds in every result: ledgers sum to the run, Little's law, energy is counts times prices. */
function expectLaws(result: Result): void {
  const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
  for (const [path, { ledger, utilisation, wait, ...more }] of Object.entries(result.resources)) {
    expect(sum(Object.values(ledger)), path).toBe(result.cycles);
    expect(utilisation, path).toBeGreaterThanOrEqual(0);
    expect(utilisation, path).toBeLessThanOrEqual(1);
    if (wait === undefined) continue;
    expect(more['queue.mean']! * result.cycles, path).toBeCloseTo(wait.mean * wait.count, 6);
    expect(wait.p50, path).toBeLessThanOrEqual(wait.p95);
    expect(wait.p95, path).toBeLessThanOrEqual(wait.p99);
    expect(wait.p99, path).toBeLessThanOrEqual(wait.max);
  }
  const { total_pJ, actions } = result.energy;
  for (const { count, price_pJ, energy_pJ } of Object.values(actions))
    expect(energy_pJ).toBeCloseTo(count * price_pJ, 9);
  expect(total_pJ).toBeCloseTo(sum(Object.values(actions).map(({ energy_pJ }) => energy_pJ)), 6);
  for (const { instances, each_um2, area_um2 } of Object.values(result.area.components)) {
    expect(area_um2).toBeCloseTo(instances * each_um2, 6);
  }
  expect(result.area.total_um2).toBeCloseTo(
    sum(Object.values(result.area.components).map(({ area_um2 }) => area_um2)),
    6,
  );
  const { hash, ...content } = result.scenario;
  expect(hash).toBe(hashOf(content));
}

describe('the example of the file contract, examples/matrix-pe.yaml', () => {
  // By hand, after the contract of the PE. 7 magnitude bits in cells of 2 bits are 4 slices; 2 outputs fill 8 bitlines,
  // one column group, and 2 rows are one row batch: one operation a plane on a crossbar for each sign. The inputs 5 = 101b
  // and 6 = 110b drive rows in planes 0 (one), 1 (one) and 2 (both) of 8; the detector skips the others.
  // Planes are ready at 1, 2, 3, …; reads last 13: 1-14, 14-27, 27-40. At each end 2 x 8 samples meet 2 ADCs of 1 cycle:
  // pairs wait 0 to 7 cycles. The last code is ready, and accepted, at 40 + 8, and leaves at 49.
  const CYCLES = 49;
  const PE = 'Chip.Tile[0].Pe[0]';
  let result: Result;
  beforeAll(async () => {
    result = await resultOf(['examples/matrix-pe.yaml', '--outputs']);
  });

  test('top-level keys', () => {
    expect(Object.keys(result).sort()).toEqual(
      [
        'schemaVersion',
        'scenario',
        'cycles',
        'seconds',
        'windows',
        'outputs',
        'counts',
        'work',
        'time',
        'resources',
        'energy',
        'area',
        'footprint',
        'warnings',
      ].sort(),
    );
    expect(result).toMatchObject({ schemaVersion: 2, windows: 1, outputs: [[23, 14]], warnings: [] });
  });

  test('cycles and seconds', () => {
    expect(result.cycles).toBe(CYCLES);
    expect(result.seconds).toBeCloseTo(CYCLES / 1.28e9, 20);
  });

  test('counts', () => {
    expect(result.counts).toEqual({
      ouOperations: 2 * 3,
      skippedOperations: 2 * 5,
      adcConversions: 2 * 3 * 8,
      saturatedCodes: 0,
      shiftAdds: 2 * 3 * 8,
      inputLoads: 1,
      wordlineDrives: 2 * (1 + 1 + 2),
      cellReads: 2 * 3 * (2 * 8),
    });
  });

  test('every instance, with its kind and its ledger', () => {
    const idle = { read: 0, 'stall.adc': 0, 'stall.input': 0, idle: CYCLES };
    // Until the first plane is scanned an operation is left that has no input.
    const working = { read: 3 * 13, 'stall.adc': 0, 'stall.input': 1, idle: CYCLES - 40 };
    // Three times 16 samples on 2 ADCs.
    const adc = { convert: 24, 'stall.shiftAdd': 0, idle: CYCLES - 24 };
    const seen = Object.entries(result.resources).map(([path, { kind, ledger }]) => [path, kind, ledger]);
    expect(seen.sort(([a], [b]) => (a! < b! ? -1 : 1))).toEqual([
      [`${PE}.AdcPool[0]`, 'adcPool', adc],
      [`${PE}.AdcPool[0].Adc[0]`, 'adc', adc],
      [`${PE}.AdcPool[0].Adc[1]`, 'adc', adc],
      [`${PE}.AdcPool[0].ShiftAdd`, 'shiftAndAdd', { accept: 24, idle: CYCLES - 24 }],
      [`${PE}.Crossbar[0]`, 'crossbar', working],
      [`${PE}.Crossbar[1]`, 'crossbar', working],
      [`${PE}.Crossbar[2]`, 'crossbar', idle],
      [`${PE}.Crossbar[3]`, 'crossbar', idle],
      [`${PE}.Detector`, 'sparsityDetector', { scan: 8, idle: CYCLES - 8 }],
      // The window is held until the last read of it ends.
      [`${PE}.InputRegister`, 'inputRegister', { hold: 40, idle: CYCLES - 40 }],
    ]);
    expect(result.resources[`${PE}.Crossbar[0]`]!.utilisation).toBeCloseTo(39 / CYCLES, 12);
    expect(result.resources[`${PE}.AdcPool[0].Adc[1]`]!.utilisation).toBeCloseTo(24 / CYCLES, 12);
  });

  test('waits of the pool: 48 samples, 6 for each of 0 to 7 cycles', () => {
    const { wait, 'queue.mean': queue } = result.resources[`${PE}.AdcPool[0]`]!;
    // Bins of the histogram: waits of 0; of 1; of 2 and 3; of 4 to 7.
    expect(wait).toEqual({ count: 48, mean: 3.5, p50: 3, p95: 7, p99: 7, max: 7, histogram: [6, 6, 12, 24] });
    expect(queue).toBeCloseTo((48 * 3.5) / CYCLES, 12);
  });

  test('footprint', () => {
    expect(result.footprint).toEqual({
      pes: 1,
      crossbars: 2,
      cellsUsed: 2 * (2 * 8),
      cells: 2 * 128 * 128,
      indexBits: 0,
    });
  });

  test('the scenario stands in the result, with preset, defaults and hash', () => {
    const { scope, machine, mapping, workload, assumptions } = result.scenario;
    expect(scope).toBe('pe');
    expect(machine).toMatchObject({
      preset: 'ou-baseline',
      rootClock_GHz: 1.28,
      pe: { crossbars: 4 },
      crossbar: { wordlines: 128, bitlines: 128, bitsPerCell: 2, readCycles: 13 },
      ou: { wordlines: 9, bitlines: 8 },
      sampleHold: { banks: 2 },
      adc: { bits: 5, perPool: 2, sharedBy: 4, conversionCycles: 1 },
      shiftAdd: { lanes: 2, latencyCycles: 1 },
      detector: { kind: 'group', planeCycles: 1 },
      inputRegister: { windows: 2 },
      input: { bitsPerPlane: 1 },
    });
    expect(mapping).toEqual({ scheme: 'dense', encoding: 'differential', layout: 'adjacent' });
    expect(workload).toEqual({
      kind: 'matrix',
      weightBits: 8,
      inputBits: 8,
      weights: [
        [1, -2],
        [3, 4],
      ],
      inputs: [[5, 6]],
    });
    for (const assumption of assumptions) expect(Object.keys(assumption).sort()).toEqual(['note', 'path', 'value']);
  });

  test('laws', () => expectLaws(result));
});

/** A contended machine, and random integers: everything that granularities could get wrong plays a part. */
const [weights, inputs] = fc.sample(
  fc.tuple(
    fc.array(fc.array(fc.integer({ min: -15, max: 15 }), { minLength: 5, maxLength: 5 }), {
      minLength: 30,
      maxLength: 30,
    }),
    fc.array(fc.array(fc.integer({ min: 0, max: 15 }), { minLength: 30, maxLength: 30 }), {
      minLength: 6,
      maxLength: 6,
    }),
  ),
  { seed: SEED, numRuns: 1 },
)[0]!;

const contended = {
  scope: 'pe',
  machine: {
    rootClock: '1 GHz',
    pe: { crossbars: 8 },
    crossbar: { wordlines: 16, bitlines: 12, bitsPerCell: 1, readCycles: '4 ns' },
    ou: { wordlines: 5, bitlines: 6 },
    sampleHold: { banks: 2 },
    adc: { bits: 3, perPool: 2, sharedBy: 3, conversionCycles: 1 },
    shiftAdd: { lanes: 1, latencyCycles: 2 },
    detector: { kind: 'form', planeCycles: 3 },
    inputRegister: { windows: 2 },
  },
  mapping: { encoding: 'differential', layout: 'adjacent' },
  workload: { kind: 'matrix', weightBits: 5, inputBits: 4, weights, inputs: { file: 'inputs.npy' } },
};

const product = inputs.map((window) =>
  Array.from({ length: 5 }, (_, output) => window.reduce((sum, x, row) => sum + x * weights[row]![output]!, 0)),
);

describe('a contended PE', () => {
  const folder = folderWith({
    'pe.yaml': stringify(contended),
    'pe.json': JSON.stringify(contended),
    'inputs.npy': npyBytes(npyHeader('|u1', '(6, 30)'), Uint8Array.from(inputs.flat())),
  });
  const written = (out: string): string => readFileSync(join(folder, out, 'result.json'), 'utf8');
  let reference: string;
  beforeAll(async () => {
    const ran = await ousim(['run', 'pe.yaml', '--out', 'reference', '--outputs'], folder);
    expect(ran).toMatchObject({ code: 0, stderr: '' });
    expect(ran.stdout).toContain('  files       reference/  result.json, run-info.json\n');
    reference = written('reference');
  });

  test('outputs are the integer product; everything that can stall does, so that the other tests mean something', () => {
    const result = JSON.parse(reference) as Result;
    expect(result.outputs).toEqual(product);
    expect(result.windows).toBe(6);
    const spent = (state: string) => Object.values(result.resources).map(({ ledger }) => ledger[state] ?? 0);
    for (const state of ['stall.adc', 'stall.input', 'stall.shiftAdd']) {
      expect(Math.max(...spent(state)), state).toBeGreaterThan(0);
    }
    // 30 rows in 16 wordlines and 5 outputs of 4 slices in 12 bitlines, for two signs: 2 x 2 x 2 crossbars in 3 pools.
    expect(Object.keys(result.resources).filter((path) => path.endsWith('.ShiftAdd')).length).toBe(3);
    expectLaws(result);
  });

  test.concurrent.each([
    ['--granularity sampled, shuffled', ['pe.yaml', '--granularity', 'sampled', '--seed', '7']],
    ['--granularity sampled, shuffled otherwise', ['pe.yaml', '--granularity', 'sampled', '--seed', '-12345']],
    ['--granularity booked, shuffled', ['pe.yaml', '--granularity', 'booked', '--seed', '8']],
    ['--granularity fast', ['pe.yaml', '--granularity', 'fast']],
    ['--trace perfetto', ['pe.yaml', '--trace', 'perfetto']],
    ['a trace of a part', ['pe.yaml', '--trace', 'perfetto', '--trace-window', '5:50', '--trace-filter', '*.Adc[*]']],
    ['JSON instead of YAML', ['pe.json']],
  ])('the same bytes: %s', async (name, args) => {
    const out = name.replaceAll(/\W+/g, '-');
    const ran = await ousim(['run', ...args, '--outputs', '--out', out], folder);
    expect(ran).toMatchObject({ code: 0, stderr: '' });
    expect(written(out)).toBe(reference);
    const trace = join(folder, out, 'trace.perfetto.json');
    expect(existsSync(trace)).toBe(args.includes('--trace'));
    if (args.includes('--trace')) {
      expect(JSON.parse(readFileSync(trace, 'utf8')).traceEvents.length).toBeGreaterThan(0);
    }
  });

  test('the same bytes: from another working directory, and printed by --json', async () => {
    const elsewhere = join(folder, 'elsewhere');
    mkdirSync(elsewhere);
    const args = ['run', join('..', 'pe.yaml'), '--outputs', '--json', '--out', 'out'];
    const ran = await ousim(args, elsewhere);
    expect(ran).toEqual({ code: 0, stderr: '', stdout: reference });
    expect(written(join('elsewhere', 'out'))).toBe(reference);
  });

  test('without --outputs nothing else changes; without --out nothing is written', async () => {
    const elsewhere = folderWith();
    const result = await resultOf([join(folder, 'pe.yaml')], elsewhere);
    const { outputs: _, ...rest } = JSON.parse(reference) as Result;
    expect(result).toEqual(rest);
    expect(readdirSync(elsewhere)).toEqual([]);
  });

  test('--set gives the bytes of a scenario that says the same', async () => {
    const machine = { ...contended.machine, rootClock: '2 GHz', adc: { ...contended.machine.adc, perPool: 4 } };
    writeFileSync(join(folder, 'four.yaml'), stringify({ ...contended, machine }));
    const set = [
      '--set',
      'machine.adc.perPool=1',
      '--set',
      'machine.rootClock=2 GHz',
      '--set',
      'machine.adc.perPool=4',
    ];
    const [bySet, said] = await Promise.all([resultOf(['pe.yaml', ...set], folder), resultOf(['four.yaml'], folder)]);
    expect(bySet).toEqual(said);
    expect(bySet.scenario.hash).not.toBe((JSON.parse(reference) as Result).scenario.hash);
    // 4 ns at 2 GHz.
    expect(bySet.scenario.machine).toMatchObject({ adc: { perPool: 4 }, crossbar: { readCycles: 8 } });
  });

  test('run-info.json holds what may differ, result.json nothing of it', () => {
    const info = (out: string) => JSON.parse(readFileSync(join(folder, out, 'run-info.json'), 'utf8'));
    expect(info('reference')).toMatchObject({ ousim: packageVersion, node: process.version, granularity: 'fast' });
    expect(info('reference').wallSeconds).toBeGreaterThan(0);
    expect(Number.isNaN(Date.parse(info('reference').startedAt))).toBe(false);
    expect(info('-granularity-booked-shuffled')).toMatchObject({ granularity: 'booked', seed: 8 });
    expect(info('-granularity-booked-shuffled').commandLine).toEqual(
      expect.arrayContaining(['run', '--granularity', 'booked']),
    );
    expect(info('-trace-perfetto')).toMatchObject({ granularity: 'fast', traceEvents: expect.any(Number) });
    for (const word of [folder, process.version, 'granularity', 'commandLine', 'startedAt', 'wallSeconds', 'seed']) {
      expect(reference).not.toContain(word);
    }
  });
});

describe('inputs that say what a scenario is', () => {
  test('examples/first-crossbar.yaml gives the outputs that its comments state', async () => {
    const result = await resultOf(['examples/first-crossbar.yaml', '--outputs']);
    expect(result.outputs).toEqual([
      [4, 4],
      [6, -4],
    ]);
    // 8 operations of 2 conversions for each of 2 windows on each of 2 crossbars.
    expect(result.counts).toMatchObject({ ouOperations: 32, adcConversions: 64, skippedOperations: 0 });
    expectLaws(result);
  });

  test('too few ADC bits: codes saturate as specified, are counted, and the result says so', async () => {
    // Ones in 4 cells of a bitline and 4 inputs of 1: the sum is 4, an ADC of 1 bit gives 1. The other output has one
    // weight of 1, which is exact. Encoding differential: 1 magnitude bit, so one code for each sign and output.
    const scenario = {
      machine: {
        pe: { crossbars: 2 },
        crossbar: { wordlines: 4, bitlines: 2 },
        ou: { wordlines: 4, bitlines: 2 },
        adc: { bits: 1 },
      },
      workload: {
        kind: 'matrix',
        weightBits: 2,
        inputBits: 1,
        weights: [
          [1, 0],
          [1, 0],
          [1, 1],
          [1, 0],
        ],
        inputs: [[1, 1, 1, 1]],
      },
    };
    const result = await resultOf(['s.json', '--outputs'], folderWith({ 's.json': JSON.stringify(scenario) }));
    expect(result.outputs).toEqual([[1, 1]]);
    expect(result.counts).toMatchObject({ saturatedCodes: 1, adcConversions: 4, ouOperations: 2 });
    expect(result.warnings.length).toBe(1);
    expect(result.warnings[0]).toMatch(/^1 ADC code/);
  });
});

describe('a network: lenet5-mnist on isaac, one digit', () => {
  const scenario = 'machine: { preset: isaac }\nworkload: { kind: network, model: lenet5-mnist }\n';
  const own = `machine: { preset: isaac }
workload:
  kind: network
  model: mine/lenet.json
  images: { file: digits.safetensors, tensor: images, first: 0, count: 1 }
`;
  const folder = folderWith({ 'isaac.yaml': scenario, 'own.yaml': own });
  mkdirSync(join(folder, 'mine'));
  const bundled = join(ROOT, 'models', 'bundled');
  for (const ending of ['json', 'safetensors']) {
    cpSync(join(bundled, 'lenet5-mnist', `int8.${ending}`), join(folder, 'mine', `lenet.${ending}`));
  }
  cpSync(join(bundled, 'mnist', 'digits.safetensors'), join(folder, 'digits.safetensors'));
  const { images, labels } = bundledImages('lenet5-mnist', 0, 1);
  const logits = Array.from(executeNetwork(loadNetwork(bundledNetworkPath('lenet5-mnist')), images[0]!));
  const chip = (args: readonly string[]) => ousim(['run', ...args, '--outputs', '--json'], folder);
  let printed: string;
  let result: Result;
  beforeAll(async () => {
    const ran = await chip(['--model', 'lenet5-mnist', '--preset', 'isaac', '--images', '1']);
    expect(ran).toMatchObject({ code: 0, stderr: '' });
    printed = ran.stdout;
    result = JSON.parse(printed) as Result;
  });

  test('outputs are the reference logits, and the digit is recognised', () => {
    expect(result.outputs).toEqual([logits]);
    expect(result.counts.saturatedCodes).toBe(0);
    expect(result.images).toEqual([
      {
        index: 0,
        cycles: result.cycles,
        start_cycle: 0,
        end_cycle: result.cycles,
        prediction: logits.indexOf(Math.max(...logits)),
        label: labels[0],
      },
    ]);
    expect(result.images![0]!.prediction).toBe(labels[0]);
  });

  test('layers: windows, their place in the run, sums of counts, ledgers of classes', () => {
    const layers = result.layers!;
    // LeNet-5: 28 x 28 windows with padding, then 10 x 10, then three products of one window.
    expect(layers.map(({ windows }) => windows)).toEqual([784, 100, 1, 1, 1]);
    expect(layers.map(({ rows, outputs }) => [rows, outputs])).toEqual([
      [25, 6],
      [150, 16],
      [400, 120],
      [120, 84],
      [84, 10],
    ]);
    expect(result.windows).toBe(784 + 100 + 3);
    // A layer begins before the one before has ended, and ends after it; the outputs of the last one end the run.
    layers.forEach(({ cycles, start_cycle, end_cycle }, i) => {
      expect(end_cycle - start_cycle).toBe(cycles);
      if (i === 0) return;
      expect(start_cycle).toBeGreaterThan(layers[i - 1]!.start_cycle);
      expect(end_cycle).toBeGreaterThan(layers[i - 1]!.end_cycle);
    });
    expect(layers.at(-1)!.end_cycle).toBe(result.cycles);
    for (const [name, count] of Object.entries(result.counts)) {
      const sum = layers.reduce((total, { counts }) => total + counts[name as keyof typeof counts], 0);
      expect(sum, name).toBe(count);
    }
    for (const { crossbars, adcs, footprint, spareCrossbars } of layers) {
      for (const { instances, cycles: states } of [crossbars, adcs]) {
        expect(Object.values(states).reduce((sum, value) => sum + value, 0)).toBe(instances * result.cycles);
      }
      expect(crossbars.instances).toBe(footprint.crossbars);
      // 8 crossbars to a PE.
      expect(spareCrossbars).toBe(Math.ceil(footprint.crossbars / 8) * 8 - footprint.crossbars);
    }
    expect(result.scenario.scope).toBe('chip');
    expectLaws(result);
  });

  test("the scenario file that says the same gives the same bytes, sampled and from a model and images of one's own", async () => {
    const [said, mine] = await Promise.all([
      chip(['isaac.yaml', '--granularity', 'sampled', '--seed', '3']),
      chip(['own.yaml']),
    ]);
    expect(said).toEqual({ code: 0, stderr: '', stdout: printed });
    // Only the names of the files differ, and with them the hash.
    const { scenario: _, ...rest } = JSON.parse(mine.stdout) as Result;
    const { scenario: __, ...expected } = result;
    expect(rest).toEqual(expected);
  });
});
