import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { presentedZero } from './activation-format.js';
import { loadNetwork } from './load-network.js';
import { groupsOf } from './matrix-node.js';
import {
  type AddNode,
  type AvgpoolNode,
  INPUT_NAME,
  inputsOf,
  isMatrixNode,
  type MatrixNode,
  type Network,
  type NetworkNode,
  type RealRequantiser,
  type RescaleNode,
  type VectorNode,
} from './network.js';
import { NetworkFormatError } from './network-format-error.js';
import { PackedMatrix } from './packed-matrix.js';
import { didYouMean, type Problem } from './problem.js';
import { poolSums, rearrange } from './rearrange.js';
import { readSafetensors } from './safetensors.js';
import { describeTensor, elementsOf, type Tensor } from './tensor.js';

/** Float weights by node name, in the order of the node's own `weights`: [out][in][kh][kw] or [out][in]. */
export type FloatWeights = ReadonlyMap<string, Float64Array>;

const FILE_NAME = 'fp32.safetensors';

/** Where the float weights of a network stand: beside its JSON file. */
export function floatWeightsPath(jsonPath: string): string {
  return join(dirname(jsonPath), FILE_NAME);
}

/**
 * The float weights that a quantised network was made from: `fp32.safetensors` beside its JSON file. The tensor of node
 * "layer1.0.conv1" is "layer1.0.conv1.weight"; that of node "conv0" is "conv0.weight" or, from a list of layers,
 * "conv.0.weight". Other tensors of the file (biases, batch normalisation) are not read: they are in M and B already.
 *
 * @param jsonPath the network's JSON file, for `loadNetwork`
 * @returns null where there is no such file
 * @throws FileFormatError if the network's files or the float file are damaged
 * @throws NetworkFormatError with every weight that is missing or has another shape
 */
export function loadFloatWeights(jsonPath: string, network: Network = loadNetwork(jsonPath)): FloatWeights | null {
  const path = floatWeightsPath(jsonPath);
  if (!existsSync(path)) return null;
  return floatWeightsOf(network, readSafetensors(path), path);
}

/**
 * The same from tensors in memory; `path` only names the file in errors.
 *
 * @throws NetworkFormatError
 */
export function floatWeightsOf(network: Network, tensors: ReadonlyMap<string, Tensor>, path: string): FloatWeights {
  const problems: Problem[] = [];
  const weights = new Map<string, Float64Array>();
  for (const node of network.nodes.filter(isMatrixNode)) {
    const values = readWeights(node, tensors, problems);
    if (values !== null) weights.set(node.name, values);
  }
  if (problems.length > 0) throw new NetworkFormatError(path, problems);
  return weights;
}

function readWeights(node: MatrixNode, tensors: ReadonlyMap<string, Tensor>, problems: Problem[]): Float64Array | null {
  const names = [`${node.name}.weight`, `${node.name.replace(/(\D)(\d+)$/, '$1.$2')}.weight`];
  const name = names.find((candidate) => tensors.has(candidate));
  const shape = shapeOfWeights(node);
  if (name === undefined) {
    const fitting = [...tensors.keys()].filter((candidate) => tensors.get(candidate)!.shape.join() === shape.join());
    const hint = didYouMean(names[0]!, fitting);
    const allowed = `a tensor with the float weights of node "${node.name}"`;
    problems.push({ path: [...new Set(names)].join(' or '), value: undefined, allowed, hint });
    return null;
  }
  const tensor = tensors.get(name)!;
  if ((tensor.dtype !== 'F32' && tensor.dtype !== 'F64') || tensor.shape.join() !== shape.join()) {
    const allowed = `F32 or F64 [${shape.join(', ')}], as node "${node.name}" has`;
    problems.push({ path: name, value: describeTensor(tensor), allowed, hint: '' });
    return null;
  }
  const values = new Float64Array(tensor.data);
  const bad = values.findIndex((value) => !Number.isFinite(value));
  if (bad >= 0) {
    problems.push({ path: `${name}[${bad}]`, value: String(values[bad]), allowed: 'a finite value', hint: '' });
    return null;
  }
  return values;
}

function shapeOfWeights(node: MatrixNode): number[] {
  const outputs = node.outputShape[0]!;
  return node.op === 'fc'
    ? [outputs, node.inputShape[0]!]
    : [outputs, node.inputShape[0]! / groupsOf(node), node.kernelHeight, node.kernelWidth];
}

/**
 * A node's float weights in its own order.
 *
 * @throws RangeError if there are none of the node
 */
export function floatWeightsOfNode(node: MatrixNode, floatWeights: FloatWeights): Float64Array {
  const weights = floatWeights.get(node.name);
  if (weights === undefined) throw new RangeError(`node "${node.name}": no float weights of that name`);
  return weights;
}

/**
 * A network in floating point: the graph of the quantised one with W / weightScale in place of its integers, and nothing
 * rounded or limited, but for the ReLU's zero. As M and B hold the batch normalisation, the logits are those of the
 * trained float network, but for rounding in the last digits.
 *
 * Values are in steps of the quantised tensors, less their zero points.
 */
export class FloatNetwork {
  private readonly matrices: ReadonlyMap<string, PackedMatrix>;

