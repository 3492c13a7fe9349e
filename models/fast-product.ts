import type { MatrixProduct } from './execute.js';
import type { MatrixLayer } from './matrix-layer.js';
import { PackedMatrix } from './packed-matrix.js';

const packedLayers = new WeakMap<MatrixLayer, PackedMatrix>();

/**
 * The same accumulators as the reference, bit for bit, several times faster: for measuring accuracy over many images.
 * A layer's weights are packed at its first call and kept as long as the layer.
 */
export const fastProduct: MatrixProduct = (layer, input) => {
  let packed = packedLayers.get(layer);
  if (packed === undefined) {
    packed = new PackedMatrix(layer.node, layer.node.weights);
    packedLayers.set(layer, packed);
  }
  return packed.multiply(input.data);
};
