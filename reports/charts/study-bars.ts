import type { ChartConfiguration } from 'chart.js';
import type { StudyBarsPlot, StudyResult } from '../../sim/results/study.js';
import { shortened } from '../format.js';
import type { Chart } from './chart.js';
import { OKABE_ITO, RESULT_COLOURS, STATE_COLOURS } from './palette.js';
import { drawnNumbers, drawnRows, namesOf } from './study-rows.js';

/** Colours of the parts of a stack, those of a crossbar's states first. */
const PART_COLOURS = [
  STATE_COLOURS.read,
  STATE_COLOURS.adc,
  STATE_COLOURS.input,
  OKABE_ITO.orange,
  OKABE_ITO.reddishPurple,
  STATE_COLOURS.idle,
  OKABE_ITO.yellow,
] as const;

/** Letters of a name on the axis. */
const NAME_WIDTH = 16;

/**
 * Bars in per cent: a group for each value of `x`, in it a bar for each of `series`, stacked of `parts`.
 *
 * @throws Error where the study lacks a column, a part is no share, or there are more parts or series than colours
 */
export function studyBarsChart(study: StudyResult, plot: StudyBarsPlot): Chart {
  const { rows, column } = drawnRows(study, plot);
  const parts = plot.parts.map(column);
  const wrong = parts.find(({ unit }) => unit !== 'share');
  if (wrong !== undefined)
    throw new Error(`study chart ${plot.name}: ${wrong.key} is in ${wrong.unit}; allowed: share`);
  const groups = namesOf(rows, plot.x);
  const series = namesOf(rows, plot.series);
  const stacked = parts.length > 1;
  const colours: readonly string[] = stacked ? PART_COLOURS : RESULT_COLOURS;
  const coloured = stacked ? parts.length : series.length;
  if (coloured > colours.length) {
    throw new Error(`study chart ${plot.name}: got ${coloured} parts or series; allowed are 1 to ${colours.length}`);
  }
  const shareOf = (group: string, bar: string, key: string): number | null => {
    const row = rows.find((candidate) => String(candidate[plot.x]) === group && String(candidate[plot.series]) === bar);
    const value = row?.[key];
    return typeof value === 'number' ? 100 * value : null;
  };
  const datasets = series.flatMap((bar, b) =>
    parts.map((part, p) => ({
      label: stacked ? part.heading : bar,
      stack: String(b),
      data: groups.map((group) => shareOf(group, bar, part.key)),
      backgroundColor: colours[stacked ? p : b]!,
    })),
  );
  const subtitle = [
    ...(stacked && series.length > 1 ? [`bars of a group, from left to right: ${series.join('; ')}`] : []),
    ...(plot.remark === undefined ? [] : [plot.remark]),
  ];
  const configuration = {
    type: 'bar',
    data: { labels: groups.map((name) => shortened(name, NAME_WIDTH)), datasets },
    options: {
      datasets: { bar: { categoryPercentage: 0.84, barPercentage: 0.92 } },
      scales: {
        x: { stacked: true, grid: { display: false }, title: { display: true, text: column(plot.x).heading } },
        y: {
          stacked: true,
          min: 0,
          max: 100,
          title: { display: true, text: stacked ? 'share of the run [%]' : `${parts[0]!.heading} [%]` },
        },
      },
      plugins: {
        title: { text: `${plot.subject ?? study.model}: ${plot.title}` },
        subtitle: { display: subtitle.length > 0, text: subtitle },
        // A part stands in the legend once, whatever the number of its stacks.
        legend: { labels: { filter: ({ datasetIndex = 0 }) => !stacked || datasetIndex < parts.length } },
      },
    },
  };
  return {
    configuration: configuration as unknown as ChartConfiguration,
    data: drawnNumbers(rows, [column(plot.x), column(plot.series), ...parts]),
  };
}
