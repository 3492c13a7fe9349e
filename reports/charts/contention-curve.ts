import type { ChartConfiguration, ChartDataset, Chart as DrawnChart, LegendItem, Plugin } from 'chart.js';
import type { Result } from '../../sim/results/result.js';
import { grouped, si } from '../format.js';
import { layersOf, wholeRun } from '../layers.js';
import { batchSize, machineName, workloadName } from '../subject.js';
import { CHART_FONT, FONT_SIZE } from './canvas.js';
import type { Chart } from './chart.js';
import { BACKGROUND_COLOUR, OKABE_ITO } from './palette.js';

/** Room before the first point, as a factor; behind the last one, as a share of the axis before it. */
const POINT_MARGIN = 1.25;
const LABEL_SHARE = 0.15;

type Line = ChartDataset<'line'>;

/** A run of the same scenario with `x` ADCs in each pool. */
export interface SweepPoint {
  readonly x: number;
  readonly result: Result;
}

/** Cycles that no schedule can undercut, from the run's own ledgers: what the busiest resource works. */
export interface LowerBounds {
  /** The reads of the crossbar that reads most, as if it never waited. */
  readonly reads: number;
  /** The conversions of the pool that converts most, as if its ADCs always converted. */
  readonly conversions: number;
}

/**
 * The contention curve: cycles against ADCs per pool, with the ADC utilisation and the two lower bounds. Where the
 * curve leaves the bounds, waiting costs time that neither crossbars nor ADCs need.
 *
 * @throws Error where there is no point or two points have the same number of ADCs.
 */
export function contentionCurveChart(points: readonly SweepPoint[]): Chart {
  const sorted = [...points].sort((a, b) => a.x - b.x);
  const last = sorted.at(-1);
  if (last === undefined) throw new Error('contention curve: got no points; allowed are one or more');
  const xs = sorted.map(({ x }) => x);
  if (new Set(xs).size < xs.length || !(xs[0]! > 0)) {
    throw new Error(`contention curve: got ADCs per pool ${xs.join(', ')}; allowed are different numbers above 0`);
  }
  const runs = sorted.map(({ x, result }) => ({
    x,
    cycles: result.cycles,
    slowdown: result.cycles / last.result.cycles,
    utilisation: wholeRun(result).adcUtilisation,
    bounds: lowerBounds(result),
  }));

  const line = { yAxisID: 'cycles', borderWidth: 2, pointRadius: 0 };
  const configuration: ChartConfiguration<'line'> = {
    type: 'line',
    data: {
      datasets: [
        {
          label: 'cycles',
          data: runs.map(({ x, cycles }) => ({ x, y: cycles })),
          yAxisID: 'cycles',
          borderColor: OKABE_ITO.blue,
          backgroundColor: OKABE_ITO.blue,
          borderWidth: 3,
          pointRadius: 6,
        },
        {
          ...line,
          label: 'lower bound: busiest pool, conversions alone',
          data: runs.map(({ x, bounds }) => ({ x, y: bounds.conversions })),
          borderColor: OKABE_ITO.bluishGreen,
          backgroundColor: OKABE_ITO.bluishGreen,
          borderDash: [8, 5],
        },
        {
          ...line,
          label: 'lower bound: busiest crossbar, reads alone',
          data: runs.map(({ x, bounds }) => ({ x, y: bounds.reads })),
          borderColor: OKABE_ITO.reddishPurple,
          backgroundColor: OKABE_ITO.reddishPurple,
          borderDash: [2, 4],
        },
        {
          label: 'ADC utilisation (right axis)',
          data: runs.map(({ x, utilisation }) => ({ x, y: 100 * utilisation })),
          yAxisID: 'utilisation',
          borderColor: OKABE_ITO.orange,
          backgroundColor: OKABE_ITO.orange,
          borderWidth: 2,
          pointRadius: 6,
          pointStyle: 'rectRot',
        },
      ],
    },
    options: {
      scales: {
        x: {
          type: 'logarithmic',
          title: { display: true, text: 'ADCs per pool' },
          afterBuildTicks: (axis) => {
            axis.ticks = xs.map((value) => ({ value }));
          },
          ticks: { callback: (value) => String(value) },
          min: xs[0]! / POINT_MARGIN,
          // Room for the label of the last point.
          max: last.x * ((POINT_MARGIN * last.x) / xs[0]!) ** LABEL_SHARE,
        },
        cycles: {
          title: { display: true, text: 'cycles' },
          beginAtZero: true,
          grace: '12%',
          ticks: { callback: (value) => si(Number(value), '') },
        },
        utilisation: {
          title: { display: true, text: 'ADC utilisation [%]' },
          position: 'right',
          min: 0,
          max: 100,
          grid: { drawOnChartArea: false },
        },
      },
      plugins: {
        legend: {
          labels: {
            usePointStyle: true,
            pointStyleWidth: 36,
            // As the lines are drawn; chart.js itself would leave the dashes out.
            generateLabels: ({ data }) => data.datasets.map((dataset, d) => legendLine(dataset as Line, d)),
          },
        },
        title: { text: `${workloadName(last.result)} on ${machineName(last.result)}: cycles against ADCs per pool` },
        subtitle: {
          text: `${batchSize(last.result)}; labels: cycles, and times the cycles of the run with ${last.x} ADCs per pool`,
        },
      },
    },
    plugins: [pointLabels(runs.map(({ cycles, slowdown }) => [grouped(cycles), `×${slowdown.toFixed(2)}`]))],
  };
  return {
    configuration: configuration as ChartConfiguration,
    data: {
      columns: [
        'adcs_per_pool',
        'cycles',
        `cycles_over_those_with_${last.x}_adcs_per_pool`,
        'adc_utilisation',
        'bound_reads_cycles',
        'bound_conversions_cycles',
      ],
      rows: runs.map(({ x, cycles, slowdown, utilisation, bounds }) => [
        x,
        cycles,
        slowdown,
        utilisation,
        bounds.reads,
        bounds.conversions,
      ]),
    },
  };
}

