import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { executeNetwork } from '../../models/execute.js';
import type { ConvNode } from '../../models/network.js';
import { readSafetensors } from '../../models/safetensors.js';
import type { Tensor } from '../../models/tensor.js';
import { machineOf, mappingOf, onCrossbars } from './crossbar-product.js';
import { SHARED_DATA_MISSING, sharedData } from './shared-data.js';
import { fixedPoint, matrixDefaults, networkOf, signed } from './single-node.js';
import { toChannelsFirst, toKernelsFirst } from './tensor-layout.js';

/** Trained layers of TensorFlow Lite Micro's SEANet: int16 activations, int8 weights, int64 biases (SOURCES.md). */
const vectors = sharedData('vectors/seanet-int16x8.safetensors');
const description = sharedData('vectors/seanet-int16x8.json');
/** The even-numbered ones of 22 layers. */
const NAMES = Array.from({ length: 11 }, (_, i) => `conv${2 * i}`);

interface Layer {
  readonly name: string;
  readonly strideH: number;
  readonly strideW: number;
}

function layerOf(
  tensors: ReadonlyMap<string, Tensor>,
  { name, strideH, strideW }: Layer,
): { node: ConvNode; input: Tensor; golden: number[] } {
  const tensor = (part: string) => tensors.get(`${name}.${part}`)!;
  const [height, width, channels] = tensor('x').shape.slice(-3) as [number, number, number];
  const [outputs, kernelHeight, kernelWidth] = tensor('w').shape as [number, number, number, number];
  const golden = tensor('golden');
  const [outputHeight, outputWidth] = golden.shape.slice(-3) as [number, number, number];
  const inputShape = [channels, height, width];
  const node: ConvNode = {
    ...matrixDefaults,
    op: 'conv',
    inputShape,
    inputFormat: signed(16, 0),
    outputShape: [outputs, outputHeight, outputWidth],
    outputFormat: signed(16, 0),
    weights: toKernelsFirst(tensor('w').data as Int8Array, outputs, channels, kernelHeight * kernelWidth),
    requantiser: fixedPoint(
      'int16x8',
      Array.from(tensor('mult').data),
      Array.from(tensor('shift').data),
      [-32768, 32767],
      tensor('bias').data,
    ),
    ...{
      kernelHeight,
      kernelWidth,
      strideHeight: strideH,
      strideWidth: strideW,
      dilationHeight: 1,
      dilationWidth: 1,
      groups: 1,
    },
    ...{ padTop: 0, padLeft: 0, padBottom: 0, padRight: 0 },
  };
  const x = tensor('x').data as Int16Array;
  return {
    node,
    input: { dtype: 'I16', shape: inputShape, data: toChannelsFirst(x, channels, height * width) },
    golden: [...toChannelsFirst(golden.data as Int16Array, outputs, outputHeight * outputWidth)],
  };
}

describe('SEANet int16x8', () => {
  it.for(NAMES)('%s: executor and crossbars, bit for bit', (name, { skip }) => {
    if (vectors === null || description === null) return skip(SHARED_DATA_MISSING);
    const layers: Layer[] = JSON.parse(readFileSync(description, 'utf8'));
    expect(layers.map((layer) => layer.name)).toEqual(NAMES);
    const layer = layers.find((candidate) => candidate.name === name)!;
    const { node, input, golden } = layerOf(readSafetensors(vectors), layer);
    const network = networkOf(node);
    expect([...executeNetwork(network, input)]).toEqual(golden);
    const machine = machineOf({ wordlines: 128, bitlines: 128, bitsPerCell: 2 });
    const { product } = onCrossbars(network, machine, mappingOf('dense', 'offset'));
    expect([...executeNetwork(network, input, { product })]).toEqual(golden);
  });
});
