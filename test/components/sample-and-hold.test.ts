import { describe, expect, it } from 'vitest';
import { SampleAndHold } from '../../components/sample-and-hold.js';

describe('sample-and-hold banks', () => {
  it('one bank: taken until its last sample is converted', () => {
    const banks = new SampleAndHold(1);
    expect([banks.free, banks.freeSince]).toEqual([true, 0]);
    expect(banks.hold(2)).toBe(0);
    expect(banks.free).toBe(false);
    expect(banks.converted(0, 7)).toBe(false);
    expect(banks.free).toBe(false);
    expect(banks.converted(0, 9)).toBe(true);
    expect([banks.free, banks.freeSince]).toEqual([true, 9]);
  });

  it('are taken in turn: read j finds the bank of read j - banks', () => {
    const banks = new SampleAndHold(3);
    expect([banks.hold(1), banks.hold(2), banks.hold(1)]).toEqual([0, 1, 2]);
    // Read 3 needs bank 0, whatever becomes of the others.
    expect(banks.converted(2, 4)).toBe(true);
    expect(banks.free).toBe(false);
    expect(banks.converted(0, 5)).toBe(true);
    expect([banks.free, banks.freeSince]).toEqual([true, 5]);
    expect(banks.hold(1)).toBe(0);
    // Read 4 needs bank 1, which holds two samples.
    expect(banks.converted(1, 6)).toBe(false);
    expect(banks.free).toBe(false);
    expect(banks.converted(1, 8)).toBe(true);
    expect([banks.free, banks.freeSince]).toEqual([true, 8]);
    // Read 5 needs bank 2, free since 4.
    expect(banks.hold(1)).toBe(1);
    expect([banks.free, banks.freeSince]).toEqual([true, 4]);
  });
});
