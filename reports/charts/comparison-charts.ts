import type { Comparison } from '../../sim/results/comparison.js';
import type { Chart } from './chart.js';

/** A chart with the name of its files and what it shows in words. */
export interface NamedChart {
  readonly name: string;
  readonly title: string;
  readonly chart: Chart;
}

export function comparisonCharts(_comparison: Comparison): NamedChart[] {
  return [];
}
