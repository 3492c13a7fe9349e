import fc from 'fast-check';
import { expect, test } from 'vitest';
import { waterfallParts } from '../../../reports/comparison/waterfall-factors.js';
import { waterfallWords } from '../../../reports/comparison/waterfall-words.js';
import { WATERFALL_STEPS } from '../../../sim/results/comparison.js';
import { sampleComparison } from './sample-comparison.js';

const [lenet] = sampleComparison().networks;
const waterfallOf = (name: string) => lenet!.runs.find(({ system }) => system === name)!.waterfall;

test('factors multiply to the ideal, and on to the achieved speed-up', () => {
  const speedups = fc.array(fc.double({ min: 0.01, max: 100, noNaN: true }), {
    minLength: WATERFALL_STEPS.length,
    maxLength: WATERFALL_STEPS.length,
  });
  fc.assert(
    fc.property(speedups, (values) => {
      const waterfall = WATERFALL_STEPS.map((step, s) => ({ step, speedup: values[s]! }));
      const { gains, ideal, losses, achieved } = waterfallParts(waterfall);
      const product = (factors: typeof gains) => factors.reduce((total, { factor }) => total * factor, 1);
      expect(gains.map(({ step }) => step)).toEqual(['words', 'weights', 'indices', 'activations', 'planes']);
      expect(ideal).toBe(values[4]);
      expect(achieved).toBe(values.at(-1));
      expect(product(gains) / ideal).toBeCloseTo(1, 9);
      expect((ideal * product(losses)) / achieved).toBeCloseTo(1, 9);
    }),
    { seed: 20261121 },
  );
});

test('a waterfall in words', () => {
  // Row lists leave half of the operations, zero inputs 1 in 1.25 of those, bit-planes 1 in 1.6: 1/4. Half the crossbars
  // take twice the time. 4 000 reads + 500 ADC + 500 index + 250 detector + 750 imbalance + 250 finished = 6 250 of 10 000.
  expect(waterfallWords(waterfallOf('sre')).join(' ')).toBe(
    'indices 2.00 x activations 1.25 x planes 1.60 = ideal 4.00x; parallelism x0.50, ' +
      "baseline's losses x1.25, ADC waiting x0.89, index decoding x0.90, detector x0.95, imbalance x0.88, finished x0.96 " +
      '-> 1.60x',
  );
});

test('steps that change nothing are left out, also where nothing is removed', () => {
  expect(waterfallWords(waterfallOf('isaac-ou')).join(' ')).toBe(
    "ideal 1.00x; baseline's losses x1.25, ADC waiting x0.89, imbalance x0.91, finished x0.99 -> 1.00x",
  );
  const nothing = WATERFALL_STEPS.map((step) => ({ step, speedup: 1 }));
  expect(waterfallWords(nothing)).toEqual(['ideal 1.00x', '-> 1.00x']);
});

test('more crossbars side by side than in the baseline are a gain among the losses', () => {
  const waterfall = WATERFALL_STEPS.map((step, s) => ({ step, speedup: s < 5 ? 1 : 2 }));
  expect(waterfallWords(waterfall)).toEqual(['ideal 1.00x;', 'parallelism x2.00', '-> 2.00x']);
});
