import type { MachineConfig } from '../../components/machine.js';
import { mergePrograms } from '../../mapping/block-diagonal.js';
import { denseOperations } from '../../mapping/dense.js';
import type { FloatMatrix } from '../../mapping/float-matrix.js';
import type { MatrixShape } from '../../mapping/matrix-spec.js';
import type { OuProgram } from '../../mapping/ou-program.js';
import type { LayerPlan, NetworkDecision, WindowPruning } from '../../mapping/scheme.js';
import { mappingScheme } from '../../mapping/schemes.js';
import { type FloatWeights, floatWeightsOfNode } from '../../models/float-network.js';
import { newIntegers } from '../../models/integers.js';
import { type MatrixLayer, matrixLayers } from '../../models/matrix-layer.js';
import { type Integers, isMatrixNode, type Network } from '../../models/network.js';
import { type RequantisedLayer, requantise } from '../../models/requantise.js';
import type { MappingConfig } from '../mapping-parameters.js';
import { blockWeights, type LayerPart, partsOf, requireBlockDiagonal, wholeLayer } from './layer-parts.js';

/** A part of a layer that is mapped as a matrix of its own. */
export interface PlannedPart {
  readonly part: LayerPart;
  readonly shape: MatrixShape;
  /** What the scheme makes of the weights: shape [rows][outputs] of `shape`, in the narrowest type of `weightBits`. */
  readonly weights: Integers;
  readonly weightBits: number;
  /** Float value of one integer step. */
  readonly scale: number;
}

/** A layer's integers and what they came from, ready to be compiled. */
export interface PlannedLayer {
  /** One; of grouped convolutions runs of groups that stand on the diagonal of a crossbar together. */
  readonly parts: readonly PlannedPart[];
  /** In the rows of the whole layer. */
  readonly windowPruning: WindowPruning | null;
  readonly decision: unknown;
}

/** The integer network that a scheme defines, and the plans of its layers by name. */
export interface PlannedNetwork {
  /** What the crossbars have to compute, bit for bit. */
  readonly network: Network;
  readonly layers: ReadonlyMap<string, PlannedLayer>;
}

/** A network and how it is to be mapped. */
export interface PlanningTask {
  readonly network: Network;
  /** Null where the network's own integers are mapped. */
  readonly floatWeights: FloatWeights | null;
  readonly machine: MachineConfig;
  readonly mapping: MappingConfig;
}

/** The decision for every layer that the scheme's parameters stand for. */
export function givenDecision({ network, mapping }: PlanningTask): NetworkDecision<unknown> {
  const decision = mappingScheme(mapping.scheme).given(mapping.parameters);
  return {
    activationBits: networkActivationBits(network, mapping),
    activationClip: 1,
    layers: Object.fromEntries(Array.from(matrixLayers(network).keys(), (name) => [name, decision])),
  };
}

/** Bits of the activations of the integer network; the machine may present them in longer words. */
export function networkActivationBits(network: Network, { quantisation, activationBits }: MappingConfig): number {
  return quantisation === 'network' || activationBits === 0 ? network.activationBits : activationBits;
}

/** Fewest bits of a requantised network's activations: a signed one has a sign and a bit more (`models/requantise.ts`). */
export function leastActivationBits({ inputFormat }: Network): number {
  return inputFormat.signed ? 2 : 1;
}

/** The matrix that the scheme starts from, of a layer or a part of it. */
export function floatMatrix(
  layer: MatrixLayer,
  { floatWeights }: PlanningTask,
  part: LayerPart = wholeLayer(layer),
): FloatMatrix {
  const { node } = layer;
  const { firstBlock, blocks, rows, outputs } = part;
  if (floatWeights !== null) {
    const weights = layer.floatMatrix(firstBlock, blocks, floatWeightsOfNode(node, floatWeights));
    return { rows, outputs, weights, grid: null };
  }
  const grid = { scale: node.weightScale ?? 1, weightBits: layer.weightBits };
  return { rows, outputs, weights: new Float64Array(layer.matrix(firstBlock, blocks)), grid };
}

/**
 * What the scheme is told about a layer or a part of it. With `activationBits` of the integer network, presented in the
 * mapping's words; the network's own integers keep the bits of their layer.
 */
export function matrixShape(
  layer: MatrixLayer,
  { machine, mapping }: PlanningTask,
  activationBits: number,
  part: LayerPart = wholeLayer(layer),
): MatrixShape {
  return {
    rows: part.rows,
    outputs: part.outputs,
    weightBits: mapping.weightBits === 0 ? layer.weightBits : mapping.weightBits,
    inputBits: mapping.quantisation === 'network' ? Math.max(mapping.activationBits, layer.inputBits) : activationBits,
    bitsPerPlane: machine.input.bitsPerPlane,
    encoding: mapping.encoding,
    layout: mapping.layout,
    crossbar: machine.crossbar,
    ou: machine.ou,
  };
}

/**
 * The integer network that a decision defines.
 *
 * @throws MappingError where a layer cannot be mapped so
 */
export function planNetwork(task: PlanningTask, decision: NetworkDecision<unknown>): PlannedNetwork {
  const layers = planLayers(task, decision, [...matrixLayers(task.network).values()]);
  return { network: integerNetwork(task, decision, layers), layers };
}

/**
 * The plans of some layers, by name.
 *
 * @throws MappingError where a layer cannot be mapped so
 */
