import type { Result, SavedWaits } from '../../sim/results/result.js';
import { compact, grouped, meanCycles, percent, plural } from '../format.js';
import { shortPath } from '../short-path.js';
import { bar } from './bar.js';
import { definition } from './definitions.js';
import { type Html, html } from './html.js';
import { numberCell, type PageCell, type PageColumn, pageTable, textCell } from './page-table.js';
import {
  binWords,
  listedPes,
  type PoolTable,
  type PoolView,
  poolsOf,
  poolTables,
  samplesOf,
  type WaitHistogram,
  waitHistograms,
} from './pools.js';
import { queueCharts } from './queue-chart.js';
import type { RunView } from './run-view.js';
import { faint, type Section } from './section.js';

/** ADC pools: how busy they are, how long samples wait for them, how long their queues are. */
export function poolsSection(view: RunView): Section {
  const { result, limiting, prefix } = view;
  const pools = poolsOf(result);
  const { first, more, unlisted } = poolTables(pools);
  const hasLayers = result.layers !== undefined;
  return {
    id: 'pools',
    title: 'ADC pools',
    content: [
      limiting === null ? faint('No ADC pool limits this run; the summary says what does.') : '',
      poolTable(first, hasLayers),
      more.pools.length === 0
        ? ''
        : html`<details><summary>${plural(more.pools.length, 'pool')} more, with shorter queues or less in use</summary>${poolTable(more, hasLayers)}</details>`,
      unlisted > 0 ? faint(`${plural(unlisted, 'pool')} more in result.json.`) : '',
      poolsLeftOut(result),
      html`<h4 id="${prefix}limiting-pool">How long samples wait</h4>`,
      histograms(result, pools),
      html`<h4>Queues over time</h4>`,
      queueCharts(view),
    ],
  };
}

/** Of a large network a result lists some PEs only. */
function poolsLeftOut(result: Result): Html | '' {
  const { listed, all } = listedPes(result);
  if (listed >= all) return '';
  return faint(
    `result.json lists ${plural(listed, 'PE')} of ${grouped(all)}: of each layer the one that reads most. The pools of the others are not in it; the numbers of layers and of the run count them.`,
  );
}

function poolTable({ caption, pools }: PoolTable, hasLayers: boolean): Html {
  const wait = (key: keyof SavedWaits): string => definition('resources[].wait', key);
  const columns: PageColumn[] = [
    { heading: 'pool', definition: 'Path of the pool.', kind: 'text' },
    ...(hasLayers
      ? [
          {
            heading: 'layer',
            definition:
              'Layer whose samples it converts; several where it is programmed anew between passes. Bold: no pool of the layer converts more.',
            kind: 'text',
          } as const,
        ]
      : []),
    { heading: 'in use', definition: 'Bar from 0 to the whole run.', kind: 'bar' },
    { heading: 'in use', unit: '%', definition: definition('resources[]', 'utilisation'), kind: 'number' },
    { heading: 'queue', unit: 'samples', definition: definition('resources[]', 'queue.mean'), kind: 'number' },
    { heading: 'samples', group: 'wait for a conversion', definition: wait('count'), kind: 'number' },
    ...(['mean', 'p50', 'p95', 'p99', 'max'] as const).map(
      (key): PageColumn => ({
        heading: key,
        unit: 'cycles',
        group: 'wait for a conversion',
        definition: wait(key),
        kind: 'number',
      }),
    ),
  ];
  const rows = pools.map(({ path, utilisation, queueMean, layers, isBottleneck, wait: of }) => [
    poolCell(shortPath(path), isBottleneck),
    ...(hasLayers ? [layersCell(layers)] : []),
    { content: bar([{ share: utilisation, look: 'convert', name: 'converting' }]) },
    numberCell(percent(utilisation), utilisation),
    numberCell(meanCycles(queueMean), queueMean),
    numberCell(compact(of.count), of.count),
    numberCell(meanCycles(of.mean), of.mean),
    ...(['p50', 'p95', 'p99', 'max'] as const).map((key) => numberCell(compact(of[key]), of[key])),
  ]);
  return pageTable({ caption, columns, rows });
}

function layersCell(layers: PoolView['layers']): PageCell {
  const content = layers.map(({ name, isBusiest }, l) => [
    l === 0 ? '' : ', ',
    isBusiest ? html`<b>${name}</b>` : name,
  ]);
  return { content, value: layers.map(({ name }) => name).join(', ') };
}

/** A pool by its path; of the one that limits the run the words say so. */
function poolCell(path: string, isBottleneck: boolean): PageCell {
  const content = isBottleneck ? html`${path} <small class="limits">limits the run</small>` : path;
  return { content, value: path, emphasised: isBottleneck };
}

function histograms(result: Result, pools: readonly PoolView[]): Html {
  const shown = waitHistograms(result, pools);
  if (shown === null) {
    return faint('This result has no histograms of waits: it was written by an older version. Run the scenario again.');
  }
  return html`<div class="pair">${shown.map(histogram)}</div>`;
}

/** Waits in bins of powers of two. */
function histogram({ caption, bins }: WaitHistogram): Html {
  const samples = samplesOf(bins);
  const most = Math.max(1, ...bins.map(({ count }) => count));
  const columns: PageColumn[] = [
    { heading: 'wait', unit: 'cycles', definition: definition('resources[].wait', 'histogram'), kind: 'text' },
    { heading: 'samples', definition: 'Bar from 0 to the samples of the fullest bin.', kind: 'bar' },
    { heading: 'samples', definition: 'Samples that waited so long.', kind: 'number' },
    { heading: 'share', unit: '%', definition: 'Of all samples.', kind: 'number' },
  ];
  const rows = bins.map((bin) => [
    textCell(binWords(bin)),
    { content: bar([{ share: bin.count / most, look: 'convert', name: 'samples' }]) },
    numberCell(compact(bin.count), bin.count),
    numberCell(percent(samples === 0 ? 0 : bin.count / samples), samples === 0 ? 0 : bin.count / samples),
  ]);
  const totals = [[textCell('all'), { content: '' }, numberCell(compact(samples), samples), numberCell('100.0', 1)]];
  return pageTable({ caption, columns, rows, totals, sortable: false });
}
