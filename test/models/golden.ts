import { fileURLToPath } from 'node:url';
import { INPUT_NAME } from '../../models/network.js';
import { readSafetensors } from '../../models/safetensors.js';
import type { Tensor } from '../../models/tensor.js';

/** Path of stored golden values that come with the tests. */
export function goldenPath(model: string): string {
  return fileURLToPath(new URL(`../golden/${model}.safetensors`, import.meta.url));
}

export interface Golden {
  /** Quantised inputs, one an image. */
  readonly inputs: Tensor[];
  /** Outputs of a node for one image. */
  output(name: string, image: number): Tensor;
  /** Names of the nodes with stored outputs. */
  readonly outputNames: string[];
  /** Accumulators of a node for image 0, channel slowest. */
  accumulators(name: string): Tensor;
  readonly accumulatorNames: string[];
}

/** Golden values as `SOURCES.md` of the shared data describes them: input, out.NODE, acc.NODE. */
export function readGolden(path: string): Golden {
  const tensors = readSafetensors(path);
  const images = tensors.get(INPUT_NAME)!.shape[0]!;
  const slice = (name: string, image: number): Tensor => {
    const { dtype, shape, data } = tensors.get(name)!;
    const size = data.length / shape[0]!;
    return { dtype, shape: shape.slice(1), data: data.slice(image * size, (image + 1) * size) };
  };
  const namesWith = (prefix: string) =>
    [...tensors.keys()].filter((name) => name.startsWith(prefix)).map((name) => name.slice(prefix.length));
  return {
    inputs: Array.from({ length: images }, (_, image) => slice(INPUT_NAME, image)),
    output: (name, image) => slice(`out.${name}`, image),
    outputNames: namesWith('out.'),
    accumulators: (name) => slice(`acc.${name}`, 0),
    accumulatorNames: namesWith('acc.'),
  };
}
