import { describe, expect, test } from 'vitest';
import { adcDeclaration } from '../../components/adc.js';
import { ADC_COST_LAWS, adcCost, adcCostProblem } from '../../scenarios/adc-cost.js';
import { ScenarioError } from '../../scenarios/problem.js';

test('the laws are those that the ADC declares', () => {
  expect(ADC_COST_LAWS.map(({ name }) => name)).toEqual(adcDeclaration.parameters.costLaw.choices);
});

describe('power-of-two', () => {
  // PP_sim's law at 1.2 GS/s: mW, and pJ a conversion, as published (three digits).
  test.each([
    [3, 0.1406, 0.117],
    [4, 0.225, 0.188],
    [5, 0.375, 0.313],
    [6, 0.643, 0.536],
    [7, 1.125, 0.938],
    [8, 2.0, 1.667],
    [9, 3.6, 3.0],
    [10, 6.55, 5.45],
  ])('%i bits: %d mW, %d pJ', (bits, power_mW, energy_pJ) => {
    const { energy_pJ: energy } = adcCost('power-of-two', bits, 1.2);
    expect(Math.abs(energy * 1.2 - power_mW)).toBeLessThanOrEqual(0.005);
    expect(Math.abs(energy - energy_pJ)).toBeLessThanOrEqual(0.01);
  });

  test('SRE: 6 bits draw 0.6425 mW', () => {
    expect(Math.abs(adcCost('power-of-two', 6, 1.2).energy_pJ * 1.2 - 0.6425)).toBeLessThan(0.0005);
  });

  test('ISAAC at 1.28 GS/s: 16 mW x 100 ns / 1024 conversions', () => {
    expect(adcCost('power-of-two', 8, 1.28).energy_pJ).toBeCloseTo((16 * 100) / 1024, 12);
  });

  test('a slower ADC rests, so that a conversion costs what it does at 1.2 GS/s; the note says so', () => {
    const slow = adcCost('power-of-two', 4, 0.2);
    expect(slow.energy_pJ).toBe(adcCost('power-of-two', 4, 1.2).energy_pJ);
    // PP_sim, 9 x 8 OU with 4-bit ADCs: 1.50 pJ for the 8 conversions of an OU.
    expect(8 * slow.energy_pJ).toBeCloseTo(1.5, 10);
    expect(slow.assumed).toContain('slower than 1.2 GS/s');
    expect(adcCost('power-of-two', 8, 5).energy_pJ).toBe(adcCost('power-of-two', 8, 1.28).energy_pJ);
  });

  test("keeps ISAAC's area and says that this is assumed except for 8 bits", () => {
    expect(adcCost('power-of-two', 8, 1.28)).toMatchObject({ area_um2: 1200 });
    expect(adcCost('power-of-two', 8, 1.28).assumed).toBeUndefined();
    expect(adcCost('power-of-two', 6, 1.28)).toMatchObject({
      area_um2: 1200,
      assumed: expect.stringContaining('area'),
    });
  });
});

describe('saberi (hwcomponents-library)', () => {
  test.each([
    [4, 0.79, 361],
    [5, 0.99, 477],
    [6, 1.2, 627],
    [7, 1.42, 845],
    [8, 1.67, 1200],
    [9, 1.97, 1828],
    [10, 2.38, 3002],
  ])('%i bits: %d pJ, %i um2', (bits, energy_pJ, area_um2) => {
    expect(adcCost('saberi', bits, 1.2)).toMatchObject({ energy_pJ, area_um2 });
  });

  test.each([3, 11])('%i bits are a problem that lists the resolutions', (bits) => {
    expect(adcCostProblem('saberi', bits)).toMatchObject({
      path: 'machine.adc.bits',
      value: String(bits),
      allowed: '`4`, `5`, `6`, `7`, `8`, `9` or `10` with machine.adc.costLaw saberi',
    });
    expect(() => adcCost('saberi', bits, 1.2)).toThrow(ScenarioError);
  });
});

describe('accelergy (ADC plug-in, 32 nm)', () => {
  // Evaluations of the published fit: pJ at 0.1, 1.2 and 1.28 GS/s, um2 at 1.2 GS/s (its fraction cut off).
  test.each([
    [4, 0.924, 0.924, 0.924, 5130],
    [5, 0.936, 0.936, 0.936, 5151],
    [6, 1.065, 1.065, 1.065, 5353],
    [7, 1.312, 1.312, 1.312, 5698],
    [8, 1.714, 1.849, 1.929, 6313],
    [9, 2.34, 5.299, 5.53, 8651],
    [10, 3.31, 15.73, 16.42, 11979],
  ])('%i bits: %d, %d, %d pJ, %i um2', (bits, at01, at12, at128, area) => {
    const within = (value: number, printed: number) => expect(Math.abs(value / printed - 1)).toBeLessThan(6e-4);
    within(adcCost('accelergy', bits, 0.1).energy_pJ, at01);
    within(adcCost('accelergy', bits, 1.2).energy_pJ, at12);
    within(adcCost('accelergy', bits, 1.28).energy_pJ, at128);
    expect(Math.floor(adcCost('accelergy', bits, 1.2).area_um2)).toBe(area);
  });

  test('3 bits are below the fit', () => {
    expect(adcCostProblem('accelergy', 3)).toMatchObject({ allowed: '4 or more with machine.adc.costLaw accelergy' });
    expect(adcCostProblem('accelergy', 4)).toBeNull();
  });
});

describe('survey (MNSIM 2.0)', () => {
  test.each([
    [1, 1.6e-3, 1],
    [4, 0.7, 500],
    [6, 1.26, 580],
    [8, 2 / 1.28, 1200],
    [10, 6.92 / 1.5, 1600],
  ])('%i bits: %d pJ, %i um2', (bits, energy_pJ, area_um2) => {
    expect(adcCost('survey', bits, 1)).toMatchObject({ energy_pJ, area_um2 });
  });

  test('5 bits are not listed; the hint names the laws that have them', () => {
    expect(adcCostProblem('survey', 5)).toMatchObject({
      allowed: '`1`, `4`, `6`, `8` or `10` with machine.adc.costLaw survey',
      hint: '5 bits are covered by costLaw `power-of-two`, `saberi` or `accelergy`',
    });
  });
});

test('fixed takes what it is given', () => {
  const cost = adcCost('fixed', 7, 1, { conversionEnergy_pJ: 0.5, area_um2: 300 });
  expect(cost).toMatchObject({ energy_pJ: 0.5, area_um2: 300 });
});
