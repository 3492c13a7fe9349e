import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { folderWith, ousim } from './ousim.js';

const folder = folderWith();

const calibrate = (out: string) => ousim(['calibrate', '--preset', 'sre', '--model', 'lenet5-mnist', '--out', out]);

test('a folder that does not exist is made', async () => {
  const out = join(folder, 'new', 'folder', 'sre.json');
  const { code, stdout } = await calibrate(out);
  expect(code).toBe(0);
  expect(stdout).toContain(`written: ${out}`);
  expect(JSON.parse(readFileSync(out, 'utf8'))).toMatchObject({ scheme: 'sre', model: 'lenet5-mnist' });
});

test('a file in the place of the folder is a mistake, found before the work', async () => {
  const file = join(folder, 'file');
  writeFileSync(file, 'not a folder');
  const { code, stderr } = await calibrate(join(file, 'sre.json'));
  expect(code).toBe(2);
  expect(stderr).toContain('--out');
  expect(stderr).toContain('is a file');
});

test('decisions go into .json files', async () => {
  const out = join(folder, 'sre.yaml');
  const { code, stderr } = await calibrate(out);
  expect(code).toBe(2);
  expect(stderr).toContain('the name of a .json file');
  expect(existsSync(out)).toBe(false);
});
