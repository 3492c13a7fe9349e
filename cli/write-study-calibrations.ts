import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { BUNDLED_MODELS } from '../models/bundled.js';
import { calibrationsFolder } from '../scenarios/quantise/bundled-calibrations.js';
import { calibrateNetwork } from '../scenarios/quantise/calibrate-network.js';
import { STUDIES } from '../scenarios/studies.js';
import { valueToJson, writeFileAtomically } from '../sim/results/write.js';

/**
 * Makes the bundled decisions of the studies' points anew, for the first bundled model, which studies run on by default;
 * takes minutes. So `ousim study` decides nothing there. With arguments only for points whose names contain one of them.
 */
const named = process.argv.slice(2);
const model = BUNDLED_MODELS[0]!.name;
for (const study of STUDIES) {
  const folder = join(calibrationsFolder(), 'studies', study.name);
  for (const { name, scenario } of study.points({ model, overrides: [], baseDir: '.' })) {
    const { machine, mapping, workload } = scenario;
    if (workload.kind !== 'network' || mapping.quantisation !== 'calibrated') continue;
    if (named.length > 0 && !named.some((part) => name.includes(part))) continue;
    const started = Date.now();
    const record = calibrateNetwork({ ...workload, machine, mapping });
    const file = `${name.replaceAll(/[^\w.-]+/g, '-')}.json`;
    mkdirSync(folder, { recursive: true });
    writeFileAtomically(join(folder, file), valueToJson(record, 'decisions'));
    process.stdout.write(`${study.name} ${name}: ${Math.round((Date.now() - started) / 1000)} s\n`);
  }
}
