import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  reduceActivationPrecision,
  type WeightPrecisions,
} from '../../../mapping/block-precision/activation-precision.js';
import type { DecisionContext, NetworkDecision } from '../../../mapping/scheme.js';
import { commonShape } from './block-shapes.js';
import { randomLayer } from './scheme-cases.js';

const seed = 20261121;
const layer = { ...randomLayer(commonShape, 1), name: 'conv', windows: 10 };

/** A made-up layer: a decision is its stored bits, 100 at a noise of 1, 2 more for each factor of sqrt(1/2) less. */
const weights: WeightPrecisions<number> = {
  decide: (_, noise) => 100 - Math.round(4 * Math.log2(noise)),
  noise: (_, decision) => 2 ** ((100 - decision) / 4),
  storedBits: (_, decision) => decision,
};
const start: NetworkDecision<number> = { activationBits: 8, activationClip: 1, layers: { conv: 100 } };

/** Measures a made-up network that keeps its accuracy for these (activation bits, clip, stored bits), and lists them. */
function contextOf(keeps: (bits: number, clip: number, stored: number) => boolean) {
  const measured: string[] = [];
  const context: DecisionContext<number> = {
    layers: [layer],
    reference: 0.91,
    floor: 0.9,
    accuracy: ({ activationBits, activationClip, layers }) => {
      measured.push(`${activationBits}/${activationClip}/${layers['conv']}`);
      return keeps(activationBits, activationClip, layers['conv']!) ? 0.9 : 0.89;
    },
  };
  return { context, measured };
}

describe('activation bits', () => {
  it('go down one at a time while a clipping level keeps the accuracy', () => {
    const { context, measured } = contextOf((bits, clip) => bits >= 6 || (bits >= 4 && clip <= 0.75));
    const { activationBits, activationClip, layers } = reduceActivationPrecision(context, start, 4, weights);
    expect([activationBits, activationClip, layers]).toEqual([4, 0.75, start.layers]);
    expect(measured).toEqual(['7/1/100', '6/1/100', '5/1/100', '5/0.75/100', '4/0.75/100']);
  });

  it('get back noise from the weights, as long as that saves operations', () => {
    // 7 bits need weights of 104 bits: 728 instead of 800 operations a window. 6 bits would need 130: 780.
    const { context, measured } = contextOf((bits, _, stored) => stored >= (bits === 7 ? 104 : 130));
    const { activationBits, layers } = reduceActivationPrecision(context, start, 2, weights);
    expect([activationBits, layers['conv']]).toEqual([7, 104]);
    expect(measured.slice(0, 5)).toEqual(['7/1/100', '7/0.75/100', '7/1/102', '7/0.75/102', '7/1/104']);
    expect(measured.slice(5)).toEqual(
      [104, 106, 108, 110].flatMap((stored) => [`6/1/${stored}`, `6/0.75/${stored}`]).slice(0, 7),
    );
  });

  it('end at 2 where an input is signed, whatever the smallest number asked for', () => {
    const { context } = contextOf(() => true);
    expect(reduceActivationPrecision(context, start, 1, weights).activationBits).toBe(1);
    const signed = { ...context, layers: [{ ...layer, inputSigned: true }] };
    expect(reduceActivationPrecision(signed, start, 1, weights).activationBits).toBe(2);
  });

  it('stay as they are where fewer of them would cost more operations', () => {
    const { context, measured } = contextOf(() => false);
    expect(reduceActivationPrecision(context, start, 2, weights)).toBe(start);
    // 7 x 114 = 798 is the last that is less than 800.
    const stored = [100, 102, 104, 106, 108, 110];
    expect(measured).toEqual(stored.flatMap((bits) => [`7/1/${bits}`, `7/0.75/${bits}`]));
    const coarse = { ...start, activationBits: 2 };
    const { context: other, measured: few } = contextOf(() => false);
    reduceActivationPrecision(other, { ...coarse, layers: { conv: 2 } }, 1, {
      ...weights,
      decide: (_, noise) => (noise < 2 ** 24 ? 4 : 2),
    });
    // 1 x 4 is not less than 2 x 2.
    expect(few).toEqual(['1/1/2', '1/0.75/2']);
  });

  it('end at the fewest that are asked for', () => {
    const { context } = contextOf(() => true);
    expect(reduceActivationPrecision(context, start, 3, weights).activationBits).toBe(3);
    expect(reduceActivationPrecision(context, start, 8, weights)).toBe(start);
  });

  it('are not traded where no smaller noise changes the weights', () => {
    const { context, measured } = contextOf(() => false);
    expect(reduceActivationPrecision(context, start, 2, { ...weights, decide: () => 100 })).toBe(start);
    expect(measured).toEqual(['7/1/100', '7/0.75/100']);
  });

  it('take at most 12 measurements; the decision was measured, or nothing changed, and takes fewer operations', () => {
    fc.assert(
      fc.property(fc.func(fc.boolean()), fc.integer({ min: 1, max: 16 }), (keeps, activationBits) => {
        const { context, measured } = contextOf((bits, clip, stored) => keeps(bits, clip, stored));
        const before = { ...start, activationBits };
        const decision = reduceActivationPrecision(context, before, 1, weights);
        expect(measured.length).toBeLessThanOrEqual(12);
        if (decision === before) return;
        const stored = decision.layers['conv']!;
        expect(measured).toContain(`${decision.activationBits}/${decision.activationClip}/${stored}`);
        expect(keeps(decision.activationBits, decision.activationClip, stored)).toBe(true);
        expect(decision.activationBits * stored).toBeLessThan(activationBits * 100);
      }),
      { seed },
    );
  });
});