  /**
   * @throws RangeError if a matrix node has no float weights or no weightScale, prunes its windows or is not requantised by
   *   real numbers, or a node is defined by integer arithmetic alone (fixed-point)
   */
  constructor(
    private readonly network: Network,
    floatWeights: FloatWeights,
  ) {
    const nodes = network.nodes.filter(isMatrixNode);
    this.matrices = new Map(nodes.map((node) => [node.name, new PackedMatrix(node, inSteps(node, floatWeights), 0)]));
    for (const node of network.nodes) requireFloatMeaning(node);
  }

  /**
   * @param input image in floats (`normaliseImage`), shape `network.inputShape`
   * @returns the logits
   * @throws RangeError if the input has another length
   */
  execute(input: ArrayLike<number>): Float64Array {
    const { inputShape, inputScale, title, nodes } = this.network;
    const size = elementsOf(inputShape);
    if (input.length !== size)
      throw new RangeError(`network "${title}": input of ${input.length} values; needed: ${size}`);
    let output: Float64Array = Float64Array.from(input, (value) => value / inputScale);
    const outputs = new Map([[INPUT_NAME, output]]);
    for (const node of nodes) {
      const sources = inputsOf(node).map((name) => outputs.get(name)!);
      output = isMatrixNode(node) ? this.multiply(node, sources) : executeInFloats(node, sources);
      outputs.set(node.name, output);
    }
    return output;
  }

  private multiply(node: MatrixNode, [input, residual]: readonly Float64Array[]): Float64Array {
    const sums = this.matrices.get(node.name)!.multiply(input!);
    const outputs = node.outputShape[0]!;
    const windows = sums.length / outputs;
    const output = new Float64Array(sums.length);
    const requantiser = realRequantiser(node);
    // A format that begins at its zero point has nothing below 0: the ReLU.
    const rectifies = !node.last && presentedZero(node.outputFormat) === 0;
    for (let m = 0; m < outputs; m++) {
      for (let window = 0; window < windows; window++) {
        const at = m * windows + window;
        let value = sums[window * outputs + m]! * requantiser.multiplier[m]! + requantiser.bias[m]!;
        if (residual !== undefined) value += residual[at]! * requantiser.residual!.multiplier;
        output[at] = rectifies ? Math.max(0, value) : value;
      }
    }
    return output;
  }
}

function realRequantiser({ name, requantiser }: MatrixNode): RealRequantiser {
  if (requantiser.kind === 'real') return requantiser;
  throw new RangeError(`node "${name}" is requantised by ${requantiser.kind}; the float network needs real`);
}

function requireFloatMeaning(node: NetworkNode): void {
  if (isMatrixNode(node)) {
    realRequantiser(node);
  } else if ((node.op === 'add' || node.op === 'rescale') && node.arithmetic.kind === 'fixed-point') {
    throw new RangeError(`node "${node.name}": ${node.op} in fixed-point arithmetic has no float network`);
  }
}

function executeInFloats(node: VectorNode, sources: readonly Float64Array[]): Float64Array {
  const output = new Float64Array(elementsOf(node.outputShape));
  switch (node.op) {
    case 'add':
      if (node.arithmetic.kind === 'float32') {
        const { scale, otherScale, outputScale } = node.arithmetic;
        const [a, b] = sources as readonly [Float64Array, Float64Array];
        for (let i = 0; i < output.length; i++) output[i] = (a[i]! * scale + b[i]! * otherScale) / outputScale;
      }
      return limitedBelow(node, output);
    case 'rescale':
      if (node.arithmetic.kind === 'float32') {
        const { scale, outputScale } = node.arithmetic;
        for (let i = 0; i < output.length; i++) output[i] = (sources[0]![i]! * scale) / outputScale;
      }
      return limitedBelow(node, output);
    case 'avgpool': {
      const { sums, counts } = poolSums(node, sources[0]!, 0);
      const factor = node.arithmetic.kind === 'float32' ? node.arithmetic.scale / node.arithmetic.outputScale : 1;
      return limitedBelow(
        node,
        sums.map((sum, i) => (sum / counts[i]!) * factor),
      );
    }
    default:
      rearrange(node, sources, output);
      return output;
  }
}

/** Values below 0 become 0 where the node's integers end at their zero point: a fused ReLU. */
function limitedBelow({ min, outputFormat }: AddNode | RescaleNode | AvgpoolNode, values: Float64Array): Float64Array {
  return min === outputFormat.zeroPoint ? values.map((value) => Math.max(0, value)) : values;
}

/** `FloatNetwork` for a single image; its weights are laid out anew in each call. */
export function executeFloatNetwork(
  network: Network,
  floatWeights: FloatWeights,
  input: ArrayLike<number>,
): Float64Array {
  return new FloatNetwork(network, floatWeights).execute(input);
}

/** Float weights in units of one integer step, so that the multipliers of the quantised network fit them. */
function inSteps(node: MatrixNode, floatWeights: FloatWeights): Float64Array {
  const { name, weightScale, windowPruning } = node;
  if (weightScale === null)
    throw new RangeError(`node "${name}" has no weightScale, so the value of its steps is unknown`);
  if (windowPruning !== null)
    throw new RangeError(`node "${name}" prunes its windows; the float network is not pruned`);
  return floatWeightsOfNode(node, floatWeights).map((weight) => weight / weightScale);
}
