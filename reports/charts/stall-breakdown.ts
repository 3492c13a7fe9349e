import type { ChartConfiguration, ChartDataset, ScaleOptions } from 'chart.js';
import { type CrossbarShares, crossbarShares } from '../layers.js';
import type { Chart, NamedResult } from './chart.js';
import { STATE_COLOURS } from './palette.js';
import { MAX_BAR_WIDTH, perLayer } from './per-layer.js';

const STATES: readonly { readonly key: keyof CrossbarShares; readonly label: string }[] = [
  { key: 'read', label: 'read' },
  { key: 'adc', label: 'stall: waits for ADCs' },
  { key: 'input', label: 'stall: waits for input' },
  { key: 'index', label: 'stall: waits for the index decoder' },
  { key: 'idle', label: 'idle: no operation left' },
];

/**
 * What crossbars do with their time, per layer: one panel of stacked bars for each result.
 * @throws Error as `perLayer` does.
 */
export function stallBreakdownChart(results: readonly NamedResult[]): Chart {
  const { titled, subtitle, labels, results: lined } = perLayer(results);
  const shares = lined.map(({ name, layers }) => ({ name, layers, shares: layers.map(crossbarShares) }));
  const datasets = shares.flatMap(({ shares: ofLayers }, r) =>
    STATES.map(
      ({ key, label }): ChartDataset<'bar'> => ({
        label,
        yAxisID: `result${r}`,
        stack: 'time',
        data: ofLayers.map((share) => 100 * share[key]),
        backgroundColor: STATE_COLOURS[key],
      }),
    ),
  );
  // The first panel in the list stands at the bottom.
  const panels = shares.map(({ name }, r): [string, ScaleOptions<'linear'>] => [
    `result${r}`,
    {
      type: 'linear',
      axis: 'y',
      title: { display: true, text: [name, 'crossbar time [%]'] },
      stacked: true,
      min: 0,
      max: 100,
      stack: 'panels',
      stackWeight: 1,
      offset: r !== shares.length - 1,
    } as ScaleOptions<'linear'>,
  ]);
  const configuration: ChartConfiguration<'bar'> = {
    type: 'bar',
    data: { labels, datasets },
    options: {
      datasets: { bar: { maxBarThickness: MAX_BAR_WIDTH } },
      scales: { x: { stacked: true, grid: { display: false } }, ...Object.fromEntries(panels.reverse()) },
      plugins: {
        title: { text: titled('what crossbars do with their time') },
        subtitle: { text: subtitle },
        legend: { labels: { filter: (item) => item.datasetIndex! < STATES.length } },
      },
    },
  };
  return {
    configuration: configuration as ChartConfiguration,
    data: {
      columns: ['result', 'layer', ...STATES.map(({ key }) => `crossbar_${key}_share`), 'crossbar_cycles'],
      rows: shares.flatMap(({ name, layers, shares: ofLayers }) =>
        layers.map(({ name: layer, crossbars }, l) => [
          name,
          layer,
          ...STATES.map(({ key }) => ofLayers[l]![key]),
          Object.values(crossbars.cycles).reduce((sum, time) => sum + time, 0),
        ]),
      ),
    },
  };
}
