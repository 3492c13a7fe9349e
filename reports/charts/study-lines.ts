import type { ChartConfiguration, ChartDataset, Scale, ScaleOptions } from 'chart.js';
import type { StudyColumn, StudyPlot, StudyResult, StudyRow, StudyUnit } from '../../sim/results/study.js';
import { energy, NONE, si } from '../format.js';
import type { Chart } from './chart.js';
import { BACKGROUND_COLOUR, RESULT_COLOURS } from './palette.js';

type Line = ChartDataset<'line', (number | null)[]>;

/** Each colour twice: drawn through, and dotted. */
const MAX_SERIES = 2 * RESULT_COLOURS.length;
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
 * second column stands against the right axis.
 *
 * @throws Error where the study lacks a column of the plot, or has more series than twice the colours
 */
export function studyLinesChart(study: StudyResult, plot: StudyPlot): Chart {
  const column = (key: string): StudyColumn => {
    const found = study.columns.find((candidate) => candidate.key === key);
    if (found === undefined) throw new Error(`study chart ${plot.name}: the study has no column ${key}`);
    return found;
  };
  const x = column(plot.x);
  const y = column(plot.y);
  const right = plot.right === undefined ? null : column(plot.right);
  const series = plot.series === undefined ? null : column(plot.series);
  const xs = [...new Set(study.rows.map(({ values }) => values[x.key]!))];
  const names = series === null ? [''] : [...new Set(study.rows.map(({ values }) => String(values[series.key])))];
  if (names.length > MAX_SERIES) {
    throw new Error(`study chart ${plot.name}: got ${names.length} series; allowed are 1 to ${MAX_SERIES}`);
  }
  const colours = RESULT_COLOURS.length;

  const rowAt = (name: string, at: StudyRow['values'][string]) =>
    study.rows.find(({ values }) => values[x.key] === at && (series === null || values[series.key] === name));
  const line = (name: string, n: number, of: StudyColumn, axis: 'left' | 'right'): Line => ({
    label: [name, axis === 'right' || name === '' ? of.heading : ''].filter((part) => part !== '').join(': '),
    yAxisID: axis,
    data: xs.map((at) => axisValue(rowAt(name, at)?.values[of.key], of)),
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
  const datasets = [
    ...names.map((name, n) => line(name, n, y, 'left')),
    ...(right === null ? [] : names.map((name, n) => line(name, series === null ? names.length : n, right, 'right'))),
  ];
  const valuesAgainst = (axis: string) =>
    datasets.filter(({ yAxisID }) => yAxisID === axis).flatMap(({ data }) => data);
  const configuration = {
    type: 'line',
    data: { labels: xs.map(String), datasets },
    options: {
      scales: {
        x: { title: { display: true, text: axisTitle(x) }, offset: true },
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
        title: { text: `${study.model}: ${plot.title}` },
        subtitle: { text: right === null ? y.doc : [y.doc, `Dashed, right axis: ${right.doc}`] },
        legend: { labels: { usePointStyle: true } },
      },
    },
  };
  const shown = [...(series === null ? [] : [series]), x, y, ...(right === null ? [] : [right])];
  return {
    configuration: configuration as unknown as ChartConfiguration,
    data: {
      columns: shown.map(({ key, unit }) => csvName(key, unit)),
      rows: study.rows.map(({ values }) => shown.map(({ key }) => values[key] ?? NONE)),
    },
  };
}

function axisValue(value: StudyRow['values'][string] | undefined, { unit }: StudyColumn): number | null {
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
    const end = unit === 'share' && largest > 90 && largest <= 100 ? { max: 100 } : { grace: '8%' };
    return { ...axis, ...end, type: 'linear', beginAtZero: unit !== 'share' } as ScaleOptions;
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

/** Values stand in the CSV as in `study.json`. */
function csvName(key: string, unit: StudyUnit): string {
  const suffixed: Readonly<Partial<Record<StudyUnit, string>>> = { ns: '_ns', pJ: '_pJ', um2: '_um2', share: '_share' };
  return key + (suffixed[unit] ?? '');
}
