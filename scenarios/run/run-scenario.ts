import { RESULT_SCHEMA_VERSION, type Result } from '../../sim/results/result.js';
import type { Scenario } from '../scenario.js';
import { type RunResult, runMatrix } from './run-matrix.js';
import { runNetwork } from './run-network.js';
import type { RunOptions } from './run-options.js';

/** Simulates a resolved scenario. The result depends on the scenario and on `options.outputs` alone. */
export function runScenario(scenario: Scenario, options: RunOptions = {}): Result {
  const { cycles, ...rest } = runWorkload(scenario, options);
  return {
    schemaVersion: RESULT_SCHEMA_VERSION,
    scenario: scenario.resolved,
    cycles,
    seconds: cycles / (scenario.machine.rootClock_GHz * 1e9),
    ...rest,
  };
}

function runWorkload({ machine, mapping, workload }: Scenario, options: RunOptions): RunResult {
  if (workload.kind === 'matrix') {
    const { program, inputs } = workload;
    const windows = Array.from({ length: inputs.rows }, (_, window) =>
      inputs.values.subarray(window * inputs.columns, (window + 1) * inputs.columns),
    );
    return runMatrix({ machine, program, windows }, options);
  }
  const { network, images } = workload;
  return runNetwork(
    { machine, mapping, network, images: images.inputs, firstImage: images.first, labels: images.labels },
    options,
  );
}
