import { executeNetwork } from '../../models/execute.js';
import { isMatrixNode } from '../../models/network.js';
import type { Tensor } from '../../models/tensor.js';
import { LayerFunction } from './layer-function.js';
import { LayerInputs } from './layer-inputs.js';
import type { NetworkRun } from './network-run.js';
import type { RunOptions } from './run-options.js';

/** The integers of a run, whatever time they take. */
export interface NetworkExecution {
  readonly inputs: LayerInputs;
  /** Of an image whose inputs have been asked for; undefined where the network is synthetic. */
  outputOf(image: number): readonly number[] | undefined;
  /** Codes of a layer that an ADC could not represent, over the images so far. */
  saturatedCodesOf(layer: string): number;
}

/** Executes a network on its OU programs, an image at a time. */
export function executionOf(run: NetworkRun, options: RunOptions): NetworkExecution {
  return run.network.synthetic === null ? executedOnCrossbars(run, options) : drawn(run);
}

function executedOnCrossbars(
  { machine, network, compiled, images }: NetworkRun,
  options: RunOptions,
): NetworkExecution {
  const functions = new Map(
    Array.from(compiled, ([name, { layer, program }]) => [name, new LayerFunction(layer, program, machine)]),
  );
  const outputs: number[][] = [];
  const saturated = new Map<string, number>();
  const make = (image: number) => {
    const inputs = new Map<string, Tensor>();
    // An image that is executed once more gives the same, which is not counted again.
    const first = outputs[image] === undefined;
    const output = executeNetwork(network, images[image]!, {
      product: ({ name }, input) => {
        // From the second image on the simulation has begun and tells of itself.
        if (image === 0) options.progress?.(inputs.size, compiled.size, `integers of the first image, layer ${name}`);
        inputs.set(name, input);
        const layer = functions.get(name)!;
        const before = layer.saturatedCodes;
        const accumulators = layer.run(input);
        if (first) saturated.set(name, (saturated.get(name) ?? 0) + layer.saturatedCodes - before);
        return accumulators;
      },
    });
    outputs[image] = Array.from(output);
    return inputs;
  };
  const inputs = new LayerInputs(make);
  // Before the simulation begins, so that whoever waits for it is told of both in turn.
  inputs.of(functions.keys().next().value!, 0);
  return {
    inputs,
    outputOf: (image) => outputs[image],
    saturatedCodesOf: (layer) => saturated.get(layer) ?? 0,
  };
}

function drawn({ network, firstImage }: NetworkRun): NetworkExecution {
  const layers = network.nodes.filter(isMatrixNode);
  const make = (image: number) =>
    new Map(layers.map((node) => [node.name, network.synthetic!.drawInput(node, firstImage + image)]));
  return { inputs: new LayerInputs(make), outputOf: () => undefined, saturatedCodesOf: () => 0 };
}
