import { defaultMachine, type MachineConfig } from '../../components/machine.js';
import { ProgramExecutor } from '../../mapping/execute.js';
import { mappingScheme } from '../../mapping/schemes.js';
import type { MatrixProduct } from '../../models/execute.js';
import type { Network } from '../../models/network.js';
import { extend } from '../../scenarios/extend.js';
import type { MappingConfig } from '../../scenarios/mapping-parameters.js';
import {
  compileLayer,
  givenDecision,
  type PlannedNetwork,
  planNetwork,
} from '../../scenarios/quantise/plan-network.js';

export interface Crossbars {
  readonly wordlines: number;
  readonly bitlines: number;
  readonly bitsPerCell: number;
}

/** The network's own integers on crossbars without compression, ADCs of any width that is needed. */
export function mappingOf(scheme: string, encoding: MappingConfig['encoding']): MappingConfig {
  const { parameters } = mappingScheme(scheme);
  return {
    ...{ scheme, encoding, layout: 'adjacent', quantisation: 'network' },
    ...{ weightBits: 0, activationBits: 0, accuracyBudget_percent: 1 },
    parameters: Object.fromEntries(Object.entries(parameters).map(([name, parameter]) => [name, parameter.default])),
  };
}

export function machineOf(crossbars: Crossbars, ouWordlines = 9): MachineConfig {
  return extend(defaultMachine(), ({ crossbar, ou }) => {
    Object.assign(crossbar, crossbars);
    Object.assign(ou, {
      wordlines: Math.min(ouWordlines, crossbars.wordlines),
      bitlines: Math.min(8, crossbars.bitlines),
    });
  });
}

/** A network planned for crossbars, and accumulators as its OU programs give them. */
export function onCrossbars(
  network: Network,
  machine: MachineConfig,
  mapping: MappingConfig,
): { readonly planned: PlannedNetwork; readonly product: MatrixProduct } {
  const task = { network, floatWeights: null, machine, mapping };
  const planned = planNetwork(task, givenDecision(task));
  const executors = new Map(
    Array.from(planned.layers, ([name, layer]) => {
      const program = compileLayer(layer, mapping);
      return [name, new ProgramExecutor(program, { adcBits: 24, formation: 'fixed' })];
    }),
  );
  return {
    planned,
    product: (layer, input) => {
      const window = new Int32Array(layer.rows);
      const sums = new Float64Array(layer.windows * layer.outputs);
      for (let w = 0; w < layer.windows; w++) {
        layer.gatherWindow(input, w, window);
        const own = sums.subarray(w * layer.outputs, (w + 1) * layer.outputs);
        executors.get(layer.name)!.run(window, own);
        layer.correct(window, own);
      }
      return sums;
    },
  };
}
