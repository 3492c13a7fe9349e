import { join } from 'node:path';
import type { Comparison } from './comparison.js';
import { createFolder } from './create-folder.js';
import { RUN_INFO_FILE, type RunInfo, replaceFiles, valueToJson } from './write.js';

export const COMPARISON_FILE = 'compare.json';
export const COMPARISON_REPORT_FILE = 'compare.md';

/** The order of the top-level keys. */
const TOP_LEVEL_ORDER = Object.keys({
  schemaVersion: 0,
  baseline: 0,
  freeOverheads: 0,
  overrides: 0,
  systems: 0,
  networks: 0,
} satisfies Record<keyof Comparison, 0>);

/**
 * Writes `compare.json`, its report `compare.md` and `run-info.json` into `dir`, which is created where it is missing;
 * atomically, as `writeResult` does, `compare.json` last. Equal comparisons give equal bytes.
 *
 * @returns the files' paths.
 * @throws ResultValueError, with nothing written, where a number is not finite or a value is none of JSON's.
 */
export function writeComparison(
  dir: string,
  { comparison, report, runInfo }: { comparison: Comparison; report: string; runInfo: RunInfo },
): { comparison: string; report: string; runInfo: string } {
  const files = {
    comparison: join(dir, COMPARISON_FILE),
    report: join(dir, COMPARISON_REPORT_FILE),
    runInfo: join(dir, RUN_INFO_FILE),
  };
  const json = comparisonToJson(comparison);
  const runInfoJson = valueToJson(runInfo, 'runInfo');
  createFolder(dir);
  replaceFiles([
    { file: files.runInfo, data: runInfoJson },
    { file: files.report, data: report },
    { file: files.comparison, data: json },
  ]);
  return files;
}

/**
 * The bytes of `compare.json`, by the conventions of `result.json`.
 * @throws ResultValueError where a number is not finite or a value is none of JSON's.
 */
export function comparisonToJson(comparison: Comparison): string {
  return valueToJson(comparison, 'comparison', TOP_LEVEL_ORDER);
}
