import type { MachineConfig } from '../../components/machine.js';
import { cyclesFor } from '../../components/tile-services.js';
import type { ClassUtilisation } from '../../sim/results/chip-result.js';
import type { PlacedStage } from './placed-stage.js';

/** Layers named in a warning; the rest is counted. */
const NAMED = 6;

/** The largest fetch of a part of a stage, and the stages of a static schedule that bank or bus would take for it. */
export function largestFetch({ parts }: PlacedStage, machine: MachineConfig): { bytes: number; stages: number | null } {
  const bytes = parts.reduce((most, { part }) => Math.max(most, part.fetchBytes), 0);
  return { bytes, stages: machine.tile.schedule === 'static' ? stagesOf(bytes, machine) : null };
}

function stagesOf(bytes: number, { edram, bus, tile }: MachineConfig): number {
  const cycles = Math.max(cyclesFor(bytes, edram.bytesPerCycle), cyclesFor(bytes, bus.bytesPerCycle));
  return Math.ceil(cycles / tile.stageCycles);
}

/**
 * A static schedule moves whatever it is given in a stage. Where that is more than the components could, the result says so.
 *
 * @returns sentences; none with a contended schedule
 */
export function staticWarnings(
  stages: readonly PlacedStage[],
  utilisation: Readonly<Record<string, ClassUtilisation>>,
  machine: MachineConfig,
): string[] {
  if (machine.tile.schedule !== 'static') return [];
  const warnings: string[] = [];
  const long = stages
    .filter(({ stage }) => stage.kind === 'matrix')
    .map((placed) => ({ name: placed.stage.name, ...largestFetch(placed, machine) }))
    .filter((fetch) => fetch.stages! > 1)
    .sort((a, b) => b.bytes - a.bytes);
  if (long.length > 0) {
    const named = long.slice(0, NAMED).map(({ name, bytes, stages }) => `${name} (${bytes} bytes, ${stages} stages)`);
    const more = long.length > NAMED ? `, and ${long.length - NAMED} more (layers[].fetch)` : '';
    warnings.push(
      `static schedule: a fetch of a window takes one stage of ${machine.tile.stageCycles} cycles here; bank and bus ` +
        `could not move the bytes of ${named.join(', ')}${more} in it`,
    );
  }
  for (const [name, { busiest, max }] of Object.entries(utilisation)) {
    if (max <= 1) continue;
    warnings.push(
      `static schedule: ${busiest} would have to do ${max.toFixed(2)} times what it can (chip.utilisation.${name})`,
    );
  }
  return warnings;
}
