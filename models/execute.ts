import { activationDtype, checkedActivations, newActivations } from './activation-format.js';
import { integerProduct } from './integer-product.js';
import { type MatrixLayer, matrixLayers } from './matrix-layer.js';
import { type ActivationFormat, INPUT_NAME, inputsOf, isMatrixNode, type MatrixNode, type Network } from './network.js';
import { type ResidualInput, requantiseSums } from './requantise-sums.js';
import { elementsOf, type Tensor } from './tensor.js';
import { executeVectorNode } from './vector-nodes.js';
import { windowProduct } from './window-product.js';

/**
 * A way to compute a layer's accumulators, for example on simulated crossbars.
 *
 * @returns shape [windows][outputs] row-major, corrected by the layer's `correct`
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
 * Runs a network on one image in exact arithmetic: integer sums, requantised as each node says (`models/network.ts`;
 * for ousim's own files `docs/network-format.md`). This is the reference that the simulated hardware is checked against.
 *
 * @param input quantised image, shape `network.inputShape`, in `network.inputFormat`: of 8-bit elements where they fit, else
 *   of 16-bit ones
 * @returns the outputs of the final node, channel slowest: logits of a `real` requantiser, else integers
 * @throws RangeError if the input does not fit the network, a product returns the wrong number of accumulators, or a node
 *   asks for arithmetic that is not defined (`requantiseSums`, `executeVectorNode`)
 */
export function executeNetwork(network: Network, input: Tensor, options: ExecuteOptions = {}): Float64Array {
  const { inputFormat, inputShape, title, nodes } = network;
  checkedActivations(input, inputFormat, inputShape, `network "${title}": input`);
  const outputs = new Map<string, Tensor>([[INPUT_NAME, input]]);
  const formats = new Map<string, ActivationFormat>([[INPUT_NAME, inputFormat]]);
  const final = nodes.at(-1);
  if (final === undefined) throw new RangeError(`network "${title}" has no nodes`);
  for (const node of nodes) {
    const sources = inputsOf(node).map((name) => outputs.get(name)!);
    let output: Tensor;
    if (isMatrixNode(node)) {
      const accumulators = accumulate(network, node, sources[0]!, options.product);
      output = requantiseSums(node, accumulators, residualOf(node, outputs, formats));
      options.observe?.(node.name, output, accumulators);
    } else {
      const data = newActivations(node.outputFormat, elementsOf(node.outputShape));
      executeVectorNode(
        node,
        sources.map((source) => source.data),
        data,
      );
      output = { dtype: activationDtype(node.outputFormat), shape: node.outputShape, data };
      options.observe?.(node.name, output);
    }
    outputs.set(node.name, output);
    formats.set(node.name, node.outputFormat);
  }
  return Float64Array.from(outputs.get(final.name)!.data);
}

function residualOf(
  { requantiser }: MatrixNode,
  outputs: ReadonlyMap<string, Tensor>,
  formats: ReadonlyMap<string, ActivationFormat>,
): ResidualInput | null {
  if (requantiser.kind !== 'real' || requantiser.residual === null) return null;
  const { node } = requantiser.residual;
  return { data: outputs.get(node)!.data, zeroPoint: formats.get(node)!.zeroPoint };
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
