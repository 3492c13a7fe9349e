import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { plainFormat } from '../../models/activation-format.js';
import { bundledNetworkPath } from '../../models/bundled.js';
import { FileFormatError } from '../../models/file-format-error.js';
import { type ImageSelection, ImageSelectionError, loadImages } from '../../models/images.js';
import { loadNetwork } from '../../models/load-network.js';
import type { Network } from '../../models/network.js';
import { quantiseImage } from '../../models/preprocess.js';
import { describeProblem } from '../../models/problem.js';
import { npyBytes, npyHeader, type RawTensor, safetensorsOf } from './file-bytes.js';
import { temporaryFolder } from './temporary-folder.js';

const folder = temporaryFolder();
const base = loadNetwork(bundledNetworkPath('lenet5-mnist'));
/** Networks whose input is one row of two pixels; only the input matters here. */
const grey: Network = { ...base, inputShape: [1, 1, 2] };
const colour: Network = { ...base, inputShape: [3, 1, 2] };

const u8 = (shape: number[], ...values: number[]): RawTensor => ({
  dtype: 'U8',
  shape,
  bytes: Uint8Array.from(values),
});

function save(name: string, tensors: Record<string, RawTensor>): string {
  const path = join(folder, name);
  writeFileSync(path, safetensorsOf(tensors));
  return path;
}

function problemsOf(network: Network, selection: ImageSelection): string[] {
  try {
    loadImages(network, selection);
  } catch (error) {
    expect(error).toBeInstanceOf(ImageSelectionError);
    return (error as ImageSelectionError).problems.map(describeProblem);
  }
  return [];
}

describe('loadImages', () => {
  const pixels = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12];

  it('reads [N][H][W] with labels, from first on, count of them', () => {
    const file = save('grey.safetensors', { images: u8([3, 1, 2], 1, 2, 3, 4, 5, 6), labels: u8([3], 7, 8, 9) });
    expect(loadImages(grey, { file })).toEqual({
      images: [
        [1, 2],
        [3, 4],
        [5, 6],
      ].map((row) => ({ dtype: 'U8', shape: [1, 1, 2], data: Uint8Array.from(row) })),
      labels: [7, 8, 9],
    });
    const some = loadImages(grey, { file, first: 1, count: 1 });
    expect(some.images.map(({ data }) => [...data])).toEqual([[3, 4]]);
    expect(some.labels).toEqual([8]);
  });

  it('reads [N][H][W][C] and [N][C][H][W] into channel order', () => {
    const file = save('colour.safetensors', { hwc: u8([2, 1, 2, 3], ...pixels), chw: u8([2, 3, 1, 2], ...pixels) });
    const read = (tensor: string) => loadImages(colour, { file, tensor }).images.map(({ data }) => [...data]);
    expect(read('hwc')).toEqual([
      [1, 4, 2, 5, 3, 6],
      [7, 10, 8, 11, 9, 12],
    ]);
    expect(read('chw')).toEqual([
      [1, 2, 3, 4, 5, 6],
      [7, 8, 9, 10, 11, 12],
    ]);
    expect(loadImages(colour, { file, tensor: 'hwc' }).labels).toBeNull();
  });

  it('reads .npy', () => {
    const file = join(folder, 'grey.npy');
    writeFileSync(file, npyBytes(npyHeader('|u1', '(2, 1, 2)'), Uint8Array.of(1, 2, 3, 4)));
    expect(loadImages(grey, { file, first: 1 }).images.map(({ data }) => [...data])).toEqual([[3, 4]]);
    expect(problemsOf(grey, { file, tensor: 'images' })).toEqual([
      expect.stringMatching(/^images\.tensor: .*without a name/),
    ]);
  });

  it('refuses what does not fit, all at once', () => {
    const file = save('bad.safetensors', {
      images: { dtype: 'F32', shape: [2, 1, 2], bytes: new Uint8Array(16) },
      labels: u8([3], 1, 2, 3),
    });
    const problems = problemsOf(grey, { file, first: 1, count: 2 });
    expect(problems).toHaveLength(3);
    expect(problems[0]).toMatch(
      /^images\.tensor: got "F32 \[2, 1, 2\]"; allowed: U8 \[N, 1, 2\], \[N, 1, 2, 1\] or \[N, 1, 1, 2\]/,
    );
    expect(problems[1]).toMatch(/^images\.count: got 2; allowed: a whole number from 1 to 1; 1 images stand from 1 on/);
    expect(problems[2]).toMatch(/^images\.labels: .*shape \[2\]/);
  });

  it('refuses other sizes, unknown tensors, ranges outside', () => {
    const file = save('grey2.safetensors', { images: u8([2, 1, 2], 1, 2, 3, 4), single: u8([2], 1, 2) });
    expect(problemsOf(colour, { file })[0]).toMatch(/U8 \[N, 1, 2, 3\] or \[N, 3, 1, 2\]/);
    expect(problemsOf(grey, { file, tensor: 'single' })[0]).toMatch(/got "U8 \[2\]"/);
    expect(problemsOf(grey, { file, tensor: 'image' })[0]).toMatch(
      /got "image".*images, single; did you mean "images"/,
    );
    expect(problemsOf(grey, { file, first: 2 })[0]).toMatch(/^images\.first: got 2; .*from 0 to 1; there are 2 images/);
    for (const first of [-1, 0.5, Number.NaN]) expect(problemsOf(grey, { file, first })).toHaveLength(1);
    for (const count of [0, 3, 1.5, Number.NaN]) expect(problemsOf(grey, { file, count })).toHaveLength(1);
    const cube: Network = { ...base, inputShape: [2, 2, 2] };
    const ambiguous = save('cube.safetensors', { images: u8([1, 2, 2, 2], 1, 2, 3, 4, 5, 6, 7, 8) });
    expect(problemsOf(cube, { file: ambiguous })[0]).toMatch(/ambiguous/);
  });

  it('a missing file, a directory, another kind of file', () => {
    expect(() => loadImages(grey, { file: join(folder, 'none.npy') })).toThrow(FileFormatError);
    expect(() => loadImages(grey, { file: join(folder, 'digits.png') })).toThrow(/neither a \.safetensors nor a \.npy/);
    expect(() => loadImages(grey, { file: folder })).toThrow(FileFormatError);
  });
});

describe('quantiseImage', () => {
  it('normalises per channel, rounds half up and limits to -127..127', () => {
    const network: Network = {
      ...base,
      inputShape: [2, 1, 3],
      inputFormat: plainFormat(8, true),
      inputScale: 0.25,
      preprocess: { kind: 'normalise', mean: [0, 1], std: [1, 0.01] },
    };
    const { dtype, shape, data } = quantiseImage(network, Uint8Array.of(0, 255, 102, 255, 0, 254));
    expect({ dtype, shape }).toEqual({ dtype: 'I8', shape: [2, 1, 3] });
    // Channel 0: 0; 1 / 0.25 = 4; 0.4 / 0.25 = 1.6. Channel 1: 0; -100 / 0.25 = -400; -0.392... / 0.25 = -1.57.
    expect([...data]).toEqual([0, 4, 2, 0, -127, -2]);
  });

  it('refuses an image of another size', () => {
    expect(() => quantiseImage(grey, Uint8Array.of(1, 2, 3))).toThrow(RangeError);
  });
});
