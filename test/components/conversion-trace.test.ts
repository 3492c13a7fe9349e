import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { arbitraryScenario } from '../naive/arbitrary.js';
import { type RecordedSpan, RecordingTrace } from '../sim/recording-trace.js';
import { PE_PATH, simulate, subjectOf } from './pe-under-test.js';
import { smallestScenario } from './smallest-scenario.js';

/** Whose samples the ADCs of a pool convert, as a trace says: docs/timing-model.md, rules 4 and 5. */

const SEED = 20261121;
const ADC = /\.AdcPool\[(\d+)\]\.Adc\[\d+\]$/;

/** What a trace says of the conversions of one operation. */
interface Conversions {
  pool: number;
  samples: number;
  first: number;
  lastEnd: number;
  lastAcceptance: number;
}

/** By crossbar and operation, from the spans of the ADCs alone. */
function conversionsOf(spans: readonly RecordedSpan[]): Map<string, Conversions> {
  const operations = new Map<string, Conversions>();
  for (const { path, name, start, end, crossbar, operation } of spans) {
    const pool = ADC.exec(path)?.[1];
    if (pool === undefined) {
      expect([crossbar, operation]).toEqual([undefined, undefined]);
      continue;
    }
    const key = `${PE_PATH}.Crossbar[${crossbar}] operation ${operation}`;
    const known = operations.get(key) ?? {
      pool: Number(pool),
      samples: 0,
      first: Number.POSITIVE_INFINITY,
      lastEnd: 0,
      lastAcceptance: 0,
    };
    operations.set(key, known);
    // The samples of a crossbar go to the pool that it belongs to.
    expect(known.pool).toBe(Number(pool));
    known.lastAcceptance = Math.max(known.lastAcceptance, end);
    if (name !== 'convert') continue;
    known.samples++;
    known.first = Math.min(known.first, start);
    known.lastEnd = Math.max(known.lastEnd, end);
  }
  return operations;
}

describe.each(['sampled', 'fast'] as const)('the trace of a %s run', (granularity) => {
  it('names an operation in as many conversions as it has samples, from its first to its last', () => {
    fc.assert(
      fc.property(arbitraryScenario(), (scenario) => {
        const trace = new RecordingTrace();
        simulate(subjectOf(scenario), { granularity, trace });
        const { sharedBy } = scenario.machine.adc;
        const expected = trace.operations.map(
          ({ path, number, samples, firstConversion, lastConversionEnd, lastAcceptance }) => {
            const crossbar = Number(/\[(\d+)\]$/.exec(path)![1]);
            const conversions: Conversions = {
              pool: Math.floor(crossbar / sharedBy),
              samples,
              first: firstConversion,
              lastEnd: lastConversionEnd,
              lastAcceptance,
            };
            return [`${path} operation ${number}`, conversions] as const;
          },
        );
        expect(conversionsOf(trace.spans)).toEqual(new Map(expected));
      }),
      { seed: SEED, numRuns: 80 },
    );
  });

  it('serves operations first come first served, those of a cycle in the order of the crossbars', () => {
    fc.assert(
      fc.property(arbitraryScenario(), (scenario) => {
        const trace = new RecordingTrace();
        simulate(subjectOf(scenario), { granularity, trace });
        const readEnd = new Map(trace.operations.map(({ path, number, ...of }) => [`${path} ${number}`, of.readEnd]));
        const served = new Map<string, { start: number; adc: number; asked: number; crossbar: number }[]>();
        for (const { path, name, start, crossbar, operation } of trace.spans) {
          if (name !== 'convert') continue;
          const pool = path.slice(0, path.lastIndexOf('.'));
          const asked = readEnd.get(`${PE_PATH}.Crossbar[${crossbar}] ${operation}`)!;
          const adc = Number(/(\d+)\]$/.exec(path)![1]);
          served.set(pool, [...(served.get(pool) ?? []), { start, adc, asked, crossbar: crossbar! }]);
        }
        for (const conversions of served.values()) {
          // Of those that begin in one cycle the lower ADC takes the sample that is first in the queue.
          conversions.sort((a, b) => a.start - b.start || a.adc - b.adc);
          const inQueue = [...conversions].sort((a, b) => a.asked - b.asked || a.crossbar - b.crossbar);
          expect(conversions).toEqual(inQueue);
        }
      }),
      { seed: SEED, numRuns: 40 },
    );
  });

  it('numbers the crossbars of the PE, not of the pool: two pools with equal crossbars', () => {
    // Two row blocks, each with a positive and a negative copy: crossbars 0, 1 and 2, 3; a pool for each pair and one ADC.
    const scenario = smallestScenario(
      {
        pe: { crossbars: 4 },
        crossbar: { wordlines: 2, bitlines: 1 },
        ou: { wordlines: 2, bitlines: 1 },
        adc: { sharedBy: 2 },
      },
      { weightBits: 2, weights: [[1], [1], [1], [1]], inputs: [[1, 1, 1, 1]] },
      { encoding: 'differential' },
    );
    const trace = new RecordingTrace();
    simulate(subjectOf(scenario), { granularity, trace });
    // Reads end at 1; the pool's ADC takes the sample of its first crossbar at 1 and that of its second one at 2.
    const conversions = trace.spans
      .filter(({ name }) => name === 'convert')
      .map(({ path, start, crossbar, operation }) => [path.slice(PE_PATH.length + 1), start, crossbar, operation])
      .sort();
    expect(conversions).toEqual([
      ['AdcPool[0].Adc[0]', 1, 0, 0],
      ['AdcPool[0].Adc[0]', 2, 1, 0],
      ['AdcPool[1].Adc[0]', 1, 2, 0],
      ['AdcPool[1].Adc[0]', 2, 3, 0],
    ]);
  });
});
