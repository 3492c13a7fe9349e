import { existsSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { UsedFolder } from './terminal.js';

/** The names that results, charts and traces have until they are whole; other programs' files stay. */
const PARTIAL_FILE = /^\..+\.(\d+)\.partial$/;

/** Removes what this process or a killed one left half-written; another that still works keeps its files. */
export function removePartialFiles({ folder, levels }: UsedFolder): void {
  if (!existsSync(folder)) return;
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    const writer = entry.isFile() ? PARTIAL_FILE.exec(entry.name)?.[1] : undefined;
    if (writer !== undefined && !isOtherAtWork(Number(writer))) rmSync(path, { force: true });
    if (entry.isDirectory() && levels > 0) removePartialFiles({ folder: path, levels: levels - 1 });
  }
}

/** Whether a process with this number runs, other than this one. */
function isOtherAtWork(pid: number): boolean {
  if (pid === process.pid) return false;
  try {
    // Signal 0 is not sent; it only asks.
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
