import { existsSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { UsedFolder } from './terminal.js';

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
