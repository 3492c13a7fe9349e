import type { Result } from '../../../sim/results/result.js';
import { compact, meanCycles, percent } from '../../format.js';
import {
  binWords,
  type PoolLayer,
  type PoolTable,
  poolsOf,
  poolTables,
  samplesOf,
  waitHistograms,
} from '../../page/pools.js';
import { shortPath } from '../../short-path.js';
import type { Chart } from '../chart.js';
import { shareAxis } from '../paper/axis.js';
import { barTable } from '../paper/bar-table.js';
import { captioned, inColumns, paperChart } from '../paper/sheet.js';
import { type PageChart, sourceNotes } from './page-chart.js';

const COLUMNS = 2;
const BETWEEN_COLUMNS = 20;

/** ADC pools: how busy they are and how long their queues, and how long samples wait. */
export function poolCharts(result: Result): PageChart[] {
  const { first, more } = poolTables(poolsOf(result));
  return [
    ...poolsChart(result, first, 'adc-pools', 'ADC pools: use, queues and waits'),
    ...poolsChart(result, more, 'adc-pools-more', 'More ADC pools: use, queues and waits'),
    ...waitsChart(result),
  ];
}

function poolsChart(result: Result, { caption, pools }: PoolTable, name: string, title: string): PageChart[] {
  if (pools.length === 0) return [];
  const chart = paperChart({
    width: 'page',
    title,
    notes: [
      ...sourceNotes(result),
      ...(pools.some(({ isBottleneck }) => isBottleneck) ? ['bold: the pool that limits the run'] : []),
      ...(pools.some(({ layers }) => layers.some(({ isBusiest }) => isBusiest))
        ? ['*: no pool of the layer converts more']
        : []),
    ],
    body: (width) => [
      barTable(
        {
          names: [
            { heading: 'pool', cells: pools.map(({ path }) => shortPath(path)) },
            ...(result.layers === undefined
              ? []
              : [{ heading: 'layer', cells: pools.map(({ layers }) => layers.map(layerWords).join(', ')) }]),
          ],
          rows: pools.map(({ utilisation, isBottleneck }) => ({
            pieces: [{ from: 0, to: utilisation, look: 'convert' }],
            bold: isBottleneck,
          })),
          axis: shareAxis('time in which ADCs convert [%]'),
          numbers: [
            { heading: 'in use\n[%]', cells: pools.map(({ utilisation }) => percent(utilisation)) },
            { heading: 'queue\n[samples]', cells: pools.map(({ queueMean }) => meanCycles(queueMean)) },
            { heading: 'mean wait\n[cycles]', cells: pools.map(({ wait }) => meanCycles(wait.mean)) },
            { heading: 'p99 wait\n[cycles]', cells: pools.map(({ wait }) => compact(wait.p99)) },
          ],
        },
        width,
      ),
    ],
    data: {
      columns: [
        ...['pool', 'layers', 'busiest_of', 'limits_the_run', 'utilisation', 'queue_mean_samples', 'samples'],
        ...['wait_mean_cycles', 'wait_p50_cycles', 'wait_p95_cycles', 'wait_p99_cycles', 'wait_max_cycles'],
      ],
      rows: pools.map(({ path, layers, isBottleneck, utilisation, queueMean, wait }) => [
        ...[
          path,
          namesOf(layers),
          namesOf(layers.filter(({ isBusiest }) => isBusiest)),
          isBottleneck ? 'yes' : 'no',
          utilisation,
          queueMean,
          wait.count,
        ],
        ...[wait.mean, wait.p50, wait.p95, wait.p99, wait.max],
      ]),
    },
  });
  return [{ name, captions: [caption], chart }];
}

function layerWords({ name, isBusiest }: PoolLayer): string {
  return isBusiest ? `${name}*` : name;
}

function namesOf(layers: readonly PoolLayer[]): string {
  return layers.map(({ name }) => name).join(' ');
}

function waitsChart(result: Result): PageChart[] {
  const histograms = waitHistograms(result, poolsOf(result))?.filter(({ bins }) => bins.length > 0) ?? [];
  if (histograms.length === 0) return [];
  const shares = histograms.map(({ bins }) => {
    const samples = samplesOf(bins);
    return bins.map(({ count }) => (samples === 0 ? 0 : count / samples));
  });
  const chart: Chart = paperChart({
    width: histograms.length === 1 ? 'column' : 'page',
    title: 'How long samples wait for their conversions',
    notes: sourceNotes(result),
    body: (width) => {
      const columns = Math.min(COLUMNS, histograms.length);
      const columnWidth = (width - (columns - 1) * BETWEEN_COLUMNS) / columns;
      const panels = histograms.map(({ caption, bins }, h) =>
        captioned(
          [caption, `${compact(samplesOf(bins))} samples`],
          columnWidth,
          barTable(
            {
              names: [{ heading: 'wait [cycles]', cells: bins.map(binWords) }],
              rows: shares[h]!.map((share) => ({ pieces: [{ from: 0, to: share, look: 'convert' }] })),
              axis: shareAxis('share of the samples [%]'),
              numbers: [{ heading: '', cells: shares[h]!.map((share) => `${percent(share)}%`) }],
            },
            columnWidth,
          ),
        ),
      );
      return [inColumns(panels, columns, columnWidth, BETWEEN_COLUMNS)];
    },
    data: {
      columns: ['samples_of', 'wait_from_cycles', 'wait_to_cycles', 'samples', 'share'],
      rows: histograms.flatMap(({ caption, bins }, h) =>
        bins.map(({ from, to, count }, b) => [caption, from, to, count, shares[h]![b]!]),
      ),
    },
  });
  return [{ name: 'adc-waits', captions: histograms.map(({ caption }) => caption), chart }];
}
