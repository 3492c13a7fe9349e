import { executeNetwork } from '../../models/execute.js';
import { fastProduct } from '../../models/fast-product.js';
import type { MatrixLayer } from '../../models/matrix-layer.js';
import type { Network } from '../../models/network.js';
import type { Tensor } from '../../models/tensor.js';

/**
 * Mean square of each input of each layer over the windows of some images, in squares of the network's own step; signed
 * inputs count without the offset that they are presented with.
 *
 * @param network the 8-bit network
 * @returns by layer name, [K]
 */
export function inputPower(network: Network, images: readonly Tensor[]): ReadonlyMap<string, Float64Array> {
  const sums = new Map<string, Float64Array>();
  for (const image of images) {
    executeNetwork(network, image, {
      product: (layer, input) => {
        let sum = sums.get(layer.name);
        if (sum === undefined) {
          sum = new Float64Array(layer.rows);
          sums.set(layer.name, sum);
        }
        addPower(layer, input, sum);
        return fastProduct(layer, input);
      },
    });
  }
  for (const sum of sums.values()) for (let k = 0; k < sum.length; k++) sum[k]! /= images.length;
  return sums;
}

/** Adds the mean square over the windows of one image. */
function addPower(layer: MatrixLayer, input: Tensor, sum: Float64Array): void {
  const window = new Int32Array(layer.rows);
  for (let w = 0; w < layer.windows; w++) {
    layer.gatherWindow(input, w, window);
    for (let k = 0; k < window.length; k++) {
      const value = window[k]! - layer.inputOffset;
      sum[k]! += (value * value) / layer.windows;
    }
  }
}
