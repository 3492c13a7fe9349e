import { readFileSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { type Problem, ScenarioError, shown } from '../scenarios/problem.js';
import { parseScenario, resolveScenario, type Scenario, scenarioFromOptions } from '../scenarios/scenario.js';

/** How the command line names a scenario: a file, or a preset and a model in its stead. */
export interface ScenarioOptions {
  readonly preset?: string;
  readonly model?: string;
  readonly images?: string;
  readonly set: readonly string[];
}

const SCENARIO_HELP = 'a scenario file (.yaml or .json), or --model with an optional --preset';

/** @throws ScenarioError with everything that is wrong */
export function readScenario(file: string | undefined, options: ScenarioOptions): Scenario {
  const problems: Problem[] = [];
  const standIns = (['preset', 'model', 'images'] as const).filter((name) => options[name] !== undefined);
  if (file !== undefined && standIns.length > 0) {
    problems.push({
      path: standIns.map((name) => `--${name}`).join(', '),
      value: 'given beside a scenario file',
      allowed: 'only without a scenario file, in whose stead they stand',
      hint: 'override single values of the file with --set, for instance --set machine.preset=isaac',
    });
  }
  if (file === undefined && options.model === undefined) {
    problems.push({
      path: 'scenario',
      value: 'nothing',
      allowed: SCENARIO_HELP,
      hint: 'ousim run --model lenet5-mnist',
    });
  }
  const count = options.images === undefined ? undefined : Number(options.images);
  if (count !== undefined && !(Number.isInteger(count) && count >= 1)) {
    problems.push({ path: '--images', value: shown(options.images), allowed: 'a whole number >= 1' });
  }
  if (problems.length > 0) throw new ScenarioError(problems, 'command line');

  if (file === undefined) {
    const { preset, model } = options;
    const raw = scenarioFromOptions({
      model: model!,
      ...(preset === undefined ? {} : { preset }),
      ...(count === undefined ? {} : { images: { count } }),
    });
    return resolveScenario(raw, { baseDir: process.cwd(), overrides: options.set, name: 'command line' });
  }
  const raw = parseScenario(readText(file), file);
  return resolveScenario(raw, { baseDir: dirname(resolve(file)), overrides: options.set, name: file });
}

function readText(file: string): string {
  const fault = (value: string): ScenarioError =>
    new ScenarioError([{ path: shown(file), value, allowed: SCENARIO_HELP }], 'command line');
  const status = statSync(file, { throwIfNoEntry: false });
  if (status === undefined) throw fault('no such file');
  if (status.isDirectory()) throw fault('a folder');
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw fault(`a file that cannot be read (${(error as NodeJS.ErrnoException).code})`);
  }
}
