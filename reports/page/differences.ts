import type { Result } from '../../sim/results/result.js';
import { percent, si } from '../format.js';
import { wholeRun } from '../layers.js';
import { definition } from './definitions.js';
import { cyclesText, shortNumber } from './short-number.js';

/** A number that results are compared by. */
export interface ComparedNumber {
  readonly name: string;
  readonly definition: string;
  /** A value with its unit. */
  readonly text: (value: number) => string;
  /** The amount of a difference with its unit, where that is not the value's; a difference of shares has no relative one. */
  readonly amount?: (value: number) => string;
  /** Whether less of it is better; null where that depends. */
  readonly lessIsBetter: boolean | null;
  /** One for each result, in their order; null where a result has none. */
  readonly values: readonly (number | null)[];
}

/** A number of a result beside the same one of the first result. */
export interface Difference {
  readonly absolute: number;
  /** Of the first result's; null where that is 0. */
  readonly relative: number | null;
}

export function difference(value: number, first: number): Difference {
  return { absolute: value - first, relative: first === 0 ? null : (value - first) / first };
}

interface Figure extends Omit<ComparedNumber, 'values'> {
  readonly of: (result: Result) => number | null;
}

const inUnit =
  (unit: string, factor = 1) =>
  (value: number): string =>
    si(value * factor, unit, 4);

const FIGURES: readonly Figure[] = [
  {
    name: 'cycles',
    definition: definition('the file', 'cycles'),
    text: cyclesText,
    lessIsBetter: true,
    of: ({ cycles }) => cycles,
  },
  {
    name: 'time',
    definition: definition('the file', 'seconds'),
    text: inUnit('s'),
    lessIsBetter: true,
    of: ({ seconds }) => seconds,
  },
  {
    name: 'latency',
    definition: definition('chip', 'latency_cycles'),
    text: cyclesText,
    lessIsBetter: true,
    of: ({ chip }) => chip?.latency_cycles ?? null,
  },
  {
    name: 'throughput',
    definition: definition('chip', 'throughput_imagesPerSecond'),
    text: (value) => `${shortNumber(value)} images/s`,
    lessIsBetter: false,
    of: ({ chip }) => chip?.throughput_imagesPerSecond ?? null,
  },
  {
    name: 'achieved',
    definition: definition('chip', 'achieved_TOPS'),
    text: inUnit('OPS', 1e12),
    lessIsBetter: false,
    of: ({ chip }) => chip?.achieved_TOPS ?? null,
  },
  {
    name: 'efficiency',
    definition: definition('chip', 'TOPSperW'),
    text: (value) => `${shortNumber(value)} TOPS/W`,
    lessIsBetter: false,
    of: ({ chip }) => chip?.TOPSperW ?? null,
  },
  {
    name: 'energy',
    definition: definition('the file', 'energy'),
    text: inUnit('J', 1e-12),
    lessIsBetter: true,
    of: ({ energy }) => energy.total_pJ,
  },
  {
    name: 'area',
    definition: definition('the file', 'area'),
    text: (value) => `${shortNumber(value * 1e-6)} mm²`,
    lessIsBetter: true,
    of: ({ area }) => area.total_um2,
  },
  {
    name: 'crossbars',
    definition: definition('footprint', 'crossbars'),
    text: shortNumber,
    lessIsBetter: true,
    of: ({ footprint }) => footprint.crossbars,
  },
  {
    name: 'OU reads',
    definition: definition('counts', 'ouOperations'),
    text: shortNumber,
    lessIsBetter: true,
    of: ({ counts }) => counts.ouOperations,
  },
  {
    name: 'ADC conversions',
    definition: definition('counts', 'adcConversions'),
    text: shortNumber,
    lessIsBetter: true,
    of: ({ counts }) => counts.adcConversions,
  },
  {
    name: 'ADC utilisation',
    definition: 'Share of the time of the ADCs spent converting; differences in percentage points (pp).',
    text: (value) => `${percent(value)}%`,
    amount: (value) => `${percent(value)} pp`,
    lessIsBetter: null,
    of: (result) => wholeRun(result).adcUtilisation,
  },
  {
    name: 'mean ADC wait',
    definition: definition('resources[].wait', 'mean'),
    text: cyclesText,
    lessIsBetter: true,
    of: (result) => wholeRun(result).wait.mean,
  },
];

/** The numbers of whole runs, those only that at least one of the results has. */
export function comparedNumbers(results: readonly Result[]): ComparedNumber[] {
  return FIGURES.map(({ of, ...figure }) => ({ ...figure, values: results.map(of) })).filter(({ values }) =>
    values.some((value) => value !== null),
  );
}

/** Values of scenarios in which results differ: path, and the value of each result. */
export function differingValues(
  values: readonly (readonly (readonly [path: string, value: string])[])[],
): { readonly path: string; readonly values: readonly string[] }[] {
  const maps = values.map((pairs) => new Map(pairs));
  const paths = [...new Set(maps.flatMap((map) => [...map.keys()]))];
  return paths
    .map((path) => ({ path, values: maps.map((map) => map.get(path) ?? '–') }))
    .filter(({ values: of }) => new Set(of).size > 1);
}
