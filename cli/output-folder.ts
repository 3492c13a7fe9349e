import { accessSync, constants, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { type Problem, ScenarioError, shown } from '../scenarios/problem.js';
import { RESULT_FILE, RUN_INFO_FILE } from '../sim/results/write.js';
import { TRACE_FILES } from '../sim/trace/formats.js';
import { removePartialFiles } from './partial-files.js';
import type { Session } from './terminal.js';

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
