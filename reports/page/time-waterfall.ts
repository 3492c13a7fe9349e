import type { TimeBreakdown } from '../../sim/results/result.js';
import { TIME_PARTS, type TimePart } from './states.js';

/** A step from the cycles in which crossbars read to the cycles of the run. */
export interface WaterfallStep {
  readonly part: TimePart;
  readonly cycles: number;
  /** Cycles of all steps before this one. */
  readonly before: number;
  /** Of the run. */
  readonly share: number;
}

export interface TimeWaterfall {
  /** Only what takes time; reading stands first, whatever it takes. */
  readonly steps: readonly WaterfallStep[];
  /** Sum of the steps, which is the length of the run up to rounding. */
  readonly sum: number;
}

/** Where the cycles of a run went, from those of an ideal machine, whose crossbars do nothing but read, to all. */
export function timeWaterfall(time: TimeBreakdown, cycles: number): TimeWaterfall {
  const steps: WaterfallStep[] = [];
  let sum = 0;
  for (const part of TIME_PARTS) {
    const spent = time[part.key];
    if (spent <= 0 && part.key !== 'reads') continue;
    steps.push({ part, cycles: spent, before: sum, share: cycles === 0 ? 0 : spent / cycles });
    sum += spent;
  }
  return { steps, sum };
}
