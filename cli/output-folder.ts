import { accessSync, constants, existsSync, readdirSync, rmSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import type { Problem } from '../scenarios/problem.js';
import type { Session } from './terminal.js';

/** A path that cannot be used. */
export class PathError extends Error {
  override readonly name = 'PathError';
  constructor(readonly problem: Problem) {
    super(`${problem.path}: ${problem.value}; allowed: ${problem.allowed}`);
  }
}

/**
 * Checks, before any work is done, that results can be written into `folder`. Creates nothing.
 *
 * @throws PathError where the folder, or the nearest parent that exists, is no writable folder
 */
export function checkOutputFolder(folder: string, option = '--out'): void {
  let existing = resolve(folder);
  while (!existsSync(existing) && dirname(existing) !== existing) existing = dirname(existing);
  const allowed = 'a folder that can be written, or a new one inside such a folder';
  if (!statSync(existing).isDirectory()) {
    throw new PathError({ path: option, value: folder, allowed, hint: `${existing} is a file` });
  }
  try {
    accessSync(existing, constants.W_OK);
  } catch {
    throw new PathError({ path: option, value: folder, allowed, hint: `${existing} cannot be written by this user` });
  }
}

/** To be called before anything is written into `folder`: clears it of what a killed run left half-written. */
export function prepareOutputFolder(folder: string, session: Session): void {
  session.usesFolder(resolve(folder));
  removePartialFiles(folder);
}

/** Removes what a killed run left half-written in `folder` and the folders in it. */
export function removePartialFiles(folder: string): void {
  if (!existsSync(folder)) return;
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    if (entry.isFile() && entry.name.endsWith('.partial')) rmSync(join(entry.parentPath, entry.name), { force: true });
  }
}
