import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { executeNetwork } from '../../../models/execute.js';
import { evaluate } from '../../../models/layer-graph/evaluate.js';
import { importOnnx, readOnnxGraph } from '../../../models/onnx/import-onnx.js';
import { quantiseImage } from '../../../models/preprocess.js';
import { expectAsNaive } from './expect-as-naive.js';
import { encodeModel } from './onnx-builder.js';
import { randomModels, randomNumbers } from './random-models.js';

const seeds = fc.integer({ min: 0, max: 1_000_000 });
const settings = { seed: 20261121, numRuns: 40 };

function randomImage(seed: number): Uint8Array {
  const next = randomNumbers(seed + 7);
  return Uint8Array.from({ length: 84 }, () => Math.floor(next() * 256));
}

describe('random quantised models', () => {
  it('every quantised value is that of an independent evaluation, within half a step', () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        const { qdq } = randomModels(seed);
        const network = importOnnx(encodeModel(qdq), 'random.onnx');
        const image = randomImage(seed);
        const { data } = quantiseImage(network, image);
        const { compared } = expectAsNaive(
          qdq,
          network,
          data,
          Array.from(image, (pixel) => pixel / 255),
        );
        // image, a [4, 8, 5], b and c and sum [4, 4, 5], joined [8, 4, 5], mean [8, 2, 2], global, logits
        expect(compared).toBe(84 + 160 + 3 * 80 + 160 + 32 + 8 + 5);
      }),
      settings,
    );
  });

  it('QLinear operators are the same as the QDQ graph that defines them, bit for bit', () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        const { qdq, qlinear } = randomModels(seed);
        const [a, b] = [qdq, qlinear].map((model) => importOnnx(encodeModel(model), 'random.onnx'));
        const image = randomImage(seed);
        expect(b!.inputFormat).toEqual(a!.inputFormat);
        expect(executeNetwork(b!, quantiseImage(b!, image))).toEqual(executeNetwork(a!, quantiseImage(a!, image)));
      }),
      settings,
    );
  });

  it('the evaluation of layer graphs gives the same, but for values on the border between two integers', () => {
    let differing = 0;
    let all = 0;
    for (let seed = 0; seed < 20; seed++) {
      const bytes = encodeModel(randomModels(seed).qlinear);
      const network = importOnnx(bytes, 'random.onnx');
      const image = randomImage(seed);
      const real = Array.from(image, (pixel) => pixel / 255);
      const evaluated = evaluate(readOnnxGraph(bytes, 'random.onnx'), real);
      executeNetwork(network, quantiseImage(network, image)).forEach((logit, i) => {
        const off = Math.abs(logit - evaluated[i]!);
        expect(off).toBeLessThanOrEqual(1);
        if (off > 0) differing++;
        all++;
      });
    }
    expect(differing / all).toBeLessThan(0.05);
  });
});
