import { expect, test } from 'vitest';
import { ScenarioError } from '../../scenarios/problem.js';
import { parseScenario } from '../../scenarios/scenario.js';

function problems(text: string) {
  try {
    parseScenario(text, 'a.yaml');
    return [];
  } catch (error) {
    if (error instanceof ScenarioError) return error.problems;
    throw error;
  }
}

test('YAML and JSON give the same scenario, JSON indented with tabs as well', () => {
  const yaml = parseScenario('scope: pe\nmachine: { adc: { bits: 4 } }\n', 'a.yaml');
  expect(yaml).toEqual({ scope: 'pe', machine: { adc: { bits: 4 } } });
  expect(parseScenario('{\n\t"scope": "pe",\n\t"machine": { "adc": { "bits": 4 } }\n}', 'a.json')).toEqual(yaml);
});

test('every key that stands twice is a problem with its line and column', () => {
  expect(problems('scope: pe\nscope: chip\nmachine:\n  adc: {}\n  adc: {}\n')).toMatchObject([
    { path: 'a.yaml:2:1', value: '"scope: chip"', allowed: 'every key once' },
    { path: 'a.yaml:5:3', value: '"adc: {}"', allowed: 'every key once' },
  ]);
});

test('a syntax error is a problem with its line', () => {
  expect(problems('scope: pe\nmachine: [1, 2\n')).toMatchObject([{ path: expect.stringMatching(/^a\.yaml:[23]:/) }]);
  expect(problems('machine:\n\tpe: 1\n')).toMatchObject([{ path: expect.stringMatching(/^a\.yaml:2:/) }]);
  expect(problems('a: !thing 3\n')).toMatchObject([{ path: 'a.yaml:1:4', hint: expect.stringContaining('!thing') }]);
});

test('a cascade of errors is cut, and says so', () => {
  const found = problems('['.repeat(2000));
  expect(found.length).toBe(11);
  expect(found[10]).toMatchObject({ path: 'a.yaml', value: expect.stringMatching(/^\d+ more errors$/) });
});

test('values of other kinds than YAML itself has are refused', () => {
  expect(problems('a: !!set { x, y }')).toMatchObject([{ path: 'a.yaml:1:4' }]);
  expect(problems('!!omap [ a: 1 ]')).toMatchObject([{ path: 'a.yaml:1:1' }]);
});

test.each([
  ['', 'nothing'],
  ['# only a comment', 'nothing'],
  ['[1, 2]', '[1,2]'],
  ['pe', '"pe"'],
])('%j is no scenario', (text, value) => {
  expect(problems(text)).toEqual([
    { path: 'a.yaml', value, allowed: 'a map with the keys scope, machine, mapping, execution and workload' },
  ]);
});

test('aliases that multiply without end are refused', () => {
  const levels = ['a: &a [x,x,x,x,x,x,x,x,x,x]'];
  for (let i = 1; i < 9; i++)
    levels.push(`${'abcdefghi'[i]}: &${'abcdefghi'[i]} [${Array(10).fill(`*${'abcdefghi'[i - 1]}`)}]`);
  expect(problems(levels.join('\n'))).toMatchObject([{ path: 'a.yaml', hint: expect.stringMatching(/alias/i) }]);
});
