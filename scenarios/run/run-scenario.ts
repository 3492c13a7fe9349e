import { quantiseImage } from '../../models/preprocess.js';
import { pruneWindow } from '../../models/window-pruning.js';
import { type CalibrationRecord, imagesDemanded, summaryOf } from '../../sim/results/calibration.js';
import { RESULT_SCHEMA_VERSION, type Result } from '../../sim/results/result.js';
import { buildChipProgram } from '../chip/build-chip-program.js';
import type { MatrixWorkload } from '../matrix-workload.js';
import type { NetworkWorkload } from '../network-workload.js';
import { ScenarioError } from '../problem.js';
import { compileNetwork, compileSynthetic } from '../quantise/compile-network.js';
import { quantiseNetwork } from '../quantise/quantise-network.js';
import type { Scenario } from '../scenario.js';
import { type RunResult, runMatrix } from './run-matrix.js';
import { runNetwork } from './run-network.js';
import type { RunOptions } from './run-options.js';

/** Simulates a resolved scenario. The result depends on the scenario and on `options.outputs` alone. */
export function runScenario(scenario: Scenario, options: RunOptions = {}): Result {
  const { workload } = scenario;
  const { cycles, ...rest } =
    workload.kind === 'matrix'
      ? runMatrixWorkload(scenario, workload, options)
      : runNetworkWorkload(scenario, workload, options);
  return {
    schemaVersion: RESULT_SCHEMA_VERSION,
    scenario: scenario.resolved,
    cycles,
    seconds: cycles / (scenario.machine.rootClock_GHz * 1e9),
    ...rest,
  };
}

/**
 * Places the network of a scenario on the chips and runs nothing. A scenario whose decisions are calibrated is not looked at:
 * its layers are known only when the scheme has decided about them.
 *
 * @throws ScenarioError where it finds no place
 */
export function checkPlace({ machine, mapping, execution, workload }: Scenario): void {
  if (workload.kind === 'matrix' || mapping.quantisation === 'calibrated') return;
  const task = { ...workload, machine, mapping };
  const isDrawn = workload.network.synthetic !== null;
  const planned = isDrawn ? null : quantiseNetwork(task).planned;
  const compiled = planned === null ? compileSynthetic(task) : compileNetwork(planned, task);
  const programs = new Map(Array.from(compiled, ([name, { program }]) => [name, program]));
  const { length } = workload.images.pixels;
  buildChipProgram(planned?.network ?? workload.network, programs, machine, execution, length);
}

function runMatrixWorkload(
  { machine }: Scenario,
  { program, denseOperations, inputs, windowPruning }: MatrixWorkload,
  options: RunOptions,
): RunResult {
  const windows = Array.from({ length: inputs.rows }, (_, window) => {
    const values = inputs.values.slice(window * inputs.columns, (window + 1) * inputs.columns);
    if (windowPruning !== null) pruneWindow(windowPruning, values);
    return values;
  });
  return runMatrix({ machine, program, denseOperations, windows }, options);
}

function runNetworkWorkload(
  { machine, mapping, execution }: Scenario,
  workload: NetworkWorkload,
  options: RunOptions,
): RunResult {
  const { images } = workload;
  const task = { ...workload, machine, mapping };
  const common = { machine, mapping, execution, firstImage: images.first, labels: images.labels };
  if (workload.network.synthetic !== null) {
    if (options.outputs) throw new ScenarioError([NO_OUTPUTS]);
    const { network } = workload;
    const compiled = compileSynthetic(task);
    return runNetwork({ ...common, network, compiled, images: [], imageCount: images.pixels.length }, options);
  }
  const { planned, record } = quantiseNetwork(task, options.progress);
  const { network } = planned;
  const compiled = compileNetwork(planned, task);
  const inputs = images.pixels.map((pixels) => quantiseImage(network, pixels));
  const result = runNetwork({ ...common, network, compiled, images: inputs, imageCount: inputs.length }, options);
  const warnings = [
    ...result.warnings,
    ...(images.drawn ? [DRAWN_PIXELS] : []),
    ...(record === null ? [] : budgetWarnings(record)),
  ];
  return { ...result, ...(record === null ? {} : { calibration: summaryOf(record) }), warnings };
}

const NO_OUTPUTS = {
  path: '--outputs',
  value: 'given with a network whose weights are synthetic',
  allowed: 'left out: no integers are computed of drawn numbers',
  hint: 'name a network with weights of its own (.json, .tflite, .onnx)',
};

const DRAWN_PIXELS =
  'no images were given: pixels are drawn at random, so outputs mean nothing and inputs have not the sparsity of real ones';

/** A scheme whose mildest decision misses the budget, and decisions made elsewhere, are run all the same. */
function budgetWarnings(record: CalibrationRecord): string[] {
  const { scheme, calibration, accuracyBudget_percent } = record;
  const demanded = imagesDemanded(record);
  if (calibration.scheme >= demanded) return [];
  return [
    `accuracy budget missed: ${scheme} has ${calibration.scheme} of ${calibration.images} calibration images right; ` +
      `${accuracyBudget_percent} points below the float network's ${calibration.float} would be ${demanded}`,
  ];
}
