import { COMPARISON_SCHEMA_VERSION, type Comparison } from './comparison.js';
import { isObject, ResultFileError, readJson } from './read.js';

/**
 * Reads a `compare.json`.
 * @throws ResultFileError where the file cannot be read, is no JSON, is of another schema version or lacks a list.
 */
export function readComparison(file: string): Comparison {
  const value = readJson(file);
  const version = isObject(value) ? value['schemaVersion'] : undefined;
  if (!isObject(value) || version !== COMPARISON_SCHEMA_VERSION) {
    throw new ResultFileError(
      file,
      [`schemaVersion: got ${JSON.stringify(version) ?? 'nothing'}; allowed is ${COMPARISON_SCHEMA_VERSION}`],
      { kind: 'comparison' },
    );
  }
  const problems = ['systems', 'networks', 'overrides']
    .filter((key) => !Array.isArray(value[key]))
    .map((key) => `${key}: got ${typeof value[key]}; allowed is array`);
  if (typeof value['baseline'] !== 'string')
    problems.push(`baseline: got ${typeof value['baseline']}; allowed is string`);
  if (problems.length > 0) throw new ResultFileError(file, problems, { kind: 'comparison' });
  return value as unknown as Comparison;
}
