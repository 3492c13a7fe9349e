import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { matrixLayers } from '../../models/matrix-layer.js';
import { shapeNetwork } from '../../models/zoo/shapes.js';
import type { NetworkWorkload } from '../../scenarios/network-workload.js';
import { peakOf, peakWords } from '../../scenarios/peak.js';
import { runScenario } from '../../scenarios/run/run-scenario.js';
import { resolveScenario, scenarioFromOptions } from '../../scenarios/scenario.js';
import type { Result } from '../../sim/results/result.js';

const ROWS = 128;
const CROSSBARS = 8;

const readme = readFileSync(join(import.meta.dirname, '..', '..', 'README.md'), 'utf8');

/** A 128-row matrix that fills the 8 crossbars of an ISAAC IMA, with all input bits set in every window. */
function fullImaRun(operandBits: number, windows: number): Result {
  const slices = operandBits / 2;
  const outputs = (CROSSBARS * 128) / slices;
  const weights = Array.from({ length: ROWS }, () => new Array<number>(outputs).fill(1));
  const inputs = Array.from({ length: windows }, () => new Array<number>(ROWS).fill(2 ** operandBits - 1));
  const raw = {
    scope: 'pe',
    machine: { preset: 'isaac' },
    workload: { kind: 'matrix', weightBits: operandBits, inputBits: operandBits, weights, inputs },
  };
  return runScenario(resolveScenario(raw, { baseDir: '.' }));
}

function conversionsPerMac(operandBits: number): number {
  const { counts, footprint } = fullImaRun(operandBits, 1);
  expect(footprint.crossbars).toBe(CROSSBARS);
  const macs = (ROWS * CROSSBARS * 128) / (operandBits / 2);
  return counts.adcConversions / macs;
}

/**
 * Outputs whose columns of 128 levels 0, 1, 2 and 3 sum to 0 to 384, and a window that drives every row in every plane.
 */
function flipCase(): { weights: number[][]; inputs: number[][] } {
  // Stored with the bias: all 0; all 2-bit digits 1, then 2, then 3; and half of the rows 3, 192 of 384.
  const outputs = [0x0000, 0x5555, 0xaaaa, 0xffff].map((stored) => stored - 0x8000);
  const weights = Array.from({ length: ROWS }, (_, row) => [...outputs, row % 2 === 0 ? 0x7fff : -0x8000]);
  return { weights, inputs: [new Array<number>(ROWS).fill(0xffff)] };
}

/** What one more window adds to a run: the pace once the machine is under way. */
function furtherWindow(): { seconds: number; energies: Map<string, number> } {
  const [two, three] = [fullImaRun(16, 2), fullImaRun(16, 3)];
  const energies = new Map(
    Object.entries(three.energy.actions).map(([action, { energy_pJ }]) => [
      action,
      energy_pJ - two.energy.actions[action]!.energy_pJ,
    ]),
  );
  return { seconds: three.seconds - two.seconds, energies };
}

