import { mergePrograms } from '../../mapping/block-diagonal.js';
import { denseOperations } from '../../mapping/dense.js';
import type { OuProgram } from '../../mapping/ou-program.js';
import type { LayerPlan } from '../../mapping/scheme.js';
import { mappingScheme } from '../../mapping/schemes.js';
import { MatrixLayer, matrixLayers } from '../../models/matrix-layer.js';
import { partsOf } from './layer-parts.js';
import {
  compileLayer,
  denseOperationsOfLayer,
  givenDecision,
  matrixShape,
  networkActivationBits,
  type PlannedNetwork,
  type PlanningTask,
  planLayers,
} from './plan-network.js';

/** A matrix layer with its OU program. */
export interface CompiledLayer {
  readonly layer: MatrixLayer;
  /** Without cells where the network is synthetic. */
  readonly program: OuProgram;
  /** OU operations of a window in the dense mapping (`Work.dense`). */
  readonly denseOperations: number;
}

/**
 * The OU programs of a planned network, by layer, in the order of execution.
 *
 * @throws MappingError where a layer's integers cannot be placed
 */
export function compileNetwork({ network, layers }: PlannedNetwork, task: PlanningTask): Map<string, CompiledLayer> {
  return new Map(
    Array.from(matrixLayers(network), ([name, layer]) => {
      const planned = layers.get(name)!;
      const program = compileLayer(planned, task.mapping);
      return [name, { layer, program, denseOperations: denseOperationsOfLayer(planned) }];
    }),
  );
}

/**
 * The OU programs of a network whose numbers are drawn. Their integers mean nothing, so cells are dropped; and a scheme
 * whose programs follow from shapes alone draws no weights.
 *
 * @throws MappingError where a layer cannot be mapped
 */
export function compileSynthetic(task: PlanningTask): Map<string, CompiledLayer> {
  const { network, machine, mapping } = task;
  const scheme = mappingScheme(mapping.scheme);
  const decision = givenDecision(task);
  const bits = networkActivationBits(network, mapping);
  return new Map(
    Array.from(matrixLayers(network), ([name, layer]): [string, CompiledLayer] => {
      const shapes = partsOf(layer, machine.crossbar.wordlines).map((part) => matrixShape(layer, task, bits, part));
      const dense = shapes.reduce((sum, shape) => sum + denseOperations(shape), 0);
      if (scheme.compileShape !== undefined) {
        const program = mergePrograms(shapes.map((shape) => scheme.compileShape!(shape, mapping.parameters)));
        return [name, { layer, program, denseOperations: dense }];
      }
      const planned = planLayers(task, decision, [layer]).get(name)!;
      const program = withoutCells(compileLayer(planned, mapping));
      return [name, { layer: pruned(layer, planned.windowPruning), program, denseOperations: dense }];
    }),
  );
}

const NO_CELLS = new Uint8Array(0);

function withoutCells(program: OuProgram): OuProgram {
  return { ...program, crossbars: program.crossbars.map(({ groups }) => ({ levels: NO_CELLS, groups })) };
}

/** The layer with the scheme's pruning of windows; its weights stay undrawn. */
function pruned(layer: MatrixLayer, windowPruning: LayerPlan['windowPruning']): MatrixLayer {
  if (windowPruning === null) return layer;
  return new MatrixLayer(Object.create(layer.node, { windowPruning: { value: windowPruning, enumerable: true } }));
}
