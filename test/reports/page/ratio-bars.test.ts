import { describe, expect, it } from 'vitest';
import { ratioBars, type SystemRatios, scaleOf } from '../../../reports/page/ratio-bars.js';
import type { CheckedClaim, Comparison } from '../../../sim/results/comparison.js';

describe('bars of ratios', () => {
  it('begin at 0 over a small range', () => {
    const { isLogarithmic, start, at } = scaleOf([1, 4]);
    expect({ isLogarithmic, start, marks: [1, 2, 4].map(at) }).toEqual({
      isLogarithmic: false,
      start: 0,
      marks: [0.25, 0.5, 1],
    });
  });

  it('begin at the baseline over a large one, by powers', () => {
    const { isLogarithmic, start, at } = scaleOf([0.1, 1000]);
    expect(isLogarithmic).toBe(true);
    // Four decades from 0.1 to 1000, of which the first is below 1.
    expect(start).toBeCloseTo(0.25, 12);
    expect([0.1, 10, 1000].map(at)).toEqual([0, expect.closeTo(0.5, 12), 1]);
  });

  it('carry the claims over the same baseline, and no others', () => {
    const claim = (figure: string, over: string, value: number, to?: number): CheckedClaim =>
      ({ figure, over, value, ...(to === undefined ? {} : { to }) }) as CheckedClaim;
    const system = (name: string, speedup: number, ...claims: CheckedClaim[]): SystemRatios => ({
      system: { name, claims },
      ratios: { speedup, energySaving: 1 },
    });
    const systems = [
      system('base', 1),
      system('a', 2, claim('speedup', 'base', 5), claim('speedup', 'other', 9), claim('crossbarSaving', 'base', 9)),
      system('b', 4, claim('energySaving', 'base', 3, 10)),
    ];
    const page = ratioBars(systems, { baseline: 'base' } as Comparison, 'Ratios').text;
    // The scale ends at 10, the largest claim: 5 stands in the middle, 3 to 10 is its last 70 per cent; a's bar ends at 2 of 10.
    const marks = [...page.matchAll(/class="claim" style="([^"]*)" title="([^"]*)"/g)].map((mark) => mark.slice(1));
    expect(marks).toEqual([
      ['left:50%;width:0%', 'claimed by the paper: 5x'],
      ['left:30%;width:70%', 'claimed by the paper: 3-10x'],
    ]);
    expect(page).toContain('style="width:20%" title="speed-up: 2.00x"');
    expect(page).toContain('base *');
    const without = ratioBars([system('base', 1)], { baseline: 'base' } as Comparison, 'Ratios').text;
    expect(without).not.toContain('claim');
  });
});
