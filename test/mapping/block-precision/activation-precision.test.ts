import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { reduceActivationPrecision } from '../../../mapping/block-precision/activation-precision.js';
import type { DecisionContext, NetworkDecision } from '../../../mapping/scheme.js';

const seed = 20261121;
const start: NetworkDecision<string> = { activationBits: 8, activationClip: 1, layers: { conv: 'as decided' } };

/** Measures a made-up network that keeps its accuracy at these (bits, clip), and counts. */
function contextOf(keeps: (bits: number, clip: number) => boolean) {
  const measured: string[] = [];
  const context: DecisionContext<string> = {
    layers: [],
    floor: 0.9,
    accuracy: ({ activationBits, activationClip, layers }) => {
      expect(layers).toBe(start.layers);
      measured.push(`${activationBits}/${activationClip}`);
      return keeps(activationBits, activationClip) ? 0.9 : 0.89;
    },
  };
  return { context, measured };
}

describe('activation bits', () => {
  it('go down one at a time while a clipping level keeps the accuracy', () => {
    const { context, measured } = contextOf((bits, clip) => bits >= 6 || (bits >= 4 && clip <= 0.75));
    expect(reduceActivationPrecision(context, start, 2)).toEqual({ ...start, activationBits: 4, activationClip: 0.75 });
    expect(measured).toEqual(['7/1', '6/1', '5/1', '5/0.75', '4/0.75', '3/0.75', '3/0.5']);
  });

  it('stay as they are where no level keeps it', () => {
    const { context, measured } = contextOf(() => false);
    expect(reduceActivationPrecision(context, start, 2)).toBe(start);
    expect(measured).toEqual(['7/1', '7/0.75', '7/0.5']);
  });

  it('end at the fewest that are asked for', () => {
    const { context } = contextOf(() => true);
    expect(reduceActivationPrecision(context, start, 3).activationBits).toBe(3);
    expect(reduceActivationPrecision(context, start, 8)).toBe(start);
  });

  it('take at most 12 measurements, and every decision was measured', () => {
    fc.assert(
      fc.property(fc.func(fc.boolean()), fc.integer({ min: 1, max: 16 }), (keeps, activationBits) => {
        const { context, measured } = contextOf((bits, clip) => keeps(bits, clip));
        const decision = reduceActivationPrecision(context, { ...start, activationBits }, 1);
        expect(measured.length).toBeLessThanOrEqual(12);
        if (decision.activationBits === activationBits) return;
        expect(measured).toContain(`${decision.activationBits}/${decision.activationClip}`);
        expect(keeps(decision.activationBits, decision.activationClip)).toBe(true);
      }),
      { seed },
    );
  });
});
