import type { MachineConfig } from '../../components/machine.js';
import { isExactProduct } from '../../mapping/exact-product.js';
import { ProgramExecutor } from '../../mapping/execute.js';
import type { OuProgram } from '../../mapping/ou-program.js';
import { fastProduct } from '../../models/fast-product.js';
import type { MatrixLayer } from '../../models/matrix-layer.js';
import type { Tensor } from '../../models/tensor.js';
import { formationOf } from './formation.js';

/**
 * The integers of one matrix layer as its crossbars give them, whatever time they take.
 *
 * Where the program's cells are read back as the layer's weights and none of its codes can saturate, these are the integers of
 * the layer's product, which is computed at once; otherwise the cells are executed, window by window.
 */
export class LayerFunction {
  /** Codes that an ADC could not represent, over all runs. */
  get saturatedCodes(): number {
    return this.executor?.saturatedCodes ?? 0;
  }

  /** Null where the product is exact. */
  private readonly executor: ProgramExecutor | null;

  constructor(
    private readonly layer: MatrixLayer,
    private readonly program: OuProgram,
    machine: MachineConfig,
  ) {
    const options = { adcBits: machine.adc.bits, formation: formationOf(machine) };
    const isExact = layer.inputBits <= program.inputBits && isExactProduct(program, layer.weights, options);
    this.executor = isExact ? null : new ProgramExecutor(program, options);
  }

  /** @returns accumulators, shape [windows][outputs], corrected */
  run(input: Tensor): Float64Array {
    const { layer, executor, program } = this;
    if (executor === null) return fastProduct(layer, input);
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