export function planLayers(
  task: PlanningTask,
  decision: NetworkDecision<unknown>,
  layers: readonly MatrixLayer[],
): ReadonlyMap<string, PlannedLayer> {
  return new Map(layers.map((layer) => [layer.name, planLayer(task, decision, layer)]));
}

function planLayer(task: PlanningTask, decision: NetworkDecision<unknown>, layer: MatrixLayer): PlannedLayer {
  const { machine, mapping } = task;
  const scheme = mappingScheme(mapping.scheme);
  const ofLayer = decision.layers[layer.name];
  const { wordlines } = machine.crossbar;
  const prunings: (WindowPruning | null)[] = [];
  const parts = partsOf(layer, wordlines).map((part): PlannedPart => {
    const shape = matrixShape(layer, task, decision.activationBits, part);
    const plan = scheme.plan(floatMatrix(layer, task, part), shape, ofLayer, mapping.parameters);
    requireBlockDiagonal(layer, part, plan.weights);
    prunings.push(plan.windowPruning);
    return { part, shape, weights: narrow(plan), weightBits: plan.weightBits, scale: plan.scale };
  });
  return { parts, windowPruning: pruningOfLayer(layer, parts, prunings, wordlines), decision: ofLayer };
}

/** Plans of a whole network are held until it is compiled. */
function narrow({ weights, weightBits }: LayerPlan): Integers {
  const narrowed = newIntegers(weightBits, weights.length);
  narrowed.set(weights);
  return narrowed;
}

/**
 * Inputs whose zero is presented with an offset are not pruned, for under it small inputs are not small. Of a layer in several
 * parts, a part must fit the wordlines of a crossbar: its rows then are the row block, as on its own crossbars.
 */
function pruningOfLayer(
  layer: MatrixLayer,
  parts: readonly PlannedPart[],
  prunings: readonly (WindowPruning | null)[],
  wordlines: number,
): WindowPruning | null {
  const pruning = prunings[0]!;
  if (layer.inputOffset !== 0 || pruning === null || parts.length === 1)
    return layer.inputOffset === 0 ? pruning : null;
  const { rows } = parts[0]!.part;
  const same = prunings.every(
    (other) => other?.threshold === pruning.threshold && other.groupRows === pruning.groupRows,
  );
  return same && rows <= wordlines ? { ...pruning, rowBlock: rows } : null;
}

/**
 * The OU program of a planned layer.
 *
 * @throws MappingError where the layer's integers cannot be placed
 */
export function compileLayer({ parts, decision }: PlannedLayer, mapping: MappingConfig): OuProgram {
  const scheme = mappingScheme(mapping.scheme);
  return mergePrograms(
    parts.map(({ shape, weights, weightBits }) =>
      scheme.compile({ ...shape, weights: new Int32Array(weights), weightBits }, decision, mapping.parameters),
    ),
  );
}

/** OU operations of a window of a layer in the dense mapping (`Work.dense`). */
export function denseOperationsOfLayer({ parts }: PlannedLayer): number {
  return parts.reduce((sum, { shape }) => sum + denseOperations(shape), 0);
}

function integerNetwork(
  { network, floatWeights }: PlanningTask,
  { activationBits, activationClip }: NetworkDecision<unknown>,
  layers: ReadonlyMap<string, PlannedLayer>,
): Network {
  const ofNetwork = matrixLayers(network);
  if (floatWeights === null && [...ofNetwork].every(([name, layer]) => keepsIntegers(layer, layers.get(name)!))) {
    return network;
  }
  return requantise(floatWeights === null ? withWeightScales(network) : network, {
    activationBits,
    activationClip,
    layers: new Map(Array.from(layers, ([name, planned]) => [name, requantisedLayer(ofNetwork.get(name)!, planned)])),
  });
}

/** True where the scheme changes nothing of a layer. */
function keepsIntegers(layer: MatrixLayer, { parts, windowPruning }: PlannedLayer): boolean {
  if (windowPruning !== null) return false;
  const stored = layer.node.weights;
  return parts.every(({ part, weights }) => {
    const own = layer.matrix(part.firstBlock, part.blocks, stored);
    return weights.every((weight, i) => weight === own[i]);
  });
}

function requantisedLayer(layer: MatrixLayer, { parts, windowPruning }: PlannedLayer): RequantisedLayer {
  const weightBits = Math.max(...parts.map((part) => part.weightBits));
  const [first] = parts as readonly [PlannedPart, ...PlannedPart[]];
  if (layer.blocks.length === 1) return { weights: first.weights, weightBits, scale: first.scale, windowPruning };
  const weights = newIntegers(weightBits, layer.blocks[0]!.rows * layer.outputs);
  for (const planned of parts) blockWeights(layer, planned.part, planned.weights, weights);
  const scales = parts.flatMap(({ scale, part }) => new Array<number>(part.outputs).fill(scale));
  const scale = parts.every((part) => part.scale === first.scale) ? first.scale : Float64Array.from(scales);
  return { weights, weightBits, scale, windowPruning };
}

/** Where a network does not say what its integers are worth, they are worth themselves. */
function withWeightScales(network: Network): Network {
  return {
    ...network,
    nodes: network.nodes.map((node) => (isMatrixNode(node) ? { ...node, weightScale: node.weightScale ?? 1 } : node)),
  };
}
