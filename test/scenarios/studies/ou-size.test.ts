import { beforeAll, describe, expect, test } from 'vitest';
import { ouPeripherals } from '../../../scenarios/ou-peripherals.js';
import { findPreset } from '../../../scenarios/presets.js';
import { runStudy } from '../../../scenarios/run-study.js';
import { resolveScenario, scenarioFromOptions } from '../../../scenarios/scenario.js';
import { ouSizeStudy } from '../../../scenarios/studies/ou-size.js';
import { numberAt } from '../../../scenarios/study.js';
import type { StudyValues } from '../../../sim/results/study.js';

const SIZES = [
  { wordlines: 9, bitlines: 8 },
  { wordlines: 32, bitlines: 32 },
];
/** Decided by hand, because a calibration takes seconds: four of five groups of weights are pruned. */
const GIVEN = ['mapping.quantisation=given', 'mapping.sre.sparsity=0.8'];

/** LeNet-5's weights: 5 x 5 x 1 x 6, 5 x 5 x 6 x 16, 400 x 120, 120 x 84, 84 x 10. */
const WEIGHTS = 150 + 2400 + 48_000 + 10_080 + 840;

function rowsOf(system: string, overrides: readonly string[] = []): StudyValues[] {
  const study = ouSizeStudy([system], SIZES);
  const task = { model: 'lenet5-mnist', overrides: [...GIVEN, ...overrides], baseDir: '.' };
  return runStudy(study, task, study.points(task)).rows.map(({ values }) => values);
}

describe('peripherals of an OU size', () => {
  const machineOf = (preset: string, overrides: readonly string[] = []) =>
    resolveScenario(scenarioFromOptions({ preset, model: 'lenet5-mnist' }), { baseDir: '.', overrides }).machine;
  const baseline = machineOf('ou-baseline');
  const withSize = (wordlines: number, bitlines: number) =>
    machineOf('ou-baseline', ouPeripherals(baseline, { wordlines, bitlines }));

  test('at 9 x 8 they are those of the machine that its papers describe', () => {
    expect(findPreset('ou-baseline')!.machine.ou.wordlines.value).toBe(9);
    expect(withSize(9, 8)).toEqual(baseline);
  });

  test.each([
    // ADC bits: ceil(log2(wordlines + 1)). Reads: 2.56 ns a bit, at 1.2 GHz rounded up. Conversions: bits + 2 cycles.
    [2, 2, { bits: 2, readCycles: 7, conversionCycles: 4 }],
    [4, 4, { bits: 3, readCycles: 10, conversionCycles: 5 }],
    [16, 16, { bits: 5, readCycles: 16, conversionCycles: 7 }],
    [128, 128, { bits: 8, readCycles: 25, conversionCycles: 10 }],
  ])('%i x %i', (wordlines, bitlines, { bits, readCycles, conversionCycles }) => {
    expect(withSize(wordlines, bitlines)).toEqual({
      ...baseline,
      ou: { ...baseline.ou, wordlines, bitlines },
      adc: { ...baseline.adc, bits, conversionCycles, perPool: bitlines, sharedBy: 1 },
      shiftAdd: { ...baseline.shiftAdd, lanes: bitlines },
      crossbar: { ...baseline.crossbar, readCycles },
    });
  });

  test('2-bit cells need the ADC bits of their sums, at any clock', () => {
    const cells = machineOf('ou-baseline', ['machine.crossbar.bitsPerCell=2', 'machine.rootClock=2.4 GHz']);
    const set = ouPeripherals(cells, { wordlines: 16, bitlines: 16 });
    // 16 rows of levels up to 3 sum to 48: 6 bits, 15.36 ns, (6 + 2) / 1.2 GS/s.
    for (const value of ['adc.bits=6', 'crossbar.readCycles=37', 'adc.conversionCycles=16']) {
      expect(set).toContain(`machine.${value}`);
    }
  });
});

describe('on LeNet-5', () => {
  let dense: StudyValues[];
  let sre: StudyValues[];
  let sreWithLongerCodes: StudyValues[];
  beforeAll(() => {
    dense = rowsOf('isaac-ou');
    sre = rowsOf('sre');
    sreWithLongerCodes = rowsOf('sre', ['machine.adc.bits=9']);
  }, 60_000);

  test('bits of the dense mapping do not depend on the OU', () => {
    // Both store 16-bit words in one copy of 1-bit cells.
    for (const row of [...dense, ...sre]) expect(row['denseBits']).toBe(16 * WEIGHTS);
  });

  test('the dense reference compresses nothing, keeps every operation and has no indices', () => {
    for (const row of dense) {
      expect(row).toMatchObject({ compression: 1, cellCompression: 1, keptOperations: 1, indexBits: 0 });
      expect(row['storedBits']).toBe(16 * WEIGHTS);
    }
  });

  test('stored bits are those of the cells and of the indices', () => {
    for (const row of sre) {
      const cells = numberAt(row, 'denseBits') / numberAt(row, 'cellCompression');
      expect(numberAt(row, 'storedBits')).toBeCloseTo(cells + numberAt(row, 'indexBits'), 3);
      expect(numberAt(row, 'compression')).toBeCloseTo(numberAt(row, 'denseBits') / numberAt(row, 'storedBits'), 9);
      expect(numberAt(row, 'indexBits')).toBeGreaterThan(0);
    }
  });

  test('indices, cells, operations and accuracy do not depend on the ADC; its energy does', () => {
    sre.forEach((row, r) => {
      const other = sreWithLongerCodes[r]!;
      for (const key of ['indexBits', 'storedBits', 'keptOperations', 'crossbars', 'accuracy']) {
        expect(other[key], key).toBe(row[key]);
      }
      expect(other['adcBits']).toBe(9);
      expect(numberAt(other, 'adcEnergy')).toBeGreaterThan(numberAt(row, 'adcEnergy'));
    });
  });

  test('as many ADCs as the OU has bitlines, just exact', () => {
    for (const rows of [dense, sre]) {
      expect(rows.map((row) => row['adcsPerCrossbar'])).toEqual([8, 32]);
      expect(rows.map((row) => row['adcBits'])).toEqual([4, 6]);
    }
  });
});
