import { expect, test } from 'vitest';
import { paperClaims } from '../../../reports/comparison/rows.js';
import type { CheckedClaim } from '../../../sim/results/comparison.js';

const claim = (over: string, value: number, to?: number): CheckedClaim => ({
  figure: 'speedup',
  over,
  value,
  ...(to === undefined ? {} : { to }),
  source: 'Specimen, Table I',
  comparability: 'other networks',
  measured: null,
  deviation: null,
});

test('what papers claim over the baseline, and nothing else', () => {
  const claims = [claim('isaac', 99), claim('isaac-ou', 6.1)];
  expect(paperClaims(claims, 'speedup', 'isaac-ou')).toBe('paper 6.1x');
  expect(paperClaims(claims, 'energySaving', 'isaac-ou')).toBe('');
  expect(paperClaims(claims, 'speedup', 'sre')).toBe('');
});

test('several claims stand as what they span', () => {
  const claims = [claim('isaac-ou', 13.1), claim('isaac-ou', 2, 42.3), claim('isaac-ou', 1.37)];
  expect(paperClaims(claims, 'speedup', 'isaac-ou')).toBe('papers 1.37-42.3x');
});
