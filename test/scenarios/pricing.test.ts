import fc from 'fast-check';
import { expect, test } from 'vitest';
import { COMPONENTS } from '../../components/machine.js';
import { type ActionCounts, type ActionName, actionPrices, priceEnergy } from '../../scenarios/pricing.js';
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
const counts = fc.record(
  Object.fromEntries(ACTIONS.map((name) => [name, fc.nat(1_000_000)])),
) as fc.Arbitrary<Required<ActionCounts>>;

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
