import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { studyText } from '../../../reports/studies/study-text.js';
import { STUDIES } from '../../../scenarios/studies.js';
import { STUDY_SCHEMA_VERSION, type StudyResult, type StudyUnit, type StudyValue } from '../../../sim/results/study.js';
import { ROOT } from '../../docs/markdown.js';

const COLUMNS = 100;
const TASK = { model: 'lenet5-mnist', overrides: [], baseDir: ROOT };

/** Values of each unit that take as many characters as one of them may. */
const WIDE: Readonly<Record<StudyUnit, StudyValue>> = {
  name: 'a_crossbar',
  count: 99_999,
  bit: 99_999,
  ratio: 99.99,
  share: 1,
  cycle: 9_999_999,
  ns: 999_999,
  pJ: 999_999,
  um2: 999_999,
};

const widest = (text: string): number => Math.max(...text.split('\n').map((line) => Array.from(line).length));

test.each(STUDIES)('$name: every line of its rows fits 100 columns', (study) => {
  const { name, title, doc, source, columns, plots, detail = false } = study;
  const rows = study.points(TASK).map(({ coordinates, scenario }) => ({
    scenarioHash: scenario.resolved.hash,
    values: Object.fromEntries(columns.map(({ key, unit }) => [key, coordinates[key] ?? WIDE[unit]])),
  }));
  const result: StudyResult = {
    ...{ schemaVersion: STUDY_SCHEMA_VERSION, study: name, title, doc, source, columns, rows, detail, plots },
    ...{ model: TASK.model, overrides: [], notes: [], tables: [] },
  };
  expect(widest(studyText(result, { width: COLUMNS, colour: false }))).toBeLessThanOrEqual(COLUMNS);
});

test.each(['adc-contention', 'pipeline-stalls'])('%s, with its tables, as it was run for its article', (name) => {
  const file = `${ROOT}/docs/pictures/studies/${name}/study.json`;
  const result = JSON.parse(readFileSync(file, 'utf8')) as StudyResult;
  expect(result.tables.length).toBeGreaterThan(0);
  const text = studyText(result, { width: COLUMNS, colour: false });
  expect(widest(text)).toBeLessThanOrEqual(COLUMNS);
  expect(widest(text)).toBeGreaterThan(90);
});
