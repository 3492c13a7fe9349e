import { expect, test } from 'vitest';
import { type Job, jobsOf } from '../../cli/job.js';
import { JobQueue } from '../../cli/job-queue.js';
import { runJobs } from '../../cli/run-jobs.js';
import { findStudy } from '../../scenarios/studies.js';
import { QUIET_SESSION } from './quiet-session.js';

const TASK = { model: 'lenet5-mnist', overrides: [], baseDir: '.' };
const WORK = { kind: 'study', study: 'adc-sweep', task: TASK } as const;

test('results stand in the order of the jobs; the first error ends the work', async () => {
  const begun: number[] = [];
  const job = (number: number): Job<number> => ({
    title: String(number),
    run: () => {
      begun.push(number);
      if (number === 2) throw new RangeError('2');
      return number * number;
    },
  });
  const run = (numbers: number[]) => runJobs({ jobs: numbers.map(job), work: WORK, workers: 1 }, QUIET_SESSION);
  expect(await run([5, 3, 4])).toEqual([25, 9, 16]);
  expect(await run([])).toEqual([]);
  begun.length = 0;
  await expect(run([1, 2, 3])).rejects.toThrow(new RangeError('2'));
  expect(begun).toEqual([1, 2]);
});

test('a queue hands out each job once to all that share it, and none once it is closed', () => {
  const queue = new JobQueue(4);
  const same = new JobQueue(4, queue.memory);
  expect([queue.take(), same.take(), queue.take()]).toEqual([0, 1, 2]);
  same.close();
  expect(queue.take()).toBeNull();
});

test('another thread makes the same jobs of the work, in the same order', () => {
  const names = findStudy('adc-sweep')!
    .points(TASK)
    .map(({ name }) => name);
  expect(jobsOf(WORK).map(({ title }) => title)).toEqual(names);
  const { model: _, ...common } = { ...TASK, baseline: 'sre', models: ['a', 'b'], images: 1, freeOverheads: false };
  const comparison = { kind: 'comparison', task: common, systems: ['sre', 'bwq'] } as const;
  expect(jobsOf(comparison).map(({ title }) => title)).toEqual(['sre on a', 'bwq on a', 'sre on b', 'bwq on b']);
});
