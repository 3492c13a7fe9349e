import { basename, isAbsolute } from 'node:path';

/** How a result names a file: as the scenario does, but never by where it stands on this machine. */
export function fileLabel(file: string): string {
  return isAbsolute(file) ? basename(file) : file;
}
