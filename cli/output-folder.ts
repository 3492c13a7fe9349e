import {
  accessSync,
  closeSync,
  constants,
  existsSync,
  openSync,
  readdirSync,
  readSync,
  rmSync,
  statSync,
} from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { removeEarlierCharts } from '../reports/charts/chart-files.js';
import { PAGE_GENERATOR } from '../reports/page/page.js';
import { type Problem, ScenarioError, shown } from '../scenarios/problem.js';
import { RESULT_FILE, RUN_INFO_FILE } from '../sim/results/write.js';
import { TRACE_FORMATS } from '../sim/trace/formats.js';
import type { Session, UsedFolder } from './terminal.js';

export const CHARTS_FOLDER = 'charts';
export const PAGE_FILE = 'index.html';

const TRACE_FILES = Object.values(TRACE_FORMATS).map(({ file }) => file);
const ALLOWED = 'a folder that can be written, or a new one inside such a folder';

/**
 * What keeps results from being written into `folder`; found before any work is done. Creates nothing.
 *
 * @returns problems where the folder, or the nearest parent that exists, is no writable folder, and where a folder
 * stands in the place of a file
 */
export function outputFolderProblems(
  folder: string,
  files: readonly string[] = [RESULT_FILE, RUN_INFO_FILE, ...TRACE_FILES],
): Problem[] {
  const problem = (hint: string): Problem[] => [{ path: '--out', value: shown(folder), allowed: ALLOWED, hint }];
  if (folder === '') return problem('for instance --out out/first');
  try {
    let existing = resolve(folder);
    while (isMissing(existing) && dirname(existing) !== existing) existing = dirname(existing);
    if (!statSync(existing).isDirectory()) return problem(`${existing} is a file`);
    accessSync(existing, constants.W_OK | constants.X_OK);
    return files
      .map((file) => join(folder, file))
      .filter((file) => statSync(file, { throwIfNoEntry: false })?.isDirectory())
      .flatMap((file) => problem(`${file} is a folder; a file of this name is to be written`));
  } catch (error) {
    return problem((error as Error).message);
  }
}

/** @throws ScenarioError with what `outputFolderProblems` finds */
export function checkOutputFolder(folder: string): void {
  const problems = outputFolderProblems(folder);
  if (problems.length > 0) throw new ScenarioError(problems, 'command line');
}

/** Not `existsSync`, to which a name that is too long or may not be looked at is missing too. */
function isMissing(path: string): boolean {
  try {
    return statSync(path, { throwIfNoEntry: false }) === undefined;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOTDIR') return true;
    throw error;
  }
}

/**
 * To be called before anything is written into `folder`: clears it, and the levels of folders in it that the command
 * writes into as well, of what a killed run left half-written.
 */
export function prepareOutputFolder(folder: string, session: Session, levels = 2): void {
  const uses = { folder: resolve(folder), levels };
  session.usesFolder(uses);
  removePartialFiles(uses);
}

/** The names that results, charts and traces have until they are whole; other programs' files stay. */
const PARTIAL_FILE = /^\..+\.\d+\.partial$/;

/** Removes what a killed run left half-written. */
export function removePartialFiles({ folder, levels }: UsedFolder): void {
  if (!existsSync(folder)) return;
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isFile() && PARTIAL_FILE.test(entry.name)) rmSync(path, { force: true });
    if (entry.isDirectory() && levels > 0) removePartialFiles({ folder: path, levels: levels - 1 });
  }
}

/**
 * Removes from `folder` the report page and the charts of an earlier result, so that the folder shows one result; other
 * files stay. To be called when the new result is whole.
 *
 * @param charts the pictures of the new result, as paths that begin with the folder's
 */
export function removeEarlierPictures(folder: string, charts: readonly string[]): void {
  const page = join(folder, PAGE_FILE);
  if (isReportPage(page)) rmSync(page, { force: true });
  removeEarlierCharts(join(folder, CHARTS_FOLDER), charts);
}

/** Removes from `folder` the traces of an earlier run, in the formats in which the new run, which is whole, wrote none. */
export function removeEarlierTraces(folder: string, written: readonly string[]): void {
  for (const trace of TRACE_FILES.map((file) => join(folder, file))) {
    if (!written.includes(trace) && statSync(trace, { throwIfNoEntry: false })?.isFile())
      rmSync(trace, { force: true });
  }
}

/** Bytes at the beginning of a page, in which its generator stands. */
const HEAD_BYTES = 1024;

/** True of a page that `ousim report` has made; pages of other programs and older versions do not say so. */
function isReportPage(file: string): boolean {
  if (!statSync(file, { throwIfNoEntry: false })?.isFile()) return false;
  const head = Buffer.alloc(HEAD_BYTES);
  const descriptor = openSync(file, 'r');
  try {
    const length = readSync(descriptor, head, 0, HEAD_BYTES, 0);
    return head.toString('utf8', 0, length).includes(`<meta name="generator" content="${PAGE_GENERATOR}">`);
  } finally {
    closeSync(descriptor);
  }
}
