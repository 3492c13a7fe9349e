import { FILE_BITS, MAX_BITS, presentedZero, signedLimit, unsignedLimit } from './activation-format.js';
import { newIntegers } from './integers.js';
import { groupsOf, rowsOf } from './matrix-node.js';
import {
  type ActivationFormat,
  INPUT_NAME,
  type Integers,
  inputsOf,
  isMatrixNode,
  type MatrixNode,
  type Network,
  type NetworkNode,
  type VectorNode,
} from './network.js';
import { type WindowPruning, windowPruningProblems } from './window-pruning.js';

/** What a matrix node becomes. */
export interface RequantisedLayer {
  /**
   * Shape [K / groups][M] row-major, K in the order channel, kernel row, kernel column: without groups as
   * `MatrixLayer.weights`; with groups the column of an output has the inputs of its group.
   */
  readonly weights: Integers;
  /** 1..16, the sign included. */
  readonly weightBits: number;
  /** Float value of one integer step of a weight, > 0; of each output, [M], where they differ. */
  readonly scale: number | Float64Array;
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
 * A network with the same `activationBits` and no clip keeps all its units, and then may be any: imported ones, whose
 * integers have zero points and other requantisers, only get weights of the same scale.
 *
 * @param network with other `activationBits` or a clip: as loaded from ousim's own format, 8-bit activations, a weightScale on
 *   every matrix node
 * @throws RangeError, naming every layer that does not fit
 */
export function requantise(network: Network, requantisation: Requantisation): Network {
  const problems = problemsOf(network, requantisation);
  if (problems.length > 0) throw new RangeError(`requantise "${network.title}": ${problems.join('\n  ')}`);
  const { activationBits, layers } = requantisation;
  const units = keepsUnits(network, requantisation) ? null : newUnits(network, requantisation);
  const withBits = (format: ActivationFormat) => (units === null ? format : { ...format, bits: activationBits });
  const unitOf = (name: string) => units?.get(name) ?? 1;
  const nodes = network.nodes.map((node): NetworkNode => {
    const formats = { inputFormat: withBits(node.inputFormat), outputFormat: withBits(node.outputFormat) };
    if (!isMatrixNode(node)) return units === null ? node : { ...node, ...formats };
    return { ...requantiseNode(node, layers.get(node.name)!, unitOf), ...formats };
  });
  return {
    ...network,
    activationBits,
    inputFormat: withBits(network.inputFormat),
    inputScale: network.inputScale * unitOf(INPUT_NAME),
    nodes,
  };
}

/** True where all activations stay as they are. */
function keepsUnits(network: Network, { activationBits, activationClip = 1 }: Requantisation): boolean {
  return activationBits === network.activationBits && activationClip === 1;
}

function newUnits(network: Network, { activationBits, activationClip = 1 }: Requantisation): Map<string, number> {
  const ofUnsigned = unsignedLimit(FILE_BITS) / unsignedLimit(activationBits);
  const ofSigned = signedLimit(FILE_BITS) / signedLimit(activationBits);
  const units = new Map([[INPUT_NAME, network.inputFormat.signed ? ofSigned : ofUnsigned]]);
  for (const node of network.nodes) {
    const unitOfMatrix = isMatrixNode(node) && node.last ? 1 : ofUnsigned * activationClip;
    units.set(node.name, isMatrixNode(node) ? unitOfMatrix : units.get(node.input)!);
  }
  return units;
}

function requantiseNode(node: MatrixNode, layer: RequantisedLayer, unitOf: (name: string) => number): MatrixNode {
  const { scale } = layer;
  const weights = {
    weights: outputsFirst(layer, node.outputShape[0]!),
    weightBits: layer.weightBits,
    weightScale: typeof scale === 'number' ? scale : null,
    windowPruning: layer.windowPruning ?? null,
  };
  const { requantiser } = node;
  if (requantiser.kind !== 'real') return { ...node, ...weights };
  const { residual } = requantiser;
  const unitIn = unitOf(node.input);
  const unitOut = unitOf(node.name);
  return {
    ...node,
    ...weights,
    requantiser: {
      kind: 'real',
      multiplier: requantiser.multiplier.map(
        (multiplier, m) => (multiplier * stepOf(node, layer, m) * unitIn) / unitOut,
      ),
      bias: requantiser.bias.map((bias) => bias / unitOut),
      residual: residual && {
        node: residual.node,
        multiplier: (residual.multiplier * unitOf(residual.node)) / unitOut,
      },
    },
  };
}

/** New steps of a weight of output m in old ones. */
function stepOf(node: MatrixNode, { scale }: RequantisedLayer, m: number): number {
  return (typeof scale === 'number' ? scale : scale[m]!) / node.weightScale!;
}

/** [K][M] to [M][K]. */
function outputsFirst({ weights, weightBits }: RequantisedLayer, outputs: number): Integers {
  const rows = weights.length / outputs;
  const transposed = newIntegers(weightBits, weights.length);
  for (let k = 0; k < rows; k++) {
    for (let m = 0; m < outputs; m++) transposed[m * rows + k] = weights[k * outputs + m]!;
  }
  return transposed;
}

function problemsOf(network: Network, requantisation: Requantisation): string[] {
  const { activationBits, activationClip = 1, layers } = requantisation;
  const problems: string[] = [];
  const { signed } = network.inputFormat;
  const leastBits = signed ? 2 : 1;
  if (!isWhole(activationBits, leastBits, MAX_BITS)) {
    const why = signed ? ' (the network input is signed)' : '';
    problems.push(`activationBits ${activationBits}; allowed: a whole number from ${leastBits} to ${MAX_BITS}${why}`);
  }
  if (!isPositive(activationClip)) problems.push(`activationClip ${activationClip}; allowed: a finite number above 0`);
  if (!keepsUnits(network, requantisation)) problems.push(...obstaclesToNewUnits(network));
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

/** Nodes whose outputs keep the unit of their one input. */
const UNIT_KEEPING: readonly VectorNode['op'][] = ['maxpool', 'gap', 'flatten', 'shortcutA'];

function obstaclesToNewUnits(network: Network): string[] {
  const problems: string[] = [];
  if (network.activationBits !== FILE_BITS) {
    problems.push(
      `the network has ${network.activationBits}-bit activations; allowed: ${FILE_BITS}, as loaded from a file`,
    );
  }
  const only =
    'with these activations of other widths are not defined; keep the activationBits of the network and clip 1';
  for (const node of network.nodes) {
    if (isMatrixNode(node)) {
      if (node.requantiser.kind !== 'real') {
        problems.push(`layer "${node.name}" is requantised by ${node.requantiser.kind}; allowed: real, ${only}`);
      } else if (node.outputFormat.zeroPoint !== 0 || inputsHaveZeroPoint(network, node)) {
        problems.push(`layer "${node.name}" has a zero point; allowed: none, ${only}`);
      }
    } else if (!UNIT_KEEPING.includes(node.op)) {
      problems.push(`node "${node.name}" is ${node.op}; allowed: ${UNIT_KEEPING.join(', ')}, ${only}`);
    }
  }
  return problems;
}

function inputsHaveZeroPoint({ nodes, inputFormat }: Network, node: MatrixNode): boolean {
  return inputsOf(node).some((name) => {
    const format = name === INPUT_NAME ? inputFormat : nodes.find((other) => other.name === name)!.outputFormat;
    return format.zeroPoint !== 0;
  });
}

function layerProblems(node: MatrixNode, layer: RequantisedLayer): string[] {
  const { weights, weightBits, scale, windowPruning } = layer;
  const problems: string[] = [];
  if (node.weightScale === null) problems.push('has no weightScale, so the value of its weights is unknown');
  const outputs = node.outputShape[0]!;
  if (typeof scale === 'number' ? !isPositive(scale) : scale.length !== outputs || !scale.every(isPositive)) {
    problems.push(`scale ${scale}; allowed: a finite number above 0, or one for each of the ${outputs} outputs`);
  } else if (node.requantiser.kind !== 'real' && node.weightScale !== null) {
    const keeps = Array.from({ length: outputs }, (_, m) => stepOf(node, layer, m)).every((step) => step === 1);
    if (!keeps)
      problems.push(
        `scale ${scale}; allowed with a ${node.requantiser.kind} requantiser: its own, ${node.weightScale}`,
      );
  }
  const needed = (rowsOf(node) / groupsOf(node)) * outputs;
  if (weights.length !== needed) problems.push(`${weights.length} weights; needed: ${needed}`);
  if (!isWhole(weightBits, 1, MAX_BITS)) {
    problems.push(`weightBits ${weightBits}; allowed: a whole number from 1 to ${MAX_BITS}`);
  } else {
    const [min, max] = [-(2 ** (weightBits - 1)), 2 ** (weightBits - 1) - 1];
    const at = weights.findIndex((weight) => weight < min || weight > max);
    if (at >= 0) problems.push(`weight ${weights[at]} at ${at}; allowed with ${weightBits} bits: ${min} to ${max}`);
  }
  if (windowPruning != null) {
    if (presentedZero(node.inputFormat) !== 0) problems.push('windowPruning on a signed input; allowed: none');
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
