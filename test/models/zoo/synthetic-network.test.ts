import { describe, expect, it } from 'vitest';
import { plainFormat } from '../../../models/activation-format.js';
import { executeNetwork } from '../../../models/execute.js';
import { fastProduct } from '../../../models/fast-product.js';
import { isMatrixNode, type MatrixNode, type Network } from '../../../models/network.js';
import { type Distribution, inputDistribution, weightDistribution } from '../../../models/zoo/distributions.js';
import { draw, TABLE_ENTRIES } from '../../../models/zoo/drawn-numbers.js';
import { inputPositions, weightPositions } from '../../../models/zoo/position.js';
import { shapeNetwork } from '../../../models/zoo/shapes.js';

const layer = (network: Network, name: string): MatrixNode =>
  network.nodes.filter(isMatrixNode).find((node) => node.name === name)!;

/** Counts of the values -256..255, at value + 256. */
function histogram(values: ArrayLike<number>): Float64Array {
  const counts = new Float64Array(512);
  for (let i = 0; i < values.length; i++) counts[values[i]! + 256]! += 1;
  return counts;
}

/**
 * n independent draws hit an event of probability p np times, give or take 5 standard deviations sqrt(np(1 - p)) (beyond by
 * chance: 6 in 10 million), and one for events too rare for the normal law.
 */
function expectShare(hits: number, n: number, p: number, what: string): void {
  expect(Math.abs(hits - n * p), `${what}: ${hits} of ${n}, expected share ${p}`).toBeLessThanOrEqual(
    5 * Math.sqrt(n * p * (1 - p)) + 1,
  );
}

/** Zeros and every bit of the magnitude. */
function expectStatistics(values: ArrayLike<number>, { from, counts }: Distribution, what: string): void {
  const drawn = histogram(values);
  const events: [string, (value: number) => boolean][] = [['zero', (value) => value === 0]];
  for (let bit = 0; bit < 8; bit++) events.push([`bit ${bit}`, (value) => ((Math.abs(value) >> bit) & 1) === 1]);
  for (const [event, holds] of events) {
    const hits = drawn.reduce((sum, count, i) => sum + (holds(i - 256) ? count : 0), 0);
    const share = counts.reduce((sum, count, i) => sum + (holds(from + i) ? count : 0), 0) / TABLE_ENTRIES;
    expectShare(hits, values.length, share, `${what} ${event}`);
  }
}

