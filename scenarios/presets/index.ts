import { isaac } from './isaac.js';
import { ouBaseline } from './ou-baseline.js';
import type { Preset } from './preset.js';

/** Every preset, in the order in which `ousim list` shows them. */
export const PRESETS: readonly Preset[] = [ouBaseline, isaac];

export const PRESET_NAMES: readonly string[] = PRESETS.map(({ name }) => name);

export function findPreset(name: string): Preset | undefined {
  return PRESETS.find((preset) => preset.name === name);
}
