import {
  type ActivationArray,
  activationDtype,
  formatMin,
  newActivations,
  presentedZero,
} from './activation-format.js';
import { newIntegers } from './integers.js';
import { groupsOf, requireExactSums, rowsOf } from './matrix-node.js';
import { type ConvNode, type Integers, isMatrixNode, type MatrixNode, type Network } from './network.js';
import { describeTensor, elementsOf, type Tensor } from './tensor.js';
import { pruneWindow, type WindowPruning, windowPruningProblems } from './window-pruning.js';

type WeightArray = Integers | Float64Array;

/** Part of a layer's matrix on its diagonal: one group of a convolution. Outside of the blocks there are no weights. */
export interface MatrixBlock {
  readonly firstRow: number;
  readonly rows: number;
  readonly firstOutput: number;
  readonly outputs: number;
}

/**
 * The matrix view of a conv or fc node: each output pixel is a window of K inputs.
 *
 * Crossbars take unsigned inputs. An input x is presented as u = x - min(format), so that its zero point z, and with it
 * padding, is presented as o = z - min(format). They hold the stored weights w' = w + zw. Then
 *
 *   accumulator = sum of (x - z) w = sum of u w' - zw x sum of u - o x sum of w,
 *
 * summed over the rows of the output's block. The first term is what crossbars compute; `correct` adds the others,
 * digitally and exactly. For unsigned inputs and weights without zero points both are 0.
 */
export class MatrixLayer {
  readonly name: string;
  readonly op: 'conv' | 'fc';
  /** K: inputs of a window, in the order channel, kernel row, kernel column (channel slowest). */
  readonly rows: number;
  /** M: outputs of a window. */
  readonly outputs: number;
  /** The groups, in order: rows and outputs are divided evenly. One where the convolution is not grouped. */
  readonly blocks: readonly MatrixBlock[];
  /** 1..16, the sign included. */
  readonly weightBits: number;
  /** Bits of a presented, unsigned input, 1..16. */
  readonly inputBits: number;
  /** Groups of inputs that `gatherWindow` sets to 0; null: none. */
  readonly windowPruning: WindowPruning | null;
  /** Output pixels, numbered row by row; 1 for fc. */
  readonly windows: number;
  /** o: how an input of value 0 is presented. 0 of unsigned inputs without zero point, 2^(inputBits-1) of signed ones. */
  readonly inputOffset: number;
  /** What output m gains per unit of the sum of its block's presented inputs: -zw[m]. Null: nothing. */
  readonly inputSumFactor: Float64Array | null;
  private readonly inputSize: number;
  private readonly inputArray: ActivationArray['constructor'];
  private knownCorrection: Float64Array | null = null;
  private knownOffsets: Int32Array | null = null;

  /** @throws RangeError if the node prunes windows whose zeros are not presented as 0, or in an impossible way */
  constructor(readonly node: MatrixNode) {
    checkPruning(node);
    requireExactSums(node);
    this.name = node.name;
    this.op = node.op;
    this.outputs = node.outputShape[0]!;
    this.rows = rowsOf(node);
    this.blocks = blocksOf(groupsOf(node), this.rows, this.outputs);
    this.windows = elementsOf(node.outputShape) / this.outputs;
    this.weightBits = node.weightBits;
    this.inputBits = node.inputFormat.bits;
    this.windowPruning = node.windowPruning;
    this.inputOffset = presentedZero(node.inputFormat);
    this.inputSumFactor = node.weightZeroPoint && Float64Array.from(node.weightZeroPoint, (zeroPoint) => 0 - zeroPoint);
    this.inputSize = elementsOf(node.inputShape);
    this.inputArray = newActivations(node.inputFormat, 0).constructor;
  }

  /**
   * The stored weights, shape [K][M] row-major, each -(2^(weightBits-1)) .. 2^(weightBits-1) - 1. Made anew at each access, so
   * that large layers need not be held twice; of grouped layers it is mostly zeros, and `matrix` gives parts of it.
   */
  get weights(): Integers {
    return this.matrix(0, this.blocks.length);
  }

