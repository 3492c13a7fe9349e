import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { runStudy } from '../../../scenarios/run-study.js';
import { findStudy, STUDIES } from '../../../scenarios/studies.js';
import type { Study } from '../../../scenarios/study.js';
import type { StudyLinesPlot } from '../../../sim/results/study.js';

const FOLDER = join(import.meta.dirname, '..', '..', '..', 'scenarios', 'studies');
const TASK = { model: 'lenet5-mnist', overrides: [], baseDir: '.' };

test('every file of scenarios/studies/ is a study of its name', () => {
  const files = readdirSync(FOLDER)
    .map((file) => file.replace(/\.ts$/, ''))
    .sort();
  expect(STUDIES.map(({ name }) => name)).toEqual(files);
  for (const study of STUDIES) expect(findStudy(study.name)).toBe(study);
});

describe.each(STUDIES.map((study) => [study.name, study] as const))('%s', (_name, study) => {
  const keys = study.columns.map(({ key }) => key);

  test('columns and charts fit together', () => {
    expect(new Set(keys).size).toBe(keys.length);
    for (const { doc } of [study, ...study.columns]) expect(doc).toMatch(/^[A-Z].*\.$/);
    expect(study.plots.length).toBeGreaterThan(0);
    expect(new Set(study.plots.map(({ name }) => name)).size).toBe(study.plots.length);
    for (const plot of study.plots) {
      // Columns of further tables exist when the study has run.
      if (plot.table !== undefined) continue;
      const { x, y, right, series, references = [], mark } = plot as StudyLinesPlot;
      const named = [x, y, right, series, mark, ...references, ...Object.keys(plot.where ?? {})];
      for (const key of named) if (key !== undefined) expect(keys).toContain(key);
    }
  });

  test('its points are scenarios that differ, each with a place of its own in the sweep', () => {
    const points = study.points(TASK);
    expect(points.length).toBeGreaterThan(1);
    const all = [
      points.map(({ name }) => name),
      points.map(({ coordinates }) => JSON.stringify(coordinates)),
      points.map(({ scenario }) => scenario.resolved.hash),
    ];
    for (const values of all) expect(new Set(values).size).toBe(points.length);
    for (const { coordinates } of points) for (const key of Object.keys(coordinates)) expect(keys).toContain(key);
  });

  test('what the user sets wins at every point', () => {
    const overrides = ['machine.adc.bits=7', 'workload.images.count=2'];
    for (const { scenario } of study.points({ ...TASK, overrides })) {
      expect(scenario.machine.adc.bits).toBe(7);
      // What is about images goes to the points that have some.
      if (scenario.workload.kind === 'network') {
        expect(scenario.workload).toMatchObject({ images: { pixels: { length: 2 } } });
      }
    }
  });
});

test('a row has the coordinates, the measurements and the hash of its scenario, in the order of the points', () => {
  const result = runStudy(
    toyStudy(({ cell }) => ({ measured: 10 * cell })),
    TASK,
    toyPoints([3, 1]),
  );
  expect(result).toMatchObject({ study: 'toy', model: 'lenet5-mnist', overrides: [] });
  expect(result.rows.map(({ values }) => values)).toEqual([
    { cell: 3, measured: 30 },
    { cell: 1, measured: 10 },
  ]);
  expect(result.rows.map(({ scenarioHash }) => scenarioHash)).toEqual(['hash 3', 'hash 1']);
  expect(result.notes).toEqual([{ published: null, seen: '2 rows' }]);
});

test('a value without a column and a column without a value are errors that name them', () => {
  const run = (measure: () => Record<string, number>) => () => runStudy(toyStudy(measure), TASK, toyPoints([3]));
  expect(run(() => ({}))).toThrow(/toy, point 3: measured/);
  expect(run(() => ({ measured: 1, mesured: 2 }))).toThrow(/toy, point 3: mesured/);
});

function toyStudy(measure: (scenario: { cell: number }) => Record<string, number>): Study {
  const column = (key: string) => ({ key, heading: key, unit: 'count' as const, doc: 'A number.' });
  return {
    name: 'toy',
    title: 'Toy',
    doc: 'Nothing.',
    source: 'none',
    columns: [column('cell'), column('measured')],
    plots: [],
    points: () => [],
    measure: ((scenario: { cell: number }) => ({ values: measure(scenario) })) as unknown as Study['measure'],
    notes: (rows) => [{ published: null, seen: `${rows.length} rows` }],
  };
}

function toyPoints(cells: readonly number[]): ReturnType<Study['points']> {
  return cells.map((cell) => {
    const scenario = { cell, resolved: { hash: `hash ${cell}` } };
    return { name: `point ${cell}`, coordinates: { cell }, scenario: scenario as never };
  });
}
