import type { ChartConfiguration, ChartDataset, Scale, ScaleOptions } from 'chart.js';
import type {
  StudyColumn,
  StudyLinesPlot,
  StudyResult,
  StudyUnit,
  StudyValue,
  StudyValues,
} from '../../sim/results/study.js';
import { energy, si } from '../format.js';
import type { Chart } from './chart.js';
import { BACKGROUND_COLOUR, OKABE_ITO, RESULT_COLOURS, TEXT_COLOUR } from './palette.js';
import { drawnNumbers, drawnRows, namesOf } from './study-rows.js';

type Point = number | null | { readonly x: number; readonly y: number | null };
type Line = ChartDataset<'line', Point[]>;

/** Each colour twice: drawn through, and dotted. */
const MAX_SERIES = 2 * RESULT_COLOURS.length;
/** Hollow, and larger than the points that they may lie on. */
const REFERENCE_STYLES = ['crossRot', 'star'] as const;
const REFERENCE_COLOURS = [TEXT_COLOUR, OKABE_ITO.bluishGreen] as const;
const POINT_STYLES = ['circle', 'rect', 'triangle', 'rectRot', 'star', 'cross'] as const;

/** How a unit stands on an axis: its name, the factor to it, and the text of a tick. */
interface AxisUnit {
  readonly name: string;
  readonly factor: number;
  readonly tick: (value: number) => string;
}

const plain: AxisUnit = { name: '', factor: 1, tick: (value) => (value < 1000 ? short(value) : si(value, '')) };
const AXIS_UNITS: Readonly<Record<Exclude<StudyUnit, 'name'>, AxisUnit>> = {
  count: plain,
  bit: { ...plain, name: 'bit' },
  ratio: plain,
  share: { name: '%', factor: 100, tick: short },
  cycle: plain,
  ns: { name: '', factor: 1, tick: (value) => si(value * 1e-9, 's') },
  pJ: { name: '', factor: 1, tick: energy },
  um2: { ...plain, name: 'um²' },
};

/** Without the digits that sums of binary fractions leave. */
function short(value: number): string {
  return String(Number(value.toPrecision(6)));
}

/**
 * Lines through the points of a study, one for each value of the plot's series; dashed ones of the same colour where a
 * second column stands against the right axis; thin ones without points for what a theory says; rings around marked points.
 *
 * @throws Error where the study lacks a column of the plot, or has more series than twice the colours
 */
