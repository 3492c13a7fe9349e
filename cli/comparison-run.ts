import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { writeChart } from '../reports/charts/chart.js';
import { comparisonCharts } from '../reports/charts/comparison-charts.js';
import { comparisonMarkdown } from '../reports/comparison/markdown.js';
import { type ComparisonTask, comparisonOf } from '../scenarios/compare/compare-systems.js';
import type { Scenario } from '../scenarios/scenario.js';
import type { Comparison } from '../sim/results/comparison.js';
import { COMPARISON_FILE, writeComparison } from '../sim/results/write-comparison.js';
import { CHARTS_FOLDER, removeEarlierPictures } from './earlier-files.js';
import { comparisonJobs } from './job.js';
import { runInfo } from './run-info.js';
import { runJobs } from './run-jobs.js';
import type { Session } from './terminal.js';

/** Runs a comparison with progress on stderr, as many systems at once as there are workers. */
export async function runComparison(
  task: ComparisonTask,
  scenarios: ReadonlyMap<string, ReadonlyMap<string, Scenario>>,
  workers: number,
  session: Session,
): Promise<Comparison> {
  const { systems, ...handed } = task;
  const jobs = comparisonJobs(task, (system, model) => scenarios.get(model)!.get(system)!);
  const work = { kind: 'comparison', task: handed, systems: systems.map(({ name }) => name) } as const;
  return comparisonOf(task, await runJobs({ jobs, work, workers }, session));
}

/**
 * Writes a comparison with its report and, unless they are not wanted, its charts.
 *
 * @returns the files written, `compare.json` first
 */
export function writeComparisonFiles(
  out: string,
  comparison: Comparison,
  { charts, startedAt, workers }: { readonly charts: boolean; readonly startedAt: Date; readonly workers: number },
  session: Session,
): string[] {
  const drawn = charts ? comparisonCharts(comparison) : [];
  const shown = drawn.map(({ name, title }) => ({ title, file: `${CHARTS_FOLDER}/${name}.png` }));
  const runs = comparison.networks.reduce((sum, network) => sum + network.runs.length, 0);
  const report = comparisonMarkdown(comparison, shown);
  const replaces = existsSync(join(out, COMPARISON_FILE));
  const files = writeComparison(out, { comparison, report, runInfo: runInfo(startedAt, session, { runs, workers }) });
  const pictures = drawn.map(({ name, chart }) => writeChart(join(out, CHARTS_FOLDER), name, chart).png);
  if (replaces) removeEarlierPictures(out, pictures);
  return [files.comparison, files.report, files.runInfo, ...pictures];
}
