import {
  type ActivationArray,
  activationDtype,
  formatMax,
  formatMin,
  newActivations,
  unsignedLimit,
} from './activation-format.js';
import type { Network } from './network.js';
import { elementsOf, type Tensor } from './tensor.js';

/** Per-channel statistics of ImageNet, red, green, blue: the input normalisation of both CIFAR-10 networks. */
export const IMAGENET_MEAN = [0.485, 0.456, 0.406] as const;
export const IMAGENET_STD = [0.229, 0.224, 0.225] as const;

/**
 * The network's input for one raw image.
 *
 * @param pixels 8-bit pixels, shape `network.inputShape` ([C][H][W] row-major)
 * @returns shape `network.inputShape`, in `network.inputFormat`: of 8-bit elements where they fit, else of 16-bit ones
 * @throws RangeError if the number of pixels does not fit the network, or shifted pixels do not fit its input's format
 */
export function quantiseImage(network: Network, pixels: Uint8Array): Tensor {
  const { inputShape, inputFormat } = network;
  checkPixels(network, pixels);
  const data = newActivations(inputFormat, pixels.length);
  const [channels, height, width] = inputShape;
  for (let channel = 0; channel < channels; channel++) {
    const levels = inputLevels(network, channel);
    const end = (channel + 1) * height * width;
    for (let i = channel * height * width; i < end; i++) data[i] = levels[pixels[i]!]!;
  }
  return { dtype: activationDtype(inputFormat), shape: inputShape, data };
}

/**
 * The same image before quantisation: per channel (x/255 - mean) / std, or for raw pixels x times the value of a pixel's
 * step, which is inputScale with 8-bit activations; for shifted ones what the shifted pixel stands for.
 *
 * @param pixels 8-bit pixels, shape `network.inputShape` ([C][H][W] row-major)
 * @returns shape `network.inputShape`
 * @throws RangeError if the number of pixels does not fit the network
 */
export function normaliseImage(network: Network, pixels: Uint8Array): Float64Array {
  checkPixels(network, pixels);
  const { inputShape, preprocess, inputScale, inputFormat } = network;
  if (preprocess.kind === 'shifted') {
    const step = preprocess.offset - inputFormat.zeroPoint;
    return Float64Array.from(pixels, (pixel) => (pixel + step) * inputScale);
  }
  if (preprocess.kind === 'raw') {
    const pixelValue = (inputScale * unsignedLimit(inputFormat.bits)) / 255;
    return Float64Array.from(pixels, (pixel) => pixel * pixelValue);
  }
  const size = inputShape[1] * inputShape[2];
  return Float64Array.from(pixels, (pixel, i) => {
    const channel = Math.floor(i / size);
    return (pixel / 255 - preprocess.mean[channel]!) / preprocess.std[channel]!;
  });
}

function checkPixels({ inputShape }: Network, pixels: Uint8Array): void {
  if (pixels.length !== elementsOf(inputShape)) {
    throw new RangeError(
      `image has ${pixels.length} pixels, the network's input [${inputShape.join(', ')}] needs others`,
    );
  }
}

/** Quantised value of each of the 256 pixel values of a channel, in doubles and in this order of operations. */
function inputLevels({ title, preprocess, inputScale, inputFormat }: Network, channel: number): ActivationArray {
  const levels = newActivations(inputFormat, 256);
  const [least, largest] = [formatMin(inputFormat), formatMax(inputFormat)];
  if (preprocess.kind === 'shifted') {
    const { offset } = preprocess;
    if (!Number.isInteger(offset) || offset < least || 255 + offset > largest) {
      throw new RangeError(
        `network "${title}": preprocess.offset ${offset}; allowed: a whole number that brings 0 .. 255 into ${least} .. ${largest}`,
      );
    }
    return levels.map((_, pixel) => pixel + offset);
  }
  if (preprocess.kind === 'raw') {
    const limit = unsignedLimit(inputFormat.bits);
    return levels.map((_, pixel) => Math.floor((pixel * limit) / 255 + 0.5));
  }
  const { zeroPoint, signed } = inputFormat;
  // Without a zero point signed integers are symmetric, as ousim's own files say.
  const lowest = signed && zeroPoint === 0 ? -largest : least;
  const mean = preprocess.mean[channel]!;
  const std = preprocess.std[channel]!;
  return levels.map((_, pixel) => {
    const normalised = (pixel / 255 - mean) / std;
    return Math.min(largest, Math.max(lowest, Math.floor(normalised / inputScale + 0.5) + zeroPoint));
  });
}
