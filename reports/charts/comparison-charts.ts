import type { ComparedNetwork, Comparison } from '../../sim/results/comparison.js';
import { modelName } from '../subject.js';
import type { Chart } from './chart.js';
import { comparisonAccuracyChart } from './comparison-accuracy.js';
import { comparisonAdcChart } from './comparison-adc.js';
import { comparisonRatiosChart } from './comparison-ratios.js';
import { comparisonStorageChart } from './comparison-storage.js';
import { comparisonWaterfallsChart } from './comparison-waterfalls.js';
import { waterfallChart } from './waterfall.js';

/** A chart with the name of its files and what it shows in words. */
export interface NamedChart {
  readonly name: string;
  readonly title: string;
  readonly chart: Chart;
}

/**
 * All charts of a comparison. Of one network they have plain names, `comparison-ratios`; of several each name ends in its
 * network, and `comparison-ratios` shows the geometric means.
 */
export function comparisonCharts(comparison: Comparison): NamedChart[] {
  const { networks } = comparison;
  if (networks.length === 1) return networkCharts(comparison, networks[0]!, '');
  const endings = fileEndings(networks);
  return [
    {
      name: 'comparison-ratios',
      title: 'Speed-up and energy saving, geometric means',
      chart: comparisonRatiosChart(comparison, null),
    },
    ...networks.flatMap((network, n) => networkCharts(comparison, network, `-${endings[n]}`)),
  ];
}

function networkCharts(comparison: Comparison, network: ComparedNetwork, ending: string): NamedChart[] {
  const on = modelName(network.name);
  const named = (name: string, title: string, chart: Chart): NamedChart => ({
    name: `${name}${ending}`,
    title: `${title}, ${on}`,
    chart,
  });
  const others = network.runs.filter(({ system }) => system !== comparison.baseline);
  const hasAccuracy = network.runs.some(({ calibration }) => calibration !== null);
  return [
    named('comparison-ratios', 'Speed-up and energy saving', comparisonRatiosChart(comparison, network)),
    named('comparison-storage', 'Crossbars and stored bits', comparisonStorageChart(comparison, network)),
    named('comparison-adc', 'Conversions, utilisation and waits of ADCs', comparisonAdcChart(comparison, network)),
    ...(hasAccuracy ? [named('comparison-accuracy', 'Accuracy', comparisonAccuracyChart(comparison, network))] : []),
    ...(others.length > 0
      ? [named('waterfall', 'From ideal to achieved speed-up', comparisonWaterfallsChart(comparison, network))]
      : []),
    ...others.map((run) =>
      named(
        `waterfall-${run.system}`,
        `From ideal to achieved speed-up, ${run.system}`,
        waterfallChart(comparison, network, run),
      ),
    ),
  ];
}

/** Names of networks as files can have them, all different. */
function fileEndings(networks: readonly ComparedNetwork[]): string[] {
  const names = networks.map(({ name }) => modelName(name).replace(/[^\w.-]+/g, '-'));
  return names.map((name, n) => (names.indexOf(name) === names.lastIndexOf(name) ? name : `${name}-${n + 1}`));
}
