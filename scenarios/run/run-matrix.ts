import type { MachineConfig } from '../../components/machine.js';
import { runPe } from '../../components/pe.js';
import { ProgramExecutor } from '../../mapping/execute.js';
import type { OuProgram } from '../../mapping/ou-program.js';
import type { Result } from '../../sim/results/result.js';
import { instancesOf, machineArea } from '../pricing.js';
import { formationOf } from './formation.js';
import { shareOfOnePe } from './pe-share.js';
import { addResources } from './resources.js';
import type { RunOptions } from './run-options.js';
import { Tally } from './tally.js';
import { lastReadOf, timeBreakdown } from './time-breakdown.js';

/** What a run adds to a result, apart from the scenario. */
export type RunResult = Omit<Result, 'schemaVersion' | 'scenario' | 'seconds'>;

export interface MatrixRun {
  readonly machine: MachineConfig;
  /** Fits into one PE. */
  readonly program: OuProgram;
  /** OU operations of a window in the dense mapping (`Work.dense`). */
  readonly denseOperations: number;
  /** Windows of K unsigned inputs. */
  readonly windows: readonly Int32Array[];
}

const ONE_PASS = { ideal: null, pass: 1, passes: 1, passStart_cycle: 0 };

/** Scope `pe`: all windows of one matrix through one PE. */
export function runMatrix({ machine, program, denseOperations, windows }: MatrixRun, options: RunOptions): RunResult {
  const share = shareOfOnePe(program);
  const { progress } = options;
  const task = {
    program,
    crossbars: share.crossbars,
    windows: {
      count: windows.length,
      gather: (index: number, into: Int32Array) => into.set(windows[index]!),
    },
  };
  const statistics = runPe(machine, task, {
    granularity: options.granularity ?? 'fast',
    path: share.path,
    shuffleSeed: options.shuffleSeed,
    trace: options.trace ?? null,
    skipped: options.skipped ?? null,
    ...(progress === undefined
      ? {}
      : {
          progress: (released, look) => {
            const next = `window ${Math.min(released + 1, windows.length)} of ${windows.length}`;
            progress(released, windows.length, next, () => ({ ...ONE_PASS, ...look() }));
          },
        }),
  });

  const executor = new ProgramExecutor(program, { adcBits: machine.adc.bits, formation: formationOf(machine) });
  const outputs = windows.map((window) => {
    const out = new Float64Array(program.outputs);
    executor.run(window, out);
    return Array.from(out);
  });

  const tally = new Tally();
  tally.addPe(statistics, share);
  tally.counts.saturatedCodes = executor.saturatedCodes;
  tally.work.dense = windows.length * denseOperations;
  const working = [{ path: share.path, statistics, crossbars: share.crossbars.count, pools: statistics.pools.length }];
  const footprint = {
    pes: 1,
    crossbars: program.crossbars.length,
    cellsUsed: program.cellsUsed,
    cells: program.crossbars.length * program.wordlines * program.bitlines,
    indexBits: program.indexBits,
  };
  const resources: Result['resources'] = {};
  addResources(resources, share.path, machine, statistics, statistics.cycles);
  return {
    cycles: statistics.cycles,
    windows: windows.length,
    ...(options.outputs ? { outputs } : {}),
    counts: tally.counts,
    work: tally.work,
    time: timeBreakdown(working, lastReadOf(statistics), statistics.cycles),
    resources,
    energy: tally.energy(machine),
    area: machineArea(machine, instancesOf(machine, footprint)),
    footprint,
    warnings: saturationWarnings(executor.saturatedCodes),
  };
}

/** Saturated codes change the integers, so a result says so. */
export function saturationWarnings(saturatedCodes: number): string[] {
  if (saturatedCodes === 0) return [];
  const codes = saturatedCodes === 1 ? '1 ADC code' : `${saturatedCodes} ADC codes`;
  return [`${codes} saturated: outputs may differ from the exact integer product; raise machine.adc.bits`];
}
