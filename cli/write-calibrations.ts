import { mkdirSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { BUNDLED_MODELS } from '../models/bundled.js';
import { PRESETS } from '../scenarios/presets.js';
import { calibrationsFolder } from '../scenarios/quantise/bundled-calibrations.js';
import { calibrateNetwork } from '../scenarios/quantise/calibrate-network.js';
import { resolveScenario, scenarioFromOptions } from '../scenarios/scenario.js';
import { valueToJson, writeFileAtomically } from '../sim/results/write.js';

/**
 * `npm run calibrations`: makes the bundled decisions anew, for every compared system and every bundled model; takes
 * minutes. With arguments only for the systems and models named; a model may be the JSON file of a network, whose
 * decisions are kept under the name of its folder.
 */
const named = process.argv.slice(2);
const compared = PRESETS.filter((preset) => preset.compared).map(({ name }) => name);
const systems = named.filter((name) => compared.includes(name));
const models = named.filter((name) => !compared.includes(name));

for (const model of models.length > 0 ? models : BUNDLED_MODELS.map(({ name }) => name)) {
  const folder = join(calibrationsFolder(), model.endsWith('.json') ? basename(dirname(model)) : model);
  mkdirSync(folder, { recursive: true });
  for (const preset of systems.length > 0 ? systems : compared) {
    const { machine, mapping, workload } = resolveScenario(scenarioFromOptions({ model, preset }), {
      baseDir: '.',
      overrides: ['mapping.quantisation=calibrated'],
    });
    if (workload.kind !== 'network') throw new Error(`${model} is no network`);
    const started = Date.now();
    const record = calibrateNetwork({ ...workload, machine, mapping });
    writeFileAtomically(join(folder, `${preset}.json`), valueToJson(record, 'decisions'));
    const { calibration, test } = record;
    process.stdout.write(
      `${model} ${preset}: calibration ${calibration.scheme} of ${calibration.images} (float ${calibration.float}), ` +
        `test ${test.scheme} of ${test.images} (float ${test.float}), ${Math.round((Date.now() - started) / 1000)} s\n`,
    );
  }
}
