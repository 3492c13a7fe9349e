import { describe, expect, test } from 'vitest';
import { nearestName, renderProblems, ScenarioError, shown } from '../../scenarios/problem.js';

describe('nearestName', () => {
  const names = ['bits', 'perPool', 'sharedBy', 'conversionCycles', 'costLaw'];

  test.each([
    ['perPol', 'perPool'],
    ['PERPOOL', 'perPool'],
    ['per_pool', 'perPool'],
    ['shardBy', 'sharedBy'],
    ['conversion', 'conversionCycles'],
    ['bit', 'bits'],
    ['cost_law', 'costLaw'],
  ])('%s means %s', (given, meant) => {
    expect(nearestName(given, names)).toBe(meant);
  });

  test('a name that is begun comes before a misspelt one, the shortest of several', () => {
    const models = ['alexnet', 'lenet5-mnist', 'lenet5', 'vgg16'];
    expect(nearestName('lenet', models)).toBe('lenet5');
    expect(nearestName('lenet5-m', models)).toBe('lenet5-mnist');
    expect(nearestName('alenet', models)).toBe('alexnet');
  });

  test.each(['x', 'voltage', '', 'temperature'])('%j means none of them', (given) => {
    expect(nearestName(given, names)).toBeUndefined();
  });
});

describe('shown', () => {
  test.each([
    [Number.NaN, 'NaN'],
    [Number.POSITIVE_INFINITY, 'Infinity'],
    [undefined, 'nothing'],
    [null, 'nothing'],
    ['4', '"4"'],
    [4, '4'],
    [{ a: Number.NaN }, '{"a":"NaN"}'],
    [true, 'true'],
  ])('%s is shown as %s', (value, text) => {
    expect(shown(value)).toBe(text);
  });

  test('long values are cut at 60 characters', () => {
    expect(shown('a'.repeat(100))).toBe(`"${'a'.repeat(56)}...`);
  });
});

test('every problem is a block of its own, without a stack trace', () => {
  const problems = [
    { path: 'machine.adc.bits', value: '99', allowed: 'a whole number from 1 to 24 (bit)' },
    {
      path: 'machine.adc.perPol',
      value: '4',
      allowed: 'one of the keys `perPool`',
      hint: 'did you mean `machine.adc.perPool`?',
    },
  ];
  const text = [
    'a.yaml: 2 problems',
    '',
    'machine.adc.bits',
    '  got:     99',
    '  allowed: a whole number from 1 to 24 (bit)',
    '',
    'machine.adc.perPol',
    '  got:     4',
    '  allowed: one of the keys `perPool`',
    '  hint:    did you mean `machine.adc.perPool`?',
  ].join('\n');
  expect(renderProblems(problems, 'a.yaml')).toBe(text);
  expect(new ScenarioError(problems, 'a.yaml').message).toBe(text);
  expect(new ScenarioError(problems.slice(1)).message).toMatch(/^scenario: 1 problem\n/);
});
