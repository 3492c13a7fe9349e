import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bundledNetworkPath } from '../../../models/bundled.js';
import { loadNetwork } from '../../../models/load-network.js';
import { networkStages } from '../../../scenarios/chip/network-stages.js';
import { NetworkBuilder, randomNetwork, shapePrograms } from './random-network.js';
import { readOf, valueOrigins } from './value-origins.js';

describe('stages of a network', () => {
  it('of LeNet-5: flatten is none, and f1 reads the pooled maps pixel by pixel', () => {
    const network = loadNetwork(bundledNetworkPath('lenet5-mnist'));
    const stages = networkStages(network, shapePrograms(network));
    expect(stages.map(({ name, op, windows, channels }) => [name, op, windows, channels])).toEqual([
      ['input', 'source', 784, 1],
      ['c1', 'conv', 784, 6],
      ['p1', 'maxpool', 196, 6],
      ['c2', 'conv', 100, 16],
      ['p2', 'maxpool', 25, 16],
      ['f1', 'fc', 1, 120],
      ['f2', 'fc', 1, 84],
      ['f3', 'fc', 1, 10],
    ]);
    const [input] = stages[5]!.inputs;
    expect(input).toMatchObject({ producer: 4, channels: 400, valuesPerChannel: 25, role: 'start' });
    expect([...input!.needs, ...input!.keeps]).toEqual([25, 0]);
    expect(stages.map(({ leaves }) => leaves)).toEqual([...new Array(7).fill(false), true]);
  });

  it('take a concatenation apart, with the channels of each stage where they are', () => {
    const builder = new NetworkBuilder([2, 3, 3]);
    const a = builder.conv('input', 3);
    const b = builder.conv('input', 4);
    builder.conv(builder.concat([a, b, 'input']), 1, { kernel: 3, pad: 1 });
    const network = builder.network();
    const { inputs } = networkStages(network, shapePrograms(network)).at(-1)!;
    expect(inputs.map(({ producer, firstChannel, channels }) => [producer, firstChannel, channels])).toEqual([
      [1, 0, 3],
      [2, 3, 4],
      [0, 7, 2],
    ]);
  });

  it('read shortcut A as every second pixel, between channels that nothing gives', () => {
    const builder = new NetworkBuilder([2, 4, 4]);
    const conv = builder.conv('input', 4, { kernel: 2, stride: 2, residual: builder.shortcutA('input', 1) });
    const network = builder.network();
    const stages = networkStages(network, shapePrograms(network));
    const [, residual] = stages.find(({ name }) => name === conv)!.inputs;
    expect(residual).toMatchObject({ producer: 0, role: 'finish', firstChannel: 1, channels: 2 });
    // Pixels (0, 0), (0, 2), (2, 0), (2, 2) of rows of 4.
    expect([...residual!.needs]).toEqual([1, 3, 9, 11]);
    expect([...residual!.keeps]).toEqual([0, 2, 8, 10]);
  });

  it('need and keep what a look at every single value says', () => {
    fc.assert(
      fc.property(fc.nat(1e6), (seed) => {
        const network = randomNetwork(seed);
        const origins = valueOrigins(network);
        const stages = networkStages(network, shapePrograms(network));
        for (const node of network.nodes) {
          const stage = stages.find(({ name }) => name === node.name);
          if (stage === undefined) {
            expect(['flatten', 'concat', 'shortcutA']).toContain(node.op);
            continue;
          }
          for (const operand of [0, 1] as const) {
            const inputs = stage.inputs.filter((input) => input.operand === operand);
            const reads = Array.from({ length: stage.windows }, (_, w) => readOf(node, operand, w, origins));
            // Channel by channel: what gives it, and where.
            for (const { channel, origin } of reads.flat()) {
              if (origin === null) continue;
              const giving = inputs.filter(
                ({ firstChannel, channels }) => channel >= firstChannel && channel < firstChannel + channels,
              );
              expect(giving).toHaveLength(1);
              const [{ producer, producerChannel, firstChannel, valuesPerChannel }] = giving as [(typeof giving)[0]];
              expect(stages[producer]!.name).toBe(origin.stage);
              expect(producerChannel + Math.floor((channel - firstChannel) / valuesPerChannel)).toBe(origin.channel);
            }
            for (const { needs, keeps, firstChannel, channels } of inputs) {
              const pixels = reads.map((ofWindow) =>
                ofWindow.flatMap(({ channel, origin }) =>
                  origin !== null && channel >= firstChannel && channel < firstChannel + channels ? [origin.pixel] : [],
                ),
              );
              let needed = 0;
              pixels.forEach((ofWindow, w) => {
                needed = Math.max(needed, ...ofWindow.map((pixel) => pixel + 1));
                expect(needs[w]).toBe(needed);
                expect(keeps[w]).toBe(Math.min(needed, ...pixels.slice(w).flat()));
              });
            }
          }
        }
      }),
      { seed: 20261121, numRuns: 60 },
    );
  });
});
