import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { pruneWindow, type WindowPruning, windowPruningProblems } from '../../models/window-pruning.js';

const SEED = { seed: 20261121, numRuns: 500 };

function pruned(pruning: WindowPruning, window: readonly number[]): number[] {
  const values = Int32Array.from(window);
  pruneWindow(pruning, values);
  return [...values];
}

const pruningAndWindow = fc.record({
  pruning: fc.record({
    rowBlock: fc.integer({ min: 1, max: 12 }),
    groupRows: fc.integer({ min: 1, max: 6 }),
    threshold: fc.nat(40),
  }),
  window: fc.array(fc.nat(60), { maxLength: 40 }),
});

describe('pruneWindow', () => {
  it('sets groups to 0 whose largest input is below the threshold, and leaves the others whole', () => {
    const window = [1, 2, 3, 4, 0, 3, 3, 3];
    expect(pruned({ rowBlock: 8, groupRows: 2, threshold: 4 }, window)).toEqual([0, 0, 3, 4, 0, 0, 0, 0]);
    expect(pruned({ rowBlock: 8, groupRows: 2, threshold: 3 }, window)).toEqual([0, 0, 3, 4, 0, 3, 3, 3]);
  });

  it('begins a new group at every crossbar, so that groups of 2 in crossbars of 3 rows are 2, 1, 2, 1', () => {
    // Groups: (5, 1) (1) (1, 5) (1). Without the crossbars the third and fourth input would share a group.
    expect(pruned({ rowBlock: 3, groupRows: 2, threshold: 5 }, [5, 1, 1, 1, 5, 1])).toEqual([5, 1, 0, 1, 5, 0]);
  });

  it('every input is kept or 0, as the largest of its group says', () => {
    fc.assert(
      fc.property(pruningAndWindow, ({ pruning, window }) => {
        const { rowBlock, groupRows, threshold } = pruning;
        const groupOf = (k: number) => `${Math.floor(k / rowBlock)}, ${Math.floor((k % rowBlock) / groupRows)}`;
        const expected = window.map((value, k) => {
          const group = window.filter((_, other) => groupOf(other) === groupOf(k));
          return Math.max(...group) < threshold ? 0 : value;
        });
        expect(pruned(pruning, window)).toEqual(expected);
      }),
      SEED,
    );
  });

  it('a second time changes nothing, a higher threshold never keeps more, and 0 prunes nothing', () => {
    fc.assert(
      fc.property(pruningAndWindow, fc.nat(20), ({ pruning, window }, more) => {
        const once = pruned(pruning, window);
        expect(pruned(pruning, once)).toEqual(once);
        const higher = pruned({ ...pruning, threshold: pruning.threshold + more }, window);
        higher.forEach((value, k) => {
          expect(value === 0 || value === once[k]).toBe(true);
        });
        expect(pruned({ ...pruning, threshold: 0 }, window)).toEqual(window);
      }),
      SEED,
    );
  });

  it('parameters that cannot be are named, each with what is allowed', () => {
    expect(windowPruningProblems({ rowBlock: 128, groupRows: 9, threshold: 0 })).toEqual([]);
    expect(windowPruningProblems({ rowBlock: 0, groupRows: 1.5, threshold: -1 })).toEqual([
      'rowBlock 0; allowed: a whole number >= 1',
      'groupRows 1.5; allowed: a whole number >= 1',
      'threshold -1; allowed: a whole number >= 0',
    ]);
  });
});
