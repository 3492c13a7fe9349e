import { describe, expect, test } from 'vitest';
import { claimed, factor, signedPercent, times } from '../../../reports/comparison/ratio-text.js';

describe('ratios', () => {
  test.each([
    [0, '0'],
    [0.0123, '0.012'],
    [0.0994, '0.099'],
    [0.0996, '0.10'],
    [0.8, '0.80'],
    [1, '1.00'],
    [9.994, '9.99'],
    [9.996, '10.0'],
    [24.06, '24.1'],
    [99.94, '99.9'],
    [99.96, '100'],
    [1234.5, '1\u202f235'],
  ])('%d reads %s', (value, text) => {
    expect(factor(value)).toBe(text);
    expect(times(value)).toBe(`${text}x`);
  });

  test('of a paper keep the digits that it prints', () => {
    expect(claimed({ value: 6.1 })).toBe('6.1x');
    expect(claimed({ value: 2 })).toBe('2x');
    expect(claimed({ value: 26.85 })).toBe('26.85x');
    // 17.47 / 2.66, of two ratios in a paper.
    expect(claimed({ value: 6.56766917293233 })).toBe('6.568x');
    expect(claimed({ value: 1.45, to: 6 })).toBe('1.45-6x');
  });
});

test.each([
  [0, '0%'],
  [0.0004, '0%'],
  [-0.0004, '0%'],
  [0.012, '+1.2%'],
  [-0.012, '-1.2%'],
  [0.25, '+25%'],
  [-0.754, '-75%'],
  [1.5, '+150%'],
])('a deviation of %d reads %s', (share, text) => {
  expect(signedPercent(share)).toBe(text);
});
