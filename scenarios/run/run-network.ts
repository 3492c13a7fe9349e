import { runChip } from '../../components/chip-simulation.js';
import type { MachineConfig } from '../../components/machine.js';
import { addSkipped } from '../../components/skipped-work.js';
import type { IdealRun } from '../../sim/results/chip-result.js';
import { buildChipProgram, type ChipPlan } from '../chip/build-chip-program.js';
import { type ChipPass, collectChip } from '../chip/collect-chip.js';
import { idealMachine } from '../chip/ideal.js';
import { WindowCache } from '../chip/window-cache.js';
import { executionOf, type NetworkExecution } from './network-execution.js';
import type { NetworkRun } from './network-run.js';
import type { RunResult } from './run-matrix.js';
import type { RunOptions } from './run-options.js';

/** Scope `chip`: a network on the tiles of a chip, or of several, with inter-layer pipelining (docs/timing-model.md). */
export function runNetwork(run: NetworkRun, options: RunOptions): RunResult {
  const { machine, mapping, execution, network, compiled, imageCount } = run;
  const executed = executionOf(run, options);
  const ideals = options.ideal ?? [];
  const passes = simulate(planOf(run, machine), machine, run, executed, options, ideals.length > 0, null);
  const collected = collectChip({
    machine,
    mapping,
    execution,
    passes,
    layers: Array.from(compiled, ([name, { layer, denseOperations }]) => ({
      layer,
      denseOperations,
      saturatedCodes: executed.saturatedCodesOf(name),
    })),
    images: Array.from({ length: imageCount }, (_, i) => imageOf(run, executed, i)),
    synthetic: network.synthetic !== null,
  });
  const ideal = ideals.map((resource) => idealRun(resource, run, executed, options, collected.cycles));
  return {
    ...collected,
    ...(ideal.length === 0 ? {} : { ideal }),
    ...(options.outputs && network.synthetic === null
      ? { outputs: Array.from({ length: imageCount }, (_, i) => [...executed.outputOf(i)!]) }
      : {}),
  };
}

function planOf({ network, compiled, execution, imageCount }: NetworkRun, machine: MachineConfig): ChipPlan {
  const programs = new Map(Array.from(compiled, ([name, { program }]) => [name, program]));
  return buildChipProgram(network, programs, machine, execution, imageCount);
}

function imageOf({ firstImage, labels }: NetworkRun, executed: NetworkExecution, i: number) {
  const label = labels?.[i];
  const values = executed.outputOf(i);
  return {
    index: firstImage + i,
    ...(values === undefined ? {} : { prediction: values.indexOf(Math.max(...values)) }),
    ...(label === undefined ? {} : { label }),
  };
}

const NOTHING_PROGRAMMED = { programmingCycles: 0, cellWrites: 0 };

/** Writing the weights of a pass: all PEs at once, the crossbars of a PE one after the other, all cells of each. */
function programming(crossbars: number, { pe, crossbar }: MachineConfig) {
  return {
    programmingCycles: pe.crossbars * crossbar.programCycles,
    cellWrites: crossbars * crossbar.wordlines * crossbar.bitlines,
  };
}

/** The passes of a plan, one after the other. Inputs are kept where they are to be read again, by a later pass or run. */
function simulate(
  plan: ChipPlan,
  machine: MachineConfig,
  { execution, compiled }: NetworkRun,
  { inputs }: NetworkExecution,
  { progress, ...options }: RunOptions,
  readAgain: boolean,
  ideal: string | null,
): ChipPass[] {
  let cycles = 0;
  return plan.passes.map(({ program, crossbars }, index) => {
    const { programmingCycles, cellWrites } = index === 0 ? NOTHING_PROGRAMMED : programming(crossbars, machine);
    const start = cycles + programmingCycles;
    if (options.trace) options.trace.offset = start;
    const passOfRun = { ideal, pass: index + 1, passes: plan.passes.length, passStart_cycle: start };
    const sources = new Map(
      program.stages.flatMap((stage) =>
        stage.kind === 'matrix'
          ? [[stage.index, new WindowCache(compiled.get(stage.name)!.layer, (i) => inputs.of(stage.name, i))] as const]
          : [],
      ),
    );
    const statistics = runChip(machine, program, sources, {
      granularity: options.granularity ?? 'fast',
      pipeline: execution.pipeline,
      shuffleSeed: options.shuffleSeed,
      trace: options.trace ?? null,
      imageDone: (image) => {
        if (!readAgain && index === plan.passes.length - 1) inputs.dropBefore(image);
      },
      ...(progress === undefined
        ? {}
        : {
            progress: (done, total, stage, look) => progress(done, total, stage, () => ({ ...passOfRun, ...look() })),
          }),
    });
    cycles = start + statistics.cycles;
    if (options.skipped !== undefined) addSkipped(options.skipped, statistics.skipped);
    return { program, statistics, programmingCycles, cellWrites };
  });
}

/** The same run once more, with one resource ideal. The integers stay as they are. */
function idealRun(
  resource: string,
  run: NetworkRun,
  executed: NetworkExecution,
  { trace: _, skipped: __, ...options }: RunOptions,
  realCycles: number,
): IdealRun {
  const machine = idealMachine(run.machine, resource);
  const passes = simulate(planOf(run, machine), machine, run, executed, options, true, resource);
  const cycles = passes.reduce(
    (sum, { programmingCycles, statistics }) => sum + programmingCycles + statistics.cycles,
    0,
  );
  return { resource, cycles, speedup: realCycles / cycles, latency_cycles: latencyOf(passes) };
}

/** Of the first image, from the source's first pixel to the last output, over all passes. */
function latencyOf(passes: readonly ChipPass[]): number {
  const before = passes
    .slice(0, -1)
    .reduce((sum, { programmingCycles, statistics }) => sum + programmingCycles + statistics.cycles, 0);
  const last = passes.at(-1)!;
  return before + last.programmingCycles + last.statistics.imageEnd[0]! - passes[0]!.statistics.imageStart[0]!;
}
