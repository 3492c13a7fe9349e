import { type ComparisonTask, comparedScenarios } from '../scenarios/compare/compare-systems.js';
import { PRESETS } from '../scenarios/presets.js';
import { type Problem, ScenarioError } from '../scenarios/problem.js';
import type { Scenario } from '../scenarios/scenario.js';
import { Mistakes } from './mistakes.js';

/** A problem, and the scenarios that have it. */
interface SharedProblem {
  readonly problem: Problem;
  readonly systems: Set<string>;
  readonly models: Set<string>;
}

/**
 * The scenarios of a comparison, by network and system.
 *
 * @throws Mistakes with everything that is wrong with any of them; what is wrong with several is said once
 */
export function checkedScenarios(task: ComparisonTask): Map<string, Map<string, Scenario>> {
  const scenarios = new Map<string, Map<string, Scenario>>();
  if (task.systems.length === 0) checkModels(task);
  const shared = new Map<string, SharedProblem>();
  for (const model of task.models) {
    const ofModel = new Map<string, Scenario>();
    for (const preset of task.systems) {
      try {
        const checked = comparedScenarios({ ...task, systems: [preset], models: [model] });
        ofModel.set(preset.name, checked.get(model)!.get(preset.name)!);
      } catch (error) {
        if (!(error instanceof ScenarioError)) throw error;
        for (const problem of error.problems) note(shared, problem, preset.name, model);
      }
    }
    scenarios.set(model, ofModel);
  }
  if (shared.size > 0) throw new Mistakes(errorsOf(task, [...shared.values()]));
  return scenarios;
}

/**
 * Where no system is known, no scenario tells whether the networks are; then those of any preset do.
 *
 * @throws ScenarioError with everything that is wrong with the networks themselves
 */
function checkModels(task: ComparisonTask): void {
  const problems = task.models.flatMap((model) => {
    try {
      comparedScenarios({ ...task, systems: PRESETS.slice(0, 1), models: [model], overrides: [] });
      return [];
    } catch (error) {
      if (!(error instanceof ScenarioError)) throw error;
      return error.problems.filter(({ path }) => path.startsWith('workload.model'));
    }
  });
  if (problems.length > 0) throw new ScenarioError(problems, 'every system');
}

function note(shared: Map<string, SharedProblem>, problem: Problem, system: string, model: string): void {
  const key = JSON.stringify(problem);
  const known = shared.get(key) ?? { problem, systems: new Set(), models: new Set() };
  known.systems.add(system);
  known.models.add(model);
  shared.set(key, known);
}

/** Errors whose subjects say which scenarios have the problem; `Mistakes` puts those of one subject together. */
function errorsOf(task: ComparisonTask, shared: readonly SharedProblem[]): ScenarioError[] {
  return shared.map(({ problem, systems, models }) => {
    const everySystem = systems.size === task.systems.length && systems.size > 1;
    const who = everySystem ? 'every system' : [...systems].join(', ');
    return new ScenarioError([problem], `${who} on ${[...models].join(', ')}`);
  });
}
