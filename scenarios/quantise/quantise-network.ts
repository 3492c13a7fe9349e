import type { CalibrationRecord } from '../../sim/results/calibration.js';
import { bundledCalibrations } from './bundled-calibrations.js';
import { calibrateNetwork, measuredAnew } from './calibrate-network.js';
import { calibrationKey } from './calibration-key.js';
import type { CalibrationTask } from './calibration-task.js';
import { givenDecision, type PlannedNetwork, planNetwork } from './plan-network.js';

export interface QuantisedNetwork {
  readonly planned: PlannedNetwork;
  /** Null where nothing was decided on calibration images. */
  readonly record: CalibrationRecord | null;
}

/** Records of this process, so that runs of one command decide once. */
const known = new Map<string, CalibrationRecord>();

/**
 * The integers of a network as its scenario wants them: its own, the scheme's as its parameters say, or the scheme's as
 * decided on calibration images. Decisions come from the file that the scenario names, else from those that are bundled,
 * else they are made now, which takes seconds to minutes.
 *
 * @throws MappingError where a layer cannot be mapped
 */
export function quantiseNetwork(
  task: CalibrationTask,
  progress?: (done: number, total: number, next: string) => void,
): QuantisedNetwork {
  if (task.mapping.quantisation !== 'calibrated') {
    return { planned: planNetwork(task, givenDecision(task)), record: null };
  }
  const record = task.decisions === null ? recordOf(task, progress) : measuredAnew(task, task.decisions, progress);
  return { planned: planNetwork(task, record.decision), record };
}

/** The record of a calibrated scenario without decisions of its own. */
export function recordOf(
  task: CalibrationTask,
  progress?: (done: number, total: number, next: string) => void,
): CalibrationRecord {
  const key = calibrationKey(task);
  let record = known.get(key) ?? bundledCalibrations().get(key);
  record ??= calibrateNetwork(task, progress);
  known.set(key, record);
  return record;
}
