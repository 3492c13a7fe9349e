import { existsSync, readdirSync, rmdirSync, rmSync } from 'node:fs';
import { dirname, join, parse } from 'node:path';

/** Pictures of a result that a run writes, and the report page does not draw again. */
export const OVERVIEW_CHARTS: readonly string[] = ['floor-plan', 'stage-timeline'];

/** All names that files of charts in a folder `charts` have, without those that end in the name of a network or a system. */
const CHART_NAMES = new Set([
  ...OVERVIEW_CHARTS,
  ...['cycles-of-pace-layer', 'cycles-of-mean-crossbar', 'cycles-by-layer', 'cycles-if-ideal', 'cycles-compared'],
  ...['stage-waits', 'adc-pools', 'adc-pools-more', 'adc-waits', 'adc-queues', 'adc-contention'],
  ...['crossbar-utilisation', 'crossbars-of-tiles', 'timeline', 'energy', 'area'],
  // Of folders that older versions wrote.
  'crossbar-time',
]);
const COMPARISON_CHART = /^(comparison-(ratios|storage|adc|accuracy)|waterfall)(-.+)?$/;

export function isChartName(name: string): boolean {
  return CHART_NAMES.has(name) || COMPARISON_CHART.test(name);
}

/**
 * Removes the charts of an earlier result from `dir`, and from the folders in it which a page of several results has written,
 * so that the folder shows one result. A chart is a PNG with its CSV beside it, both under a name of ousim; all else stays.
 *
 * @param written pictures that stay, with their numbers: paths as `writeChart` gives them, in `dir`
 * @param kept names of charts that stay as well
 */
export function removeEarlierCharts(dir: string, written: readonly string[], kept: readonly string[] = []): void {
  if (!existsSync(dir)) return;
  const stays = new Set([...written, ...kept.map((name) => join(dir, `${name}.png`))]);
  const folders = readdirSync(dir, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => join(dir, name));
  for (const folder of [dir, ...folders]) {
    const earlier = readdirSync(folder, { withFileTypes: true })
      .filter((entry) => entry.isFile() && entry.name.endsWith('.png'))
      .map((entry) => ({ png: join(folder, entry.name), name: parse(entry.name).name }))
      .filter(({ png, name }) => isChartName(name) && !stays.has(png) && existsSync(csvOf(png)));
    for (const { png } of earlier) for (const file of [png, csvOf(png)]) rmSync(file, { force: true });
    if (earlier.length > 0 && folder !== dir && readdirSync(folder).length === 0) rmdirSync(folder);
  }
}

function csvOf(png: string): string {
  return join(dirname(png), `${parse(png).name}.csv`);
}
