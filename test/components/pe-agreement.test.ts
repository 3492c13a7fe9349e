import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { PeStatistics } from '../../components/pe-statistics.js';
import { arbitraryScenario } from '../naive/arbitrary.js';
import { type NaiveResult, runNaive } from '../naive/machine.js';
import { evaluate, simulate, subjectOf } from './pe-under-test.js';

const SEED = 20261121;

/** The timing of a PE in the naive machine's words. */
function timing(statistics: PeStatistics) {
  const { cycles } = statistics;
  return {
    cycles,
    windows: statistics.windows,
    ouOperations: statistics.ouOperations,
    skippedOperations: statistics.skippedOperations,
    adcConversions: statistics.adcConversions,
    crossbars: Array.from(statistics.read, (read, i) => ({
      read,
      'stall.adc': statistics.stallAdc[i]!,
      'stall.input': statistics.stallInput[i]!,
      idle: cycles - read - statistics.stallAdc[i]! - statistics.stallInput[i]!,
    })),
    pools: statistics.pools.map((pool) => ({
      adcs: Array.from(pool.convert, (convert, a) => ({
        convert,
        'stall.shiftAdd': pool.stallShiftAdd[a]!,
        idle: cycles - convert - pool.stallShiftAdd[a]!,
      })),
      wait: pool.waits.statistics(),
      queueMean: cycles === 0 ? 0 : pool.waits.sum / cycles,
    })),
  };
}

function naiveTiming(result: NaiveResult): ReturnType<typeof timing> {
  return {
    cycles: result.cycles,
    windows: result.windows,
    ouOperations: result.counts.ouOperations,
    skippedOperations: result.counts.skippedOperations,
    adcConversions: result.counts.adcConversions,
    crossbars: result.crossbars,
    pools: result.pools.map(({ adcs, wait, queueMean }) => ({ adcs, wait, queueMean })),
  };
}

describe('the naive stepped machine agrees to the cycle', () => {
  it('sampled, booked and naive: cycles, counts, ledgers, waits, outputs', () => {
    fc.assert(
      fc.property(arbitraryScenario(), (scenario) => {
        const naive = runNaive(scenario);
        const subject = subjectOf(scenario);
        const expected = naiveTiming(naive);
        expect(timing(simulate(subject, { granularity: 'sampled' }))).toEqual(expected);
        expect(timing(simulate(subject, { granularity: 'booked' }))).toEqual(expected);
        expect(evaluate(subject)).toEqual({ outputs: naive.outputs, saturatedCodes: naive.counts.saturatedCodes });
      }),
      { seed: SEED, numRuns: 1500 },
    );
  });
});
