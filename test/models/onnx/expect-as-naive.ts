import { expect } from 'vitest';
import { executeNetwork } from '../../../models/execute.js';
import type { Network } from '../../../models/network.js';
import type { TensorData } from '../../../models/tensor.js';
import { evaluateNaively, type NaiveValue } from './naive-onnx.js';
import type { TestModel } from './onnx-builder.js';

/** Name of the QuantizeLinear node that gives what the network's node `name` gives. */
export const quantiserOf = (name: string) => `${name}.q`;

/**
 * Holds every quantised value that a network executes against the naive evaluation of its QDQ graph: within half a step, and
 * what follows is computed from the executed integers.
 *
 * @param input the quantised image
 * @param image the same before quantisation
 * @returns how many values were compared, and the naive output
 */
export function expectAsNaive(
  model: TestModel,
  network: Network,
  input: TensorData,
  image: readonly number[],
): { readonly compared: number; readonly output: NaiveValue; readonly executed: Float64Array } {
  const outputs = new Map<string, TensorData>([['image.q', input]]);
  const { inputShape, inputFormat } = network;
  const executed = executeNetwork(
    network,
    { dtype: inputFormat.signed ? 'I8' : 'U8', shape: inputShape, data: input },
    { observe: (name, { data }) => outputs.set(name, data).set(quantiserOf(name), data) },
  );
  let compared = 0;
  const dims = [1, ...inputShape];
  const output = evaluateNaively(model, { dims, data: image }, (name, steps, type) => {
    const integers = Array.from(outputs.get(name)!);
    const [min, max] = type === 'int8' ? [-128, 127] : [0, 255];
    expect(integers, name).toHaveLength(steps.length);
    for (const [i, step] of steps.entries()) {
      // float32 may put a value that lies on the border between two integers on either side of it.
      const off = Math.abs(Math.min(max, Math.max(min, step)) - integers[i]!);
      if (off > 0.5 + 1e-3) expect.fail(`${name}[${i}]: ${step} became ${integers[i]}`);
      compared++;
    }
    return integers;
  });
  return { compared, output, executed };
}
