import { expect, test } from 'vitest';
import { COMPONENTS } from '../../components/machine.js';
import { assumptions, explain } from '../../scenarios/explain.js';
import { resolveScenario, scenarioFromOptions } from '../../scenarios/scenario.js';
import { resolveText, SMALL } from './resolve.js';

const baseline = resolveScenario(scenarioFromOptions({ preset: 'ou-baseline', model: 'lenet5-mnist' }), {
  baseDir: '.',
});
const rows = explain(baseline);
const row = (path: string, from = rows) => from.find((candidate) => candidate.path === path)!;

test('a row for every parameter, once, with unit and doc of its declaration', () => {
  const paths = rows.map(({ path }) => path);
  expect(new Set(paths).size).toBe(paths.length);
  for (const { key, parameters } of COMPONENTS) {
    for (const [name, { unit, doc }] of Object.entries(parameters)) {
      const found = row(`machine.${key}.${name}`);
      expect(found).toMatchObject({ component: key, parameter: name, unit });
      if (found.from !== 'law') expect(found.doc).toBe(doc);
    }
  }
  expect(row('machine.rootClock')).toMatchObject({ value: 1.2, unit: 'GHz', from: 'preset' });
  expect(row('mapping.encoding')).toMatchObject({ component: 'mapping', value: 'differential' });
});

test('rounding is shown where a time was given', () => {
  expect(row('machine.crossbar.readCycles').rounding).toBe('10.24 ns x 1.2 GHz = 12.288 -> 13 cycles');
  expect(row('machine.adc.conversionCycles').rounding).toBe('5 ns x 1.2 GHz = 6 cycles');
  expect(row('machine.shiftAdd.latencyCycles')).not.toHaveProperty('rounding');
});

test('source, or why it is assumed', () => {
  expect(row('machine.adc.bits').source).toContain('BWQ');
  expect(row('machine.adc.bits')).not.toHaveProperty('assumed');
  expect(row('machine.shiftAdd.lanes').assumed).toContain('one lane per ADC');
  expect(row('machine.shiftAdd.lanes')).not.toHaveProperty('source');
});

test('what the cost law computes stands in place of the parameters that it overrules', () => {
  // 4 bits: 2 mW x (16 / 5) / (256 / 9) / 1.2 GS/s = 0.1875 pJ.
  const energy = row('machine.adc.conversionEnergy_pJ');
  expect(energy).toMatchObject({ from: 'law', unit: 'pJ', source: expect.stringContaining('ISAAC') });
  expect(energy.value).toBeCloseTo(0.1875, 12);
  expect(row('machine.adc.area_um2')).toMatchObject({
    from: 'law',
    value: 1200,
    assumed: expect.stringContaining('area'),
  });

  const overrides = ['machine.adc.costLaw=fixed', 'machine.adc.conversionEnergy_pJ=0.5'];
  const fixed = explain(resolveText(SMALL, { overrides }));
  expect(row('machine.adc.conversionEnergy_pJ', fixed)).toMatchObject({ from: 'override', value: 0.5, inEffect: true });
});

test('parameters of a detector that is not there are not in effect', () => {
  expect(row('machine.detector.kind').inEffect).toBe(true);
  expect(row('machine.detector.planeCycles').inEffect).toBe(false);
  const detecting = explain(resolveText(SMALL, { overrides: ['machine.detector.kind=form'] }));
  expect(row('machine.detector.planeCycles', detecting).inEffect).toBe(true);
});

test('assumptions are the rows without a source that are in effect', () => {
  const assumed = rows.filter(
    (candidate) => candidate.assumed !== undefined && candidate.inEffect && candidate.from !== 'law',
  );
  const lawIsAssumed = row('machine.adc.area_um2').assumed !== undefined;
  const expected = new Set([...assumed.map(({ path }) => path), ...(lawIsAssumed ? ['machine.adc.costLaw'] : [])]);
  expect(new Set(assumptions(baseline).map(({ path }) => path))).toEqual(expected);
  for (const { path, value } of assumptions(baseline)) expect(value).toBe(row(path).value);
});
