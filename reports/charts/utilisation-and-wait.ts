import type { ChartConfiguration, ChartDataset } from 'chart.js';
import type { Chart, NamedResult } from './chart.js';
import { RESULT_COLOURS, translucent } from './palette.js';
import { MAX_BAR_WIDTH, perLayer } from './per-layer.js';

/**
 * Per layer, for one or several results side by side: ADC utilisation in the upper panel, the wait of a sample for its
 * ADC in the lower one (mean as a full bar, 99th percentile as a frame around it).
 *
 * @throws Error as `perLayer` does.
 */
export function utilisationAndWaitChart(results: readonly NamedResult[]): Chart {
  const { titled, subtitle, labels, results: lined } = perLayer(results);
  const datasets = lined.flatMap(({ name, layers }, r): ChartDataset<'bar'>[] => {
    const colour = RESULT_COLOURS[r]!;
    // One stack for each result: its bars share a place beside those of the other results.
    const place = { stack: name, backgroundColor: colour, borderColor: colour };
    return [
      { ...place, label: name, yAxisID: 'utilisation', data: layers.map((layer) => 100 * layer.adcUtilisation) },
      { ...place, label: `${name}: mean wait`, yAxisID: 'wait', data: layers.map((layer) => layer.wait.mean) },
      {
        ...place,
        label: `${name}: p99 wait`,
        yAxisID: 'wait',
        data: layers.map((layer) => layer.wait.p99),
        backgroundColor: translucent(colour, 0.15),
        borderWidth: 1.5,
      },
    ];
  });
  const configuration: ChartConfiguration<'bar'> = {
    type: 'bar',
    data: { labels, datasets },
    options: {
      datasets: { bar: { maxBarThickness: MAX_BAR_WIDTH } },
      scales: {
        x: { stacked: true, grid: { display: false } },
        wait: {
          axis: 'y',
          title: { display: true, text: ['ADC wait [cycles]', 'mean full, p99 framed'] },
          // The frame stands around the mean, not upon it.
          stacked: false,
          beginAtZero: true,
          stack: 'panels',
          stackWeight: 1,
        },
        utilisation: {
          axis: 'y',
          stacked: false,
          title: { display: true, text: 'ADC utilisation [%]' },
          min: 0,
          max: 100,
          stack: 'panels',
          stackWeight: 1,
          offset: true,
        },
      },
      plugins: {
        title: { text: titled('ADC utilisation and wait') },
        subtitle: { text: subtitle },
        // Each result's first dataset stands for all of its colour.
        legend: { labels: { filter: (item) => item.datasetIndex! % (datasets.length / lined.length) === 0 } },
      },
    },
  };
  return {
    configuration: configuration as ChartConfiguration,
    data: {
      columns: ['result', 'layer', 'adc_utilisation', 'wait_mean_cycles', 'wait_p99_cycles', 'samples'],
      rows: lined.flatMap(({ name, layers }) =>
        layers.map(({ name: layer, adcUtilisation, wait }) => [
          name,
          layer,
          adcUtilisation,
          wait.mean,
          wait.p99,
          wait.count,
        ]),
      ),
    },
  };
}
