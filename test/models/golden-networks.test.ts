import { describe, expect, it } from 'vitest';
import { bundledNetworkPath } from '../../models/bundled.js';
import { executeNetwork } from '../../models/execute.js';
import { loadImages } from '../../models/images.js';
import { loadNetwork } from '../../models/load-network.js';
import { matrixLayers } from '../../models/matrix-layer.js';
import { isMatrixNode } from '../../models/network.js';
import { type Golden, goldenPath, readGolden } from './golden.js';
import { SHARED_DATA_MISSING, sharedData } from './shared-data.js';

const networks = [
  {
    name: 'lenet5-mnist',
    network: bundledNetworkPath('lenet5-mnist'),
    golden: goldenPath('lenet5-mnist'),
    images: 'mnist/test1000.safetensors',
  },
  {
    name: 'vgg10m-cifar10',
    network: bundledNetworkPath('vgg10m-cifar10'),
    golden: goldenPath('vgg10m-cifar10'),
    images: 'cifar10/test1000.safetensors',
  },
  {
    name: 'resnet20-cifar10',
    network: sharedData('resnet20-cifar10/int8.json'),
    golden: sharedData('resnet20-cifar10/golden.safetensors'),
    images: 'cifar10/test1000.safetensors',
  },
];

describe.each(networks)('$name: stored golden values', ({ network: networkPath, golden: goldenFile, images }) => {
  it('every output of 4 images, and every accumulator of image 0, bit for bit', ({ skip }) => {
    if (networkPath === null || goldenFile === null) return skip(SHARED_DATA_MISSING);
    const network = loadNetwork(networkPath);
    const golden = readGolden(goldenFile);
    expect(golden.inputs).toHaveLength(4);
    expect(golden.outputNames.sort()).toEqual(network.nodes.map((node) => node.name).sort());
    expect(golden.accumulatorNames.sort()).toEqual(
      network.nodes
        .filter(isMatrixNode)
        .map((node) => node.name)
        .sort(),
    );
    golden.inputs.forEach((input, image) => {
      const observed: string[] = [];
      const logits = executeNetwork(network, input, {
        observe: (name, output, accumulators) => {
          observed.push(name);
          expectSameBits(output.data, golden.output(name, image).data, `out.${name}, image ${image}`);
          if (accumulators !== undefined && image === 0) expectGoldenAccumulators(accumulators, golden, name);
        },
      });
      expect(observed).toEqual(network.nodes.map((node) => node.name));
      expectSameBits(logits, golden.output(network.nodes.at(-1)!.name, image).data, `logits, image ${image}`);
    });
  });

  it('the matrix view with offset inputs and correction gives the same outputs', ({ skip }) => {
    if (networkPath === null || goldenFile === null) return skip(SHARED_DATA_MISSING);
    const network = loadNetwork(networkPath);
    const golden = readGolden(goldenFile);
    const used: string[] = [];
    executeNetwork(network, golden.inputs[0]!, {
      product: (layer, input) => {
        used.push(layer.name);
        const { rows, outputs, windows, weights, correction } = layer;
        const gathered = new Uint16Array(rows);
        const sums = new Float64Array(windows * outputs);
        for (let window = 0; window < windows; window++) {
          layer.gatherWindow(input, window, gathered);
          for (let k = 0; k < rows; k++) {
            for (let m = 0; m < outputs; m++) sums[window * outputs + m]! += gathered[k]! * weights[k * outputs + m]!;
          }
          for (let m = 0; m < outputs; m++) sums[window * outputs + m]! += correction[m]!;
        }
        expectGoldenAccumulators(sums, golden, layer.name);
        return sums;
      },
      observe: (name, output) => expectSameBits(output.data, golden.output(name, 0).data, `out.${name}`),
    });
    expect(used).toEqual([...matrixLayers(network).keys()]);
  });

  it('preprocessing raw pixels gives the stored inputs', ({ skip }) => {
    const file = sharedData(images);
    if (networkPath === null || goldenFile === null || file === null) return skip(SHARED_DATA_MISSING);
    const loaded = loadImages(loadNetwork(networkPath), { file, first: 0, count: 4 });
    expect(loaded.images).toEqual(readGolden(goldenFile).inputs);
  });
});

/** [windows][outputs], as the executor has them, against the stored channel-slowest order. */
function expectGoldenAccumulators(accumulators: Float64Array, golden: Golden, name: string): void {
  const { data: expected, shape } = golden.accumulators(name);
  const outputs = shape[0]!;
  const windows = expected.length / outputs;
  expect(accumulators.length, `acc.${name}`).toBe(expected.length);
  const channelSlowest = Float64Array.from(expected, (_, i) => {
    return accumulators[(i % windows) * outputs + Math.floor(i / windows)]!;
  });
  expectSameBits(channelSlowest, expected, `acc.${name}`);
}

function expectSameBits(got: ArrayLike<number>, expected: ArrayLike<number>, what: string): void {
  expect(got.length, what).toBe(expected.length);
  for (let i = 0; i < expected.length; i++) {
    if (!Object.is(got[i], expected[i])) expect.fail(`${what}[${i}]: got ${got[i]}, stored ${expected[i]}`);
  }
}
