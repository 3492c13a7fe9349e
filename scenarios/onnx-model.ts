import { resolve } from 'node:path';
import { FileFormatError } from '../models/file-format-error.js';
import { ImageSelectionError } from '../models/images.js';
import { readCalibrationInputs } from '../models/onnx/calibration-inputs.js';
import { type ImportedOnnx, importOnnxWithWeights, type OnnxImportOptions } from '../models/onnx/import-onnx.js';
import { readFile } from '../models/read-file.js';
import { fileLabel } from './file-label.js';
import { type Findings, isSection, readSection, type Section } from './findings.js';
import { shown } from './problem.js';
import { CALIBRATION_KEYS, NORMALISATION_KEYS } from './workload-keys.js';

/** What a workload says of an `.onnx` model beside its file. */
interface OnnxSettings {
  readonly options: OnnxImportOptions;
  /** Null: none is given. */
  readonly calibration: { readonly file: string; readonly tensor: string | undefined } | null;
  readonly echo: Record<string, unknown>;
}

/** An imported model; `echo` is what the resolved scenario shows of its settings. */
export interface OnnxModel extends ImportedOnnx {
  readonly echo: Record<string, unknown>;
  /** Files beside the model that the network depends on. */
  readonly files: readonly string[];
}

/**
 * Imports an `.onnx` model with the workload's `calibration` and `normalisation`.
 *
 * @returns null, and reported, where one of the two is wrong
 * @throws FileFormatError or NetworkFormatError where the model cannot be imported
 */
export function readOnnxModel(file: string, section: Section, baseDir: string, findings: Findings): OnnxModel | null {
  const settings = readSettings(section, baseDir, findings);
  if (settings === null) return null;
  const { options, calibration, echo } = settings;
  let imported: ImportedOnnx;
  try {
    imported = importOnnxWithWeights(readFile(file, 'an ONNX model'), file, options);
  } catch (error) {
    if (!reportCalibration(error, calibration?.file, section, findings)) throw error;
    return null;
  }
  if (calibration !== null && imported.floatWeights === null) {
    const value = shown(section['calibration']);
    findings.report({
      path: 'workload.calibration',
      value,
      allowed: 'left out with a model that is quantised already',
    });
    return null;
  }
  return { ...imported, echo, files: calibration === null ? [] : [calibration.file] };
}

/** The settings that only `.onnx` models have; reported where another model has them. */
export function refuseOnnxSettings(section: Section, findings: Findings): void {
  for (const key of ['calibration', 'normalisation']) {
    if (section[key] === undefined) continue;
    findings.report({ path: `workload.${key}`, value: shown(section[key]), allowed: 'only with an .onnx model' });
  }
}

function readSettings(section: Section, baseDir: string, findings: Findings): OnnxSettings | null {
  const pixels = readNormalisation(section['normalisation'], findings);
  const calibration = readCalibration(section['calibration'], findings);
  if (pixels === null || calibration === null) return null;
  const { file, tensor } = calibration;
  const named = tensor === undefined ? {} : { tensor };
  const given = file === undefined ? null : { file: resolve(baseDir, file), tensor };
  return {
    calibration: given,
    options: {
      ...(pixels === undefined ? {} : { pixels }),
      ...(given === null ? {} : { calibration: (input) => readCalibrationInputs(given.file, given.tensor, input) }),
    },
    echo: {
      ...(pixels === undefined ? {} : { normalisation: pixels }),
      ...(file === undefined ? {} : { calibration: { file: fileLabel(file), ...named } }),
    },
  };
}

/** Undefined where none is given; null, and reported, where it is wrong. Lengths are checked with the model. */
function readNormalisation(given: unknown, findings: Findings): OnnxImportOptions['pixels'] | null {
  if (given === undefined) return undefined;
  const path = 'workload.normalisation';
  const section = readSection(given, path, NORMALISATION_KEYS, findings);
  if (section === null) return null;
  const read = (key: 'mean' | 'std', allowed: string, fits: (value: number) => boolean): readonly number[] | null => {
    const value = section[key];
    if (Array.isArray(value) && value.length > 0 && value.every((item) => Number.isFinite(item) && fits(item))) {
      return value as readonly number[];
    }
    findings.report({ path: `${path}.${key}`, value: shown(value), allowed });
    return null;
  };
  const mean = read('mean', 'a list of numbers, one per channel', () => true);
  const std = read('std', 'a list of numbers above 0, one per channel', (value) => value > 0);
  return mean && std && { mean, std };
}

/** Without a file where none is given; null, and reported, where it is wrong. */
function readCalibration(
  given: unknown,
  findings: Findings,
): { readonly file: string | undefined; readonly tensor: string | undefined } | null {
  if (given === undefined) return { file: undefined, tensor: undefined };
  const path = 'workload.calibration';
  const section = readSection(given, path, CALIBRATION_KEYS, findings);
  if (section === null) return null;
  const { file, tensor } = section as { readonly file: unknown; readonly tensor: unknown };
  const isText = (value: unknown): value is string => typeof value === 'string' && value !== '';
  if (!isText(file)) {
    const allowed = 'the name of a .safetensors or .npy file, relative to the scenario file';
    findings.report({ path: `${path}.file`, value: shown(file), allowed });
    return null;
  }
  if (tensor !== undefined && !isText(tensor)) {
    findings.report({ path: `${path}.tensor`, value: shown(tensor), allowed: 'the name of a tensor in the file' });
    return null;
  }
  return { file, tensor };
}

/** Reports what is wrong with the calibration file; false where the error is about something else. */
function reportCalibration(error: unknown, file: string | undefined, section: Section, findings: Findings): boolean {
  const path = 'workload.calibration';
  if (error instanceof ImageSelectionError) {
    for (const { path: inside, value, allowed, hint } of error.problems) {
      const where = inside.replace(/^images/, path);
      findings.report({ path: where, value: shown(value), allowed, ...(hint === '' ? {} : { hint }) });
    }
    return true;
  }
  if (error instanceof FileFormatError && error.path === file) {
    const given = isSection(section['calibration']) ? section['calibration']['file'] : undefined;
    const allowed = 'a .safetensors or .npy file of images';
    const value = `${shown(given)}: ${error.problem}`;
    findings.report({ path: `${path}.file`, value, allowed, hint: error.hint });
    return true;
  }
  return false;
}
