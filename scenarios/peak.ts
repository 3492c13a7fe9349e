import { COMPONENTS, type MachineConfig } from '../components/machine.js';
import { type Encoding, weightFormat } from '../mapping/encoding.js';
import type { Layout } from '../mapping/placement.js';
import { matrixLayers } from '../models/matrix-layer.js';
import type { Area } from '../sim/results/result.js';
import type { NetworkWorkload } from './network-workload.js';
import { type ActionName, actionPrices, chipInstancesOf, instancesOf, machineArea } from './pricing.js';
import type { Scenario } from './scenario.js';

/**
 * What a chip draws and does at full load: every crossbar holds weights in all its cells and is read without a pause, all
 * rows driven in every bit-plane; all that is around the crossbars does what it can at most. No network keeps a chip at full
 * load; papers state these figures (ISAAC Table I), so they are here to compare with.
 */
export interface Peak {
  readonly weightBits: number;
  readonly activationBits: number;
  /** From window to window. */
  readonly windowCycles: number;
  readonly conversionsPerMac: number;
  /** One PE, without its share of what is around it. */
  readonly pe: PeakLoad;
  /** One tile, with its share of the router. */
  readonly tile: PeakLoad;
  /** All tiles of a chip, without its ports. */
  readonly tiles: PeakLoad & { readonly count: number };
  readonly chip: PeakLoad;
  /** Of a chip; a multiply-accumulate is two operations. */
  readonly throughput_GOPS: number;
  readonly GOPSperW: number;
  readonly GOPSperMm2: number;
}

export interface PeakLoad {
  readonly power_mW: number;
  readonly area_um2: number;
  /** By component key, in the order of the declarations. */
  readonly components: Readonly<Record<string, PeakComponent>>;
}

export interface PeakComponent {
  readonly power_mW: number;
  readonly area_um2: number;
}

/** Words that crossbars are filled with, and how. */
export interface PeakWords {
  readonly encoding: Encoding;
  readonly layout: Layout;
  readonly weightBits: number;
  readonly activationBits: number;
}

/** The words in which a scenario stores and presents its network. */
export function peakWords({ mapping }: Pick<Scenario, 'mapping'>, { network }: NetworkWorkload): PeakWords {
  const { encoding, layout, quantisation } = mapping;
  const ofLayers = [...matrixLayers(network).values()].map(({ weightBits }) => weightBits);
  const fewest = quantisation === 'network' ? network.activationBits : 0;
  return {
    encoding,
    layout,
    weightBits: mapping.weightBits === 0 ? Math.max(...ofLayers) : mapping.weightBits,
    activationBits: mapping.activationBits === 0 ? network.activationBits : Math.max(mapping.activationBits, fewest),
  };
}

/**
 * Peak figures of a machine, for words that its encoding and its crossbars can hold. Not counted, because they follow from
 * the weights: the bits that a mapping keeps beside them, such as ISAAC's flip bits, and their fetching.
 */
export function peakOf(machine: MachineConfig, words: PeakWords): Peak {
  const { chip, router, crossbar } = machine;
  const count = chip.columns * chip.rows * router.tiles;
  const reading = fullReading(machine, words);
  const ofPe = peActions(machine, reading);
  const { offChip: _ports, ...inTile } = chipInstancesOf(machine, { tiles: 1, indexBits: 0 });
  const tile = loadOf(machine, tileActions(machine, ofPe), machineArea(machine, inTile));
  const tiles = { ...manyOf(count, tile), count };
  const whole = together(tiles, portsOf(machine));

  const macsPerCrossbar = crossbar.wordlines * reading.weightsPerRow;
  const crossbars = count * machine.tile.pes * machine.pe.crossbars;
  const throughput_GOPS = (2 * macsPerCrossbar * crossbars * machine.rootClock_GHz) / reading.windowCycles;
  return {
    weightBits: words.weightBits,
    activationBits: words.activationBits,
    windowCycles: reading.windowCycles,
    conversionsPerMac: reading.conversions / macsPerCrossbar,
    pe: loadOf(machine, ofPe, machineArea(machine, instancesOf(machine, { pes: 1, indexBits: 0 }))),
    tile,
    tiles,
    chip: whole,
    throughput_GOPS,
    GOPSperW: throughput_GOPS / (whole.power_mW / 1e3),
    GOPSperMm2: throughput_GOPS / (whole.area_um2 / 1e6),
  };
}

/** A full crossbar at full load; counts of a window. */
interface FullReading {
  /** Mean number of weights in a row of a crossbar; half of the crossbars hold negative copies with `differential`. */
  readonly weightsPerRow: number;
  readonly planes: number;
  readonly windowCycles: number;
  readonly operations: number;
  readonly drives: number;
  readonly cells: number;
  readonly conversions: number;
}

function fullReading(machine: MachineConfig, words: PeakWords): FullReading {
  const { crossbar, ou, input } = machine;
  const { slices, signs } = weightFormat(words.encoding, words.weightBits, crossbar.bitsPerCell);
  // Adjacent slices leave the last bitlines free where they do not divide the row.
  const outputs = words.layout === 'adjacent' ? Math.floor(crossbar.bitlines / slices) : crossbar.bitlines / slices;
  const bitlines = outputs * slices;
  const planes = Math.ceil(words.activationBits / input.bitsPerPlane);
  const groups = Math.ceil(bitlines / ou.bitlines);
  const batches = Math.ceil(crossbar.wordlines / ou.wordlines);
  const operations = planes * groups * batches;
  return {
    weightsPerRow: outputs / signs.length,
    planes,
    windowCycles: operations * operationCycles(machine),
    operations,
    drives: planes * groups * crossbar.wordlines,
    cells: planes * crossbar.wordlines * bitlines,
    conversions: planes * batches * bitlines,
  };
}

