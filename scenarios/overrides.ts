import { parse } from 'yaml';
import { type Findings, isSection, type Section } from './findings.js';
import { shown } from './problem.js';

/** A value that the command line sets: `machine.adc.perPool=4`. */
export interface Override {
  readonly path: string;
  readonly value: unknown;
}

/** Reads `path=value`; the value is YAML, so numbers, words and "100 ns" mean what they mean in a scenario. */
export function parseOverride(text: string, findings: Findings): Override | null {
  const equals = text.indexOf('=');
  const path = text.slice(0, Math.max(equals, 0)).trim();
  const report = (): null => {
    findings.report({
      path: '--set',
      value: shown(text),
      allowed: 'path=value',
      hint: 'for example machine.adc.perPool=4',
    });
    return null;
  };
  if (path === '' || path.split('.').includes('')) return report();
  try {
    return { path, value: parse(text.slice(equals + 1), { logLevel: 'error', resolveKnownTags: false }) };
  } catch {
    return report();
  }
}

/**
 * The raw scenario with the override's value in its place; neither is changed. A value that stands where the path needs
 * a section stays, for the validation to report.
 */
export function applyOverride(raw: Section, { path, value }: Override): Section {
  return withValue(raw, path.split('.'), value);
}

function withValue(section: Section, [key, ...rest]: readonly string[], value: unknown): Section {
  if (key === undefined) return section;
  const present = Object.hasOwn(section, key) ? section[key] : undefined;
  let inner = value;
  if (rest.length > 0) {
    if (present !== undefined && present !== null && !isSection(present)) return section;
    inner = withValue(isSection(present) ? present : {}, rest, value);
  }
  // Through entries, because a key such as __proto__ must become a key, and be reported.
  return Object.fromEntries([...Object.entries(section).filter(([name]) => name !== key), [key, inner]]);
}
