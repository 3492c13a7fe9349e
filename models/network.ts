import type { Tensor } from './tensor.js';
import type { WindowPruning } from './window-pruning.js';

/**
 * A quantised network, checked: what `docs/network-format.md` describes, with every shape worked out, and what the
 * importers make of TensorFlow Lite and ONNX files. Activations are integers in the format of each tensor; a matrix node's
 * sums are exact integers that its requantiser brings back to its output's format.
 */

/** [channels, height, width], or [features] after `gap`, `flatten` or `fc`. */
export type Shape = readonly number[];

/** How the integers of a tensor stand for numbers: value = scale x (integer - zeroPoint). */
export interface ActivationFormat {
  /** 1..16: the integers are 0 .. 2^bits - 1, or -(2^(bits-1)) .. 2^(bits-1) - 1 where signed. */
  readonly bits: number;
  readonly signed: boolean;
  /** The integer that stands for 0; also what padding is filled with. */
  readonly zeroPoint: number;
}

/** Integers of up to 8, 16 and 32 bits. */
export type Integers = Int8Array | Int16Array | Int32Array;

interface NodeBase {
  readonly name: string;
  /** Name of the node whose output this one reads; "input" for the network's input. */
  readonly input: string;
  readonly inputShape: Shape;
  readonly inputFormat: ActivationFormat;
  readonly outputShape: Shape;
  readonly outputFormat: ActivationFormat;
}

/** Adds another node's output r, less its zero point, times `multiplier` (R in the file), before rounding. */
export interface Residual {
  readonly node: string;
  readonly multiplier: number;
}

/**
 * Brings exact integer sums back to activations, one entry per output channel. `acc` below is the sum over k of
 * (input - inputZeroPoint) x (weight - weightZeroPoint).
 */
export type Requantiser = RealRequantiser | FixedPointRequantiser | Float32Requantiser | NoRequantiser;

/**
 * IEEE doubles, as `docs/network-format.md` says: t = acc x multiplier + bias (+ (r - its zero point) x residual multiplier),
 * output = clamp(floor(t + 0.5) + zero point) to the range of the output's format. The only kind that can be calibrated anew.
 */
export interface RealRequantiser {
  readonly kind: 'real';
  /** M in the file. */
  readonly multiplier: Float64Array;
  /** B in the file, in units of the output. */
  readonly bias: Float64Array;
  readonly residual: Residual | null;
}

/**
 * TensorFlow Lite: clamp(MultiplyByQuantizedMultiplier(acc + bias, multiplier, shift) + output zero point, min, max).
 * `rounding` says how: `double` (int8 and uint8: gemmlowp's doubling high multiplication, then a rounding right shift,
 * ties away from zero) or `int16x8` ((acc * r + 2^(14 - shift)) >> (15 - shift) with r = (multiplier + 2^15) >> 16, at most
 * 2^15 - 1). Both: `models/fixed-point.ts`.
 */
export interface FixedPointRequantiser {
  readonly kind: 'fixed-point';
  readonly rounding: 'double' | 'int16x8';
  /** Whole numbers (safe integers). */
  readonly bias: Float64Array;
  readonly multiplier: Int32Array;
  readonly shift: Int32Array;
  /** Limits of the output after adding its zero point: the fused activation function, else the range of the format. */
  readonly min: number;
  readonly max: number;
}

/**
 * ONNX QLinearConv and QLinearMatMul, and what QDQ graphs mean: clamp(roundHalfEven(float32(acc + bias) x scale) + output
 * zero point, min, max), with scale = input scale x weight scale / output scale in float32.
 */
export interface Float32Requantiser {
  readonly kind: 'float32';
  /** Whole numbers (safe integers). */
  readonly bias: Float64Array;
  readonly scale: Float32Array;
  readonly min: number;
  readonly max: number;
}

/** ONNX ConvInteger and MatMulInteger: the sums are the outputs. On the final node only. */
export interface NoRequantiser {
  readonly kind: 'none';
}

