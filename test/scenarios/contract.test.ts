import fc from 'fast-check';
import { expect, test } from 'vitest';
import { stringify } from 'yaml';
import { runScenario } from '../../scenarios/run/run-scenario.js';
import { parseScenario, resolveScenario } from '../../scenarios/scenario.js';
import { resultToJson } from '../../sim/results/write.js';
import { arbitraryScenario, withoutIndices } from '../naive/arbitrary.js';
import { type NaiveResult, runNaive } from '../naive/machine.js';
import type { NaiveScenario } from '../naive/scenario.js';

/** A naive scenario as the text of a scenario file. */
function textOf({ machine, mapping, workload }: NaiveScenario): string {
  return stringify({
    scope: 'pe',
    machine: { rootClock: '1.28 GHz', ...machine },
    mapping: { scheme: 'dense', ...mapping },
    workload: { kind: 'matrix', ...workload },
  });
}

/** What the naive machine says, as result.json shows it. */
function expectedOf(naive: NaiveResult, { machine }: NaiveScenario) {
  const resources: Record<string, unknown> = {};
  const share = (part: number): number => (naive.cycles === 0 ? 0 : part / naive.cycles);
  naive.crossbars.forEach((ledger, i) => {
    resources[`Chip.Tile[0].Pe[0].Crossbar[${i}]`] = { kind: 'crossbar', ledger, utilisation: share(ledger.read) };
  });
  naive.pools.forEach(({ adcs, wait, queueMean }, p) => {
    resources[`Chip.Tile[0].Pe[0].AdcPool[${p}]`] = { kind: 'adcPool', wait, 'queue.mean': queueMean };
    adcs.forEach((ledger, a) => {
      const path = `Chip.Tile[0].Pe[0].AdcPool[${p}].Adc[${a}]`;
      resources[path] = { kind: 'adc', ledger, utilisation: share(ledger.convert) };
    });
  });
  return {
    schemaVersion: 2,
    cycles: naive.cycles,
    seconds: naive.cycles / 1.28e9,
    windows: naive.windows,
    outputs: naive.outputs,
    counts: { ...naive.counts, inputLoads: naive.windows },
    resources,
    footprint: { pes: 1 },
    scenario: { scope: 'pe', machine: { ou: machine.ou, adc: machine.adc }, workload: { kind: 'matrix' } },
  };
}

test('result.json of random scenario files says what the naive machine says, whatever the granularity', () => {
  fc.assert(
    fc.property(arbitraryScenario().map(withoutIndices), fc.integer(), (naiveScenario, shuffleSeed) => {
      const scenario = resolveScenario(parseScenario(textOf(naiveScenario), 'random.yaml'), { baseDir: '.' });
      const json = resultToJson(runScenario(scenario, { outputs: true, granularity: 'sampled' }));
      expect(JSON.parse(json)).toMatchObject(expectedOf(runNaive(naiveScenario), naiveScenario));
      expect(resultToJson(runScenario(scenario, { outputs: true, granularity: 'booked' }))).toBe(json);
      expect(resultToJson(runScenario(scenario, { outputs: true, shuffleSeed }))).toBe(json);
    }),
    { seed: 20261121, numRuns: 300 },
  );
});
