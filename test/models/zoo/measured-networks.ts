import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { loadImages } from '../../../models/images.js';
import { loadNetwork } from '../../../models/load-network.js';
import type { Network } from '../../../models/network.js';
import { readSafetensors } from '../../../models/safetensors.js';
import { importTflite } from '../../../models/tflite/import-tflite.js';
import { sharedData } from '../shared-data.js';
import type { MeasuredNetwork, MeasuredPixels } from './measure-distributions.js';

/**
 * The real networks that the distributions are measured on, each with images of the kind it was trained for. Left out, of
 * those in the shared data: MLPerf Tiny's visual wake words, 82.8 % of whose weights are zeros of dead filters, which
 * independent draws would spread over live ones; keyword spotting and the autoencoder, which see no images.
 */
const NETWORKS = [
  { name: 'resnet20-cifar10', file: 'resnet20-cifar10/int8.json', images: 'cifar10/test1000.safetensors', count: 4 },
  { name: 'vgg10m-cifar10', file: 'vgg10m-cifar10/int8.json', images: 'cifar10/test1000.safetensors', count: 4 },
  { name: 'lenet5-mnist', file: 'lenet5-mnist/int8.json', images: 'mnist/test1000.safetensors', count: 4 },
  {
    name: 'MLPerf Tiny ResNet-8',
    file: 'mlperf-tiny/ic_resnet8_int8.tflite',
    images: 'cifar10/test1000.safetensors',
    count: 4,
  },
  {
    name: 'MobileNetV2',
    file: 'mobilenet-v2-imagenet/mobilenet_v2_1.0_224_u8.tflite',
    images: 'mobilenet-v2-imagenet/inputs6.safetensors',
    count: 2,
  },
] as const;

/** Sources of the image distribution: colour photographs, small and large. */
const PIXELS = [
  { name: 'CIFAR-10 test images', file: 'cifar10/test1000.safetensors' },
  { name: 'photographs at 224 x 224', file: 'mobilenet-v2-imagenet/inputs6.safetensors' },
] as const;

/** Null where a file is missing. */
export function measuredNetworks(): MeasuredNetwork[] | null {
  const networks = NETWORKS.map(({ name, file, images, count }) => {
    const [path, imagesPath] = [sharedData(file), sharedData(images)];
    if (path === null || imagesPath === null) return null;
    const network = loadAny(path);
    return { name, network, inputs: loadImages(network, { file: imagesPath, count }).images };
  });
  return networks.every((network) => network !== null) ? networks : null;
}

/** Null where a file is missing. */
export function measuredPixels(): MeasuredPixels[] | null {
  const sources = PIXELS.map(({ name, file }) => {
    const path = sharedData(file);
    return path === null ? null : { name, pixels: readSafetensors(path).get('images')!.data };
  });
  return sources.every((source) => source !== null) ? sources : null;
}

function loadAny(path: string): Network {
  return path.endsWith('.tflite') ? importTflite(readFileSync(path), basename(path)) : loadNetwork(path);
}
