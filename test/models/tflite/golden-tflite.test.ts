import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { executeNetwork } from '../../../models/execute.js';
import { isMatrixNode } from '../../../models/network.js';
import { readSafetensors } from '../../../models/safetensors.js';
import type { Tensor } from '../../../models/tensor.js';
import { SHARED_DATA_MISSING, sharedData } from '../shared-data.js';
import {
  channelsFirst,
  channelsLast,
  inputOf,
  type LayerCheck,
  matrixNode,
  readJson,
  type TfliteFiles,
  tfliteFiles,
} from './tflite-files.js';

const TINY = 'mlperf-tiny';
const MOBILENET = 'mobilenet-v2-imagenet';

describe.each(['ic_resnet8_int8', 'vww_mbv1_int8'])('%s of MLPerf Tiny', (name) => {
  const files = tfliteFiles(TINY, name);
  const goldenFile = sharedData(`${TINY}/${name}.golden.safetensors`);

  it('gives every stored tensor of all images, and every accumulator of image 0, bit for bit', ({ skip }) => {
    if (files === null || goldenFile === null) return skip(SHARED_DATA_MISSING);
    const { network, nodeOfTensor } = files.imported;
    const golden = readSafetensors(goldenFile);
    const batch = golden.get('input')!;
    // The tensor behind the softmax holds the logits, which the one before it holds too.
    const softmax = files.graph.nodes.at(-1)!;
    const stored = [...golden.keys()].filter((key) => key.startsWith('out.'));
    const tensorOf = new Map([...nodeOfTensor].map(([tensor, node]) => [node, tensor]));
    expect(stored.length).toBe(network.nodes.length + 1);
    for (let image = 0; image < batch.shape[0]!; image++) {
      let compared = 0;
      const logits = executeNetwork(network, inputOf(network, batch, image), {
        observe: (node, output, accumulators) => {
          const tensor = tensorOf.get(node)!;
          expectSame(output.data, imageOf(golden.get(`out.t${tensor}`)!, image), `out.t${tensor}, image ${image}`);
          compared++;
          if (accumulators === undefined || image !== 0) return;
          const expected = golden.get(`acc.t${tensor}`)!;
          expectSame(withBias(files, node, accumulators), Array.from(expected.data), `acc.t${tensor}`);
        },
      });
      expect(compared).toBe(stored.length - 1);
      expectSame(logits, imageOf(golden.get(`out.t${softmax.outputs[0]}`)!, image), 'logits');
    }
  });

  it('has the stored sums of outputs and accumulators', ({ skip }) => {
    const checks = sharedData(`${TINY}/${name}.layerchecks.json`);
    if (files === null || goldenFile === null || checks === null) return skip(SHARED_DATA_MISSING);
    expectLayerChecks(files, readSafetensors(goldenFile).get('input')!, readJson<LayerCheck[]>(checks));
  });
});

describe('MobileNet-v2 on ImageNet, uint8', () => {
  const files = tfliteFiles(MOBILENET, 'mobilenet_v2_1.0_224_u8');
  const golden = sharedData(`${MOBILENET}/mobilenet_v2_1.0_224_u8.golden.safetensors`);
  const labelsFile = sharedData(`${MOBILENET}/labels.txt`);
  const checks = sharedData(`${MOBILENET}/mobilenet_v2_1.0_224_u8.layerchecks.json`);

  it('has the stored layer sums of the first photo and the logits of two, and names what is in them', ({ skip }) => {
    if (files === null || golden === null || labelsFile === null || checks === null) return skip(SHARED_DATA_MISSING);
    const tensors = readSafetensors(golden);
    const labels = readFileSync(labelsFile, 'utf8').split('\n');
    const inputs = tensors.get('input')!;
    const cat = expectLayerChecks(files, inputs, readJson<LayerCheck[]>(checks));
    const bird = executeNetwork(files.imported.network, inputOf(files.imported.network, inputs, 1));
    expectSame(cat, imageOf(tensors.get('logits')!, 0), 'logits of image 0');
    expectSame(bird, imageOf(tensors.get('logits')!, 1), 'logits of image 1');
    expect(labels[cat.indexOf(Math.max(...cat))]).toContain('Egyptian cat');
    expect(labels[bird.indexOf(Math.max(...bird))]).toContain('chickadee');
  }, 60_000);
});

function imageOf({ data, shape }: Tensor, image: number): number[] {
  const size = data.length / shape[0]!;
  return channelsFirst(data.slice(image * size, (image + 1) * size), shape.slice(1));
}

/** [windows][outputs], as the executor has them, which is the file's channel-last order, with the bias added. */
function withBias({ imported }: TfliteFiles, node: string, accumulators: Float64Array): number[] {
  const { requantiser } = matrixNode(imported.network, node);
  if (requantiser.kind !== 'fixed-point') throw new Error(`${node}: ${requantiser.kind}`);
  const { bias } = requantiser;
  return Array.from(accumulators, (sum, i) => sum + bias[i % bias.length]!);
}

function expectLayerChecks(files: TfliteFiles, batch: Tensor, checks: readonly LayerCheck[]): Float64Array {
  const { network, nodeOfTensor } = files.imported;
  const seen = new Map<string, Omit<LayerCheck, 'out'>>();
  const logits = executeNetwork(network, inputOf(network, batch, 0), {
    observe: (node, output, accumulators) => {
      if (accumulators === undefined) return;
      const [sumOut, wsumOut] = sums(channelsLast(output.data as Int8Array, output.shape));
      const [sumAcc, wsumAcc] = sums(withBias(files, node, accumulators));
      seen.set(node, { sumOut, wsumOut, sumAcc, wsumAcc });
    },
  });
  expect(checks.length).toBe(network.nodes.filter(isMatrixNode).length);
  for (const { out, sumOut, wsumOut, sumAcc, wsumAcc } of checks) {
    expect(seen.get(nodeOfTensor.get(out)!), `t${out}`).toEqual({ sumOut, wsumOut, sumAcc, wsumAcc });
  }
  return logits;
}

/** The sum, and the sum weighted by (i mod 251) + 1. */
function sums(values: readonly number[]): [number, number] {
  return [
    values.reduce((sum, value) => sum + value, 0),
    values.reduce((sum, value, i) => sum + value * ((i % 251) + 1), 0),
  ];
}

function expectSame(got: ArrayLike<number>, expected: ArrayLike<number>, what: string): void {
  expect(got.length, what).toBe(expected.length);
  for (let i = 0; i < expected.length; i++) {
    if (got[i] !== expected[i]) expect.fail(`${what}[${i}]: got ${got[i]}, stored ${expected[i]}`);
  }
}
