import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { bundledFolder } from '../../models/bundled.js';
import type { CalibrationRecord } from '../../sim/results/calibration.js';

let records: ReadonlyMap<string, CalibrationRecord> | null = null;

/**
 * The decisions that come with ousim, by key, so that the compared systems need not be calibrated again. They are written
 * by `npm run calibrations`; a test makes some of them again and compares.
 */
export function bundledCalibrations(): ReadonlyMap<string, CalibrationRecord> {
  records ??= new Map(
    recordFiles()
      .map((file) => readRecord(file))
      .map((record) => [record.key, record]),
  );
  return records;
}

/** Folder of the bundled decisions; in it a folder a model, and in that a file a system. */
export function calibrationsFolder(): string {
  return join(bundledFolder(), 'calibrations');
}

function recordFiles(): string[] {
  const folder = calibrationsFolder();
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.json'))
    .sort()
    .map((file) => join(folder, file));
}

function readRecord(file: string): CalibrationRecord {
  return JSON.parse(readFileSync(file, 'utf8')) as CalibrationRecord;
}
