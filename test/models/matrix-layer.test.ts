import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { plainFormat } from '../../models/activation-format.js';
import { bundledNetworkPath } from '../../models/bundled.js';
import { integerProduct } from '../../models/integer-product.js';
import { loadNetwork } from '../../models/load-network.js';
import { MatrixLayer, matrixLayers } from '../../models/matrix-layer.js';
import type { ConvNode, MatrixNode } from '../../models/network.js';
import type { Tensor } from '../../models/tensor.js';
import { convAndInput, fcAndInput, type NodeAndInput, naiveAccumulators } from './random-nodes.js';

const SEED = { seed: 20261121, numRuns: 300 };

/** A 2x2 kernel over one 3x3 image, pad 1, stride 2: four windows. */
const small = (signed: boolean, bits = 8): ConvNode => ({
  op: 'conv',
  name: 'small',
  input: 'input',
  inputShape: [1, 3, 3],
  inputFormat: plainFormat(bits, signed),
  outputShape: [2, 2, 2],
  outputFormat: plainFormat(8, false),
  weights: Int32Array.of(1, 2, 3, 4, -5, 0, 5, -7),
  weightBits: 8,
  weightZeroPoint: null,
  weightScale: null,
  requantiser: { kind: 'real', multiplier: Float64Array.of(1, 1), bias: Float64Array.of(0, 0), residual: null },
  windowPruning: null,
  last: false,
  ...{ kernelHeight: 2, kernelWidth: 2, strideHeight: 2, strideWidth: 2, dilationHeight: 1, dilationWidth: 1 },
  ...{ padTop: 1, padLeft: 1, padBottom: 1, padRight: 1, groups: 1 },
});
const unsignedInput: Tensor = { dtype: 'U8', shape: [1, 3, 3], data: Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8, 9) };
const signedInput: Tensor = { dtype: 'I8', shape: [1, 3, 3], data: Int8Array.of(-128, 127, 1, 2, 3, 4, 5, 6, 7) };

