/** How numbers read in tables and charts. Spaces inside a number are narrow and do not break. */

const SPACE = '\u202f';
const PREFIXES = new Map([
  [-15, 'f'],
  [-12, 'p'],
  [-9, 'n'],
  [-6, 'µ'],
  [-3, 'm'],
  [0, ''],
  [3, 'k'],
  [6, 'M'],
  [9, 'G'],
  [12, 'T'],
  [15, 'P'],
]);
const SMALLEST_PREFIX = -15;
const LARGEST_PREFIX = 15;

/** What stands where there is no number. */
export const NONE = '–';

/** A whole number with its digits in groups of three: `1 234 567`. */
export function grouped(value: number): string {
  const digits = String(Math.abs(Math.round(value))).replace(/\B(?=(?:\d{3})+$)/g, SPACE);
  return value < 0 ? `-${digits}` : digits;
}

/** `digits` significant digits and an SI prefix: `12.3 µJ`, `4.57 M`. */
export function si(value: number, unit: string, digits = 3): string {
  if (value === 0) return unit === '' ? '0' : `0${SPACE}${unit}`;
  // Rounding first: 999.9 of something is 1.00 k of it.
  const rounded = Number(value.toPrecision(digits));
  const power = Math.floor(Math.log10(Math.abs(rounded)) / 3 + 1e-9) * 3;
  const exponent = Math.min(Math.max(power, SMALLEST_PREFIX), LARGEST_PREFIX);
  const scaled = (rounded / 10 ** exponent).toPrecision(digits);
  const suffix = `${PREFIXES.get(exponent)}${unit}`;
  return suffix === '' ? scaled : `${scaled}${SPACE}${suffix}`;
}

/** A count in at most six columns: exact below 100 000, three significant digits above. */
export function compact(count: number): string {
  return Math.abs(count) < 100_000 ? grouped(count) : si(count, '');
}

/** Cycles in at most nine columns: exact below ten million, four significant digits above. */
export function cycles(count: number): string {
  return Math.abs(count) < 10_000_000 ? grouped(count) : si(count, '', 4);
}

/** A mean number of cycles in at most six columns. */
export function meanCycles(mean: number): string {
  if (mean === 0) return '0';
  if (mean < 10) return mean.toFixed(2);
  return mean < 1000 ? mean.toFixed(1) : compact(mean);
}

/** A share from 0 to 1 in per cent, without the sign: `12.3`. */
export function percent(share: number): string {
  return (100 * share).toFixed(1);
}

export function energy(energy_pJ: number): string {
  return si(energy_pJ * 1e-12, 'J');
}

export function area(area_um2: number): string {
  return `${(area_um2 * 1e-6).toPrecision(3)}${SPACE}mm²`;
}

export function plural(count: number, one: string, many = `${one}s`): string {
  return `${grouped(count)} ${count === 1 ? one : many}`;
}

/**
 * `text` in at most `width` columns; what is cut out leaves an ellipsis. Both ends stay, twice as much of the latter, by which
 * names of layers differ.
 */
export function shortened(text: string, width: number): string {
  const letters = Array.from(text);
  if (letters.length <= width) return text;
  const tail = Math.floor(((width - 1) * 2) / 3);
  return `${letters.slice(0, width - 1 - tail).join('')}…${tail === 0 ? '' : letters.slice(-tail).join('')}`;
}
