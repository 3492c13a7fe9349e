import type { Parameter } from '../components/declaration.js';
import { listed, nearestName } from './problem.js';
import {
  type Decimal,
  isFault,
  parseDuration,
  parseQuantity,
  type QuantityFault,
  TIME_UNIT_NAMES,
} from './quantities.js';

/** The value of a parameter, with the cycles before rounding up where it was given as a time. */
export interface ParameterValue {
  readonly value: number | string;
  readonly exactCycles?: string;
}

/**
 * Reads what was given for a parameter, as its declaration demands.
 *
 * @param clock_Hz the root clock; null where it is not known, then a time gives NaN
 */
export function readParameter(
  parameter: Parameter,
  given: unknown,
  clock_Hz: Decimal | null,
): ParameterValue | QuantityFault {
  const allowed = allowedValues(parameter);
  if (parameter.type === 'choice') {
    if (typeof given === 'string' && parameter.choices.includes(given)) return { value: given };
    const nearest = typeof given === 'string' ? nearestName(given, parameter.choices) : undefined;
    return nearest === undefined ? { allowed } : { allowed, hint: `did you mean \`${nearest}\`?` };
  }

  let value = given;
  let exactCycles: string | undefined;
  if (parameter.unit === 'cycle') {
    const duration = parseDuration(given, clock_Hz);
    if (isFault(duration)) return { ...duration, allowed };
    value = duration.cycles;
    exactCycles = duration.exact;
    if (clock_Hz === null && typeof given === 'string') return { value: Number.NaN };
  }
  if (typeof value !== 'number') return { allowed, ...plainNumberHint(given) };
  const whole = parameter.type === 'number' || Number.isInteger(value);
  if (!Number.isFinite(value) || !whole || value < parameter.min || value > parameter.max) {
    return exactCycles === undefined
      ? { allowed }
      : { allowed, hint: `${String(given)} is ${exactCycles} cycles here` };
  }
  return exactCycles === undefined ? { value } : { value, exactCycles };
}

/** What a parameter takes, in words: "a whole number from 1 to 24 (bit)". */
export function allowedValues(parameter: Parameter): string {
  if (parameter.type === 'choice') return listed(parameter.choices);
  const { type, unit, min, max } = parameter;
  const range = `from ${min} to ${max}`;
  if (unit === 'cycle')
    return `a whole number of cycles ${range}, or a time with its unit (${TIME_UNIT_NAMES.join(', ')})`;
  const kind = type === 'integer' ? 'a whole number' : 'a number';
  return unit === '1' ? `${kind} ${range}` : `${kind} ${range} (${unit})`;
}

function plainNumberHint(given: unknown): { hint?: string } {
  if (typeof given !== 'string' || parseQuantity(given) === null) return {};
  return { hint: 'a plain number, without quotes and without a unit' };
}
