import type { WaterfallStep } from '../../sim/results/comparison.js';
import { STEP_NAMES } from './names.js';
import { factor, times } from './ratio-text.js';
import { type WaterfallFactor, waterfallParts } from './waterfall-factors.js';

/** Rounded to the digits that reports show, such a factor says nothing. */
const NOTHING = factor(1);

/**
 * A waterfall in words, cut where a line may be broken: the factors of the ideal speed-up, the ideal, what it is multiplied
 * with by each loss, and the speed-up achieved. Factors that round to 1.00 are left out.
 */
export function waterfallWords(waterfall: readonly WaterfallStep[]): string[] {
  const { gains, ideal, losses, achieved } = waterfallParts(waterfall);
  const named = gains.filter(says).map(({ step, factor: by }) => `${STEP_NAMES[step].name} ${factor(by)}`);
  const lost = losses.filter(says).map(({ step, factor: by }) => `${STEP_NAMES[step].name} x${factor(by)}`);
  return [
    ...named.map((text, n) => (n === 0 ? text : `x ${text}`)),
    `${named.length === 0 ? '' : '= '}ideal ${times(ideal)}${lost.length === 0 ? '' : ';'}`,
    ...lost.map((text, n) => (n === lost.length - 1 ? text : `${text},`)),
    `-> ${times(achieved)}`,
  ];
}

function says({ factor: by }: WaterfallFactor): boolean {
  return factor(by) !== NOTHING;
}
