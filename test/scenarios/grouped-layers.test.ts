import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { MAPPING_SCHEMES } from '../../mapping/schemes.js';
import { plainFormat } from '../../models/activation-format.js';
import { executeNetwork } from '../../models/execute.js';
import { fastProduct } from '../../models/fast-product.js';
import { integerProduct } from '../../models/integer-product.js';
import { MatrixLayer } from '../../models/matrix-layer.js';
import type { ConvNode, MatrixNode } from '../../models/network.js';
import { partsOf, requireBlockDiagonal, wholeLayer } from '../../scenarios/quantise/layer-parts.js';
import {
  compileLayer,
  denseOperationsOfLayer,
  givenDecision,
  planNetwork,
} from '../../scenarios/quantise/plan-network.js';
import { machineOf, mappingOf, onCrossbars } from '../models/crossbar-product.js';
import { convAndInput, fcAndInput } from '../models/random-nodes.js';
import { networkOf } from '../models/single-node.js';

const depthwise = (channels: number, outputsOfGroup = 1): ConvNode => ({
  ...{ op: 'conv', name: 'depthwise', input: 'input', groups: channels },
  ...{ inputShape: [channels, 3, 3], outputShape: [channels * outputsOfGroup, 3, 3] },
  ...{ inputFormat: plainFormat(8, false), outputFormat: plainFormat(8, false) },
  ...{ kernelHeight: 3, kernelWidth: 3, strideHeight: 1, strideWidth: 1, dilationHeight: 1, dilationWidth: 1 },
  ...{ padTop: 1, padLeft: 1, padBottom: 1, padRight: 1 },
  weights: Int8Array.from({ length: channels * outputsOfGroup * 9 }, (_, i) => ((i * 37) % 255) - 127),
  ...{ weightBits: 8, weightZeroPoint: null, weightScale: null, windowPruning: null, last: true },
  requantiser: { kind: 'none' },
});
const imageOf = (channels: number) => ({
  dtype: 'U8' as const,
  shape: [channels, 3, 3],
  data: Uint8Array.from({ length: channels * 9 }, (_, i) => (i * 101) % 256),
});

describe('parts of a grouped layer', () => {
  it('hold as many groups as fit the wordlines of a crossbar, at least one', () => {
    const layer = new MatrixLayer(depthwise(32));
    // 128 / 9 = 14 groups of 9 rows; a group of 9 rows on 8 wordlines is a part of its own.
    expect(partsOf(layer, 128)).toEqual([
      { firstBlock: 0, blocks: 14, rows: 126, outputs: 14 },
      { firstBlock: 14, blocks: 14, rows: 126, outputs: 14 },
      { firstBlock: 28, blocks: 4, rows: 36, outputs: 4 },
    ]);
    expect(partsOf(layer, 8)).toHaveLength(32);
  });

  it('take crossbars and dense operations of their own: 9 rows x 8 bitlines at once', () => {
    const network = networkOf(depthwise(32));
    const machine = machineOf({ wordlines: 128, bitlines: 128, bitsPerCell: 2 });
    const mapping = mappingOf('dense', 'offset');
    const task = { network, floatWeights: null, machine, mapping };
    const planned = planNetwork(task, givenDecision(task)).layers.get('depthwise')!;
    const program = compileLayer(planned, mapping);
    expect(program.crossbars).toHaveLength(3);
    expect(program.cellsUsed).toBe((126 * 14 + 126 * 14 + 36 * 4) * 4);
    // 8 planes; 14 row batches x 7 column groups (56 bitlines), twice; 4 row batches x 2 column groups (16 bitlines).
    expect(denseOperationsOfLayer(planned)).toBe(8 * (14 * 7 + 14 * 7 + 4 * 2));
  });
});

