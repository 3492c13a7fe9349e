import type { ScaleOptions } from 'chart.js';
import { factor } from '../comparison/ratio-text.js';

/** Above this range a linear axis would hide the smaller values. */
const LOGARITHMIC_FROM = 20;
/** Room for the labels above and below the bars, as a share of the axis. */
const MARGIN = 0.09;

/** Whether values, all above 0, need a logarithmic axis. */
export function needsLogarithm(values: readonly number[]): boolean {
  return Math.max(...values) / Math.min(...values) > LOGARITHMIC_FROM;
}

/** A logarithmic axis for ratios, with 1 inside, ticks that read well and room for labels at both ends. */
export function ratioScale(
  values: readonly number[],
  title: string,
  fewestTicks = FEWEST_TICKS,
): ScaleOptions<'logarithmic'> {
  const smallest = Math.min(1, ...values);
  const largest = Math.max(1, ...values);
  // Equal values would leave no axis.
  const decades = Math.max(Math.log10(largest / smallest), 0.1);
  const above = 10 ** (MARGIN * decades);
  const below = smallest < 1 ? above : 10 ** (0.02 * decades);
  const min = smallest / below;
  const max = largest * above;
  return {
    type: 'logarithmic',
    title: { display: true, text: title },
    min,
    max,
    afterBuildTicks: (axis) => {
      axis.ticks = ratioTicks(min, max, fewestTicks).map((value) => ({ value }));
    },
    ticks: { callback: (value) => `${Number(factor(Number(value)))}x` },
  } as ScaleOptions<'logarithmic'>;
}

/** Steps within a decade, from coarse to fine. */
const STEPS = [
  [1],
  [1, 2, 5],
  [1, 1.5, 2, 3, 4, 5, 7],
  Array.from({ length: 18 }, (_, n) => 1 + n / 2),
  Array.from({ length: 90 }, (_, n) => 1 + n / 10),
];
const FEWEST_TICKS = 5;

/** The coarsest ticks between two values that are at least `fewest`. */
export function ratioTicks(min: number, max: number, fewest = FEWEST_TICKS): number[] {
  const ticks = STEPS.map((steps) => ticksAt(steps, min, max));
  return ticks.find(({ length }) => length >= fewest) ?? ticks.at(-1)!;
}

function ticksAt(steps: readonly number[], min: number, max: number): number[] {
  const ticks: number[] = [];
  for (let decade = Math.floor(Math.log10(min)); decade <= Math.log10(max); decade++) {
    for (const step of steps) {
      const tick = Number((step * 10 ** decade).toPrecision(6));
      if (tick >= min && tick <= max) ticks.push(tick);
    }
  }
  return ticks;
}
