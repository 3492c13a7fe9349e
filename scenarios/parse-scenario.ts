import { LineCounter, parseDocument } from 'yaml';
import { isSection, type Section } from './findings.js';
import { type Problem, ScenarioError, shown } from './problem.js';

/** One mistake in YAML can cause many errors; so many are shown. */
const ERRORS_SHOWN = 10;

/** A scenario as it was written, not yet checked. */
export type RawScenario = Section;

/**
 * Reads the text of a scenario file: YAML, of which JSON is a part.
 *
 * @param fileName how messages call the file
 * @throws ScenarioError with the position of every syntax error and every key that stands twice
 */
export function parseScenario(text: string, fileName: string): RawScenario {
  const lines = new LineCounter();
  const document = parseDocument(text, {
    lineCounter: lines,
    prettyErrors: false,
    resolveKnownTags: false,
    logLevel: 'error',
  });
  const textLines = text.split(/\r?\n/);
  const errors = [...document.errors, ...document.warnings];
  const problems: Problem[] = errors.slice(0, ERRORS_SHOWN).map(({ code, message, pos }) => {
    const { line, col } = lines.linePos(pos[0]);
    const path = `${fileName}:${line}:${col}`;
    const value = shown((textLines[line - 1] ?? '').trim());
    return code === 'DUPLICATE_KEY'
      ? { path, value, allowed: 'every key once', hint: 'the same key stands above; remove one of the two' }
      : { path, value, allowed: 'YAML or JSON', hint: message };
  });
  if (errors.length > ERRORS_SHOWN) {
    const value = `${errors.length - ERRORS_SHOWN} more errors`;
    problems.push({ path: fileName, value, allowed: 'YAML or JSON', hint: 'mend the first and try again' });
  }
  if (problems.length > 0) throw new ScenarioError(problems, fileName);

  let value: unknown;
  try {
    value = document.toJS();
  } catch (error) {
    // An alias without its anchor, or aliases that multiply beyond measure.
    const hint = (error as Error).message;
    throw new ScenarioError([{ path: fileName, value: 'aliases', allowed: 'YAML or JSON', hint }], fileName);
  }
  if (!isSection(value)) {
    const allowed = 'a map with the keys scope, machine, mapping, execution and workload';
    throw new ScenarioError([{ path: fileName, value: shown(value), allowed }], fileName);
  }
  return value;
}
