import type { ChartConfiguration, Plugin } from 'chart.js';
import type { ComparedNetwork, Comparison } from '../../sim/results/comparison.js';
import { rowsOf, storedBits } from '../comparison/rows.js';
import { compact, si } from '../format.js';
import type { Chart } from './chart.js';
import { axisLabel, axisNumber, SYSTEMS_AXIS, sourceLine } from './comparison-frame.js';
import { valueLabels } from './comparison-value-labels.js';
import { OKABE_ITO } from './palette.js';

/** Crossbars of each system, and under them its stored bits: of cells, and of the indices upon them. */
export function comparisonStorageChart(comparison: Comparison, network: ComparedNetwork): Chart {
  const runs = rowsOf(comparison, network).map(({ run }) => run);
  const panel = { axis: 'y' as const, beginAtZero: true, grace: '14%', stack: 'panels', stackWeight: 1 };
  const configuration: ChartConfiguration<'bar'> = {
    type: 'bar',
    data: {
      labels: runs.map(({ system }) => axisLabel(system)),
      datasets: [
        {
          label: 'crossbars',
          yAxisID: 'crossbars',
          stack: 'crossbars',
          data: runs.map(({ crossbars }) => crossbars),
          backgroundColor: OKABE_ITO.blue,
        },
        {
          label: 'bits of cells',
          yAxisID: 'bits',
          stack: 'bits',
          data: runs.map(({ cellBits }) => cellBits),
          backgroundColor: OKABE_ITO.bluishGreen,
        },
        {
          label: 'bits of indices, masks and tables',
          yAxisID: 'bits',
          stack: 'bits',
          data: runs.map(({ indexBits }) => indexBits),
          backgroundColor: OKABE_ITO.vermillion,
        },
      ],
    },
    options: {
      datasets: { bar: { grouped: false, categoryPercentage: 0.7 } },
      scales: {
        x: { ...SYSTEMS_AXIS, stacked: true },
        // The first panel in the list stands at the bottom.
        bits: {
          ...panel,
          stacked: true,
          title: { display: true, text: 'stored bits' },
          ticks: { callback: axisNumber },
        },
        crossbars: {
          ...panel,
          offset: true,
          title: { display: true, text: 'crossbars' },
          ticks: { callback: axisNumber },
        },
      },
      plugins: {
        title: { text: 'Systems side by side: crossbars and stored bits' },
        subtitle: { text: sourceLine(comparison, network) },
      },
    },
    plugins: [
      valueLabels(
        new Map([
          [0, runs.map(({ crossbars }) => ({ text: compact(crossbars), at: crossbars, side: 'above' as const }))],
          [2, runs.map((run) => ({ text: si(storedBits(run), ''), at: storedBits(run), side: 'above' as const }))],
        ]),
      ) as Plugin<'bar'>,
    ],
  };
  return {
    configuration: configuration as ChartConfiguration,
    data: {
      columns: ['system', 'crossbars', 'cell_bits', 'index_bits'],
      rows: runs.map(({ system, crossbars, cellBits, indexBits }) => [system, crossbars, cellBits, indexBits]),
    },
  };
}
