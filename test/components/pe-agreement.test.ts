import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { PeStatistics } from '../../components/pe-statistics.js';
import { arbitraryScenario } from '../naive/arbitrary.js';
import { type NaiveResult, runNaive } from '../naive/machine.js';
import { evaluate, simulate, subjectOf } from './pe-under-test.js';

const SEED = 20261121;

/** The timing of a PE in the naive machine's words; only a machine with index decoders has stalls for them. */
function timing(statistics: PeStatistics, hasDecoder: boolean) {
  const { cycles } = statistics;
  return {
    cycles,
    windows: statistics.windows,
    ouOperations: statistics.ouOperations,
    skippedOperations: statistics.skippedOperations,
    nonZeroOperations: statistics.nonZeroOperations,
    adcConversions: statistics.adcConversions,
    decodedOperations: statistics.decodedOperations,
    indexBitReads: statistics.indexBitReads,
    crossbars: Array.from(statistics.read, (read, i) => ({
      read,
      'stall.adc': statistics.stallAdc[i]!,
      'stall.input': statistics.stallInput[i]!,
      ...(hasDecoder ? { 'stall.index': statistics.stallIndex[i]! } : {}),
      idle: cycles - statistics.lastReadEnd[i]!,
    })),
    stallIndex: sum(statistics.stallIndex),
    scanWaits: Array.from(statistics.scanWait),
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
    nonZeroOperations: result.nonZeroOperations,
    adcConversions: result.counts.adcConversions,
    decodedOperations: result.decodedOperations,
    indexBitReads: result.indexBitReads,
    crossbars: result.crossbars as ReturnType<typeof timing>['crossbars'],
    stallIndex: sum(result.crossbars.map((ledger) => ledger['stall.index'] ?? 0)),
    scanWaits: result.scanWaits,
    pools: result.pools.map(({ adcs, wait, queueMean }) => ({ adcs, wait, queueMean })),
  };
}

function sum(values: Iterable<number>): number {
  let total = 0;
  for (const value of values) total += value;
  return total;
}

describe('the naive stepped machine agrees to the cycle', () => {
  it('sampled, booked, fast and naive: cycles, counts, ledgers, waits, outputs', () => {
    fc.assert(
      fc.property(arbitraryScenario(), (scenario) => {
        const naive = runNaive(scenario);
        const subject = subjectOf(scenario);
        const expected = naiveTiming(naive);
        const hasDecoder = scenario.machine.indexDecoder.kind === 'present';
        expect(timing(simulate(subject, { granularity: 'sampled' }), hasDecoder)).toEqual(expected);
        expect(timing(simulate(subject, { granularity: 'booked' }), hasDecoder)).toEqual(expected);
        expect(timing(simulate(subject, { granularity: 'fast' }), hasDecoder)).toEqual(expected);
        expect(evaluate(subject)).toEqual({ outputs: naive.outputs, saturatedCodes: naive.counts.saturatedCodes });
      }),
      { seed: SEED, numRuns: 1500 },
    );
  });
});
