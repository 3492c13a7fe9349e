import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { executeNetwork } from '../../models/execute.js';
import type { ConvNode, FcNode, MatrixNode, Network } from '../../models/network.js';
import type { Tensor } from '../../models/tensor.js';
import { machineOf, mappingOf, onCrossbars } from './crossbar-product.js';
import { SHARED_DATA_MISSING, sharedData } from './shared-data.js';
import { fixedPoint, matrixDefaults, networkOf, signed } from './single-node.js';
import { toChannelsFirst, toKernelsFirst } from './tensor-layout.js';

/** Unit tests of CMSIS-NN whose expected outputs TensorFlow Lite computed (SOURCES.md of the shared data). */
interface Case {
  readonly test: string;
  readonly kind: 'conv' | 'depthwise' | 'fully_connected';
  readonly config: Readonly<Record<string, number>>;
  readonly arrays: Readonly<Record<string, { readonly dtype: string; readonly data: readonly number[] }>>;
}

const path = sharedData('vectors/cmsis-nn-int8.json');
const cases: readonly Case[] = path === null ? [] : JSON.parse(readFileSync(path, 'utf8'));

function nodeOf({ kind, config, arrays }: Case): MatrixNode {
  const c = (key: string): number => {
    const value = config[key];
    if (value === undefined) throw new Error(`no ${key}`);
    return value;
  };
  const outputs = c('OUT_CH');
  const each = (array: string, single: string): readonly number[] =>
    arrays[array]?.data ?? new Array<number>(outputs).fill(c(single));
  const base = {
    ...matrixDefaults,
    inputFormat: signed(8, -c('INPUT_OFFSET')),
    outputFormat: signed(8, c('OUTPUT_OFFSET')),
    requantiser: fixedPoint(
      'double',
      each('output_mult', 'OUTPUT_MULTIPLIER'),
      each('output_shift', 'OUTPUT_SHIFT'),
      [c('OUT_ACTIVATION_MIN'), c('OUT_ACTIVATION_MAX')],
      arrays['biases']?.data,
    ),
  };
  const weights = Int8Array.from(arrays['weights']!.data);
  if (kind === 'fully_connected') {
    // FILTER_OFFSET is added to the weights; a zero point is subtracted from them.
    const offset = config['FILTER_OFFSET'] ?? 0;
    return {
      ...base,
      op: 'fc',
      inputShape: [c('ACCUMULATION_DEPTH')],
      outputShape: [outputs],
      weights,
      weightZeroPoint: offset === 0 ? null : new Int32Array(outputs).fill(-offset),
    } satisfies FcNode;
  }
  const channels = c('IN_CH');
  const ownChannels = kind === 'depthwise' ? 1 : (config['FILTER_CH'] ?? channels);
  const [kernelHeight, kernelWidth] = [c('FILTER_Y'), c('FILTER_X')];
  const behind = (out: number, stride: number, dilation: number, kernel: number, size: number, before: number) =>
    Math.max(0, (out - 1) * stride + dilation * (kernel - 1) + 1 - size - before);
  return {
    ...base,
    op: 'conv',
    inputShape: [channels, c('INPUT_H'), c('INPUT_W')],
    outputShape: [outputs, c('OUTPUT_H'), c('OUTPUT_W')],
    groups: channels / ownChannels,
    ...{ kernelHeight, kernelWidth, strideHeight: c('STRIDE_Y'), strideWidth: c('STRIDE_X') },
    ...{ dilationHeight: c('DILATION_Y'), dilationWidth: c('DILATION_X'), padTop: c('PAD_Y'), padLeft: c('PAD_X') },
    padBottom: behind(c('OUTPUT_H'), c('STRIDE_Y'), c('DILATION_Y'), kernelHeight, c('INPUT_H'), c('PAD_Y')),
    padRight: behind(c('OUTPUT_W'), c('STRIDE_X'), c('DILATION_X'), kernelWidth, c('INPUT_W'), c('PAD_X')),
    // OHWI, or 1HWC of a depthwise convolution, whose channel c x CH_MULT + i is output i of group c.
    weights:
      kind === 'depthwise'
        ? toChannelsFirst(weights, outputs, kernelHeight * kernelWidth)
        : toKernelsFirst(weights, outputs, ownChannels, kernelHeight * kernelWidth),
  } satisfies ConvNode;
}

/** The batches of a case, each an image: inputs and expected outputs, channel slowest. */
function batchesOf({ config, arrays }: Case, node: MatrixNode): { input: Tensor; expected: number[] }[] {
  const inputs = Int8Array.from(arrays['input']!.data);
  const references = Int8Array.from(arrays['output_ref']!.data);
  const batches = config['INPUT_BATCHES']!;
  const [inSize, outSize] = [inputs.length / batches, references.length / batches];
  const [channels, outputs] = [node.inputShape[0]!, node.outputShape[0]!];
  return Array.from({ length: batches }, (_, batch) => {
    const image = inputs.slice(batch * inSize, (batch + 1) * inSize);
    const reference = references.slice(batch * outSize, (batch + 1) * outSize);
    const data = toChannelsFirst(image, channels, image.length / channels);
    return {
      input: { dtype: 'I8', shape: node.inputShape, data },
      expected: [...toChannelsFirst(reference, outputs, reference.length / outputs)],
    };
  });
}

describe('CMSIS-NN int8', () => {
  it('has 36 cases', ({ skip }) => {
    if (path === null) return skip(SHARED_DATA_MISSING);
    expect(cases).toHaveLength(36);
  });

  it.each(cases.map((each) => [each.test, each] as const))('%s: executor and crossbars, bit for bit', (_, each) => {
    const node = nodeOf(each);
    const network: Network = networkOf(node);
    // Weights of -128 need a format that has them. Crossbars of 16 x 32 cut most of the matrices.
    const { product, planned } = onCrossbars(
      network,
      machineOf({ wordlines: 16, bitlines: 32, bitsPerCell: 2 }),
      mappingOf('dense', 'offset'),
    );
    expect(planned.network).toBe(network);
    for (const { input, expected } of batchesOf(each, node)) {
      expect([...executeNetwork(network, input)]).toEqual(expected);
      expect([...executeNetwork(network, input, { product })]).toEqual(expected);
    }
  });
});
