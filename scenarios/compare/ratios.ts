import { COMPARED_FIGURES, type ComparedRun, type Ratios } from '../../sim/results/comparison.js';

/** What a run costs, as far as ratios need it. */
export type Costs = Pick<
  ComparedRun,
  'latency_ns' | 'energy_pJ' | 'crossbars' | 'cellBits' | 'indexBits' | 'adcConversions'
>;

/** Ratios over a baseline; above 1 is in favour of the run. */
export function ratiosOver(baseline: Costs, run: Costs): Ratios {
  return {
    speedup: baseline.latency_ns / run.latency_ns,
    speedupPerCrossbar: (baseline.latency_ns * baseline.crossbars) / (run.latency_ns * run.crossbars),
    energySaving: baseline.energy_pJ / run.energy_pJ,
    crossbarSaving: baseline.crossbars / run.crossbars,
    storedBitsSaving: (baseline.cellBits + baseline.indexBits) / (run.cellBits + run.indexBits),
    conversionSaving: baseline.adcConversions / run.adcConversions,
  };
}

/** Geometric mean of each figure. */
export function meanRatios(ratios: readonly Ratios[]): Ratios {
  const mean = (figure: keyof Ratios): number =>
    Math.exp(ratios.reduce((sum, ratio) => sum + Math.log(ratio[figure]), 0) / ratios.length);
  return Object.fromEntries(COMPARED_FIGURES.map((figure) => [figure, mean(figure)])) as Ratios;
}