describe('drawn numbers', () => {
  it.each(['vgg16-cifar10', 'resnet18-cifar10', 'mobilenet-v2-cifar10', 'alexnet'] as const)(
    'of %s have the zeros and bits of their distributions',
    (name) => {
      const network = shapeNetwork(name);
      const weights = weightPositions(network.nodes);
      const inputs = inputPositions(network.nodes);
      // AlexNet's fully connected layers have 59 million weights; the others show as much.
      const layers = network.nodes.filter(isMatrixNode).filter(({ op }) => name !== 'alexnet' || op === 'conv');
      for (const node of layers) {
        expectStatistics(node.weights, weightDistribution(weights.get(node.name)!), `${node.name} weights`);
        const input = network.synthetic!.drawInput(node, 0);
        expect(input.shape).toEqual(node.inputShape);
        expect(input.dtype).toBe(node.inputFormat.signed ? 'I8' : 'U8');
        expectStatistics(input.data, inputDistribution(inputs.get(node.input)!), `${node.name} input`);
      }
    },
  );

  it('have every value as often as its count, and no other', () => {
    const network = shapeNetwork('vgg16-cifar10');
    const { weights } = layer(network, 'conv5_2');
    const { from, counts } = weightDistribution(weightPositions(network.nodes).get('conv5_2')!);
    const drawn = histogram(weights);
    for (let value = -256; value < 256; value++) {
      const share = (counts[value - from] ?? 0) / TABLE_ENTRIES;
      const hits = drawn[value + 256]!;
      if (share === 0) expect(hits).toBe(0);
      else expectShare(hits, weights.length, share, `value ${value}`);
    }
  });

  it('are independent of their neighbours, also of the one from the same random word', () => {
    const network = shapeNetwork('resnet18-cifar10');
    const { data } = network.synthetic!.drawInput(layer(network, 'layer1.1.conv2'), 3);
    const { counts } = inputDistribution('conv-0');
    const zero = counts[0]! / TABLE_ENTRIES;
    for (const distance of [1, 2, 3]) {
      // Pairs that share no member, so that they are independent of each other.
      for (let first = 0; first < 2; first++) {
        let [pairs, both] = [0, 0];
        for (let i = first; i + distance < data.length; i += 2 * distance) {
          pairs += 1;
          if (data[i] === 0 && data[i + distance] === 0) both += 1;
        }
        expectShare(both, pairs, zero * zero, `zeros ${distance} apart from ${first} on`);
      }
    }
  });

  it('are the same at every read, in every order, and in a network built anew', () => {
    const [a, b] = [shapeNetwork('resnet18-cifar10'), shapeNetwork('resnet18-cifar10')];
    const names = ['conv1', 'layer1.0.conv1', 'layer1.1.conv2'];
    const forwards = names.map((name) => layer(a, name).weights);
    const backwards = names
      .toReversed()
      .map((name) => layer(b, name).weights)
      .toReversed();
    expect(backwards).toEqual(forwards);
    expect(layer(a, 'conv1').weights).toEqual(forwards[0]);
    const late = layer(a, 'layer1.1.conv1');
    const drawn = a.synthetic!.drawInput(late, 7);
    b.synthetic!.drawInput(layer(b, 'conv1'), 0);
    expect(b.synthetic!.drawInput(layer(b, 'layer1.1.conv1'), 7)).toEqual(drawn);
  });

  it('are drawn anew at every read, so that no array is kept', () => {
    const node = layer(shapeNetwork('resnet18-cifar10'), 'conv1');
    const before = Int8Array.from(node.weights);
    node.weights.fill(0);
    expect(node.weights).toEqual(before);
  });

  it('differ between seeds, layers and images', () => {
    const [one, two] = [shapeNetwork('vgg16-cifar10', 1), shapeNetwork('vgg16-cifar10', 2)];
    const [a, b] = [layer(one, 'conv4_2'), layer(two, 'conv4_2')];
    expect(a.weights).not.toEqual(b.weights);
    expect(layer(one, 'conv4_3').weights).not.toEqual(a.weights);
    const input = one.synthetic!.drawInput(a, 0);
    expect(two.synthetic!.drawInput(b, 0)).not.toEqual(input);
    expect(one.synthetic!.drawInput(a, 1)).not.toEqual(input);
    expect([one.synthetic!.seed, two.synthetic!.seed]).toEqual([1, 2]);
  });

  it('are one tensor for all layers that read it', () => {
    const network = shapeNetwork('resnet18-cifar10');
    const [conv, projection] = [layer(network, 'layer2.0.conv1'), layer(network, 'layer2.0.downsample')];
    expect(conv.input).toBe(projection.input);
    expect(network.synthetic!.drawInput(conv, 0)).toEqual(network.synthetic!.drawInput(projection, 0));
  });

  it.each([
    [1, 'U8'],
    [4, 'U8'],
    [12, 'U16'],
    [16, 'U16'],
  ] as const)('keep their share of the range with %i bits', (bits, dtype) => {
    const network = shapeNetwork('vgg16-cifar10');
    const { name, input, inputShape, inputFormat } = layer(network, 'conv3_2');
    const of8 = network.synthetic!.drawInput({ name, input, inputShape, inputFormat } as MatrixNode, 0);
    const wide = { name, input, inputShape, inputFormat: plainFormat(bits, false) } as MatrixNode;
    const drawn = network.synthetic!.drawInput(wide, 0);
    expect(drawn.dtype).toBe(dtype);
    const expected = Array.from(of8.data, (value) => Math.floor((value * (2 ** bits - 1)) / 255 + 0.5));
    expect(Array.from(drawn.data)).toEqual(expected);
  });

  it('are signed only where the layer before has no ReLU', () => {
    const network = shapeNetwork('mobilenet-v2-cifar10');
    const expand = layer(network, 'features.5.expand');
    expect(network.synthetic!.drawInput(expand, 0).data.some((value: number) => value < 0)).toBe(true);
    const unsigned = { ...expand, inputFormat: plainFormat(8, false) };
    expect(() => network.synthetic!.drawInput(unsigned, 0)).toThrow(/linear-\d are signed; asked for: unsigned/);
  });

  it('refuse a layer of another network, and a table of another size', () => {
    const network = shapeNetwork('vgg16-cifar10');
    const other = layer(shapeNetwork('resnet18-cifar10'), 'layer1.0.conv2');
    expect(() => network.synthetic!.drawInput(other, 0)).toThrow('reads "layer1.0.conv1", which no layer');
    expect(() => draw(new Int8Array(256), 1, 'x', new Int8Array(4))).toThrow('table of 256 entries; needed: 65536');
  });
});

describe('a synthetic network', () => {
  // ReLUs of centred sums let half of the values through; 40 is the root mean square that requantisers aim at.
  it.each(['mobilenet-v2-cifar10', 'densenet-bc100-cifar10'] as const)(
    '%s passes values on from layer to layer that neither vanish nor saturate',
    (name) => {
      const network = shapeNetwork(name);
      const image = network.synthetic!.drawInput(network.nodes.find(isMatrixNode)!, 0);
      let rectified = 0;
      const logits = executeNetwork(network, image, {
        product: fastProduct,
        observe: (node, { data }) => {
          if (layer(network, node)?.last) return;
          const { outputFormat } = network.nodes.find((one) => one.name === node)!;
          const values = histogram(data);
          const n = data.length;
          const rms = Math.sqrt(values.reduce((sum, count, i) => sum + count * (i - 256) ** 2, 0) / n);
          expect([node, rms > 40 / 8, rms < 40 * 4]).toEqual([node, true, true]);
          if (outputFormat.signed || layer(network, node)?.op !== 'conv') return;
          rectified += 1;
          const [zero, saturated] = [values[256]! / n, values[256 + 255]! / n];
          expect([node, zero > 0.05, zero < 0.95, saturated < 0.05]).toEqual([node, true, true, true]);
        },
      });
      expect(rectified).toBeGreaterThan(30);
      expect(new Set(logits).size).toBe(10);
    },
  );
});
