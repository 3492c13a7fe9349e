import type { Result } from '../../sim/results/result.js';
import type { RunOptions } from '../run/run-options.js';
import { runScenario } from '../run/run-scenario.js';
import { type RawScenario, resolveScenario } from '../scenario.js';
import { networkPoint, numberAt, type Study } from '../study.js';
import { figureColumns, measureFigures } from '../study-figures.js';

/** ADCs per pool, and what the scenario gives with them. */
export interface AdcSweepPoint {
  readonly x: number;
  readonly result: Result;
}

/** Runs a scenario with each of the given numbers of ADCs per pool, all else unchanged. */
export function sweepAdcsPerPool(
  raw: RawScenario,
  adcsPerPool: readonly number[],
  baseDir: string,
  options: (perPool: number) => RunOptions,
): AdcSweepPoint[] {
  return adcsPerPool.map((x) => {
    const scenario = resolveScenario(raw, { baseDir, overrides: [`machine.adc.perPool=${x}`] });
    return { x, result: runScenario(scenario, options(x)) };
  });
}

const PRESET = 'ou-baseline';
const ADCS_PER_POOL = [1, 2, 4, 8];
const FIGURE_KEYS = ['cycles', 'time', 'adcUtilisation', 'adcWait', 'energy'] as const;

export const study: Study = {
  name: 'adc-sweep',
  title: 'ADCs per pool against time and waiting',
  doc: 'How much of the time of the OU baseline is waiting for an ADC, with fewer ADCs than the OU has bitlines.',
  source: 'no paper shows it; BWQ (IEEE TCAD 2024) gives every crossbar as many ADCs as its OU has bitlines',
  columns: [
    { key: 'perPool', heading: 'ADCs', unit: 'count', doc: 'ADCs of a pool (machine.adc.perPool).' },
    ...figureColumns(FIGURE_KEYS),
  ],
  plots: [
    {
      name: 'adc-sweep',
      title: 'cycles and ADC utilisation against ADCs per pool',
      x: 'perPool',
      y: 'cycles',
      right: 'adcUtilisation',
    },
  ],
  points: (task) =>
    ADCS_PER_POOL.map((perPool) =>
      networkPoint(task, {
        name: `${perPool} ADCs`,
        preset: PRESET,
        set: [`machine.adc.perPool=${perPool}`],
        coordinates: { perPool },
      }),
    ),
  measure: (scenario, options) => measureFigures(FIGURE_KEYS, scenario, options),
  notes: (rows) => {
    const [first, last] = [rows[0]!, rows.at(-1)!];
    const slowdown = numberAt(first, 'cycles') / numberAt(last, 'cycles');
    return [
      {
        published: null,
        seen:
          `with ${numberAt(first, 'perPool')} instead of ${numberAt(last, 'perPool')} ADCs per pool an image takes ` +
          `${slowdown.toFixed(2)} times as long`,
      },
    ];
  },
};
