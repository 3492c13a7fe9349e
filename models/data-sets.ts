import { readCifar10 } from './cifar10.js';
import { separateImages } from './images.js';
import { readMnist } from './mnist.js';
import type { Network } from './network.js';
import { IMAGENET_MEAN, IMAGENET_STD } from './preprocess.js';

/** Images of the training split that decisions (thresholds, precisions) are made on: the first so many. */
const CALIBRATION_IMAGES = 300;
/** Images of the test split that accuracy is measured on: the first so many of each class, in the order of the split. */
const TEST_IMAGES_PER_CLASS = 100;
const CLASSES = 10;

/** Raw images with their classes, not yet quantised, so that every network can quantise its own input. */
export interface LabelledImages {
  /** 8-bit pixels of each image, shape [C][H][W] row-major. */
  readonly pixels: readonly Uint8Array[];
  /** Class of each image, from 0 on. */
  readonly labels: readonly number[];
}

/** The images that a network was trained for. They are read at the first call and kept. */
export interface DataSet {
  readonly name: 'MNIST' | 'CIFAR-10';
  /**
   * The first 300 images of the training split.
   *
   * @throws FileFormatError if the package with the images is not installed or damaged
   */
  calibration(): LabelledImages;
  /**
   * 1000 images of the test split: the first 100 of each class, in the order of the split.
   *
   * @throws FileFormatError if the package with the images is not installed or damaged
   */
  test(): LabelledImages;
}

type Shape = readonly [channels: number, height: number, width: number];

const MNIST_SHAPE: Shape = [1, 28, 28];
const CIFAR10_SHAPE: Shape = [3, 32, 32];

const MNIST = dataSet('MNIST', MNIST_SHAPE, readMnist);
const CIFAR10 = dataSet('CIFAR-10', CIFAR10_SHAPE, readCifar10);

/**
 * The data set that a network takes by its input: MNIST for raw pixels [1, 28, 28], CIFAR-10 for pixels [3, 32, 32]
 * normalised with the statistics of ImageNet; null for any other.
 */
export function dataSetOf({ inputShape, preprocess }: Network): DataSet | null {
  const shape = inputShape.join();
  if (shape === MNIST_SHAPE.join() && preprocess.kind === 'raw') return MNIST;
  const isCifar10 =
    shape === CIFAR10_SHAPE.join() &&
    preprocess.kind === 'normalise' &&
    preprocess.mean.join() === IMAGENET_MEAN.join() &&
    preprocess.std.join() === IMAGENET_STD.join();
  return isCifar10 ? CIFAR10 : null;
}

interface Split {
  /** Shape [N][H][W][C] row-major. */
  readonly pixels: Uint8Array;
  readonly labels: ArrayLike<number>;
}

function dataSet(name: DataSet['name'], shape: Shape, read: (split: 'train' | 'test') => Split): DataSet {
  let calibration: LabelledImages | null = null;
  let test: LabelledImages | null = null;
  return {
    name,
    calibration: () => {
      calibration ??= pick(read('train'), shape, (labels) => Array.from(labels.slice(0, CALIBRATION_IMAGES).keys()));
      return calibration;
    },
    test: () => {
      test ??= pick(read('test'), shape, firstOfEachClass);
      return test;
    },
  };
}

function pick(split: Split, shape: Shape, rowsOf: (labels: readonly number[]) => number[]): LabelledImages {
  const labels = Array.from(split.labels);
  const rows = rowsOf(labels);
  return {
    pixels: rows.map((row) => separateImages(split.pixels, shape, 'HWC', row, 1)[0]!),
    labels: rows.map((row) => labels[row]!),
  };
}

function firstOfEachClass(labels: readonly number[]): number[] {
  const found = new Array<number>(CLASSES).fill(0);
  return Array.from(labels.keys()).filter((row) => found[labels[row]!]!++ < TEST_IMAGES_PER_CLASS);
}
