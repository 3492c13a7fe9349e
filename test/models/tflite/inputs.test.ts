import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { executeNetwork } from '../../../models/execute.js';
import { ImageSelectionError, loadImages } from '../../../models/images.js';
import { importTflite } from '../../../models/tflite/import-tflite.js';
import type { NetworkWorkload } from '../../../scenarios/network-workload.js';
import { runScenario } from '../../../scenarios/run/run-scenario.js';
import { problemsOf, resolveText } from '../../scenarios/resolve.js';
import { npyBytes, npyHeader, safetensorsOf } from '../file-bytes.js';
import { temporaryFolder } from '../temporary-folder.js';
import { buildTflite } from './build-tflite.js';
import { TINY_NETWORK } from './tiny-network.js';

const folder = temporaryFolder();

function written(name: string, bytes: Uint8Array): string {
  const path = join(folder, name);
  writeFileSync(path, bytes);
  return path;
}

/** Two images of 2 x 2 pixels, the first with the integers of `tiny-network.test.ts`. */
const INPUTS = Int8Array.of(0, 1, 2, 3, -128, 127, -1, 5);
const bytes = new Uint8Array(INPUTS.buffer);

describe('inputs of an imported network', () => {
  const network = importTflite(buildTflite(TINY_NETWORK), 'tiny.tflite');

  it('are its integers, from a file of them', () => {
    for (const shape of [
      [2, 2, 2],
      [2, 2, 2, 1],
      [2, 1, 2, 2],
    ]) {
      const file = written('inputs.safetensors', safetensorsOf({ inputs: { dtype: 'I8', shape, bytes } }));
      const { images } = loadImages(network, { file, tensor: 'inputs' });
      expect(images.map(({ data }) => Array.from(data))).toEqual([
        [0, 1, 2, 3],
        [-128, 127, -1, 5],
      ]);
    }
  });

  it('are pixels less 128, from a file of pixels', () => {
    const file = written(
      'pixels.npy',
      npyBytes(npyHeader('|u1', '(2, 2, 2)'), Uint8Array.of(0, 1, 128, 255, 1, 2, 3, 4)),
    );
    expect(Array.from(loadImages(network, { file }).images[0]!.data)).toEqual([-128, -127, 0, 127]);
  });

  it('of another shape or type are refused, with what is needed', () => {
    const file = written('wrong.safetensors', safetensorsOf({ images: { dtype: 'I8', shape: [1, 8], bytes } }));
    expect(() => loadImages(network, { file })).toThrow(ImageSelectionError);
    expect(() => loadImages(network, { file })).toThrow(
      'allowed: U8 pixels or I8 inputs [N, 2, 2], [N, 2, 2, 1] or [N, 1, 2, 2]',
    );
  });

  it('of features are one pixel', () => {
    const features = importTflite(
      buildTflite({
        tensors: [
          { name: 'x', shape: [1, 4], type: 'UINT8', scale: 1, zeroPoint: 0 },
          { name: 'w', shape: [1, 4], type: 'UINT8', data: [129, 130, 131, 132], scale: 1, zeroPoint: 128 },
          { name: 'y', shape: [1, 1], type: 'UINT8', scale: 1, zeroPoint: 0 },
        ],
        operators: [{ op: 'FULLY_CONNECTED', inputs: ['x', 'w'], output: 'y' }],
        inputs: ['x'],
        outputs: ['y'],
      }),
      'features.tflite',
    );
    const file = written('features.npy', npyBytes(npyHeader('|u1', '(2, 4)'), Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8)));
    const outputs = loadImages(features, { file }).images.map((image) => Array.from(executeNetwork(features, image)));
    // 1 + 4 + 9 + 16 and 5 + 12 + 21 + 32.
    expect(outputs).toEqual([[30], [70]]);
  });
});

describe('a scenario with a .tflite model', () => {
  const model = written('tiny.tflite', buildTflite(TINY_NETWORK));
  const inputs = written('images.safetensors', safetensorsOf({ images: { dtype: 'I8', shape: [2, 2, 2, 1], bytes } }));
  const scenario = (file: string) => `
scope: chip
machine: { preset: isaac }
workload: { kind: network, model: ${JSON.stringify(file)}, images: { file: ${JSON.stringify(inputs)}, count: 2 } }
`;

  it('runs on crossbars with the outputs of the reference', () => {
    const { workload } = resolveText(scenario(model));
    const { network } = workload as NetworkWorkload;
    const images = loadImages(network, { file: inputs }).images;
    const { outputs } = runScenario(resolveText(scenario(model)), { outputs: true });
    expect(outputs).toEqual(images.map((image) => Array.from(executeNetwork(network, image))));
    expect(outputs![0]).toEqual([15, 40]);
  });

  it('reports what is wrong with the file as problems of the model', () => {
    const cut = written('cut.tflite', buildTflite(TINY_NETWORK).subarray(0, 1000));
    expect(problemsOf(scenario(cut)).map(({ path }) => path)).toEqual(['workload.model']);
    const float = TINY_NETWORK.tensors.map((tensor) => (tensor.name === 'image_q' ? { ...tensor, scale: [] } : tensor));
    const bad = written('bad.tflite', buildTflite({ ...TINY_NETWORK, tensors: float }));
    expect(problemsOf(scenario(bad))[0]!.path).toMatch(/^workload\.model \(.*bad\.tflite\): operators\[1\] CONV_2D/);
  });
});
