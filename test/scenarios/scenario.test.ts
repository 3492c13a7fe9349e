import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { COMPONENTS } from '../../components/machine.js';
import { extend } from '../../scenarios/extend.js';
import { PRESETS } from '../../scenarios/presets.js';
import { parseScenario, type RawScenario, resolveScenario, scenarioFromOptions } from '../../scenarios/scenario.js';
import { resolveText, SMALL } from './resolve.js';

describe('precedence', () => {
  test('override over scenario over preset over default', () => {
    const text = `
machine:
  preset: ou-baseline
  adc: { perPool: 2, sharedBy: 2 }
workload: { kind: matrix, weightBits: 2, inputBits: 1, weights: [[1]], inputs: [[1]] }
`;
    const { machine, provenance, preset } = resolveText(text, { overrides: ['machine.adc.perPool=4'] });
    expect(preset!.name).toBe('ou-baseline');
    expect(machine.adc).toMatchObject({ perPool: 4, sharedBy: 2, bits: 4 });
    expect(provenance.get('machine.adc.perPool')).toEqual({ value: 4, from: 'override' });
    expect(provenance.get('machine.adc.sharedBy')).toEqual({ value: 2, from: 'scenario' });
    expect(provenance.get('machine.adc.bits')).toMatchObject({
      value: 4,
      from: 'preset',
      source: expect.stringContaining('BWQ'),
    });
    expect(resolveText(SMALL).provenance.get('machine.adc.bits')).toMatchObject({ value: 8, from: 'default' });
  });

  test('without a preset every parameter that is not given has the declared default', () => {
    const { machine } = resolveText(
      'workload: { kind: matrix, weightBits: 2, inputBits: 1, weights: [[1]], inputs: [[1]] }',
    );
    for (const { key, parameters } of COMPONENTS) {
      const defaults = Object.fromEntries(
        Object.entries(parameters).map(([name, parameter]) => [name, parameter.default]),
      );
      expect(machine[key]).toEqual(defaults);
    }
  });

  test('later overrides win, a whole section can be set, and the raw scenario stays as it was', () => {
    const raw = parseScenario(SMALL, 'a.yaml');
    const before = JSON.stringify(raw);
    const overrides = [
      'machine.adc.perPool=2',
      'machine.adc.perPool=3',
      'machine.shiftAdd={lanes: 2}',
      'machine.detector.kind=group',
    ];
    const { machine, provenance } = resolveScenario(raw, { baseDir: '.', overrides });
    expect(machine.adc.perPool).toBe(3);
    expect(machine.shiftAdd.lanes).toBe(2);
    expect(machine.detector.kind).toBe('group');
    expect(provenance.get('machine.shiftAdd.lanes')!.from).toBe('override');
    expect(JSON.stringify(raw)).toBe(before);
    expect(Object.isFrozen(raw)).toBe(false);
  });

  test('an override may name a preset, a time, and a value of the workload', () => {
    const overrides = ['machine.preset=isaac', 'machine.crossbar.readCycles=10 ns', 'workload.inputBits=4'];
    const { preset, machine, workload } = resolveText(SMALL, { overrides });
    expect(preset!.name).toBe('isaac');
    expect(machine.crossbar.readCycles).toBe(10);
    expect(workload).toMatchObject({ inputBits: 4 });
  });
});

describe('times become cycles of the root clock', () => {
  const cycles = (rootClock: string, readCycles: string) => {
    const { machine, provenance } = resolveText(SMALL, {
      overrides: [`machine.rootClock=${rootClock}`, `machine.crossbar.readCycles=${readCycles}`],
    });
    const { value, given, exactCycles } = provenance.get('machine.crossbar.readCycles')!;
    expect(value).toBe(machine.crossbar.readCycles);
    return [value, given, exactCycles];
  };

  test('rounded up, exactly, with what was given', () => {
    expect(cycles('1.28 GHz', '100 ns')).toEqual([128, '100 ns', '128']);
    expect(cycles('1.2 GHz', '10.24 ns')).toEqual([13, '10.24 ns', '12.288']);
    expect(cycles('2.2 GHz', '25 ns')).toEqual([55, '25 ns', '55']);
    expect(cycles('1 GHz', '7')).toEqual([7, undefined, undefined]);
  });

  test("a preset's times follow an overridden clock", () => {
    const text = `machine: { preset: ou-baseline, rootClock: 2.4 GHz }
workload: { kind: matrix, weightBits: 2, inputBits: 1, weights: [[1]], inputs: [[1]] }`;
    const { machine } = resolveText(text);
    expect(machine.rootClock_GHz).toBe(2.4);
    expect(machine.crossbar.readCycles).toBe(25); // 10.24 x 2.4 = 24.576
    expect(machine.adc.conversionCycles).toBe(12); // 5 x 2.4
  });
});

