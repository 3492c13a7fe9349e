import type { ScaleOptions } from 'chart.js';

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
    ticks: { autoSkip: false, callback: (value) => `${value}x` },
  } as ScaleOptions<'logarithmic'>;
}

/** Ticks within each decade, from coarse to fine. */
const DECADES = [[1], [1, 2, 5], [1, 1.5, 2, 3, 4, 5, 7]];
/** Distances of ticks where the axis is shorter than that, from coarse to fine. */
const DISTANCES = [0.5, 0.2, 0.1, 0.05, 0.02, 0.01];
const FEWEST_TICKS = 5;

/** The coarsest ticks between two values, 1 between them, that are at least `fewest`. */
export function ratioTicks(min: number, max: number, fewest = FEWEST_TICKS): number[] {
  for (const steps of DECADES) {
    const ticks = decadeTicks(steps, min, max);
    if (ticks.length >= fewest) return ticks;
  }
  const distance = DISTANCES.find((candidate) => evenCount(candidate, min, max) >= fewest) ?? DISTANCES.at(-1)!;
  const first = Math.ceil(min / distance);
  return Array.from({ length: evenCount(distance, min, max) }, (_, t) => rounded((first + t) * distance));
}

function decadeTicks(steps: readonly number[], min: number, max: number): number[] {
  const ticks: number[] = [];
  for (let decade = Math.floor(Math.log10(min)); decade <= Math.log10(max); decade++) {
    ticks.push(...steps.map((step) => rounded(step * 10 ** decade)));
  }
  return ticks.filter((tick) => tick >= min && tick <= max);
}

/** Multiples of the distance between two values. */
function evenCount(distance: number, min: number, max: number): number {
  return Math.floor(max / distance) - Math.ceil(min / distance) + 1;
}

/** Without the errors of binary fractions: 0.3, not 0.30000000000000004. */
function rounded(tick: number): number {
  return Number(tick.toPrecision(6));
}
