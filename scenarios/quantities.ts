/**
 * Quantities with a unit, as scenarios write them ("1.28 GHz", "100 ns"), in exact decimal arithmetic: 25 ns at 2.2 GHz
 * are 55 cycles, where a product of doubles is 55.00000000000001 and would be rounded up to 56.
 */

/** coefficient x 10^exponent. */
export interface Decimal {
  readonly coefficient: bigint;
  readonly exponent: number;
}

export interface Quantity {
  readonly number: Decimal;
  /** As written; empty for a bare number. */
  readonly unit: string;
}

/** Why a value is not the quantity asked for. */
export interface QuantityFault {
  readonly allowed: string;
  readonly hint?: string;
}

const TIME_UNITS: Readonly<Record<string, number>> = { s: 0, ms: -3, us: -6, ns: -9, ps: -12 };
export const TIME_UNIT_NAMES: readonly string[] = Object.keys(TIME_UNITS);
const FREQUENCY_UNITS: Readonly<Record<string, number>> = { Hz: 0, kHz: 3, MHz: 6, GHz: 9 };

const QUANTITY = /^\s*([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d{1,2}))?\s*([A-Za-zµμ]*)\s*$/;
/** Longer numbers are not quantities that anyone measures; the bound keeps the arithmetic small. */
const MOST_DIGITS = 40;

/** Reads "1.28 GHz", "100ns" or "13"; null where the text is no number with an optional unit. */
export function parseQuantity(text: string): Quantity | null {
  const match = QUANTITY.exec(text);
  if (match === null) return null;
  const [, sign, whole = '', fraction = '', exponent = '0', unit = ''] = match;
  const digits = whole + fraction;
  if (digits.length === 0 || digits.length > MOST_DIGITS) return null;
  const magnitude = BigInt(digits);
  return {
    number: { coefficient: sign === '-' ? -magnitude : magnitude, exponent: Number(exponent) - fraction.length },
    unit: unit.replace(/^[µμ]/, 'u'),
  };
}

export function multiply(a: Decimal, b: Decimal): Decimal {
  return { coefficient: a.coefficient * b.coefficient, exponent: a.exponent + b.exponent };
}

/** The smallest whole number that is not below `value`. */
export function ceiling(value: Decimal): bigint {
  if (value.exponent >= 0) return value.coefficient * 10n ** BigInt(value.exponent);
  const divisor = 10n ** BigInt(-value.exponent);
  const quotient = value.coefficient / divisor; // truncates towards zero
  return value.coefficient > 0n && value.coefficient % divisor !== 0n ? quotient + 1n : quotient;
}

/** Every digit, without an exponent: "12.288". */
export function formatDecimal(value: Decimal): string {
  const negative = value.coefficient < 0n;
  const magnitude = negative ? -value.coefficient : value.coefficient;
  let text: string;
  if (value.exponent >= 0) {
    text = String(magnitude * 10n ** BigInt(value.exponent));
  } else {
    const digits = String(magnitude).padStart(1 - value.exponent, '0');
    const whole = digits.slice(0, value.exponent);
    const fraction = digits.slice(value.exponent).replace(/0+$/, '');
    text = fraction === '' ? whole : `${whole}.${fraction}`;
  }
  return negative && magnitude !== 0n ? `-${text}` : text;
}

/** The nearest double. */
function toNumber(value: Decimal): number {
  return Number(`${value.coefficient}e${value.exponent}`);
}

/** A frequency; plain numbers are refused, because they do not say their unit. */
export function parseFrequency(value: unknown): { hertz: Decimal; gigahertz: number } | QuantityFault {
  const units = Object.keys(FREQUENCY_UNITS);
  const allowed = `a frequency with its unit (${units.join(', ')}), such as "1.2 GHz"`;
  if (typeof value === 'number') return { allowed, hint: `add the unit: "${value} GHz"?` };
  const quantity = typeof value === 'string' ? parseQuantity(value) : null;
  if (quantity === null) return { allowed };
  if (quantity.unit === '') return { allowed, hint: `add the unit: "${String(value).trim()} GHz"?` };
  const exponent = exponentOf(FREQUENCY_UNITS, quantity.unit);
  if (exponent === undefined) return { allowed, ...unitHint(quantity.unit, units) };
  const hertz = scale(quantity.number, exponent);
  return { hertz, gigahertz: toNumber(scale(hertz, -9)) };
}

/** A duration in whole cycles. `exact` is there where the duration was given as a time: the cycles before rounding up. */
export interface Duration {
  readonly cycles: number;
  readonly exact?: string;
}

/**
 * A duration: a number of cycles, or a time that is rounded up to whole cycles of the clock. Whether a number of cycles
 * is whole and in range is for the caller to check. `clock_Hz` null: the clock is unknown; only the unit is checked and
 * a time gives NaN cycles.
 */
export function parseDuration(value: unknown, clock_Hz: Decimal | null): Duration | QuantityFault {
  const units = TIME_UNIT_NAMES;
  const allowed = `a whole number of cycles, or a time with its unit (${units.join(', ')}), such as "100 ns"`;
  if (typeof value === 'number') return { cycles: value };
  const quantity = typeof value === 'string' ? parseQuantity(value) : null;
  if (quantity === null) return { allowed };
  if (quantity.unit === '') {
    const bare = String(value).trim();
    return { allowed, hint: `${bare} without quotes for cycles, or with a unit: "${bare} ns"` };
  }
  const exponent = exponentOf(TIME_UNITS, quantity.unit);
  if (exponent === undefined) return { allowed, ...unitHint(quantity.unit, units) };
  if (clock_Hz === null) return { cycles: Number.NaN };
  const exact = multiply(scale(quantity.number, exponent), clock_Hz);
  return { cycles: Number(ceiling(exact)), exact: formatDecimal(exact) };
}

export function isFault(parsed: object): parsed is QuantityFault {
  return 'allowed' in parsed;
}

function exponentOf(units: Readonly<Record<string, number>>, unit: string): number | undefined {
  return Object.hasOwn(units, unit) ? units[unit] : undefined;
}

function scale(value: Decimal, powerOfTen: number): Decimal {
  return { coefficient: value.coefficient, exponent: value.exponent + powerOfTen };
}

/** The unit that was meant by a wrong one: `GHZ` by its letters, `nsec` by its beginning. */
function unitHint(unit: string, units: readonly string[]): { hint: string } {
  const given = unit.toLowerCase();
  const meant =
    units.find((known) => known.toLowerCase() === given) ??
    units.find((known) => given.startsWith(known.toLowerCase()));
  if (meant !== undefined) return { hint: `did you mean \`${meant}\`?` };
  return { hint: `\`${unit}\` is not one of the units ${units.join(', ')}` };
}
