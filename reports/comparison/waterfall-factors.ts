import { LAST_IDEAL_STEP, type WaterfallStep } from '../../sim/results/comparison.js';

/** A step of the waterfall and what it multiplies the speed-up with. */
export interface WaterfallFactor extends WaterfallStep {
  readonly factor: number;
}

/** A waterfall taken apart: the ideal, what it is the product of, and what turns it into the achieved speed-up. */
export interface WaterfallParts {
  readonly gains: readonly WaterfallFactor[];
  readonly ideal: number;
  readonly losses: readonly WaterfallFactor[];
  readonly achieved: number;
}

/** Each step's speed-up over the step before it; the first one's over 1. */
export function waterfallParts(waterfall: readonly WaterfallStep[]): WaterfallParts {
  const factors = waterfall.map(
    ({ step, speedup }, s): WaterfallFactor => ({ step, speedup, factor: speedup / (waterfall[s - 1]?.speedup ?? 1) }),
  );
  const gainsEnd = factors.findIndex(({ step }) => step === LAST_IDEAL_STEP) + 1;
  const gains = factors.slice(0, gainsEnd);
  const losses = factors.slice(gainsEnd);
  return { gains, ideal: gains.at(-1)!.speedup, losses, achieved: factors.at(-1)!.speedup };
}
