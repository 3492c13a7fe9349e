import type { MatrixLayer } from './matrix-layer.js';
import type { Tensor } from './tensor.js';

/**
 * A layer's accumulators, window by window as crossbars compute them: gathered (and pruned) inputs times the stored weights,
 * corrected. In exact integers.
 *
 * @param input the layer's input, as for `MatrixLayer.gatherWindow`
 * @returns shape [windows][outputs] row-major
 */
export function windowProduct(layer: MatrixLayer, input: Tensor): Float64Array {
  const { rows, outputs, windows, blocks } = layer;
  const { weights } = layer.node;
  const gathered = new Int32Array(rows);
  const sums = new Float64Array(windows * outputs);
  for (let window = 0; window < windows; window++) {
    layer.gatherWindow(input, window, gathered);
    const own = sums.subarray(window * outputs, (window + 1) * outputs);
    for (const block of blocks) {
      for (let m = block.firstOutput; m < block.firstOutput + block.outputs; m++) {
        const from = m * block.rows;
        let sum = 0;
        for (let k = 0; k < block.rows; k++) sum += gathered[block.firstRow + k]! * weights[from + k]!;
        own[m] = sum;
      }
    }
    layer.correct(gathered, own);
  }
  return sums;
}
