import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { packDecreasing } from '../../../mapping/row-compression/pack.js';

const seed = 20261121;

describe('stacking of items', () => {
  it('by hand: 5 4 3 2 1 in bins of 8: 5 + 3 and 4 + 2 + 1', () => {
    expect(packDecreasing([1, 2, 3, 4, 5], 8)).toEqual([
      { bin: 1, first: 6 },
      { bin: 1, first: 4 },
      { bin: 0, first: 5 },
      { bin: 1, first: 0 },
      { bin: 0, first: 0 },
    ]);
  });

  it('never overlaps, never passes the end of a bin, and leaves no two bins that fit into one', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 40 }).chain((capacity) =>
          fc.record({
            capacity: fc.constant(capacity),
            sizes: fc.array(fc.integer({ min: 1, max: capacity }), { maxLength: 80 }),
          }),
        ),
        ({ capacity, sizes }) => {
          const used = new Map<number, Set<number>>();
          packDecreasing(sizes, capacity).forEach(({ bin, first }, item) => {
            const taken = used.get(bin) ?? new Set();
            used.set(bin, taken);
            for (let place = first; place < first + sizes[item]!; place++) {
              if (taken.has(place) || place >= capacity)
                throw new Error(`place ${place} of bin ${bin} is taken or missing`);
              taken.add(place);
            }
          });
          const loads = Array.from(used.values(), (taken) => taken.size).sort((a, b) => a - b);
          if (loads.length > 1) expect(loads[0]! + loads[1]!).toBeGreaterThan(capacity);
          expect(Math.max(-1, ...used.keys())).toBe(used.size - 1);
        },
      ),
      { seed, numRuns: 300 },
    );
  });
});
