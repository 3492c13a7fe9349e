import type { PresetMachine } from './preset.js';
import { assumed, from } from './provenance.js';

// The tile and the chip of ISAAC-CE (ISCA 2016, Table I as corrected in October 2016), which all presets share: the systems
// that build on operation units replace what is inside a PE and say nothing about what is around it. Table I gives the
// power of every unit at full load; the energy of an action is that power x 100 ns over the actions of 100 ns, so that a
// fully loaded tile draws the power of Table I. What is always there, and has no action in Table I, is static power.

/** Keys of the components around the PEs; `tile.schedule` and its stages are a preset's own. */
type ChipPart =
  | 'edram'
  | 'bus'
  | 'tileShiftAdd'
  | 'activation'
  | 'pooling'
  | 'tileOutputRegister'
  | 'router'
  | 'offChip'
  | 'chip';

const kilobyte = 'ISAAC: 1 KB in 100 ns, 8 bytes per cycle of 1.28 GHz (8.53 of 1.2 GHz, rounded down)';
const perByte = (unit: string, power_mW: number) => `ISAAC Table I: ${unit} ${power_mW} mW x 100 ns / 1024 bytes`;
const routerless = 'ISAAC gives no latency and no buffers of its routers';

/** Values that a unit with a value per cycle finishes in 100 ns of the 1.28 GHz that the prices of ISAAC refer to. */
const cyclesOf100ns = 128;

/**
 * What is around the PEs of ISAAC.
 *
 * @param clock_GHz root clock of the preset; rates are rounded down to it
 * @param traffic how routers and off-chip links are charged: `static`, their whole power all the time, as Table I has it; or
 *   `counted`, that power over what they can carry, for each flit and byte: so comparisons of systems that work for different
 *   times are not comparisons of the power of links that idle
 */