interface MatrixNodeBase extends NodeBase {
  /**
   * Row-major, shape [out][in / groups][kh][kw] of a convolution, [out][in] of a fully connected layer. May be a getter that
   * draws them anew at each access: read it once a use, never per element.
   */
  readonly weights: Integers;
  /** Bits of a weight, its sign included, 1..16: weights are -(2^(weightBits-1)) .. 2^(weightBits-1) - 1. */
  readonly weightBits: number;
  /** One per output channel, to be subtracted from its weights (unsigned weights are stored less 128); null: all 0. */
  readonly weightZeroPoint: Int32Array | null;
  /** Float value of one integer step of a weight; null where the file does not say, or it differs between channels. */
  readonly weightScale: number | null;
  readonly requantiser: Requantiser;
  /** Sets groups of small inputs to 0 in every window; null: none. Only where the zero point is the format's least integer. */
  readonly windowPruning: WindowPruning | null;
  /** True on the network's final node, whose outputs stay float64 logits with a `real` requantiser. */
  readonly last: boolean;
}

/** Where the kernel of a convolution or pooling stands: padding before the first and behind the last row and column. */
export interface KernelGeometry {
  readonly kernelHeight: number;
  readonly kernelWidth: number;
  readonly strideHeight: number;
  readonly strideWidth: number;
  readonly padTop: number;
  readonly padLeft: number;
  readonly padBottom: number;
  readonly padRight: number;
}

/** Convolution; padding is filled with the input's zero point. */
export interface ConvNode extends MatrixNodeBase, KernelGeometry {
  readonly op: 'conv';
  readonly dilationHeight: number;
  readonly dilationWidth: number;
  /** Divides inputs and outputs; = input channels in a depthwise convolution. Group g has the g-th part of both. */
  readonly groups: number;
}

/** Fully connected layer. */
export interface FcNode extends MatrixNodeBase {
  readonly op: 'fc';
}

/** Largest value under the kernel; padding never wins. */
export interface MaxpoolNode extends NodeBase, KernelGeometry {
  readonly op: 'maxpool';
}

/** Mean under the kernel, padding not counted, limited to min .. max. */
export interface AvgpoolNode extends NodeBase, KernelGeometry {
  readonly op: 'avgpool';
  readonly arithmetic: AvgpoolArithmetic;
  readonly min: number;
  readonly max: number;
}

/** Below, z is the input's zero point, n the number of pixels under the kernel that are no padding. */
export type AvgpoolArithmetic =
  /** TensorFlow Lite AVERAGE_POOL_2D: sum(x) / n, rounded half away from zero. Input and output have the same format. */
  | { readonly kind: 'mean' }
  /**
   * TensorFlow Lite MEAN, `double` rounding: MultiplyByQuantizedMultiplier(sum(x - z), multiplier, shift), then with
   * `divides` divided by n and rounded half away from zero (else the multiplier holds 1 / n), plus the output's zero point.
   */
  | { readonly kind: 'fixed-point'; readonly multiplier: number; readonly shift: number; readonly divides: boolean }
  /** QDQ: roundHalfEven(((sum(x - z) x scale) / n) / outputScale) + output zero point, each step in float32. */
  | { readonly kind: 'float32'; readonly scale: number; readonly outputScale: number };

/** Sum of two tensors of one shape in different formats. */
export interface AddNode extends NodeBase {
  readonly op: 'add';
  /** The second operand. */
  readonly other: string;
  readonly otherFormat: ActivationFormat;
  readonly arithmetic: AddArithmetic;
  readonly min: number;
  readonly max: number;
}

export type AddArithmetic =
  /** TensorFlow Lite: both operands shifted left by `leftShift`, multiplied each, summed, multiplied; `double` rounding. */
  | {
      readonly kind: 'fixed-point';
      readonly leftShift: number;
      readonly multiplier: number;
      readonly shift: number;
      readonly otherMultiplier: number;
      readonly otherShift: number;
      readonly outputMultiplier: number;
      readonly outputShift: number;
    }
  /** QDQ: clamp(roundHalfEven((scale x (a - za) + otherScale x (b - zb)) / outputScale) + zo) in float32. */
  | { readonly kind: 'float32'; readonly scale: number; readonly otherScale: number; readonly outputScale: number };

