import {
  type ComparisonTask,
  comparedScenarios,
  type Measured,
  measureSystem,
} from '../scenarios/compare/compare-systems.js';
import { findPreset } from '../scenarios/presets.js';
import type { RunOptions } from '../scenarios/run/run-options.js';
import type { Scenario } from '../scenarios/scenario.js';
import { findStudy } from '../scenarios/studies.js';
import type { StudyMeasurement, StudyPoint, StudyTask } from '../scenarios/study.js';

/** One of the runs of a command, which do not depend on each other. */
export interface Job<T> {
  /** What it runs: `sre on lenet5-mnist`. */
  readonly title: string;
  /** @returns plain data, so that another thread can hand it over */
  run(options: RunOptions): T;
}

/** The work of a command as it is told to another thread, which makes the same jobs of it, in the same order. */
export type Work =
  | { readonly kind: 'comparison'; readonly task: Omit<ComparisonTask, 'systems'>; readonly systems: readonly string[] }
  | { readonly kind: 'study'; readonly study: string; readonly task: StudyTask };

/** What another thread does of a command's work. */
export function jobsOf(work: Work): Job<unknown>[] {
  switch (work.kind) {
    case 'comparison': {
      const task = { ...work.task, systems: work.systems.map((name) => findPreset(name)!) };
      return comparisonJobs(task, (system, model) => scenarioOf(task, system, model));
    }
    case 'study': {
      const study = findStudy(work.study)!;
      return studyJobs(study.measure, study.points(work.task));
    }
  }
}

/** A job for each network and system, in the order of `comparisonOf`. */
export function comparisonJobs(
  { models, systems }: ComparisonTask,
  scenarioOf: (system: string, model: string) => Scenario,
): Job<Measured>[] {
  return models.flatMap((model) =>
    systems.map(({ name }) => ({
      title: `${name} on ${model}`,
      run: (options) => measureSystem(name, scenarioOf(name, model), options),
    })),
  );
}

/** A job for each point, in their order. */
export function studyJobs(
  measure: (scenario: Scenario, options: RunOptions) => StudyMeasurement,
  points: readonly StudyPoint[],
): Job<StudyMeasurement>[] {
  return points.map(({ name, scenario }) => ({ title: name, run: (options) => measure(scenario, options) }));
}

function scenarioOf(task: ComparisonTask, system: string, model: string): Scenario {
  const one = { ...task, systems: task.systems.filter(({ name }) => name === system), models: [model] };
  return comparedScenarios(one).get(model)!.get(system)!;
}
