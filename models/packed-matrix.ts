import { groupsOf, rowsOf } from './matrix-node.js';
import type { MatrixNode } from './network.js';
import { elementsOf } from './tensor.js';
import { pruneWindow } from './window-pruning.js';

/** Windows and outputs of a register block: 8 sums and 6 operands fit the 16 floating-point registers of x86-64 and ARM. */
const BLOCK_WINDOWS = 2;
const BLOCK_OUTPUTS = 4;

/**
 * The weights of a conv or fc node, laid out for a fast matrix product in doubles: for every two windows and four outputs
 * the sums stay in registers, and inputs that are 0 in both windows are left out. With integers the result is exact, for every sum is below 2^53.
 *
 * Its buffers are reused in every call, so one instance serves one caller at a time.
 */
export class PackedMatrix {
  private readonly groups: number;
  /** Rows and outputs of a group. */
  private readonly rows: number;
  private readonly outputs: number;
  private readonly windows: number;
  /** Shape [groups][ceil(outputs / 4)][rows][4], filled up with zeros. */
  private readonly weights: Float64Array;
  /** The input between its zero padding, shape [channels][paddedHeight][paddedWidth]. */
  private readonly padded: Float64Array;
  /** Where row k of a window stands in `padded`, from the window's first element on. */
  private readonly offsets: Int32Array;
  /** Where each window's first element stands in `padded`. */
  private readonly origins: Int32Array;
  private readonly first: Float64Array;
  private readonly second: Float64Array;
  /** Rows of a group of two windows that are not 0 in both, shape [up to rows][2]. */
  private readonly panel: Float64Array;
  /** Where the weights of each row of the panel stand in a block of `weights`. */
  private readonly panelRows: Int32Array;

  /**
   * @param weights of the node in its own order, integers less their zero points or floats, shape [outputs][rows of a group]
   * @param inputZeroPoint what inputs have too much; 0 of floats
   */
  constructor(
    private readonly node: MatrixNode,
    weights: ArrayLike<number>,
    private readonly inputZeroPoint: number,
  ) {
    this.groups = groupsOf(node);
    this.outputs = node.outputShape[0]! / this.groups;
    this.rows = rowsOf(node) / this.groups;
    this.windows = elementsOf(node.outputShape) / node.outputShape[0]!;
    this.weights = pack(weights, this.rows, this.outputs, this.groups);
    const { offsets, origins, paddedSize } = layout(node, this.rows * this.groups, this.windows);
    this.offsets = offsets;
    this.origins = origins;
    this.padded = new Float64Array(paddedSize);
    this.first = new Float64Array(offsets.length);
    this.second = new Float64Array(offsets.length);
    this.panel = new Float64Array(this.rows * BLOCK_WINDOWS);
    this.panelRows = new Int32Array(this.rows);
  }

  /**
   * Input less its zero point times weights, with the node's window pruning.
   *
   * @param input values of the node's input, shape `node.inputShape`
   * @returns shape [windows][outputs] row-major
   */
  multiply(input: ArrayLike<number>): Float64Array {
    const { windows, groups, outputs, rows, panel, panelRows, weights } = this;
    this.pad(input);
    const allOutputs = groups * outputs;
    const blockSize = rows * BLOCK_OUTPUTS;
    const groupSize = Math.ceil(outputs / BLOCK_OUTPUTS) * blockSize;
    const sums = new Float64Array(windows * allOutputs);
    const block = new Float64Array(BLOCK_WINDOWS * BLOCK_OUTPUTS);
    for (let window = 0; window < windows; window += BLOCK_WINDOWS) {
      const isPair = window + 1 < windows;
      this.gatherPair(window);
      for (let group = 0; group < groups; group++) {
        const count = this.fillPanel(group * rows);
        for (let m = 0; m < outputs; m += BLOCK_OUTPUTS) {
          multiplyBlock(panel, panelRows, count, weights, group * groupSize + m * rows, block);
          const used = Math.min(BLOCK_OUTPUTS, outputs - m);
          const at = window * allOutputs + group * outputs + m;
          for (let i = 0; i < used; i++) {
            sums[at + i] = block[i]!;
            if (isPair) sums[at + allOutputs + i] = block[BLOCK_OUTPUTS + i]!;
          }
        }
      }
    }
    return sums;
  }

