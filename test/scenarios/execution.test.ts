import { describe, expect, test } from 'vitest';
import { explain } from '../../scenarios/explain.js';
import type { Problem, ScenarioError } from '../../scenarios/problem.js';
import { type RawScenario, resolveScenario, type Scenario } from '../../scenarios/scenario.js';
import { problemsOf, resolveText, SMALL } from './resolve.js';

const network = (execution?: unknown): RawScenario => ({
  machine: { preset: 'ou-baseline' },
  ...(execution === undefined ? {} : { execution }),
  workload: { kind: 'network', model: 'lenet5-mnist', images: { count: 1 } },
});

const resolved = (execution?: unknown, overrides: readonly string[] = []): Scenario =>
  resolveScenario(network(execution), { baseDir: '.', overrides });

function problems(execution: unknown): readonly Problem[] {
  try {
    resolved(execution);
    return [];
  } catch (error) {
    return (error as ScenarioError).problems;
  }
}

const DEFAULTS = {
  pipeline: 'window',
  replication: 'none',
  crossbarBudget: 0,
  placement: 'in-order',
  overflow: 'chips',
};

describe('execution', () => {
  test('windows flow, every layer once, in order, on as many chips as it takes, unless something else is said', () => {
    const { execution, resolved: echo } = resolved();
    expect(execution).toEqual({ ...DEFAULTS, replicas: {} });
    expect(echo.execution).toEqual(DEFAULTS);
  });

  test('is read from the scenario and the command line, and shown as it is', () => {
    const given = { pipeline: 'layer-barrier', replication: 'given', replicas: { c1: 8, f3: 2 }, overflow: 'passes' };
    const { execution, resolved: echo, provenance } = resolved(given, ['execution.pipeline=image']);
    expect(execution).toEqual({ ...DEFAULTS, ...given, pipeline: 'image' });
    expect(echo.execution).toEqual(execution);
    expect(provenance.get('execution.pipeline')!.from).toBe('override');
    expect(provenance.get('execution.overflow')!.from).toBe('scenario');
    expect(provenance.get('execution.placement')!.from).toBe('default');
    expect(echo.hash).not.toBe(resolved().resolved.hash);
  });

  test('is a choice of the user and no assumption', () => {
    expect(resolved().resolved.assumptions.filter(({ path }) => path.startsWith('execution'))).toEqual([]);
  });

  test('is explained for networks; a budget only matters to balance replicas under it', () => {
    const budget = (scenario: Scenario) => explain(scenario).find(({ path }) => path === 'execution.crossbarBudget');
    expect(budget(resolved())).toMatchObject({ component: 'execution', value: 0, inEffect: false });
    expect(budget(resolved({ replication: 'balanced' }))).toMatchObject({ inEffect: true });
    expect(budget(resolveText(SMALL))).toBeUndefined();
  });

  test('replicas that are given are explained, layer by layer', () => {
    const rows = explain(resolved({ replication: 'given', replicas: { c1: 8 } }, ['execution.replicas.f3=2']));
    expect(rows.filter(({ path }) => path.startsWith('execution.replicas'))).toMatchObject([
      { component: 'execution', parameter: 'replicas.c1', value: 8, from: 'scenario', inEffect: true },
      { component: 'execution', parameter: 'replicas.f3', value: 2, from: 'override', inEffect: true },
    ]);
  });

  test('programming a crossbar has a price where networks run in passes', () => {
    const row = (scenario: Scenario) => explain(scenario).find(({ path }) => path === 'machine.crossbar.programCycles');
    expect(row(resolved())!.inEffect).toBe(false);
    expect(row(resolved({ overflow: 'passes' }))!.inEffect).toBe(true);
  });
});

describe('mistakes in execution', () => {
  test('are all found at once', () => {
    const found = problems({
      pipeline: 'windows',
      replication: 'given',
      replicas: { c1: 0, c3: 2, f1: 1.5 },
      crossbarBudget: -1,
      placment: 'in-order',
    });
    expect(found.map(({ path, hint }) => [path, hint])).toEqual([
      ['execution.placment', 'did you mean `execution.placement`?'],
      ['execution.pipeline', 'did you mean `window`?'],
      ['execution.crossbarBudget', undefined],
      ['execution.replicas.c1', undefined],
      ['execution.replicas.c3', expect.stringMatching(/did you mean `c[12]`\?/)],
      ['execution.replicas.f1', undefined],
    ]);
  });

  test('replicas belong to replication given, and to nothing else', () => {
    expect(problems({ replication: 'given' })).toMatchObject([{ path: 'execution.replicas', value: 'nothing' }]);
    expect(problems({ replicas: { c1: 2 } })).toMatchObject([
      { path: 'execution.replicas', allowed: 'left out with execution.replication none' },
    ]);
    expect(problems({ replication: 'given', replicas: [2, 1] })).toMatchObject([{ path: 'execution.replicas' }]);
  });

  test('a budget belongs to replication balanced', () => {
    expect(problems({ crossbarBudget: 100 })).toMatchObject([
      { path: 'execution.crossbarBudget', allowed: 'left out with execution.replication none' },
    ]);
    expect(problems({ crossbarBudget: 100, replication: 'balanced' })).toEqual([]);
  });

  test('replicas of a network that cannot be read are checked for their numbers only', () => {
    const raw = network({ replication: 'given', replicas: { anything: 2, other: 'x' } });
    const workload = { kind: 'network', model: 'no-such-network' };
    let found: readonly Problem[] = [];
    try {
      resolveScenario({ ...raw, workload }, { baseDir: '.' });
    } catch (error) {
      found = (error as ScenarioError).problems;
    }
    expect(found.map(({ path }) => path).sort()).toEqual(['execution.replicas.other', 'workload.model']);
  });

  test('a matrix has no execution', () => {
    expect(problemsOf(SMALL, { overrides: ['execution.pipeline=image'] })).toMatchObject([
      { path: 'execution', allowed: 'left out with a workload of kind matrix' },
    ]);
  });

  test('a chip has at most 100,000 tiles', () => {
    const overrides = ['machine.chip.columns=500', 'machine.chip.rows=100', 'machine.router.tiles=4'];
    expect(problemsOf(SMALL, { overrides })).toMatchObject(
      [{ path: 'machine.chip', value: /200000 tiles/ }].map(({ path, value }) => ({
        path,
        value: expect.stringMatching(value),
      })),
    );
  });
});
