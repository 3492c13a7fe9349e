import { existsSync, mkdirSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';

/**
 * Creates a folder and the folders above it where they are missing.
 *
 * Level by level, because `mkdirSync` with `recursive` never returns where the file system answers ENOENT to the making
 * of a folder whose parent exists, as /proc does.
 *
 * @throws the file system's error where a folder cannot be made
 */
export function createFolder(folder: string): void {
  const path = resolve(folder);
  if (existsSync(path)) return;
  createFolder(dirname(path));
  try {
    mkdirSync(path);
  } catch (error) {
    // Another process may have made it meanwhile.
    if (!statSync(path, { throwIfNoEntry: false })?.isDirectory()) throw error;
  }
}
