import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { isChartName, OVERVIEW_CHARTS, removeEarlierCharts } from '../../../reports/charts/chart-files.js';
import { chipCharts } from '../../../reports/charts/chip-charts.js';
import { comparisonCharts } from '../../../reports/charts/comparison-charts.js';
import { pageCharts } from '../../../reports/charts/page-charts.js';
import { sampleComparison, sampleOfOneNetwork } from '../comparison/sample-comparison.js';
import { SMALL_TRACE, sampleRun } from '../page/hand-made.js';
import { samplePeResult, sampleResult } from '../sample-result.js';

function folderWithCharts(names: readonly string[]): string {
  const folder = mkdtempSync(join(tmpdir(), 'ousim-charts-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  mkdirSync(join(folder, 'second'));
  for (const name of names) for (const ending of ['png', 'csv']) writeFileSync(join(folder, `${name}.${ending}`), '');
  return folder;
}

describe('names of charts', () => {
  it.each([
    ['of the page of a network', pageCharts({ ...sampleRun('a', {}, SMALL_TRACE), result: sampleResult() })],
    ['of the page of a PE', pageCharts({ ...sampleRun('a', {}, SMALL_TRACE), result: samplePeResult() })],
    ['of a run', chipCharts(sampleResult())],
    ['of a comparison', comparisonCharts(sampleOfOneNetwork())],
    ['of a comparison on several networks', comparisonCharts(sampleComparison())],
  ])('%s are known', (_of, charts) => {
    expect(charts.length).toBeGreaterThan(2);
    expect(charts.map(({ name }) => name).filter((name) => !isChartName(name))).toEqual([]);
  });

  it.each(['mine', 'energy-of-mine', 'my-timeline', 'comparison', 'waterfalls'])('%s is none', (name) => {
    expect(isChartName(name)).toBe(false);
  });
});

describe('charts of an earlier result', () => {
  it('go, with their numbers; those written, those kept and foreign files stay', () => {
    const folder = folderWithCharts(['energy', 'area', 'floor-plan', 'crossbar-time', 'waterfall-bwq', 'mine']);
    removeEarlierCharts(folder, [join(folder, 'area.png')], OVERVIEW_CHARTS);
    expect(readdirSync(folder).sort()).toEqual(
      ['area.csv', 'area.png', 'floor-plan.csv', 'floor-plan.png', 'mine.csv', 'mine.png', 'second'].sort(),
    );
  });

  it('of a page of several results go with their folder, unless something else is in it', () => {
    const folder = folderWithCharts(['second/energy', 'cycles-compared']);
    removeEarlierCharts(folder, []);
    expect(existsSync(join(folder, 'second'))).toBe(false);
    const shared = folderWithCharts(['second/energy', 'second/mine']);
    removeEarlierCharts(shared, []);
    expect(readdirSync(join(shared, 'second')).sort()).toEqual(['mine.csv', 'mine.png']);
  });

  it('are pairs: a picture or numbers alone, and a folder of such a name, stay', () => {
    const folder = folderWithCharts([]);
    writeFileSync(join(folder, 'energy.png'), '');
    writeFileSync(join(folder, 'area.csv'), '');
    mkdirSync(join(folder, 'timeline.png'));
    removeEarlierCharts(folder, []);
    expect(readdirSync(folder).sort()).toEqual(['area.csv', 'energy.png', 'second', 'timeline.png']);
  });

  it('a folder that is missing has none', () => {
    expect(() => removeEarlierCharts(join(tmpdir(), 'ousim-none'), ['a.png'])).not.toThrow();
  });
});
