import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { COMPONENTS, type MachineConfig } from '../../components/machine.js';
import { exactAdcBits } from '../../mapping/operation-sum.js';
import { mappingScheme } from '../../mapping/schemes.js';
import { machineAdcCost } from '../../scenarios/adc-cost.js';
import { MAPPING_PARAMETERS } from '../../scenarios/mapping-parameters.js';
import { findPreset, PRESET_NAMES, PRESETS } from '../../scenarios/presets.js';
import { actionPrices, instancesOf, machineArea } from '../../scenarios/pricing.js';
import { resolveScenario, type Scenario, scenarioFromOptions } from '../../scenarios/scenario.js';
import { presetParameters } from '../../scenarios/settings.js';

const resolved = (preset: string): Scenario =>
  resolveScenario(scenarioFromOptions({ preset, model: 'lenet5-mnist' }), { baseDir: '.' });

test('presets are those of the folder, named as their files, and are found by name', () => {
  const folder = join(import.meta.dirname, '..', '..', 'scenarios', 'presets');
  const files = readdirSync(folder).map((file) => file.replace(/\.ts$/, ''));
  expect([...PRESET_NAMES].sort()).toEqual(files.sort());
  expect(files).toEqual(expect.arrayContaining(['isaac', 'isaac-ou', 'isaac-ou-8', 'ou-baseline', 'pim-prune']));
  for (const preset of PRESETS) expect(findPreset(preset.name)).toBe(preset);
  expect(findPreset('prime')).toBeUndefined();
});

test('they are shown by year, machines of no publication first', () => {
  const years = PRESETS.map(({ publication }) => publication?.year ?? 0);
  expect(years).toEqual([...years].sort((a, b) => a - b));
  expect(PRESET_NAMES[0]).toBe('ou-baseline');
});

test('every claim is over a preset, and is a ratio in favour of the system', () => {
  for (const { name, claims, compared } of PRESETS) {
    if (claims.length > 0) expect(compared, name).toBe(true);
    for (const claim of claims) {
      expect(PRESET_NAMES, name).toContain(claim.over);
      expect(claim.over, name).not.toBe(name);
      expect(claim.value, name).toBeGreaterThan(0);
      if (claim.to !== undefined) expect(claim.to, name).toBeGreaterThan(claim.value);
    }
  }
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
    ...Object.keys(mappingScheme(preset.mapping.scheme.value).parameters).map(
      (parameter) => `mapping.${preset.mapping.scheme.value}.${parameter}`,
    ),
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
    const { resolved: echo, machine } = resolved(name);
    const paths = echo.assumptions.map(({ path }) => path);
    const assumed = [...presetParameters(preset)].flatMap(([path, value]) => ('assumed' in value ? [path] : []));
    expect(assumed).toEqual(expect.arrayContaining(paths.filter((path) => path !== 'machine.adc.costLaw')));
    expect(paths).toContain('machine.sampleHold.banks');
    // What prices a part that the machine does not have, or that a law prices, is not in effect.
    const absent = assumed.filter((path) => !paths.includes(path)).map((path) => path.split('.').slice(0, 2).join('.'));
    const parts = { 'machine.adc': machine.adc.costLaw !== 'fixed' } as Record<string, boolean>;
    parts['machine.detector'] = machine.detector.kind === 'none';
    parts['machine.indexDecoder'] = machine.indexDecoder.kind === 'none';
    // Steps of a schedule without a schedule; with one, what waits for each other without.
    parts['machine.tile'] = machine.tile.schedule === 'contended';
    parts['machine.router'] = machine.tile.schedule === 'static';
    parts['mapping.accuracyBudget_percent'] = preset.mapping.quantisation.value !== 'calibrated';
    expect([...new Set(absent)].sort()).toEqual(
      Object.keys(parts)
        .filter((part) => parts[part])
        .sort(),
    );
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
    expect(mapping).toMatchObject({ scheme: 'isaac', encoding: 'offset', layout: 'adjacent', quantisation: 'network' });
    expect(mapping).toMatchObject({ weightBits: 16, activationBits: 16, parameters: { flip: 'yes' } });
    // 128 x 3 are 9 bits; half of that fits into 8.
    expect(exactAdcBits(128, 2, 1)).toBe(machine.adc.bits + 1);
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

  test('its PE has the area of an IMA of Table I, 0.01312 mm2, component by component, and the flip encoding', () => {
    const flipBits = 8 * 128;
    const { total_um2, components } = machineArea(machine, instancesOf(machine, { pes: 1, indexBits: flipBits }));
    const areas = Object.fromEntries(
      Object.entries(components).map(([key, { area_um2 }]) => [key, Math.round(area_um2 * 1e6) / 1e6]),
    );
    expect(areas).toEqual({
      // 0.0002 mm2, and a unit column beside the 128 of every array.
      crossbar: 201.5625,
      input: 170,
      sampleHold: 40,
      adc: 9600,
      shiftAdd: 240,
      detector: 0,
      indexDecoder: 0,
      // A flip bit for every column, as bits of a 2 KB register of 2100 um2: 1024 / 16384.
      indexMemory: 131.25,
      inputRegister: 2100,
      outputRegister: 770,
    });
    expect(total_um2).toBeCloseTo(13120 + 1.5625 + 131.25, 8);
  });

  test('fetching the flip bits of 1024 columns in 100 ns draws an eighth of 1.24 mW, which drives 1024 bytes', () => {
    expect((prices.get('indexDecoder.bitRead')! * 8 * 128) / 100).toBeCloseTo(1.24 / 8, 12);
    expect(prices.get('indexDecoder.operation')).toBe(0);
  });

  test('the ADC has a source for all that it costs', () => {
    expect(machineAdcCost(machine).assumed).toBeUndefined();
    expect(echo.assumptions.map(({ path }) => path).filter((path) => path.startsWith('machine.'))).toEqual([
      'machine.sampleHold.banks',
      'machine.shiftAdd.lanes',
      'machine.indexDecoder.operationCycles',
      'machine.indexDecoder.operationEnergy_pJ',
      'machine.indexDecoder.bitReadEnergy_pJ',
      'machine.indexDecoder.area_um2',
      'machine.indexDecoder.bitArea_um2',
      'machine.inputRegister.windows',
      'machine.outputRegister.windows',
      'machine.edram.writeEnergy_pJ',
      'machine.activation.valuesPerCycle',
      'machine.activation.valueEnergy_pJ',
      'machine.pooling.valuesPerCycle',
      'machine.pooling.valueEnergy_pJ',
      'machine.tileOutputRegister.windows',
      'machine.router.flitEnergy_pJ',
      'machine.offChip.byteEnergy_pJ',
    ]);
    expect(machine.adc).toMatchObject({ costLaw: 'fixed', conversionEnergy_pJ: 1.5625, area_um2: 1200 });
  });

  test('moves data in steps of 100 ns, and the shift-and-add is such a step', () => {
    expect(machine.tile).toEqual({ pes: 12, schedule: 'static', stageCycles: 128 });
    expect(machine.shiftAdd.latencyCycles).toBe(128);
    // Two windows each: one is worked on while the next comes or the last leaves.
    expect([machine.inputRegister.windows, machine.outputRegister.windows]).toEqual([2, 2]);
  });
});

