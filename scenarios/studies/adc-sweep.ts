import type { Result } from '../../sim/results/result.js';
import type { RunOptions } from '../run/run-options.js';
import { runScenario } from '../run/run-scenario.js';
import { type RawScenario, resolveScenario } from '../scenario.js';

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
