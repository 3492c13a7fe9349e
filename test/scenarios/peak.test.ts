import { describe, expect, test } from 'vitest';
import type { MachineConfig } from '../../components/machine.js';
import { compileDense } from '../../mapping/dense.js';
import type { NetworkWorkload } from '../../scenarios/network-workload.js';
import { type Peak, type PeakLoad, peakOf, peakWords } from '../../scenarios/peak.js';
import { PRESET_NAMES } from '../../scenarios/presets.js';
import { resolveScenario, type Scenario, scenarioFromOptions } from '../../scenarios/scenario.js';

const resolved = (preset: string): Scenario =>
  resolveScenario(scenarioFromOptions({ preset, model: 'lenet5-mnist' }), { baseDir: '.' });

function peakOfPreset(preset: string): Peak {
  const scenario = resolved(preset);
  return peakOf(scenario.machine, peakWords(scenario, scenario.workload as NetworkWorkload));
}

const powers = ({ components }: PeakLoad, digits: number) =>
  Object.fromEntries(
    Object.entries(components)
      .filter(([, { power_mW }]) => power_mW > 0)
      .map(([key, { power_mW }]) => [key, Number(power_mW.toFixed(digits))]),
  );

describe('ISAAC at full load (ISCA 2016, Table I, October 2016)', () => {
  const { machine, ...scenario } = resolved('isaac');
  const peak = peakOfPreset('isaac');

  // mW of 8 arrays, 1024 DACs, 1024 sample-and-hold circuits, 8 ADCs, 4 shift-and-add units and the two registers.
  const ima = {
    crossbar: 2.4,
    input: 4,
    sampleHold: 0.01,
    adc: 16,
    shiftAdd: 0.2,
    inputRegister: 1.24,
    outputRegister: 0.23,
  };

  test('an IMA draws 24.08 mW, part by part', () => {
    expect(powers(peak.pe, 9)).toEqual(ima);
    expect(peak.pe.power_mW).toBeCloseTo(24.08, 9);
  });

  test('a tile draws 330 mW: 12 IMAs, what is around them, and a quarter of a router', () => {
    const ofImas = Object.fromEntries(Object.entries(ima).map(([key, mW]) => [key, Number((12 * mW).toFixed(9))]));
    expect(powers(peak.tile, 9)).toEqual({
      ...ofImas,
      edram: 20.7,
      bus: 7,
      tileShiftAdd: 0.05,
      activation: 0.52,
      pooling: 0.4,
      tileOutputRegister: 1.68,
      router: 42 / 4,
    });
    expect(peak.tile.power_mW).toBeCloseTo(12 * 24.08 + 40.85, 9);
    expect(peak.tile.power_mW.toFixed(0)).toBe('330');
  });

  test('168 tiles draw 55.4 W, the chip with HyperTransport 65.8 W', () => {
    expect(peak.tiles.count).toBe(168);
    expect((peak.tiles.power_mW / 1e3).toFixed(1)).toBe('55.4');
    expect(powers(peak.chip, 6)['offChip']).toBe(10_400);
    expect((peak.chip.power_mW / 1e3).toFixed(1)).toBe('65.8');
  });

  test('a tile takes 0.372 mm2, the chip 85.4 mm2', () => {
    expect((peak.tile.area_um2 / 1e6).toFixed(3)).toBe('0.372');
    expect((peak.tiles.area_um2 / 1e6).toFixed(1)).toBe('62.5');
    expect((peak.chip.area_um2 / 1e6).toFixed(1)).toBe('85.4');
    // The paper's own sum of parts: 12 x 0.01312 + 0.21485 mm2, here with the unit columns of 96 arrays beside it.
    expect(peak.tile.area_um2).toBeCloseTo(12 * 13_120 + 214_850 + (96 * 25) / 128, 6);
  });

  test('does 41.3 TOPS, 627.5 GOPS/W, and 1 conversion per multiply-accumulate', () => {
    expect(peak).toMatchObject({ weightBits: 16, activationBits: 16, windowCycles: 16 * 128, conversionsPerMac: 1 });
    // 16,128 arrays x 128 rows x 16 weights x 2 operations in 1.6 us.
    expect(peak.throughput_GOPS).toBeCloseTo((16_128 * 128 * 16 * 2) / 1600, 6);
    // The paper divides by the power that it prints, with one decimal; by the sum of the parts it is 627.4.
    const printed_W = Number((peak.chip.power_mW / 1e3).toFixed(1));
    expect((peak.throughput_GOPS / printed_W).toFixed(1)).toBe('627.5');
    expect(peak.GOPSperW).toBeCloseTo(peak.throughput_GOPS / (168 * (12 * 0.02408 + 0.04085) + 10.4), 6);
    // Printed as 478.95, which is 0.9 % off the quotient of the paper's own numbers.
    expect(peak.GOPSperMm2).toBeCloseTo(41_287.68 / 85.43, 0);
  });

  test.each([
    [16, 1],
    [8, 0.25],
  ])('a dense layer of full arrays of %i-bit words takes %d conversions per multiply-accumulate', (bits, expected) => {
    const outputs = 2 * (128 / (bits / 2));
    const program = compileDense({
      rows: 256,
      outputs,
      weightBits: bits,
      inputBits: bits,
      bitsPerPlane: machine.input.bitsPerPlane,
      encoding: scenario.mapping.encoding,
      layout: scenario.mapping.layout,
      crossbar: machine.crossbar,
      ou: machine.ou,
      weights: new Int32Array(256 * outputs).fill(1),
    });
    let conversions = 0;
    for (const { groups } of program.crossbars) {
      for (const { bitlines, rowList } of groups) {
        const batches = Math.ceil(program.rowLists[rowList]!.wordlines.length / machine.ou.wordlines);
        conversions += program.planes * batches * bitlines.length;
      }
    }
    const words = { encoding: 'offset', layout: 'adjacent', weightBits: bits, activationBits: bits } as const;
    expect(program.crossbars.length).toBe(4);
    expect(conversions / (256 * outputs)).toBe(expected);
    expect(peakOf(machine, words).conversionsPerMac).toBe(expected);
  });
});