  private pad(input: ArrayLike<number>): void {
    const { node, padded, inputZeroPoint } = this;
    if (node.op === 'fc') {
      for (let k = 0; k < padded.length; k++) padded[k] = input[k]! - inputZeroPoint;
      return;
    }
    const [channels, height, width] = node.inputShape as [number, number, number];
    const paddedHeight = height + node.padTop + node.padBottom;
    const paddedWidth = width + node.padLeft + node.padRight;
    let from = 0;
    for (let channel = 0; channel < channels; channel++) {
      for (let y = 0; y < height; y++) {
        const row = (channel * paddedHeight + y + node.padTop) * paddedWidth + node.padLeft;
        for (let x = 0; x < width; x++) padded[row + x] = input[from++]! - inputZeroPoint;
      }
    }
  }

  /** Gathers two windows, or the last one and zeros. */
  private gatherPair(window: number): void {
    this.gather(window, this.first);
    if (window + 1 < this.windows) this.gather(window + 1, this.second);
    else this.second.fill(0);
  }

  /**
   * Writes a group's rows of the two gathered windows into `panel`, but for those where both have 0: after a ReLU that is
   * nearly half of them.
   *
   * @returns number of rows in the panel
   */
  private fillPanel(firstRow: number): number {
    const { rows, first, second, panel, panelRows } = this;
    let filled = 0;
    for (let k = 0; k < rows; k++) {
      const x0 = first[firstRow + k]!;
      const x1 = second[firstRow + k]!;
      panel[BLOCK_WINDOWS * filled] = x0;
      panel[BLOCK_WINDOWS * filled + 1] = x1;
      panelRows[filled] = BLOCK_OUTPUTS * k;
      if (x0 !== 0 || x1 !== 0) filled++;
    }
    return filled;
  }

  private gather(window: number, values: Float64Array): void {
    const { offsets, padded } = this;
    const origin = this.origins[window]!;
    for (let k = 0; k < values.length; k++) values[k] = padded[origin + offsets[k]!]!;
    if (this.node.windowPruning !== null) pruneWindow(this.node.windowPruning, values);
  }
}

/**
 * Two windows times four outputs, into `block`, shape [2][4].
 *
 * @param panel inputs of the two windows, shape [count][2]
 * @param panelRows where the weights of each of these inputs stand, from `at` on
 */
function multiplyBlock(
  panel: Float64Array,
  panelRows: Int32Array,
  count: number,
  weights: Float64Array,
  at: number,
  block: Float64Array,
): void {
  let [s00, s01, s02, s03, s10, s11, s12, s13] = [0, 0, 0, 0, 0, 0, 0, 0];
  for (let i = 0; i < count; i++) {
    const x0 = panel[BLOCK_WINDOWS * i]!;
    const x1 = panel[BLOCK_WINDOWS * i + 1]!;
    const from = at + panelRows[i]!;
    const w0 = weights[from]!;
    const w1 = weights[from + 1]!;
    const w2 = weights[from + 2]!;
    const w3 = weights[from + 3]!;
    s00 += x0 * w0;
    s01 += x0 * w1;
    s02 += x0 * w2;
    s03 += x0 * w3;
    s10 += x1 * w0;
    s11 += x1 * w1;
    s12 += x1 * w2;
    s13 += x1 * w3;
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

function pack(weights: ArrayLike<number>, rows: number, outputs: number, groups: number): Float64Array {
  const groupSize = Math.ceil(outputs / BLOCK_OUTPUTS) * rows * BLOCK_OUTPUTS;
  const packed = new Float64Array(groups * groupSize);
  let from = 0;
  for (let group = 0; group < groups; group++) {
    for (let m = 0; m < outputs; m++) {
      const block = Math.floor(m / BLOCK_OUTPUTS) * rows * BLOCK_OUTPUTS + (m % BLOCK_OUTPUTS);
      for (let k = 0; k < rows; k++) packed[group * groupSize + block + k * BLOCK_OUTPUTS] = weights[from++]!;
    }
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
  const { kernelHeight, kernelWidth, strideHeight, strideWidth, dilationHeight, dilationWidth } = node;
  const paddedWidth = width + node.padLeft + node.padRight;
  const planeSize = (height + node.padTop + node.padBottom) * paddedWidth;
  const outputWidth = node.outputShape[2]!;
  const kernel = kernelHeight * kernelWidth;
  return {
    offsets: Int32Array.from({ length: rows }, (_, k) => {
      const inKernel = k % kernel;
      const row = Math.floor(inKernel / kernelWidth) * dilationHeight;
      return Math.floor(k / kernel) * planeSize + row * paddedWidth + (inKernel % kernelWidth) * dilationWidth;
    }),
    origins: Int32Array.from({ length: windows }, (_, window) => {
      return Math.floor(window / outputWidth) * strideHeight * paddedWidth + (window % outputWidth) * strideWidth;
    }),
    paddedSize: channels * planeSize,
  };
}
