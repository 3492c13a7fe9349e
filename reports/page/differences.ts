import type { Result } from '../../sim/results/result.js';
import { wholeRun } from '../layers.js';
import { definition } from './definitions.js';

/** A number that results are compared by. */
export interface ComparedNumber {
  readonly name: string;
  readonly unit: string;
  readonly definition: string;
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

interface Figure {
  readonly name: string;
  readonly unit: string;
  readonly definition: string;
  readonly lessIsBetter: boolean | null;
  readonly of: (result: Result) => number | null;
}

const FIGURES: readonly Figure[] = [
  {
    name: 'cycles',
    unit: 'cycles',
    definition: definition('the file', 'cycles'),
    lessIsBetter: true,
    of: ({ cycles }) => cycles,
  },
  {
    name: 'time',
    unit: 's',
    definition: definition('the file', 'seconds'),
    lessIsBetter: true,
    of: ({ seconds }) => seconds,
  },
  {
    name: 'latency',
    unit: 'cycles',
    definition: definition('chip', 'latency_cycles'),
    lessIsBetter: true,
    of: ({ chip }) => chip?.latency_cycles ?? null,
  },
  {
    name: 'throughput',
    unit: 'images/s',
    definition: definition('chip', 'throughput_imagesPerSecond'),
    lessIsBetter: false,
    of: ({ chip }) => chip?.throughput_imagesPerSecond ?? null,
  },
  {
    name: 'achieved',
    unit: 'TOPS',
    definition: definition('chip', 'achieved_TOPS'),
    lessIsBetter: false,
    of: ({ chip }) => chip?.achieved_TOPS ?? null,
  },
  {
    name: 'efficiency',
    unit: 'TOPS/W',
    definition: definition('chip', 'TOPSperW'),
    lessIsBetter: false,
    of: ({ chip }) => chip?.TOPSperW ?? null,
  },
  {
    name: 'energy',
    unit: 'pJ',
    definition: definition('the file', 'energy'),
    lessIsBetter: true,
    of: ({ energy }) => energy.total_pJ,
  },
  {
    name: 'area',
    unit: 'µm²',
    definition: definition('the file', 'area'),
    lessIsBetter: true,
    of: ({ area }) => area.total_um2,
  },
  {
    name: 'crossbars',
    unit: '',
    definition: definition('footprint', 'crossbars'),
    lessIsBetter: true,
    of: ({ footprint }) => footprint.crossbars,
  },
  {
    name: 'OU reads',
    unit: '',
    definition: definition('counts', 'ouOperations'),
    lessIsBetter: true,
    of: ({ counts }) => counts.ouOperations,
  },
  {
    name: 'ADC conversions',
    unit: '',
    definition: definition('counts', 'adcConversions'),
    lessIsBetter: true,
    of: ({ counts }) => counts.adcConversions,
  },
  {
    name: 'ADC utilisation',
    unit: '',
    definition: 'Share of the time of the ADCs spent converting, 0 to 1.',
    lessIsBetter: null,
    of: (result) => wholeRun(result).adcUtilisation,
  },
  {
    name: 'mean ADC wait',
    unit: 'cycles',
    definition: definition('resources[].wait', 'mean'),
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
