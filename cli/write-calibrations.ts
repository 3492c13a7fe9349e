import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { BUNDLED_MODELS } from '../models/bundled.js';
import { PRESETS } from '../scenarios/presets.js';
import { calibrationsFolder } from '../scenarios/quantise/bundled-calibrations.js';
import { calibrateNetwork } from '../scenarios/quantise/calibrate-network.js';
import { resolveScenario, scenarioFromOptions } from '../scenarios/scenario.js';
import { plainToJson, writeFileAtomically } from '../sim/results/write.js';

/**
 * `npm run calibrations`: makes the bundled decisions anew, for every compared system and bundled model; takes minutes.
 * With arguments, only of the systems named.
 */
const only = process.argv.slice(2);
const systems = PRESETS.filter(({ compared, name }) => compared && (only.length === 0 || only.includes(name)));
for (const { name: model } of BUNDLED_MODELS) {
  const folder = calibrationsFolder(model);
  if (only.length === 0) rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  for (const { name: preset } of systems) {
    const overrides = ['mapping.quantisation=calibrated'];
    const { machine, mapping, workload } = resolveScenario(scenarioFromOptions({ model, preset }), {
      baseDir: '.',
      overrides,
    });
    if (workload.kind !== 'network') throw new Error(`${model} is no network`);
    const record = calibrateNetwork({ ...workload, machine, mapping });
    writeFileAtomically(join(folder, `${preset}.json`), plainToJson(record, 'decisions'));
    const { calibration, test } = record;
    process.stdout.write(
      `${model} ${preset}: calibration ${calibration.scheme} of ${calibration.images} (float ${calibration.float}), ` +
        `test ${test.scheme} of ${test.images} (float ${test.float})\n`,
    );
  }
}
