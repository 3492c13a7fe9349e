import { describe, expect, it } from 'vitest';
import { executeNetwork } from '../../../models/execute.js';
import { isMatrixNode } from '../../../models/network.js';
import { SHARED_DATA_MISSING } from '../shared-data.js';
import { channelsFirst, matrixNode, tfliteFiles } from './tflite-files.js';

/** Networks of the shared data, with their constants as another program converted them. */
const NETWORKS = [
  { folder: 'mlperf-tiny', name: 'ic_resnet8_int8' },
  { folder: 'mlperf-tiny', name: 'kws_dscnn_int8' },
  { folder: 'mlperf-tiny', name: 'ad_ae_int8' },
  { folder: 'mobilenet-v2-imagenet', name: 'mobilenet_v2_1.0_224_u8' },
];

describe.each(NETWORKS)('$name', ({ folder, name }) => {
  const files = tfliteFiles(folder, name);

  it('has the weights and biases of the converted graph, channel first', ({ skip }) => {
    if (files === null) return skip(SHARED_DATA_MISSING);
    const { imported, graph, constants } = files;
    const unsigned = !imported.network.inputFormat.signed;
    const weighted = graph.nodes.filter(({ op }) => /CONV_2D|FULLY_CONNECTED/.test(op));
    expect(weighted.length).toBe(imported.network.nodes.filter(isMatrixNode).length);
    for (const { op, inputs, outputs } of weighted) {
      const node = matrixNode(imported.network, imported.nodeOfTensor.get(outputs[0]!)!);
      const { data, shape } = constants.get(`t${inputs[1]}`)!;
      const stored = Array.from(data, (weight) => (unsigned ? weight - 128 : weight));
      const perOutput = (m: number): number[] => {
        const size = data.length / node.outputShape[0]!;
        if (op !== 'DEPTHWISE_CONV_2D') {
          return channelsFirst(Int8Array.from(stored.slice(m * size, (m + 1) * size)), shape.slice(1));
        }
        return Array.from({ length: size }, (_, at) => stored[at * node.outputShape[0]! + m]!);
      };
      const expected = Array.from({ length: node.outputShape[0]! }, (_, m) => perOutput(m)).flat();
      expect(Buffer.compare(Buffer.from(node.weights as Int8Array), Buffer.from(expected)), node.name).toBe(0);
      expect(node.requantiser.kind).toBe('fixed-point');
      if (node.requantiser.kind !== 'fixed-point') continue;
      expect(Array.from(node.requantiser.bias), node.name).toEqual(Array.from(constants.get(`t${inputs[2]}`)!.data));
    }
  });
});

describe('the networks without stored outputs', () => {
  it('keyword spotting tells two inputs apart, inside the format', ({ skip }) => {
    const files = tfliteFiles('mlperf-tiny', 'kws_dscnn_int8');
    if (files === null) return skip(SHARED_DATA_MISSING);
    const { network } = files.imported;
    expect(network.inputShape).toEqual([1, 49, 10]);
    const [a, b] = [7, 11].map((step) => {
      const data = Int8Array.from({ length: 490 }, (_, i) => ((i * step) % 200) - 100);
      return Array.from(executeNetwork(network, { dtype: 'I8', shape: network.inputShape, data }));
    });
    expect(a).toHaveLength(12);
    expect(a!.every((logit) => Number.isInteger(logit) && logit >= -128 && logit <= 127)).toBe(true);
    expect(a).not.toEqual(b);
  });

  it('the autoencoder equals its ten layers in real numbers, to two steps of its output', ({ skip }) => {
    const files = tfliteFiles('mlperf-tiny', 'ad_ae_int8');
    if (files === null) return skip(SHARED_DATA_MISSING);
    const { imported, graph, constants } = files;
    const input = Int8Array.from({ length: 640 }, (_, i) => ((i * 37) % 120) - 20);
    const shape = imported.network.inputShape;
    const got = executeNetwork(imported.network, { dtype: 'I8', shape, data: input });
    // Integers of each layer from the scales in the converted graph: products in doubles, rounded, limited.
    let values = Array.from(input);
    for (const { inputs, outputs } of graph.nodes) {
      const [x, w, y] = [inputs[0]!, inputs[1]!, outputs[0]!].map((id) => graph.tensors[id]!);
      const weights = constants.get(`t${inputs[1]}`)!.data;
      const bias = constants.get(`t${inputs[2]}`)!.data;
      const zero = x!.zeroPoint[0]!;
      values = Array.from(bias, (start, m) => {
        const sum = values.reduce((acc, q, k) => acc + (q - zero) * weights[m * values.length + k]!, start);
        const steps = Math.round((sum * x!.scale[0]! * w!.scale[0]!) / y!.scale[0]!) + y!.zeroPoint[0]!;
        return Math.min(127, Math.max(-128, steps));
      });
    }
    const worst = Math.max(...values.map((value, i) => Math.abs(value - got[i]!)));
    expect(worst).toBeLessThanOrEqual(2);
    expect(new Set(got).size).toBeGreaterThan(20);
  });
});