describe('the matrix workload', () => {
  test('is loaded row by row, mapped, and echoed as given', () => {
    const { scope, workload, resolved } = resolveText(SMALL);
    expect(scope).toBe('pe');
    if (workload.kind !== 'matrix') throw new Error('not a matrix');
    expect(workload.weights).toEqual({ rows: 4, columns: 2, values: Int32Array.of(1, -2, 3, 0, -1, 2, 0, 1) });
    expect(workload.inputs).toEqual({ rows: 2, columns: 4, values: Int32Array.of(1, 2, 3, 0, 3, 1, 0, 2) });
    // Positive and negative copy; 2 slices of 2 outputs fill the 4 bitlines.
    expect(workload.program.crossbars.length).toBe(2);
    expect(resolved.workload).toEqual({
      kind: 'matrix',
      weightBits: 3,
      inputBits: 2,
      weights: [
        [1, -2],
        [3, 0],
        [-1, 2],
        [0, 1],
      ],
      inputs: [
        [1, 2, 3, 0],
        [3, 1, 0, 2],
      ],
    });
  });

  test.each([
    ['differential', 3, [[-3, 3]]],
    ['offset', 3, [[-4, 3]]],
    ['offset', 1, [[-1, 0]]],
    ['twos-complement', 3, [[-4, 3]]],
    ['differential', 16, [[-32767, 32767]]],
    ['offset', 16, [[-32768, 32767]]],
  ])('%s takes %i-bit weights to both ends of their range', (encoding, weightBits, weights) => {
    const overrides = [
      `mapping.encoding=${encoding}`,
      `workload.weightBits=${weightBits}`,
      `workload.weights=${JSON.stringify(weights)}`,
      'workload.inputs=[[3]]',
      'machine.pe.crossbars=64',
      'mapping.layout=planar',
    ];
    expect(resolveText(SMALL, { overrides }).workload).toMatchObject({ weightBits });
  });

  test('a pool may be shared by more crossbars than there are', () => {
    expect(resolveText(SMALL, { overrides: ['machine.adc.sharedBy=64'] }).machine.adc.sharedBy).toBe(64);
  });
});

describe('the network workload', () => {
  const small = scenarioFromOptions({ preset: 'isaac', model: 'lenet5-mnist' });

  test('bundled model, bundled images, first image unless said otherwise', () => {
    const { scope, workload, resolved } = resolveScenario(small, { baseDir: '.' });
    expect(scope).toBe('chip');
    if (workload.kind !== 'network') throw new Error('not a network');
    expect(workload.network.inputShape).toEqual([1, 28, 28]);
    expect(workload.images.pixels.length).toBe(1);
    expect(workload.images.labels!.length).toBe(1);
    expect(resolved.workload).toMatchObject({ kind: 'network', model: 'lenet5-mnist', images: { first: 0, count: 1 } });
  });

  test('images first .. first + count - 1', () => {
    const images = { first: 3, count: 2 };
    const all = resolveScenario(scenarioFromOptions({ model: 'lenet5-mnist', images: { count: 5 } }), { baseDir: '.' });
    const two = resolveScenario(scenarioFromOptions({ model: 'lenet5-mnist', images }), { baseDir: '.' });
    if (all.workload.kind !== 'network' || two.workload.kind !== 'network') throw new Error('not a network');
    expect(two.workload.images.pixels).toEqual(all.workload.images.pixels.slice(3));
    expect(two.workload.images.labels).toEqual(all.workload.images.labels!.slice(3));
    expect(two.workload.images.first).toBe(3);
    expect(two.preset!.name).toBe('ou-baseline');
  });
});

describe('the hash', () => {
  /** The same values with the keys of every map in another order. */
  function shuffled(value: unknown, order: (length: number) => number[]): unknown {
    if (Array.isArray(value)) return value.map((item) => shuffled(item, order));
    if (typeof value !== 'object' || value === null) return value;
    const entries = Object.entries(value);
    return Object.fromEntries(order(entries.length).map((i) => [entries[i]![0], shuffled(entries[i]![1], order)]));
  }

  test('does not depend on the order of keys', () => {
    const raw = parseScenario(SMALL, 'a.yaml');
    const { hash } = resolveScenario(raw, { baseDir: '.' }).resolved;
    fc.assert(
      fc.property(fc.infiniteStream(fc.integer({ min: 0, max: 1000 })), (stream) => {
        const order = (length: number) => {
          const ranks = Array.from({ length }, () => stream.next().value as number);
          return ranks.map((_, i) => i).sort((a, b) => ranks[a]! - ranks[b]!);
        };
        const other = shuffled(raw, order) as RawScenario;
        expect(resolveScenario(other, { baseDir: '.' }).resolved.hash).toBe(hash);
      }),
      { seed: 20261121, numRuns: 30 },
    );
  });

  test('is the SHA-256 of the other keys as JSON with sorted keys', () => {
    const { hash, ...rest } = resolveText(SMALL).resolved;
    const sorted = (value: unknown): string => {
      if (Array.isArray(value)) return `[${value.map(sorted).join(',')}]`;
      if (typeof value !== 'object' || value === null) return JSON.stringify(value);
      const map = value as Record<string, unknown>;
      const keys = Object.keys(map).sort();
      return `{${keys.map((key) => `${JSON.stringify(key)}:${sorted(map[key])}`).join(',')}}`;
    };
    expect(hash).toBe(createHash('sha256').update(sorted(rest)).digest('hex'));
  });

  test('changes with a value', () => {
    const hashes = ['machine.adc.perPool=1', 'machine.adc.perPool=2', 'workload.inputs=[[1, 2, 3, 1]]'].map(
      (override) => resolveText(SMALL, { overrides: [override] }).resolved.hash,
    );
    expect(new Set(hashes).size).toBe(3);
  });
});

test('the resolved scenario holds every value of the machine and names the preset', () => {
  for (const { name } of PRESETS) {
    const { machine, resolved } = resolveScenario(scenarioFromOptions({ preset: name, model: 'lenet5-mnist' }), {
      baseDir: '.',
    });
    expect(resolved.machine).toEqual({ preset: name, ...machine });
    expect(JSON.parse(JSON.stringify(resolved))).toEqual(resolved);
  }
});

test('extend gives a changed copy and leaves the base as it is', () => {
  const { machine } = resolveText(SMALL);
  const point = extend(machine, (draft) => {
    draft.adc.perPool = 4;
  });
  expect(point.adc.perPool).toBe(4);
  expect(machine.adc.perPool).toBe(1);
  expect(point.crossbar).toBe(machine.crossbar);
  expect({ ...point, adc: { ...point.adc, perPool: 1 } }).toEqual(machine);
});
