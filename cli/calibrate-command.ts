import { basename, dirname, extname } from 'node:path';
import { type Problem, ScenarioError, shown } from '../scenarios/problem.js';
import { recordOf } from '../scenarios/quantise/quantise-network.js';
import type { CalibrationRecord, Measured } from '../sim/results/calibration.js';
import { createFolder } from '../sim/results/create-folder.js';
import { valueToJson, writeFileAtomically } from '../sim/results/write.js';
import { allOf } from './mistakes.js';
import { outputFolderProblems, prepareOutputFolder } from './output-folder.js';
import { Progress } from './progress.js';
import { readScenario, type ScenarioOptions } from './read-scenario.js';
import type { Session } from './terminal.js';

export interface CalibrateCommandOptions extends Pick<ScenarioOptions, 'preset' | 'model' | 'set'> {
  readonly out?: string;
}

/** `ousim calibrate`: decides about a network under the accuracy budget, and keeps the decisions in a file. */
export function calibrateCommand(options: CalibrateCommandOptions, session: Session): void {
  const set = ['mapping.quantisation=calibrated', ...(options.set ?? [])];
  const [, scenario] = allOf(
    () => checkOut(options.out),
    () => readScenario(undefined, { ...options, set }),
  );
  const { machine, mapping, workload } = scenario;
  if (workload.kind !== 'network') throw new Error('calibrate: a model always gives a network');
  const progress = new Progress(session.stderrIsTerminal, 'calibrating');
  let record: CalibrationRecord;
  try {
    record = recordOf({ ...workload, machine, mapping }, progress.update);
  } finally {
    progress.end();
  }
  const json = valueToJson(record, 'decisions');
  if (options.out === undefined) {
    process.stdout.write(json);
    return;
  }
  createFolder(dirname(options.out));
  prepareOutputFolder(dirname(options.out), session, 0);
  writeFileAtomically(options.out, json);
  process.stdout.write(`${summary(record)}\nwritten: ${options.out}\n`);
}

function checkOut(out: string | undefined): void {
  if (out === undefined) return;
  const named: Problem = { path: '--out', value: shown(out), allowed: 'the name of a .json file' };
  const problems = extname(out) === '.json' ? outputFolderProblems(dirname(out), [basename(out)]) : [named];
  if (problems.length > 0) throw new ScenarioError(problems, 'command line');
}

function summary({ scheme, model, dataSet, calibration, test, decision }: CalibrationRecord): string {
  const percent = (correct: number, { images }: Measured) => `${((100 * correct) / images).toFixed(1)} %`;
  const line = (name: string, measured: Measured) =>
    `  ${name}, ${measured.images} images: float ${percent(measured.float, measured)}, its integers ` +
    `${percent(measured.network, measured)}, ${scheme} ${percent(measured.scheme, measured)}`;
  return [
    `${scheme} on ${model}, ${decision.activationBits}-bit activations; top-1 on ${dataSet}:`,
    line('calibration', calibration),
    line('test', test),
  ].join('\n');
}
