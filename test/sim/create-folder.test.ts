import { existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createFolder } from '../../sim/results/create-folder.js';

describe('createFolder', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'ousim-test-'));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  it('makes all missing folders, and leaves what there is', () => {
    const deep = join(folder, 'a', 'b', 'c');
    createFolder(deep);
    expect(statSync(deep).isDirectory()).toBe(true);
    writeFileSync(join(deep, 'file'), 'kept');
    createFolder(deep);
    expect(existsSync(join(deep, 'file'))).toBe(true);
  });

  it('gives the error of a file system that makes no folders, and returns', ({ skip }) => {
    if (!existsSync('/proc/self')) return skip('no /proc here');
    expect(() => createFolder('/proc/ousim/out')).toThrow(/ENOENT|EACCES|EPERM/);
  });
});
