import type { ChartConfiguration, ChartDataset, Chart as DrawnChart, Plugin, ScaleOptions } from 'chart.js';
import type { ComparedNetwork, Comparison } from '../../sim/results/comparison.js';
import { times } from '../comparison/ratio-text.js';
import { CHART_FONT, FONT_SIZE, LINE_HEIGHT, USUAL_SIZE, usualSizeOf } from './canvas.js';
import type { Chart } from './chart.js';
import { sourceLine } from './comparison-frame.js';
import { ratioScale } from './comparison-scale.js';
import { BACKGROUND_COLOUR, GRID_COLOUR, TEXT_COLOUR } from './palette.js';
import { barColour, legend, type WaterfallBar, waterfallBars, waterfallData } from './waterfall.js';

const COLUMNS = 3;
/** Of a panel's axis, which is short. */
const FEWEST_TICKS = 2;
/** Least height of a panel, and what stands above and below all panels, in the chart's units. */
const PANEL_HEIGHT = 170;
const FRAME_HEIGHT = 260;
/** Room in a panel for its two lines of text. */
const TITLE_GAP = 8;
const TITLE_HEIGHT = TITLE_GAP + 2 * LINE_HEIGHT + 4;

interface Panel {
  readonly system: string;
  readonly bars: readonly WaterfallBar[];
  readonly row: number;
  readonly column: number;
}

/** The waterfalls of all systems but the baseline in one picture, on one scale, in panels of three columns. */
export function comparisonWaterfallsChart(comparison: Comparison, network: ComparedNetwork): Chart {
  const runs = network.runs.filter(({ system }) => system !== comparison.baseline);
  const columns = Math.min(COLUMNS, runs.length);
  const panels = runs.map(
    (run, p): Panel => ({
      system: run.system,
      bars: waterfallBars(run),
      row: Math.floor(p / columns),
      column: p % columns,
    }),
  );
  const rows = panels.at(-1)!.row + 1;
  const height = Math.max(USUAL_SIZE.height, FRAME_HEIGHT + rows * PANEL_HEIGHT);
  const panelHeight = (height - FRAME_HEIGHT) / rows;
  const values = panels.flatMap(({ bars }) => bars.flatMap(({ from, to }) => [from, to]));
  // An empty place parts a panel from the one beside it.
  const names = [...panels[0]!.bars.map(({ name }) => name), ''];
  const datasets = panels.map(
    ({ bars, row, column }): ChartDataset<'bar'> => ({
      xAxisID: `x${column}`,
      yAxisID: `y${row}`,
      data: bars.map(({ from, to }) => [from, to]),
      backgroundColor: bars.map(barColour),
      minBarLength: 1.5,
    }),
  );
  const xAxes = Array.from({ length: columns }, (_, column): [string, ScaleOptions] => [
    `x${column}`,
    {
      type: 'category',
      axis: 'x',
      position: 'bottom',
      labels: names,
      stack: 'columns',
      stackWeight: 1,
      grid: { display: false },
      ticks: { autoSkip: false, minRotation: 90, maxRotation: 90 },
    } as ScaleOptions,
  ]);
  // The first axis of a stack stands at the bottom.
  const yAxes = Array.from({ length: rows }, (_, r): [string, ScaleOptions] => {
    const row = rows - 1 - r;
    const scale = ratioScale(values, '', FEWEST_TICKS);
    const [min, max] = [scale.min as number, scale.max as number];
    return [
      `y${row}`,
      {
        ...scale,
        max: max * (max / min) ** (TITLE_HEIGHT / (panelHeight - TITLE_HEIGHT)),
        axis: 'y',
        position: 'left',
        title: { display: row === Math.floor(rows / 2), text: `speed-up over ${comparison.baseline}, logarithmic` },
        stack: 'rows',
        stackWeight: 1,
        offset: r > 0,
      } as ScaleOptions,
    ];
  });
  const configuration: ChartConfiguration<'bar'> = {
    type: 'bar',
    data: { labels: names, datasets },
    options: {
      datasets: { bar: { grouped: false, categoryPercentage: 1, barPercentage: 0.84 } },
      scales: Object.fromEntries([...xAxes, ...yAxes]) as Record<string, ScaleOptions<'linear'>>,
      plugins: {
        title: { text: 'Systems side by side: from ideal to achieved speed-up' },
        subtitle: { text: sourceLine(comparison, network) },
        legend: { labels: { generateLabels: () => legend() } },
      },
    },
    plugins: [panelTitles(panels) as Plugin<'bar'>],
  };
  return { configuration: configuration as ChartConfiguration, data: waterfallData(runs), size: usualSizeOf(height) };
}

/** Parts the panels, and writes into each which system it shows, and its ideal and achieved speed-up. */
function panelTitles(panels: readonly Panel[]): Plugin {
  return {
    id: 'panelTitles',
    beforeDatasetsDraw({ ctx, scales, chartArea }: DrawnChart) {
      ctx.save();
      ctx.strokeStyle = GRID_COLOUR;
      for (const { column } of panels) {
        const { right } = scales[`x${column}`]!;
        ctx.beginPath();
        ctx.moveTo(right, chartArea.top);
        ctx.lineTo(right, chartArea.bottom);
        ctx.stroke();
      }
      ctx.restore();
    },
    afterDatasetsDraw({ ctx, scales }: DrawnChart) {
      ctx.save();
      ctx.fillStyle = TEXT_COLOUR;
      ctx.strokeStyle = BACKGROUND_COLOUR;
      ctx.lineWidth = 4;
      ctx.lineJoin = 'round';
      ctx.textBaseline = 'top';
      ctx.textAlign = 'left';
      for (const { system, bars, row, column } of panels) {
        const x = scales[`x${column}`]!.left + 4;
        const y = scales[`y${row}`]!.top + TITLE_GAP;
        const [ideal, achieved] = bars.filter(({ kind }) => kind === 'total').map(({ to }) => times(to));
        [
          { text: system, font: `bold ${FONT_SIZE}px ${CHART_FONT}` },
          { text: `${ideal} ideal, ${achieved} achieved`, font: `${FONT_SIZE}px ${CHART_FONT}` },
        ].forEach(({ text, font }, line) => {
          ctx.font = font;
          ctx.strokeText(text, x, y + line * LINE_HEIGHT);
          ctx.fillText(text, x, y + line * LINE_HEIGHT);
        });
      }
      ctx.restore();
    },
  };
}
