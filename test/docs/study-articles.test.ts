import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { STUDY_ARTICLES } from '../../cli/study-articles.js';
import { studyChart } from '../../reports/charts/study-chart.js';
import { shownPlots, withStudyBlocks } from '../../reports/studies/article.js';
import { findStudy } from '../../scenarios/studies.js';
import type { StudyResult } from '../../sim/results/study.js';
import { ROOT, readPage } from './markdown.js';

// The articles on studies stand on studies that were saved; `npm run docs:studies` runs them anew. Here some of the points are
// run again, so that a saved study that is not what the simulator gives any more is found.

/** Of so many points one is run again. */
const RUN_ONE_OF = 16;

describe.each(STUDY_ARTICLES)('$name', ({ name, model }) => {
  const study = findStudy(name)!;
  const folder = join(ROOT, 'docs', 'pictures', 'studies', name);
  const page = readPage(join('docs', 'studies', `${name}.md`));
  const saved = JSON.parse(readFileSync(join(folder, 'study.json'), 'utf8')) as StudyResult;

  test('its numbers are those of the saved study', () => {
    expect(withStudyBlocks(page, saved)).toBe(page);
  });

  test('every picture that it shows is drawn from it, and lies in its folder', () => {
    const shown = shownPlots(page, saved);
    expect(shown.length).toBeGreaterThan(3);
    const pictures = [...page.matchAll(/\]\(\.\.\/pictures\/studies\/([^)]+)\.png\)/g)].map(([, path]) => path);
    expect(pictures.toSorted()).toEqual(shown.map((plot) => `${name}/${plot}`).toSorted());
    for (const plot of shown) expect(existsSync(join(folder, `${plot}.png`)), plot).toBe(true);
    for (const plot of saved.plots) expect(studyChart(saved, plot).data.rows.length, plot.name).toBeGreaterThan(0);
  });

  test('the saved study is of the study as it is', () => {
    const rows = saved.rows.map(({ values }) => values);
    expect(saved).toMatchObject({ schemaVersion: 2, study: name, model, title: study.title, overrides: [] });
    expect(saved.columns).toEqual(study.columns);
    expect(saved.plots).toEqual(study.plots);
    expect(study.notes(rows, saved.tables)).toEqual(saved.notes);
    const points = study.points({ model, overrides: [], baseDir: '.' });
    expect(points.map(({ scenario }) => scenario.resolved.hash)).toEqual(
      saved.rows.map(({ scenarioHash }) => scenarioHash),
    );
    points.forEach((point, p) => {
      if (p % RUN_ONE_OF !== 0) return;
      const { values } = study.measure(point.scenario, {});
      expect(rows[p], point.name).toMatchObject({ ...point.coordinates, ...values });
    });
  }, 60_000);
});

