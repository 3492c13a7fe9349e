import { describe, expect, it } from 'vitest';
import { BUNDLED_MODELS } from '../../models/bundled.js';
import { PRESETS } from '../../scenarios/presets.js';
import { bundledCalibrations } from '../../scenarios/quantise/bundled-calibrations.js';
import { calibrateNetwork } from '../../scenarios/quantise/calibrate-network.js';
import { calibrationKey } from '../../scenarios/quantise/calibration-key.js';
import { resolveScenario, scenarioFromOptions } from '../../scenarios/scenario.js';
import { imagesDemanded } from '../../sim/results/calibration.js';

/** The bundled decisions are what `npm run calibrations` makes of the schemes as they are. */

const SYSTEMS = PRESETS.filter(({ compared }) => compared).map(({ name }) => name);

function taskOf(system: string, model: string) {
  const raw = scenarioFromOptions({ model, preset: system });
  const { machine, mapping, workload } = resolveScenario(raw, {
    baseDir: '.',
    overrides: ['mapping.quantisation=calibrated'],
  });
  if (workload.kind !== 'network') throw new Error('not a network');
  return { ...workload, machine, mapping };
}

describe('bundled decisions', () => {
  it.each(SYSTEMS)('%s on lenet5-mnist: made again, they are the same, with the same accuracy', (system) => {
    const task = taskOf(system, 'lenet5-mnist');
    expect(bundledCalibrations().get(calibrationKey(task))).toEqual(JSON.parse(JSON.stringify(calibrateNetwork(task))));
  });

  it.each(SYSTEMS)('%s on vgg10m-cifar10: there are some', (system) => {
    expect(bundledCalibrations().has(calibrationKey(taskOf(system, 'vgg10m-cifar10')))).toBe(true);
  });

  it('of the bundled networks keep to the accuracy budget on the images that they were made on', () => {
    // Elsewhere a scheme may miss it whatever it decides: SME's windows of bits cost ResNet-20 one image without a squeeze.
    const bundled = BUNDLED_MODELS.map(({ name }) => name as string);
    const records = [...bundledCalibrations().values()].filter(({ model }) => bundled.includes(model));
    expect(records.length).toBeGreaterThanOrEqual(2 * SYSTEMS.length);
    for (const record of records) {
      const { model, scheme, calibration } = record;
      expect(calibration.scheme, `${scheme} on ${model}`).toBeGreaterThanOrEqual(imagesDemanded(record));
    }
  });
});
