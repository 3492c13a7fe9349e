import type { ActivationFormat, Preprocess, Shape } from '../network.js';
import type { IntegerScale } from './layer-graph.js';

/** How 8-bit pixels become a model's real input: (pixel / 255 - mean) / std, per channel. */
export interface PixelNormalisation {
  readonly mean: readonly number[];
  readonly std: readonly number[];
}

/** The input of a network: format, value of a step, and how raw pixels become it. */
export interface NetworkInput {
  readonly inputFormat: ActivationFormat;
  readonly inputScale: number;
  readonly preprocess: Preprocess;
}

/** Pixels / 255, as `torchvision.transforms.ToTensor` gives them. */
export function plainPixels(channels: number): PixelNormalisation {
  return { mean: new Array<number>(channels).fill(0), std: new Array<number>(channels).fill(1) };
}

/** The normalisation followed by x * gain + offset of each channel; gains above 0. */
export function thenScaled(
  { mean, std }: PixelNormalisation,
  gain: ArrayLike<number>,
  offset: ArrayLike<number>,
): PixelNormalisation {
  return {
    mean: mean.map((value, c) => value - (offset[c]! * std[c]!) / gain[c]!),
    std: std.map((value, c) => value / gain[c]!),
  };
}

/** The least and the largest real input that a pixel can give. */
export function inputBounds({ mean, std }: PixelNormalisation): { readonly least: number; readonly largest: number } {
  return {
    least: Math.min(...mean.map((value, c) => (0 - value) / std[c]!)),
    largest: Math.max(...mean.map((value, c) => (1 - value) / std[c]!)),
  };
}

/** Shape of a network's input: features are channels of one pixel. */
export function imageShape(shape: Shape): readonly [number, number, number] {
  return shape.length === 3 ? (shape as readonly [number, number, number]) : [shape[0]!, 1, 1];
}

/** Relative difference below which a step of the input counts as one step of a pixel: float32 rounding of 1 / 255. */
const SAME_STEP = 1e-6;
/** Distance from a whole number below which the shift of a pixel counts as whole. */
const SAME_SHIFT = 1e-3;

/**
 * The network input that `IntegerScale` gives for normalised pixels. Where integers are the pixels themselves, perhaps
 * shifted, that is said instead, since it needs no arithmetic.
 */
export function quantisedInput(pixels: PixelNormalisation, { scale, zeroPoint, signed }: IntegerScale): NetworkInput {
  const inputFormat = { bits: 8, signed, zeroPoint };
  const { mean, std } = pixels;
  const isPixelStep = std.every((value) => Math.abs(1 / (255 * value * scale) - 1) < SAME_STEP);
  const shifts = mean.map((value, c) => zeroPoint - value / std[c]! / scale);
  const shift = Math.round(shifts[0]!);
  const isShift = isPixelStep && shifts.every((value) => Math.abs(value - shift) < SAME_SHIFT);
  const fits = signed ? shift === -128 : shift === 0;
  return {
    inputFormat,
    inputScale: scale,
    preprocess: isShift && fits ? shifted(shift, zeroPoint) : normalised(pixels),
  };
}

/** The input of a model that takes 8-bit integers itself. */
export function integerInput({ scale, zeroPoint, signed }: IntegerScale): NetworkInput {
  const preprocess = shifted(signed ? -128 : 0, zeroPoint);
  return { inputFormat: { bits: 8, signed, zeroPoint }, inputScale: scale, preprocess };
}

function shifted(offset: number, zeroPoint: number): Preprocess {
  return offset === 0 && zeroPoint === 0 ? { kind: 'raw' } : { kind: 'shifted', offset };
}

function normalised({ mean, std }: PixelNormalisation): Preprocess {
  return { kind: 'normalise', mean, std };
}
