import { describe, expect, it } from 'vitest';
import {
  ENCODINGS,
  type Encoding,
  encodingProblems,
  sliceLevel,
  sliceSignificance,
  storedValue,
  weightFormat,
} from '../../mapping/encoding.js';

const paths = (encoding: string, weightBits: number, bitsPerCell: number) =>
  encodingProblems(encoding, weightBits, bitsPerCell).map(({ path }) => path);

describe('differential', () => {
  it('stores magnitudes of weightBits - 1 bits in a positive and a negative copy', () => {
    const format = weightFormat('differential', 8, 2);
    expect(format).toMatchObject({ minWeight: -127, maxWeight: 127, storedBits: 7, slices: 4, signs: [1, -1] });
    expect(format.inputSumFactor).toBe(0);
    expect(storedValue(format, 109, 1)).toBe(109);
    expect(storedValue(format, 109, -1)).toBe(0);
    expect(storedValue(format, -5, 1)).toBe(0);
    expect(storedValue(format, -5, -1)).toBe(5);
    // 109 = 0b1_10_11_01
    expect([0, 1, 2, 3].map((slice) => sliceLevel(format, 109, slice))).toEqual([0b01, 0b11, 0b10, 0b1]);
    expect([0, 1, 2, 3].map((slice) => sliceSignificance(format, slice, 1))).toEqual([1, 4, 16, 64]);
    expect([0, 1, 2, 3].map((slice) => sliceSignificance(format, slice, -1))).toEqual([-1, -4, -16, -64]);
  });

  it('has nothing to store at one weight bit', () => {
    expect(paths('differential', 1, 1)).toEqual(['weightBits']);
    expect(paths('differential', 2, 1)).toEqual([]);
  });
});

describe('offset', () => {
  it('stores weight + 2^(weightBits - 1) and takes it back with the sum of the inputs', () => {
    const format = weightFormat('offset', 4, 3);
    expect(format).toMatchObject({ minWeight: -8, maxWeight: 7, storedBits: 4, slices: 2, signs: [1] });
    expect(format.inputSumFactor).toBe(-8);
    expect([-8, -1, 0, 7].map((weight) => storedValue(format, weight, 1))).toEqual([0, 7, 8, 15]);
    // 15 = 0b1_111
    expect([0, 1].map((slice) => sliceLevel(format, 15, slice))).toEqual([7, 1]);
    expect([0, 1].map((slice) => sliceSignificance(format, slice, 1))).toEqual([1, 8]);
  });

  it('stores one-bit weights -1 and 0', () => {
    const format = weightFormat('offset', 1, 1);
    expect(format).toMatchObject({ minWeight: -1, maxWeight: 0, slices: 1, inputSumFactor: -1 });
    expect([-1, 0].map((weight) => storedValue(format, weight, 1))).toEqual([0, 1]);
  });
});

describe('twos-complement', () => {
  it('gives the top bit a negative significance', () => {
    const format = weightFormat('twos-complement', 4, 1);
    expect(format).toMatchObject({ minWeight: -8, maxWeight: 7, storedBits: 4, slices: 4, signs: [1] });
    expect(format.inputSumFactor).toBe(0);
    // -3 = -8 + 4 + 1 = 0b1101
    expect(storedValue(format, -3, 1)).toBe(0b1101);
    expect([0, 1, 2, 3].map((slice) => sliceSignificance(format, slice, 1))).toEqual([1, 2, 4, -8]);
  });

  it('stores one-bit weights -1 and 0', () => {
    const format = weightFormat('twos-complement', 1, 1);
    expect(format).toMatchObject({ minWeight: -1, maxWeight: 0, slices: 1 });
    expect(sliceSignificance(format, 0, 1)).toBe(-1);
  });

  it('requires 1-bit cells', () => {
    expect(paths('twos-complement', 8, 1)).toEqual([]);
    for (const bitsPerCell of [2, 3, 4]) {
      expect(paths('twos-complement', 8, bitsPerCell)).toEqual(['crossbar.bitsPerCell']);
    }
  });
});

describe('every encoding', () => {
  it('represents each weight of its range by the levels of its cells, and by no more than its cells hold', () => {
    for (const { name } of ENCODINGS) {
      for (const weightBits of [1, 2, 3, 5, 8, 11, 16]) {
        for (const bitsPerCell of [1, 2, 3, 4]) {
          if (encodingProblems(name, weightBits, bitsPerCell).length > 0) continue;
          checkRepresentation(name, weightBits, bitsPerCell);
        }
      }
    }
  });

  it('reports an unknown name and sizes out of range together', () => {
    expect(paths('sign-magnitude', 17, 5)).toEqual(['encoding', 'weightBits', 'crossbar.bitsPerCell']);
    expect(paths('offset', 0, 0)).toEqual(['weightBits', 'crossbar.bitsPerCell']);
    expect(paths('offset', 7.5, Number.NaN)).toEqual(['weightBits', 'crossbar.bitsPerCell']);
    expect(paths('toString', 8, 1)).toEqual(['encoding']);
  });
});

function checkRepresentation(encoding: Encoding, weightBits: number, bitsPerCell: number): void {
  const format = weightFormat(encoding, weightBits, bitsPerCell);
  const expectedMin = encoding === 'differential' ? 1 - 2 ** (weightBits - 1) : -(2 ** (weightBits - 1));
  expect([format.minWeight, format.maxWeight]).toEqual([expectedMin, 2 ** (weightBits - 1) - 1]);
  const step = weightBits === 16 ? 37 : 1;
  for (let weight = format.minWeight; weight <= format.maxWeight; weight += step) {
    let value = format.inputSumFactor;
    let largestLevel = 0;
    for (const sign of format.signs) {
      const stored = storedValue(format, weight, sign);
      if (stored < 0 || stored >= 2 ** format.storedBits) throw new Error(`${encoding} ${weight} stores ${stored}`);
      for (let slice = 0; slice < format.slices; slice++) {
        const level = sliceLevel(format, stored, slice);
        largestLevel = Math.max(largestLevel, level);
        value += sliceSignificance(format, slice, sign) * level;
      }
    }
    if (value !== weight) throw new Error(`${encoding}, ${weightBits} bits: ${weight} reads ${value}`);
    if (largestLevel >= 2 ** bitsPerCell) throw new Error(`${encoding}: level ${largestLevel} for ${weight}`);
  }
}
