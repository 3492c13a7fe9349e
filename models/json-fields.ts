import { didYouMean, type Problem } from './problem.js';

/** Reads the typed fields of one JSON object. What does not fit becomes a problem, and the answer is then null. */
export class JsonFields {
  /** @param path where the object stands in the file, '' for the top level */
  constructor(
    private readonly object: Readonly<Record<string, unknown>>,
    private readonly path: string,
    private readonly problems: Problem[],
  ) {}

  has(key: string): boolean {
    return Object.hasOwn(this.object, key);
  }

  raw(key: string): unknown {
    return this.has(key) ? this.object[key] : undefined;
  }

  pathOf(key: string): string {
    return this.path === '' ? key : `${this.path}.${key}`;
  }

  /** @param value what stands there; left out: the value of the key */
  report(key: string, allowed: string, hint = '', value = this.raw(key)): null {
    this.problems.push({ path: this.pathOf(key), value, allowed, hint });
    return null;
  }

  /** Every key outside `allowed` is a problem. */
  onlyKeys(allowed: readonly string[]): void {
    for (const key of Object.keys(this.object)) {
      if (!allowed.includes(key)) this.report(key, `the keys ${allowed.join(', ')}`, didYouMean(key, allowed));
    }
  }

  text(key: string): string | null {
    const value = this.raw(key);
    return typeof value === 'string' && value !== '' ? value : this.report(key, 'a text that is not empty');
  }

  oneOf<T extends string>(key: string, choices: readonly T[]): T | null {
    const value = this.raw(key);
    if (choices.includes(value as T)) return value as T;
    return this.report(key, choices.join(', '), typeof value === 'string' ? didYouMean(value, choices) : '');
  }

  flag(key: string): boolean | null {
    const value = this.raw(key);
    return typeof value === 'boolean' ? value : this.report(key, 'true or false');
  }

  integer(key: string, min: number, max: number): number | null {
    const value = this.raw(key);
    if (Number.isSafeInteger(value) && (value as number) >= min && (value as number) <= max) return value as number;
    return this.report(key, `a whole number from ${min} to ${max}`);
  }

  number(key: string): number | null {
    const value = this.raw(key);
    return Number.isFinite(value) ? (value as number) : this.report(key, 'a finite number');
  }

  positiveNumber(key: string): number | null {
    const value = this.raw(key);
    return Number.isFinite(value) && (value as number) > 0
      ? (value as number)
      : this.report(key, 'a finite number above 0');
  }

  /** A whole number for each of `sides`: a list of them, each up to `maxInList`, or one up to `max` for all. */
  sides(key: string, sides: readonly string[], min: number, max: number, maxInList = max): number[] | null {
    const value = this.raw(key);
    const fits = (item: unknown, most: number) =>
      Number.isSafeInteger(item) && (item as number) >= min && (item as number) <= most;
    if (fits(value, max)) return sides.map(() => value as number);
    if (Array.isArray(value) && value.length === sides.length && value.every((item) => fits(item, maxInList))) {
      return value;
    }
    const list = `[${sides.join(', ')}] of whole numbers from ${min} to ${maxInList}`;
    return this.report(key, `a whole number from ${min} to ${max}, or ${list}`);
  }

  /** The object at `key`; its own keys are not checked (`onlyKeys`). */
  section(key: string, keys: readonly string[]): JsonFields | null {
    const value = this.raw(key);
    if (!isJsonObject(value)) return this.report(key, `an object with the keys ${keys.join(', ')}`);
    return new JsonFields(value, this.pathOf(key), this.problems);
  }

  /** A list of `length` items that all fit `fits`. */
  list(key: string, length: number, fits: (item: unknown) => boolean, allowed: string): number[] | null {
    const value = this.raw(key);
    if (Array.isArray(value) && value.length === length && value.every(fits)) return value;
    return this.report(key, `a list of ${length}: ${allowed}`);
  }
}

export function isJsonObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
