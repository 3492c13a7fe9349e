import type { ChipCounts } from '../components/chip-statistics.js';
import type { ComponentDeclaration } from '../components/declaration.js';
import { hasIndexDecoder } from '../components/index-decoder.js';
import { COMPONENTS, type MachineConfig } from '../components/machine.js';
import type { ActionEnergy, Area, Energy, Footprint } from '../sim/results/result.js';
import { machineAdcCost } from './adc-cost.js';
import type { ComponentKey } from './preset.js';

type Component = (typeof COMPONENTS)[number];
type ActionOf<D> = D extends { key: infer K extends string; actions: infer A } ? `${K}.${keyof A & string}` : never;

/** An action that costs energy, `component.action`, as the components declare them. */
export type ActionName = ActionOf<Component>;

/** An action that only a whole chip does. */
export type ChipActionName = ActionOf<Extract<Component, { scope: 'chip' }>> | 'crossbar.cellWrite';

export type PeActionName = Exclude<ActionName, ChipActionName>;

/** Counts of the actions inside PEs; of a chip also those around them. */
export type PeActionCounts = Readonly<Record<PeActionName, number>>;
export type ChipActionCounts = Readonly<Record<ChipActionName, number>>;
export type ActionCounts = PeActionCounts & Partial<ChipActionCounts>;

/** Every action with its price on this machine, in pJ, in the order of the declarations. */
export function actionPrices(machine: MachineConfig): Map<ActionName, number> {
  const prices = new Map<ActionName, number>();
  const components: readonly ComponentDeclaration[] = COMPONENTS;
  for (const { key, actions, parameters } of components) {
    const values: Readonly<Record<string, number | string>> = machine[key as ComponentKey];
    const priceOf = (name: string): number => {
      const value = values[name] as number;
      // Static power is paid for by the cycle: 1 mW / 1 GHz = 1 pJ.
      return parameters[name]!.unit === 'mW' ? value / machine.rootClock_GHz : value;
    };
    for (const [action, { price }] of Object.entries(actions)) {
      // The ADC's conversion is the only action without a price parameter: its price follows from the cost law.
      prices.set(`${key}.${action}` as ActionName, price === null ? machineAdcCost(machine).energy_pJ : priceOf(price));
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
    if (count === undefined) continue; // of a single PE: what only a chip does
    const energy_pJ = count * price_pJ;
    actions[name] = { count, price_pJ, energy_pJ };
    total_pJ += energy_pJ;
  }
  return { total_pJ, actions };
}

/** How much of the chips a network takes, and for how long. */
export interface ChipUse {
  /** Tiles that hold a part of the network. */
  readonly tiles: number;
  readonly cycles: number;
  /** Cells that were programmed between the passes of a network that is larger than the chips. */
  readonly cellWrites: number;
}

/** The priced actions of the components around the PEs, from what a run counted. */
export function chipActionCounts(counts: ChipCounts, machine: MachineConfig, use: ChipUse): ChipActionCounts {
  const { router, offChip } = sharedInstances(machine, use.tiles);
  return {
    'crossbar.cellWrite': use.cellWrites,
    'edram.byteRead': counts.edramReadBytes,
    'edram.byteWrite': counts.edramWriteBytes,
    'bus.byte': counts.busBytes,
    'tileShiftAdd.add': counts.tileAdds,
    'activation.value': counts.activations,
    'pooling.value': counts.pooledValues,
    'tileOutputRegister.byteWrite': counts.outputRegisterBytes,
    'router.flit': counts.routerFlits,
    'router.staticCycle': router * use.cycles,
    'offChip.byte': counts.portBytes + counts.chipLinkFlits * machine.router.flitBytes,
    'offChip.staticCycle': offChip * use.cycles,
  };
}

/**
 * Routers, and the ports of chips, that so many tiles are charged with: their share of what tiles have in common, as in
 * ISAAC's Table I, where a tile has a quarter of a router. The rest serves other networks.
 */
function sharedInstances({ router, chip }: MachineConfig, tiles: number): { router: number; offChip: number } {
  return { router: tiles / router.tiles, offChip: tiles / (chip.columns * chip.rows * router.tiles) };
}

/** Components that take area themselves; the others are what they consist of. */
type AreaOf<C> = C extends { key: infer K extends ComponentKey; parameters: { area_um2: unknown } } ? K : never;
type ChipPart = AreaOf<Extract<Component, { scope: 'chip' }>>;

/**
 * Number of areas of each component, in the meaning of its parameter `area_um2`; and of the bits of the index memory, in
 * the meaning of `indexDecoder.bitArea_um2`. A single PE has nothing around it.
 */
export type Instances = Readonly<Record<Exclude<AreaOf<Component>, ChipPart> | 'indexMemory', number>> &
  Readonly<Partial<Record<ChipPart, number>>>;

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

/** What so many tiles consist of, each with all its PEs, with their share of routers and ports. */
export function chipInstancesOf(
  machine: MachineConfig,
  { tiles, indexBits }: { readonly tiles: number; readonly indexBits: number },
): Required<Instances> {
  return {
    ...instancesOf(machine, { pes: tiles * machine.tile.pes, indexBits }),
    edram: tiles,
    bus: tiles,
    tileShiftAdd: tiles,
    activation: tiles,
    pooling: tiles,
    tileOutputRegister: tiles,
    ...sharedInstances(machine, tiles),
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
    const count = instances[name];
    if (count === undefined) return; // of a single PE: what is around it
    const area_um2 = count * each_um2;
    components[name] = { instances: count, each_um2, area_um2 };
    total_um2 += area_um2;
  };
  for (const { key } of COMPONENTS) {
    const values = machine[key];
    if (!('area_um2' in values)) continue; // PEs, OUs, tiles and chips are what they consist of
    add(key as keyof Instances, key === 'adc' ? machineAdcCost(machine).area_um2 : values.area_um2);
    if (key === 'indexDecoder') add('indexMemory', machine.indexDecoder.bitArea_um2);
  }
  return { total_um2, components };
}
