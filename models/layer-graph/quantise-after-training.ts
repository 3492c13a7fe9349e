import type { FloatWeights } from '../float-network.js';
import { isMatrixNode, type Network } from '../network.js';
import { calibrate } from './calibrate.js';
import type { PixelNormalisation } from './image-input.js';
import { insertQuantisation } from './insert-quantisation.js';
import type { LayerGraph } from './layer-graph.js';
import { lowerQuantised } from './lower-quantised.js';
import { lowerReal } from './lower-real.js';

/** A network, and the float weights that its integers were made from, by node. */
export interface QuantisedNetwork {
  readonly network: Network;
  readonly floatWeights: FloatWeights;
}

/**
 * Post-training quantisation to 8 bits: weights symmetric with one scale per layer (max|W| / 127), activations by the 99.99th
 * percentile of their values on calibration inputs. Where the graph has the structure of ousim's own format (convolutions
 * and fully connected layers with ReLU, residuals, pools, logits at the end) the network is of that format and can be
 * calibrated anew; else activations have zero points and requantisers are `float32`.
 *
 * @param graph without `quantise` and `dequantise`
 * @param inputs real inputs, each of shape `graph.input.shape`; at least one
 * @param pixels how raw pixels become the real input
 * @param path names the file in errors
 * @throws NetworkFormatError with every layer that cannot be expressed
 */
export function quantiseAfterTraining(
  graph: LayerGraph,
  inputs: Iterable<ArrayLike<number>>,
  pixels: PixelNormalisation,
  path: string,
): QuantisedNetwork {
  const ranges = calibrate(graph, inputs);
  const network =
    lowerReal(graph, ranges, pixels) ?? lowerQuantised(insertQuantisation(graph, ranges, pixels), pixels, path);
  return { network, floatWeights: floatWeightsOf(graph, network) };
}

/** Matrix nodes have the names of their layers. */
function floatWeightsOf(graph: LayerGraph, network: Network): FloatWeights {
  const names = new Set(network.nodes.filter(isMatrixNode).map(({ name }) => name));
  const weights = new Map<string, Float64Array>();
  for (const layer of graph.layers) {
    if ((layer.op !== 'conv' && layer.op !== 'fc') || layer.weights.kind !== 'float' || !names.has(layer.name))
      continue;
    weights.set(layer.name, Float64Array.from(layer.weights.values));
  }
  return weights;
}
