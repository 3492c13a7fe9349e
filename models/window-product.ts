import type { MatrixLayer } from './matrix-layer.js';
import type { Tensor } from './tensor.js';

/**
 * A layer's accumulators, window by window as crossbars compute them: gathered (and pruned) inputs times the matrix, plus
 * the correction of signed inputs. In exact integers.
 *
 * @param input the layer's input, as for `MatrixLayer.gatherWindow`
 * @returns shape [windows][outputs] row-major
 */
export function windowProduct(layer: MatrixLayer, input: Tensor): Float64Array {
  const { rows, outputs, windows, weights, correction } = layer;
  const gathered = new Int32Array(rows);
  const sums = new Float64Array(windows * outputs);
  for (let window = 0; window < windows; window++) {
    layer.gatherWindow(input, window, gathered);
    const own = sums.subarray(window * outputs, (window + 1) * outputs);
    own.set(correction);
    for (let k = 0; k < rows; k++) {
      const value = gathered[k]!;
      if (value === 0) continue;
      for (let m = 0, at = k * outputs; m < outputs; m++, at++) own[m]! += value * weights[at]!;
    }
  }
  return sums;
}
