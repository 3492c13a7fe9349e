import type { Result } from '../../sim/results/result.js';
import { wholeRun } from '../layers.js';

/**
 * Path of the ADC pool that limits a run; null where something else does. On a chip it is the resource of the bottleneck. A
 * single PE is limited by its busiest pool where that converts for more of the run than anything else of the PE works.
 */
export function limitingPool(result: Result): string | null {
  if (result.chip !== undefined) {
    const { resource, path } = result.chip.bottleneck;
    return resource === 'adc' ? path : null;
  }
  const { crossbar, adcPool, shiftAdd, detector } = wholeRun(result).busiest;
  const converting = adcPool.shares['convert'] ?? 0;
  const others = [crossbar.shares['read'], shiftAdd.shares['lanes'], detector?.shares['scan']];
  return converting > 0 && others.every((share = 0) => share < converting) ? adcPool.path : null;
}

/** Path of the PE around a resource; null where there is none. */
export function peOf(path: string): string | null {
  return /^.*?\bPe\[\d+\]/.exec(path)?.[0] ?? null;
}
