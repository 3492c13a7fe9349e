import { poolCount } from '../../components/adc-pool.js';
import type { EqualWork } from '../../components/equal-work.js';
import type { MachineConfig } from '../../components/machine.js';
import { PeStatistics } from '../../components/pe-statistics.js';
import type { Encoding } from '../../mapping/encoding.js';
import { ProgramExecutor } from '../../mapping/execute.js';
import type { OuProgram } from '../../mapping/ou-program.js';
import type { Layout } from '../../mapping/placement.js';
import { mappingScheme } from '../../mapping/schemes.js';
import type { MatrixLayer } from '../../models/matrix-layer.js';
import type { Tensor } from '../../models/tensor.js';
import type { Footprint, LayerResult } from '../../sim/results/result.js';
import { formationOf } from './formation.js';
import { type PeShare, sharesOf } from './pe-share.js';
import { adcClass, busiestOf, crossbarClass, share } from './resources.js';
import type { RunOptions } from './run-options.js';
import { Tally } from './tally.js';

export interface MappingChoice {
  readonly scheme: string;
  readonly encoding: Encoding;
  readonly layout: Layout;
}

/** One matrix layer of a network on PEs of its own; its runs (one an image) are added up. */
export class LayerRun {
  readonly shares: readonly PeShare[];
  readonly statistics: readonly PeStatistics[];
  readonly tally = new Tally();
  /** Cycles from start to barrier, summed over images. */
  cycles = 0;
  private readonly program: OuProgram;
  private readonly executor: ProgramExecutor;

  /** @param firstPe number of the layer's first PE; its PEs are consecutive. */
  constructor(
    readonly layer: MatrixLayer,
    private readonly machine: MachineConfig,
    private readonly work: EqualWork,
    mapping: MappingChoice,
    firstPe: number,
  ) {
    this.program = mappingScheme(mapping.scheme).compile({
      rows: layer.rows,
      outputs: layer.outputs,
      weights: layer.weights,
      weightBits: layer.weightBits,
      inputBits: layer.inputBits,
      bitsPerPlane: machine.input.bitsPerPlane,
      encoding: mapping.encoding,
      layout: mapping.layout,
      crossbar: machine.crossbar,
      ou: machine.ou,
    });
    this.shares = sharesOf(this.program, machine, firstPe);
    const pools = poolCount(machine);
    this.statistics = this.shares.map(() => new PeStatistics(machine.pe.crossbars, pools, machine.adc.perPool));
    this.executor = new ProgramExecutor(this.program, { adcBits: machine.adc.bits, formation: formationOf(machine) });
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
      this.statistics[pe]!.add(statistics);
      this.tally.addPe(statistics, peShare);
      peDone(pe);
    });
    this.cycles += cycles;
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
      crossbars: crossbarClass(pes, cycles),
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
      for (let m = 0; m < out.length; m++) out[m]! += layer.correction[m]!;
    }
    this.tally.counts.saturatedCodes += executor.saturatedCodes - saturatedBefore;
    return accumulators;
  }
}
