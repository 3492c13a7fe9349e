import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { presentedZero } from '../../models/activation-format.js';
import { fastProduct } from '../../models/fast-product.js';
import { MatrixLayer } from '../../models/matrix-layer.js';
import type { MatrixNode } from '../../models/network.js';
import { windowProduct } from '../../models/window-product.js';
import { convAndInput, fcAndInput, type NodeAndInput, naiveAccumulators } from './random-nodes.js';

const SEED = { seed: 20261121, numRuns: 300 };
const pruning = fc.record({
  rowBlock: fc.integer({ min: 1, max: 40 }),
  groupRows: fc.integer({ min: 1, max: 10 }),
  threshold: fc.nat(300),
});

describe.each([
  ['convolutions', convAndInput],
  ['fully connected layers', fcAndInput],
] as const)('fast and window products of random %s', (_, nodeAndInput: fc.Arbitrary<NodeAndInput<MatrixNode>>) => {
  it('equal the naive sum, for any width of weights and inputs, also at a second call', () => {
    fc.assert(
      fc.property(nodeAndInput, ({ node, input }) => {
        const layer = new MatrixLayer(node);
        const expected = naiveAccumulators({ node, input });
        expect([...fastProduct(layer, input)]).toEqual(expected);
        expect([...fastProduct(layer, input)]).toEqual(expected);
        expect([...windowProduct(layer, input)]).toEqual(expected);
      }),
      SEED,
    );
  });

  it('with window pruning equal the sums over the gathered windows', () => {
    fc.assert(
      fc.property(nodeAndInput, pruning, ({ node, input }, windowPruning) => {
        fc.pre(presentedZero(node.inputFormat) === 0);
        const layer = new MatrixLayer({ ...node, windowPruning });
        const { weights } = layer;
        const expected: number[] = [];
        const gathered = new Int32Array(layer.rows);
        for (let window = 0; window < layer.windows; window++) {
          layer.gatherWindow(input, window, gathered);
          const sums = Float64Array.from({ length: layer.outputs }, (_, m) =>
            gathered.reduce((sum, x, k) => sum + x * weights[k * layer.outputs + m]!, 0),
          );
          layer.correct(gathered, sums);
          expected.push(...sums);
        }
        expect([...fastProduct(layer, input)]).toEqual(expected);
        expect([...windowProduct(layer, input)]).toEqual(expected);
      }),
      SEED,
    );
  });
});
