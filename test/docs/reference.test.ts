import { expect, test } from 'vitest';
import { referenceText } from '../../cli/reference.js';
import { COMPONENTS } from '../../components/machine.js';
import { runScenario } from '../../scenarios/run/run-scenario.js';
import { resolveScenario, scenarioFromOptions } from '../../scenarios/scenario.js';
import { resultToJson } from '../../sim/results/write.js';
import { readPage } from './markdown.js';

const committed = readPage('docs/reference.md');

test('docs/reference.md is what npm run docs:reference writes', () => {
  expect(committed).toBe(referenceText());
});

test('every parameter, action and statistic of every component stands under its component', () => {
  for (const { key, parameters, actions, statistics } of COMPONENTS) {
    const section = committed.split(`### \`machine.${key}\`\n`)[1]!.split('\n#')[0]!;
    const names = [
      ...Object.keys(parameters),
      ...Object.keys(actions).map((action) => `${key}.${action}`),
      ...Object.keys(statistics),
    ];
    for (const name of names) expect(section, `machine.${key}`).toContain(`- \`${name}\``);
  }
});

test('every key of a result is explained', () => {
  const isaac = scenarioFromOptions({ preset: 'isaac', model: 'lenet5-mnist' });
  const { scenario, resources, energy, area, ...result } = JSON.parse(
    resultToJson(runScenario(resolveScenario(isaac, { baseDir: '.' }), { outputs: true })),
  ) as Record<string, Record<string, unknown>>;
  // Maps by path, action or component are explained as such; here one entry stands for all.
  const entries = [resources, energy!['actions'], area!['components']].map((map) => Object.values(map as object)[0]);
  const keys = new Set<string>(['scenario', 'resources', 'energy', 'area', 'actions', 'components', 'total_um2']);
  collectKeys([result, scenario!['assumptions'], ...entries], keys);
  for (const key of keys) expect(committed, key).toContain(`\`${key}\``);
});

/** Keys of objects at any depth, without those of ledgers and of layers' actions. */
function collectKeys(value: unknown, into: Set<string>): void {
  if (Array.isArray(value)) for (const item of value) collectKeys(item, into);
  else if (typeof value === 'object' && value !== null) {
    for (const [key, inner] of Object.entries(value)) {
      into.add(key);
      if (key !== 'ledger' && key !== 'actions') collectKeys(inner, into);
    }
  }
}
