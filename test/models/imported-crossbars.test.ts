import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { executeNetwork } from '../../models/execute.js';
import { fastProduct } from '../../models/fast-product.js';
import { readSafetensors } from '../../models/safetensors.js';
import type { Tensor } from '../../models/tensor.js';
import { importTflite } from '../../models/tflite/import-tflite.js';
import { machineOf, mappingOf, onCrossbars } from './crossbar-product.js';
import { SHARED_DATA_MISSING, sharedData } from './shared-data.js';
import { toChannelsFirst } from './tensor-layout.js';

describe.each(['ic_resnet8_int8', 'vww_mbv1_int8'])('%s of MLPerf Tiny on crossbars', (name) => {
  const file = sharedData(`mlperf-tiny/${name}.tflite`);
  const golden = sharedData(`mlperf-tiny/${name}.golden.safetensors`);

  // The reference itself is compared with stored values in test/models/tflite/golden-tflite.test.ts.
  it('gives the outputs of every node, with zero points and depthwise convolutions, bit for bit', ({ skip }) => {
    if (file === null || golden === null) return skip(SHARED_DATA_MISSING);
    const network = importTflite(readFileSync(file), file);
    const [channels, height, width] = network.inputShape;
    const batch = readSafetensors(golden).get('input')!.data as Int8Array;
    const size = channels * height * width;
    const data = toChannelsFirst(batch.slice(0, size), channels, height * width);
    const input: Tensor = { dtype: 'I8', shape: network.inputShape, data };
    const expected = new Map<string, Tensor>();
    const logits = executeNetwork(network, input, { observe: (node, output) => expected.set(node, output) });

    const machine = machineOf({ wordlines: 128, bitlines: 128, bitsPerCell: 2 });
    const { product } = onCrossbars(network, machine, mappingOf('dense', 'offset'));
    for (const ofMachine of [product, fastProduct]) {
      const seen: string[] = [];
      const result = executeNetwork(network, input, {
        product: ofMachine,
        observe: (node, output) => {
          expect(output.data, node).toEqual(expected.get(node)!.data);
          seen.push(node);
        },
      });
      expect(result).toEqual(logits);
      expect(seen).toEqual(network.nodes.map((node) => node.name));
    }
  });
});
