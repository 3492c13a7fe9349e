import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Result } from '../../sim/results/result.js';
import { floatLenet5 } from '../models/onnx/lenet5-onnx.js';
import { encodeModel } from '../models/onnx/onnx-builder.js';
import { randomModels } from '../models/onnx/random-models.js';
import { sharedData } from '../models/shared-data.js';
import { folderWith, ousim, ROOT } from './ousim.js';

const folder = folderWith({
  'lenet.onnx': encodeModel(floatLenet5()),
  'quantised.onnx': encodeModel(randomModels(3).qdq),
  'broken.tflite': 'TFL3?',
});
const digits = join(ROOT, 'models', 'bundled', 'mnist', 'digits.safetensors');

/** What `ousim run` says of a model, without its name, its hash and what an importer was told. */
async function resultOf(model: string, ...more: string[]): Promise<unknown> {
  const ran = await ousim(['run', '--model', model, '--outputs', '--json', ...more], folder);
  expect(ran).toMatchObject({ code: 0, stderr: '' });
  const { scenario, ...result } = JSON.parse(ran.stdout) as Result;
  const { hash, workload, ...rest } = scenario as unknown as Record<string, Record<string, unknown>>;
  expect(hash).toBeDefined();
  const { model: name, modelSha256, calibration, ...images } = workload!;
  expect([name, modelSha256]).not.toContain(undefined);
  return { ...result, scenario: { ...rest, workload: images } };
}

async function converted(args: readonly string[]): Promise<string> {
  const ran = await ousim(['convert', ...args], folder);
  expect(ran).toMatchObject({ code: 0, stderr: '' });
  return ran.stdout;
}

describe('ousim convert', () => {
  test('a float model: it says what became of it, and the files run with the same result', async () => {
    const stdout = await converted(['lenet.onnx', '--calibration', `${digits}:images`, '--out', 'new/lenet.json']);
    expect(stdout).toContain('lenet.onnx: 13 operators became 8 nodes');
    expect(stdout).toContain('operators: 4 Relu, 3 Gemm, 2 Conv, 2 MaxPool, 1 Flatten, 1 Softmax');
    expect(stdout).toContain('nodes: 3 fc, 2 conv, 2 maxpool, 1 flatten');
    // LeNet-5: 150 weights x 28 x 28 pixels, 2400 x 10 x 10, 400 x 120, 120 x 84, 84 x 10.
    expect(stdout).toMatch(/5 layers +61\s470 +416\s520\n/);
    expect(stdout).toContain('written: new/lenet.json, new/fp32.safetensors, new/lenet.safetensors');
    expect(readdirSync(join(folder, 'new')).sort()).toEqual(['fp32.safetensors', 'lenet.json', 'lenet.safetensors']);
    const calibration = `workload.calibration={"file":${JSON.stringify(digits)}}`;
    const images = ['--images', '1'];
    const expected = await resultOf('lenet.onnx', ...images, '--set', calibration);
    expect(await resultOf('new/lenet.json', ...images)).toEqual(expected);
  });

  test('twice the same bytes, over what stood there', async () => {
    const files = ['q.json', 'q.safetensors'];
    await converted(['quantised.onnx', '--out', 'q.json']);
    const first = files.map((file) => readFileSync(join(folder, file)));
    writeFileSync(join(folder, 'q.json'), 'spoilt');
    await converted(['quantised.onnx', '--out', 'q.json']);
    expect(files.map((file) => readFileSync(join(folder, file)))).toEqual(first);
  });

  test('ResNet-8 of MLPerf Tiny', async ({ skip }) => {
    const file = sharedData('mlperf-tiny/ic_resnet8_int8.tflite');
    if (file === null) return skip('../shared/data is missing');
    const stdout = await converted([file, '--out', 'tiny/resnet8.json']);
    expect(stdout).toContain('ic_resnet8_int8.tflite: 16 operators became 15 nodes');
    // 432 x 32 x 32, two of 2304 x 32 x 32, 4608, 9216, 512 x 16 x 16, 18432, 36864, 2048 x 8 x 8, 640.
    expect(stdout).toMatch(/10 layers +77\s360 +12\s501\s632\n/);
    expect(readdirSync(join(folder, 'tiny')).sort()).toEqual(['resnet8.json', 'resnet8.safetensors']);
  });

  test.concurrent.each<[what: string, args: string[], expected: RegExp[]]>([
    ['another kind of file', ['lenet.json', '--out', 'out/a.json'], [/^model\n.*\n {2}allowed: .*\.tflite or \.onnx/m]],
    ['a float model alone', ['lenet.onnx', '--out', 'out/a.json'], [/: calibration\n[\s\S]*hint: +--calibration /]],
    [
      'calibration that is missing, and an --out that is no .json file',
      ['lenet.onnx', '--calibration', 'none.npy', '--out', 'out/a.txt'],
      [/^--calibration\n {2}got: .*no such file/m, /^--out\n.*\n {2}allowed: .*\.json/m],
    ],
    [
      'calibration of a tensor that is missing',
      ['lenet.onnx', '--calibration', `${digits}:pictures`, '--out', 'out/a.json'],
      [/^--calibration\n {2}got: +"\\?"?pictures/m],
    ],
    [
      'calibration of a quantised model',
      ['quantised.onnx', '--calibration', digits, '--out', 'out/a.json'],
      [/^--calibration\n[\s\S]*quantised already/m],
    ],
    [
      'a mean without a deviation, of no numbers',
      ['lenet.onnx', '--mean', 'grey', '--out', 'out/a.json'],
      [/^--mean\n/m, /^--std\n {2}got: +nothing/m],
    ],
    [
      'a damaged .tflite file, with a normalisation, to the name of the float weights',
      ['broken.tflite', '--mean', '0', '--std', '1', '--out', 'out/fp32.json'],
      [/^model\n {2}got: .*broken\.tflite/m, /^--mean, --std\n/m, /^--out\n[\s\S]*float weights/m],
    ],
    ['a folder that cannot be', ['quantised.onnx', '--out', 'lenet.onnx/a.json'], [/^--out\n[\s\S]*is a file/m]],
    ['without --out', ['quantised.onnx'], [/--out/]],
  ])('%s', async (_, args, expected) => {
    const { code, stdout, stderr } = await ousim(['convert', ...args], folder);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    for (const pattern of expected) expect(stderr).toMatch(pattern);
    expect(stderr).not.toContain('bug');
    expect(existsSync(join(folder, 'out'))).toBe(false);
  });

  test('refuses a folder with the float weights of another network, and to overwrite its calibration inputs', async () => {
    mkdirSync(join(folder, 'other'));
    writeFileSync(join(folder, 'other', 'fp32.safetensors'), '');
    const other = await ousim(['convert', 'quantised.onnx', '--out', 'other/a.json'], folder);
    expect(other).toMatchObject({ code: 2, stdout: '' });
    expect(other.stderr).toMatch(/^--out\n[\s\S]*another network, fp32\.safetensors/m);
    writeFileSync(join(folder, 'digits.safetensors'), readFileSync(digits));
    const over = ['lenet.onnx', '--calibration', 'digits.safetensors', '--out', 'digits.json'];
    const overwriting = await ousim(['convert', ...over], folder);
    expect(overwriting).toMatchObject({ code: 2, stdout: '' });
    expect(overwriting.stderr).toMatch(/^--out\n[\s\S]*calibration inputs/m);
    expect(existsSync(join(folder, 'digits.json'))).toBe(false);
  });
});
