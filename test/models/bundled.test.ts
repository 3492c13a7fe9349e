import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import {
  BUNDLED_MODELS,
  bundledDigitsPath,
  bundledImages,
  bundledNetworkPath,
  isBundledModel,
  sampleImages,
} from '../../models/bundled.js';
import { executeNetwork } from '../../models/execute.js';
import { ImageSelectionError, loadImages } from '../../models/images.js';
import { loadNetwork } from '../../models/load-network.js';
import { readMnist } from '../../models/mnist.js';
import type { Network } from '../../models/network.js';
import { readSafetensors } from '../../models/safetensors.js';
import type { Tensor } from '../../models/tensor.js';
import { SHARED_DATA_MISSING, sharedData } from './shared-data.js';

/** Images whose largest logit is that of their label. */
function correct(network: Network, images: Tensor[], labels: readonly number[]): number {
  return images.filter((image, i) => {
    const logits = executeNetwork(network, image);
    return logits.indexOf(Math.max(...logits)) === labels[i];
  }).length;
}

describe('bundled models', () => {
  it('are listed, load and are found by name', () => {
    expect(BUNDLED_MODELS.map(({ name }) => name)).toEqual(['lenet5-mnist', 'vgg10m-cifar10']);
    for (const { name } of BUNDLED_MODELS)
      expect(loadNetwork(bundledNetworkPath(name)).nodes.length).toBeGreaterThan(0);
    expect(isBundledModel('lenet5-mnist')).toBe(true);
    expect(isBundledModel('lenet5')).toBe(false);
  });

  it('have a licence note each, as the data have', () => {
    const notes = readFileSync(fileURLToPath(new URL('../../models/bundled/LICENSES.md', import.meta.url)), 'utf8');
    for (const name of ['lenet5-mnist', 'vgg10m-cifar10', 'mnist']) expect(notes).toContain(`## ${name}/`);
    expect(notes).toContain('CC BY-SA 3.0');
  });

  it('weights are those of the published files, byte for byte', ({ skip }) => {
    for (const { name } of BUNDLED_MODELS) {
      const published = sharedData(`${name}/int8.safetensors`);
      if (published === null) return skip(SHARED_DATA_MISSING);
      const bundled = readFileSync(bundledNetworkPath(name).replace('.json', '.safetensors'));
      expect(bundled.equals(readFileSync(published))).toBe(true);
    }
  });
});

describe('bundled digits', () => {
  it('are 50, 5 of each class, in the order of the test split, the first 10 of at least 6 classes', () => {
    const digits = readSafetensors(bundledDigitsPath());
    expect(digits.get('images')!.shape).toEqual([50, 28, 28]);
    const labels = Array.from(digits.get('labels')!.data);
    for (let digit = 0; digit < 10; digit++) expect(labels.filter((label) => label === digit)).toHaveLength(5);
    const index = Array.from(digits.get('index')!.data);
    expect(index).toEqual([...new Set(index)].sort((a, b) => a - b));
    expect(new Set(labels.slice(0, 10)).size).toBeGreaterThanOrEqual(6);
  });

  it('are the pixels and labels of the independent copy, where both have the digit', ({ skip }) => {
    const path = sharedData('mnist/test1000.safetensors');
    if (path === null) return skip(SHARED_DATA_MISSING);
    const copy = readSafetensors(path);
    const rowOf = new Map(Array.from(copy.get('index')!.data, (index, row) => [index, row]));
    const digits = readSafetensors(bundledDigitsPath());
    let compared = 0;
    digits.get('index')!.data.forEach((index: number, i: number) => {
      const row = rowOf.get(index);
      if (row === undefined) return;
      compared++;
      expect(digits.get('labels')!.data[i]).toBe(copy.get('labels')!.data[row]);
      expect(digits.get('images')!.data.subarray(i * 784, (i + 1) * 784)).toEqual(
        copy.get('images')!.data.subarray(row * 784, (row + 1) * 784),
      );
    });
    expect(compared).toBeGreaterThan(40);
  });

  it('are classified right by the bundled LeNet-5, at least 49 of 50', () => {
    const { images, labels } = bundledImages('lenet5-mnist', 0, 50);
    expect(images).toHaveLength(50);
    expect(correct(loadNetwork(bundledNetworkPath('lenet5-mnist')), images, labels)).toBeGreaterThanOrEqual(49);
  });

  it('can be taken in part; a range outside is refused', () => {
    const all = bundledImages('lenet5-mnist', 0, 50);
    const part = bundledImages('lenet5-mnist', 7, 3);
    expect(part.images).toEqual(all.images.slice(7, 10));
    expect(part.labels).toEqual(all.labels.slice(7, 10));
    expect(() => bundledImages('lenet5-mnist', 9_998, 3)).toThrow(ImageSelectionError);
    expect(() => bundledImages('vgg10m-cifar10', 9_999, 2)).toThrow(
      /images\.count: got 2; allowed: a whole number from 1 to 1/,
    );
    expect(() => bundledImages('vgg10m-cifar10', 10_000, 1)).toThrow(/images\.first: got 10000/);
  });
});

describe('published accuracy', () => {
  it('LeNet-5 int8: 99.4 % of test1000', ({ skip }) => {
    const file = sharedData('mnist/test1000.safetensors');
    if (file === null) return skip(SHARED_DATA_MISSING);
    const network = loadNetwork(bundledNetworkPath('lenet5-mnist'));
    const { images, labels } = loadImages(network, { file });
    expect(correct(network, images, labels!)).toBe(994);
  });
});

describe('sample images of MNIST', () => {
  const network = loadNetwork(bundledNetworkPath('lenet5-mnist'));

  it('are the whole test split, the bundled digits first, each digit once', () => {
    const bundled = readSafetensors(bundledDigitsPath());
    const { pixels, labels } = readMnist('test');
    const all = sampleImages(network, 0, 10_000)!;
    expect(all.pixels.slice(0, 50)).toEqual(sampleImages(network, 0, 50)!.pixels);
    expect(all.labels!.slice(0, 50)).toEqual(Array.from(bundled.get('labels')!.data));
    // Index 33 is the first that is not bundled.
    expect(all.pixels[50]).toEqual(Uint8Array.from(pixels.subarray(33 * 784, 34 * 784)));
    expect(all.labels![50]).toBe(labels[33]);
    const histogram = (values: Iterable<number>) => Array.from(values).reduce((sum, value) => sum + value, 0);
    expect(histogram(all.labels!)).toBe(histogram(labels));
    expect(histogram(all.pixels.flatMap((image) => histogram(image)))).toBe(histogram(pixels));
  });

  it('end with the split', () => {
    expect(() => sampleImages(network, 9_999, 2)).toThrow(ImageSelectionError);
  });
});
