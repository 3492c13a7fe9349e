import type { Chart as DrawnChart } from 'chart.js';
import { describe, expect, test } from 'vitest';
import { type Chart, toPng } from '../../../reports/charts/chart.js';
import { toCsv } from '../../../reports/charts/csv.js';
import { studyLinesChart } from '../../../reports/charts/study-lines.js';
import { STUDIES } from '../../../scenarios/studies.js';
import type { StudyLinesPlot } from '../../../sim/results/study.js';
import { sampleStudy } from './sample-study.js';

// The canvas reads this when it is first drawn on; then it lists no fonts but those that ousim registers.
process.env['DISABLE_SYSTEM_FONTS_LOAD'] = '1';

const STUDY = sampleStudy();
const [TIME, INDEX, BOTH] = STUDY.plots as readonly [StudyLinesPlot, StudyLinesPlot, StudyLinesPlot];

/** Draws the chart and hands over what chart.js laid out. */
function laidOut<T>(chart: Chart, look: (drawn: DrawnChart) => T): T {
  const seen: T[] = [];
  const plugin = { id: 'look', afterDraw: (drawn: DrawnChart) => void seen.push(look(drawn)) };
  const { configuration } = chart;
  toPng({ ...chart, configuration: { ...configuration, plugins: [...(configuration.plugins ?? []), plugin] } });
  return seen.at(-1)!;
}

/** What the points of a line stand for on their axis; null where there is none. */
function drawnValues(drawn: DrawnChart, line: number): (number | null)[] {
  const { data, yAxisID } = drawn.getDatasetMeta(line);
  return data.map(({ skip, y }: { skip?: boolean; y: number }) =>
    skip ? null : drawn.scales[yAxisID!]!.getValueForPixel(y)!,
  );
}

describe('lines', () => {
  test('one for each series, its points at their values', () => {
    const drawn = laidOut(studyLinesChart(STUDY, TIME), (chart) => ({
      labels: chart.data.labels,
      names: chart.data.datasets.map(({ label }) => label),
      values: [drawnValues(chart, 0), drawnValues(chart, 1)],
    }));
    expect(drawn.labels).toEqual(['2x2', '4x4', '9x8']);
    expect(drawn.names).toEqual(['dense', 'a_system_with_a_long_name']);
    [4000, 2000, 500].forEach((value, p) => {
      expect(drawn.values[0]![p]! / value).toBeCloseTo(1, 1);
    });
    expect(drawn.values[1]![0]! / 400).toBeCloseTo(1, 1);
    // The second system was not run at 9x8.
    expect(drawn.values[1]![2]).toBeNull();
  });

  test('a second column stands against the right axis in per cent, and lacks what was not measured', () => {
    const drawn = laidOut(studyLinesChart(STUDY, BOTH), (chart) => ({
      names: chart.data.datasets.map(({ label }) => label),
      left: drawnValues(chart, 0),
      right: [drawnValues(chart, 2), drawnValues(chart, 3)],
      end: chart.scales['right']!.max,
    }));
    expect(drawn.names).toEqual([
      'dense',
      'a_system_with_a_long_name',
      'dense: top-1',
      'a_system_with_a_long_name: top-1',
    ]);
    expect(drawn.left[2]! / 500).toBeCloseTo(1, 1);
    expect(drawn.right[0]![0]!).toBeCloseTo(99.3, 1);
    expect(drawn.right[1]![1]).toBeNull();
    expect(drawn.end).toBe(100);
  });

  test('a logarithmic axis has every value above 0 inside, and labels that read well', () => {
    const { min, max, ticks } = laidOut(studyLinesChart(STUDY, INDEX), ({ scales }) => scales['left']!);
    expect(min).toBeLessThan(800);
    expect(min).toBeGreaterThan(0);
    expect(max).toBeGreaterThan(1600);
    expect(ticks.length).toBeGreaterThanOrEqual(2);
    expect(ticks.length).toBeLessThan(20);
  });

  test('without series there is one line', () => {
    const { series: _, ...plot } = TIME;
    const study = sampleStudy({ rows: STUDY.rows.slice(0, 3) });
    expect(studyLinesChart(study, plot).configuration.data.datasets).toHaveLength(1);
  });
});

describe('numbers', () => {
  test('a line of the CSV for each row, values as they are', () => {
    const csv = toCsv(studyLinesChart(STUDY, BOTH).data);
    expect(csv.split('\n').slice(0, 2)).toEqual(['system,size,time_ns,accuracy_share', 'dense,2x2,4000,0.993']);
    expect(csv.trimEnd().split('\n')).toHaveLength(1 + STUDY.rows.length);
  });
});

test('a plot of a column that the study lacks is an error that names it', () => {
  expect(() => studyLinesChart(STUDY, { ...TIME, y: 'tyme' })).toThrow(/time: .* no column tyme/);
});

test('more series than colours are an error that counts them', () => {
  const rows = Array.from({ length: 13 }, (_, n) => ({
    scenarioHash: '',
    values: { ...STUDY.rows[0]!.values, system: `system ${n}` },
  }));
  expect(() => studyLinesChart(sampleStudy({ rows }), TIME)).toThrow(/got 13 series/);
});

test('every plot of every study has numbers to draw', () => {
  for (const { columns, plots } of STUDIES) {
    const unitOf = (key: string) => columns.find((column) => column.key === key)!.unit;
    for (const plot of plots) {
      // Rows of further tables exist when the study has run; those of the two big studies: test/docs/study-articles.test.ts.
      if (plot.table !== undefined || (plot.kind ?? 'lines') !== 'lines') continue;
      const { y, right = y, references = [] } = plot as StudyLinesPlot;
      for (const key of [y, right, ...references]) expect(unitOf(key)).not.toBe('name');
    }
  }
});
