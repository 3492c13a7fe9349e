import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { runMatrix } from '../../scenarios/run/run-matrix.js';
import type { ResourceResult } from '../../sim/results/result.js';
import { operationsPerWindow, PE_PATH, subjectOf } from '../components/pe-under-test.js';
import { arbitraryScenario } from '../naive/arbitrary.js';
import { runNaive } from '../naive/machine.js';
import type { NaiveScenario } from '../naive/scenario.js';

const SEED = 20261121;

function run(scenario: NaiveScenario, granularity: 'sampled' | 'booked' | 'fast') {
  const { machine, program, inputs } = subjectOf(scenario);
  const windows = inputs.map((window) => Int32Array.from(window));
  return runMatrix(
    { machine, program, denseOperations: operationsPerWindow(program), windows },
    { granularity, outputs: true },
  );
}

/** part / whole; 0 of nothing. */
const share = (part: number, whole: number) => (whole === 0 ? 0 : part / whole);

describe('the result of a matrix', () => {
  it('says what the naive machine says: cycles, outputs, counts, ledgers, utilisation, waits, queues', () => {
    fc.assert(
      fc.property(arbitraryScenario(), (scenario) => {
        const naive = runNaive(scenario);
        const { cycles } = naive;
        const crossbars: [string, ResourceResult][] = naive.crossbars.map((ledger, i) => [
          `${PE_PATH}.Crossbar[${i}]`,
          { kind: 'crossbar', ledger: { ...ledger }, utilisation: share(ledger.read, cycles) },
        ]);
        const adcs: [string, ResourceResult][] = naive.pools.flatMap((pool, p) =>
          pool.adcs.map((ledger, a): [string, ResourceResult] => [
            `${PE_PATH}.AdcPool[${p}].Adc[${a}]`,
            { kind: 'adc', ledger: { ...ledger }, utilisation: share(ledger.convert, cycles) },
          ]),
        );
        const result = run(scenario, 'booked');
        expect(result.resources).toMatchObject(Object.fromEntries([...crossbars, ...adcs]));
        naive.pools.forEach(({ wait, queueMean, adcs }, p) => {
          // The pool's utilisation is that of its ADCs together.
          const converting = adcs.reduce((sum, { convert }) => sum + convert, 0);
          expect(result.resources[`${PE_PATH}.AdcPool[${p}]`]).toMatchObject({
            kind: 'adcPool',
            utilisation: share(converting, adcs.length * cycles),
            wait,
            'queue.mean': queueMean,
          });
        });
        const { inputLoads, wordlineDrives: _drives, cellReads: _cells, ...counts } = result.counts;
        expect(counts).toEqual(naive.counts);
        expect(inputLoads).toBe(naive.windows);
        expect([result.cycles, result.windows, result.outputs]).toEqual([cycles, naive.windows, naive.outputs]);
        // A saturated code is worth a warning, and nothing else is.
        expect(result.warnings).toHaveLength(naive.counts.saturatedCodes > 0 ? 1 : 0);
      }),
      { seed: SEED, numRuns: 150 },
    );
  });

  it('has ledgers that sum to the cycles, of every resource', () => {
    fc.assert(
      fc.property(arbitraryScenario(), (scenario) => {
        const { machine } = scenario;
        const { resources, cycles } = run(scenario, 'booked');
        for (const { ledger } of Object.values(resources)) {
          expect(Object.values(ledger).reduce((sum, state) => sum + state, 0)).toBe(cycles);
        }
        const pools = Math.ceil(machine.pe.crossbars / machine.adc.sharedBy);
        const detectors = machine.detector.kind === 'none' ? 0 : 1;
        // A pool, its ADCs and its shift-and-add unit; the input register.
        const expected = machine.pe.crossbars + pools * (machine.adc.perPool + 2) + detectors + 1;
        expect(Object.keys(resources)).toHaveLength(expected);
      }),
      { seed: SEED, numRuns: 100 },
    );
  });

  it('is the same to the byte in every granularity', () => {
    fc.assert(
      fc.property(arbitraryScenario(), (scenario) => {
        const [sampled, booked, fast] = (['sampled', 'booked', 'fast'] as const).map((granularity) =>
          JSON.stringify(run(scenario, granularity)),
        );
        expect(booked).toBe(sampled);
        expect(fast).toBe(sampled);
      }),
      { seed: SEED, numRuns: 100 },
    );
  });
});
