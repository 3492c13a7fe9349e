import { checkPlace } from '../scenarios/run/run-scenario.js';
import { readScenario, type ScenarioOptions } from './read-scenario.js';

export interface ValidateCommandOptions extends Pick<ScenarioOptions, 'set'> {
  readonly json?: boolean;
}

/** `ousim validate`: says whether a scenario can be run, and writes nothing. */
export function validateCommand(file: string, options: ValidateCommandOptions): void {
  const scenario = readScenario(file, options);
  checkPlace(scenario);
  if (options.json) {
    process.stdout.write(`${JSON.stringify(scenario.resolved, null, 2)}\n`);
    return;
  }
  const { hash, assumptions } = scenario.resolved;
  process.stdout.write(
    `${file} is valid: scope ${scenario.scope}, ${assumptions.length} assumed values, hash ${hash.slice(0, 12)}\n`,
  );
}
