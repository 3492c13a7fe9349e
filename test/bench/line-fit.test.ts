import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { lineFit } from '../../bench/line-fit.js';
import { scalingTable } from '../../bench/scaling.js';

describe('lineFit', () => {
  test('finds a line again', () => {
    const number = fc.double({ min: -100, max: 100, noNaN: true });
    const points = fc.uniqueArray(fc.integer({ min: -50, max: 50 }), { minLength: 2, maxLength: 8 });
    fc.assert(
      fc.property(points, number, number, (x, slope, intercept) => {
        fc.pre(Math.abs(slope) > 1e-3);
        const fit = lineFit(
          x,
          x.map((value) => slope * value + intercept),
        );
        expect(fit.slope).toBeCloseTo(slope, 6);
        expect(fit.intercept).toBeCloseTo(intercept, 6);
        expect(fit.r2).toBeCloseTo(1, 6);
      }),
      { seed: 20261121 },
    );
  });

  test('three points off a line, worked out by hand', () => {
    // Means 1 and 2. Sxx = 1 + 0 + 1, Sxy = 1 - 0 + 2 = 3, Syy = 1 + 1 + 4: slope 1.5, intercept 0.5, R2 = 9 / (2 * 6).
    expect(lineFit([0, 1, 2], [1, 1, 4])).toEqual({ slope: 1.5, intercept: 0.5, r2: 0.75 });
  });

  test('what does not vary is explained', () => {
    expect(lineFit([1, 2, 3], [5, 5, 5])).toEqual({ slope: 0, intercept: 5, r2: 1 });
  });

  test.each([
    [[1, 2], [1], /2 x and 1 y/],
    [[1, 1], [1, 2], /fewer than two different x/],
    [[1, Number.NaN], [1, 2], /got NaN/],
    [[1, 2], [1, Number.NEGATIVE_INFINITY], /got -Infinity/],
  ])('refuses %j and %j', (x, y, message) => {
    expect(() => lineFit(x, y)).toThrow(message);
  });
});

test('time that grows with a power of the work has that power as its slope', () => {
  const rows = [1e3, 1e4, 1e6].map((operations) => ({ size: '', operations, seconds: 2e-3 * operations ** 0.75 }));
  const { logFit } = scalingTable('', '', rows);
  expect(logFit.slope).toBeCloseTo(0.75, 9);
  expect(Math.exp(logFit.intercept)).toBeCloseTo(2e-3, 9);
  expect(logFit.r2).toBeCloseTo(1, 9);
});
