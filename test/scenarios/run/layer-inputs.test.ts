import { expect, it } from 'vitest';
import type { Tensor } from '../../../models/tensor.js';
import { LayerInputs } from '../../../scenarios/run/layer-inputs.js';

const tensor = (value: number): Tensor => ({ shape: [1], data: Int32Array.of(value) }) as unknown as Tensor;

it('makes the inputs of an image once, for all layers, until images before another one are dropped', () => {
  const made: number[] = [];
  const inputs = new LayerInputs((image) => {
    made.push(image);
    return new Map(['a', 'b'].map((name, layer) => [name, tensor(10 * image + layer)]));
  });
  expect(inputs.of('b', 0)).toEqual(tensor(1));
  expect(inputs.of('a', 0)).toEqual(tensor(0));
  expect(inputs.of('a', 1)).toEqual(tensor(10));
  expect(made).toEqual([0, 1]);
  inputs.dropBefore(1);
  expect(inputs.of('b', 1)).toEqual(tensor(11));
  expect(made).toEqual([0, 1]);
  expect(inputs.of('b', 0)).toEqual(tensor(1));
  expect(made).toEqual([0, 1, 0]);
});
