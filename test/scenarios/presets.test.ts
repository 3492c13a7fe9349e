import { describe, expect, test } from 'vitest';
import { COMPONENTS, type MachineConfig } from '../../components/machine.js';
import { machineAdcCost } from '../../scenarios/adc-cost.js';
import { MAPPING_PARAMETERS } from '../../scenarios/mapping-parameters.js';
import { findPreset, PRESET_NAMES, PRESETS } from '../../scenarios/presets.js';
import { actionPrices, instancesOf, machineArea } from '../../scenarios/pricing.js';
import { resolveScenario, type Scenario, scenarioFromOptions } from '../../scenarios/scenario.js';
import { presetParameters } from '../../scenarios/settings.js';

const resolved = (preset: string): Scenario =>
  resolveScenario(scenarioFromOptions({ preset, model: 'lenet5-mnist' }), { baseDir: '.' });

test('presets are found by name', () => {
  expect(PRESET_NAMES).toEqual(['ou-baseline', 'isaac']);
  for (const preset of PRESETS) expect(findPreset(preset.name)).toBe(preset);
  expect(findPreset('prime')).toBeUndefined();
});

test('every declared default lies within its range', () => {
  for (const { key, parameters } of COMPONENTS) {
    for (const [name, parameter] of Object.entries(parameters)) {
      const path = `${key}.${name}`;
      if (parameter.type === 'choice') {
        expect(parameter.choices, path).toContain(parameter.default);
      } else {
        expect(parameter.default, path).toBeGreaterThanOrEqual(parameter.min);
        expect(parameter.default, path).toBeLessThanOrEqual(parameter.max);
        if (parameter.type === 'integer') expect(Number.isInteger(parameter.default), path).toBe(true);
      }
    }
  }
});

describe.each(PRESETS.map((preset) => [preset.name, preset] as const))('%s', (name, preset) => {
  const declared = [
    'machine.rootClock',
    ...COMPONENTS.flatMap(({ key, parameters }) =>
      Object.keys(parameters).map((parameter) => `machine.${key}.${parameter}`),
    ),
    ...Object.keys(MAPPING_PARAMETERS).map((parameter) => `mapping.${parameter}`),
  ];

  test('sets every declared parameter and no other', () => {
    expect([...presetParameters(preset).keys()].sort()).toEqual([...declared].sort());
  });

  test('every value names its source or is marked assumed, never both', () => {
    for (const [path, value] of presetParameters(preset)) {
      const notes = ['source' in value ? value.source : '', 'assumed' in value ? value.assumed : ''];
      expect(notes.filter((note) => note.length > 0).length, path).toBe(1);
    }
  });

  test('resolves, and every parameter comes from the preset', () => {
    const { provenance } = resolved(name);
    for (const path of declared) expect(provenance.get(path)!.from, path).toBe('preset');
  });

  test('lists its assumptions, and only those in effect', () => {
    const { resolved: echo } = resolved(name);
    const paths = echo.assumptions.map(({ path }) => path);
    expect(paths).toContain('machine.sampleHold.banks');
    expect(paths).not.toContain('machine.adc.conversionEnergy_pJ');
    expect(paths).not.toContain('machine.detector.scanEnergy_pJ');
    expect(new Set(paths).size).toBe(paths.length);
  });
});

describe('isaac', () => {
  const { machine, mapping, resolved: echo } = resolved('isaac');
  const prices = actionPrices(machine);

  test('reads 128 x 128 cells of 2 bits in 100 ns and converts 128 bitlines in the same time with one ADC', () => {
    expect(machine).toMatchObject({
      rootClock_GHz: 1.28,
      pe: { crossbars: 8 },
      crossbar: { wordlines: 128, bitlines: 128, bitsPerCell: 2, readCycles: 128 },
      ou: { wordlines: 128, bitlines: 128 },
      adc: { bits: 8, perPool: 1, sharedBy: 1, conversionCycles: 1 },
      input: { bitsPerPlane: 1 },
      detector: { kind: 'none' },
    });
    expect(mapping).toEqual({ scheme: 'dense', encoding: 'offset', layout: 'adjacent' });
  });

  // ISAAC Table I, mW of an IMA at full load: what its parts do in 100 ns, 1 pJ / ns being 1 mW.
  test.each([
    ['adc.conversion', 8 * 128, 16],
    ['input.drive', 8 * 128, 4],
    ['sampleHold.sample', 8 * 128, 0.01],
    ['crossbar.cellRead', 8 * 128 * 128, 2.4],
    ['shiftAdd.add', 8 * 128, 0.2],
    ['inputRegister.byteWrite', 1024, 1.24],
    ['outputRegister.byteWrite', 1024, 0.23],
  ] as const)('%s x %i in 100 ns is %d mW', (action, count, power_mW) => {
    expect((prices.get(action)! * count) / 100).toBeCloseTo(power_mW, 12);
  });

  test('its PE has the area of an IMA of Table I, 0.01312 mm2, component by component', () => {
    const { total_um2, components } = machineArea(machine, instancesOf(machine, { pes: 1, indexBits: 1000 }));
    const areas = Object.fromEntries(
      Object.entries(components).map(([key, { area_um2 }]) => [key, Math.round(area_um2 * 1e6) / 1e6]),
    );
    expect(areas).toEqual({
      crossbar: 200,
      input: 170,
      sampleHold: 40,
      adc: 9600,
      shiftAdd: 240,
      detector: 0,
      indexDecoder: 0,
      indexMemory: 0,
      inputRegister: 2100,
      outputRegister: 770,
    });
    expect(total_um2).toBeCloseTo(13120, 8);
  });

  test('the ADC has a source for all that it costs', () => {
    expect(machineAdcCost(machine).assumed).toBeUndefined();
    expect(echo.assumptions.map(({ path }) => path)).toEqual([
      'machine.sampleHold.banks',
      'machine.shiftAdd.lanes',
      'machine.shiftAdd.latencyCycles',
    ]);
  });
});

