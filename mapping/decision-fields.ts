import type { MappingProblem } from './mapping-error.js';
import { nearestName } from './nearest-name.js';

/** Collects what is wrong with a decision, which may come from a file that somebody else wrote. */
export class DecisionFields {
  readonly problems: MappingProblem[] = [];
  private unlisted = 0;

  /** @param listed problems reported one by one; those beyond are counted */
  constructor(private readonly listed = 20) {}

  report(path: string, value: unknown, allowed: string, hint: string): void {
    if (this.problems.length < this.listed) this.problems.push({ path, value: shown(value), allowed, hint });
    else this.unlisted++;
  }

  /** An object with exactly these keys; null, and reported, where it is something else. */
  object(path: string, value: unknown, keys: readonly string[]): Readonly<Record<string, unknown>> | null {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      this.report(path, value, `an object with the keys ${keys.join(', ')}`, 'one decision for each layer');
      return null;
    }
    for (const key of Object.keys(value)) {
      if (keys.includes(key)) continue;
      const meant = nearestName(key, keys);
      const hint = meant === undefined ? 'remove the key' : `did you mean \`${meant}\`?`;
      this.report(`${path}.${key}`, key, keys.join(' | '), hint);
    }
    for (const key of keys) {
      if (!Object.hasOwn(value, key)) this.report(`${path}.${key}`, undefined, 'a value', 'add the key');
    }
    return value as Readonly<Record<string, unknown>>;
  }

  /** Reports anything but a number min .. max. A field that is missing is reported by `object`. */
  number(path: string, value: unknown, min: number, max: number, hint: string): void {
    if (value === undefined || (typeof value === 'number' && value >= min && value <= max)) return;
    this.report(path, value, `a number ${min} .. ${max}`, hint);
  }

  /** Reports anything but a whole number min .. max. A field that is missing is reported by `object`. */
  integer(path: string, value: unknown, min: number, max: number, hint: string): void {
    if (value === undefined || (Number.isInteger(value) && (value as number) >= min && (value as number) <= max))
      return;
    this.report(path, value, `integer ${min} .. ${max}`, hint);
  }

  /** A whole number min .. max, or null; anything else is reported and gives null too. */
  integerOrNull(path: string, value: unknown, min: number, max: number, hint: string): number | null {
    if (value === null || value === undefined) return null;
    if (typeof value === 'number' && Number.isInteger(value) && value >= min && value <= max) return value;
    this.report(path, value, `integer ${min} .. ${max}, or null`, hint);
    return null;
  }

  /** Every problem; the last one counts those that are not listed. */
  all(): MappingProblem[] {
    if (this.unlisted === 0) return this.problems;
    const value = `${this.unlisted} further problems`;
    const hint = `the first ${this.listed} are listed one by one`;
    return [...this.problems, { path: 'decision', value, allowed: 'none', hint }];
  }
}

/**
 * Everything wrong with a decision that has to be an object with exactly these keys.
 *
 * @param decision anything: it may come from a file
 * @param check of the fields that are there; a missing one is undefined
 */
export function fieldProblems(
  decision: unknown,
  keys: readonly string[],
  check: (fields: DecisionFields, given: Readonly<Record<string, unknown>>) => void,
): MappingProblem[] {
  const fields = new DecisionFields();
  const given = fields.object('decision', decision, keys);
  if (given !== null) check(fields, given);
  return fields.all();
}

/** Everything wrong with the decision of a scheme that decides nothing: it is null. */
export function emptyDecisionProblems(decision: unknown): MappingProblem[] {
  if (decision === null) return [];
  const hint = 'the scheme decides nothing about a layer';
  return [{ path: 'decision', value: shown(decision), allowed: 'null', hint }];
}

const SHOWN_CHARACTERS = 60;

function shown(value: unknown): string | number {
  if (typeof value === 'number') return value;
  const text = value === undefined ? 'nothing' : JSON.stringify(value);
  return text.length <= SHOWN_CHARACTERS ? text : `${text.slice(0, SHOWN_CHARACTERS)}...`;
}
