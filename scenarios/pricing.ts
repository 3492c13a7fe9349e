import { hasIndexDecoder } from '../components/index-decoder.js';
import { COMPONENTS, type MachineConfig } from '../components/machine.js';
import type { ActionEnergy, Area, Energy, Footprint } from '../sim/results/result.js';
import { machineAdcCost } from './adc-cost.js';
import type { ComponentKey } from './preset.js';

type ActionOf<D> = D extends { key: infer K extends string; actions: infer A } ? `${K}.${keyof A & string}` : never;

/** An action that costs energy, `component.action`, as the components declare them. */
export type ActionName = ActionOf<(typeof COMPONENTS)[number]>;

export type ActionCounts = Readonly<Record<ActionName, number>>;

/** Every action with its price on this machine, in the order of the declarations. */
export function actionPrices(machine: MachineConfig): Map<ActionName, number> {
  const prices = new Map<ActionName, number>();
  for (const { key, actions } of COMPONENTS) {
    const values: Readonly<Record<string, number | string>> = machine[key];
    for (const [action, { price }] of Object.entries(actions)) {
      // The ADC's conversion is the only action without a price parameter: its price follows from the cost law.
      const price_pJ = price === null ? machineAdcCost(machine).energy_pJ : (values[price] as number);
      prices.set(`${key}.${action}` as ActionName, price_pJ);
    }
  }
  return prices;
}

/**
 * Energy of the counted actions at the machine's prices (kernel law 7). The sum runs in the order of the declarations,
 * so that the same counts give the same bytes.
 *
 * @throws ScenarioError where the ADC's cost law does not cover its resolution
 */
export function priceEnergy(counts: ActionCounts, machine: MachineConfig): Energy {
  const actions: Record<string, ActionEnergy> = {};
  let total_pJ = 0;
  for (const [name, price_pJ] of actionPrices(machine)) {
    const count = counts[name];
    const energy_pJ = count * price_pJ;
    actions[name] = { count, price_pJ, energy_pJ };
    total_pJ += energy_pJ;
  }
  return { total_pJ, actions };
}

/**
 * Number of areas of each component, in the meaning of its parameter `area_um2`; and of the bits of the index memory, in
 * the meaning of `indexDecoder.bitArea_um2`.
 */
export type Instances = Readonly<Record<Exclude<ComponentKey, 'pe' | 'ou'> | 'indexMemory', number>>;

/** What the PEs of this machine consist of, each with all its crossbars, and the memory of the mapping's index bits. */
export function instancesOf(
  machine: MachineConfig,
  { pes, indexBits }: Pick<Footprint, 'pes' | 'indexBits'>,
): Instances {
  const crossbars = pes * machine.pe.crossbars;
  const pools = pes * Math.ceil(machine.pe.crossbars / machine.adc.sharedBy);
  return {
    crossbar: crossbars,
    input: crossbars * machine.crossbar.wordlines,
    // A bank holds the bitline values of one OU read.
    sampleHold: crossbars * machine.sampleHold.banks * machine.ou.bitlines,
    adc: pools * machine.adc.perPool,
    shiftAdd: pools * machine.shiftAdd.lanes,
    detector: machine.detector.kind === 'none' ? 0 : pes,
    indexDecoder: hasIndexDecoder(machine) ? crossbars : 0,
    indexMemory: hasIndexDecoder(machine) ? indexBits : 0,
    inputRegister: pes,
    outputRegister: pes,
  };
}

/**
 * Area of so many instances at the machine's areas, summed in the order of the declarations, the index memory after its
 * decoders.
 *
 * @throws ScenarioError where the ADC's cost law does not cover its resolution
 */
export function machineArea(machine: MachineConfig, instances: Instances): Area {
  const components: Area['components'] = {};
  let total_um2 = 0;
  const add = (name: keyof Instances, each_um2: number): void => {
    const area_um2 = instances[name] * each_um2;
    components[name] = { instances: instances[name], each_um2, area_um2 };
    total_um2 += area_um2;
  };
  for (const { key } of COMPONENTS) {
    if (key === 'pe' || key === 'ou') continue; // a PE and an OU are what they consist of
    add(key, key === 'adc' ? machineAdcCost(machine).area_um2 : machine[key].area_um2);
    if (key === 'indexDecoder') add('indexMemory', machine.indexDecoder.bitArea_um2);
  }
  return { total_um2, components };
}
