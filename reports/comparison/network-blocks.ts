import { COMPARED_FIGURES, type ComparedFigure, type Comparison } from '../../sim/results/comparison.js';
import type { Cell, Column } from '../aligned-table.js';
import type { Colours } from '../colours.js';
import { compact, energy, NONE, percent, plural, si } from '../format.js';
import type { Block, FilledColumn } from './blocks.js';
import { FIGURE_NAMES } from './names.js';
import { ratioCells } from './ratio-cells.js';
import { markedName, meanWait_ns, type Row, storedBits } from './rows.js';
import { pointsToFloat, top1Percent } from './top1.js';

/** Names of the systems, the baseline marked. */
export function nameColumn(names: readonly string[], baseline: string): FilledColumn {
  const cells = names.map((name) => ({ text: markedName(name, baseline) }));
  return { column: { heading: 'system', align: 'left' }, cells };
}

/** What a network costs on the systems, and their ratios over the baseline with what the papers claim. */
export function costBlocks(rows: readonly Row[], { baseline }: Comparison, paint: Colours): Block[] {
  const figure = (heading: string, text: (row: Row) => string): FilledColumn => ({
    column: { heading, align: 'right' },
    cells: rows.map((row) => ({ text: text(row) })),
  });
  const withRatios = rows.map(({ system, run: { ratios } }) => ({ system, ratios }));
  const ratio = (heading: string, of: ComparedFigure): FilledColumn => ({
    column: { heading, align: 'left' },
    cells: ratioCells(withRatios, of, baseline, paint),
  });
  return [
    {
      title: 'Speed',
      columns: [
        figure('time/image', ({ run }) => si(run.latency_ns * 1e-9, 's')),
        ratio('speed-up', 'speedup'),
        ratio('per crossbar', 'speedupPerCrossbar'),
      ],
    },
    {
      title: 'Energy',
      columns: [figure('energy/image', ({ run }) => energy(run.energy_pJ)), ratio('saving', 'energySaving')],
    },
    {
      title: 'Storage',
      columns: [
        figure('crossbars', ({ run }) => compact(run.crossbars)),
        ratio('saving', 'crossbarSaving'),
        figure('stored bits', ({ run }) => si(storedBits(run), 'b')),
        figure('index %', ({ run }) => percent(run.indexBits === 0 ? 0 : run.indexBits / storedBits(run))),
        ratio('saving', 'storedBitsSaving'),
      ],
    },
    {
      title: 'ADC',
      columns: [
        figure('conversions', ({ run }) => compact(run.adcConversions)),
        ratio('saving', 'conversionSaving'),
        figure('ADC use %', ({ run }) => percent(run.adcUtilisation)),
        figure('mean wait', ({ run }) => (run.adcWait.count === 0 ? NONE : si(meanWait_ns(run) * 1e-9, 's'))),
      ],
    },
  ];
}

/** Top-1 on the test images, in two columns. */
export function accuracyBlock(rows: readonly Row[], paint: Colours): Block {
  const group = accuracyGroup(rows);
  return {
    title: 'Accuracy',
    columns: [
      { column: { heading: 'top-1 %', group, align: 'right' }, cells: rows.map((row) => ({ text: top1(row) })) },
      {
        column: { heading: 'to float', group, align: 'right' },
        cells: rows.map((row) => differenceToFloat(row, paint)),
      },
    ],
  };
}

/** Number of test images, where all systems have the same. */
function accuracyGroup(rows: readonly Row[]): string {
  const images = new Set(rows.flatMap(({ run }) => run.calibration?.test.images ?? []));
  const [only] = images;
  return images.size === 1 ? plural(only!, 'test image') : 'test images';
}

function top1({ run: { calibration } }: Row): string {
  if (calibration === null) return NONE;
  const { scheme, images } = calibration.test;
  return top1Percent(scheme, images);
}

function differenceToFloat({ run: { calibration } }: Row, paint: Colours): Cell {
  if (calibration === null) return { text: NONE };
  const { scheme, float, images } = calibration.test;
  const text = pointsToFloat(scheme, float, images);
  const exceeded = (100 * (float - scheme)) / images > calibration.accuracyBudget_percent;
  return exceeded ? { text, paint: paint.bad } : { text };
}

/** Geometric means over the networks of all ratios, with what the papers claim. */
export function meanBlocks({ systems, baseline }: Comparison, names: 'whole' | 'short', paint: Colours): Block[] {
  return COMPARED_FIGURES.map((figure) => {
    const heading = FIGURE_NAMES[figure][names];
    const column: Column = { heading, align: 'left' };
    const rows = systems.map((system) => ({ system, ratios: system.ratios }));
    return { title: heading, columns: [{ column, cells: ratioCells(rows, figure, baseline, paint) }] };
  });
}