describe('published figures, as the README states them', () => {
  // ISAAC: one 8-bit conversion per 16-bit multiply-accumulate.
  test('ISAAC converts once per 16-bit multiply-accumulate', () => {
    expect(conversionsPerMac(16)).toBe(1);
    expect(readme).toContain('| ISAAC: ADC conversions per 16-bit multiply-accumulate | 1 | 1 |');
  });

  // RAELLA (ISCA 2023) states its 8-bit ISAAC baseline as 0.25 conversions per multiply-accumulate.
  test('and a quarter of that with 8-bit operands', () => {
    expect(conversionsPerMac(8)).toBe(0.25);
    expect(readme).toMatch(/\| ISAAC with 8-bit operands.* \| 0\.25 \| 0\.25 \|/);
  });

  // ISAAC: 16 input bits, one per 100 ns.
  test('a window of 16-bit inputs follows the one before after 1.6 us', () => {
    expect(furtherWindow().seconds).toBeCloseTo(1.6e-6, 12);
    expect(readme).toMatch(/\| ISAAC: time from window to window.* \| 1\.6 µs \| 1\.6 µs \|/);
  });

  // ISAAC: 128 rows of 2-bit cells need 9 bits; the flip encoding saves one.
  test('ISAAC needs one ADC bit less with the flip encoding', () => {
    const bitsWithoutSaturation = (flip: string) =>
      [7, 8, 9].find((bits) => {
        const raw = {
          scope: 'pe',
          machine: { preset: 'isaac', adc: { bits } },
          mapping: { isaac: { flip } },
          workload: { kind: 'matrix', weightBits: 16, inputBits: 16, ...flipCase() },
        };
        return runScenario(resolveScenario(raw, { baseDir: '.' })).counts.saturatedCodes === 0;
      });
    expect([bitsWithoutSaturation('yes'), bitsWithoutSaturation('no')]).toEqual([8, 9]);
    expect(readme).toContain('| ISAAC: ADC bits with the flip encoding, and without | 8, 9 | 8, 9 |');
  });

  test('an IMA at full load draws the power of ISAAC Table I', () => {
    const table1_mW = {
      'adc.conversion': 16,
      'input.drive': 4,
      'crossbar.cellRead': 2.4,
      'sampleHold.sample': 0.01,
      'shiftAdd.add': 0.2,
    };
    const { seconds, energies } = furtherWindow();
    let total_mW = 0;
    for (const [action, power_mW] of Object.entries(table1_mW)) {
      // pJ / s is 1e-12 W, 1e-9 mW.
      const simulated_mW = (energies.get(action)! / seconds) * 1e-9;
      expect(simulated_mW, action).toBeCloseTo(power_mW, 9);
      total_mW += simulated_mW;
    }
    const shown = `${total_mW.toFixed(2)} mW`;
    expect(readme).toMatch(new RegExp(`\\| ISAAC Table I: .* \\| 22\\.61 mW \\| ${shown} \\|`));
  });

  // A window is fetched (1), read in 16 bits (16), converted (1), shifted and added (1), merged (1), activated (1) and
  // written (1); the next one follows after 16 cycles of 100 ns, which are 128 cycles of 1.28 GHz.
  test('a layer takes 22 cycles for its first window of a replica and 16 for each other', () => {
    const replicas = { c1: 8, c2: 3 };
    const raw = {
      machine: { preset: 'isaac' },
      execution: { pipeline: 'layer-barrier', replication: 'given', replicas },
      workload: { kind: 'network', model: 'lenet5-mnist' },
    };
    const { layers } = runScenario(resolveScenario(raw, { baseDir: '.' }));
    const windowsOfReplica = layers!.map((layer) => Math.ceil(layer.windows / layer.replicas));
    expect(windowsOfReplica).toEqual([98, 34, 1, 1, 1]);
    expect(layers!.map(({ cycles }) => cycles / 128)).toEqual(windowsOfReplica.map((w) => 22 + 16 * (w - 1)));
    expect(readme).toMatch(/\| ISAAC: pipeline of a window.* \| 22 \| 22 \|/);
    expect(readme).toContain('| 22 + 16 (⌈W / k⌉ - 1) | the same, every layer |');
  });

  // 16-bit weights in cells of 2 bits: 8 columns an output. test/scenarios/chip-closed-forms.test.ts has the simulated chip.
  test('VGG-16 takes 67,576 crossbars', () => {
    let crossbars = 0;
    for (const { rows, outputs } of matrixLayers(shapeNetwork('vgg16')).values()) {
      crossbars += Math.ceil(rows / 128) * Math.ceil((8 * outputs) / 128);
    }
    expect(crossbars.toLocaleString('en')).toBe('67,576');
    expect(readme).toMatch(/\| VGG-16 on ISAAC: crossbars.* \| 67,576 \| 67,576, on 5 chips \|/);
  });

  test('a tile, the chip and its efficiency at full load are those of ISAAC', () => {
    const scenario = resolveScenario(scenarioFromOptions({ preset: 'isaac', model: 'lenet5-mnist' }), { baseDir: '.' });
    const { tile, chip, throughput_GOPS } = peakOf(
      scenario.machine,
      peakWords(scenario, scenario.workload as NetworkWorkload),
    );
    const chip_W = (chip.power_mW / 1000).toFixed(1);
    const powers = `${tile.power_mW.toFixed(0)} mW, ${chip_W} W`;
    expect(powers).toBe('330 mW, 65.8 W');
    expect(readme).toContain(`| ISAAC at full load: a tile, the chip | 330 mW, 65.8 W | ${powers} |`);
    // The paper divides by the power as printed.
    const printed = (throughput_GOPS / Number(chip_W)).toFixed(1);
    const exact = (throughput_GOPS / (chip.power_mW / 1000)).toFixed(1);
    const efficiency = `${printed} GOPS/W over ${chip_W} W as printed; ${exact} over the exact sum`;
    expect(readme).toContain(`| ISAAC at its peak | 627.5 GOPS/W | ${efficiency} |`);
  });
});