/** From one read of a crossbar to the next, in the long run: the slowest thing that a read goes through sets the pace. */
function operationCycles(machine: MachineConfig): number {
  const { crossbar, ou, sampleHold, adc, shiftAdd, indexDecoder, pe } = machine;
  const samples = ou.bitlines * Math.min(adc.sharedBy, pe.crossbars);
  const ownConversions = Math.ceil(ou.bitlines / adc.perPool) * adc.conversionCycles;
  return Math.max(
    crossbar.readCycles,
    indexDecoder.kind === 'none' ? 0 : indexDecoder.operationCycles,
    (samples * adc.conversionCycles) / adc.perPool,
    samples / shiftAdd.lanes,
    (crossbar.readCycles + ownConversions) / sampleHold.banks,
  );
}

type ActionRates = Partial<Record<ActionName, number>>;

/** Actions of a PE in a cycle. Its registers take what the bus of the tile can bring and take away. */
function peActions({ pe, bus, detector, indexDecoder }: MachineConfig, reading: FullReading): ActionRates {
  const perCycle = (count: number) => (pe.crossbars * count) / reading.windowCycles;
  return {
    'crossbar.cellRead': perCycle(reading.cells),
    'input.drive': perCycle(reading.drives),
    'sampleHold.sample': perCycle(reading.conversions),
    'adc.conversion': perCycle(reading.conversions),
    'shiftAdd.add': perCycle(reading.conversions),
    'detector.scan': detector.kind === 'none' ? 0 : reading.planes / reading.windowCycles,
    'indexDecoder.operation': indexDecoder.kind === 'none' ? 0 : perCycle(reading.operations),
    'inputRegister.byteWrite': bus.bytesPerCycle,
    'outputRegister.byteWrite': bus.bytesPerCycle,
  };
}

/**
 * Actions of a tile in a cycle. The eDRAM reads what its bus can carry; it could write at the same time in another bank, which
 * is not counted, as in ISAAC, whose stage reads or writes.
 */
function tileActions(machine: MachineConfig, ofPe: ActionRates): ActionRates {
  const { tile, edram, bus, tileShiftAdd, activation, pooling, router } = machine;
  const ofPes = Object.entries(ofPe).map(([action, rate]) => [action, rate * tile.pes]);
  return {
    ...Object.fromEntries(ofPes),
    'edram.byteRead': Math.min(edram.banks * edram.bytesPerCycle, bus.bytesPerCycle),
    'bus.byte': bus.bytesPerCycle,
    'tileShiftAdd.add': tileShiftAdd.addsPerCycle,
    'activation.value': activation.valuesPerCycle,
    'pooling.value': pooling.valuesPerCycle,
    'tileOutputRegister.byteWrite': bus.bytesPerCycle,
    // A flit at a time leaves the tile.
    'router.flit': 1 / router.flitCycles,
    'router.staticCycle': 1 / router.tiles,
  };
}

/** The ports of a chip, all links at work. */
function portsOf(machine: MachineConfig): PeakLoad {
  const { area_um2, bytesPerCycle } = machine.offChip;
  const area = { total_um2: area_um2, components: { offChip: { instances: 1, each_um2: area_um2, area_um2 } } };
  return loadOf(machine, { 'offChip.byte': bytesPerCycle, 'offChip.staticCycle': 1 }, area);
}

/** Power of so many actions in a cycle, component by component, beside the areas. */
function loadOf(machine: MachineConfig, rates: ActionRates, area: Area): PeakLoad {
  const prices = actionPrices(machine);
  const components: Record<string, PeakComponent> = {};
  for (const { key, actions } of COMPONENTS) {
    let power_mW = 0;
    for (const name of Object.keys(actions)) {
      const action = `${key}.${name}` as ActionName;
      // Actions per cycle x pJ x cycles per ns: pJ / ns = mW.
      power_mW += (rates[action] ?? 0) * prices.get(action)! * machine.rootClock_GHz;
    }
    const area_um2 = area.components[key]?.area_um2 ?? 0;
    if (power_mW > 0 || area_um2 > 0) components[key] = { power_mW, area_um2 };
  }
  return sumOf(components);
}

function manyOf(count: number, { components }: PeakLoad): PeakLoad {
  const each = Object.entries(components).map(([key, { power_mW, area_um2 }]) => [
    key,
    { power_mW: count * power_mW, area_um2: count * area_um2 },
  ]);
  return sumOf(Object.fromEntries(each));
}

/** Loads of different components. */
function together(...loads: readonly PeakLoad[]): PeakLoad {
  return sumOf(Object.assign({}, ...loads.map(({ components }) => components)));
}

function sumOf(components: Readonly<Record<string, PeakComponent>>): PeakLoad {
  let power_mW = 0;
  let area_um2 = 0;
  for (const component of Object.values(components)) {
    power_mW += component.power_mW;
    area_um2 += component.area_um2;
  }
  return { power_mW, area_um2, components };
}
