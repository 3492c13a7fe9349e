import type { LayerResult, Result } from '../../sim/results/result.js';
import { compact, energy, grouped, meanCycles, percent } from '../format.js';
import { shareOf } from '../layers.js';
import { definition } from './definitions.js';
import { EMPTY_CELL, numberCell, type PageCell, type PageColumn, pageTable, textCell } from './page-table.js';
import { faint, type Section } from './section.js';
import { inputWaitWords } from './states.js';

interface LayerColumn extends PageColumn {
  readonly cell: (layer: LayerResult) => PageCell;
}

const of = (key: keyof LayerResult): string => definition('layers[]', key);
const count = (value: number): PageCell => numberCell(compact(value), value);

const COLUMNS: readonly LayerColumn[] = [
  { heading: 'layer', definition: of('name'), kind: 'text', cell: ({ name }) => textCell(name) },
  { heading: 'op', definition: of('op'), kind: 'text', cell: ({ op }) => textCell(op) },
  {
    heading: 'K × M',
    definition: `${of('rows')} ${of('outputs')} Sorted by their product.`,
    kind: 'number',
    cell: ({ rows, outputs }) => numberCell(`${grouped(rows)} × ${grouped(outputs)}`, rows * outputs),
  },
  { heading: 'windows', definition: of('windows'), kind: 'number', cell: ({ windows }) => count(windows) },
  { heading: 'replicas', definition: of('replicas'), kind: 'number', cell: ({ replicas }) => count(replicas) },
  {
    heading: 'crossbars',
    definition: definition('footprint', 'crossbars'),
    kind: 'number',
    cell: ({ footprint }) => count(footprint.crossbars),
  },
  {
    heading: 'cells used',
    unit: '%',
    definition: 'Cells that hold placed weights, of all cells of those crossbars.',
    kind: 'number',
    cell: ({ footprint: { cells, cellsUsed } }) => share(cells === 0 ? 0 : cellsUsed / cells),
  },
  {
    heading: 'length',
    unit: 'cycles',
    definition: of('cycles'),
    kind: 'number',
    cell: ({ cycles }) => numberCell(grouped(cycles), cycles),
  },
  {
    heading: 'interval',
    unit: 'cycles',
    definition: of('initiationInterval_cycles'),
    kind: 'number',
    cell: ({ initiationInterval_cycles: interval }) =>
      interval === null ? EMPTY_CELL : numberCell(meanCycles(interval), interval),
  },
  {
    heading: 'OU reads',
    definition: definition('counts', 'ouOperations'),
    kind: 'number',
    cell: ({ counts }) => count(counts.ouOperations),
  },
  {
    heading: 'skipped',
    unit: '%',
    definition: `${definition('counts', 'skippedOperations')} As a share of both.`,
    kind: 'number',
    cell: ({ counts: { ouOperations, skippedOperations } }) =>
      share(skippedOperations === 0 ? 0 : skippedOperations / (ouOperations + skippedOperations)),
  },
  {
    heading: 'read',
    unit: '%',
    group: 'crossbar time',
    definition: 'Share of the time of its crossbars in the run spent reading.',
    kind: 'number',
    cell: ({ crossbars }) => share(shareOf(crossbars.cycles, 'read')),
  },
  {
    heading: 'wait for ADC',
    unit: '%',
    group: 'crossbar time',
    definition: definition('time', 'adcWaiting'),
    kind: 'number',
    cell: ({ crossbars }) => share(shareOf(crossbars.cycles, 'stall.adc')),
  },
  {
    heading: 'wait for input',
    unit: '%',
    group: 'crossbar time',
    definition:
      'Share of the time of its crossbars in the run in which they had no bit-plane to read, whatever kept it from them: ' +
      `stall.input, which the time of each layer tells apart into ${inputWaitWords()}.`,
    kind: 'number',
    cell: ({ crossbars }) => share(shareOf(crossbars.cycles, 'stall.input')),
  },
  {
    heading: 'in use',
    unit: '%',
    group: 'ADCs',
    definition: of('adcUtilisation'),
    kind: 'number',
    cell: ({ adcUtilisation }) => share(adcUtilisation),
  },
  {
    heading: 'mean wait',
    unit: 'cycles',
    group: 'ADCs',
    definition: definition('layers[].wait', 'mean'),
    kind: 'number',
    cell: ({ wait }) => numberCell(meanCycles(wait.mean), wait.mean),
  },
  {
    heading: 'p99 wait',
    unit: 'cycles',
    group: 'ADCs',
    definition: definition('layers[].wait', 'p99'),
    kind: 'number',
    cell: ({ wait }) => count(wait.p99),
  },
  {
    heading: 'energy',
    valueUnit: 'pJ',
    definition: of('energy'),
    kind: 'number',
    cell: ({ energy: { total_pJ } }) => numberCell(energy(total_pJ), total_pJ),
  },
];

/** A row for each matrix layer; null where the result has none. */
export function layersSection({ layers, chip }: Result): Section | null {
  if (layers === undefined) return null;
  const pace = chip?.bottleneck.layer;
  const skips = layers.some(({ counts }) => counts.skippedOperations > 0);
  const columns = COLUMNS.filter(({ heading }) => skips || heading !== 'skipped');
  const rows = layers.map((layer) =>
    columns.map(({ cell }, c) => ({ ...cell(layer), emphasised: c === 0 && layer.name === pace })),
  );
  return {
    id: 'layers',
    title: 'Layers',
    content: [
      pageTable({
        caption: 'Layers in the order of execution; the one that sets the pace is bold',
        columns,
        rows,
      }),
      faint(
        'A heading sorts by its column. Point at a number to read what it is, or go to a table with the Tab key and to its cells with the arrow keys.',
      ),
    ],
  };
}

function share(value: number): PageCell {
  return numberCell(percent(value), value);
}
