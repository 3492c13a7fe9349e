import type { CalibrationRecord } from '../../sim/results/calibration.js';
import type { PlanningTask } from './plan-network.js';

/** A network to be quantised, with what identifies it. */
export interface CalibrationTask extends PlanningTask {
  /** Name of a bundled model, or the file as the scenario names it. */
  readonly model: string;
  /** SHA-256 over the files of the network and of its float weights. */
  readonly modelSha256: string;
  /** Decisions that the scenario brings along; null where they are to be found. */
  readonly decisions: CalibrationRecord | null;
}
