import type { ChartConfiguration, ChartDataset } from 'chart.js';
import type { StageResult } from '../../sim/results/chip-result.js';
import type { Result } from '../../sim/results/result.js';
import { grouped, plural, shortened, si } from '../format.js';
import { batchSize, machineName, workloadName } from '../subject.js';
import { USUAL_SIZE, usualSizeOf } from './canvas.js';
import type { Chart } from './chart.js';
import { RESULT_COLOURS } from './palette.js';

/** Letters of a stage's name on the axis. */
const NAME_WIDTH = 24;
/** Most lanes of a stage: images that overlap in it stand in different ones. */
const MOST_LANES = 4;
/** With more stages those without a matrix product are left out. */
const STAGES_SHOWN = 40;
/** Stages whose names the picture has room for. */
const STAGES_NAMED = 60;
/** Least height of a stage's row, and what stands above and below the rows, in the chart's units. */
const ROW_HEIGHT = 19;
const FRAME_HEIGHT = 200;

/**
 * When each stage worked on each image, from its first fetch to its last sending: a bar for each, in the colour of its image,
 * so that one sees how stages and images overlap.
 *
 * @throws Error for a result without a chip
 */
export function stageTimelineChart(result: Result): Chart {
  const { chip } = result;
  if (chip === undefined)
    throw new Error('stage timeline: got the result of a single PE; allowed is that of a network');
  const all = chip.stages;
  const stages = all.length > STAGES_SHOWN ? all.filter(({ kind }) => kind === 'matrix') : all;
  const second = result.cycles === 0 ? 0 : result.seconds / result.cycles;
  const lanes = Math.min(MOST_LANES, Math.max(1, ...stages.map(mostAtOnce)));
  const datasets = Array.from({ length: lanes }, (_, lane): ChartDataset<'bar'> => {
    const bars = stages.flatMap(({ images }, s) =>
      images.flatMap((span, image) => (image % lanes === lane ? [{ span, image, s }] : [])),
    );
    return {
      label: `lane ${lane}`,
      // One bar for each point, on the row of its stage.
      data: bars.map(({ span, s }) => ({
        x: [span.start_cycle * second, span.end_cycle * second],
        y: String(s),
      })) as never,
      backgroundColor: bars.map(({ image }) => colourOf(image)),
      minBarLength: 1,
    };
  });
  const omitted = all.length - stages.length;
  const notes = [
    batchSize(result),
    `pipeline ${chip.pipeline}`,
    'a bar for each image, from its first fetch to its last sending',
    ...(omitted > 0 ? [leftOut(omitted)] : []),
    ...(stages.length > STAGES_NAMED ? ['not every stage has room for its name'] : []),
    ...(chip.synthetic === null ? [] : [chip.synthetic]),
  ];
  const configuration: ChartConfiguration<'bar'> = {
    type: 'bar',
    // Rows by number: shortened names need not be unique.
    data: { labels: stages.map((_, s) => String(s)), datasets },
    options: {
      indexAxis: 'y',
      datasets: { bar: { categoryPercentage: 0.86, barPercentage: 1, maxBarThickness: 26 } },
      scales: {
        x: {
          type: 'linear',
          min: 0,
          title: { display: true, text: 'time' },
          ticks: { callback: (value) => si(Number(value), 's') },
        },
        y: {
          grid: { display: false },
          ticks: {
            autoSkip: stages.length > STAGES_NAMED,
            callback: (_, s) => shortened(stages[s]?.name ?? '', NAME_WIDTH),
          },
        },
      },
      plugins: {
        title: { text: `${workloadName(result)} on ${machineName(result)}: when each stage worked on which image` },
        subtitle: { text: notes.join('; ') },
        legend: { labels: { generateLabels: () => legend(chip.images) } },
      },
    },
  };
  return {
    configuration: configuration as ChartConfiguration,
    data: {
      columns: ['stage', 'kind', 'image', 'start_cycle', 'end_cycle'],
      rows: all.flatMap(({ name, kind, images }) =>
        images.map(({ start_cycle, end_cycle }, image) => [name, kind, image, start_cycle, end_cycle]),
      ),
    },
    size: usualSizeOf(Math.max(USUAL_SIZE.height, FRAME_HEIGHT + Math.min(stages.length, STAGES_NAMED) * ROW_HEIGHT)),
  };
}

function leftOut(count: number): string {
  const are = count === 1 ? 'is' : 'are';
  return `${plural(count, 'stage')} without a matrix product ${are} left out`;
}

/** Images that a stage worked on at once, at most: those that had begun and not ended when another began. */
function mostAtOnce({ images }: StageResult): number {
  return images.reduce((most, { start_cycle: at }) => {
    const open = images.filter(({ start_cycle, end_cycle }) => start_cycle <= at && end_cycle > at);
    return Math.max(most, open.length);
  }, 0);
}

function colourOf(image: number): string {
  return RESULT_COLOURS[image % RESULT_COLOURS.length]!;
}

/** Colours repeat where there are more images than colours. */
function legend(images: number): { text: string; fillStyle: string; strokeStyle: string }[] {
  return RESULT_COLOURS.slice(0, images).map((colour, first) => {
    const numbers = Array.from({ length: Math.ceil((images - first) / RESULT_COLOURS.length) }, (_, k) =>
      grouped(first + k * RESULT_COLOURS.length),
    );
    const text = numbers.length > 3 ? `${numbers.slice(0, 2).join(', ')}, …` : numbers.join(', ');
    return { text: `image ${text}`, fillStyle: colour, strokeStyle: colour };
  });
}