  /**
   * Consecutive blocks as a matrix of their own, made anew: their rows times their outputs, 0 outside of the blocks.
   *
   * @param weights `node.weights`, where the caller has them already
   * @returns shape [rows of the blocks][outputs of the blocks] row-major
   */
  matrix(firstBlock: number, count: number, weights: Integers = this.node.weights): Integers {
    const matrix = newIntegers(this.weightBits, this.sizeOf(count));
    this.fillMatrix(firstBlock, count, weights, matrix);
    return matrix;
  }

  /** The same of other weights in the node's order: the floats that its integers were made from. */
  floatMatrix(firstBlock: number, count: number, weights: Float64Array): Float64Array {
    const matrix = new Float64Array(this.sizeOf(count));
    this.fillMatrix(firstBlock, count, weights, matrix);
    return matrix;
  }

  private sizeOf(count: number): number {
    const { rows, outputs } = this.blocks[0]!;
    return count * rows * (count * outputs);
  }

  private fillMatrix(firstBlock: number, count: number, weights: WeightArray, matrix: WeightArray): void {
    const { firstRow, firstOutput, outputs } = this.blocks[firstBlock]!;
    const columns = count * outputs;
    for (const block of this.blocks.slice(firstBlock, firstBlock + count)) {
      for (let m = 0; m < block.outputs; m++) {
        let from = (block.firstOutput + m) * block.rows;
        let to = (block.firstRow - firstRow) * columns + block.firstOutput - firstOutput + m;
        for (let k = 0; k < block.rows; k++, to += columns) matrix[to] = weights[from++]!;
      }
    }
  }

  /** -o x sum of w, for each output m; the same for every window. Worked out at first access. */
  get correction(): Float64Array {
    this.knownCorrection ??= this.correctionOfOffset();
    return this.knownCorrection;
  }

  private correctionOfOffset(): Float64Array {
    const { node, outputs, inputOffset } = this;
    const correction = new Float64Array(outputs);
    if (inputOffset === 0) return correction;
    const { weights, weightZeroPoint } = node;
    const rows = this.blocks[0]!.rows;
    for (let m = 0; m < outputs; m++) {
      let sum = 0;
      for (let k = m * rows; k < (m + 1) * rows; k++) sum += weights[k]!;
      if (weightZeroPoint !== null) sum -= rows * weightZeroPoint[m]!;
      correction[m] = 0 - inputOffset * sum;
    }
    return correction;
  }

  /**
   * Makes accumulators of the products of a window's presented inputs with the stored weights, in place.
   *
   * @param window K presented inputs, as `gatherWindow` gives them
   * @param sums M products, corrected
   */
  correct(window: ArrayLike<number>, sums: Float64Array): void {
    const { correction, inputSumFactor, blocks } = this;
    for (let m = 0; m < sums.length; m++) sums[m]! += correction[m]!;
    if (inputSumFactor === null) return;
    for (const block of blocks) {
      let inputSum = 0;
      for (let k = block.firstRow; k < block.firstRow + block.rows; k++) inputSum += window[k]!;
      for (let m = block.firstOutput; m < block.firstOutput + block.outputs; m++) {
        sums[m]! += inputSumFactor[m]! * inputSum;
      }
    }
  }

  /**
   * Writes the K unsigned inputs of one window into `out` (im2col, one row of it), pruned as `windowPruning` says.
   *
   * @param input the node's input, of the shape and format the node says
   * @param window 0 .. windows - 1
   * @param out K elements, overwritten
   * @throws RangeError if input, window or out do not fit
   */
  gatherWindow(input: Tensor, window: number, out: Uint16Array | Int32Array): void {
    const data = this.checkedData(input);
    if (!Number.isInteger(window) || window < 0 || window >= this.windows) {
      throw new RangeError(`layer "${this.name}": window ${window}; allowed: 0 to ${this.windows - 1}`);
    }
    if (out.length !== this.rows) {
      throw new RangeError(`layer "${this.name}": out has ${out.length} elements; needed: ${this.rows}`);
    }
    this.copyWindow(data, window, out);
    if (this.windowPruning !== null) pruneWindow(this.windowPruning, out);
  }

