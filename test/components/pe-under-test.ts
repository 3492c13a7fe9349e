import type { MachineConfig } from '../../components/machine.js';
import { defaultMachine } from '../../components/machine.js';
import { type Granularity, runPe } from '../../components/pe.js';
import type { PeStatistics } from '../../components/pe-statistics.js';
import type { SkippedWork } from '../../components/skipped-work.js';
import type { PeTask } from '../../components/window-feed.js';
import { denseOperationsPerWindow } from '../../mapping/activity.js';
import { compileDense } from '../../mapping/dense.js';
import { ProgramExecutor } from '../../mapping/execute.js';
import type { OuProgram } from '../../mapping/ou-program.js';
import type { TraceSink } from '../../sim/trace/trace.js';
import type { NaiveScenario } from '../naive/scenario.js';

/** Path of the PE that `simulate` runs. */
export const PE_PATH = 'Chip.Tile[0].Pe[0]';

/** A naive scenario as the real machine takes it. */
export interface Subject {
  readonly machine: MachineConfig;
  readonly program: OuProgram;
  readonly inputs: readonly (readonly number[])[];
}

export function subjectOf(scenario: NaiveScenario): Subject {
  const { workload, mapping } = scenario;
  const machine = defaultMachine();
  for (const key of Object.keys(scenario.machine) as (keyof NaiveScenario['machine'])[]) {
    Object.assign(machine[key], scenario.machine[key]);
  }
  const dense = compileDense({
    rows: workload.weights.length,
    outputs: workload.weights[0]!.length,
    weights: Int32Array.from(workload.weights.flat()),
    weightBits: workload.weightBits,
    inputBits: workload.inputBits,
    bitsPerPlane: machine.input.bitsPerPlane,
    encoding: mapping.encoding,
    layout: mapping.layout,
    crossbar: machine.crossbar,
    ou: machine.ou,
  });
  return { machine, program: withIndices(dense, scenario.indices.bitsPerGroup), inputs: workload.inputs };
}

/** The program with so many index bits fetched for each column group, each stored once. */
export function withIndices(program: OuProgram, bitsPerGroup: number): OuProgram {
  const crossbars = program.crossbars.map(({ levels, groups }) => ({
    levels,
    groups: groups.map((group) => ({ ...group, indexBits: bitsPerGroup })),
  }));
  const groups = crossbars.reduce((count, crossbar) => count + crossbar.groups.length, 0);
  return { ...program, crossbars, indexBits: groups * bitsPerGroup };
}

/** OU operations of a window without a detector, all crossbars together. */
export function operationsPerWindow(program: OuProgram): number {
  return denseOperationsPerWindow(program, { first: 0, count: program.crossbars.length });
}

export interface RunOptions {
  readonly granularity: Granularity;
  readonly shuffleSeed?: number;
  readonly trace?: TraceSink;
  /** Takes what granularity `fast` did not simulate one by one. */
  readonly skipped?: SkippedWork;
}

/** All crossbars of the program and all windows, for one PE. */
export function taskOf({ program, inputs }: Subject): PeTask {
  return {
    program,
    crossbars: { first: 0, count: program.crossbars.length },
    windows: { count: inputs.length, gather: (index, into) => into.set(inputs[index]!) },
  };
}

export function simulate(subject: Subject, options: RunOptions): PeStatistics {
  return runPe(subject.machine, taskOf(subject), { ...options, path: PE_PATH });
}

export interface Function {
  readonly outputs: number[][];
  readonly saturatedCodes: number;
}

/** The integers that the crossbars give. */
export function evaluate({ machine, program, inputs }: Subject): Function {
  const executor = new ProgramExecutor(program, {
    adcBits: machine.adc.bits,
    formation: machine.detector.kind === 'form' ? 'driven' : 'fixed',
  });
  const outputs = inputs.map((window) => {
    const out = new Float64Array(program.outputs);
    executor.run(Int32Array.from(window), out);
    return Array.from(out);
  });
  return { outputs, saturatedCodes: executor.saturatedCodes };
}
