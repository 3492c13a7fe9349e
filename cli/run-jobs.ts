import { setImmediate as nextTurn } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { JobFailure } from './failure.js';
import type { Job, Work } from './job.js';
import type { HelperMessage, HelperTask } from './job-protocol.js';
import { JobQueue } from './job-queue.js';
import { Progress } from './progress.js';
import type { Session } from './terminal.js';

export interface JobsTask<T> {
  readonly jobs: readonly Job<T>[];
  /** The same jobs, for other threads. */
  readonly work: Work;
  /** Threads that run jobs, this one among them. */
  readonly workers: number;
}

/**
 * Runs jobs in this thread and in helping threads, each of which takes the next job as soon as it is free. What comes out does
 * not depend on the number of threads.
 *
 * @returns results in the order of the jobs
 * @throws the error of the first job that fails; jobs that have not begun by then are not run
 */
export async function runJobs<T>({ jobs, work, workers }: JobsTask<T>, session: Session): Promise<T[]> {
  const queue = new JobQueue(jobs.length);
  const results = new Array<T>(jobs.length);
  const errors = new Map<number, unknown>();
  let progress = new Progress(false, '');
  let shown = -1;
  const show = (job: number): Progress => {
    if (job === shown) return progress;
    progress.end();
    shown = job;
    progress = new Progress(session.stderrIsTerminal, `${job + 1}/${jobs.length} ${jobs[job]!.title}`);
    return progress;
  };
  const fail = (job: number, error: unknown): void => {
    errors.set(job, error);
    queue.close();
  };
  let waiting = false;
  const hear = (message: HelperMessage): void => {
    if ('failure' in message) fail(message.job, new JobFailure(message.failure));
    else if ('result' in message) results[message.job] = message.result as T;
    else if (waiting) show(message.job).update(...message.progress);
  };

  const task: HelperTask = { work, jobs: jobs.length, queue: queue.memory, showsProgress: session.stderrIsTerminal };
  // An error that no job names, such as the end of memory, comes after those that jobs do.
  const helpers = Array.from({ length: Math.min(workers, jobs.length) - 1 }, (_, helper) =>
    helping(task, hear, (error) => fail(jobs.length + helper, error)),
  );
  try {
    for (let job = queue.take(); job !== null; job = queue.take()) {
      show(job).update(0, 1, 'network');
      try {
        results[job] = jobs[job]!.run({ progress: progress.update });
      } catch (error) {
        fail(job, error);
      }
      await nextTurn();
    }
    waiting = true;
    await Promise.all(helpers);
  } finally {
    progress.end();
  }
  if (errors.size > 0) throw errors.get(Math.min(...errors.keys()));
  return results;
}

/** Starts a helping thread; resolves when it has ended. */
function helping(
  workerData: HelperTask,
  hear: (message: HelperMessage) => void,
  fail: (error: Error) => void,
): Promise<void> {
  const helper = new Worker(new URL('./job-worker.js', import.meta.url), { workerData });
  helper.on('message', hear);
  helper.on('error', fail);
  return new Promise((ended) => helper.on('exit', () => ended()));
}
