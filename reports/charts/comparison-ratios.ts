import type { ChartConfiguration, ChartDataset, Chart as DrawnChart, LegendItem, Plugin, ScaleOptions } from 'chart.js';
import type { ComparedFigure, ComparedNetwork, Comparison, Ratios } from '../../sim/results/comparison.js';
import { FIGURE_NAMES } from '../comparison/names.js';
import { factor } from '../comparison/ratio-text.js';
import type { Chart } from './chart.js';
import { axisLabel, SYSTEMS_AXIS, sourceLine } from './comparison-frame.js';
import { needsLogarithm, ratioScale } from './comparison-scale.js';
import { valueLabels } from './comparison-value-labels.js';
import { BACKGROUND_COLOUR, OKABE_ITO, TEXT_COLOUR } from './palette.js';

const FIGURES = [
  { figure: 'speedup', colour: OKABE_ITO.blue },
  { figure: 'speedupPerCrossbar', colour: OKABE_ITO.skyBlue },
  { figure: 'energySaving', colour: OKABE_ITO.orange },
] as const satisfies readonly { figure: ComparedFigure; colour: string }[];

/** What a paper claims over the baseline, at the bar of one system's figure. */
interface ClaimMark {
  readonly dataset: number;
  readonly bar: number;
  readonly from: number;
  readonly to: number;
}

/**
 * Speed-up, speed-up per crossbar and energy saving of each system over the baseline, on one network or as geometric means
 * over all (`network` null), with what the papers claim over the same baseline. Logarithmic from a range of 20 on.
 */
export function comparisonRatiosChart(comparison: Comparison, network: ComparedNetwork | null): Chart {
  const { systems, baseline } = comparison;
  const ratios = systems.map((system): Ratios => ratiosOf(comparison, network, system.name));
  const marks = FIGURES.flatMap(({ figure }, dataset) =>
    systems.flatMap(({ claims }, bar) =>
      claims
        .filter((claim) => claim.figure === figure && claim.over === baseline)
        .map(({ value, to = value }): ClaimMark => ({ dataset, bar, from: value, to })),
    ),
  );
  const shown = [
    ...FIGURES.flatMap(({ figure }) => ratios.map((ratio) => ratio[figure])),
    ...marks.flatMap(({ from, to }) => [from, to]),
  ];
  const logarithmic = needsLogarithm(shown);
  const title = `ratio over ${baseline}${logarithmic ? ', logarithmic' : ''}`;
  const datasets = FIGURES.map(
    ({ figure, colour }): ChartDataset<'bar'> => ({
      label: FIGURE_NAMES[figure].whole,
      // On a logarithmic axis, where there is no 0, bars begin at the baseline.
      data: ratios.map(({ [figure]: ratio }) => (logarithmic ? [1, ratio] : ratio)),
      backgroundColor: colour,
      minBarLength: 1,
    }),
  );
  const labels = FIGURES.map(({ figure }) =>
    ratios.map(({ [figure]: ratio }) => ({
      text: factor(ratio),
      at: ratio,
      side: logarithmic && ratio < 1 ? ('below' as const) : ('above' as const),
    })),
  );
  const configuration: ChartConfiguration<'bar'> = {
    type: 'bar',
    data: { labels: systems.map(({ name }) => axisLabel(name)), datasets },
    options: {
      datasets: { bar: { categoryPercentage: 0.86, barPercentage: 0.94 } },
      scales: {
        x: SYSTEMS_AXIS,
        y: logarithmic
          ? (ratioScale(shown, title) as ScaleOptions<'linear'>)
          : { type: 'linear', title: { display: true, text: title }, beginAtZero: true, grace: '10%' },
      },
      plugins: {
        title: { text: 'Systems side by side: time and energy' },
        subtitle: { text: sourceLine(comparison, network) },
        legend: {
          labels: {
            usePointStyle: true,
            boxHeight: 10,
            generateLabels: () => [
              ...FIGURES.map(
                ({ figure, colour }, datasetIndex): LegendItem => ({
                  text: FIGURE_NAMES[figure].whole,
                  pointStyle: 'rect',
                  fillStyle: colour,
                  strokeStyle: colour,
                  datasetIndex,
                }),
              ),
              ...(marks.length === 0
                ? []
                : [{ text: 'claimed by the paper', pointStyle: 'rectRot', fillStyle: TEXT_COLOUR } as LegendItem]),
            ],
          },
        },
      },
    },
    plugins: [
      baselineLine as Plugin<'bar'>,
      claimMarks(marks) as Plugin<'bar'>,
      valueLabels(new Map(labels.map((ofFigure, dataset) => [dataset, ofFigure]))) as Plugin<'bar'>,
    ],
  };
  return {
    configuration: configuration as ChartConfiguration,
    data: {
      columns: ['system', ...FIGURES.map(({ figure }) => `${figure}_over_${baseline}`), 'claims'],
      rows: systems.map(({ name, claims }, s) => [
        name,
        ...FIGURES.map(({ figure }) => ratios[s]![figure]),
        claims
          .filter(({ figure, over }) => over === baseline && FIGURES.some((shownOne) => shownOne.figure === figure))
          .map(({ figure, value, to }) => `${figure} ${value}${to === undefined ? '' : `-${to}`}`)
          .join('; '),
      ]),
    },
  };
}

function ratiosOf({ systems }: Comparison, network: ComparedNetwork | null, name: string): Ratios {
  const from = network === null ? systems.find((system) => system.name === name) : runOf(network, name);
  return from!.ratios;
}

function runOf({ runs }: ComparedNetwork, name: string) {
  return runs.find(({ system }) => system === name);
}

/** A line where ratios are 1. */
const baselineLine: Plugin = {
  id: 'baselineLine',
  beforeDatasetsDraw({ ctx, chartArea, scales }: DrawnChart) {
    const y = scales['y']!.getPixelForValue(1);
    ctx.save();
    ctx.strokeStyle = TEXT_COLOUR;
    ctx.lineWidth = 1;
    ctx.beginPath();
    ctx.moveTo(chartArea.left, y);
    ctx.lineTo(chartArea.right, y);
    ctx.stroke();
    ctx.restore();
  },
};

/** Half the diagonal of a mark, in the chart's units. */
const MARK = 5;

/** A diamond at what a paper claims; of a range one at each end, and a line between them. */
function claimMarks(marks: readonly ClaimMark[]): Plugin {
  return {
    id: 'claimMarks',
    afterDatasetsDraw(chart: DrawnChart) {
      const { ctx, scales } = chart;
      ctx.save();
      ctx.fillStyle = TEXT_COLOUR;
      ctx.strokeStyle = BACKGROUND_COLOUR;
      ctx.lineWidth = 1;
      for (const { dataset, bar, from, to } of marks) {
        const { x: middle, width } = chart.getDatasetMeta(dataset).data[bar] as unknown as { x: number; width: number };
        // Beside the middle, where the value stands.
        const x = middle + 0.3 * width;
        const [low, high] = [from, to].map((value) => scales['y']!.getPixelForValue(value)) as [number, number];
        ctx.fillRect(x - 0.75, high, 1.5, low - high);
        for (const y of new Set([low, high])) {
          ctx.beginPath();
          ctx.moveTo(x, y - MARK);
          ctx.lineTo(x + MARK, y);
          ctx.lineTo(x, y + MARK);
          ctx.lineTo(x - MARK, y);
          ctx.closePath();
          ctx.fill();
          ctx.stroke();
        }
      }
      ctx.restore();
    },
  };
}