export function studyLinesChart(study: StudyResult, plot: StudyLinesPlot): Chart {
  const { rows, column } = drawnRows(study, plot);
  const x = column(plot.x);
  const y = column(plot.y);
  const right = plot.right === undefined ? null : column(plot.right);
  const series = plot.series === undefined ? null : column(plot.series);
  const references = (plot.references ?? []).map(column);
  const xs = [...new Set(rows.map((row) => row[x.key]!))];
  const names = series === null ? [''] : ordered(namesOf(rows, series.key), series);
  if (names.length > MAX_SERIES) {
    throw new Error(`study chart ${plot.name}: got ${names.length} series; allowed are 1 to ${MAX_SERIES}`);
  }
  const colours = RESULT_COLOURS.length;
  const rowsOf = (name: string) => rows.filter((row) => series === null || String(row[series.key]) === name);

  const points = (name: string, of: StudyColumn): Point[] => {
    const own = rowsOf(name);
    if (plot.numbers === undefined)
      return xs.map((at) => axisValue(own.find((row) => row[x.key] === at)?.[of.key], of));
    return own
      .map((row) => ({ x: axisValue(row[x.key], x)!, y: axisValue(row[of.key], of) }))
      .sort((a, b) => a.x - b.x);
  };
  const label = (name: string, of: StudyColumn | null) =>
    [seriesText(name, series), of?.heading ?? ''].filter((part) => part !== '').join(': ');
  const line = (name: string, n: number, of: StudyColumn, axis: 'left' | 'right'): Line => ({
    label: label(name, axis === 'right' || name === '' ? of : null),
    yAxisID: axis,
    data: points(name, of),
    borderColor: RESULT_COLOURS[n % colours]!,
    // The second time a colour stands in hollow points, so that the legend tells the two apart.
    backgroundColor: n < colours ? RESULT_COLOURS[n % colours]! : BACKGROUND_COLOUR,
    borderWidth: axis === 'left' ? 3 : 2,
    borderDash: axis === 'right' ? [6, 5] : n < colours ? [] : [2, 4],
    pointStyle: POINT_STYLES[n % colours]!,
    pointRadius: 5,
    // So that a point at the end of an axis is whole.
    clip: false,
  });
  const reference = (name: string, n: number, of: StudyColumn, r: number): Line => {
    const colour = names.length > 1 ? RESULT_COLOURS[n % colours]! : REFERENCE_COLOURS[r % REFERENCE_COLOURS.length]!;
    return {
      label: label(name, of),
      yAxisID: 'left',
      data: points(name, of),
      borderColor: colour,
      backgroundColor: 'transparent',
      borderWidth: 2,
      borderDash: [2, 4],
      pointStyle: REFERENCE_STYLES[r % REFERENCE_STYLES.length]!,
      pointRadius: 8,
      // On top of the points.
      order: -1,
      clip: false,
    };
  };
  const ring = (name: string): Line[] => {
    if (plot.mark === undefined) return [];
    const mark = column(plot.mark);
    const marked = rowsOf(name).filter((row) => row[mark.key] !== null);
    if (marked.length === 0) return [];
    const at = (row: StudyValues): Point => ({ x: axisValue(row[x.key], x)!, y: axisValue(row[y.key], y) });
    return [
      {
        label: [
          marked.map((row) => row[mark.key]).join('; '),
          ...(series === null ? [] : [`(${label(name, null)})`]),
        ].join(' '),
        yAxisID: 'left',
        data:
          plot.numbers === undefined
            ? xs.map((value) => axisValue(marked.find((row) => row[x.key] === value)?.[y.key], y))
            : marked.map(at),
        showLine: false,
        borderColor: TEXT_COLOUR,
        backgroundColor: 'transparent',
        borderWidth: 2,
        pointStyle: 'circle',
        pointRadius: 11,
        clip: false,
      },
    ];
  };
  const datasets = [
    ...names.map((name, n) => line(name, n, y, 'left')),
    ...(right === null ? [] : names.map((name, n) => line(name, series === null ? names.length : n, right, 'right'))),
    ...references.flatMap((of, r) => names.map((name, n) => reference(name, n, of, r))),
    ...names.flatMap(ring),
  ].filter(({ data }) => data.some((point) => drawnValue(point) !== null));
  // Two columns of one unit stand against axes of one range.
  const isCommon = right !== null && right.unit === y.unit;
  const valuesAgainst = (axis: string) =>
    datasets.filter(({ yAxisID }) => isCommon || yAxisID === axis).flatMap(({ data }) => data.map(drawnValue));
  const subtitle = [
    y.doc,
    ...(right === null ? [] : [`Dashed, right axis: ${right.doc}`]),
    ...(plot.remark === undefined ? [] : [plot.remark]),
  ];
  const configuration = {
    type: 'line',
    data: { ...(plot.numbers === undefined ? { labels: xs.map(String) } : {}), datasets },
    options: {
      scales: {
        x:
          plot.numbers === undefined
            ? { title: { display: true, text: axisTitle(x) }, offset: true }
            : numbersAxis(x, plot.numbers, datasets),
        left: axisOf(y, plot.logarithmic ?? false, valuesAgainst('left')),
        ...(right === null
          ? {}
          : {
              right: {
                ...axisOf(right, false, valuesAgainst('right')),
                position: 'right' as const,
                grid: { drawOnChartArea: false },
              },
            }),
      },
      plugins: {
        title: { text: `${plot.subject ?? study.model}: ${plot.title}` },
        subtitle: { text: subtitle },
        legend: { labels: { usePointStyle: true, boxHeight: 10 } },
      },
    },
  };
  const shown = [...(series === null ? [] : [series]), x, y, ...(right === null ? [] : [right]), ...references];
  return {
    configuration: configuration as unknown as ChartConfiguration,
    data: drawnNumbers(rows, shown),
  };
}

/** Names tell themselves; a number stands with what it counts. */
function seriesText(name: string, series: StudyColumn | null): string {
  return series === null || series.unit === 'name' ? name : `${series.heading}: ${name}`;
}

