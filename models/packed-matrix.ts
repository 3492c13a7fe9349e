import type { MatrixNode } from './network.js';
import { elementsOf } from './tensor.js';
import { pruneWindow } from './window-pruning.js';

/** Windows and outputs of a register block: 8 sums and 6 operands fit the 16 floating-point registers of x86-64 and ARM. */
const BLOCK_WINDOWS = 2;
const BLOCK_OUTPUTS = 4;

/**
 * The weights of a conv or fc node, laid out for a fast matrix product in doubles: for every two windows and four outputs
 * the sums stay in registers. With integers the result is exact, for every sum is below 2^53.
 *
 * Its buffers are reused in every call, so one instance serves one caller at a time.
 */
export class PackedMatrix {
  private readonly rows: number;
  private readonly outputs: number;
  private readonly windows: number;
  /** Shape [ceil(outputs / 4)][rows][4], filled up with zeros. */
  private readonly weights: Float64Array;
  /** The input between its zero padding, shape [channels][paddedHeight][paddedWidth]. */
  private readonly padded: Float64Array;
  /** Where row k of a window stands in `padded`, from the window's first element on. */
  private readonly offsets: Int32Array;
  /** Where each window's first element stands in `padded`. */
  private readonly origins: Int32Array;
  /** One window, for pruning. */
  private readonly window: Float64Array;
  /** Two windows, shape [rows][2]. */
  private readonly panel: Float64Array;

  /** @param weights of the node in its own order, integers or floats, shape [outputs][rows] */
  constructor(
    private readonly node: MatrixNode,
    weights: ArrayLike<number>,
  ) {
    this.outputs = node.outputShape[0]!;
    this.rows = weights.length / this.outputs;
    this.windows = elementsOf(node.outputShape) / this.outputs;
    this.weights = pack(weights, this.rows, this.outputs);
    const { offsets, origins, paddedSize } = layout(node, this.rows, this.windows);
    this.offsets = offsets;
    this.origins = origins;
    this.padded = new Float64Array(paddedSize);
    this.window = new Float64Array(this.rows);
    this.panel = new Float64Array(this.rows * BLOCK_WINDOWS);
  }

  /**
   * Input times weights, with the node's window pruning.
   *
   * @param input values of the node's input, shape `node.inputShape`
   * @returns shape [windows][outputs] row-major
   */
  multiply(input: ArrayLike<number>): Float64Array {
    const { windows, outputs, rows, panel, weights } = this;
    this.pad(input);
    const sums = new Float64Array(windows * outputs);
    const block = new Float64Array(BLOCK_WINDOWS * BLOCK_OUTPUTS);
    for (let window = 0; window < windows; window += BLOCK_WINDOWS) {
      const second = window + 1 < windows;
      this.fillPanel(window, 0);
      if (second) this.fillPanel(window + 1, 1);
      for (let m = 0; m < outputs; m += BLOCK_OUTPUTS) {
        multiplyBlock(panel, weights, m * rows, rows, block);
        const used = Math.min(BLOCK_OUTPUTS, outputs - m);
        const at = window * outputs + m;
        for (let i = 0; i < used; i++) {
          sums[at + i] = block[i]!;
          if (second) sums[at + outputs + i] = block[BLOCK_OUTPUTS + i]!;
        }
      }
    }
    return sums;
  }

  private pad(input: ArrayLike<number>): void {
    const { node, padded } = this;
    if (node.op === 'fc' || node.pad === 0) {
      padded.set(input);
      return;
    }
    const [channels, height, width] = node.inputShape as [number, number, number];
    const paddedWidth = width + 2 * node.pad;
    let from = 0;
    for (let channel = 0; channel < channels; channel++) {
      for (let y = 0; y < height; y++) {
        const row = (channel * (height + 2 * node.pad) + y + node.pad) * paddedWidth + node.pad;
        for (let x = 0; x < width; x++) padded[row + x] = input[from++]!;
      }
    }
  }