describe('MatrixLayer', () => {
  it('stands the kernel of output m in column m, rows in the order channel, kernel row, kernel column', () => {
    const layer = new MatrixLayer(small(false));
    expect(layer).toMatchObject({
      name: 'small',
      op: 'conv',
      rows: 4,
      outputs: 2,
      windows: 4,
      weightBits: 8,
      inputBits: 8,
    });
    expect([...layer.weights]).toEqual([1, -5, 2, 0, 3, 5, 4, -7]);
  });

  it('gathers the windows row by row, padding with 0', () => {
    const layer = new MatrixLayer(small(false));
    const out = new Uint16Array(4);
    const windows = [0, 1, 2, 3].map((window) => {
      layer.gatherWindow(unsignedInput, window, out);
      return [...out];
    });
    expect(windows).toEqual([
      [0, 0, 0, 1],
      [0, 0, 2, 3],
      [0, 4, 0, 7],
      [5, 6, 8, 9],
    ]);
    expect(layer.inputOffset).toBe(0);
    expect([...layer.correction]).toEqual([0, 0]);
  });

  it('presents signed inputs as x + 128, padding as 128, and corrects by -128 times the column sum', () => {
    const layer = new MatrixLayer(small(true));
    const out = new Int32Array(4);
    layer.gatherWindow(signedInput, 0, out);
    expect([...out]).toEqual([128, 128, 128, 0]);
    layer.gatherWindow(signedInput, 1, out);
    expect([...out]).toEqual([128, 128, 255, 129]);
    expect(layer.inputOffset).toBe(128);
    expect([...layer.correction]).toEqual([-1280, 896]);
    // Window 0 has one pixel, -128, under the kernels' last weights, 4 and -7.
    expect([...integerProduct(small(true), signedInput).subarray(0, 2)]).toEqual([-512, 896]);
  });

  it('of 16-bit inputs: U16 as they are, I16 as x + 32768, weights of their own width', () => {
    const out = new Uint16Array(4);
    const unsigned = new MatrixLayer({ ...small(false, 16), weightBits: 12 });
    expect(unsigned).toMatchObject({ weightBits: 12, inputBits: 16, inputOffset: 0 });
    const wide: Tensor = { dtype: 'U16', shape: [1, 3, 3], data: Uint16Array.of(1, 2, 3, 4, 65535, 6, 7, 8, 9) };
    unsigned.gatherWindow(wide, 3, out);
    expect([...out]).toEqual([65535, 6, 8, 9]);

    const signed = new MatrixLayer(small(true, 16));
    expect(signed.inputOffset).toBe(32768);
    const wideSigned: Tensor = {
      dtype: 'I16',
      shape: [1, 3, 3],
      data: Int16Array.of(-32767, 2, 3, 4, 32767, 6, 7, 8, 9),
    };
    signed.gatherWindow(wideSigned, 0, out);
    expect([...out]).toEqual([32768, 32768, 32768, 1]);
    expect([...signed.correction]).toEqual([-10 * 32768, 7 * 32768]);
    expect(() => signed.gatherWindow(signedInput, 0, out)).toThrow(/input I8 \[1, 3, 3\]; needed: I16 \[1, 3, 3\]/);
  });

  it('prunes gathered windows as the node says; signed inputs have no pruning', () => {
    const windowPruning = { rowBlock: 4, groupRows: 2, threshold: 4 };
    const layer = new MatrixLayer({ ...small(false), windowPruning });
    expect(layer.windowPruning).toEqual(windowPruning);
    const out = new Uint16Array(4);
    const windows = [0, 1, 2, 3].map((window) => {
      layer.gatherWindow(unsignedInput, window, out);
      return [...out];
    });
    expect(windows).toEqual([
      [0, 0, 0, 0],
      [0, 0, 0, 0],
      [0, 4, 0, 7],
      [5, 6, 8, 9],
    ]);
    expect(() => new MatrixLayer({ ...small(true), windowPruning })).toThrow(
      /layer "small": windowPruning on a signed input/,
    );
    expect(() => new MatrixLayer({ ...small(false), windowPruning: { ...windowPruning, groupRows: 0 } })).toThrow(
      /layer "small": windowPruning: groupRows 0; allowed: a whole number >= 1/,
    );
  });

  it('of zero points: padding and 0 are presented as zero point - min; corrected by weights less theirs and the inputs', () => {
    const node: ConvNode = {
      ...small(true),
      inputFormat: { bits: 8, signed: true, zeroPoint: -3 },
      weightZeroPoint: Int32Array.of(2, -1),
    };
    const layer = new MatrixLayer(node);
    expect(layer.inputOffset).toBe(125);
    expect([...layer.inputSumFactor!]).toEqual([-2, 1]);
    // Sums of the weights less their zero points: 10 - 4 x 2 = 2 and -7 + 4 = -3.
    expect([...layer.correction]).toEqual([-2 * 125, 3 * 125]);
    const window = new Int32Array(4);
    layer.gatherWindow(signedInput, 0, window);
    expect([...window]).toEqual([125, 125, 125, 0]);
    // One pixel, -128 + 3 = -125, under 4 - 2 and -7 + 1.
    const sums = Float64Array.of(125 * (1 + 2 + 3), 125 * (-5 + 0 + 5));
    layer.correct(window, sums);
    expect([...sums]).toEqual([-125 * 2, -125 * -6]);
  });

  it('of groups: a block each; parts of the matrix without the zeros around them', () => {
    const node: ConvNode = {
      ...small(false),
      ...{ inputShape: [2, 3, 3], outputShape: [4, 2, 2], groups: 2 },
      weights: Int8Array.from({ length: 16 }, (_, i) => i + 1),
    };
    const layer = new MatrixLayer(node);
    expect(layer).toMatchObject({ rows: 8, outputs: 4 });
    expect(layer.blocks).toEqual([
      { firstRow: 0, rows: 4, firstOutput: 0, outputs: 2 },
      { firstRow: 4, rows: 4, firstOutput: 2, outputs: 2 },
    ]);
    expect(layer.matrix(1, 1)).toEqual(Int8Array.of(9, 13, 10, 14, 11, 15, 12, 16));
    expect([...layer.weights.slice(0, 8)]).toEqual([1, 5, 0, 0, 2, 6, 0, 0]);
    expect([...layer.weights.slice(16, 24)]).toEqual([0, 0, 9, 13, 0, 0, 10, 14]);
    const floats = Float64Array.from(node.weights, (weight) => weight / 2);
    expect([...layer.floatMatrix(0, 1, floats)]).toEqual([0.5, 2.5, 1, 3, 1.5, 3.5, 2, 4]);
  });

  it('reads weights that are drawn at each access once for a matrix', () => {
    let reads = 0;
    const node: ConvNode = {
      ...small(true),
      get weights() {
        reads++;
        return Int8Array.of(1, 2, 3, 4, -5, 0, 5, -7);
      },
    };
    const layer = new MatrixLayer(node);
    expect(reads).toBe(0);
    expect(layer.weights).toHaveLength(8);
    expect(reads).toBe(1);
    expect([...layer.correction]).toEqual([-1280, 896]);
    expect(layer.correction).toBe(layer.correction);
    expect(reads).toBe(2);
  });

  it('refuses windows, inputs and outputs that do not fit', () => {
    const layer = new MatrixLayer(small(false));
    const out = new Int32Array(4);
    expect(() => layer.gatherWindow(unsignedInput, 4, out)).toThrow(/layer "small": window 4; allowed: 0 to 3/);
    expect(() => layer.gatherWindow(unsignedInput, -1, out)).toThrow(RangeError);
    expect(() => layer.gatherWindow(unsignedInput, 0.5, out)).toThrow(RangeError);
    expect(() => layer.gatherWindow(unsignedInput, 0, new Int32Array(5))).toThrow(/out has 5 elements; needed: 4/);
    expect(() => layer.gatherWindow(signedInput, 0, out)).toThrow(/input I8 \[1, 3, 3\]; needed: U8 \[1, 3, 3\]/);
    expect(() => layer.gatherWindow({ ...unsignedInput, data: new Uint8Array(8) }, 0, out)).toThrow(RangeError);
  });

  it('of a bundled network: K, M and windows of every layer; the same objects in every call', () => {
    const network = loadNetwork(bundledNetworkPath('lenet5-mnist'));
    const layers = matrixLayers(network);
    // LeNet-5: 5x5 kernels on 28x28 pad 2 and on 6 channels of 14x14; then 400-120-84-10.
    expect([...layers.values()].map(({ name, rows, outputs, windows }) => [name, rows, outputs, windows])).toEqual([
      ['c1', 25, 6, 784],
      ['c2', 150, 16, 100],
      ['f1', 400, 120, 1],
      ['f2', 120, 84, 1],
      ['f3', 84, 10, 1],
    ]);
    expect(matrixLayers(network)).toBe(layers);
  });
});

