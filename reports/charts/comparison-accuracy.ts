import type { ChartConfiguration, ChartDataset, Plugin } from 'chart.js';
import type { Measured } from '../../sim/results/calibration.js';
import type { ComparedNetwork, Comparison } from '../../sim/results/comparison.js';
import { rowsOf } from '../comparison/rows.js';
import { top1Percent } from '../comparison/top1.js';
import { plural } from '../format.js';
import { modelName } from '../subject.js';
import type { Chart } from './chart.js';
import { axisLabel, SYSTEMS_AXIS } from './comparison-frame.js';
import { type ValueLabel, type ValueLabels, valueLabels } from './comparison-value-labels.js';
import { OKABE_ITO } from './palette.js';

const SCHEME_RADIUS = 7;

/** What was measured, and how it is drawn: lines of half this length, in the chart's units, and a point for the scheme. */
const SERIES = [
  { key: 'float', label: 'float network', colour: OKABE_ITO.black, pointStyle: 'line', radius: 34, width: 2 },
  { key: 'network', label: 'int8 network', colour: OKABE_ITO.orange, pointStyle: 'line', radius: 22, width: 4 },
  { key: 'scheme', label: 'scheme', colour: OKABE_ITO.blue, pointStyle: 'circle', radius: SCHEME_RADIUS, width: 1 },
] as const satisfies readonly { key: keyof Measured; [more: string]: unknown }[];

/** Percentage points of room above and below the points. */
const MARGIN = 0.15;

/**
 * Top-1 on the test images of the float network, of plain int8 and of each system's scheme. Points, because the axis
 * does not begin at 0.
 *
 * @throws Error where nothing was measured for the network
 */
export function comparisonAccuracyChart(comparison: Comparison, network: ComparedNetwork): Chart {
  const runs = rowsOf(comparison, network).map(({ run: { system, calibration } }) => ({
    system,
    test: calibration?.test ?? null,
  }));
  const measured = runs.flatMap(({ test }) => test ?? []);
  const [first] = measured;
  if (first === undefined) throw new Error(`accuracy chart: got ${network.name}, which has no data set of test images`);
  const top1 = (test: Measured, key: keyof Measured) => (100 * test[key]) / test.images;
  const values = measured.flatMap((test) => SERIES.map(({ key }) => top1(test, key)));
  const room = MARGIN * Math.max(Math.max(...values) - Math.min(...values), 0.5);
  // In this order the legend reads; drawn is the last one first, so the points lie upon the lines.
  const datasets = SERIES.map(
    ({ key, label, colour, pointStyle, radius, width }, s): ChartDataset<'line'> => ({
      label,
      data: runs.map(({ test }) => (test === null ? null : top1(test, key))),
      showLine: false,
      pointStyle,
      pointRadius: radius,
      borderColor: colour,
      backgroundColor: colour,
      pointBorderColor: colour,
      pointBackgroundColor: colour,
      pointBorderWidth: width,
      order: SERIES.length - s,
      clip: false,
    }),
  );
  // On the side where the lines are not.
  const labels = runs.map(({ test }): ValueLabel | null =>
    test === null
      ? null
      : {
          text: top1Percent(test.scheme, test.images),
          at: top1(test, 'scheme'),
          side: test.scheme > test.float ? 'above' : 'below',
        },
  );
  const configuration: ChartConfiguration<'line'> = {
    type: 'line',
    data: { labels: runs.map(({ system }) => axisLabel(system)), datasets },
    options: {
      scales: {
        x: { ...SYSTEMS_AXIS, offset: true },
        y: {
          title: { display: true, text: `top-1 [%] of ${plural(first.images, 'test image')}` },
          min: Math.min(...values) - 2 * room,
          max: Math.min(100, Math.max(...values) + room),
          ticks: { includeBounds: false },
        },
      },
      plugins: {
        title: { text: 'Systems side by side: accuracy' },
        subtitle: { text: `${modelName(network.name)}; the axis does not begin at 0` },
        legend: { labels: { usePointStyle: true, boxHeight: 10 } },
      },
    },
    plugins: [
      valueLabels(new Map<number, ValueLabels>([[SERIES.length - 1, labels]]), SCHEME_RADIUS) as Plugin<'line'>,
    ],
  };
  return {
    configuration: configuration as ChartConfiguration,
    data: {
      columns: ['system', 'test_images', ...SERIES.map(({ key }) => `${key}_right`)],
      rows: runs.map(({ system, test }) => [
        system,
        test?.images ?? '',
        ...SERIES.map(({ key }) => (test === null ? '' : test[key])),
      ]),
    },
  };
}
