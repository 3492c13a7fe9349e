import type { StageSource } from '../../components/chip-simulation.js';
import type { MatrixLayer } from '../../models/matrix-layer.js';
import type { Tensor } from '../../models/tensor.js';

/** Windows that are kept: PEs of a layer work on the same windows at about the same time. */
const KEPT = 32;

/** The windows of a layer's inputs, gathered once for all PEs that ask for them one after the other. */
export class WindowCache implements StageSource {
  private readonly numbers = new Float64Array(KEPT).fill(-1);
  private readonly windows: Int32Array;

  /** @param inputOf the layer's input for an image */
  constructor(
    private readonly layer: MatrixLayer,
    private readonly inputOf: (image: number) => Tensor,
  ) {
    this.windows = new Int32Array(KEPT * layer.rows);
  }

  gather(image: number, window: number, into: Int32Array): void {
    const { layer, numbers } = this;
    const number = image * layer.windows + window;
    const slot = number % KEPT;
    const kept = this.windows.subarray(slot * layer.rows, (slot + 1) * layer.rows);
    if (numbers[slot] !== number) {
      layer.gatherWindow(this.inputOf(image), window, kept);
      numbers[slot] = number;
    }
    into.set(kept);
  }
}
