import type { ComparedNetwork, Comparison } from '../../sim/results/comparison.js';
import { plural, si } from '../format.js';
import { modelName } from '../subject.js';

/** What stands under a chart's title: the network and its images, and what the ratios are over. */
export function sourceLine(comparison: Comparison, network: ComparedNetwork | null): string {
  const { networks, baseline, freeOverheads, overrides } = comparison;
  const shown = network === null ? networks : [network];
  const names = shown.map(({ name }) => modelName(name)).join(', ');
  const images = plural(shown[0]!.images, 'image');
  return [
    network === null ? `geometric means over ${names}; ${images} each` : `${names}, ${images}`,
    `baseline ${baseline}`,
    ...(freeOverheads ? ['indices and detectors free'] : []),
    ...(overrides.length > 0 ? [`set: ${overrides.join(', ')}`] : []),
  ].join('; ');
}

/** The axis of the systems. */
export const SYSTEMS_AXIS = {
  grid: { display: false },
  ticks: { autoSkip: false, maxRotation: 0 },
} as const;

/** A number on an axis, with an SI prefix: `250 k`. */
export function axisNumber(value: string | number): string {
  return si(Number(value), '').replace(/\.(\d*?)0+(?!\d)/, (_, digits: string) => (digits === '' ? '' : `.${digits}`));
}

/** Letters of a system's name that fit beside each other under its bars. */
const LABEL_LENGTH = 11;

/** A name on an axis: a long one on several lines, broken behind its hyphens. */
export function axisLabel(name: string): string | string[] {
  if (name.length <= LABEL_LENGTH) return name;
  const lines: string[] = [];
  for (const part of name.split(/(?<=-)/)) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + part.length <= LABEL_LENGTH) lines[lines.length - 1] = last + part;
    else lines.push(part);
  }
  return lines;
}
