import { poolCount } from '../../components/adc-pool.js';
import type { EqualWork } from '../../components/equal-work.js';
import type { MachineConfig } from '../../components/machine.js';
import { PeStatistics } from '../../components/pe-statistics.js';
import { ProgramExecutor } from '../../mapping/execute.js';
import type { OuProgram } from '../../mapping/ou-program.js';
import type { MatrixLayer } from '../../models/matrix-layer.js';
import type { Tensor } from '../../models/tensor.js';
import type { Footprint, LayerResult } from '../../sim/results/result.js';
import { formationOf } from './formation.js';
import { type PeShare, sharesOf } from './pe-share.js';
import { adcClass, busiestOf, crossbarClass, share } from './resources.js';
import type { RunOptions } from './run-options.js';
import { Tally } from './tally.js';
import { lastReadOf, timeBreakdown } from './time-breakdown.js';

/** One matrix layer of a network on PEs of its own; its runs (one an image) are added up. */
export class LayerRun {
  readonly shares: readonly PeShare[];
  readonly statistics: readonly PeStatistics[];
  readonly tally = new Tally();
  /** Cycles from start to barrier, summed over images. */
  cycles = 0;
  /** From the start to the end of the last read of any of the layer's crossbars, summed over images. */
  private lastRead = 0;
  private readonly executor: ProgramExecutor;

  /**
   * @param program the layer's weights, mapped
   * @param denseOperations OU operations of a window in the dense mapping (`Work.dense`)
   * @param firstPe number of the layer's first PE; its PEs are consecutive
   */
  constructor(
    readonly layer: MatrixLayer,
    private readonly program: OuProgram,
    private readonly denseOperations: number,
    private readonly machine: MachineConfig,
    private readonly work: EqualWork,
    firstPe: number,
  ) {
    this.shares = sharesOf(program, machine, firstPe);
    const pools = poolCount(machine);
    this.statistics = this.shares.map(() => new PeStatistics(machine.pe.crossbars, pools, machine.adc.perPool));
    this.executor = new ProgramExecutor(program, { adcBits: machine.adc.bits, formation: formationOf(machine) });
  }

  get footprint(): Footprint {
    const { program, shares } = this;
    return {
      pes: shares.length,
      crossbars: program.crossbars.length,
      cellsUsed: program.cellsUsed,
      cells: program.crossbars.length * program.wordlines * program.bitlines,
      indexBits: program.indexBits,
    };
  }

  /**
   * Sends all windows of an input through the layer's PEs, which work side by side and wait for each other at the end.
   *
   * @returns accumulators, shape [windows][outputs], as the crossbars give them
   */
  run(input: Tensor, options: RunOptions, peDone: (pe: number) => void): Float64Array {
    const { layer, program } = this;
    const windows = {
      count: layer.windows,
      gather: (index: number, into: Int32Array) => layer.gatherWindow(input, index, into),
    };
    let cycles = 0;
    let lastRead = 0;
    this.shares.forEach((peShare, pe) => {
      const statistics = this.work.run(
        { program, crossbars: peShare.crossbars, windows },
        {
          granularity: options.granularity ?? 'fast',
          path: peShare.path,
          shuffleSeed: options.shuffleSeed,
          trace: options.trace ?? null,
        },
      );
      cycles = Math.max(cycles, statistics.cycles);
      lastRead = Math.max(lastRead, lastReadOf(statistics));
      this.statistics[pe]!.add(statistics);
      this.tally.addPe(statistics, peShare);
      peDone(pe);
    });
    this.cycles += cycles;
    this.lastRead += lastRead;
    this.tally.work.dense += layer.windows * this.denseOperations;
    return this.evaluate(windows);
  }

  result(): LayerResult {
    const { layer, machine, cycles, tally } = this;
    const pes = this.shares.map(({ path, crossbars }, pe) => ({
      path,
      statistics: this.statistics[pe]!,
      crossbars: crossbars.count,
      pools: Math.ceil(crossbars.count / machine.adc.sharedBy),
    }));
    const { adcs, waits, pools } = adcClass(pes, cycles);
    const footprint = this.footprint;
    return {
      name: layer.name,
      op: layer.op,
      windows: layer.windows,
      rows: layer.rows,
      outputs: layer.outputs,
      footprint,
      spareCrossbars: footprint.pes * machine.pe.crossbars - footprint.crossbars,
      cycles,
      counts: tally.counts,
      work: tally.work,
      time: timeBreakdown(pes, this.lastRead, cycles),
      crossbars: crossbarClass(pes, machine, cycles),
      adcs,
      busiest: busiestOf(pes, machine, cycles),
      adcUtilisation: share(adcs.cycles['convert']!, adcs.instances * cycles),
      wait: waits.statistics(),
      'queue.mean': share(waits.sum, pools * cycles),
      energy: tally.energy(machine),
    };
  }

  private evaluate(windows: { count: number; gather(index: number, into: Int32Array): void }): Float64Array {
    const { layer, executor, program } = this;
    const accumulators = new Float64Array(windows.count * program.outputs);
    const window = new Int32Array(program.inputs);
    const saturatedBefore = executor.saturatedCodes;
    for (let w = 0; w < windows.count; w++) {
      windows.gather(w, window);
      const out = accumulators.subarray(w * program.outputs, (w + 1) * program.outputs);
      executor.run(window, out);
      layer.correct(window, out);
    }
    this.tally.counts.saturatedCodes += executor.saturatedCodes - saturatedBefore;
    return accumulators;
  }
}