/** Numbers ascend; names keep the order of the rows. */
function ordered(names: readonly string[], { unit }: StudyColumn): string[] {
  return unit === 'name' ? [...names] : names.toSorted((a, b) => Number(a) - Number(b));
}

function drawnValue(point: Point): number | null {
  return typeof point === 'object' && point !== null ? point.y : point;
}

/** The values themselves as ticks where the axis is logarithmic, as sweeps double from one to the next. */
function numbersAxis(column: StudyColumn, type: 'linear' | 'logarithmic', lines: readonly Line[]): object {
  const title = { display: true, text: axisTitle(column) };
  if (type === 'linear') return { type, title, grace: '2%', beginAtZero: true };
  const values = lines.flatMap(({ data }) => data.map((point) => (point as { x: number }).x));
  const [min, max] = [Math.min(...values) / LOGARITHMIC_MARGIN, Math.max(...values) * LOGARITHMIC_MARGIN];
  const doubled = Array.from({ length: 20 }, (_, n) => 2 ** n).filter((value) => value >= min && value <= max);
  return {
    type,
    title,
    min,
    max,
    afterBuildTicks: (scale: Scale) => {
      scale.ticks = doubled.map((value) => ({ value }));
    },
    ticks: { callback: (value: number | string) => String(value) },
  };
}

function axisValue(value: StudyValue | undefined, { unit }: StudyColumn): number | null {
  if (typeof value !== 'number' || unit === 'name') return null;
  return value * AXIS_UNITS[unit].factor;
}

function axisTitle({ heading, unit }: StudyColumn): string {
  const name = unit === 'name' ? '' : AXIS_UNITS[unit].name;
  return name === '' ? heading : `${heading} [${name}]`;
}

/** Room above and below the points of a logarithmic axis, as a factor. */
const LOGARITHMIC_MARGIN = 1.2;

/** Steps within a decade, from coarse to fine. */
const STEPS: readonly (readonly number[])[] = [
  [1],
  [1, 2, 5],
  [1, 1.5, 2, 3, 4, 5, 7],
  Array.from({ length: 18 }, (_, n) => 1 + n / 2),
];
const FEWEST_TICKS = 4;

/** The coarsest ticks between two values that are enough to read values by. */
function logarithmicTicks(min: number, max: number): number[] {
  const decades = Array.from(
    { length: Math.floor(Math.log10(max)) - Math.floor(Math.log10(min)) + 1 },
    (_, n) => 10 ** (Math.floor(Math.log10(min)) + n),
  );
  const ticks = STEPS.map((steps) =>
    decades.flatMap((decade) => steps.map((step) => step * decade)).filter((tick) => tick >= min && tick <= max),
  );
  return ticks.find(({ length }) => length >= FEWEST_TICKS) ?? ticks.at(-1)!;
}

/** @param values of the points against this axis */
function axisOf(column: StudyColumn, logarithmic: boolean, values: readonly (number | null)[]): ScaleOptions {
  const { unit } = column;
  const tick = unit === 'name' ? String : AXIS_UNITS[unit].tick;
  const axis = {
    title: { display: true, text: axisTitle(column) },
    ticks: { callback: (value: number | string) => tick(Number(value)) },
  };
  // A logarithm has no place for 0; such points are left out.
  const positive = values.filter((value) => value !== null && value > 0) as number[];
  if (!logarithmic || positive.length === 0) {
    const largest = Math.max(...values.map((value) => value ?? 0));
    // Not up to 105 % because the points are near 100 %.
    const end =
      unit === 'share' && largest > 90 && largest <= 100 ? { max: 100 } : { grace: '8%', suggestedMax: largest };
    // Nothing is below 0, where the grace would reach.
    const smallest = Math.min(...values.map((value) => value ?? Number.POSITIVE_INFINITY));
    const begin = unit === 'share' && smallest > 0 ? { suggestedMin: smallest } : { min: 0 };
    return { ...axis, ...end, ...begin, type: 'linear' } as ScaleOptions;
  }
  const min = Math.min(...positive) / LOGARITHMIC_MARGIN;
  const max = Math.max(...positive) * LOGARITHMIC_MARGIN;
  return {
    ...axis,
    type: 'logarithmic',
    min,
    max,
    afterBuildTicks: (scale: Scale) => {
      scale.ticks = logarithmicTicks(min, max).map((value) => ({ value }));
    },
  } as ScaleOptions;
}
