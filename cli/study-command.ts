import { join } from 'node:path';
import { writeChart } from '../reports/charts/chart.js';
import { studyChart } from '../reports/charts/study-chart.js';
import { colours, wantsColours } from '../reports/colours.js';
import { studyMarkdown } from '../reports/studies/study-markdown.js';
import { studyText } from '../reports/studies/study-text.js';
import { type Problem, ScenarioError, shown, unknownName } from '../scenarios/problem.js';
import { studyResult } from '../scenarios/run-study.js';
import { findStudy, STUDIES, STUDY_NAMES } from '../scenarios/studies.js';
import type { Study, StudyTask } from '../scenarios/study.js';
import { createFolder } from '../sim/results/create-folder.js';
import type { StudyResult } from '../sim/results/study.js';
import { valueToJson, writeFileAtomically } from '../sim/results/write.js';
import { hangingRow } from './hanging-row.js';
import { studyJobs } from './job.js';
import { allOf } from './mistakes.js';
import { DEFAULT_STUDY_MODEL } from './option-values.js';
import { outputFolderProblems, prepareOutputFolder } from './output-folder.js';
import { runJobs } from './run-jobs.js';
import type { Session } from './terminal.js';
import { workersOf, workersProblems } from './workers.js';

export interface StudyCommandOptions {
  readonly model?: string;
  readonly set?: readonly string[];
  readonly workers?: string;
  readonly out?: string;
  readonly json?: boolean;
}

const STUDY_FILE = 'study.json';
const STUDY_REPORT_FILE = 'study.md';

/** `ousim study`: a sweep that a paper shows, by name; without a name, the studies that there are. */
export async function studyCommand(
  name: string | undefined,
  options: StudyCommandOptions,
  session: Session,
): Promise<void> {
  const task: StudyTask = {
    model: options.model ?? DEFAULT_STUDY_MODEL,
    overrides: options.set ?? [],
    baseDir: process.cwd(),
  };
  const study = name === undefined ? undefined : findStudy(name);
  const [, points] = allOf(
    () => checkOptions(name, options),
    () => study?.points(task) ?? [],
  );
  if (study === undefined) {
    listStudies(options, session);
    return;
  }
  if (options.out !== undefined) prepareOutputFolder(options.out, session, 0);

  const jobs = studyJobs(study.measure, points);
  const work = { kind: 'study', study: study.name, task } as const;
  const figures = await runJobs({ jobs, work, workers: workersOf(options.workers) }, session);
  const result = studyResult(study, task, points, figures);

  const written = options.out === undefined ? [] : writeStudy(options.out, result);
  if (options.json) {
    process.stdout.write(valueToJson(result, 'study'));
    return;
  }
  const colour = wantsColours({ isTTY: session.stdoutIsTerminal }, process.env);
  const text = studyText(result, { width: session.columns, colour }).trimEnd();
  const files =
    written.length === 0
      ? 'nothing written: name a folder with --out to keep the study'
      : ['written, the numbers of each chart in a .csv beside it:', ...written.map((path) => `  ${path}`)].join('\n');
  process.stdout.write(`${text}\n\n${files}\n`);
}

function writeStudy(folder: string, result: StudyResult): string[] {
  const json = valueToJson(result, 'study');
  createFolder(folder);
  const charts = result.plots.map((plot) => writeChart(folder, plot.name, studyChart(result, plot)).png);
  const files = { report: join(folder, STUDY_REPORT_FILE), study: join(folder, STUDY_FILE) };
  writeFileAtomically(files.report, studyMarkdown(result));
  writeFileAtomically(files.study, json);
  return [files.study, files.report, ...charts];
}

/** @throws ScenarioError with everything that is wrong with the options, apart from those that reach into scenarios */
function checkOptions(name: string | undefined, options: StudyCommandOptions): void {
  const problems: Problem[] = [];
  if (name !== undefined && findStudy(name) === undefined) problems.push(unknownName('study', name, STUDY_NAMES));
  if (name === undefined) {
    const { json: _, ...ofStudies } = options;
    for (const [option, value] of Object.entries(ofStudies)) {
      const allowed = 'only with the name of a study';
      problems.push({ path: `--${option}`, value: shown(value), allowed, hint: `ousim study ${STUDY_NAMES[0]}` });
    }
  } else {
    problems.push(...workersProblems(options.workers));
    if (options.out !== undefined) {
      problems.push(...outputFolderProblems(options.out, [STUDY_FILE, STUDY_REPORT_FILE]));
    }
  }
  if (problems.length > 0) throw new ScenarioError(problems, 'command line');
}

function listStudies({ json }: StudyCommandOptions, session: Session): void {
  if (json) {
    const entries = STUDIES.map(({ name, title, doc, source }) => ({ name, title, doc, source }));
    process.stdout.write(`${JSON.stringify(entries, null, 2)}\n`);
    return;
  }
  const paint = colours(wantsColours({ isTTY: session.stdoutIsTerminal }, process.env));
  const row = ({ name, doc, source }: Study) =>
    hangingRow([[`  ${name}`, 20]], `${doc} Source: ${source}.`, session.columns);
  process.stdout.write(`${[paint.heading('studies'), ...STUDIES.map(row)].join('\n')}\n`);
}
