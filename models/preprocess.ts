import type { Network } from './network.js';
import { elementsOf, type Tensor } from './tensor.js';

/** Per-channel statistics of ImageNet, red, green, blue: the input normalisation of both CIFAR-10 networks. */
export const IMAGENET_MEAN = [0.485, 0.456, 0.406] as const;
export const IMAGENET_STD = [0.229, 0.224, 0.225] as const;

/**
 * The network's input for one raw image.
 *
 * @param pixels 8-bit pixels, shape `network.inputShape` ([C][H][W] row-major)
 * @returns shape `network.inputShape`; I8 where the network's input is signed, else U8
 * @throws RangeError if the number of pixels does not fit the network
 */
export function quantiseImage(network: Network, pixels: Uint8Array): Tensor {
  const { inputShape, preprocess } = network;
  if (pixels.length !== elementsOf(inputShape)) {
    throw new RangeError(
      `image has ${pixels.length} pixels, the network's input [${inputShape.join(', ')}] needs others`,
    );
  }
  if (preprocess.kind === 'raw') return { dtype: 'U8', shape: inputShape, data: Uint8Array.from(pixels) };
  const [channels, height, width] = inputShape;
  const data = new Int8Array(pixels.length);
  for (let channel = 0; channel < channels; channel++) {
    const levels = normalisedLevels(preprocess.mean[channel]!, preprocess.std[channel]!, network.inputScale);
    const end = (channel + 1) * height * width;
    for (let i = channel * height * width; i < end; i++) data[i] = levels[pixels[i]!]!;
  }
  return { dtype: 'I8', shape: inputShape, data };
}

/** Quantised value of each of the 256 pixel values, in doubles and in this order of operations. */
function normalisedLevels(mean: number, std: number, scale: number): Int8Array {
  return Int8Array.from({ length: 256 }, (_, pixel) => {
    const normalised = (pixel / 255 - mean) / std;
    return Math.min(127, Math.max(-127, Math.floor(normalised / scale + 0.5)));
  });
}
