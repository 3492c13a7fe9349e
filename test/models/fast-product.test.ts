import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
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
      fc.property(nodeAndInput, ({ node, input, inputBits }) => {
        const layer = new MatrixLayer(node, inputBits);
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
      fc.property(nodeAndInput, pruning, ({ node, input, inputBits }, windowPruning) => {
        fc.pre(!node.inputSigned);
        const layer = new MatrixLayer({ ...node, windowPruning }, inputBits);
        const expected: number[] = [];
        const gathered = new Int32Array(layer.rows);
        for (let window = 0; window < layer.windows; window++) {
          layer.gatherWindow(input, window, gathered);
          for (let m = 0; m < layer.outputs; m++) {
            expected.push(gathered.reduce((sum, x, k) => sum + x * layer.weights[k * layer.outputs + m]!, 0));
          }
        }
        expect([...fastProduct(layer, input)]).toEqual(expected);
        expect([...windowProduct(layer, input)]).toEqual(expected);
      }),
      SEED,
    );
  });
});
