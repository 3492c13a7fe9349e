import type { MachineConfig } from '../../components/machine.js';
import type { WorkingPe } from '../run/resources.js';
import { type PlacedPart, tilePath } from './placed-stage.js';

/** The PEs of some parts, with what they did. */
export function workingPes(parts: readonly PlacedPart[], { adc }: MachineConfig): WorkingPe[] {
  return parts.flatMap(({ part, statistics }) =>
    part.pes.map(({ pe, crossbars }, i) => ({
      path: `${tilePath(part.tile)}.Pe[${pe}]`,
      statistics: statistics.pes[i]!,
      crossbars: crossbars.count,
      pools: Math.ceil(crossbars.count / adc.sharedBy),
    })),
  );
}
