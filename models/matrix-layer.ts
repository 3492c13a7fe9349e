import { type ActivationArray, activationDtype, newActivations, signedOffset } from './activation-format.js';
import { isMatrixNode, type MatrixNode, type Network } from './network.js';
import { describeTensor, elementsOf, type Tensor } from './tensor.js';
import { pruneWindow, type WindowPruning, windowPruningProblems } from './window-pruning.js';

/**
 * The matrix view of a conv or fc node: each output pixel is a window of K inputs, and
 *
 *   accumulator[window][m] = sum over k of gathered[k] * weights[k][m] + correction[m].
 *
 * Crossbars take unsigned inputs. A signed input x of A bits (the network input of the CIFAR networks) is presented as
 * x + 2^(A-1), so that zero padding becomes 2^(A-1); `correction` takes the offset out again, digitally and exactly.
 */
export class MatrixLayer {
  readonly name: string;
  readonly op: 'conv' | 'fc';
  /** K: inputs of a window, in the order channel, kernel row, kernel column (channel slowest). */
  readonly rows: number;
  /** M: outputs of a window. */
  readonly outputs: number;
  /** Shape [K][M] row-major, each -(2^(weightBits-1)) .. 2^(weightBits-1) - 1. */
  readonly weights: Int32Array;
  /** 1..16, the sign included. */
  readonly weightBits: number;
  /** Bits of a presented, unsigned input, 1..16. */
  readonly inputBits: number;
  /** Groups of inputs that `gatherWindow` sets to 0; null: none. */
  readonly windowPruning: WindowPruning | null;
  /** Output pixels, numbered row by row; 1 for fc. */
  readonly windows: number;
  /** 2^(inputBits-1) where the node's input is signed, else 0. */
  readonly inputOffset: number;
  /** -inputOffset * sum over k of weights[k][m], for each output m; to be added to the product of every window. */
  readonly correction: Float64Array;
  private readonly inputSize: number;
  private readonly inputArray: ActivationArray['constructor'];

  /**
   * @param inputBits `activationBits` of the network
   * @throws RangeError if the node prunes windows of signed inputs, or in an impossible way
   */
  constructor(
    readonly node: MatrixNode,
    inputBits: number,
  ) {
    checkPruning(node);
    this.name = node.name;
    this.op = node.op;
    this.outputs = node.outputShape[0]!;
    this.rows = node.weights.length / this.outputs;
    this.windows = elementsOf(node.outputShape) / this.outputs;
    this.weightBits = node.weightBits;
    this.inputBits = inputBits;
    this.windowPruning = node.windowPruning;
    this.inputOffset = node.inputSigned ? signedOffset(inputBits) : 0;
    this.inputSize = elementsOf(node.inputShape);
    this.inputArray = newActivations(inputBits, node.inputSigned, 0).constructor;
    this.weights = new Int32Array(this.rows * this.outputs);
    this.correction = new Float64Array(this.outputs);
    for (let m = 0; m < this.outputs; m++) {
      let sum = 0;
      for (let k = 0; k < this.rows; k++) {
        const weight = node.weights[m * this.rows + k]!;
        this.weights[k * this.outputs + m] = weight;
        sum += weight;
      }
      this.correction[m] = 0 - this.inputOffset * sum;
    }
  }

  /**
   * Writes the K unsigned inputs of one window into `out` (im2col, one row of it), pruned as `windowPruning` says.
   *
   * @param input the node's input, of the shape and signedness the node says
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
    if (node.op === 'fc') {
      for (let k = 0; k < out.length; k++) out[k] = data[k]! + inputOffset;
      return;
    }
    const { kernelHeight, kernelWidth } = node;
    const [channels, height, width] = node.inputShape as [number, number, number];
    const outputWidth = node.outputShape[2]!;
    const top = Math.floor(window / outputWidth) * node.stride - node.pad;
    const left = (window % outputWidth) * node.stride - node.pad;
    let k = 0;
    for (let channel = 0; channel < channels; channel++) {
      for (let y = top; y < top + kernelHeight; y++) {
        const row = (channel * height + y) * width;
        for (let x = left; x < left + kernelWidth; x++) {
          const inside = y >= 0 && y < height && x >= 0 && x < width;
          out[k++] = inside ? data[row + x]! + inputOffset : inputOffset;
        }
      }
    }
  }

  private checkedData(input: Tensor): ActivationArray {
    const { data } = input;
    if (data.constructor !== this.inputArray || data.length !== this.inputSize) {
      const dtype = activationDtype(this.inputBits, this.node.inputSigned);
      const needed = describeTensor({ dtype, shape: this.node.inputShape });
      throw new RangeError(`layer "${this.name}": input ${describeTensor(input)}; needed: ${needed}`);
    }
    return data as ActivationArray;
  }
}

function checkPruning({ name, inputSigned, windowPruning }: MatrixNode): void {
  if (windowPruning === null) return;
  if (inputSigned) {
    throw new RangeError(
      `layer "${name}": windowPruning on a signed input; allowed: none, for its zero is no 0 on a wordline`,
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
    layers = new Map(
      network.nodes.filter(isMatrixNode).map((node) => [node.name, new MatrixLayer(node, network.activationBits)]),
    );
    layersOfNetworks.set(network, layers);
  }
  return layers;
}
