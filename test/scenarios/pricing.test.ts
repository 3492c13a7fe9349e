import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { COMPONENTS } from '../../components/machine.js';
import {
  type ActionCounts,
  type ActionName,
  actionPrices,
  chipActionCounts,
  chipInstancesOf,
  instancesOf,
  machineArea,
  priceEnergy,
} from '../../scenarios/pricing.js';
import { runScenario } from '../../scenarios/run/run-scenario.js';
import { parseScenario, resolveScenario } from '../../scenarios/scenario.js';
import { resolveText, SMALL } from './resolve.js';

const ACTIONS = COMPONENTS.flatMap(({ key, actions }) =>
  Object.keys(actions).map((action) => `${key}.${action}` as ActionName),
);

const overrides = [
  'machine.crossbar.cellReadEnergy_pJ=0.5',
  'machine.input.driveEnergy_pJ=2',
  'machine.sampleHold.sampleEnergy_pJ=0.25',
  'machine.adc.costLaw=fixed',
  'machine.adc.conversionEnergy_pJ=3',
  'machine.shiftAdd.addEnergy_pJ=0.125',
  'machine.detector.scanEnergy_pJ=4',
  'machine.indexDecoder.operationEnergy_pJ=32',
  'machine.indexDecoder.bitReadEnergy_pJ=64',
  'machine.inputRegister.writeEnergy_pJ=8',
  'machine.outputRegister.writeEnergy_pJ=16',
  'machine.crossbar.cellWriteEnergy_pJ=128',
  'machine.edram.readEnergy_pJ=1',
  'machine.edram.writeEnergy_pJ=1.5',
  'machine.bus.byteEnergy_pJ=2.5',
  'machine.tileShiftAdd.addEnergy_pJ=3.5',
  'machine.activation.valueEnergy_pJ=4.5',
  'machine.pooling.valueEnergy_pJ=5.5',
  'machine.tileOutputRegister.writeEnergy_pJ=6.5',
  'machine.router.flitEnergy_pJ=7.5',
  'machine.router.staticPower_mW=10',
  'machine.offChip.byteEnergy_pJ=8.5',
  'machine.offChip.staticPower_mW=20',
];
const { machine } = resolveText(SMALL, { overrides });
const prices: Record<ActionName, number> = {
  'crossbar.cellRead': 0.5,
  'input.drive': 2,
  'sampleHold.sample': 0.25,
  'adc.conversion': 3,
  'shiftAdd.add': 0.125,
  'detector.scan': 4,
  'indexDecoder.operation': 32,
  'indexDecoder.bitRead': 64,
  'inputRegister.byteWrite': 8,
  'outputRegister.byteWrite': 16,
  'crossbar.cellWrite': 128,
  'edram.byteRead': 1,
  'edram.byteWrite': 1.5,
  'bus.byte': 2.5,
  'tileShiftAdd.add': 3.5,
  'activation.value': 4.5,
  'pooling.value': 5.5,
  'tileOutputRegister.byteWrite': 6.5,
  'router.flit': 7.5,
  'router.staticCycle': 10,
  'offChip.byte': 8.5,
  'offChip.staticCycle': 20,
};
const counts = fc.record(Object.fromEntries(ACTIONS.map((name) => [name, fc.nat(1_000_000)]))) as fc.Arbitrary<
  Required<ActionCounts>
>;

test('every declared action has the price that its parameter gives', () => {
  expect(Object.fromEntries(actionPrices(machine))).toEqual(prices);
  expect([...actionPrices(machine).keys()]).toEqual(ACTIONS);
});

test('energy is the sum of counts times prices', () => {
  fc.assert(
    fc.property(counts, (count) => {
      const { total_pJ, actions } = priceEnergy(count, machine);
      let expected = 0; // exact: prices are multiples of 1/8, sums stay below 2^53 / 8
      for (const name of ACTIONS) {
        expected += count[name] * prices[name];
        expect(actions[name]).toEqual({
          count: count[name],
          price_pJ: prices[name],
          energy_pJ: count[name] * prices[name],
        });
      }
      expect(total_pJ).toBe(expected);
    }),
    { seed: 20261121 },
  );
});

test('the order in which counts are given changes nothing, not even the bytes', () => {
  // Prices that doubles cannot hold exactly, so that another order of summation would show.
  const inexact = resolveText(SMALL, { overrides: overrides.map((text) => text.replace(/=[\d.]+$/, '=0.1')) }).machine;
  fc.assert(
    fc.property(counts, (count) => {
      const reversed = Object.fromEntries(Object.entries(count).reverse()) as unknown as ActionCounts;
      expect(JSON.stringify(priceEnergy(reversed, inexact))).toBe(JSON.stringify(priceEnergy(count, inexact)));
    }),
    { seed: 20261121 },
  );
});

