import type { ChartConfiguration, Chart as DrawnChart, Plugin } from 'chart.js';
import type { StudyMatrixPlot, StudyResult } from '../../sim/results/study.js';
import { percent, shortened } from '../format.js';
import { CHART_FONT, FONT_SIZE, textWidth, USUAL_SIZE, usualSizeOf } from './canvas.js';
import type { Chart } from './chart.js';
import { BACKGROUND_COLOUR, GRID_COLOUR, OKABE_ITO, TEXT_COLOUR, translucent } from './palette.js';
import { drawnNumbers, drawnRows, namesOf } from './study-rows.js';

const NAME_WIDTH = 14;
/** Values from here on stand in white on their colour. */
const DARK_FROM = 0.65;
/** Smaller values have no text, only their colour. */
const TEXT_FROM = 0.005;
const MOST_NAMES = 40;
/** Least height of a row, and what stands above and below the rows, in the chart's units. */
const ROW_HEIGHT = 18;
const FRAME_HEIGHT = 300;

/**
 * A heat map: for each row name and column name the share, from white (0 %) to blue (100 %), with its number.
 *
 * @throws Error where the study lacks a column, the values are no shares, a pair has two, or there are too many names
 */
export function studyMatrixChart(study: StudyResult, plot: StudyMatrixPlot): Chart {
  const { rows, column } = drawnRows(study, plot);
  const value = column(plot.value);
  if (value.unit !== 'share')
    throw new Error(`study chart ${plot.name}: ${value.key} is in ${value.unit}; allowed: share`);
  const left = namesOf(rows, plot.row);
  const top = namesOf(rows, plot.column);
  for (const names of [left, top]) {
    if (names.length > MOST_NAMES) {
      throw new Error(`study chart ${plot.name}: got ${names.length} names; allowed are 1 to ${MOST_NAMES}`);
    }
  }
  const cells = new Map<string, number>();
  for (const row of rows) {
    const key = `${row[plot.row]}\n${row[plot.column]}`;
    if (cells.has(key)) throw new Error(`study chart ${plot.name}: two values for ${key.replace('\n', ' and ')}`);
    cells.set(key, Number(row[plot.value]));
  }
  const axis = (names: readonly string[], title: string, more: object) => ({
    type: 'category',
    labels: names.map((_, n) => String(n)),
    offset: true,
    grid: { display: false },
    title: { display: true, text: title },
    ticks: { autoSkip: false, callback: (_: unknown, n: number) => shortened(names[n] ?? '', NAME_WIDTH) },
    ...more,
  });
  const configuration = {
    type: 'scatter',
    data: { datasets: [{ label: value.heading, data: [] }] },
    options: {
      scales: {
        x: axis(top, column(plot.column).heading, { position: 'top' }),
        y: axis(left, column(plot.row).heading, {}),
      },
      plugins: {
        title: { text: `${plot.subject ?? study.model}: ${plot.title}` },
        subtitle: { text: plot.remark === undefined ? value.doc : [value.doc, plot.remark] },
        legend: { display: false },
      },
    },
    plugins: [
      colouredCells(left.length, top.length, (l, t) => {
        const share = cells.get(`${left[l]}\n${top[t]}`);
        return share === undefined || Number.isNaN(share) ? 0 : share;
      }),
    ],
  };
  return {
    configuration: configuration as unknown as ChartConfiguration,
    data: drawnNumbers(rows, [column(plot.row), column(plot.column), value]),
    size: usualSizeOf(Math.max(USUAL_SIZE.height, FRAME_HEIGHT + left.length * ROW_HEIGHT)),
  };
}

function colouredCells(lefts: number, tops: number, shareOf: (left: number, top: number) => number): Plugin {
  return {
    id: 'colouredCells',
    afterDatasetsDraw({ ctx, chartArea, scales }: DrawnChart) {
      const width = chartArea.width / tops;
      const height = chartArea.height / lefts;
      // Else the colours alone say it, and the numbers are in the file beside.
      const hasRoom = width >= textWidth('100.0', FONT_SIZE) && height >= FONT_SIZE;
      ctx.save();
      ctx.font = `${FONT_SIZE}px ${CHART_FONT}`;
      ctx.textAlign = 'center';
      ctx.textBaseline = 'middle';
      ctx.lineWidth = 1;
      ctx.strokeStyle = GRID_COLOUR;
      for (let l = 0; l < lefts; l++) {
        for (let t = 0; t < tops; t++) {
          const share = shareOf(l, t);
          const x = scales['x']!.getPixelForValue(t);
          const y = scales['y']!.getPixelForValue(l);
          ctx.fillStyle = share === 0 ? BACKGROUND_COLOUR : translucent(OKABE_ITO.blue, Math.min(1, share));
          ctx.fillRect(x - width / 2, y - height / 2, width, height);
          ctx.strokeRect(x - width / 2, y - height / 2, width, height);
          if (share < TEXT_FROM || !hasRoom) continue;
          ctx.fillStyle = share >= DARK_FROM ? BACKGROUND_COLOUR : TEXT_COLOUR;
          ctx.fillText(percent(share), x, y);
        }
      }
      ctx.restore();
    },
  };
}
