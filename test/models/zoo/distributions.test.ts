import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import {
  type Distribution,
  distributionsPath,
  inputDistribution,
  valuesOf,
  weightDistribution,
} from '../../../models/zoo/distributions.js';
import { TABLE_ENTRIES } from '../../../models/zoo/drawn-numbers.js';
import { SHARED_DATA_MISSING, sharedData } from '../shared-data.js';
import { measureDistributions } from './measure-distributions.js';
import { measuredNetworks, measuredPixels } from './measured-networks.js';

const zeroFraction = ({ from, counts }: Distribution): number => (counts[0 - from] ?? 0) / TABLE_ENTRIES;

interface NodeStatistics {
  readonly name: string;
  readonly weightStats?: { readonly zero: number };
  readonly inputStats?: { readonly zero: number };
}

/** What the data's own files say of a network's layers, worked out when it was quantised. */
function statistics(name: string): ReadonlyMap<string, NodeStatistics> | null {
  const path = sharedData(`${name}/int8.json`);
  if (path === null) return null;
  const { nodes } = JSON.parse(readFileSync(path, 'utf8')) as { nodes: NodeStatistics[] };
  return new Map(nodes.map((node) => [node.name, node]));
}

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

describe('the measured distributions', () => {
  // Two images through MobileNetV2 are most of the time. To measure anew: npx vitest run <this file> -u
  it('are what the real networks give', { timeout: 60_000 }, async (context) => {
    const [networks, pixels] = [measuredNetworks(), measuredPixels()];
    if (networks === null || pixels === null) return context.skip(SHARED_DATA_MISSING);
    await expect(measureDistributions(networks, pixels)).toMatchFileSnapshot(distributionsPath());
  });

  it('have the zeros that the files of the networks tell of', (context) => {
    const [resnet, vgg, lenet] = [
      statistics('resnet20-cifar10'),
      statistics('vgg10m-cifar10'),
      statistics('lenet5-mnist'),
    ];
    if (resnet === null || vgg === null || lenet === null) return context.skip(SHARED_DATA_MISSING);
    // Weights of the fully connected layers between: the same integers, so equal but for the rounding of the counts.
    const fc = mean([vgg.get('fc1')!, lenet.get('f1')!, lenet.get('f2')!].map(({ weightStats }) => weightStats!.zero));
    expect(Math.abs(zeroFraction(weightDistribution('fc')) - fc)).toBeLessThan(1 / TABLE_ENTRIES);
    // Residual sums of ResNet-20 alone; the files' images are others (training images), which moves the share by 0.02.
    for (const [position, layers] of [
      ['sum-0', ['layer1.1.conv1', 'layer1.2.conv1']],
      ['sum-3', ['layer3.1.conv1', 'layer3.2.conv1']],
    ] as const) {
      const sums = mean(layers.map((name) => resnet.get(name)!.inputStats!.zero));
      expect(Math.abs(zeroFraction(inputDistribution(position)) - sums)).toBeLessThan(0.02);
    }
  });

  it('are whole counts of 65,536 in the range of their format', () => {
    const file = JSON.parse(readFileSync(distributionsPath(), 'utf8')) as Record<string, Record<string, unknown>>;
    for (const position of Object.keys(file['weights']!)) {
      const values = valuesOf(weightDistribution(position as 'first'));
      expect([values.length, values[0]! >= -127, values.at(-1)! <= 127]).toEqual([TABLE_ENTRIES, true, true]);
    }
    for (const position of Object.keys(file['inputs']!)) {
      const values = valuesOf(inputDistribution(position as 'image'));
      const [min, max] = position.startsWith('linear') ? [-128, 127] : [0, 255];
      expect([values.length, values[0]! >= min, values.at(-1)! <= max]).toEqual([TABLE_ENTRIES, true, true]);
    }
  });

  it('refuse positions that are none', () => {
    expect(() => weightDistribution('embedding' as 'first')).toThrow(/no distribution measured for embedding/);
  });

  it('refuse counts that do not fill the table', () => {
    expect(() => valuesOf({ of: 'nothing', from: 0, counts: [1, 2] })).toThrow('counts sum to 3; needed: 65536');
  });
});
