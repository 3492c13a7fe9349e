import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { balancedReplicas, type ReplicatedLayer } from '../../../mapping/floor-plan/replication.js';

const crossbarsOf = (layers: readonly ReplicatedLayer[], replicas: readonly number[]) =>
  layers.reduce((sum, { crossbars }, i) => sum + crossbars * replicas[i]!, 0);
const paceOf = (layers: readonly ReplicatedLayer[], replicas: readonly number[]) =>
  Math.max(...layers.map(({ windows }, i) => windows / replicas[i]!));

/** Every replication of the layers that a budget allows. */
function* replications(layers: readonly ReplicatedLayer[], budget: number): Generator<number[]> {
  const [first, ...others] = layers;
  if (first === undefined) {
    yield [];
    return;
  }
  for (let count = 1; count * first.crossbars <= budget; count++) {
    for (const rest of replications(others, budget - count * first.crossbars)) yield [count, ...rest];
  }
}

describe('balanced replicas', () => {
  it('go to the slowest layer first', () => {
    const layers = [
      { windows: 100, crossbars: 1 },
      { windows: 25, crossbars: 4 },
      { windows: 1, crossbars: 8 },
    ];
    expect(balancedReplicas(layers, 13)).toEqual([1, 1, 1]);
    expect(balancedReplicas(layers, 15)).toEqual([3, 1, 1]);
    // At 4 replicas the first layer is as slow as the second, and the first of equals.
    expect(balancedReplicas(layers, 17)).toEqual([5, 1, 1]);
    // Now the second is the slowest, and 3 crossbars do not hold it, though they would hold others.
    expect(balancedReplicas(layers, 20)).toEqual([5, 1, 1]);
    expect(balancedReplicas(layers, 21)).toEqual([5, 2, 1]);
  });

  it("come to ISAAC's rule with a large budget: a layer before a stride of 2 x 2 has four times the replicas", () => {
    const layers = [64, 16, 4].map((windows) => ({ windows, crossbars: 1 }));
    expect(balancedReplicas(layers, 16 + 4 + 1)).toEqual([16, 4, 1]);
    expect(balancedReplicas(layers, 32 + 8 + 2)).toEqual([32, 8, 2]);
  });

  it('are no more than there are windows', () => {
    expect(balancedReplicas([{ windows: 3, crossbars: 1 }], 1000)).toEqual([3]);
  });

  it('are one of each where the budget does not even hold that', () => {
    expect(balancedReplicas([{ windows: 3, crossbars: 5 }], 4)).toEqual([1]);
  });

  it('have the best pace of all that a budget allows', () => {
    const layer = fc.record({ windows: fc.integer({ min: 1, max: 30 }), crossbars: fc.integer({ min: 1, max: 5 }) });
    fc.assert(
      fc.property(fc.array(layer, { minLength: 1, maxLength: 3 }), fc.nat(14), (layers, extra) => {
        const budget =
          crossbarsOf(
            layers,
            layers.map(() => 1),
          ) + extra;
        const replicas = balancedReplicas(layers, budget);
        expect(crossbarsOf(layers, replicas)).toBeLessThanOrEqual(budget);
        // More replicas than windows never help: a pace below 1 is none that the rule looks for.
        const paces = [...replications(layers, budget)].map((others) => Math.max(1, paceOf(layers, others)));
        expect(paceOf(layers, replicas)).toBe(Math.min(...paces));
      }),
      { seed: 20261121, numRuns: 200 },
    );
  });
});