function legendLine({ label = '', borderColor, borderWidth, borderDash = [] }: Line, datasetIndex: number): LegendItem {
  return {
    text: label,
    pointStyle: 'line',
    strokeStyle: borderColor as string,
    lineWidth: borderWidth as number,
    lineDash: borderDash as number[],
    datasetIndex,
  };
}

/** Where layers ran one after another their bounds add up; where they overlapped only the largest binds the run. */
export function lowerBounds(result: Result): LowerBounds {
  const layers = layersOf(result);
  const oneAfterAnother = result.chip?.pipeline === 'layer-barrier';
  const combine = (shares: number[]) =>
    result.cycles * (oneAfterAnother ? shares.reduce((sum, share) => sum + share, 0) : Math.max(0, ...shares));
  return {
    reads: combine(layers.map(({ busiest }) => busiest.crossbar.shares['read'] ?? 0)),
    conversions: combine(layers.map(({ busiest }) => busiest.adcPool.shares['convert'] ?? 0)),
  };
}

/** Writes lines of text above and right of each point of the first dataset, where a falling curve leaves room. */
function pointLabels(labels: readonly (readonly string[])[]): Plugin<'line'> {
  return {
    id: 'pointLabels',
    afterDatasetsDraw(chart: DrawnChart) {
      const { ctx } = chart;
      ctx.save();
      ctx.font = `${FONT_SIZE}px ${CHART_FONT}`;
      ctx.fillStyle = OKABE_ITO.blue;
      ctx.textAlign = 'left';
      // A white rim keeps the labels readable where a line passes behind them.
      ctx.strokeStyle = BACKGROUND_COLOUR;
      ctx.lineWidth = 4;
      ctx.lineJoin = 'round';
      chart.getDatasetMeta(0).data.forEach(({ x, y }, p) => {
        const lines = labels[p]!;
        lines.forEach((text, l) => {
          const at = y - FONT_SIZE * (0.6 + 1.25 * (lines.length - 1 - l));
          ctx.strokeText(text, x + FONT_SIZE, at);
          ctx.fillText(text, x + FONT_SIZE, at);
        });
      });
      ctx.restore();
    },
  };
}