/** Channels of several tensors of one height, width and format, one after the other (or features). */
export interface ConcatNode extends NodeBase {
  readonly op: 'concat';
  /** All of them, `input` first. */
  readonly inputs: readonly string[];
  readonly inputShapes: readonly Shape[];
}

/** The same values in another format: TensorFlow Lite QUANTIZE on integers, ONNX Dequantize-Quantize pairs. */
export interface RescaleNode extends NodeBase {
  readonly op: 'rescale';
  readonly arithmetic:
    | { readonly kind: 'fixed-point'; readonly multiplier: number; readonly shift: number }
    | { readonly kind: 'float32'; readonly scale: number; readonly outputScale: number };
  readonly min: number;
  readonly max: number;
}

/** Global average pooling: the rounded mean of each channel, floor(mean + 0.5). */
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
/** The nodes that are none: they run in the tiles' digital units. */
export type VectorNode =
  | MaxpoolNode
  | AvgpoolNode
  | GapNode
  | FlattenNode
  | ShortcutANode
  | AddNode
  | ConcatNode
  | RescaleNode;
export type NetworkNode = MatrixNode | VectorNode;

/** How raw 8-bit pixels become the network's input. */
export type Preprocess =
  /** The pixel plus `offset`: -128 for an int8 input of scale 1 per pixel step. */
  | { readonly kind: 'shifted'; readonly offset: number }
  /** The pixel itself, 0..255; with A activation bits floor(x * (2^A - 1) / 255 + 0.5). */
  | { readonly kind: 'raw' }
  /**
   * q = clamp(floor((x/255 - mean) / std / inputScale + 0.5) + zero point, min, max), per channel; the limits are those of the
   * input's format, but -(2^(A-1) - 1) and 2^(A-1) - 1 (A bits) of a signed format without zero point.
   */
  | { readonly kind: 'normalise'; readonly mean: readonly number[]; readonly std: readonly number[] };

export interface Network {
  readonly title: string;
  /** [channels, height, width]. */
  readonly inputShape: readonly [number, number, number];
  readonly inputFormat: ActivationFormat;
  /** A, 1..16: bits of the activations; of the widest, where formats differ. */
  readonly activationBits: number;
  /** Value of one step of the quantised input. */
  readonly inputScale: number;
  readonly preprocess: Preprocess;
  /**
   * In execution order; the final one is the network's output: float64 logits where it is a `last` matrix node with a `real`
   * requantiser, its sums with `none`, else its integers.
   */
  readonly nodes: readonly NetworkNode[];
  /** Set where weights and activations are drawn from distributions instead of trained; null: a real network. */
  readonly synthetic: SyntheticData | null;
}

/** A network of real shapes whose numbers are drawn. Its values mean nothing; their sparsity is that of real networks. */
export interface SyntheticData {
  readonly seed: number;
  /** The input of a matrix node for one image, as a real network would have it: unsigned activations of its format. */
  drawInput(node: MatrixNode, image: number): Tensor;
}

/** Name under which the nodes read the network's input. */
export const INPUT_NAME = 'input';

/** The names of the nodes that a node reads, "input" for the network's input; each as often as it is an operand. */
export function inputsOf(node: NetworkNode): readonly string[] {
  if (node.op === 'add') return [node.input, node.other];
  if (node.op === 'concat') return node.inputs;
  if (isMatrixNode(node) && node.requantiser.kind === 'real' && node.requantiser.residual !== null) {
    return [node.input, node.requantiser.residual.node];
  }
  return [node.input];
}

export function isMatrixNode(node: NetworkNode): node is MatrixNode {
  return node.op === 'conv' || node.op === 'fc';
}