describe('ou-baseline', () => {
  const { machine, mapping, provenance } = resolved('ou-baseline');
  const prices = actionPrices(machine);

  test('reads 9 x 8 OUs of 1-bit cells, an ADC for each bitline of the OU', () => {
    expect(machine).toMatchObject({
      rootClock_GHz: 1.2,
      pe: { crossbars: 8 },
      crossbar: { wordlines: 128, bitlines: 128, bitsPerCell: 1 },
      ou: { wordlines: 9, bitlines: 8 },
      adc: { bits: 4, perPool: 8, sharedBy: 1 },
    });
    expect(mapping).toEqual({ scheme: 'dense', encoding: 'differential', layout: 'adjacent' });
    // Exact for 9 rows of 1-bit cells and 1-bit inputs: sums up to 9.
    expect(2 ** machine.adc.bits - 1).toBeGreaterThanOrEqual(machine.ou.wordlines);
    expect(machine.adc.perPool).toBe(machine.ou.bitlines);
  });

  test('durations: 15.6 ns x 4/3 x 32/65 = 10.24 ns and (4 + 2) / 1.2 GS/s = 5 ns, in cycles of 1.2 GHz', () => {
    expect((15.6 * 4 * 32) / (3 * 65)).toBeCloseTo(10.24, 12);
    expect(provenance.get('machine.crossbar.readCycles')).toMatchObject({
      value: 13,
      given: '10.24 ns',
      exactCycles: '12.288',
    });
    expect(provenance.get('machine.adc.conversionCycles')).toMatchObject({ value: 6, given: '5 ns', exactCycles: '6' });
  });

  // Energy per OU of 9 x 8 with 4-bit ADCs by PP_sim's formulas, as published (two digits): pJ.
  test.each([
    ['input.drive', 9, 0.029, 0.0005],
    ['crossbar.cellRead', 9 * 8, 0.0011, 0.00005],
    ['adc.conversion', 8, 1.5, 0.005],
    ['shiftAdd.add', 8, 0.33, 0.005],
  ] as const)('%s x %i is %d pJ per OU', (action, count, energy_pJ, tolerance) => {
    expect(Math.abs(prices.get(action)! * count - energy_pJ)).toBeLessThan(tolerance);
  });
});

test('the areas of a machine follow its instances', () => {
  const { machine } = resolved('ou-baseline');
  const shared: MachineConfig = {
    ...machine,
    adc: { ...machine.adc, sharedBy: 3, perPool: 2 },
    shiftAdd: { ...machine.shiftAdd, lanes: 5 },
  };
  // 8 crossbars in pools of 3: 3 pools, the last of 2 crossbars.
  expect(instancesOf(shared, { pes: 2, indexBits: 1000 })).toEqual({
    crossbar: 16,
    input: 16 * 128,
    sampleHold: 16 * 2 * 8,
    adc: 2 * 3 * 2,
    shiftAdd: 2 * 3 * 5,
    detector: 0,
    indexDecoder: 0,
    indexMemory: 0,
    inputRegister: 2,
    outputRegister: 2,
  });
  const detecting: MachineConfig = { ...machine, detector: { ...machine.detector, kind: 'group' } };
  expect(instancesOf(detecting, { pes: 2, indexBits: 0 }).detector).toBe(2);
});

test('indices take the area of a decoder per crossbar and of their bits, or none at all', () => {
  const { machine } = resolved('ou-baseline');
  const footprint = { pes: 3, indexBits: 700 };
  const areaWith = (kind: 'none' | 'present') => {
    const indexDecoder = { ...machine.indexDecoder, kind, area_um2: 50, bitArea_um2: 0.25 };
    const decoding: MachineConfig = { ...machine, indexDecoder };
    return machineArea(decoding, instancesOf(decoding, footprint));
  };
  const free = areaWith('none');
  const priced = areaWith('present');
  expect(priced.components).toMatchObject({
    indexDecoder: { instances: 24, each_um2: 50, area_um2: 1200 },
    indexMemory: { instances: 700, each_um2: 0.25, area_um2: 175 },
  });
  expect(priced.total_um2).toBeCloseTo(free.total_um2 + 1200 + 175, 8);
  expect([free.components['indexDecoder']!.area_um2, free.components['indexMemory']!.area_um2]).toEqual([0, 0]);
});
