import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  ceiling,
  formatDecimal,
  isFault,
  multiply,
  parseDuration,
  parseFrequency,
  parseQuantity,
} from '../../scenarios/quantities.js';

const SEED = { seed: 20261121 };

function clock(text: string) {
  const frequency = parseFrequency(text);
  if (isFault(frequency)) throw new Error(`not a frequency: ${text}`);
  return frequency.hertz;
}

function cyclesOf(time: unknown, frequency: string) {
  const duration = parseDuration(time, clock(frequency));
  if (isFault(duration)) throw new Error(`not a duration: ${String(time)}`);
  return duration;
}

describe('parseQuantity', () => {
  test.each([
    ['1.28 GHz', '1.28', 'GHz'],
    ['100ns', '100', 'ns'],
    ['13', '13', ''],
    ['  .5 us ', '0.5', 'us'],
    ['2.50 ms', '2.5', 'ms'],
    ['1e3 ps', '1000', 'ps'],
    ['1.5e-3 s', '0.0015', 's'],
    ['-7 ns', '-7', 'ns'],
    ['3 µs', '3', 'us'],
  ])('%s is %s of %s', (text, number, unit) => {
    const quantity = parseQuantity(text)!;
    expect(formatDecimal(quantity.number)).toBe(number);
    expect(quantity.unit).toBe(unit);
  });

  test.each(['', 'ns', '1.2.3 ns', '1,2 ns', '0x10 ns', '1 n s', '.', '1e999999999 ns', '1'.repeat(41)])(
    '%j is no quantity',
    (text) => {
      expect(parseQuantity(text)).toBeNull();
    },
  );
});

describe('a time in whole cycles', () => {
  test.each([
    ['100 ns', '1.28 GHz', 128, '128'],
    // Whole numbers of cycles, although the product of the doubles lies above them.
    ['25 ns', '2.2 GHz', 55, '55'],
    ['37.5 ns', '1.28 GHz', 48, '48'],
    ['10.24 ns', '1.2 GHz', 13, '12.288'],
    ['10.24 ns', '1.28 GHz', 14, '13.1072'],
    ['5 ns', '1.2 GHz', 6, '6'],
    ['5 ns', '1.28 GHz', 7, '6.4'],
    ['1 ps', '1 GHz', 1, '0.001'],
    ['0 ns', '1 GHz', 0, '0'],
    ['1 s', '1 GHz', 1_000_000_000, '1000000000'],
    ['0.1 us', '1.28 GHz', 128, '128'],
    ['100000 ps', '1280 MHz', 128, '128'],
    ['1 ms', '3 kHz', 3, '3'],
    ['1 ms', '500 Hz', 1, '0.5'],
  ])('%s at %s is %i cycles (%s)', (time, frequency, cycles, exact) => {
    expect(cyclesOf(time, frequency)).toEqual({ cycles, exact });
  });

  test('a plain number is a number of cycles', () => {
    expect(cyclesOf(13, '1.2 GHz')).toEqual({ cycles: 13 });
  });

  test('n periods of a clock of 1.25 GHz (0.8 ns) are n cycles, and a femtosecond more is n + 1', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1_000_000_000 }), (n) => {
        const tenthsOfNs = BigInt(n) * 8n;
        const time = `${tenthsOfNs / 10n}.${tenthsOfNs % 10n}`;
        expect(cyclesOf(`${time} ns`, '1.25 GHz').cycles).toBe(n);
        expect(cyclesOf(`${time}00001 ns`, '1.25 GHz').cycles).toBe(n + 1);
      }),
      SEED,
    );
  });

  test('rounding up lies between the exact value and one more', () => {
    const decimal = fc.record({ coefficient: fc.bigInt(0n, 10n ** 12n), exponent: fc.integer({ min: -15, max: 6 }) });
    fc.assert(
      fc.property(decimal, decimal, (a, b) => {
        const product = multiply(a, b);
        // Compared as integers of 10^-30.
        const scaled = product.coefficient * 10n ** BigInt(product.exponent + 30);
        const up = ceiling(product) * 10n ** 30n;
        expect(up >= scaled && up < scaled + 10n ** 30n).toBe(true);
      }),
      SEED,
    );
  });

  test('wrong units are refused with the accepted ones', () => {
    expect(parseDuration('100 GHz', clock('1 GHz'))).toMatchObject({
      allowed: expect.stringContaining('s, ms, us, ns, ps'),
    });
    expect(parseDuration('100 NS', clock('1 GHz'))).toMatchObject({ hint: 'did you mean `ns`?' });
    expect(parseDuration('5 nsec', clock('1 GHz'))).toMatchObject({ hint: 'did you mean `ns`?' });
    expect(parseDuration('13', clock('1 GHz'))).toMatchObject({ hint: expect.stringContaining('without quotes') });
    expect(isFault(parseDuration(true, clock('1 GHz')))).toBe(true);
    expect(isFault(parseDuration('soon', clock('1 GHz')))).toBe(true);
  });
});

describe('parseFrequency', () => {
  test('gives hertz exactly and gigahertz as the nearest double', () => {
    expect(parseFrequency('1.28 GHz')).toMatchObject({ gigahertz: 1.28 });
    expect(parseFrequency('1280 MHz')).toMatchObject({ gigahertz: 1.28 });
    expect(formatDecimal(clock('1.28 GHz'))).toBe('1280000000');
  });

  test('a number without a unit is refused and told to name one', () => {
    expect(parseFrequency(1.28)).toMatchObject({ hint: 'add the unit: "1.28 GHz"?' });
    expect(parseFrequency('1.28')).toMatchObject({ hint: 'add the unit: "1.28 GHz"?' });
    expect(parseFrequency('1.28 ghz')).toMatchObject({ hint: 'did you mean `GHz`?' });
    expect(parseFrequency('10 ns')).toMatchObject({ allowed: expect.stringContaining('Hz, kHz, MHz, GHz') });
  });
});
