import type { Result, SavedWaits } from '../../sim/results/result.js';
import { sum } from '../layers.js';

/** An ADC pool of a result. */
export interface PoolView {
  readonly path: string;
  readonly utilisation: number;
  readonly queueMean: number;
  /** Layers of whose pools it converts most. */
  readonly busiestOf: readonly string[];
  /** Whether it limits the run. */
  readonly isBottleneck: boolean;
  readonly wait: SavedWaits;
}

/** All pools of a result, the one with the largest sum of waits first, then by utilisation. */
export function poolsOf({ resources, layers = [], chip }: Result): PoolView[] {
  const busiestOf = (path: string): string[] =>
    layers.filter(({ busiest }) => busiest.adcPool.path === path).map(({ name }) => name);
  const limit = chip?.bottleneck.resource === 'adc' ? chip.bottleneck.path : '';
  return Object.entries(resources)
    .flatMap(([path, { kind, utilisation, wait, 'queue.mean': queueMean = 0 }]) =>
      kind === 'adcPool' && wait !== undefined
        ? [{ path, utilisation, queueMean, busiestOf: busiestOf(path), isBottleneck: path === limit, wait }]
        : [],
    )
    .sort((a, b) => b.queueMean - a.queueMean || b.utilisation - a.utilisation);
}

/** Waits from `from` to `to` cycles, both included. */
export interface WaitBin {
  readonly from: number;
  readonly to: number;
  readonly count: number;
}

/**
 * Histograms of `wait.histogram`, added: bin 0 holds the waits of 0 cycles, bin b those of 2^(b-1) to 2^b - 1. Null where
 * one of them is missing, as in results of older versions.
 */
export function waitBins(waits: readonly SavedWaits[]): WaitBin[] | null {
  const bins: WaitBin[] = [];
  for (const { histogram } of waits) {
    if (histogram === undefined) return null;
    histogram.forEach((count, b) => {
      const before = bins[b]?.count ?? 0;
      bins[b] = { from: b === 0 ? 0 : 2 ** (b - 1), to: b === 0 ? 0 : 2 ** b - 1, count: before + count };
    });
  }
  return bins;
}

export function samplesOf(bins: readonly WaitBin[]): number {
  return sum(bins.map(({ count }) => count));
}