  private copyWindow(data: ActivationArray, window: number, out: Uint16Array | Int32Array): void {
    const { node, inputOffset } = this;
    const least = formatMin(node.inputFormat);
    if (node.op === 'fc') {
      for (let k = 0; k < out.length; k++) out[k] = data[k]! - least;
      return;
    }
    const { kernelHeight, kernelWidth, dilationHeight, dilationWidth } = node;
    const [channels, height, width] = node.inputShape as [number, number, number];
    const outputWidth = node.outputShape[2]!;
    const top = Math.floor(window / outputWidth) * node.strideHeight - node.padTop;
    const left = (window % outputWidth) * node.strideWidth - node.padLeft;
    const bottom = top + (kernelHeight - 1) * dilationHeight;
    const right = left + (kernelWidth - 1) * dilationWidth;
    if (top >= 0 && left >= 0 && bottom < height && right < width) {
      const { offsets } = this;
      const corner = top * width + left;
      for (let k = 0; k < out.length; k++) out[k] = data[corner + offsets[k]!]! - least;
      return;
    }
    let k = 0;
    for (let channel = 0; channel < channels; channel++) {
      for (let ky = 0; ky < kernelHeight; ky++) {
        const y = top + ky * dilationHeight;
        const row = (channel * height + y) * width;
        const rowInside = y >= 0 && y < height;
        for (let kx = 0; kx < kernelWidth; kx++) {
          const x = left + kx * dilationWidth;
          out[k++] = rowInside && x >= 0 && x < width ? data[row + x]! - least : inputOffset;
        }
      }
    }
  }

  /** Of a convolution: where each input of a window stands in the data, from the window's upper left corner in channel 0. */
  private get offsets(): Int32Array {
    this.knownOffsets ??= offsetsOfWindow(this.node as ConvNode, this.rows);
    return this.knownOffsets;
  }

  private checkedData(input: Tensor): ActivationArray {
    const { data } = input;
    if (data.constructor !== this.inputArray || data.length !== this.inputSize) {
      const needed = describeTensor({ dtype: activationDtype(this.node.inputFormat), shape: this.node.inputShape });
      throw new RangeError(`layer "${this.name}": input ${describeTensor(input)}; needed: ${needed}`);
    }
    return data as ActivationArray;
  }
}

function blocksOf(groups: number, rows: number, outputs: number): MatrixBlock[] {
  const [ownRows, ownOutputs] = [rows / groups, outputs / groups];
  return Array.from({ length: groups }, (_, group) => ({
    firstRow: group * ownRows,
    rows: ownRows,
    firstOutput: group * ownOutputs,
    outputs: ownOutputs,
  }));
}

function offsetsOfWindow(node: ConvNode, rows: number): Int32Array {
  const { kernelHeight, kernelWidth, dilationHeight, dilationWidth, inputShape } = node;
  const [, height, width] = inputShape as [number, number, number];
  const offsets = new Int32Array(rows);
  for (let k = 0; k < rows; k++) {
    const kx = k % kernelWidth;
    const ky = Math.floor(k / kernelWidth) % kernelHeight;
    const channel = Math.floor(k / (kernelWidth * kernelHeight));
    offsets[k] = (channel * height + ky * dilationHeight) * width + kx * dilationWidth;
  }
  return offsets;
}

function checkPruning({ name, inputFormat, windowPruning }: MatrixNode): void {
  if (windowPruning === null) return;
  if (presentedZero(inputFormat) !== 0) {
    const input = inputFormat.signed ? 'a signed input' : 'an input with a zero point';
    throw new RangeError(
      `layer "${name}": windowPruning on ${input}; allowed: none, for its zero is no 0 on a wordline`,
    );
  }
  const problems = windowPruningProblems(windowPruning);
  if (problems.length > 0) throw new RangeError(`layer "${name}": windowPruning: ${problems.join('; ')}`);
}

const layersOfNetworks = new WeakMap<Network, ReadonlyMap<string, MatrixLayer>>();

/** The matrix layers of a network by node name, in execution order. The same network gives the same objects. */
export function matrixLayers(network: Network): ReadonlyMap<string, MatrixLayer> {
  let layers = layersOfNetworks.get(network);
  if (layers === undefined) {
    layers = new Map(network.nodes.filter(isMatrixNode).map((node) => [node.name, new MatrixLayer(node)]));
    layersOfNetworks.set(network, layers);
  }
  return layers;
}
