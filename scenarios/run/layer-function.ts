import type { MachineConfig } from '../../components/machine.js';
import { ProgramExecutor } from '../../mapping/execute.js';
import type { OuProgram } from '../../mapping/ou-program.js';
import type { MatrixLayer } from '../../models/matrix-layer.js';
import type { Tensor } from '../../models/tensor.js';
import { formationOf } from './formation.js';

/** The integers of one matrix layer as its crossbars give them, whatever time they take. */
export class LayerFunction {
  /** Codes that an ADC could not represent, over all runs. */
  get saturatedCodes(): number {
    return this.executor.saturatedCodes;
  }

  private readonly executor: ProgramExecutor;

  constructor(
    private readonly layer: MatrixLayer,
    private readonly program: OuProgram,
    machine: MachineConfig,
  ) {
    this.executor = new ProgramExecutor(program, { adcBits: machine.adc.bits, formation: formationOf(machine) });
  }

  /** @returns accumulators, shape [windows][outputs], corrected */
  run(input: Tensor): Float64Array {
    const { layer, executor, program } = this;
    const accumulators = new Float64Array(layer.windows * program.outputs);
    const window = new Int32Array(program.inputs);
    for (let w = 0; w < layer.windows; w++) {
      layer.gatherWindow(input, w, window);
      const out = accumulators.subarray(w * program.outputs, (w + 1) * program.outputs);
      executor.run(window, out);
      layer.correct(window, out);
    }
    return accumulators;
  }
}
