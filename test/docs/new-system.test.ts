import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { blocksOf, ROOT } from './markdown.js';

// The two files of the how-to are put into a copy of the sources, nothing else is changed, and the system must be there.

// The benchmarks run the naive machine of the tests as well.
const CODE = ['sim', 'components', 'mapping', 'models', 'scenarios', 'reports', 'cli', 'bench', join('test', 'naive')];
const SOURCES = [...CODE, 'package.json'];
const BLOCKS = blocksOf(join('docs', 'how-to.md'));

describe('the system of the how-to', () => {
  let folder: string;
  const ousim = (args: readonly string[]): string =>
    execFileSync(process.execPath, [join(folder, 'dist', 'cli', 'main.js'), ...args], {
      encoding: 'utf8',
      cwd: folder,
    });

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'ousim-new-system-'));
    for (const name of [...SOURCES, 'tsconfig.json', 'tsconfig.build.json']) {
      cpSync(join(ROOT, name), join(folder, name), { recursive: true });
    }
    symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
    for (const { language, text } of BLOCKS) {
      if (language !== 'ts') continue;
      const file = join(folder, /^\/\/ (\S+\.ts)\n/.exec(text)![1]!);
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, text);
    }
    execFileSync(join(ROOT, 'node_modules', '.bin', 'tsc'), ['-p', 'tsconfig.build.json'], { cwd: folder });
  }, 120_000);

  afterAll(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  const commands = BLOCKS.filter(({ language }) => language === 'console')
    .flatMap(({ text }) => text.trim().split('\n'))
    .filter((line) => line.includes('zero-rows'));

  test('is explained, runs and is compared, as the page says', () => {
    expect(commands.length).toBeGreaterThanOrEqual(3);
    for (const command of commands) {
      const [npx, name, ...args] = command.split(' ');
      expect([npx, name]).toEqual(['npx', 'ousim']);
      expect(ousim(args)).toContain('zero-rows');
    }
  });

  test('is a row of the comparison that reads less than the same machine without pruning', () => {
    const { networks } = JSON.parse(ousim(['compare', 'zero-rows', '--baseline', 'ou-baseline', '--json']));
    const [system, dense] = ['zero-rows', 'ou-baseline'].map((name) =>
      networks[0].runs.find((run: { system: string }) => run.system === name),
    );
    expect(system.work.rowCompressed).toBeLessThan(system.work.uncompressed);
    expect(system.ouOperations).toBeLessThan(dense.ouOperations);
    const { calibration, accuracyBudget_percent } = system.calibration;
    expect(calibration.scheme).toBeGreaterThanOrEqual(
      calibration.float - (accuracyBudget_percent / 100) * calibration.images,
    );
  });
});
