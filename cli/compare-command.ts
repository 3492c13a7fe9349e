import { wantsColours } from '../reports/colours.js';
import { comparisonText } from '../reports/comparison/text.js';
import type { ComparisonTask } from '../scenarios/compare/compare-systems.js';
import type { Preset } from '../scenarios/preset.js';
import { findPreset, PRESET_NAMES, PRESETS } from '../scenarios/presets.js';
import { type Problem, ScenarioError, shown, unknownName } from '../scenarios/problem.js';
import { RUN_INFO_FILE } from '../sim/results/write.js';
import { COMPARISON_FILE, COMPARISON_REPORT_FILE, comparisonToJson } from '../sim/results/write-comparison.js';
import { checkedScenarios } from './compared-scenarios.js';
import { runComparison, writeComparisonFiles } from './comparison-run.js';
import { allOf } from './mistakes.js';
import { outputFolderProblems, prepareOutputFolder } from './output-folder.js';
import type { Session } from './terminal.js';
import { workersOf, workersProblems } from './workers.js';

export interface CompareCommandOptions {
  /** Each a name, or names with commas between them. */
  readonly models?: readonly string[];
  readonly baseline: string;
  readonly images: string;
  readonly set?: readonly string[];
  readonly freeOverheads?: boolean;
  readonly workers?: string;
  readonly out?: string;
  readonly charts: boolean;
  readonly json?: boolean;
}

const DEFAULT_MODEL = 'lenet5-mnist';

/** `ousim compare`: systems side by side on networks; prints the comparison and, with --out, writes it. */
export async function compareCommand(
  systems: readonly string[],
  options: CompareCommandOptions,
  session: Session,
): Promise<void> {
  const startedAt = new Date();
  const task = taskOf(systems, options);
  const [, scenarios] = allOf(
    () => checkOptions(systems, options),
    () => checkedScenarios(task),
  );
  if (options.out !== undefined) prepareOutputFolder(options.out, session, 1);

  const workers = workersOf(options.workers);
  const comparison = await runComparison(task, scenarios, workers, session);
  const written =
    options.out === undefined
      ? []
      : writeComparisonFiles(options.out, comparison, { charts: options.charts, startedAt, workers }, session);
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
  problems.push(...workersProblems(options.workers));
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
