import type { MappingProblem } from '../mapping-error.js';

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
      if (!keys.includes(key)) this.report(`${path}.${key}`, key, keys.join(' | '), 'remove the key');
    }
    for (const key of keys) {
      if (!Object.hasOwn(value, key)) this.report(`${path}.${key}`, undefined, 'a value', 'add the key');
    }
    return value as Readonly<Record<string, unknown>>;
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

const SHOWN_CHARACTERS = 60;

function shown(value: unknown): string | number {
  if (typeof value === 'number') return value;
  const text = value === undefined ? 'nothing' : JSON.stringify(value);
  return text.length <= SHOWN_CHARACTERS ? text : `${text.slice(0, SHOWN_CHARACTERS)}...`;
}