export function isaacTile(clock_GHz: 1.2 | 1.28, traffic: 'static' | 'counted'): Pick<PresetMachine, ChipPart> {
  const counted = traffic === 'counted';
  const byTable = 'Table I has one power; charged as static power';
  const byTraffic = 'charged for what is carried, not as static power';
  const hyperTransport_GBps = 4 * 6.4;
  return {
    edram: {
      bytes: from('ISAAC Table I: 64 KB', 64 * 1024),
      banks: from('ISAAC Table I: 2 banks', 2),
      bytesPerCycle: from(kilobyte, 8),
      readEnergy_pJ: from(perByte('64 KB eDRAM', 20.7), (20.7 * 100) / 1024),
      writeEnergy_pJ: assumed(
        'Table I has one power for the eDRAM; a write costs as much as a read',
        (20.7 * 100) / 1024,
      ),
      area_um2: from('ISAAC Table I: 64 KB eDRAM 0.083 mm2', 83_000),
    },
    bus: {
      bytesPerCycle: from(kilobyte, 8),
      byteEnergy_pJ: from(perByte('eDRAM-to-IMA bus', 7), (7 * 100) / 1024),
      area_um2: from('ISAAC Table I: eDRAM-to-IMA bus 0.09 mm2', 90_000),
    },
    tileShiftAdd: {
      addsPerCycle: from(
        'ISAAC Table I: a unit as the 4 of an IMA, which take 1024 codes in 100 ns: 256, 2 per cycle of 1.28 GHz',
        2,
      ),
      addEnergy_pJ: from('ISAAC Table I: 1 shift-and-add unit 0.05 mW x 100 ns / 256 sums', (0.05 * 100) / 256),
      area_um2: from('ISAAC Table I: 1 shift-and-add unit 0.00006 mm2', 60),
    },
    activation: {
      valuesPerCycle: assumed('2 sigmoid units (Table I), each with a value per cycle; ISAAC gives no rate', 2),
      valueEnergy_pJ: assumed(
        'ISAAC Table I: 2 sigmoid units 0.52 mW x 100 ns / 256 values, at that rate and 1.28 GHz',
        (0.52 * 100) / (2 * cyclesOf100ns),
      ),
      area_um2: from('ISAAC Table I: 2 sigmoid units 0.0006 mm2', 600),
    },
    pooling: {
      valuesPerCycle: assumed(
        'ISAAC gives no rate; a value per cycle keeps up with the 96 values that the 96 arrays of a tile finish in 100 ns',
        1,
      ),
      valueEnergy_pJ: assumed(
        'ISAAC Table I: max-pool unit 0.4 mW x 100 ns / 128 values, at that rate and 1.28 GHz',
        (0.4 * 100) / cyclesOf100ns,
      ),
      area_um2: from('ISAAC Table I: max-pool unit 0.00024 mm2', 240),
    },
    tileOutputRegister: {
      windows: assumed('one window is sent while the next one is merged', 2),
      writeEnergy_pJ: from(`${perByte('3 KB output register', 1.68)}, at the rate of the bus`, (1.68 * 100) / 1024),
      area_um2: from('ISAAC Table I: 3 KB output register 0.0032 mm2', 3200),
    },
    router: {
      tiles: from('ISAAC Table I: a router is shared by 4 tiles', 4),
      flitBytes: from('ISAAC Table I: flits of 32 bits', 4),
      flitCycles: assumed(
        "ISAAC's links of 32 bits at 1 GHz, here at the root clock: 1 ns would become 2 cycles, less than the 3.2 GB/s it needs",
        1,
      ),
      hopCycles: assumed(`${routerless}; the stages of a common router: buffer, route, switch, link`, 4),
      bufferPackets: assumed(routerless, 4),
      flitEnergy_pJ: counted
        ? assumed('ISAAC Table I: router 42 mW over 8 ports with a flit per ns each, if fully used', 42 / 8)
        : assumed(byTable, 0),
      staticPower_mW: counted ? assumed(byTraffic, 0) : from('ISAAC Table I: router 42 mW', 42),
      area_um2: from('ISAAC Table I: router 0.151 mm2', 151_000),
    },
    offChip: {
      bytesPerCycle: from(
        'ISAAC: 4 HyperTransport links of 6.4 GB/s, 20 bytes per cycle of 1.28 GHz (21.3 of 1.2 GHz, rounded down)',
        Math.floor(hyperTransport_GBps / clock_GHz),
      ),
      flitCycles: from('ISAAC: HyperTransport links of 6.4 GB/s, 4 bytes in 0.625 ns', '0.625 ns'),
      byteEnergy_pJ: counted
        ? assumed('ISAAC Table I: HyperTransport 10.4 W over 25.6 GB/s, if fully used', 10_400 / hyperTransport_GBps)
        : assumed(byTable, 0),
      staticPower_mW: counted ? assumed(byTraffic, 0) : from('ISAAC Table I: HyperTransport 10.4 W', 10_400),
      area_um2: from('ISAAC Table I: HyperTransport 22.88 mm2', 22_880_000),
    },
    chip: {
      columns: from('ISAAC: 14 x 12 tiles, a router for 2 x 2', 7),
      rows: from('ISAAC: 14 x 12 tiles, a router for 2 x 2', 6),
    },
  };
}

/** Prices of links that are charged for what they carry, as a scenario says them. */
export const linksByTraffic = linkPrices(isaacTile(1.28, 'counted'));

function linkPrices({ router, offChip }: Pick<PresetMachine, ChipPart>) {
  return {
    router: { flitEnergy_pJ: router.flitEnergy_pJ.value, staticPower_mW: router.staticPower_mW.value },
    offChip: { byteEnergy_pJ: offChip.byteEnergy_pJ.value, staticPower_mW: offChip.staticPower_mW.value },
  };
}

/** Programming of a crossbar, which ISAAC does not consider: PUMA's, a chip with the same arrays. */
export const programming = {
  programCycles: from('PUMA (ASPLOS 2019), its simulator: 351,000/32 ns to write an array of 128 x 128', '10968.75 ns'),
  cellWriteEnergy_pJ: from(
    'PUMA (ASPLOS 2019), its simulator: 2.06 mW during 351,000/32 ns, over 128 x 128 cells',
    (2.06 * (351_000 / 32)) / (128 * 128),
  ),
} as const;
