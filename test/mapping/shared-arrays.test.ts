import fc from 'fast-check';
import { expect, test } from 'vitest';
import { SharedArrays } from '../../mapping/shared-arrays.js';

test('equal elements have one array, and every array has the elements asked for', () => {
  const lists = fc.array(fc.array(fc.integer({ min: 0, max: 3 }), { maxLength: 4 }), { maxLength: 60 });
  fc.assert(
    fc.property(lists, (asked) => {
      const shared = new SharedArrays();
      const takes: ((elements: number[]) => Iterable<number>)[] = [
        (elements) => shared.int32(elements),
        (elements) => shared.uint8(elements),
        (elements) => shared.float64(elements),
      ];
      for (const take of takes) {
        const arrays = asked.map(take);
        expect(arrays.map((array) => [...array])).toEqual(asked);
        expect(new Set(arrays).size).toBe(new Set(asked.map((elements) => elements.join())).size);
      }
    }),
    { seed: 20261121 },
  );
});

test('numbers that are no 32-bit integers keep their values in float64', () => {
  const shared = new SharedArrays();
  const significance = [2 ** 40, -(2 ** 40), 0.5, 2 ** -20];
  expect([...shared.float64(significance)]).toEqual(significance);
  expect(shared.float64([2 ** 40])).not.toBe(shared.float64([0]));
});

test('zeros are shared by length', () => {
  const shared = new SharedArrays();
  expect([...shared.zeros(3)]).toEqual([0, 0, 0]);
  expect(shared.zeros(3)).toBe(shared.zeros(3));
});
