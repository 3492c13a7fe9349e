import type { LayerResult, Result, TimeBreakdown } from '../../sim/results/result.js';
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

/** The waterfall of some crossbars: what it is called, and which crossbars they are. */
export interface NamedWaterfall extends TimeWaterfall {
  readonly caption: string;
  readonly of: 'pace' | 'mean';
}

/** The waterfalls of a result: of the layer that sets the pace, where there is one, and of the mean crossbar. */
export function waterfallsOf(result: Result): NamedWaterfall[] {
  const { layers, time, cycles } = result;
  const pace = paceLayer(result);
  const whole = layers === undefined ? 'all crossbars of the PE' : 'all crossbars of the network';
  return [
    ...(pace === undefined
      ? []
      : [
          {
            ...timeWaterfall(pace.time, cycles),
            caption: `Crossbars of ${pace.name}, which sets the pace`,
            of: 'pace' as const,
          },
        ]),
    { ...timeWaterfall(time, cycles), caption: `Mean over ${whole}`, of: 'mean' },
  ];
}

function paceLayer({ layers = [], chip }: Result): LayerResult | undefined {
  return layers.find(({ name }) => name === chip?.bottleneck.layer);
}
