import { statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { reportPage } from '../reports/page/page.js';
import { holdsResult, readSaved, type SavedComparison, type SavedRun } from '../reports/page/saved-run.js';
import { TraceFileError } from '../reports/page/trace-file.js';
import { type Problem, ScenarioError, shown } from '../scenarios/problem.js';
import { createFolder } from '../sim/results/create-folder.js';
import { ResultFileError } from '../sim/results/read.js';
import { RESULT_FILE, writeFileAtomically } from '../sim/results/write.js';
import { COMPARISON_FILE } from '../sim/results/write-comparison.js';
import { outputFolderProblems } from './output-folder.js';

export interface ReportCommandOptions {
  readonly out?: string;
}

const PAGE_FILE = 'index.html';
const HOLDS_RESULT = `a folder with ${RESULT_FILE} or ${COMPARISON_FILE}, as ousim run --out and ousim compare --out write it`;

/** `ousim report`: makes one page of what the folders hold. */
export function reportCommand(folders: readonly string[], { out }: ReportCommandOptions): void {
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
  const saved = folders.flatMap((folder) => readOrProblem(folder, folders.length, problems));
  if (problems.length > 0) throw new ScenarioError(problems, 'command line');
  const page = reportPage(saved);
  createFolder(dirname(file));
  writeFileAtomically(file, page);
  process.stdout.write(`written: ${file} (${(Buffer.byteLength(page) / 1e6).toFixed(2)} MB); open it in a browser\n`);
}

function outProblems(out: string): Problem[] {
  if (out === '') return outputFolderProblems(out);
  if (statSync(out, { throwIfNoEntry: false })?.isDirectory()) {
    const hint = `for instance --out ${join(out, PAGE_FILE)}`;
    return [{ path: '--out', value: shown(out), allowed: 'the name of a file', hint }];
  }
  return outputFolderProblems(dirname(out), []);
}

/** What a folder holds; what is wrong with it is added to the problems. */
function readOrProblem(folder: string, folders: number, problems: Problem[]): (SavedRun | SavedComparison)[] {
  if (!holdsResult(folder)) {
    problems.push({ path: 'folder', value: shown(folder), allowed: HOLDS_RESULT });
    return [];
  }
  try {
    return [readSaved(folder, folders)];
  } catch (error) {
    if (!(error instanceof ResultFileError || error instanceof TraceFileError)) throw error;
    problems.push({ path: 'folder', value: error.message, allowed: HOLDS_RESULT, hint: 'run the scenario again' });
    return [];
  }
}
