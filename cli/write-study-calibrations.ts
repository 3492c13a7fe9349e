import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { BUNDLED_MODELS } from '../models/bundled.js';
import { bundledCalibrations, calibrationsFolder } from '../scenarios/quantise/bundled-calibrations.js';
import { calibrateNetwork } from '../scenarios/quantise/calibrate-network.js';
import { calibrationKey } from '../scenarios/quantise/calibration-key.js';
import { STUDIES } from '../scenarios/studies.js';
import { valueToJson, writeFileAtomically } from '../sim/results/write.js';

/**
 * The second half of `npm run calibrations`: makes the bundled decisions of the studies' points anew, for the first bundled
 * model, which studies run on by default; takes minutes. So `ousim study` decides nothing there. Points whose decisions
 * are those of a compared system, as where only ADCs differ, need none of their own.
 */
const model = BUNDLED_MODELS[0]!.name;
const studies = join(calibrationsFolder(), 'studies');
rmSync(studies, { recursive: true, force: true });
const known = new Set(bundledCalibrations().keys());
for (const study of STUDIES) {
  for (const { name, scenario } of study.points({ model, overrides: [], baseDir: '.' })) {
    const { machine, mapping, workload } = scenario;
    if (workload.kind !== 'network' || mapping.quantisation !== 'calibrated') continue;
    const task = { ...workload, machine, mapping };
    const key = calibrationKey(task);
    if (known.has(key)) continue;
    known.add(key);
    const started = Date.now();
    const record = calibrateNetwork(task);
    mkdirSync(join(studies, study.name), { recursive: true });
    const file = `${name.replaceAll(/[^\w.-]+/g, '-')}.json`;
    writeFileAtomically(join(studies, study.name, file), valueToJson(record, 'decisions'));
    process.stdout.write(`${study.name} ${name}: ${Math.round((Date.now() - started) / 1000)} s\n`);
  }
}