describe('what the articles say in words', () => {
  const savedStudy = (name: string) =>
    JSON.parse(readFileSync(join(ROOT, 'docs', 'pictures', 'studies', name, 'study.json'), 'utf8')) as StudyResult;

  test('adc-contention', () => {
    const { rows, tables } = savedStudy('adc-contention');
    const knees = tables[0]!.rows;
    const number = (row: Readonly<Record<string, unknown>>, key: string) => row[key] as number;
    // The knee of dense reads lies from "needed" to "enough".
    for (const knee of knees.filter(({ inputs, enough }) => inputs === 'dense' && enough !== null)) {
      expect(number(knee, 'knee')).toBeGreaterThanOrEqual(number(knee, 'needed'));
      expect(number(knee, 'knee')).toBeLessThanOrEqual(number(knee, 'enough'));
    }
    const base = { inputs: 'dense', sharedBy: 4, bitlines: 8, conversionCycles: 6, banks: 2 };
    const kneeWith = (change: object) =>
      knees.find((knee) => Object.entries({ ...base, ...change }).every(([key, value]) => knee[key] === value))!;
    // A second bank shortens the run, a third only lengthens the waits.
    expect(number(kneeWith({ banks: 1 }), 'cycles')).toBeGreaterThan(number(kneeWith({}), 'cycles'));
    expect(kneeWith({ banks: 3 })).toMatchObject({ knee: kneeWith({})['knee'], cycles: kneeWith({})['cycles'] });
    expect(number(kneeWith({ banks: 3 }), 'wait')).toBeGreaterThan(number(kneeWith({}), 'wait'));
    // Sparsity shortens the run and lowers the utilisation, and leaves the knee where it is.
    const sparse = ['dense', '50 % zeros', '90 % zeros', '97 % zeros'].map((inputs) => kneeWith({ inputs }));
    expect(new Set(sparse.map(({ knee }) => knee)).size).toBe(1);
    for (const key of ['used', 'cycles']) {
      const values = sparse.map((knee) => number(knee, key));
      expect(values.toSorted((a, b) => b - a)).toEqual(values);
    }
    // Nine ADCs are used less than eight or ten.
    const used = (perPool: number) =>
      number(
        rows.find(({ values }) => Object.entries({ ...base, perPool }).every(([k, v]) => values[k] === v))!.values,
        'used',
      );
    expect(used(9)).toBeLessThan(Math.min(used(8), used(10)));
    // Wherever the closed form gives a number it is the simulated one.
    for (const { values } of rows)
      if (values['denseCycles'] !== null) expect(values['denseCycles']).toBe(values['cycles']);
    // The pool that limits the network is that of the layer that sets the pace, until crossbars do.
    const pacing = tables[1]!.rows.filter(({ pace }) => pace !== null);
    expect(pacing.map(({ layer, pace }) => [layer, pace])).toEqual([
      ['conv1', 'adc'],
      ['conv1', 'adc'],
      ['conv1', 'crossbar'],
    ]);
    for (const { adcs, layer, busiest } of tables[1]!.rows) {
      const slowest = pacing.find((row) => row['adcs'] === adcs)!;
      if (layer !== slowest['layer']) expect(busiest).toBeLessThan(number(slowest, 'busiest'));
    }
  });

  test('pipeline-stalls', () => {
    const { rows, tables } = savedStudy('pipeline-stalls');
    const of = (step: string, key: string) => rows.find(({ values }) => values['step'] === step)!.values[key] as number;
    expect(of('replicas', 'interval')).toBeLessThan(of('one copy each', 'interval') / 10);
    // Two windows gain little over one; more, and more eDRAM, nothing.
    expect(of('single registers', 'interval') / of('replicas', 'interval')).toBeGreaterThan(1);
    expect(of('single registers', 'interval') / of('replicas', 'interval')).toBeLessThan(1.05);
    for (const step of ['deeper registers', 'larger buffers']) {
      expect(of(step, 'interval') / of('replicas', 'interval')).toBeCloseTo(1, 4);
    }
    // The first layer waits less for room and is done earlier.
    const first = (step: string, key: string) =>
      tables[0]!.rows.find((row) => row['step'] === step && row['layer'] === 'conv0')![key] as number;
    expect(first('larger buffers', 'output')).toBeLessThan(first('replicas', 'output'));
    expect(first('larger buffers', 'done')).toBeGreaterThan(first('replicas', 'done'));
    // The parts of a layer's time are all of it.
    for (const row of tables[0]!.rows) {
      const parts = ['reads', 'adc', 'pixels', 'output', 'other', 'done'].map((key) => row[key] as number);
      expect(parts.reduce((sum, part) => sum + part, 0)).toBeCloseTo(1, 9);
    }
    // Of the steps whose stall matrix is shown, the stage that waits most for its own PEs sets the pace.
    for (const shown of ['one copy each', 'replicas', 'larger buffers']) {
      const own = tables[1]!.rows.filter((row) => row['step'] === shown && row['of'] === 'own PEs');
      const most = own.reduce((a, b) => ((b['share'] as number) > (a['share'] as number) ? b : a));
      expect(most['stage']).toBe(rows.find(({ values }) => values['step'] === shown)!.values['layer']);
    }
  });
});
