import type { ChartConfiguration, Plugin, ScaleOptions } from 'chart.js';
import type { ComparedNetwork, ComparedRun, Comparison } from '../../sim/results/comparison.js';
import { STEP_NAMES } from '../comparison/names.js';
import { factor, times } from '../comparison/ratio-text.js';
import { waterfallParts } from '../comparison/waterfall-factors.js';
import type { Chart } from './chart.js';
import { sourceLine } from './comparison-frame.js';
import { ratioScale } from './comparison-scale.js';
import { type ValueLabel, valueLabels } from './comparison-value-labels.js';
import type { DataTable } from './csv.js';
import { FAINT_TEXT_COLOUR, OKABE_ITO } from './palette.js';

/** A bar of a waterfall: from one speed-up over the baseline to another. */
export interface WaterfallBar {
  readonly name: string;
  readonly from: number;
  readonly to: number;
  readonly kind: 'step' | 'total';
}

const COLOURS = {
  up: OKABE_ITO.bluishGreen,
  down: OKABE_ITO.vermillion,
  total: OKABE_ITO.blue,
  none: FAINT_TEXT_COLOUR,
} as const;

/** The steps of a run's waterfall as bars; the ideal and the achieved speed-up stand as bars from the baseline, 1. */
export function waterfallBars({ waterfall }: ComparedRun): WaterfallBar[] {
  const { gains, ideal, losses, achieved } = waterfallParts(waterfall);
  const steps = (of: typeof gains): WaterfallBar[] =>
    of.map(({ step, speedup, factor: by }) => ({
      name: STEP_NAMES[step].name,
      from: speedup / by,
      to: speedup,
      kind: 'step',
    }));
  const total = (name: string, to: number): WaterfallBar => ({ name, from: 1, to, kind: 'total' });
  return [...steps(gains), total('ideal', ideal), ...steps(losses), total('achieved', achieved)];
}

export function barColour({ from, to, kind }: WaterfallBar): string {
  if (kind === 'total') return COLOURS.total;
  if (factor(to / from) === factor(1)) return COLOURS.none;
  return to >= from ? COLOURS.up : COLOURS.down;
}

/**
 * How one system comes from what the removed operations promise to what its run achieved. The axis is logarithmic, so that
 * equal factors have equal heights.
 */
export function waterfallChart(comparison: Comparison, network: ComparedNetwork, run: ComparedRun): Chart {
  const bars = waterfallBars(run);
  const values = bars.flatMap(({ from, to }) => [from, to]);
  const labels = bars.map((bar): ValueLabel => {
    const text = bar.kind === 'total' ? times(bar.to) : `×${factor(bar.to / bar.from)}`;
    return barColour(bar) === COLOURS.down
      ? { text, at: bar.to, side: 'below' }
      : { text, at: Math.max(bar.from, bar.to), side: 'above' };
  });
  const configuration: ChartConfiguration<'bar'> = {
    type: 'bar',
    data: {
      labels: bars.map(({ name }) => name),
      datasets: [
        {
          data: bars.map(({ from, to }) => [from, to]),
          backgroundColor: bars.map(barColour),
          // A step that changes nothing stays visible.
          minBarLength: 2,
        },
      ],
    },
    options: {
      datasets: { bar: { categoryPercentage: 0.92, barPercentage: 1 } },
      scales: {
        x: { grid: { display: false }, ticks: { autoSkip: false, minRotation: 45, maxRotation: 45 } },
        y: ratioScale(values, `speed-up over ${comparison.baseline}, logarithmic`) as ScaleOptions<'linear'>,
      },
      plugins: {
        title: { text: `${run.system}: from ideal to achieved speed-up` },
        subtitle: { text: sourceLine(comparison, network) },
        legend: { labels: { generateLabels: () => legend() } },
      },
    },
    plugins: [valueLabels(new Map([[0, labels]])) as Plugin<'bar'>],
  };
  return { configuration: configuration as ChartConfiguration, data: waterfallData([run]) };
}

export function legend(): { text: string; fillStyle: string; strokeStyle: string }[] {
  const entry = (text: string, colour: string) => ({ text, fillStyle: colour, strokeStyle: colour });
  return [
    entry('in favour of the system', COLOURS.up),
    entry('against it', COLOURS.down),
    entry('ideal and achieved', COLOURS.total),
  ];
}

export function waterfallData(runs: readonly ComparedRun[]): DataTable {
  return {
    columns: ['system', 'step', 'speedup_after', 'factor'],
    rows: runs.flatMap(({ system, waterfall }) => {
      const { gains, losses } = waterfallParts(waterfall);
      return [...gains, ...losses].map(({ step, speedup, factor: by }) => [system, step, speedup, by]);
    }),
  };
}
