import type { Claim } from '../../sim/results/comparison.js';
import { grouped } from '../format.js';

/** A ratio or a factor in at most five columns, without its sign: `0.87`, `6.20`, `24.1`, `1 230`. */
export function factor(value: number): string {
  if (value === 0 || value >= 99.95) return grouped(value);
  if (value >= 9.995) return value.toFixed(1);
  return value < 0.0995 ? value.toPrecision(2) : value.toFixed(2);
}

/** A ratio: `6.20x`. */
export function times(value: number): string {
  return `${factor(value)}x`;
}

/** Papers print up to four digits; a ratio that follows from two of their numbers has more. */
const PRINTED_DIGITS = 4;

/** A published ratio with the digits that the paper prints: `6.1x`, of a range `2.5-6.1x`. */
export function claimed({ value, to }: Pick<Claim, 'value' | 'to'>): string {
  const printed = (ratio: number) => String(Number(ratio.toPrecision(PRINTED_DIGITS)));
  return to === undefined ? `${printed(value)}x` : `${printed(value)}-${printed(to)}x`;
}

/** A deviation as a share, in per cent with its sign: `+12.5%`. */
export function signedPercent(share: number): string {
  const text = (100 * share).toFixed(Math.abs(share) < 0.0995 ? 1 : 0);
  return `${share > 0 && Number(text) !== 0 ? '+' : ''}${Number(text) === 0 ? '0' : text}%`;
}
