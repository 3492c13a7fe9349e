import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { Mistakes } from '../../../cli/mistakes.js';
import { type StudyCommandOptions, studyCommand } from '../../../cli/study-command.js';
import { STUDIES } from '../../../scenarios/studies.js';
import type { StudyResult } from '../../../sim/results/study.js';
import { QUIET_SESSION } from '../../cli/quiet-session.js';

const folder = mkdtempSync(join(tmpdir(), 'ousim-study-'));
let printed = '';
beforeEach(() => {
  printed = '';
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
    printed += String(text);
    return true;
  });
});
afterAll(() => {
  vi.restoreAllMocks();
  rmSync(folder, { recursive: true, force: true });
});

async function mistakesOf(name: string | undefined, options: StudyCommandOptions): Promise<string[]> {
  try {
    await studyCommand(name, options, QUIET_SESSION);
  } catch (error) {
    if (error instanceof Mistakes) return error.errors.flatMap(({ problems }) => problems.map(({ path }) => path));
    throw error;
  }
  return [];
}

test('without a name it lists the studies', async () => {
  await studyCommand(undefined, {}, QUIET_SESSION);
  for (const { name } of STUDIES) expect(printed).toContain(`\n  ${name} `);
  expect(Math.max(...printed.split('\n').map((line) => line.length))).toBeLessThanOrEqual(100);
  printed = '';
  await studyCommand(undefined, { json: true }, QUIET_SESSION);
  expect(JSON.parse(printed).map(({ name }: { name: string }) => name)).toEqual(STUDIES.map(({ name }) => name));
});

test('a study prints its table, and writes itself and its charts', async () => {
  const out = join(folder, 'out');
  // Other threads run compiled files only.
  await studyCommand('adc-sweep', { out, workers: '1' }, QUIET_SESSION);
  expect(readdirSync(out).sort()).toEqual(['adc-sweep.csv', 'adc-sweep.png', 'study.json', 'study.md']);
  const written = readFileSync(join(out, 'study.json'), 'utf8');
  const study = JSON.parse(written) as StudyResult;
  expect(study).toMatchObject({ schemaVersion: 2, study: 'adc-sweep', model: 'lenet5-mnist', overrides: [] });
  expect(study.rows.map(({ values }) => values['perPool'])).toEqual([1, 2, 4, 8]);
  for (const { scenarioHash } of study.rows) expect(scenarioHash).toMatch(/^[0-9a-f]{64}$/);
  expect(printed).toContain(join(out, 'study.md'));
  // More ADCs never make a layer slower that has all else the same.
  const cycles = study.rows.map(({ values }) => values['cycles'] as number);
  expect([...cycles].sort((a, b) => b - a)).toEqual(cycles);
  printed = '';
  await studyCommand('adc-sweep', { json: true, workers: '1' }, QUIET_SESSION);
  expect(printed).toBe(written);
});

describe('mistakes are found before any work, all at once', () => {
  test.each<[string, string | undefined, StudyCommandOptions, string[]]>([
    ['a name that is none', 'ou-sise', {}, ['study']],
    ['options without a name', undefined, { model: 'x', out: 'y' }, ['--model', '--out']],
    ['a folder that cannot be', 'adc-sweep', { out: join(folder, 'x\0') }, ['--out']],
    ['no workers', 'adc-sweep', { workers: '0' }, ['--workers']],
    ['an unknown model', 'adc-sweep', { model: 'lenet' }, ['workload.model']],
    ['the folder and a value', 'adc-sweep', { out: '', set: ['machine.adc.bits=900'] }, ['--out', 'machine.adc.bits']],
  ])('%s', async (_what, name, options, paths) => {
    expect(await mistakesOf(name, options)).toEqual(paths);
    expect(printed).toBe('');
    expect(existsSync('y')).toBe(false);
  });
});
