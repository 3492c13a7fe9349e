import { matrixLayers } from '../../models/matrix-layer.js';
import type { Network } from '../../models/network.js';
import { CALIBRATION_SCHEMA_VERSION, type CalibrationRecord } from '../../sim/results/calibration.js';
import { isSection } from '../findings.js';
import type { MappingConfig } from '../mapping-parameters.js';

/** A file of decisions that does not fit; the message lists every problem. */
export class CalibrationFormatError extends Error {
  constructor(problems: readonly string[]) {
    super(problems.join('; '));
    this.name = 'CalibrationFormatError';
  }
}

/**
 * Reads decisions that were made elsewhere or earlier. The decisions about the layers are checked by the scheme when it
 * plans them; here, that there is one for each layer.
 *
 * @throws CalibrationFormatError
 */
export function parseCalibration(text: string, network: Network, mapping: MappingConfig): CalibrationRecord {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    throw new CalibrationFormatError([`is not JSON: ${(error as Error).message}`]);
  }
  if (!isSection(json)) throw new CalibrationFormatError(['is not a JSON object']);
  const problems: string[] = [];
  const require = (holds: boolean, problem: string): void => {
    if (!holds) problems.push(problem);
  };
  const { schemaVersion, scheme, decision } = json;
  require(schemaVersion ===
    CALIBRATION_SCHEMA_VERSION, `schemaVersion is ${String(schemaVersion)}, not ${CALIBRATION_SCHEMA_VERSION}`);
  require(scheme === mapping.scheme, `scheme is ${String(scheme)}, not ${mapping.scheme}`);
  const { activationBits, activationClip, layers } = isSection(decision) ? decision : {};
  const isBits =
    Number.isInteger(activationBits) && (activationBits as number) >= 1 && (activationBits as number) <= 16;
  require(isBits, `decision.activationBits is ${String(activationBits)}, not a whole number from 1 to 16`);
  const isClip = Number.isFinite(activationClip) && (activationClip as number) > 0;
  require(isClip, `decision.activationClip is ${String(activationClip)}, not a number above 0`);
  for (const name of matrixLayers(network).keys()) {
    require(isSection(layers) && name in layers, `decision.layers.${name} is missing`);
  }
  if (problems.length > 0) throw new CalibrationFormatError(problems);
  return json as unknown as CalibrationRecord;
}
