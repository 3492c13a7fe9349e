import { canonicalHash } from '../canonical-json.js';
import type { CalibrationTask } from './calibration-task.js';

/** Raised when decisions of the same scenario change, so that stored ones are not taken for current ones. */
const DECISION_RULES = 1;

/** SHA-256 over all that the decisions about a network depend on. */
export function calibrationKey({ modelSha256, machine, mapping }: CalibrationTask): string {
  const { wordlines, bitlines, bitsPerCell } = machine.crossbar;
  return canonicalHash({
    rules: DECISION_RULES,
    modelSha256,
    mapping,
    crossbar: { wordlines, bitlines, bitsPerCell },
    ou: machine.ou,
    bitsPerPlane: machine.input.bitsPerPlane,
  });
}
