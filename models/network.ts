import type { WindowPruning } from './window-pruning.js';

/**
 * A quantised network, checked: what `docs/network-format.md` describes, with every shape worked out. Activations are
 * integers of `Network.activationBits` bits; a matrix node's sums are exact integers that one multiplier and one bias per
 * output channel bring back to that width. Networks from files have 8 bits throughout; `requantise` makes others.
 */

/** [channels, height, width], or [features] after `gap`, `flatten` or `fc`. */
export type Shape = readonly number[];

interface NodeBase {
  readonly name: string;
  /** Name of the node whose output this one reads; "input" for the network's input. */
  readonly input: string;
  readonly inputShape: Shape;
  /** True where the input is signed (the signed network input, also behind pooling). */
  readonly inputSigned: boolean;
  readonly outputShape: Shape;
}

/** Adds another node's output, times `multiplier` (R in the file), before rounding. */
export interface Residual {
  readonly node: string;
  readonly multiplier: number;
}

interface MatrixNodeBase extends NodeBase {
  /** Row-major, shape [out][in][kh][kw] of a convolution, [out][in] of a fully connected layer. */
  readonly weights: Int32Array;
  /** Bits of a weight, its sign included, 1..16: weights are -(2^(weightBits-1)) .. 2^(weightBits-1) - 1. */
  readonly weightBits: number;
  /** Float value of one integer step of a weight; null where the file does not say. */
  readonly weightScale: number | null;
  /** M in the file, one per output channel. */
  readonly multiplier: Float64Array;
  /** B in the file, one per output channel, in units of the output. */
  readonly bias: Float64Array;
  readonly residual: Residual | null;
  /** Sets groups of small inputs to 0 in every window; null: none. Only on nodes with unsigned inputs. */
  readonly windowPruning: WindowPruning | null;
  /** True on the network's final node, whose outputs stay float64 logits. */
  readonly last: boolean;
}

/** Convolution, zero padding on all four sides, no groups, no dilation. */
export interface ConvNode extends MatrixNodeBase {
  readonly op: 'conv';
  readonly kernelHeight: number;
  readonly kernelWidth: number;
  readonly stride: number;
  readonly pad: number;
}

/** Fully connected layer. */
export interface FcNode extends MatrixNodeBase {
  readonly op: 'fc';
}

/** Largest value of each k x k block, stride k; k divides height and width. */
export interface MaxpoolNode extends NodeBase {
  readonly op: 'maxpool';
  readonly k: number;
}

/** Global average pooling: the rounded mean of each channel. */
export interface GapNode extends NodeBase {
  readonly op: 'gap';
}

/** [C, H, W] -> [C*H*W], channel slowest. */
export interface FlattenNode extends NodeBase {
  readonly op: 'flatten';
}

/**
 * The parameter-free shortcut "A" of He et al., "Deep Residual Learning" (2016): every second pixel of every second row,
 * and `padChannels` zero channels before and after.
 */
export interface ShortcutANode extends NodeBase {
  readonly op: 'shortcutA';
  readonly padChannels: number;
}

/** The nodes that are matrix products and run on crossbars. */
export type MatrixNode = ConvNode | FcNode;
export type NetworkNode = MatrixNode | MaxpoolNode | GapNode | FlattenNode | ShortcutANode;

/** How raw 8-bit pixels become the network's input. */
export type Preprocess =
  /** The pixel itself, 0..255; with A activation bits floor(x * (2^A - 1) / 255 + 0.5). */
  | { readonly kind: 'raw' }
  /**
   * q = clamp(floor((x/255 - mean) / std / inputScale + 0.5), -127, 127), per channel; with A activation bits the limits
   * are -(2^(A-1) - 1) and 2^(A-1) - 1.
   */
  | { readonly kind: 'normalise'; readonly mean: readonly number[]; readonly std: readonly number[] };

export interface Network {
  readonly title: string;
  /** [channels, height, width]. */
  readonly inputShape: readonly [number, number, number];
  readonly inputSigned: boolean;
  /** A, 1..16: activations are 0 .. 2^A - 1; a signed input is -(2^(A-1) - 1) .. 2^(A-1) - 1 (from -128 on with 8 bits). */
  readonly activationBits: number;
  /** Value of one step of the quantised input. */
  readonly inputScale: number;
  readonly preprocess: Preprocess;
  /** In execution order; the final one is the only `last` node. */
  readonly nodes: readonly NetworkNode[];
}

/** Name under which the nodes read the network's input. */
export const INPUT_NAME = 'input';

export function isMatrixNode(node: NetworkNode): node is MatrixNode {
  return node.op === 'conv' || node.op === 'fc';
}
