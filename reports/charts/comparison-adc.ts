import type { ChartConfiguration, ChartDataset, Plugin, ScaleOptions } from 'chart.js';
import type { ComparedNetwork, ComparedRun, Comparison } from '../../sim/results/comparison.js';
import { meanWait_ns, rowsOf } from '../comparison/rows.js';
import { percent, si } from '../format.js';
import type { Chart } from './chart.js';
import { axisLabel, axisNumber, SYSTEMS_AXIS, sourceLine } from './comparison-frame.js';
import { needsLogarithm } from './comparison-scale.js';
import { type ValueLabels, valueLabels } from './comparison-value-labels.js';
import { OKABE_ITO } from './palette.js';

interface Panel {
  readonly id: string;
  readonly title: string;
  readonly colour: string;
  readonly value: (run: ComparedRun) => number;
  readonly text: (value: number) => string;
}

const PANELS: readonly Panel[] = [
  {
    id: 'conversions',
    title: 'conversions/image',
    colour: OKABE_ITO.blue,
    value: ({ adcConversions }) => adcConversions,
    text: (count) => si(count, ''),
  },
  {
    id: 'utilisation',
    title: 'utilisation [%]',
    colour: OKABE_ITO.bluishGreen,
    value: ({ adcUtilisation }) => 100 * adcUtilisation,
    text: (share) => percent(share / 100),
  },
  {
    id: 'wait',
    title: 'mean wait [ns]',
    colour: OKABE_ITO.vermillion,
    value: meanWait_ns,
    text: (wait) => (wait === 0 ? '0' : wait.toPrecision(3)),
  },
];

/** What each system asks of its ADCs: conversions of an image, utilisation, and the mean wait of a sample, in panels. */
export function comparisonAdcChart(comparison: Comparison, network: ComparedNetwork): Chart {
  const runs = rowsOf(comparison, network).map(({ run }) => run);
  const panels = PANELS.map((panel) => {
    const values = runs.map(panel.value);
    return { ...panel, values, logarithmic: Math.min(...values) > 0 && needsLogarithm(values) };
  });
  const datasets = panels.map(
    ({ id, title, colour, values, logarithmic }): ChartDataset<'bar'> => ({
      label: title,
      yAxisID: id,
      data: logarithmic ? values.map((value) => [decadeBelow(values), value]) : values,
      backgroundColor: colour,
    }),
  );
  const labels = panels.map(
    ({ text, values }): ValueLabels => values.map((value) => ({ text: text(value), at: value, side: 'above' })),
  );
  const scales = panels.map(({ id, title, values, logarithmic }, p): [string, ScaleOptions] => [
    id,
    {
      ...(logarithmic ? logarithmicScale(values) : { type: 'linear', beginAtZero: true, grace: '25%' }),
      axis: 'y',
      title: { display: true, text: logarithmic ? [title, 'logarithmic'] : title },
      ticks: { callback: axisNumber, maxTicksLimit: 5 },
      stack: 'panels',
      stackWeight: 1,
      offset: p < panels.length - 1,
    } as ScaleOptions,
  ]);
  const configuration: ChartConfiguration<'bar'> = {
    type: 'bar',
    data: { labels: runs.map(({ system }) => axisLabel(system)), datasets },
    options: {
      datasets: { bar: { grouped: false, categoryPercentage: 0.7 } },
      // The first panel in the list stands at the bottom.
      scales: { x: SYSTEMS_AXIS, ...Object.fromEntries(scales.reverse()) },
      plugins: {
        title: { text: 'Systems side by side: what they ask of their ADCs' },
        subtitle: { text: sourceLine(comparison, network) },
        // Each panel's axis says what it shows.
        legend: { display: false },
      },
    },
    plugins: [valueLabels(new Map(labels.map((ofPanel, dataset) => [dataset, ofPanel]))) as Plugin<'bar'>],
  };
  return {
    configuration: configuration as ChartConfiguration,
    data: {
      columns: ['system', 'conversions_per_image', 'adc_utilisation', 'wait_mean_ns', 'wait_mean_cycles', 'samples'],
      rows: runs.map((run) => [
        run.system,
        run.adcConversions,
        run.adcUtilisation,
        meanWait_ns(run),
        run.adcWait.mean,
        run.adcWait.count,
      ]),
    },
  };
}

/** Where the bars of a logarithmic axis begin. */
function decadeBelow(values: readonly number[]): number {
  return 10 ** Math.floor(Math.log10(Math.min(...values) / 1.5));
}

function logarithmicScale(values: readonly number[]): Partial<ScaleOptions<'logarithmic'>> {
  const min = decadeBelow(values);
  const max = Math.max(...values);
  return {
    type: 'logarithmic',
    min,
    // Room for the labels.
    max: max * (max / min) ** 0.2,
    afterBuildTicks: (axis) => {
      const decades = Math.floor(Math.log10(axis.max)) - Math.log10(min);
      axis.ticks = Array.from({ length: decades + 1 }, (_, d) => ({ value: min * 10 ** d }));
    },
  };
}
