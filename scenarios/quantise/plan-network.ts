import type { MachineConfig } from '../../components/machine.js';
import type { FloatMatrix } from '../../mapping/float-matrix.js';
import type { MatrixShape } from '../../mapping/matrix-spec.js';
import type { OuProgram } from '../../mapping/ou-program.js';
import type { LayerPlan, NetworkDecision } from '../../mapping/scheme.js';
import { mappingScheme } from '../../mapping/schemes.js';
import { type FloatWeights, matrixOf } from '../../models/float-network.js';
import { type MatrixLayer, matrixLayers } from '../../models/matrix-layer.js';
import { isMatrixNode, type Network } from '../../models/network.js';
import { requantise } from '../../models/requantise.js';
import type { MappingConfig } from '../mapping-parameters.js';

/** A layer's integers and what they came from, ready to be compiled. */
export interface PlannedLayer {
  readonly shape: MatrixShape;
  readonly plan: LayerPlan;
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

/** The matrix that the scheme starts from. */
export function floatMatrix(layer: MatrixLayer, { floatWeights }: PlanningTask): FloatMatrix {
  const { rows, outputs, node } = layer;
  if (floatWeights !== null) return { rows, outputs, weights: matrixOf(node, floatWeights), grid: null };
  const grid = { scale: node.weightScale ?? 1, weightBits: layer.weightBits };
  return { rows, outputs, weights: Float64Array.from(layer.weights), grid };
}

/** What the scheme is told about a layer. With `activationBits` of the integer network, presented in the mapping's words. */
export function matrixShape(
  layer: MatrixLayer,
  { machine, mapping }: PlanningTask,
  activationBits: number,
): MatrixShape {
  return {
    rows: layer.rows,
    outputs: layer.outputs,
    weightBits: mapping.weightBits === 0 ? layer.weightBits : mapping.weightBits,
    inputBits: mapping.quantisation === 'network' ? Math.max(mapping.activationBits, activationBits) : activationBits,
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
  const { mapping } = task;
  const scheme = mappingScheme(mapping.scheme);
  return new Map(
    layers.map((layer) => {
      const shape = matrixShape(layer, task, decision.activationBits);
      const ofLayer = decision.layers[layer.name];
      const plan = scheme.plan(floatMatrix(layer, task), shape, ofLayer, mapping.parameters);
      // A signed input is presented with an offset, under which small inputs are not small: its windows are not pruned.
      const windowPruning = layer.inputOffset === 0 ? plan.windowPruning : null;
      return [layer.name, { shape, plan: { ...plan, windowPruning }, decision: ofLayer }];
    }),
  );
}

/**
 * The OU program of a planned layer.
 *
 * @throws MappingError where the layer's integers cannot be placed
 */
export function compileLayer({ shape, plan, decision }: PlannedLayer, mapping: MappingConfig): OuProgram {
  const { weights, weightBits } = plan;
  return mappingScheme(mapping.scheme).compile({ ...shape, weights, weightBits }, decision, mapping.parameters);
}

function integerNetwork(
  { network, floatWeights }: PlanningTask,
  { activationBits, activationClip }: NetworkDecision<unknown>,
  layers: ReadonlyMap<string, PlannedLayer>,
): Network {
  const unchanged = [...matrixLayers(network)].every(([name, layer]) => {
    const { weights, windowPruning } = layers.get(name)!.plan;
    const own = layer.weights;
    return windowPruning === null && weights.every((weight, i) => weight === own[i]);
  });
  if (floatWeights === null && unchanged) return network;
  const plans = new Map(Array.from(layers, ([name, { plan }]) => [name, plan]));
  return requantise(floatWeights === null ? withWeightScales(network) : network, {
    activationBits,
    activationClip,
    layers: plans,
  });
}

/** Where a network does not say what its integers are worth, they are worth themselves. */
function withWeightScales(network: Network): Network {
  return {
    ...network,
    nodes: network.nodes.map((node) => (isMatrixNode(node) ? { ...node, weightScale: node.weightScale ?? 1 } : node)),
  };
}
