import { readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { isBundledModel } from '../models/bundled.js';
import { findPreset } from '../scenarios/presets.js';
import { nearestName, type Problem, ScenarioError, shown } from '../scenarios/problem.js';
import { parseScenario, resolveScenario, type Scenario, scenarioFromOptions } from '../scenarios/scenario.js';
import { allOf } from './mistakes.js';

/** How the command line names a scenario: a file, or a preset and a model instead. */
export interface ScenarioOptions {
  readonly preset?: string;
  readonly model?: string;
  readonly images?: string;
  readonly set?: readonly string[];
}

const SCENARIO_HELP = 'a scenario file (.yaml or .json), or --model with an optional --preset';

/** @throws Mistakes with everything that is wrong */
export function readScenario(file: string | undefined, options: ScenarioOptions): Scenario {
  const [, scenario] = allOf(
    () => checkChoice(file, options),
    () => (file === undefined ? scenarioOfOptions(options) : scenarioOfFile(file, options.set)),
  );
  // Without a scenario the choice was a mistake.
  return scenario!;
}

/** Where a scenario file says what the options say that stand instead of one. */
const PATH_OF = { preset: 'machine.preset', model: 'workload.model', images: 'workload.images.count' } as const;

/** @throws ScenarioError unless either a file or a model is named, and the options go with it */
function checkChoice(file: string | undefined, options: ScenarioOptions): void {
  const problems: Problem[] = [];
  if (file === undefined && options.model === undefined) {
    problems.push({ path: 'scenario', value: 'nothing', allowed: SCENARIO_HELP, hint: '--model lenet5-mnist' });
  }
  for (const name of ['preset', 'model', 'images'] as const) {
    const value = options[name];
    if (value === undefined) continue;
    const path = `--${name}`;
    if (file !== undefined) {
      const allowed = 'only without a scenario file, instead of which it stands';
      const lacksIt = name !== 'preset' && isOfMatrix(file);
      const hint = lacksIt
        ? `the workload of ${file} is a matrix, which has no ${name}`
        : `--set ${PATH_OF[name]}=${value}`;
      problems.push({ path, value: shown(value), allowed, hint });
    } else if (name === 'images' && countOf(value) === null) {
      problems.push({ path, value: shown(value), allowed: 'a whole number >= 1' });
    }
  }
  if (problems.length > 0) throw new ScenarioError(problems, 'command line');
}

/** The scenario that a model and a preset stand for; null without a model. */
function scenarioOfOptions({ preset, model, images, set }: ScenarioOptions): Scenario | null {
  if (model === undefined) return null;
  const count = images === undefined ? null : countOf(images);
  const raw = scenarioFromOptions({
    model,
    ...(preset === undefined ? {} : { preset }),
    ...(count === null ? {} : { images: { count } }),
  });
  return resolveScenario(raw, { baseDir: process.cwd(), overrides: set ?? [], name: 'scenario of the command line' });
}

function scenarioOfFile(file: string, set: readonly string[] = []): Scenario {
  const raw = parseScenario(readText(file), file);
  return resolveScenario(raw, { baseDir: dirname(resolve(file)), overrides: set, name: file });
}

/** Whether the workload of a scenario file is a matrix; false as well where the file cannot be read, which is told elsewhere. */
function isOfMatrix(file: string): boolean {
  try {
    const { workload } = parseScenario(readText(file), file);
    return (workload as { readonly kind?: unknown } | null | undefined)?.kind === 'matrix';
  } catch (error) {
    if (error instanceof ScenarioError) return false;
    throw error;
  }
}

function countOf(images: string): number | null {
  return /^\d+$/.test(images) && Number(images) >= 1 ? Number(images) : null;
}

function readText(file: string): string {
  const fault = (value: string, hint?: string): ScenarioError => {
    const problem = { path: 'scenario', value: `${shown(file)}: ${value}`, allowed: SCENARIO_HELP };
    return new ScenarioError([hint === undefined ? problem : { ...problem, hint }], 'command line');
  };
  try {
    const status = statSync(file, { throwIfNoEntry: false });
    if (status === undefined) throw fault('no such file', whatIsMeantBy(file));
    if (status.isDirectory()) throw fault('a folder', `a file in it${exampleOf(scenarioFilesIn(file))}`);
    return readFileSync(file, 'utf8');
  } catch (error) {
    if (error instanceof ScenarioError) throw error;
    throw fault(`cannot be read (${(error as NodeJS.ErrnoException).code})`);
  }
}

/** A preset or a model that was given as a file, or the scenario file with the nearest name. */
function whatIsMeantBy(file: string): string | undefined {
  if (findPreset(file) !== undefined) return `a preset is named with --preset ${file}, beside --model`;
  if (isBundledModel(file)) return `a model is named with --model ${file}`;
  const nearest = nearestName(file, scenarioFilesIn(dirname(file)));
  return nearest === undefined ? undefined : `did you mean \`${nearest}\`?`;
}

function exampleOf([first]: readonly string[]): string {
  return first === undefined ? '' : `, for instance ${first}`;
}

/** Files in a folder that may be scenarios, by their names. */
function scenarioFilesIn(folder: string): string[] {
  if (!statSync(folder, { throwIfNoEntry: false })?.isDirectory()) return [];
  return readdirSync(folder)
    .filter((name) => /\.ya?ml$/.test(name))
    .sort()
    .map((name) => join(folder, name));
}
