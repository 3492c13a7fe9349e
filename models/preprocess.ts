import {
  type ActivationArray,
  activationDtype,
  newActivations,
  signedLimit,
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
 * @returns shape `network.inputShape`; signed where the network's input is, of 8-bit elements where its activations fit
 * @throws RangeError if the number of pixels does not fit the network
 */
export function quantiseImage(network: Network, pixels: Uint8Array): Tensor {
  const { inputShape, inputSigned, activationBits } = network;
  checkPixels(network, pixels);
  const data = newActivations(activationBits, inputSigned, pixels.length);
  const [channels, height, width] = inputShape;
  for (let channel = 0; channel < channels; channel++) {
    const levels = inputLevels(network, channel);
    const end = (channel + 1) * height * width;
    for (let i = channel * height * width; i < end; i++) data[i] = levels[pixels[i]!]!;
  }
  return { dtype: activationDtype(activationBits, inputSigned), shape: inputShape, data };
}

/**
 * The same image before quantisation: per channel (x/255 - mean) / std, or for raw pixels x times the value of a pixel's
 * step, which is inputScale with 8-bit activations.
 *
 * @param pixels 8-bit pixels, shape `network.inputShape` ([C][H][W] row-major)
 * @returns shape `network.inputShape`
 * @throws RangeError if the number of pixels does not fit the network
 */
export function normaliseImage(network: Network, pixels: Uint8Array): Float64Array {
  checkPixels(network, pixels);
  const { inputShape, preprocess, inputScale, activationBits } = network;
  if (preprocess.kind === 'raw') {
    const pixelValue = (inputScale * unsignedLimit(activationBits)) / 255;
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
function inputLevels({ preprocess, inputScale, activationBits }: Network, channel: number): ActivationArray {
  const levels = newActivations(activationBits, preprocess.kind === 'normalise', 256);
  if (preprocess.kind === 'raw') {
    const limit = unsignedLimit(activationBits);
    return levels.map((_, pixel) => Math.floor((pixel * limit) / 255 + 0.5));
  }
  const limit = signedLimit(activationBits);
  const mean = preprocess.mean[channel]!;
  const std = preprocess.std[channel]!;
  return levels.map((_, pixel) => {
    const normalised = (pixel / 255 - mean) / std;
    return Math.min(limit, Math.max(-limit, Math.floor(normalised / inputScale + 0.5)));
  });
}