describe.each(MAPPING_SCHEMES.map(({ name }) => name))(
  'depthwise convolution with two outputs a group, by %s',
  (name) => {
    const network = networkOf(depthwise(7, 2));
    const machine = machineOf({ wordlines: 32, bitlines: 32, bitsPerCell: 1 }, 8);
    const layout = name === 'era-bs' || name === 'sme' ? 'planar' : 'adjacent';
    const ofScheme = { ...mappingOf(name, 'differential'), layout } as const;

    test('its crossbars give the integers of the plan, bit for bit', () => {
      const { planned, product } = onCrossbars(network, machine, ofScheme);
      expect(planned.layers.get('depthwise')!.parts.length).toBeGreaterThan(1);
      const expected = executeNetwork(planned.network, imageOf(7));
      expect(expected.some((sum) => sum !== 0)).toBe(true);
      expect(executeNetwork(planned.network, imageOf(7), { product })).toEqual(expected);
    });

    test('float weights are quantised part by part, and requantised by their own scales', () => {
      const node: MatrixNode = {
        ...depthwise(7, 2),
        weightScale: 0.01,
        requantiser: {
          kind: 'real',
          multiplier: new Float64Array(14).fill(0.01),
          bias: new Float64Array(14),
          residual: null,
        },
      };
      const real = networkOf(node);
      // Each group has weights of another size.
      const floats = Float64Array.from(node.weights, (weight, i) => weight * 0.01 * 2 ** -Math.floor(i / 18));
      const mapping = { ...ofScheme, quantisation: 'given' as const, weightBits: 8 };
      const task = { network: real, floatWeights: new Map([['depthwise', floats]]), machine, mapping };
      const { network: planned, layers } = planNetwork(task, givenDecision(task));
      const logits = executeNetwork(planned, imageOf(7));
      // In floats: sums of input x weight x 0.01 / 0.01, for the multiplier holds the scale of the integers.
      const { weights } = planned.nodes[0] as MatrixNode;
      const parts = layers.get('depthwise')!.parts;
      const stepOf = (m: number) => parts.find(({ part }) => m < (part.firstBlock + part.blocks) * 2)!.scale;
      const exact = integerProduct({ ...node, weights }, imageOf(7));
      logits.forEach((logit, i) => {
        const [m, window] = [Math.floor(i / 9), i % 9];
        expect(logit).toBeCloseTo(exact[window * 14 + m]! * stepOf(m), 6);
      });
    });
  },
);

test('activation pruning of ERA-BS: the rows of a part are the row block, on crossbars and in the reference', () => {
  const network = networkOf(depthwise(7, 2));
  const plain = mappingOf('era-bs', 'differential');
  const parameters = { ...plain.parameters, flip: 0, activationThreshold: 0.3 };
  const mapping = { ...plain, layout: 'planar' as const, parameters };
  const machine = machineOf({ wordlines: 32, bitlines: 32, bitsPerCell: 1 }, 4);
  const { planned, product } = onCrossbars(network, machine, mapping);
  // 3 groups of 9 rows fit 32 wordlines; mask groups of 4 rows; 0.3 of 256 steps.
  const { windowPruning } = planned.network.nodes[0] as MatrixNode;
  expect(windowPruning).toMatchObject({ rowBlock: 27, groupRows: 4 });
  const expected = executeNetwork(planned.network, imageOf(7));
  expect(expected).not.toEqual(executeNetwork(network, imageOf(7)));
  expect(executeNetwork(planned.network, imageOf(7), { product })).toEqual(expected);
  expect(executeNetwork(planned.network, imageOf(7), { product: fastProduct })).toEqual(expected);
});

test('a scheme that makes weights of the zeros between groups is refused', () => {
  const layer = new MatrixLayer(depthwise(2));
  const part = wholeLayer(layer);
  const weights = layer.matrix(0, 2);
  expect(() => requireBlockDiagonal(layer, part, weights)).not.toThrow();
  weights[9 * 2] = 1; // row 9, the first of group 1; output 0, of group 0
  expect(() => requireBlockDiagonal(layer, part, weights)).toThrow(/weights\[9\]\[0\]: got 1, allowed 0/);
});

describe('random nodes with zero points on crossbars', () => {
  const encodings = fc.constantFrom('offset' as const, 'twos-complement' as const);
  const crossbars = fc.record({
    wordlines: fc.integer({ min: 3, max: 24 }),
    bitlines: fc.integer({ min: 16, max: 40 }),
  });

  test('accumulators of the programs, corrected, are those of the executor', () => {
    fc.assert(
      fc.property(fc.oneof(convAndInput, fcAndInput), encodings, crossbars, ({ node, input }, encoding, size) => {
        const network = networkOf({ ...node, requantiser: { kind: 'none' }, last: true } as MatrixNode);
        const machine = machineOf({ ...size, bitsPerCell: encoding === 'offset' ? 2 : 1 }, 3);
        const { planned, product } = onCrossbars(network, machine, mappingOf('dense', encoding));
        expect(planned.network).toBe(network);
        expect(executeNetwork(network, input, { product })).toEqual(executeNetwork(network, input));
      }),
      { seed: 20261121, numRuns: 150 },
    );
  });
});
