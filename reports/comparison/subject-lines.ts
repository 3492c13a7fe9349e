import type { Comparison } from '../../sim/results/comparison.js';
import { plural } from '../format.js';
import { modelName } from '../subject.js';

/** What was compared: a title, and whatever makes this comparison differ from the usual one. */
export function subjectLines({ systems, networks, baseline, freeOverheads, overrides }: Comparison): string[] {
  const names = networks.map(({ name }) => modelName(name)).join(', ');
  const lines = [`${plural(systems.length, 'system')} on ${names}; ratios over ${baseline}, above 1 is better`];
  if (freeOverheads) lines.push('indices and detectors cost no time, energy or area here (--free-overheads)');
  if (overrides.length > 0) lines.push(`set for all systems: ${overrides.join(', ')}`);
  return lines;
}
