import type { Result } from '../../sim/results/result.js';
import { limitOfRun } from '../bottleneck.js';

/** Path of the ADC pool that limits a run, as the bottleneck in words has it; null where something else does. */
export function limitingPool(result: Result): string | null {
  const limit = limitOfRun(result);
  return limit?.resource === 'adc' ? limit.path : null;
}

/** Path of the PE around a resource; null where there is none. */
export function peOf(path: string): string | null {
  return /^.*?\bPe\[\d+\]/.exec(path)?.[0] ?? null;
}
