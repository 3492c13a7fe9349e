import type { Result, SavedWaits } from '../../sim/results/result.js';
import { compact, grouped, meanCycles, percent, plural } from '../format.js';
import { bar } from './bar.js';
import { definition } from './definitions.js';
import { type Html, html } from './html.js';
import { numberCell, type PageColumn, pageTable, textCell } from './page-table.js';
import { type PoolView, poolsOf, samplesOf, waitBins } from './pools.js';
import { queueCharts } from './queue-chart.js';
import { faint, type Section } from './section.js';
import type { TraceView } from './trace-file.js';

/** Pools in the table; the others are in the file. */
const POOLS_SHOWN = 40;
/** Pools with a histogram of their own. */
const HISTOGRAMS_SHOWN = 3;

/** ADC pools: how busy they are, how long samples wait for them, how long their queues are. */
export function poolsSection(result: Result, trace: TraceView | null, howToTrace: Html): Section {
  const pools = poolsOf(result);
  return {
    id: 'pools',
    title: 'ADC pools',
    content: [
      poolTable(pools, result.layers !== undefined),
      pools.length > POOLS_SHOWN
        ? faint(
            `${plural(pools.length - POOLS_SHOWN, 'pool')} more, with shorter queues or less in use, in result.json.`,
          )
        : '',
      html`<h4>How long samples wait</h4>`,
      histograms(result, pools),
      html`<h4>Queues over time</h4>`,
      queueCharts(trace, howToTrace),
    ],
  };
}

function poolTable(pools: readonly PoolView[], hasLayers: boolean): Html {
  const wait = (key: keyof SavedWaits): string => definition('resources[].wait', key);
  const columns: PageColumn[] = [
    { heading: 'pool', definition: 'Path of the pool.', kind: 'text' },
    ...(hasLayers
      ? [{ heading: 'busiest of', definition: 'Layer of whose pools it converts most.', kind: 'text' } as const]
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
  const shown = pools.filter(({ isBottleneck }, p) => p < POOLS_SHOWN || isBottleneck);
  const rows = shown.map(({ path, utilisation, queueMean, busiestOf, isBottleneck, wait: of }) => [
    { ...textCell(path.replace(/^Chip\./, '')), emphasised: isBottleneck },
    ...(hasLayers ? [textCell(busiestOf.join(', '))] : []),
    { content: bar([{ share: utilisation, look: 'convert', name: 'converting' }]) },
    numberCell(percent(utilisation), utilisation),
    numberCell(meanCycles(queueMean), queueMean),
    numberCell(compact(of.count), of.count),
    numberCell(meanCycles(of.mean), of.mean),
    ...(['p50', 'p95', 'p99', 'max'] as const).map((key) => numberCell(compact(of[key]), of[key])),
  ]);
  return pageTable({
    caption: shown.some(({ isBottleneck }) => isBottleneck)
      ? 'ADC pools, the longest queue first; the one that limits the run is bold'
      : 'ADC pools, the longest queue first',
    columns,
    rows,
  });
}

function histograms({ layers }: Result, pools: readonly PoolView[]): Html {
  const all = layers === undefined ? pools.map(({ wait }) => wait) : layers.map(({ wait }) => wait);
  const whole = histogram('All samples of the run', all);
  if (whole === null) {
    return faint('This result has no histograms of waits: it was written by an older version. Run the scenario again.');
  }
  const waited = pools.filter(({ wait }) => wait.max > 0).slice(0, HISTOGRAMS_SHOWN);
  return html`<div class="pair">${whole}${waited.map(({ path, wait }) => histogram(path.replace(/^Chip\./, ''), [wait]) ?? '')}</div>`;
}

/** Waits in bins of powers of two; null where the result has no histogram. */
function histogram(caption: string, waits: readonly SavedWaits[]): Html | null {
  const bins = waitBins(waits);
  if (bins === null) return null;
  const samples = samplesOf(bins);
  const most = Math.max(1, ...bins.map(({ count }) => count));
  const columns: PageColumn[] = [
    { heading: 'wait', unit: 'cycles', definition: definition('resources[].wait', 'histogram'), kind: 'text' },
    { heading: 'samples', definition: 'Bar from 0 to the samples of the fullest bin.', kind: 'bar' },
    { heading: 'samples', definition: 'Samples that waited so long.', kind: 'number' },
    { heading: 'share', unit: '%', definition: 'Of all samples.', kind: 'number' },
  ];
  const rows = bins.map(({ from, to, count }) => [
    textCell(from === to ? grouped(from) : `${grouped(from)} to ${grouped(to)}`),
    { content: bar([{ share: count / most, look: 'convert', name: 'samples' }]) },
    numberCell(compact(count), count),
    numberCell(percent(samples === 0 ? 0 : count / samples), count),
  ]);
  const totals = [
    [textCell('all'), { content: '' }, numberCell(compact(samples), samples), numberCell('100.0', samples)],
  ];
  return pageTable({ caption, columns, rows, totals, sortable: false });
}
