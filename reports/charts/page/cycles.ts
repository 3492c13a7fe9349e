import type { Result, TimeBreakdown } from '../../../sim/results/result.js';
import { cycles as cyclesText, percent } from '../../format.js';
import {
  COMPARED_TIMES_CAPTION,
  comparedTimes,
  IDEAL_CAPTION,
  LAYER_TIMES_CAPTION,
  layerTimes,
  type NamedTime,
} from '../../page/layer-times.js';
import type { TimePart } from '../../page/states.js';
import { type NamedWaterfall, waterfallsOf } from '../../page/time-waterfall.js';
import type { Chart } from '../chart.js';
import type { DataTable } from '../csv.js';
import { countAxis } from '../paper/axis.js';
import { barTable, type DrawnPiece } from '../paper/bar-table.js';
import { legend } from '../paper/legend.js';
import { paperChart } from '../paper/sheet.js';
import { type PageChart, sourceNotes } from './page-chart.js';

const AXIS_TITLE = 'time of a crossbar [cycles]';
const WATERFALL_NAMES = { pace: 'cycles-of-pace-layer', mean: 'cycles-of-mean-crossbar' } as const;

/** Where the cycles went: from the ideal to the actual ones, layer by layer, and in re-runs with an ideal resource. */
export function cycleCharts(result: Result): PageChart[] {
  return [
    ...waterfallsOf(result).map((waterfall) => ({
      name: WATERFALL_NAMES[waterfall.of],
      captions: [waterfall.caption],
      chart: waterfallChart(result, waterfall),
    })),
    ...[layersChart(result)].filter((chart) => chart !== null),
    ...idealChart(result),
  ];
}

function waterfallChart(result: Result, { caption, steps, sum }: NamedWaterfall): Chart {
  const { cycles } = result;
  const share = (of: number): number => (cycles === 0 ? 0 : of / cycles);
  return paperChart({
    width: 'column',
    title: `From ideal to actual cycles: ${lowerFirst(caption)}`,
    notes: sourceNotes(result),
    body: (width) => [
      barTable(
        {
          names: [{ heading: '', cells: [...steps.map(({ part }) => part.name), 'the run'] }],
          rows: [
            ...steps.map(({ part, before, cycles: spent }) => ({
              pieces: [{ from: before, to: before + spent, look: part.look }],
            })),
            { pieces: [{ from: 0, to: cycles, look: 'total' as const }], isTotal: true },
          ],
          axis: countAxis(AXIS_TITLE, cycles),
          numbers: [
            { heading: '', cells: [...steps.map((step) => `${percent(step.share)}%`), `${percent(share(sum))}%`] },
          ],
        },
        width,
      ),
    ],
    data: {
      columns: ['step', 'cycles', 'start_cycles', 'end_cycles', 'share_of_run'],
      rows: [
        ...steps.map(({ part, cycles: spent, before, share: of }) => [part.name, spent, before, before + spent, of]),
        ['the run', cycles, 0, cycles, share(sum)],
      ],
    },
  });
}

/** Where the time of each layer went, by cause; null of a result without layers. */
export function layersChart(result: Result): PageChart | null {
  const times = layerTimes(result);
  if (times === null) return null;
  const { parts, rows, network } = times;
  const chart = timesChart({
    title: 'Where the time of each layer went',
    notes: [...sourceNotes(result), 'each row: the mean over the crossbars of the layer, through the whole run'],
    rows: [...rows, network],
    isTotal: (r) => r === rows.length,
    parts,
    axisEnd: result.cycles,
    firstColumn: 'layer',
  });
  return { name: 'cycles-by-layer', captions: [LAYER_TIMES_CAPTION], chart };
}

/** The time of the mean crossbar of several results, all to the scale of the longest. */
export function comparedCyclesChart(results: readonly Result[], names: readonly string[]): PageChart {
  const { parts, rows } = comparedTimes(results, names);
  const chart = timesChart({
    title: 'Where the time went',
    notes: ['each row: the mean over the crossbars of a result'],
    rows,
    isTotal: () => false,
    parts,
    axisEnd: Math.max(...results.map(({ cycles }) => cycles)),
    firstColumn: 'result',
  });
  return { name: 'cycles-compared', captions: [COMPARED_TIMES_CAPTION], chart };
}

interface TimesSheet {
  readonly title: string;
  readonly notes: readonly string[];
  readonly rows: readonly NamedTime[];
  readonly isTotal: (row: number) => boolean;
  readonly parts: readonly TimePart[];
  readonly axisEnd: number;
  readonly firstColumn: string;
}

function timesChart({ title, notes, rows, isTotal, parts, axisEnd, firstColumn }: TimesSheet): Chart {
  return paperChart({
    width: 'page',
    title,
    notes,
    body: (width) => [
      legend(parts, width),
      barTable(
        {
          names: [{ heading: '', cells: rows.map(({ name }) => name) }],
          rows: rows.map(({ time }, r) => ({ pieces: piecesOf(time, parts), isTotal: isTotal(r) })),
          axis: countAxis(AXIS_TITLE, axisEnd),
          numbers: [],
          // A shorter run ends before the axis does.
          hasGround: false,
        },
        width,
      ),
    ],
    data: timesData(rows, parts, firstColumn),
  });
}

/** The parts one after another. */
function piecesOf(time: TimeBreakdown, parts: readonly TimePart[]): DrawnPiece[] {
  let at = 0;
  return parts.map(({ key, look }) => {
    const from = at;
    at += time[key];
    return { from, to: at, look };
  });
}

function timesData(rows: readonly NamedTime[], parts: readonly TimePart[], firstColumn: string): DataTable {
  return {
    columns: [firstColumn, ...parts.map(({ key }) => `${key}_cycles`), 'sum_cycles'],
    rows: rows.map(({ name, time }) => {
      const spent = parts.map(({ key }) => time[key]);
      return [name, ...spent, spent.reduce((sum, cycles) => sum + cycles, 0)];
    }),
  };
}

function idealChart(result: Result): PageChart[] {
  const { ideal, cycles } = result;
  if (ideal === undefined) return [];
  const runs = [
    ...ideal.map((run) => ({ ...run, name: `ideal ${run.resource}` })),
    {
      name: 'the real run',
      resource: 'none',
      cycles,
      speedup: 1,
      latency_cycles: result.chip?.latency_cycles ?? cycles,
    },
  ];
  const chart = paperChart({
    width: 'column',
    title: 'What removing one bottleneck would give',
    notes: [...sourceNotes(result), 'each an exact re-run with one resource that takes no time and is never short'],
    body: (width) => [
      barTable(
        {
          names: [{ heading: '', cells: runs.map(({ name }) => name) }],
          rows: runs.map((run, r) => ({
            pieces: [{ from: 0, to: run.cycles, look: 'total' }],
            isTotal: r === ideal.length,
          })),
          axis: countAxis('length of the run [cycles]', Math.max(...runs.map((run) => run.cycles))),
          numbers: [
            { heading: 'cycles', cells: runs.map((run) => cyclesText(run.cycles)) },
            { heading: 'speed-up', cells: runs.map(({ speedup }) => `${speedup.toFixed(2)}×`) },
          ],
        },
        width,
      ),
    ],
    data: {
      columns: ['ideal_resource', 'run_cycles', 'saved_cycles', 'speedup', 'first_image_cycles'],
      rows: runs.map(({ resource, cycles: of, speedup, latency_cycles }) => [
        ...[resource, of, cycles - of, speedup, latency_cycles],
      ]),
    },
  });
  return [{ name: 'cycles-if-ideal', captions: [IDEAL_CAPTION], chart }];
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}
