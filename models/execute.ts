import { activationDtype, checkedActivations, newActivations, unsignedLimit } from './activation-format.js';
import { integerProduct } from './integer-product.js';
import { type MatrixLayer, matrixLayers } from './matrix-layer.js';
import { INPUT_NAME, isMatrixNode, type MatrixNode, type Network } from './network.js';
import { rearrange } from './rearrange.js';
import { elementsOf, type Tensor } from './tensor.js';
import { windowProduct } from './window-product.js';

/**
 * A way to compute a layer's accumulators, for example on simulated crossbars.
 *
 * @returns shape [windows][outputs] row-major, with the layer's `correction` already added
 */
export type MatrixProduct = (layer: MatrixLayer, input: Tensor) => Float64Array;

/** Called after every node, in execution order; `accumulators` ([windows][outputs]) on conv and fc only. */
export type NodeObserver = (name: string, output: Tensor, accumulators?: Float64Array) => void;

export interface ExecuteOptions {
  /** Left out: the reference's own integer convolution (with window pruning: window by window). */
  readonly product?: MatrixProduct;
  readonly observe?: NodeObserver;
}

/**
 * Runs a network on one image in the exact arithmetic of `docs/network-format.md`: integer sums, requantised in IEEE
 * doubles in a fixed order of operations. This is the reference that the simulated hardware is checked against.
 *
 * @param input quantised image, shape `network.inputShape`; signed where the network's input is, of 8-bit elements where
 *   the network's activations fit, else of 16-bit ones
 * @returns the logits, the outputs of the final node, channel slowest
 * @throws RangeError if the input does not fit the network or a product returns the wrong number of accumulators
 */
export function executeNetwork(network: Network, input: Tensor, options: ExecuteOptions = {}): Float64Array {
  const { activationBits, inputSigned, inputShape } = network;
  checkedActivations(input, activationBits, inputSigned, inputShape, `network "${network.title}": input`);
  const outputs = new Map<string, Tensor>([[INPUT_NAME, input]]);
  let logits: Float64Array | null = null;
  for (const node of network.nodes) {
    const source = outputs.get(node.input)!;
    let output: Tensor;
    if (isMatrixNode(node)) {
      const accumulators = accumulate(network, node, source, options.product);
      const residual = node.residual === null ? null : outputs.get(node.residual.node)!;
      const scaled = scale(node, accumulators, residual);
      if (node.last) logits = scaled;
      output = node.last
        ? { dtype: 'F64', shape: node.outputShape, data: scaled }
        : rectify(node, scaled, activationBits);
      options.observe?.(node.name, output, accumulators);
    } else {
      const data = newActivations(activationBits, node.inputSigned, elementsOf(node.outputShape));
      rearrange(node, source.data, data);
      output = { dtype: source.dtype, shape: node.outputShape, data };
      options.observe?.(node.name, output);
    }
    outputs.set(node.name, output);
  }
  if (logits === null) throw new RangeError(`network "${network.title}" has no last node`);
  return logits;
}

function accumulate(
  network: Network,
  node: MatrixNode,
  input: Tensor,
  product: MatrixProduct | undefined,
): Float64Array {
  if (product === undefined && node.windowPruning === null) return integerProduct(node, input);
  const layer = matrixLayers(network).get(node.name)!;
  if (product === undefined) return windowProduct(layer, input);
  const accumulators = product(layer, input);
  const expected = layer.windows * layer.outputs;
  if (accumulators.length !== expected) {
    throw new RangeError(`layer "${node.name}": product gave ${accumulators.length} accumulators; needed: ${expected}`);
  }
  return accumulators;
}

/** t = acc * M + B, then t + r * R: [windows][outputs] in, channel slowest out. Doubles, in this order, unfused. */
function scale(node: MatrixNode, accumulators: Float64Array, residual: Tensor | null): Float64Array {
  const outputs = node.outputShape[0]!;
  const windows = accumulators.length / outputs;
  const scaled = new Float64Array(accumulators.length);
  const residualMultiplier = node.residual?.multiplier ?? 0;
  for (let m = 0; m < outputs; m++) {
    const multiplier = node.multiplier[m]!;
    const bias = node.bias[m]!;
    for (let window = 0; window < windows; window++) {
      const at = m * windows + window;
      let t = accumulators[window * outputs + m]! * multiplier + bias;
      if (residual !== null) t += residual.data[at]! * residualMultiplier;
      scaled[at] = t;
    }
  }
  return scaled;
}

/** Rounds half up and limits to 0 .. 2^bits - 1, which is the ReLU too. */
function rectify(node: MatrixNode, values: Float64Array, bits: number): Tensor {
  const limit = unsignedLimit(bits);
  const data = newActivations(bits, false, values.length);
  for (let i = 0; i < data.length; i++) data[i] = Math.min(limit, Math.max(0, Math.floor(values[i]! + 0.5)));
  return { dtype: activationDtype(bits, false), shape: node.outputShape, data };
}
