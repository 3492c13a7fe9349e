import { join } from 'node:path';
import { writeChart } from '../reports/charts/chart.js';
import { comparisonCharts, type NamedChart } from '../reports/charts/comparison-charts.js';
import { wantsColours } from '../reports/colours.js';
import { comparisonMarkdown } from '../reports/comparison/markdown.js';
import { comparisonText } from '../reports/comparison/text.js';
import { type ComparisonTask, compareSystems } from '../scenarios/compare/compare-systems.js';
import type { Preset } from '../scenarios/preset.js';
import { findPreset, PRESET_NAMES, PRESETS } from '../scenarios/presets.js';
import { type Problem, ScenarioError, shown, unknownName } from '../scenarios/problem.js';
import { RUN_INFO_FILE } from '../sim/results/write.js';
import {
  COMPARISON_FILE,
  COMPARISON_REPORT_FILE,
  comparisonToJson,
  writeComparison,
} from '../sim/results/write-comparison.js';
import { checkedScenarios } from './compared-scenarios.js';
import { allOf } from './mistakes.js';
import { outputFolderProblems, prepareOutputFolder } from './output-folder.js';
import { Progress } from './progress.js';
import { runInfo } from './run-info.js';
import type { Session } from './terminal.js';

export interface CompareCommandOptions {
  /** Each a name, or names with commas between them. */
  readonly models?: readonly string[];
  readonly baseline: string;
  readonly images: string;
  readonly set?: readonly string[];
  readonly freeOverheads?: boolean;
  readonly out?: string;
  readonly charts: boolean;
  readonly json?: boolean;
}

const DEFAULT_MODEL = 'lenet5-mnist';
export const DEFAULT_BASELINE = 'isaac-ou';
const CHARTS_FOLDER = 'charts';

/** `ousim compare`: systems side by side on networks; prints the comparison and, with --out, writes it. */
export function compareCommand(systems: readonly string[], options: CompareCommandOptions, session: Session): void {
  const startedAt = new Date();
  const task = taskOf(systems, options);
  const [, scenarios] = allOf(
    () => checkOptions(systems, options),
    () => checkedScenarios(task),
  );
  if (options.out !== undefined) prepareOutputFolder(options.out, session, 1);

  const runs = task.systems.length * task.models.length;
  let started = 0;
  let progress = new Progress(false, '');
  const comparison = (() => {
    try {
      return compareSystems(task, scenarios, (system, model) => {
        progress.end();
        started++;
        progress = new Progress(session.stderrIsTerminal, `${started}/${runs} ${system} on ${model}`);
        progress.update(0, 1, 'network');
        return { progress: progress.update };
      });
    } finally {
      progress.end();
    }
  })();

  const written: string[] = [];
  if (options.out !== undefined) {
    const charts = options.charts ? comparisonCharts(comparison) : [];
    for (const { name, chart } of charts) written.push(writeChart(join(options.out, CHARTS_FOLDER), name, chart).png);
    const report = comparisonMarkdown(comparison, charts.map(shownChart));
    const files = writeComparison(options.out, { comparison, report, runInfo: runInfo(startedAt, { runs }) });
    written.unshift(files.comparison, files.report, files.runInfo);
  }
  if (options.json) {
    process.stdout.write(comparisonToJson(comparison));
    return;
  }
  const colour = wantsColours({ isTTY: session.stdoutIsTerminal }, process.env);
  const text = comparisonText(comparison, { width: session.columns, colour }).trimEnd();
  const files =
    written.length === 0
      ? 'nothing written: name a folder with --out to keep the comparison'
      : ['written, the numbers of each chart in a .csv beside it:', ...written.map((path) => `  ${path}`)].join('\n');
  process.stdout.write(`${text}\n\n${files}\n`);
}

function shownChart({ name, title }: NamedChart): { title: string; file: string } {
  return { title, file: `${CHARTS_FOLDER}/${name}.png` };
}

/** What the options ask for, as far as they are right; `checkOptions` says what is wrong with them. */
function taskOf(names: readonly string[], options: CompareCommandOptions): ComparisonTask {
  const named = names.length === 0 ? PRESETS.filter(({ compared }) => compared) : [...new Set(names)].flatMap(presetOf);
  const missing = named.some(({ name }) => name === options.baseline) ? [] : presetOf(options.baseline);
  return {
    systems: [...missing, ...named],
    baseline: options.baseline,
    models: [...new Set(modelsOf(options))],
    images: countOf(options.images) ?? 1,
    overrides: options.set ?? [],
    freeOverheads: options.freeOverheads ?? false,
    baseDir: process.cwd(),
  };
}

function presetOf(name: string): Preset[] {
  const preset = findPreset(name);
  return preset === undefined ? [] : [preset];
}

function modelsOf({ models = [DEFAULT_MODEL] }: CompareCommandOptions): string[] {
  return models.flatMap((text) => text.split(',')).map((name) => name.trim());
}

function countOf(images: string): number | null {
  return /^\d+$/.test(images) && Number(images) >= 1 ? Number(images) : null;
}

/** @throws ScenarioError with everything that is wrong with the options, apart from those that reach into scenarios */
function checkOptions(systems: readonly string[], options: CompareCommandOptions): void {
  const problems: Problem[] = [
    ...unknownOf('systems', systems),
    ...repeatedOf('systems', systems),
    ...unknownOf('--baseline', [options.baseline]),
    ...repeatedOf('--models', modelsOf(options)),
  ];
  if (countOf(options.images) === null) {
    problems.push({ path: '--images', value: shown(options.images), allowed: 'a whole number >= 1' });
  }
  if (options.out !== undefined) {
    problems.push(...outputFolderProblems(options.out, [COMPARISON_FILE, COMPARISON_REPORT_FILE, RUN_INFO_FILE]));
  } else if (!options.charts) {
    problems.push({ path: '--no-charts', value: 'given', allowed: 'only with --out, into which charts are written' });
  }
  if (problems.length > 0) throw new ScenarioError(problems, 'command line');
}

function unknownOf(path: string, names: readonly string[]): Problem[] {
  return [...new Set(names)]
    .filter((name) => findPreset(name) === undefined)
    .map((name) => unknownName(path, name, PRESET_NAMES));
}

function repeatedOf(path: string, names: readonly string[]): Problem[] {
  const repeated = new Set(names.filter((name, n) => names.indexOf(name) < n));
  return [...repeated].map((name) => ({ path, value: `${shown(name)} more than once`, allowed: 'each name once' }));
}
