import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { bundledDigitsPath } from '../../models/bundled.js';
import { FileFormatError } from '../../models/file-format-error.js';
import { readMnist } from '../../models/mnist.js';
import { packageFolder } from '../../models/package-folder.js';
import { readSafetensors } from '../../models/safetensors.js';
import { temporaryFolder } from './temporary-folder.js';

const folder = temporaryFolder();

/** A package folder whose test split has these files. */
function packageWith(name: string, images: Uint8Array, labels: Uint8Array): string {
  const data = join(folder, name, 'data');
  mkdirSync(data, { recursive: true });
  writeFileSync(join(data, 't10k-images-idx3-ubyte'), images);
  writeFileSync(join(data, 't10k-labels-idx1-ubyte'), labels);
  return join(folder, name);
}

function idx(words: readonly number[], bytes: number): Uint8Array {
  const file = new Uint8Array(4 * words.length + bytes);
  const view = new DataView(file.buffer);
  words.forEach((word, i) => {
    view.setUint32(4 * i, word);
  });
  return file;
}

describe('readMnist', () => {
  it('has 60,000 training and 10,000 test digits, among them the bundled ones', () => {
    expect(readMnist('train').pixels).toHaveLength(60_000 * 784);
    const { pixels, labels } = readMnist('test');
    expect(labels).toHaveLength(10_000);
    const bundled = readSafetensors(bundledDigitsPath());
    bundled.get('index')!.data.forEach((row: number, i: number) => {
      expect(labels[row]).toBe(bundled.get('labels')!.data[i]);
      const digit = bundled.get('images')!.data.subarray(i * 784, (i + 1) * 784);
      expect(Buffer.compare(pixels.subarray(row * 784, (row + 1) * 784), digit as Uint8Array)).toBe(0);
    });
  });

  it('refuses files that are no IDX files of the right size, and labels that are no digits', () => {
    const images = idx([0x803, 10_000, 28, 28], 7_840_000);
    const labels = idx([0x801, 10_000], 10_000);
    expect(readMnist('test', packageWith('sound', images, labels)).labels).toHaveLength(10_000);
    const cut = packageWith('cut', images.subarray(0, 5_000), labels);
    expect(() => readMnist('test', cut)).toThrow(
      /t10k-images-idx3-ubyte: is no IDX file of bytes \[10000, 28, 28\] \(7840016 bytes\)/,
    );
    const turned = packageWith('turned', idx([0x804, 10_000, 28, 28], 7_840_000), labels);
    expect(() => readMnist('test', turned)).toThrow(FileFormatError);
    labels[8 + 5] = 10;
    expect(() => readMnist('test', packageWith('ten', images, labels))).toThrow(/label 5 is 10, not 0\.\.9/);
    expect(() => readMnist('test', join(folder, 'nowhere'))).toThrow(/no such file/);
  });
});

describe('packageFolder', () => {
  it('where the package is missing, the error says how to install it', () => {
    expect(() => packageFolder('no-such-images', 'the images of the test')).toThrow(FileFormatError);
    expect(() => packageFolder('no-such-images', 'the images of the test')).toThrow(
      /no-such-images: the npm package with the images of the test is not installed \(install the packages of ousim anew with: npm ci/,
    );
  });
});
