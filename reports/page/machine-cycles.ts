import type { Result } from '../../sim/results/result.js';

/** A number of the resolved scenario's machine; null where it has none, as a result of another version may. */
export function machineNumber({ scenario }: Result, block: string, name: string): number | null {
  const value = (scenario.machine[block] as Readonly<Record<string, unknown>> | undefined)?.[name];
  return typeof value === 'number' && value > 0 ? value : null;
}

/** Cycles of a read, or of the conversions of its samples by a pool without other work, whichever take longer; at least 1. */
export function readRound(result: Result): number {
  const number = (block: string, name: string): number => machineNumber(result, block, name) ?? 1;
  const conversions =
    Math.ceil(number('ou', 'bitlines') / number('adc', 'perPool')) * number('adc', 'conversionCycles');
  return Math.max(number('crossbar', 'readCycles'), conversions);
}
