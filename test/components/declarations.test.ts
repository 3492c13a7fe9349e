import { describe, expect, it } from 'vitest';
import type { ComponentDeclaration, Parameter } from '../../components/declaration.js';
import { CHIP_ONLY, COMPONENTS, defaultMachine } from '../../components/machine.js';
import { runMatrix } from '../../scenarios/run/run-matrix.js';
import type { Result } from '../../sim/results/result.js';
import { operationsPerWindow, subjectOf } from './pe-under-test.js';
import { smallestScenario } from './smallest-scenario.js';

const DECLARATIONS: readonly ComponentDeclaration[] = COMPONENTS;

const CHIP_COMPONENTS = DECLARATIONS.flatMap(({ key, scope }) => (scope === 'chip' ? [key] : []));
const OF_PE = DECLARATIONS.filter(({ scope }) => scope !== 'chip');

const parameters = DECLARATIONS.flatMap(({ key, parameters }) =>
  Object.entries(parameters).map(([name, parameter]): [string, Parameter] => [`${key}.${name}`, parameter]),
);

/** One sentence or several: a capital or a quoted name first, a full stop last, nothing twice. */
const SENTENCE = /^["A-Z](?!.* {2})(?!.*\.\.).*[^\s.]\.$/;

describe('declarations', () => {
  it('have keys and kinds of their own', () => {
    for (const property of ['key', 'kind'] as const) {
      const names = DECLARATIONS.map((declaration) => declaration[property]);
      expect(new Set(names).size).toBe(names.length);
      for (const name of names) expect(name).toMatch(/^[a-z][A-Za-z]*$/);
    }
  });

  it.each(DECLARATIONS.map((declaration): [string, ComponentDeclaration] => [declaration.key, declaration]))(
    '%s: every text is a sentence with a full stop',
    (_key, { doc, parameters, actions, statistics }) => {
      const texts = [parameters, actions, statistics].flatMap((group) =>
        Object.values(group).map((entry) => entry.doc),
      );
      for (const text of [doc, ...texts]) expect(text).toMatch(SENTENCE);
    },
  );

  it.each(parameters)('%s: its default is allowed', (_path, parameter) => {
    if (parameter.type === 'choice') {
      expect(parameter.choices).toContain(parameter.default);
      expect(new Set(parameter.choices).size).toBe(parameter.choices.length);
      return;
    }
    expect(parameter.min).toBeLessThan(parameter.max);
    expect(parameter.default).toBeGreaterThanOrEqual(parameter.min);
    expect(parameter.default).toBeLessThanOrEqual(parameter.max);
    if (parameter.type === 'integer') {
      for (const value of [parameter.min, parameter.default, parameter.max]) expect(value).toSatisfy(Number.isInteger);
    }
  });

  it.each(parameters)('%s: its name tells its unit', (path, { unit }) => {
    const suffixes = { _pJ: 'pJ', _um2: 'um2', _mW: 'mW', _nm: 'nm', Cycles: 'cycle' };
    const bySuffix = Object.entries(suffixes).find(([suffix]) => path.endsWith(suffix))?.[1];
    const isBits = /\.bits/.test(path);
    expect(unit).toBe(bySuffix ?? (isBits ? 'bit' : '1'));
  });

  it('durations are at least one cycle; a scan, the decoding of an index and the latency of the shift-and-add may take none', () => {
    const least = parameters.flatMap(([path, parameter]) =>
      parameter.unit === 'cycle' && parameter.type === 'integer' ? [[path, parameter.min]] : [],
    );
    expect(Object.fromEntries(least)).toEqual({
      'crossbar.readCycles': 1,
      'crossbar.programCycles': 1,
      'adc.conversionCycles': 1,
      'shiftAdd.latencyCycles': 0,
      'detector.planeCycles': 0,
      'indexDecoder.operationCycles': 0,
      'tile.stageCycles': 1,
      'router.flitCycles': 1,
      'router.hopCycles': 1,
      'offChip.flitCycles': 1,
    });
  });

  it('name for every action the parameter that prices it; the ADC alone is priced by a law', () => {
    const lawful: string[] = [];
    for (const { key, parameters, actions } of DECLARATIONS) {
      for (const [name, { price }] of Object.entries(actions)) {
        if (price === null) lawful.push(`${key}.${name}`);
        else expect(parameters[price]?.unit).toBe(name === 'staticCycle' ? 'mW' : 'pJ');
      }
    }
    expect(lawful).toEqual(['adc.conversion']);
  });

  it('price no action with a parameter of another, and leave no energy without an action', () => {
    for (const { key, parameters, actions } of DECLARATIONS) {
      const energies = Object.keys(parameters).filter((name) => ['pJ', 'mW'].includes(parameters[name]!.unit));
      const prices = Object.values(actions).flatMap(({ price }) => (price === null ? [] : [price]));
      // The law of the ADC may take conversionEnergy_pJ as it is.
      expect(prices.sort()).toEqual(key === 'adc' ? [] : energies.sort());
    }
  });

  it('make the default machine, which holds every parameter and nothing else', () => {
    const { rootClock_GHz, ...sections } = defaultMachine();
    expect(rootClock_GHz).toBe(1);
    const declared = Object.fromEntries(
      DECLARATIONS.map(({ key, parameters }) => [
        key,
        Object.fromEntries(Object.entries(parameters).map(([name, parameter]) => [name, parameter.default])),
      ]),
    );
    expect(sections).toEqual(declared);
  });
});

describe('what only a chip has', () => {
  it('is said once: at the component, or at the parameters and actions of a component that a PE has too', () => {
    for (const { scope, parameters, actions } of DECLARATIONS) {
      const inside = [...Object.values(parameters), ...Object.values(actions)].map((entry) => entry.scope);
      if (scope === 'chip') expect(new Set(inside)).toEqual(new Set([undefined]));
    }
    expect([...CHIP_ONLY].filter((path) => !CHIP_COMPONENTS.some((key) => path.startsWith(`${key}.`)))).toEqual([
      'crossbar.programCycles',
      'crossbar.cellWriteEnergy_pJ',
      'outputRegister.windows',
    ]);
  });

  it('are the parts around the PEs', () => {
    expect(CHIP_COMPONENTS).toEqual([
      'tile',
      'edram',
      'bus',
      'tileShiftAdd',
      'activation',
      'pooling',
      'tileOutputRegister',
      'router',
      'offChip',
      'chip',
    ]);
  });
});

describe('results of a single PE', () => {
  const { machine, program, inputs } = subjectOf(
    smallestScenario(
      {
        detector: { kind: 'group', planeCycles: 1 },
        indexDecoder: { kind: 'present', operationCycles: 1 },
        pe: { crossbars: 2 },
      },
      { weights: [[-1, -1]], inputs: [[1], [0]] },
    ),
  );
  const windows = inputs.map((window) => Int32Array.from(window));
  const result = runMatrix({ machine, program, denseOperations: operationsPerWindow(program), windows }, {});

  /** The ledgers' states of all resources of a kind, which must be the same. */
  const statesOf = (resources: Result['resources'], kind: string): string[] => {
    const ledgers = Object.values(resources).flatMap((resource) => (resource.kind === kind ? [resource.ledger] : []));
    const states = ledgers.map((ledger) => Object.keys(ledger).sort());
    for (const other of states) expect(other).toEqual(states[0]);
    return states[0] ?? [];
  };

  it('show a ledger for every component that declares statistics, with the states that it declares', () => {
    for (const { kind, statistics } of OF_PE) {
      const states = Object.keys(statistics).filter((name) => name !== 'wait' && name !== 'queue.mean');
      expect(statesOf(result.resources, kind)).toEqual(states.sort());
    }
  });

  it('show waits and the mean queue, which the ADC declares, at its pools', () => {
    const adc = OF_PE.find(({ key }) => key === 'adc')!;
    const pool = result.resources['Chip.Tile[0].Pe[0].AdcPool[0]']!;
    const { ledger, kind: _kind, utilisation: _utilisation, ...waits } = pool;
    expect([...Object.keys(ledger), ...Object.keys(waits)].sort()).toEqual(Object.keys(adc.statistics).sort());
  });

  it('show no resource of a kind that nobody declares, but for the pool, which is made of ADCs', () => {
    const kinds = new Set(Object.values(result.resources).map(({ kind }) => kind));
    const declared = OF_PE.filter(({ statistics }) => Object.keys(statistics).length > 0).map(({ kind }) => kind);
    expect([...kinds].sort()).toEqual([...declared, 'adcPool'].sort());
  });

  it('price every declared action of a PE and no other', () => {
    const declared = OF_PE.flatMap(({ key, actions }) =>
      Object.entries(actions).flatMap(([name, { scope }]) => (scope === 'chip' ? [] : [`${key}.${name}`])),
    );
    expect(Object.keys(result.energy.actions).sort()).toEqual(declared.sort());
  });
});