describe.each([
  ['convolutions', convAndInput],
  ['fully connected layers', fcAndInput],
] as const)('random %s', (_, nodeAndInput: fc.Arbitrary<NodeAndInput<MatrixNode>>) => {
  it('the integer product equals the naive sum', () => {
    fc.assert(
      fc.property(nodeAndInput, ({ node, input }) => {
        expect([...integerProduct(node, input)]).toEqual(naiveAccumulators({ node, input }));
      }),
      SEED,
    );
  });

  it('gathered inputs are unsigned integers of inputBits bits; times stored weights and corrected, the naive sum', () => {
    fc.assert(
      fc.property(nodeAndInput, ({ node, input }) => {
        const layer = new MatrixLayer(node);
        const { weights, rows, outputs } = layer;
        const window = new Int32Array(rows);
        const sums: number[] = [];
        for (let w = 0; w < layer.windows; w++) {
          layer.gatherWindow(input, w, window);
          expect(window.every((x) => x >= 0 && x < 2 ** layer.inputBits)).toBe(true);
          const products = Float64Array.from({ length: outputs }, (_, m) =>
            window.reduce((sum, x, k) => sum + x * weights[k * outputs + m]!, 0),
          );
          layer.correct(window, products);
          sums.push(...products);
        }
        expect(sums).toEqual(naiveAccumulators({ node, input }));
      }),
      SEED,
    );
  });
});
