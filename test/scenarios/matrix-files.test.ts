import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { problemsOf, resolveText, SMALL } from './resolve.js';

/** A .npy file as numpy.save writes it (format version 1.0). */
function npy(descr: string, shape: readonly number[], bytes: Uint8Array): Uint8Array {
  const tuple = shape.length === 1 ? `(${shape[0]},)` : `(${shape.join(', ')})`;
  const header = `{'descr': '${descr}', 'fortran_order': False, 'shape': ${tuple}, }`;
  const padded = header.padEnd(Math.ceil((10 + header.length + 1) / 64) * 64 - 11) + '\n';
  const length = Uint8Array.of(padded.length & 255, padded.length >> 8);
  return Buffer.concat([Uint8Array.of(0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0), length, Buffer.from(padded), bytes]);
}

let folder: string;
const weights = npy('|i1', [4, 2], Uint8Array.from(Int8Array.of(1, -2, 3, 0, -1, 2, 0, 1)));

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'ousim-test-'));
  const write = (name: string, bytes: Uint8Array) => writeFileSync(join(folder, name), bytes);
  write('w.npy', weights);
  write('x.npy', npy('<i4', [2, 4], new Uint8Array(Int32Array.of(1, 2, 3, 0, 3, 1, 0, 2).buffer)));
  write('truncated.npy', weights.subarray(0, weights.length - 3));
  write('flat.npy', npy('|i1', [8], new Uint8Array(8)));
  write('empty.npy', npy('|i1', [0, 2], new Uint8Array(0)));
  write('half.npy', npy('<f4', [4, 2], new Uint8Array(Float32Array.of(0, 0.5, 0, 0, Number.NaN, 0, 0, 0).buffer)));
  write('wide.npy', npy('|i1', [4, 2], Uint8Array.of(0, 0, 0, 100, 0, 0, 0, 0)));
  write('text.npy', Buffer.from('1 2 3'));
  mkdirSync(join(folder, 'folder.npy'));
});

afterAll(() => rmSync(folder, { recursive: true }));

const withWeights = (file: string) => ({ overrides: [`workload.weights={file: ${file}}`], baseDir: folder });

test('matrices from files are those that stand inline, echoed by name, hash and shape', () => {
  const overrides = ['workload.weights={file: w.npy}', 'workload.inputs={file: x.npy}'];
  const fromFiles = resolveText(SMALL, { overrides, baseDir: folder });
  expect(fromFiles.workload).toEqual(resolveText(SMALL).workload);
  expect(fromFiles.resolved.workload['weights']).toEqual({
    file: 'w.npy',
    sha256: createHash('sha256').update(weights).digest('hex'),
    shape: [4, 2],
  });
  expect(fromFiles.resolved.workload['inputs']).toMatchObject({ file: 'x.npy', shape: [2, 4] });
});

test('an absolute path does not reach the result', () => {
  const { resolved } = resolveText(SMALL, { overrides: [`workload.weights={file: ${join(folder, 'w.npy')}}`] });
  expect(resolved.workload['weights']).toMatchObject({ file: 'w.npy' });
  expect(JSON.stringify(resolved)).not.toContain(folder);
});

describe('files that cannot be used', () => {
  test.each([
    ['missing.npy', 'workload.weights.file', /^"missing.npy": no such file/],
    ['folder.npy', 'workload.weights.file', /^"folder.npy": is a directory/],
    [
      'truncated.npy',
      'workload.weights.file',
      /^"truncated.npy": shape \(4, 2\) of \|i1 needs 8 bytes of data, the file holds 5/,
    ],
    ['text.npy', 'workload.weights.file', /^"text.npy": /],
    ['flat.npy', 'workload.weights.file', /an array of shape \(8\)$/],
    ['empty.npy', 'workload.weights.file', /an array of shape \(0, 2\)$/],
    ['half.npy', 'workload.weights', /^\[0\]\[1\] = 0.5, \[2\]\[0\] = NaN$/],
    ['wide.npy', 'workload.weights', /^\[1\]\[1\] = 100$/],
  ])('%s', (file, path, value) => {
    const problems = problemsOf(SMALL, withWeights(file));
    expect(problems.map((problem) => problem.path)).toEqual([path]);
    expect(problems[0]!.value).toMatch(value);
    expect(JSON.stringify(problems)).not.toContain(folder);
  });

  test('both matrices at once, and a key that is none of a file', () => {
    const overrides = ['workload.weights={file: missing.npy}', 'workload.inputs={file: folder.npy, tensor: x}'];
    expect(problemsOf(SMALL, { overrides, baseDir: folder }).map(({ path }) => path)).toEqual([
      'workload.weights.file',
      'workload.inputs.tensor',
      'workload.inputs.file',
    ]);
  });

  test('a truncated safetensors file of images', () => {
    writeFileSync(join(folder, 'cut.safetensors'), Uint8Array.of(200, 0, 0, 0, 0, 0, 0, 0, 123));
    const text = 'workload: { kind: network, model: lenet5-mnist, images: { file: cut.safetensors } }';
    expect(problemsOf(text, { baseDir: folder })).toMatchObject([
      { path: 'workload.images.file', value: expect.stringContaining('header of 200 bytes announced') },
    ]);
  });

  test('a missing model, a folder as model, a file of another kind', () => {
    for (const model of ['missing.json', './folder.npy', 'text.npy', 'net.onnx']) {
      const problems = problemsOf(`workload: { kind: network, model: ${model} }`, { baseDir: folder });
      expect(problems.map(({ path }) => path)).toEqual(['workload.model']);
      expect(JSON.stringify(problems)).not.toContain(folder);
    }
  });

  test('a model that is no network gives every problem inside it', () => {
    writeFileSync(join(folder, 'net.json'), '{"inputScale": -1, "nodes": []}');
    writeFileSync(join(folder, 'net.safetensors'), Uint8Array.of(2, 0, 0, 0, 0, 0, 0, 0, 123, 125));
    const problems = problemsOf('workload: { kind: network, model: net.json }', { baseDir: folder });
    expect(problems.length).toBeGreaterThan(1);
    for (const { path } of problems) expect(path).toMatch(/^workload\.model \(net\.json\): /);
  });
});
