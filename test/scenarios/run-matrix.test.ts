import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { runMatrix } from '../../scenarios/run/run-matrix.js';
import type { ResourceResult } from '../../sim/results/result.js';
import { operationsPerWindow, PE_PATH, subjectOf } from '../components/pe-under-test.js';
import { arbitraryScenario } from '../naive/arbitrary.js';
import { type NaiveRead, runNaive } from '../naive/machine.js';
import { placeMatrix, runsOf } from '../naive/placement.js';
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

  it('says where the time went, as the mean over the crossbars that hold a part of the matrix', () => {
    fc.assert(
      fc.property(arbitraryScenario(), (scenario) => {
        const { cycles, crossbars, scanWaits, trace } = runNaive(scenario);
        const held = placeMatrix(scenario).map((_, i) => i);
        const mean = (of: (i: number) => number) => held.reduce((sum, i) => sum + of(i), 0) / held.length;
        const lastReadOf = (reads: readonly NaiveRead[]) => Math.max(0, ...reads.map(({ end }) => end));
        const lastRead = lastReadOf(trace.reads);
        const expected = {
          reads: mean((i) => crossbars[i]!.read),
          adcWaiting: mean((i) => crossbars[i]!['stall.adc']),
          indexDecoding: mean((i) => crossbars[i]!['stall.index'] ?? 0),
          detector: mean((i) => scanWaits[i]!),
          windowSharing: mean((i) => crossbars[i]!['stall.input'] - scanWaits[i]!),
          finishedEarlier: mean((i) => lastRead - lastReadOf(trace.reads.filter(({ crossbar }) => crossbar === i))),
          drain: cycles - lastRead,
          // Only on a chip does a PE wait for others.
          pixels: 0,
          output: 0,
          transfer: 0,
          finished: 0,
          otherPasses: 0,
        };
        const { time } = run(scenario, 'fast');
        expect(time).toEqual(expected);
        const sum = Object.values(time).reduce((total, part) => total + part, 0);
        expect(Math.abs(sum - cycles)).toBeLessThanOrEqual(1e-9 * cycles);
      }),
      { seed: SEED, numRuns: 150 },
    );
  });

  it('says what each mechanism leaves of the operations, never more than the one before', () => {
    fc.assert(
      fc.property(arbitraryScenario(), fc.integer({ min: 0, max: 30 }), (scenario, rowsLeftOut) => {
        const { counts, nonZeroOperations } = runNaive(scenario);
        const { machine, program, inputs } = subjectOf(scenario);
        // The same rows, as if compression had left others out of each row list.
        const rowLists = program.rowLists.map((list) => ({ ...list, span: list.span + rowsLeftOut }));
        const windows = inputs.map((window) => Int32Array.from(window));
        const denseOperations = operationsPerWindow(program);
        const compressed = { machine, program: { ...program, rowLists }, denseOperations, windows };
        const { dense, ...work } = runMatrix(compressed, {}).work;
        expect(dense).toBe(denseOperations * inputs.length);

        const all = counts.ouOperations + counts.skippedOperations;
        const planes = Math.ceil(scenario.workload.inputBits / machine.input.bitsPerPlane) * inputs.length;
        const uncompressed = placeMatrix(scenario).map(
          ({ rows, bitlines }) =>
            Math.ceil((rows.length + rowsLeftOut) / machine.ou.wordlines) *
            runsOf(bitlines.length, machine.ou.bitlines).length,
        );
        expect(work).toEqual({
          uncompressed: planes * uncompressed.reduce((sum, operations) => sum + operations, 0),
          rowCompressed: all,
          valueSkipped: nonZeroOperations,
          performed: counts.ouOperations,
        });
        expect(work.uncompressed).toBeGreaterThanOrEqual(work.rowCompressed);
        expect(work.rowCompressed).toBeGreaterThanOrEqual(work.valueSkipped);
        expect(work.valueSkipped).toBeGreaterThanOrEqual(work.performed);
      }),
      { seed: SEED, numRuns: 150 },
    );
  });

  it('prices what index decoders do, and nothing of the kind without one', () => {
    fc.assert(
      fc.property(arbitraryScenario(), (scenario) => {
        const naive = runNaive(scenario);
        const { energy, area, footprint } = run(scenario, 'fast');
        expect(energy.actions['indexDecoder.operation']!.count).toBe(naive.decodedOperations);
        expect(energy.actions['indexDecoder.bitRead']!.count).toBe(naive.indexBitReads);
        const present = scenario.machine.indexDecoder.kind === 'present';
        expect(area.components['indexDecoder']!.instances).toBe(present ? scenario.machine.pe.crossbars : 0);
        expect(area.components['indexMemory']!.instances).toBe(present ? footprint.indexBits : 0);
      }),
      { seed: SEED, numRuns: 60 },
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