  private fillPanel(window: number, side: number): void {
    const { rows, offsets, padded, panel } = this;
    const { windowPruning } = this.node;
    const origin = this.origins[window]!;
    if (windowPruning === null) {
      for (let k = 0; k < rows; k++) panel[BLOCK_WINDOWS * k + side] = padded[origin + offsets[k]!]!;
      return;
    }
    const values = this.window;
    for (let k = 0; k < rows; k++) values[k] = padded[origin + offsets[k]!]!;
    pruneWindow(windowPruning, values);
    for (let k = 0; k < rows; k++) panel[BLOCK_WINDOWS * k + side] = values[k]!;
  }
}

/** Two windows times four outputs, into `block`, shape [2][4]. `panel` is [rows][2]; the weights from `at` on are [rows][4]. */
function multiplyBlock(
  panel: Float64Array,
  weights: Float64Array,
  at: number,
  rows: number,
  block: Float64Array,
): void {
  let [s00, s01, s02, s03, s10, s11, s12, s13] = [0, 0, 0, 0, 0, 0, 0, 0];
  let from = 0;
  let weightFrom = at;
  for (let k = 0; k < rows; k++) {
    const x0 = panel[from]!;
    const x1 = panel[from + 1]!;
    const w0 = weights[weightFrom]!;
    const w1 = weights[weightFrom + 1]!;
    const w2 = weights[weightFrom + 2]!;
    const w3 = weights[weightFrom + 3]!;
    s00 += x0 * w0;
    s01 += x0 * w1;
    s02 += x0 * w2;
    s03 += x0 * w3;
    s10 += x1 * w0;
    s11 += x1 * w1;
    s12 += x1 * w2;
    s13 += x1 * w3;
    from += BLOCK_WINDOWS;
    weightFrom += BLOCK_OUTPUTS;
  }
  block[0] = s00;
  block[1] = s01;
  block[2] = s02;
  block[3] = s03;
  block[4] = s10;
  block[5] = s11;
  block[6] = s12;
  block[7] = s13;
}

function pack(weights: ArrayLike<number>, rows: number, outputs: number): Float64Array {
  const blocks = Math.ceil(outputs / BLOCK_OUTPUTS);
  const packed = new Float64Array(blocks * rows * BLOCK_OUTPUTS);
  for (let m = 0; m < outputs; m++) {
    const block = Math.floor(m / BLOCK_OUTPUTS) * rows * BLOCK_OUTPUTS + (m % BLOCK_OUTPUTS);
    for (let k = 0; k < rows; k++) packed[block + k * BLOCK_OUTPUTS] = weights[m * rows + k]!;
  }
  return packed;
}

interface InputLayout {
  readonly offsets: Int32Array;
  readonly origins: Int32Array;
  readonly paddedSize: number;
}

function layout(node: MatrixNode, rows: number, windows: number): InputLayout {
  if (node.op === 'fc') {
    return { offsets: Int32Array.from({ length: rows }, (_, k) => k), origins: new Int32Array(1), paddedSize: rows };
  }
  const [channels, height, width] = node.inputShape as [number, number, number];
  const { kernelHeight, kernelWidth, stride, pad } = node;
  const paddedWidth = width + 2 * pad;
  const planeSize = (height + 2 * pad) * paddedWidth;
  const outputWidth = node.outputShape[2]!;
  const kernel = kernelHeight * kernelWidth;
  return {
    offsets: Int32Array.from({ length: rows }, (_, k) => {
      const inKernel = k % kernel;
      const row = Math.floor(inKernel / kernelWidth);
      return Math.floor(k / kernel) * planeSize + row * paddedWidth + (inKernel % kernelWidth);
    }),
    origins: Int32Array.from({ length: windows }, (_, window) => {
      return (Math.floor(window / outputWidth) * paddedWidth + (window % outputWidth)) * stride;
    }),
    paddedSize: channels * planeSize,
  };
}