test('count now, price later (kernel law 7): other prices leave all but energy as it is, and re-price a saved result', () => {
  const run = (set: readonly string[]) => {
    const scenario = resolveScenario(parseScenario(SMALL, 'small.yaml'), { baseDir: '.', overrides: set });
    return { result: runScenario(scenario), machine: scenario.machine };
  };
  const cheap = run([]);
  const dear = run(overrides);
  // The dear machine's ADC cost law gives it another area, too.
  const { energy, area, scenario, ...rest } = cheap.result;
  expect(dear.result).toMatchObject(rest);
  // The counts of the cheap run, at the prices of the dear one.
  const counted = Object.entries(energy.actions).map(([name, { count }]) => [name, count]);
  expect(priceEnergy(Object.fromEntries(counted) as ActionCounts, dear.machine)).toEqual(dear.result.energy);
  expect(dear.result.energy.total_pJ).toBeGreaterThan(energy.total_pJ);
});

test('a cycle of static power costs its milliwatts over the gigahertz of the root clock', () => {
  const fast = resolveText(SMALL, { overrides: [...overrides, 'machine.rootClock=4 GHz'] }).machine;
  expect(actionPrices(fast).get('router.staticCycle')).toBe(10 / 4);
  expect(actionPrices(fast).get('offChip.staticCycle')).toBe(20 / 4);
  expect(actionPrices(fast).get('router.flit')).toBe(7.5);
});

describe('what tiles share', () => {
  // 3 x 2 routers with 4 tiles each, 24 tiles on a chip.
  const ofChip = ['machine.chip.columns=3', 'machine.chip.rows=2', 'machine.router.tiles=4', 'machine.tile.pes=5'];
  const chip = resolveText(SMALL, { overrides: [...overrides, ...ofChip, 'machine.router.flitBytes=8'] }).machine;

  test('six tiles are charged with one and a half routers and a quarter of the ports', () => {
    const counts = {
      edramReadBytes: 1,
      edramWriteBytes: 2,
      busBytes: 3,
      tileAdds: 4,
      activations: 5,
      pooledValues: 6,
      outputRegisterBytes: 7,
      packetsInjected: 100,
      packetsDelivered: 100,
      linkFlits: 300,
      chipLinkFlits: 10,
      routerFlits: 200,
      portBytes: 9,
    };
    expect(chipActionCounts(counts, chip, { tiles: 6, cycles: 1000, cellWrites: 8 })).toEqual({
      'crossbar.cellWrite': 8,
      'edram.byteRead': 1,
      'edram.byteWrite': 2,
      'bus.byte': 3,
      'tileShiftAdd.add': 4,
      'activation.value': 5,
      'pooling.value': 6,
      'tileOutputRegister.byteWrite': 7,
      'router.flit': 200,
      'router.staticCycle': 1500,
      // 10 flits of 8 bytes went from chip to chip.
      'offChip.byte': 9 + 80,
      'offChip.staticCycle': 250,
    });
  });

  test('tiles count with all their PEs, and what is around them', () => {
    const instances = chipInstancesOf(chip, { tiles: 6, indexBits: 0 });
    expect(instances).toEqual({
      ...instancesOf(chip, { pes: 30, indexBits: 0 }),
      edram: 6,
      bus: 6,
      tileShiftAdd: 6,
      activation: 6,
      pooling: 6,
      tileOutputRegister: 6,
      router: 1.5,
      offChip: 0.25,
    });
  });

  test('areas of a chip are those of its components; a single PE has none of them', () => {
    const areas = resolveText(SMALL, {
      overrides: [...ofChip, 'machine.edram.area_um2=7', 'machine.router.area_um2=8'],
    });
    const { components } = machineArea(areas.machine, chipInstancesOf(areas.machine, { tiles: 2, indexBits: 0 }));
    expect(components['edram']).toEqual({ instances: 2, each_um2: 7, area_um2: 14 });
    expect(components['router']).toEqual({ instances: 0.5, each_um2: 8, area_um2: 4 });
    const ofPe = machineArea(areas.machine, instancesOf(areas.machine, { pes: 1, indexBits: 0 }));
    expect(ofPe.components).not.toHaveProperty('edram');
  });

  test('a result of a single PE says nothing about a chip', () => {
    const { scenario, energy, area } = runScenario(resolveText(SMALL, { overrides: ['machine.edram.banks=4'] }));
    expect(scenario).not.toHaveProperty('execution');
    expect(Object.keys(scenario.machine)).not.toEqual(expect.arrayContaining(['edram']));
    expect(Object.keys(scenario.machine['crossbar'] as object)).not.toContain('programCycles');
    expect(Object.keys(scenario.machine['outputRegister'] as object)).not.toContain('windows');
    expect(Object.keys(energy.actions).filter((name) => /^(edram|router|crossbar\.cellWrite)/.test(name))).toEqual([]);
    expect(Object.keys(area.components)).not.toContain('edram');
  });
});
