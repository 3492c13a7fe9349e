import type { Parameter, Unit } from '../components/declaration.js';
import { CHIP_ONLY, COMPONENTS, type MachineConfig } from '../components/machine.js';
import { mappingScheme } from '../mapping/schemes.js';
import type { Assumption } from '../sim/results/result.js';
import { machineAdcCost } from './adc-cost.js';
import { inEffect } from './assumptions.js';
import { EXECUTION_PARAMETERS, MAX_REPLICAS, REPLICAS_KEY } from './execution.js';
import { MAPPING_PARAMETERS } from './mapping-parameters.js';
import type { ParameterOrigin } from './provenance.js';
import { ROOT_CLOCK } from './root-clock.js';
import type { Scenario } from './scenario.js';

const REPLICAS_OF_LAYER: Parameter = {
  type: 'integer',
  unit: '1',
  min: 1,
  max: MAX_REPLICAS,
  default: 1,
  doc: 'Replicas of the layer.',
};

/** One line of `ousim explain`: a value, and why it is what it is. */
export interface ExplainRow {
  /** Key of the component; `machine` for the root clock, `mapping`, `mapping.<scheme>` and `execution` for these sections. */
  readonly component: string;
  readonly parameter: string;
  readonly path: string;
  readonly value: number | string;
  readonly unit: Unit;
  readonly doc: string;
  /** `law`: computed from other parameters by the ADC's cost law. */
  readonly from: ParameterOrigin['from'] | 'law';
  readonly source?: string;
  readonly assumed?: string;
  /** How a time became cycles: "10.24 ns x 1.2 GHz = 12.288 -> 13 cycles". */
  readonly rounding?: string;
  /** False where nothing reads the value in this machine. */
  readonly inEffect: boolean;
}

/** Every parameter of the scenario with its origin, in the order of the declarations. */
export function explain(scenario: Scenario): ExplainRow[] {
  const { machine, mapping, provenance, scope } = scenario;
  const row = (component: string, name: string, path: string, parameter: Parameter) =>
    explainParameter(component, name, path, parameter, inEffect(path, scenario), provenance);
  const rows = [row('machine', 'rootClock', 'machine.rootClock', ROOT_CLOCK)];
  for (const { key, parameters } of COMPONENTS) {
    for (const [name, parameter] of Object.entries<Parameter>(parameters)) {
      const path = `machine.${key}.${name}`;
      // What a law computes is shown as computed, not as the parameter that law `fixed` reads.
      if (key === 'adc' && !inEffect(path, scenario)) continue;
      // A single PE has nothing around it.
      if (scope === 'pe' && CHIP_ONLY.has(`${key}.${name}`)) continue;
      rows.push(row(key, name, path, parameter));
    }
    if (key === 'adc') rows.push(...explainAdcCost(machine));
  }
  for (const [name, parameter] of Object.entries(MAPPING_PARAMETERS)) {
    rows.push(row('mapping', name, `mapping.${name}`, parameter));
  }
  for (const [name, parameter] of Object.entries(mappingScheme(mapping.scheme).parameters)) {
    rows.push(row(`mapping.${mapping.scheme}`, name, `mapping.${mapping.scheme}.${name}`, parameter));
  }
  if (scope === 'pe') return rows;
  for (const [name, parameter] of Object.entries(EXECUTION_PARAMETERS)) {
    rows.push(row('execution', name, `execution.${name}`, parameter));
  }
  for (const layer of Object.keys(scenario.execution.replicas)) {
    const parameter = `${REPLICAS_KEY}.${layer}`;
    rows.push(row('execution', parameter, `execution.${parameter}`, REPLICAS_OF_LAYER));
  }
  return rows;
}

/** Every value in effect that no source gives. */
export function assumptions(scenario: Scenario): readonly Assumption[] {
  return scenario.resolved.assumptions;
}

function explainParameter(
  component: string,
  parameter: string,
  path: string,
  { unit, doc }: Parameter,
  isInEffect: boolean,
  provenance: ReadonlyMap<string, ParameterOrigin>,
): ExplainRow {
  const { value, from, source, assumed, given, exactCycles } = provenance.get(path)!;
  return {
    component,
    parameter,
    path,
    value,
    unit,
    doc,
    from,
    ...(source === undefined ? {} : { source }),
    ...(assumed === undefined ? {} : { assumed }),
    ...(exactCycles === undefined
      ? {}
      : { rounding: rounding(given!, provenance.get('machine.rootClock')!.given!, exactCycles, value as number) }),
    inEffect: isInEffect,
  };
}

function rounding(given: string, clock: string, exactCycles: string, cycles: number): string {
  const exact = `${given} x ${clock} = ${exactCycles}`;
  return exactCycles === String(cycles) ? `${exact} cycles` : `${exact} -> ${cycles} cycles`;
}

function explainAdcCost(machine: MachineConfig): ExplainRow[] {
  if (machine.adc.costLaw === 'fixed') return [];
  const { energy_pJ, area_um2, source, assumed } = machineAdcCost(machine);
  const row = (parameter: string, value: number, unit: Unit, doc: string): ExplainRow => ({
    component: 'adc',
    parameter,
    path: `machine.adc.${parameter}`,
    value,
    unit,
    doc,
    from: 'law',
    source,
    ...(assumed === undefined ? {} : { assumed }),
    inEffect: true,
  });
  return [
    row('conversionEnergy_pJ', energy_pJ, 'pJ', `Energy of one conversion by costLaw ${machine.adc.costLaw}.`),
    row('area_um2', area_um2, 'um2', `Area of one ADC by costLaw ${machine.adc.costLaw}.`),
  ];
}
