import type { MachineConfig } from '../../components/machine.js';
import type { Formation } from '../../mapping/execute.js';

/** Which rows an operation takes: the detector `form` forms operations from the driven rows. */
export function formationOf({ detector }: MachineConfig): Formation {
  return detector.kind === 'form' ? 'driven' : 'fixed';
}
