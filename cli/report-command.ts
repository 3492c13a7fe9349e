import { statSync } from 'node:fs';
import { dirname, join, parse, resolve } from 'node:path';
import { OVERVIEW_CHARTS, removeEarlierCharts } from '../reports/charts/chart-files.js';
import { writePageCharts } from '../reports/charts/page-charts.js';
import { plural } from '../reports/format.js';
import { distinctNames, reportPage } from '../reports/page/page.js';
import { holdsResult, readSaved, type SavedComparison, type SavedRun } from '../reports/page/saved-run.js';
import { type Problem, ScenarioError, shown } from '../scenarios/problem.js';
import { createFolder } from '../sim/results/create-folder.js';
import { ResultFileError } from '../sim/results/read.js';
import { RESULT_FILE, writeFileAtomically } from '../sim/results/write.js';
import { COMPARISON_FILE } from '../sim/results/write-comparison.js';
import { TraceError } from '../sim/trace/trace-error.js';
import { CHARTS_FOLDER, PAGE_FILE } from './earlier-files.js';
import { outputFolderProblems } from './output-folder.js';
import { readTraceViews } from './read-trace-view.js';

export interface ReportCommandOptions {
  readonly out?: string;
  readonly charts: boolean;
}

const HOLDS_RESULT = `a folder with ${RESULT_FILE} or ${COMPARISON_FILE}, as ousim run --out and ousim compare --out write it`;

/** `ousim report`: makes one page of what the folders hold, and its charts as files. */
export function reportCommand(folders: readonly string[], { out, charts }: ReportCommandOptions): void {
  const problems: Problem[] = [];
  if (out === undefined && folders.length > 1) {
    problems.push({
      path: '--out',
      value: 'nothing',
      allowed: 'the file of the page, where it is made of several folders',
      hint: 'for instance --out out/differences.html',
    });
  }
  const file = out ?? join(folders[0]!, PAGE_FILE);
  if (out !== undefined) problems.push(...outProblems(out));
  const chartsFolder = chartsFolderOf(file);
  if (charts) problems.push(...outputFolderProblems(chartsFolder, []));
  const saved = folders.flatMap((folder) => readOrProblem(folder, folders.length, problems));
  if (problems.length > 0) throw new ScenarioError(problems, 'command line');
  const page = reportPage(saved);
  createFolder(dirname(file));
  writeFileAtomically(file, page);
  process.stdout.write(`written: ${file} (${(Buffer.byteLength(page) / 1e6).toFixed(2)} MB); open it in a browser\n`);
  if (!charts) return;
  const written = writePageCharts(chartsFolder, saved, distinctNames(saved.filter((one) => one.kind === 'run')));
  // Those that the run wrote show the same result, if the page is of the folder that it stands in.
  const isOwn = folders.length === 1 && resolve(dirname(file)) === resolve(folders[0]!);
  removeEarlierCharts(chartsFolder, written, isOwn ? OVERVIEW_CHARTS : []);
  process.stdout.write(
    `written: ${chartsFolder}, ${plural(written.length, 'chart')} as PNG with the numbers of each as CSV\n`,
  );
}

/** Folder of a page's charts: `charts` beside an `index.html`, `first-charts` beside a `first.html`, so that pages can share a folder. */
function chartsFolderOf(file: string): string {
  const { dir, base, name } = parse(file);
  return join(dir, base === PAGE_FILE ? CHARTS_FOLDER : `${name}-${CHARTS_FOLDER}`);
}

function outProblems(out: string): Problem[] {
  if (out === '') return outputFolderProblems(out);
  if (statSync(out, { throwIfNoEntry: false })?.isDirectory()) {
    const hint = `for instance --out ${join(out, PAGE_FILE)}`;
    return [{ path: '--out', value: shown(out), allowed: 'the name of a file', hint }];
  }
  const folderProblems = outputFolderProblems(dirname(out), []);
  if (/\.html?$/i.test(out)) return folderProblems;
  const { dir, name } = parse(out);
  const hint = `for instance --out ${join(dir, `${name}.html`)}`;
  const allowed = 'the name of a file that ends in .html or .htm, by which a browser knows a page';
  return [{ path: '--out', value: shown(out), allowed, hint }, ...folderProblems];
}

/** What a folder holds; what is wrong with it is added to the problems. */
function readOrProblem(folder: string, folders: number, problems: Problem[]): (SavedRun | SavedComparison)[] {
  if (!holdsResult(folder)) {
    problems.push({ path: 'folder', value: shown(folder), allowed: HOLDS_RESULT });
    return [];
  }
  try {
    return [readSaved(folder, folders, readTraceViews)];
  } catch (error) {
    if (!(error instanceof ResultFileError || error instanceof TraceError)) throw error;
    problems.push({ path: 'folder', value: error.message, allowed: HOLDS_RESULT, hint: 'run the scenario again' });
    return [];
  }
}
