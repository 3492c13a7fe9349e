import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { bundledFolder, isBundledModel } from '../../models/bundled.js';
import type { CalibrationRecord } from '../../sim/results/calibration.js';

const read = new Map<string, readonly CalibrationRecord[]>();

/**
 * The decisions that come with a bundled model, so that its systems need not be calibrated again. They are written by
 * `npm run calibrations`; a test makes some of them again and compares.
 */
export function bundledCalibrations(model: string): readonly CalibrationRecord[] {
  if (!isBundledModel(model)) return [];
  let records = read.get(model);
  if (records === undefined) {
    const folder = calibrationsFolder(model);
    records = existsSync(folder)
      ? readdirSync(folder)
          .sort()
          .map((file) => JSON.parse(readFileSync(join(folder, file), 'utf8')) as CalibrationRecord)
      : [];
    read.set(model, records);
  }
  return records;
}

/** Folder of the bundled decisions about a bundled model. */
export function calibrationsFolder(model: string): string {
  return join(bundledFolder(), model, 'calibrations');
}