describe('OU machines', () => {
  const { machine } = resolved('isaac-ou-8');
  const words = { encoding: 'offset', layout: 'adjacent', weightBits: 8, activationBits: 8 } as const;
  const changed = (changes: { [C in keyof MachineConfig]?: Partial<MachineConfig[C]> }): MachineConfig => {
    const parts = Object.entries(changes).map(([key, values]) => [
      key,
      { ...(machine[key as keyof MachineConfig] as object), ...(values as object) },
    ]);
    return { ...machine, ...Object.fromEntries(parts) };
  };

  test('read an array in 15 x 16 operations for each input bit', () => {
    // 128 rows in batches of 9, 128 columns in groups of 8.
    expect(peakOf(machine, words).windowCycles).toBe(8 * 15 * 16 * machine.crossbar.readCycles);
    // All 128 columns are converted for each batch: 16 weights of 8 cells in each of 128 rows.
    expect(peakOf(machine, words).conversionsPerMac).toBe((8 * 15 * 128) / (128 * 16));
  });

  test('are as slow as the slowest of reads, decoding, conversions, accepting codes, and banks', () => {
    const pace = (changes: Parameters<typeof changed>[0]) =>
      peakOf(changed(changes), words).windowCycles / (8 * 15 * 16);
    expect(pace({ crossbar: { readCycles: 11 } })).toBe(11);
    expect(pace({ indexDecoder: { kind: 'present', operationCycles: 40 } })).toBe(40);
    expect(pace({ indexDecoder: { kind: 'none', operationCycles: 40 } })).toBe(machine.crossbar.readCycles);
    // 4 crossbars ask for 32 conversions of 6 cycles; 2 ADCs take 96 cycles for them.
    expect(pace({ adc: { sharedBy: 4, perPool: 2, conversionCycles: 6 } })).toBe(96);
    // 2 lanes accept the 8 codes of a read in 4 cycles, those of 8 crossbars in 32.
    expect(pace({ adc: { sharedBy: 8, perPool: 64, conversionCycles: 1 }, shiftAdd: { lanes: 2 } })).toBe(32);
    // With one bank no read overlaps its conversions: 13 + 6.
    expect(pace({ sampleHold: { banks: 1 }, crossbar: { readCycles: 13 }, adc: { conversionCycles: 6 } })).toBe(19);
  });

  test('differential pairs hold half as many weights', () => {
    const single = peakOf(machine, words);
    const pairs = peakOf(machine, { ...words, encoding: 'differential', weightBits: 9 });
    expect(pairs.throughput_GOPS).toBeCloseTo(single.throughput_GOPS / 2, 9);
    expect(pairs.chip.power_mW).toBeCloseTo(single.chip.power_mW, 9);
  });

  test('a detector scans each plane once, in each PE', () => {
    const detecting = changed({ detector: { kind: 'group', planeCycles: 1, scanEnergy_pJ: 100 } });
    const { pe } = peakOf(detecting, words);
    const planeTime_ns = (15 * 16 * machine.crossbar.readCycles) / machine.rootClock_GHz;
    expect(pe.components['detector']!.power_mW).toBeCloseTo(100 / planeTime_ns, 9);
  });
});

test.each(PRESET_NAMES)('%s: tile and chip are the sum of their parts', (name) => {
  const { machine } = resolved(name);
  const { pe, tile, tiles, chip } = peakOfPreset(name);
  const sum = ({ components }: PeakLoad, key: 'power_mW' | 'area_um2') =>
    Object.values(components).reduce((total, component) => total + component[key], 0);
  for (const key of ['power_mW', 'area_um2'] as const) {
    for (const load of [pe, tile, tiles, chip]) expect(load[key]).toBeCloseTo(sum(load, key), 3);
    expect(tiles[key] / tile[key]).toBeCloseTo(168, 9);
    expect(tile[key]).toBeGreaterThan(machine.tile.pes * pe[key]);
  }
});
