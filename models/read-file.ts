import { readFileSync } from 'node:fs';
import { FileFormatError } from './file-format-error.js';

/**
 * The bytes of the file at `path`.
 *
 * @param expected what the file should be, for the message: "a safetensors file"
 * @throws FileFormatError if there is no such file, it is a directory, or it cannot be read
 */
export function readFile(path: string, expected: string): Uint8Array {
  try {
    return readFileSync(path);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') {
      throw new FileFormatError(path, 'no such file', `expected ${expected}; check the path`);
    }
    if (code === 'EISDIR') {
      throw new FileFormatError(path, 'is a directory', `expected ${expected}; name a file inside it`);
    }
    if (code === 'EACCES' || code === 'EPERM') {
      throw new FileFormatError(
        path,
        'permission to read it is denied',
        `expected ${expected}; check its access rights`,
      );
    }
    throw new FileFormatError(path, `cannot be read: ${message}`, `expected ${expected}`);
  }
}
