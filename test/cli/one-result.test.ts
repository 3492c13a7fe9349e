import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { beforeAll, describe, expect, test } from 'vitest';
import { folderWith, ousim, start } from './ousim.js';

const LENET = ['run', '--model', 'lenet5-mnist', '--preset', 'ou-baseline'];
const TRACE = ['--trace', 'perfetto,csv', '--trace-window', '0:500'];
const OVERVIEW = ['cycles-by-layer', 'floor-plan', 'stage-timeline'];
/** Files of a user, some with names like those of ousim. */
const FOREIGN = {
  'notes.txt': 'mine',
  'trace.txt': 'mine',
  'charts/mine.png': 'mine',
  'charts/mine.csv': 'mine',
  // Without a picture beside it no chart of ousim.
  'charts/cycles-if-ideal.csv': 'mine',
};

const filesIn = (folder: string): string[] =>
  (readdirSync(folder, { recursive: true }) as string[]).filter((file) => statSync(join(folder, file)).isFile()).sort();
const pairs = (names: readonly string[]): string[] =>
  names.flatMap((name) => [`charts/${name}.csv`, `charts/${name}.png`]);

let reported: string;

beforeAll(async () => {
  const folder = folderWith();
  expect(await ousim([...LENET, '--out', folder, ...TRACE])).toMatchObject({ code: 0, stderr: '' });
  expect(await ousim(['report', folder])).toMatchObject({ code: 0, stderr: '' });
  for (const [name, content] of Object.entries(FOREIGN)) writeFileSync(join(folder, name), content);
  const files = filesIn(folder);
  for (const file of ['index.html', 'trace.csv', ...pairs(['timeline', 'energy', ...OVERVIEW])]) {
    expect(files).toContain(file);
  }
  reported = folder;
}, 120_000);

/** A folder with a traced run, its page and charts, and files of a user. */
function reportedFolder(): string {
  const folder = folderWith();
  cpSync(reported, folder, { recursive: true });
  return folder;
}

const expectForeign = (folder: string) => {
  for (const [name, content] of Object.entries(FOREIGN)) expect(readFileSync(join(folder, name), 'utf8')).toBe(content);
};

describe('a folder shows one result', () => {
  test.concurrent('a run without a trace leaves nothing of the run before but foreign files', async () => {
    const folder = reportedFolder();
    expect(await ousim([...LENET, '--out', folder])).toMatchObject({ code: 0, stderr: '' });
    expect(filesIn(folder)).toEqual(
      ['result.json', 'run-info.json', ...pairs(OVERVIEW), ...Object.keys(FOREIGN)].sort(),
    );
    expectForeign(folder);
  });

  test.concurrent('--no-charts leaves no charts of the run before; traces of the same format are replaced', async () => {
    const folder = reportedFolder();
    const before = readFileSync(join(folder, 'trace.perfetto.json'), 'utf8');
    const args = [...LENET, '--out', folder, '--no-charts', '--trace', 'perfetto', '--trace-window', '0:100'];
    expect(await ousim(args)).toMatchObject({ code: 0, stderr: '' });
    expect(filesIn(folder)).toEqual(
      ['result.json', 'run-info.json', 'trace.perfetto.json', ...Object.keys(FOREIGN)].sort(),
    );
    expect(readFileSync(join(folder, 'trace.perfetto.json'), 'utf8')).not.toBe(before);
  });

  test.concurrent('nothing is removed before the new result is whole', async () => {
    const folder = reportedFolder();
    const before = filesIn(folder).map((file) => [file, readFileSync(join(folder, file), 'base64')]);
    const long = ['run', '--model', 'lenet5-mnist', '--images', '50', '--granularity', 'sampled', '--out', folder];
    const run = start([...long, '--trace', 'perfetto', '--trace-window', '0:5000']);
    const partial = join(folder, `.trace.perfetto.json.${run.process.pid}.partial`);
    let ended = false;
    void run.ended.then(() => {
      ended = true;
    });
    while (!ended && !((statSync(partial, { throwIfNoEntry: false })?.size ?? 0) > 0)) await sleep(20);
    expect(ended, 'the run ended before it could be interrupted').toBe(false);
    run.process.kill('SIGTERM');
    expect(await run.ended).toMatchObject({ code: 130 });
    expect(filesIn(folder).map((file) => [file, readFileSync(join(folder, file), 'base64')])).toEqual(before);
  });

  test.concurrent('a page of another program, and files in a folder without a result of ousim, stay', async () => {
    const folder = folderWith({ 'index.html': '<!doctype html><p>mine</p>', 'trace.csv': 'mine' });
    mkdirSync(join(folder, 'charts'));
    const mine = { 'charts/energy.png': 'mine', 'charts/energy.csv': 'mine' };
    for (const [name, content] of Object.entries(mine)) writeFileSync(join(folder, name), content);
    const run = ['run', 'examples/first-crossbar.yaml', '--out', folder];
    expect(await ousim(run)).toMatchObject({ code: 0, stderr: '' });
    for (const name of ['index.html', 'trace.csv', ...Object.keys(mine)]) {
      expect(readFileSync(join(folder, name), 'utf8'), name).toContain('mine');
    }
    expect(await ousim(run)).toMatchObject({ code: 0, stderr: '' });
    expect(readFileSync(join(folder, 'index.html'), 'utf8')).toContain('mine');
  });

  test.concurrent('a page made anew has no charts of what it does not show any more', async () => {
    const folder = reportedFolder();
    const other = folderWith();
    expect(await ousim(['run', 'examples/first-crossbar.yaml', '--out', other])).toMatchObject({ code: 0 });
    // Of another result in the folder's place of the page: nothing of the first stays, not even what its run drew.
    expect(await ousim(['report', other, '--out', join(folder, 'index.html')])).toMatchObject({ code: 0, stderr: '' });
    const charts = readdirSync(join(folder, 'charts'));
    for (const gone of ['timeline.png', 'floor-plan.png', 'cycles-by-layer.csv']) expect(charts).not.toContain(gone);
    expect(charts).toContain('energy.png');
    expectForeign(folder);
    // Back to its own: all its charts but those that only its run draws.
    expect(await ousim(['report', folder])).toMatchObject({ code: 0, stderr: '' });
    expect(existsSync(join(folder, 'charts', 'timeline.png'))).toBe(true);
    expect(existsSync(join(folder, 'charts', 'floor-plan.png'))).toBe(false);
  });

  test.concurrent('a comparison of fewer systems leaves no charts and no page of the one before', async () => {
    const folder = folderWith();
    const compare = ['compare', '--out', folder, '--models', 'lenet5-mnist', 'isaac-ou', 'bwq'];
    expect(await ousim([...compare, 'sre'])).toMatchObject({ code: 0 });
    expect(await ousim(['report', folder])).toMatchObject({ code: 0, stderr: '' });
    expect(filesIn(folder)).toContain('charts/waterfall-sre.png');
    expect(await ousim(compare)).toMatchObject({ code: 0 });
    expect(filesIn(folder)).toEqual(
      [
        ...['compare.json', 'compare.md', 'run-info.json'],
        ...pairs(['comparison-accuracy', 'comparison-adc', 'comparison-ratios', 'comparison-storage']),
        ...pairs(['waterfall', 'waterfall-bwq']),
      ].sort(),
    );
  });
});
