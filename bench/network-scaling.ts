import { interleaved, medianOf } from './network-rounds.js';
import { resizedRun } from './network-run.js';
import { type ScalingTable, scalingTable } from './scaling.js';

const PRESET = 'isaac-ou';
const INPUTS = [32, 64, 112, 160, 224];
const QUICK_INPUTS = [8, 16, 24, 32];
const DETECTORS = ['group', 'none'];

/** resnet18 at several input sizes, with a detector and without: where nothing is skipped, equal work is done once. */
export function networkScaling(rounds: number, quick: boolean, progress: (text: string) => void): ScalingTable[] {
  const inputs = quick ? QUICK_INPUTS : INPUTS;
  return DETECTORS.map((detector) => {
    const set = ['--set', `machine.detector.kind=${detector}`];
    const things = inputs.map((input) => ({
      name: `resnet18 at ${input}x${input}, detector ${detector}`,
      run: () => resizedRun(['--model', 'resnet18', '--preset', PRESET, '--input', String(input), ...set]),
    }));
    const rows = interleaved(rounds, things, progress).map((runs, i) => ({
      size: `${inputs[i]}x${inputs[i]}`,
      operations: runs[0]!.operations,
      seconds: medianOf(runs, ({ cpu_s }) => cpu_s),
    }));
    return scalingTable(
      `time against work: resnet18 on ${PRESET}, detector ${detector}`,
      'CPU seconds of the process',
      rows,
    );
  });
}
