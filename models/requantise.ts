import { FILE_BITS, MAX_BITS, signedLimit, unsignedLimit } from './activation-format.js';
import { INPUT_NAME, isMatrixNode, type MatrixNode, type Network, type NetworkNode } from './network.js';
import { type WindowPruning, windowPruningProblems } from './window-pruning.js';

/** What a matrix node becomes. */
export interface RequantisedLayer {
  /** Shape [K][M] row-major, K in the order channel, kernel row, kernel column: as `MatrixLayer.weights`. */
  readonly weights: Int32Array;
  /** 1..16, the sign included. */
  readonly weightBits: number;
  /** Float value of one integer step of a weight, > 0. */
  readonly scale: number;
  /** Left out or null: no activation pruning. */
  readonly windowPruning?: WindowPruning | null;
}

export interface Requantisation {
  /** A of the new network, 1..16; at least 2 where the network's input is signed. */
  readonly activationBits: number;
  /**
   * Share of its range that every ReLU keeps, > 0, default 1: larger outputs saturate, smaller ones get finer steps. One
   * factor on the clipping levels of the 8-bit network, in the manner of PACT (Choi et al., 2018), which learns a level
   * per layer.
   */
  readonly activationClip?: number;
  /** Of every matrix node, by name. */
  readonly layers: ReadonlyMap<string, RequantisedLayer>;
}

/**
 * The network with other integers for the same floats: weights as given, activations of another width, and multipliers
 * and biases that bring the sums to them. What a node means in floats is untouched; logits keep their unit.
 *
 * With u(x) the value of one step of tensor x, in steps of the 8-bit network's x, and s the value of one step of a weight:
 * M' = M * (s'/s) * u(input) / u(output), B' = B / u(output), R' = R * u(residual) / u(output). u is
 * 255/(2^A-1) * clip for outputs of a ReLU, 127/(2^(A-1)-1) for a signed network input, 255/(2^A-1) for an unsigned one,
 * 1 for the logits; the other nodes keep their input's.
 *
 * @param network as loaded: 8-bit activations, a weightScale on every matrix node
 * @throws RangeError, naming every layer that does not fit
 */
export function requantise(network: Network, requantisation: Requantisation): Network {
  const problems = problemsOf(network, requantisation);
  if (problems.length > 0) throw new RangeError(`requantise "${network.title}": ${problems.join('\n  ')}`);
  const { activationBits, activationClip = 1, layers } = requantisation;
  const unitOfInput = network.inputSigned
    ? signedLimit(FILE_BITS) / signedLimit(activationBits)
    : unsignedLimit(FILE_BITS) / unsignedLimit(activationBits);
  const unitOfRelu = (unsignedLimit(FILE_BITS) / unsignedLimit(activationBits)) * activationClip;
  const units = new Map([[INPUT_NAME, unitOfInput]]);
  const nodes = network.nodes.map((node): NetworkNode => {
    const unitIn = units.get(node.input)!;
    if (!isMatrixNode(node)) {
      units.set(node.name, unitIn);
      return node;
    }
    const unitOut = node.last ? 1 : unitOfRelu;
    units.set(node.name, unitOut);
    const unitResidual = node.residual === null ? 1 : units.get(node.residual.node)!;
    return requantiseNode(node, layers.get(node.name)!, unitIn, unitOut, unitResidual);
  });
  return { ...network, activationBits, inputScale: network.inputScale * unitOfInput, nodes };
}

function requantiseNode(
  node: MatrixNode,
  layer: RequantisedLayer,
  unitIn: number,
  unitOut: number,
  unitResidual: number,
): MatrixNode {
  const step = layer.scale / node.weightScale!;
  return {
    ...node,
    weights: outputsFirst(layer.weights, node.outputShape[0]!),
    weightBits: layer.weightBits,
    weightScale: layer.scale,
    multiplier: node.multiplier.map((multiplier) => (multiplier * step * unitIn) / unitOut),
    bias: node.bias.map((bias) => bias / unitOut),
    residual: node.residual && {
      node: node.residual.node,
      multiplier: (node.residual.multiplier * unitResidual) / unitOut,
    },
    windowPruning: layer.windowPruning ?? null,
  };
}

/** [K][M] to [M][K]. */
function outputsFirst(weights: Int32Array, outputs: number): Int32Array {
  const rows = weights.length / outputs;
  const transposed = new Int32Array(weights.length);
  for (let k = 0; k < rows; k++) {
    for (let m = 0; m < outputs; m++) transposed[m * rows + k] = weights[k * outputs + m]!;
  }
  return transposed;
}

function problemsOf(network: Network, requantisation: Requantisation): string[] {
  const { activationBits, activationClip = 1, layers } = requantisation;
  const problems: string[] = [];
  if (network.activationBits !== FILE_BITS) {
    problems.push(
      `the network has ${network.activationBits}-bit activations; allowed: ${FILE_BITS}, as loaded from a file`,
    );
  }
  const leastBits = network.inputSigned ? 2 : 1;
  if (!isWhole(activationBits, leastBits, MAX_BITS)) {
    const why = network.inputSigned ? ' (the network input is signed)' : '';
    problems.push(`activationBits ${activationBits}; allowed: a whole number from ${leastBits} to ${MAX_BITS}${why}`);
  }
  if (!isPositive(activationClip)) problems.push(`activationClip ${activationClip}; allowed: a finite number above 0`);
  const nodes = network.nodes.filter(isMatrixNode);
  for (const node of nodes) {
    const layer = layers.get(node.name);
    const ofNode = layer === undefined ? ['is not among the layers given'] : layerProblems(node, layer);
    problems.push(...ofNode.map((problem) => `layer "${node.name}": ${problem}`));
  }
  for (const name of layers.keys()) {
    if (nodes.some((node) => node.name === name)) continue;
    problems.push(`layer "${name}": no conv or fc node; there are ${nodes.map((node) => node.name).join(', ')}`);
  }
  return problems;
}

function layerProblems(node: MatrixNode, { weights, weightBits, scale, windowPruning }: RequantisedLayer): string[] {
  const problems: string[] = [];
  if (node.weightScale === null) problems.push('has no weightScale, so the value of its weights is unknown');
  if (!isPositive(scale)) problems.push(`scale ${scale}; allowed: a finite number above 0`);
  if (weights.length !== node.weights.length) {
    problems.push(`${weights.length} weights; needed: ${node.weights.length}`);
  }
  if (!isWhole(weightBits, 1, MAX_BITS)) {
    problems.push(`weightBits ${weightBits}; allowed: a whole number from 1 to ${MAX_BITS}`);
  } else {
    const [min, max] = [-(2 ** (weightBits - 1)), 2 ** (weightBits - 1) - 1];
    const at = weights.findIndex((weight) => weight < min || weight > max);
    if (at >= 0) problems.push(`weight ${weights[at]} at ${at}; allowed with ${weightBits} bits: ${min} to ${max}`);
  }
  if (windowPruning != null) {
    if (node.inputSigned) problems.push('windowPruning on a signed input; allowed: none');
    problems.push(...windowPruningProblems(windowPruning).map((problem) => `windowPruning: ${problem}`));
  }
  return problems;
}

function isWhole(value: number, min: number, max: number): boolean {
  return Number.isInteger(value) && value >= min && value <= max;
}

function isPositive(value: number): boolean {
  return Number.isFinite(value) && value > 0;
}
