import type { MachineConfig } from '../components/machine.js';
import type { Claim } from '../sim/results/comparison.js';
import type { MappingConfig } from './mapping-parameters.js';
import type { Provenanced } from './provenance.js';

/** Keys of the machine's components in a scenario. */
export type ComponentKey = Exclude<keyof MachineConfig, 'rootClock_GHz'>;

/** A whole number or a number as itself; a duration may be a time ("100 ns"), rounded up to cycles when it is used. */
type PresetValue<V> = V extends number ? Provenanced<number | `${number} ns`> : Provenanced<V>;

/** Every parameter of every component, each with its source; nothing is left to defaults. */
export type PresetMachine = {
  readonly [C in ComponentKey]: { readonly [P in keyof MachineConfig[C]]: PresetValue<MachineConfig[C][P]> };
} & { readonly rootClock: Provenanced<`${number} GHz`> };

/** The section `mapping`, and the parameters of its scheme, every one of them. */
export type PresetMapping = {
  readonly [P in keyof Omit<MappingConfig, 'parameters'>]: PresetValue<MappingConfig[P]>;
} & { readonly parameters: Readonly<Record<string, Provenanced<number | string>>> };

/** An accelerator: a machine, and how networks are mapped onto it unless the scenario says otherwise. */
export interface Preset {
  /** As `machine.preset` names it. */
  readonly name: string;
  readonly title: string;
  readonly doc: string;
  /** Null for machines that no paper proposes. */
  readonly publication: { readonly title: string; readonly venue: string; readonly year: number } | null;
  /** True for a row of `ousim compare` unless it is told which systems to take. */
  readonly compared: boolean;
  /** What the paper reports. */
  readonly claims: readonly Claim[];
  readonly machine: PresetMachine;
  readonly mapping: PresetMapping;
}