describe('the tile of ISAAC, around the PEs of every preset', () => {
  test.each(PRESET_NAMES)('%s: 168 tiles of 12 PEs, at 7 x 6 routers', (name) => {
    const { machine } = resolved(name);
    expect(machine.chip.columns * machine.chip.rows * machine.router.tiles).toBe(168);
    expect(machine.tile.pes).toBe(12);
    expect(machine.tile.schedule).toBe(name === 'isaac' ? 'static' : 'contended');
  });

  test.each(['isaac', 'ou-baseline'])('%s: rates are those of the paper, rounded down to bytes per cycle', (name) => {
    const { machine } = resolved(name);
    // 1 KB in 100 ns; 4 links of 6.4 GB/s.
    const rates = [1024 / 100, 1024 / 100, 4 * 6.4];
    [machine.edram, machine.bus, machine.offChip].forEach(({ bytesPerCycle }, i) => {
      expect(bytesPerCycle * machine.rootClock_GHz).toBeLessThanOrEqual(rates[i]! + 1e-9);
      expect((bytesPerCycle + 1) * machine.rootClock_GHz).toBeGreaterThan(rates[i]!);
    });
    // ISAAC: no tile sends more than 3.2 GB/s, which its links carry.
    const { flitBytes, flitCycles } = machine.router;
    expect((flitBytes / flitCycles) * machine.rootClock_GHz).toBeGreaterThan(3.2);
  });

  test('programming takes 11 us and 22.6 nJ for an array, as in PUMA', () => {
    const { machine, provenance } = resolved('ou-baseline');
    expect(provenance.get('machine.crossbar.programCycles')).toMatchObject({
      given: '10968.75 ns',
      exactCycles: '13162.5',
      value: 13_163,
    });
    expect(machine.crossbar.cellWriteEnergy_pJ * 128 * 128).toBeCloseTo(2.06 * 10_968.75, 6);
  });
});

describe('isaac under the OU rule', () => {
  const baseline = resolved('ou-baseline');
  test.each([
    ['isaac-ou', 16],
    ['isaac-ou-8', 8],
  ])('%s is the machine of ou-baseline with dense words of %i bits and their bias', (name, bits) => {
    const { machine, mapping } = resolved(name);
    expect(machine).toEqual(baseline.machine);
    expect(mapping).toEqual({
      scheme: 'dense',
      encoding: 'offset',
      layout: 'adjacent',
      quantisation: 'network',
      weightBits: bits,
      activationBits: bits,
      accuracyBudget_percent: 1,
      parameters: {},
    });
  });
});

describe('pim-prune', () => {
  const { machine, mapping } = resolved('pim-prune');

  test('is the machine of ou-baseline with an index decoder, and words of 16 bits without a bias', () => {
    const { indexDecoder, ...rest } = machine;
    const { indexDecoder: none, ...baseline } = resolved('ou-baseline').machine;
    expect(rest).toEqual(baseline);
    expect([indexDecoder.kind, none.kind]).toEqual(['present', 'none']);
    expect(mapping).toMatchObject({ scheme: 'pim-prune', encoding: 'twos-complement', layout: 'adjacent' });
    expect(mapping).toMatchObject({ quantisation: 'calibrated', weightBits: 16, activationBits: 16 });
  });

  test('decodes an operation while the one before is read', () => {
    expect(machine.indexDecoder.operationCycles).toBeLessThan(machine.crossbar.readCycles);
  });

  test('10,240 decoders that decode an operation in every cycle draw the 92.8 mW of the controllers of BWQ Table I', () => {
    // 1 pJ x 1 GHz = 1 mW.
    expect(10_240 * machine.indexDecoder.operationEnergy_pJ * machine.rootClock_GHz).toBeCloseTo(92.8, 9);
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
    expect(mapping).toMatchObject({ scheme: 'dense', encoding: 'differential', layout: 'adjacent', weightBits: 0 });
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
