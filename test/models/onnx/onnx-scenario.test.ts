import { copyFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { bundledDigitsPath } from '../../../models/bundled.js';
import { executeNetwork } from '../../../models/execute.js';
import { importOnnx } from '../../../models/onnx/import-onnx.js';
import { quantiseImage } from '../../../models/preprocess.js';
import { problemsOf, resolveText } from '../../scenarios/resolve.js';
import { temporaryFolder } from '../temporary-folder.js';
import { floatLenet5, qdqLenet5 } from './lenet5-onnx.js';
import { encodeModel } from './onnx-builder.js';

const folder = temporaryFolder();
writeFileSync(join(folder, 'float.onnx'), encodeModel(floatLenet5()));
writeFileSync(join(folder, 'qdq.onnx'), encodeModel(qdqLenet5()));
writeFileSync(join(folder, 'broken.onnx'), encodeModel(qdqLenet5()).subarray(0, 1000));
copyFileSync(bundledDigitsPath(), join(folder, 'digits.safetensors'));

const scenario = (workload: string) => `
scope: chip
machine: { preset: ou-baseline }
workload: { kind: network, ${workload} }
`;
const problems = (workload: string) => problemsOf(scenario(workload), { baseDir: folder });

describe('a workload with an .onnx model', () => {
  it('is a network with the digits that come with ousim', () => {
    const { workload } = resolveText(scenario('model: qdq.onnx, images: { count: 3 }'), { baseDir: folder });
    if (workload.kind !== 'network') return expect.fail(workload.kind);
    expect(workload.model).toBe('qdq.onnx');
    const direct = importOnnx(encodeModel(qdqLenet5()), 'qdq.onnx');
    for (const pixels of workload.images.pixels) {
      const image = quantiseImage(workload.network, pixels);
      expect(executeNetwork(workload.network, image)).toEqual(executeNetwork(direct, image));
    }
  });

  it('is quantised with the calibration images, which the resolved scenario names', () => {
    const text = scenario('model: float.onnx, calibration: { file: digits.safetensors }');
    const { workload, resolved } = resolveText(text, { baseDir: folder });
    if (workload.kind !== 'network') return expect.fail(workload.kind);
    expect(workload.network.preprocess).toEqual({ kind: 'raw' });
    expect(resolved.workload).toMatchObject({ model: 'float.onnx', calibration: { file: 'digits.safetensors' } });
    const other = resolveText(scenario('model: qdq.onnx'), { baseDir: folder }).workload;
    expect(other.kind === 'network' && other.modelSha256).not.toBe(workload.modelSha256);
  });

  it('gives its float weights to a mapping that starts from them', () => {
    const text = `${scenario('model: float.onnx, calibration: { file: digits.safetensors }')}
mapping: { quantisation: given }`;
    const { workload } = resolveText(text, { baseDir: folder });
    if (workload.kind !== 'network') return expect.fail(workload.kind);
    expect([...workload.floatWeights!.keys()]).toEqual(['c1', 'c2', 'f1', 'f2', 'f3']);
  });

  it.each([
    ['model: float.onnx', 'workload.model (float.onnx): calibration', /workload.calibration: \{ file/],
    ['model: qdq.onnx, calibration: { file: digits.safetensors }', 'workload.calibration', /quantised already/],
    ['model: broken.onnx', 'workload.model', /truncated/],
    ['model: absent.onnx', 'workload.model', /check the path/],
    ['model: float.onnx, calibration: { file: absent.npy }', 'workload.calibration.file', /check the path/],
    ['model: float.onnx, calibration: { file: qdq.onnx }', 'workload.calibration.file', /read from those two/],
    [
      'model: float.onnx, calibration: { file: digits.safetensors, tensor: index }',
      'workload.calibration.tensor',
      /U8/,
    ],
    ['model: float.onnx, calibration: digits.safetensors', 'workload.calibration', /a map with keys/],
    ['model: float.onnx, calibration: { tensor: images }', 'workload.calibration.file', /relative to the scenario/],
    ['model: float.onnx, calibration: { flie: x }', 'workload.calibration.flie', /did you mean/],
    ['model: qdq.onnx, normalisation: { mean: [0], std: [0] }', 'workload.normalisation.std', /above 0/],
    [
      'model: qdq.onnx, normalisation: { mean: [0, 0, 0], std: [1, 1, 1] }',
      'workload.model (qdq.onnx): pixels',
      /1 finite/,
    ],
    ['model: lenet5-mnist, normalisation: { mean: [0], std: [1] }', 'workload.normalisation', /only with an .onnx/],
  ])('%s', (workload, path, text) => {
    const found = problems(workload).find((problem) => problem.path === path);
    expect(found, JSON.stringify(problems(workload))).toBeDefined();
    expect(`${found!.value} ${found!.allowed} ${found!.hint ?? ''}`).toMatch(text);
  });
});
