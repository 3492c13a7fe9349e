import { loadDeclarations } from '../mapping/load-declarations.js';
import type { Preset } from './preset.js';

/** Every preset: what the files of `scenarios/presets/` export as `preset`, in the order in which `ousim list` shows them. */
export const PRESETS: readonly Preset[] = (
  await loadDeclarations<Preset>(new URL('./presets/', import.meta.url), 'preset')
).sort((a, b) => yearOf(a) - yearOf(b) || (a.name < b.name ? -1 : 1));

export const PRESET_NAMES: readonly string[] = PRESETS.map(({ name }) => name);

export function findPreset(name: string): Preset | undefined {
  return PRESETS.find((preset) => preset.name === name);
}

/** Year of the publication; machines without one come first. */
function yearOf({ publication }: Preset): number {
  return publication?.year ?? 0;
}
