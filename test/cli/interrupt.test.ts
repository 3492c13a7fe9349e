import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { folderWith, ousim, type Ran, start } from './ousim.js';

/** Linux and macOS give no process such a number. */
const NO_PROCESS = 99_999_999;
const PARTIAL_TRACE = /^\.trace\.perfetto\.json\.\d+\.partial$/;

/** Starts a traced run of many seconds, waits until it has written a part of the trace, and sends the signal. */
async function interrupted(folder: string, signal: NodeJS.Signals): Promise<Ran> {
  const args = ['run', '--model', 'lenet5-mnist', '--images', '50', '--granularity', 'sampled', '--out', folder];
  const run = start([...args, '--trace', 'perfetto', '--trace-window', '0:5000']);
  const partial = join(folder, `.trace.perfetto.json.${run.process.pid}.partial`);
  let ended = false;
  void run.ended.then(() => {
    ended = true;
  });
  while (!ended && !((statSync(partial, { throwIfNoEntry: false })?.size ?? 0) > 0)) await sleep(20);
  expect(ended, 'the run ended before it could be interrupted').toBe(false);
  run.process.kill(signal);
  return run.ended;
}

const traced = (folder: string) =>
  ousim(['run', 'examples/first-crossbar.yaml', '--out', folder, '--trace', 'perfetto']);

test.concurrent('Ctrl-C in a new folder leaves nothing in it', async () => {
  const folder = join(folderWith(), 'new');
  expect(await interrupted(folder, 'SIGINT')).toEqual({ code: 130, stdout: '', stderr: 'interrupted\n' });
  expect(readdirSync(folder)).toEqual([]);
});

test.concurrent('a run that is killed leaves no result; the next one clears what it left and succeeds', async () => {
  const folder = folderWith({ 'notes.partial': 'not of ousim' });
  expect(await interrupted(folder, 'SIGKILL')).toEqual({ code: null, stdout: '', stderr: '' });
  expect(readdirSync(folder).sort()).toEqual([expect.stringMatching(PARTIAL_TRACE), 'notes.partial']);
  // As a kill while the result was written would have left it.
  writeFileSync(join(folder, `.result.json.${NO_PROCESS}.partial`), '{"schemaVersion": 1, "cyc');

  expect(await ousim(['run', 'examples/first-crossbar.yaml', '--out', folder])).toMatchObject({ code: 0, stderr: '' });
  expect(readdirSync(folder).sort()).toEqual(['notes.partial', 'result.json', 'run-info.json']);
  expect(JSON.parse(readFileSync(join(folder, 'result.json'), 'utf8'))).toMatchObject({ schemaVersion: 2, windows: 2 });
});

test.concurrent('what another process is writing into the same folder stays', async () => {
  // That of these tests, which is at work.
  const other = `.trace.csv.${process.pid}.partial`;
  const folder = folderWith({ [other]: 'kind,', [`.trace.csv.${NO_PROCESS}.partial`]: 'kind,' });
  expect(await ousim(['run', 'examples/first-crossbar.yaml', '--out', folder])).toMatchObject({ code: 0, stderr: '' });
  expect(readdirSync(folder).sort()).toEqual([other, 'result.json', 'run-info.json']);
});

test.concurrent('older results outlive interrupted runs, unchanged, and are replaced by the next whole run', async () => {
  const folder = folderWith();
  const files = ['result.json', 'run-info.json', 'trace.perfetto.json'];
  const contents = () => files.map((file) => readFileSync(join(folder, file), 'utf8'));
  expect(await traced(folder)).toMatchObject({ code: 0, stderr: '' });
  const before = contents();
  expect(readdirSync(folder).sort()).toEqual(files);

  expect(await interrupted(folder, 'SIGTERM')).toMatchObject({ code: 130 });
  expect(contents()).toEqual(before);
  expect(readdirSync(folder).sort()).toEqual(files);

  expect(await interrupted(folder, 'SIGKILL')).toMatchObject({ code: null });
  expect(contents()).toEqual(before);

  expect(await traced(folder)).toMatchObject({ code: 0, stderr: '' });
  expect(readdirSync(folder).sort()).toEqual(files);
  const [result, , trace] = contents();
  expect(result).toBe(before[0]);
  expect(trace).toBe(before[2]);
});

test.concurrent('Ctrl-C ends all threads of a comparison, which leaves nothing', async () => {
  // The command removes what a killed run left when all is checked, before it starts threads.
  const left = `.compare.json.${NO_PROCESS}.partial`;
  const folder = folderWith({ [left]: '' });
  const task = ['compare', '--models', 'vgg10m-cifar10', '--images', '100', '--workers', '3', '--out', folder];
  const run = start(task);
  while (existsSync(join(folder, left))) await sleep(20);
  await sleep(1000);
  run.process.kill('SIGINT');
  expect(await run.ended).toEqual({ code: 130, stdout: '', stderr: 'interrupted\n' });
  expect(readdirSync(folder)).toEqual([]);
});
