import { describe, expect, test } from 'vitest';
import { IDEAL_RESOURCES, idealMachine } from '../../../scenarios/chip/ideal.js';
import { runScenario } from '../../../scenarios/run/run-scenario.js';
import { resolveScenario } from '../../../scenarios/scenario.js';
import type { Result } from '../../../sim/results/result.js';

function run(preset: string, overrides: readonly string[], ideal: readonly string[] = []): Result {
  const raw = { machine: { preset }, workload: { kind: 'network', model: 'lenet5-mnist', images: { count: 2 } } };
  return runScenario(resolveScenario(raw, { baseDir: '.', overrides }), { outputs: true, ideal });
}

const shared = ['machine.adc.sharedBy=8', 'machine.adc.perPool=4'];

describe('ideal resources', () => {
  test('an ideal run is the run of the machine with these parameters', () => {
    const { ideal, cycles } = run('ou-baseline', shared, ['adc', 'crossbar', 'bus']);
    const crossbar = run('ou-baseline', [...shared, 'machine.crossbar.readCycles=1']);
    // Every sample that a pool of 8 crossbars can hold: 2 banks x 8 bitlines each.
    const adc = run('ou-baseline', [
      'machine.adc.sharedBy=8',
      'machine.adc.perPool=128',
      'machine.adc.conversionCycles=1',
      'machine.shiftAdd.lanes=128',
    ]);
    // More than any transfer moves at once: one cycle each.
    const bus = run('ou-baseline', [...shared, 'machine.bus.bytesPerCycle=1000000']);
    expect(ideal!.map(({ resource }) => resource)).toEqual(['adc', 'crossbar', 'bus']);
    expect(ideal!.map((one) => one.cycles)).toEqual([adc, crossbar, bus].map((one) => one.cycles));
    expect(ideal!.map(({ latency_cycles }) => latency_cycles)).toEqual(
      [adc, crossbar, bus].map(({ chip }) => chip!.latency_cycles),
    );
    expect(ideal!.map(({ speedup }) => speedup)).toEqual([adc, crossbar, bus].map((one) => cycles / one.cycles));
    // With 4 ADCs for 8 crossbars conversions set the pace of c2, whose 4 crossbars share them.
    expect(ideal![0]!.speedup).toBeGreaterThan(1);
  });

  test('each changes the machine, and only that', () => {
    const { machine } = resolveScenario(
      { machine: { preset: 'sre' }, workload: { kind: 'network', model: 'lenet5-mnist' } },
      { baseDir: '.' },
    );
    for (const { name } of IDEAL_RESOURCES) {
      const ideal = idealMachine(machine, name);
      const changed = Object.keys(machine).filter(
        (key) => ideal[key as keyof typeof machine] !== machine[key as keyof typeof machine],
      );
      expect(changed.length, name).toBeGreaterThan(0);
      expect(changed, name).not.toContain('rootClock_GHz');
    }
    expect(() => idealMachine(machine, 'luck')).toThrow(/no resource "luck"/);
  });
});

describe('a network larger than the chip', () => {
  // One tile of 6 PEs of 8 crossbars: 8 PEs in all, so f1 with 4 PEs does not fit behind c1 and c2 with f2 and f3.
  const small = ['machine.chip.columns=1', 'machine.chip.rows=1', 'machine.router.tiles=1', 'machine.tile.pes=6'];

  test('runs in passes, with programming in between, and gives the same outputs', () => {
    const whole = run('isaac', []);
    const passes = run('isaac', [...small, 'execution.overflow=passes']);
    expect(passes.outputs).toEqual(whole.outputs);
    const { passes: parts } = passes.chip!;
    expect(parts.length).toBeGreaterThan(1);
    expect(parts.flatMap(({ layers }) => layers)).toEqual(['c1', 'c2', 'f1', 'f2', 'f3']);
    // PUMA: 10,968.75 ns for a crossbar, at 1.28 GHz; the 8 crossbars of a PE one after the other. The first pass has its weights.
    const programming = 8 * 10_968.75 * 1.28;
    expect(parts.map(({ programming_cycles }) => programming_cycles)).toEqual(
      parts.map((_, i) => (i === 0 ? 0 : programming)),
    );
    let at = 0;
    for (const { programming_cycles, start_cycle, cycles } of parts) {
      expect(start_cycle).toBe(at + programming_cycles);
      at = start_cycle + cycles;
    }
    expect(passes.cycles).toBe(at);
  });

  test('takes several chips side by side, or is refused with the numbers', () => {
    const whole = run('isaac', []);
    const chips = run('isaac', small);
    expect(chips.outputs).toEqual(whole.outputs);
    expect(chips.chip!.chips).toBe(2);
    expect(() => run('isaac', [...small, 'execution.overflow=refuse'])).toThrow(/execution\.overflow/);
  });
});
