import { join } from 'node:path';
import type { SavedComparison, SavedRun } from '../page/saved-run.js';
import { writeChart } from './chart.js';
import { comparisonCharts } from './comparison-charts.js';
import { poolCharts } from './page/adc-pools.js';
import { queuesChart } from './page/adc-queues.js';
import { comparedCyclesChart, cycleCharts } from './page/cycles.js';
import { energyAndAreaCharts } from './page/energy-and-area.js';
import { heatMaps } from './page/heat-maps.js';
import type { PageChart } from './page/page-chart.js';
import { stageWaitsChart } from './page/stage-waits.js';
import { timelineChart } from './page/timeline.js';

/** The charts that the report page shows of a run, in its order. */
export function pageCharts(run: SavedRun): PageChart[] {
  const { result } = run;
  return [
    ...cycleCharts(result),
    ...stageWaitsChart(result),
    ...poolCharts(result),
    ...queuesChart(run),
    ...heatMaps(result),
    ...timelineChart(run),
    ...energyAndAreaCharts(result),
  ];
}

/**
 * Writes the charts of the page of these results into `dir`, each with its numbers as CSV beside it. Of one result they stand
 * there; of several in a folder for each, named as its own, and what sets them side by side in `dir`.
 *
 * @param names what the page calls the runs, in their order
 * @returns the pictures' paths
 */
export function writePageCharts(
  dir: string,
  saved: readonly (SavedRun | SavedComparison)[],
  names: readonly string[],
): string[] {
  const runs = saved.filter((one) => one.kind === 'run');
  const shared =
    runs.length > 1
      ? [
          comparedCyclesChart(
            runs.map(({ result }) => result),
            names,
          ),
        ]
      : [];
  const folders = saved.length === 1 ? [dir] : folderNames(saved).map((name) => join(dir, name));
  return [
    ...shared.map(({ name, chart }) => writeChart(dir, name, chart).png),
    ...saved.flatMap((one, s) => {
      const charts = one.kind === 'run' ? pageCharts(one) : comparisonCharts(one.comparison);
      return charts.map(({ name, chart }) => writeChart(folders[s]!, name, chart).png);
    }),
  ];
}

/** Names of the folders of the results, all different: with their numbers where two results have the same name. */
function folderNames(saved: readonly (SavedRun | SavedComparison)[]): string[] {
  const names = saved.map(({ name }) => name);
  return new Set(names).size === names.length ? names : names.map((name, n) => `${n + 1}-${name}`);
}
