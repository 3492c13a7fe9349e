import type { MatrixProduct } from './execute.js';
import type { MatrixLayer } from './matrix-layer.js';
import type { MatrixNode } from './network.js';
import { PackedMatrix } from './packed-matrix.js';

const packedLayers = new WeakMap<MatrixLayer, PackedMatrix>();

/**
 * The same accumulators as the reference, bit for bit, several times faster: for measuring accuracy over many images.
 * A layer's weights are packed at its first call and kept as long as the layer.
 */
export const fastProduct: MatrixProduct = (layer, input) => {
  let packed = packedLayers.get(layer);
  if (packed === undefined) {
    packed = new PackedMatrix(layer.node, valuesOfWeights(layer.node), layer.node.inputFormat.zeroPoint);
    packedLayers.set(layer, packed);
  }
  return packed.multiply(input.data);
};

/** The weights less their zero points, in the node's order. */
function valuesOfWeights({ weights, weightZeroPoint, outputShape }: MatrixNode): ArrayLike<number> {
  if (weightZeroPoint === null) return weights;
  const rows = weights.length / outputShape[0]!;
  const values = new Int32Array(weights.length);
  for (let i = 0; i < values.length; i++) values[i] = weights[i]! - weightZeroPoint[Math.floor(i / rows)]!;
  return values;
}
