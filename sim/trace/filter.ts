import { TraceError } from './trace-error.js';

/** What a pattern may contain: the characters of instance paths, `*`, and commas between alternatives. */
const PATTERN = /^[A-Za-z0-9_.[\]*-]+(?:,[A-Za-z0-9_.[\]*-]+)*$/;

/**
 * Makes a test of instance paths from a pattern.
 *
 * `*` stands for any run of characters, dots and nothing included; every other character stands for itself, brackets
 * too. The pattern must match the whole path. Commas separate alternatives.
 *
 * - `Chip.Tile[0].Pe[1].Crossbar[3]`: this crossbar only
 * - `*.Crossbar[*]`: every crossbar
 * - `*.AdcPool[0]*`: pool 0 of every PE, and the ADCs inside it
 * - `*.Crossbar[0],*.AdcPool[0]*`: either of the two
 *
 * @throws TraceError where the pattern is empty or holds a character that no path has.
 */
export function pathFilter(pattern: string): (path: string) => boolean {
  if (!PATTERN.test(pattern)) {
    throw new TraceError(
      `trace filter: got ${JSON.stringify(pattern)}; allowed are letters, digits, "_", "-", ".", "[", "]", ` +
        '"*" for any run of characters, and "," between alternatives, for example "*.AdcPool[0]*"',
    );
  }
  const alternatives = pattern.split(',').map((alternative) => {
    const literals = alternative.split('*').map((literal) => literal.replace(/[.[\]-]/g, '\\$&'));
    return `(?:${literals.join('.*')})`;
  });
  const whole = new RegExp(`^(?:${alternatives.join('|')})$`);
  return (path) => whole.test(path);
}
