import { parentPort, workerData } from 'node:worker_threads';
import { failureOf } from './failure.js';
import { jobsOf } from './job.js';
import type { HelperMessage, HelperTask } from './job-protocol.js';
import { JobQueue } from './job-queue.js';
import { REDRAW_MILLISECONDS } from './progress.js';

/** A helping thread of `runJobs`: takes jobs until none is left. */
const tell = (message: HelperMessage): void => parentPort!.postMessage(message);
const { work, jobs: count, queue: memory, showsProgress } = workerData as HelperTask;
const queue = new JobQueue(count, memory);
const jobs = jobsOf(work);
let lastTold = 0;

for (let job = queue.take(); job !== null; job = queue.take()) {
  try {
    tell({ job, result: jobs[job]!.run(showsProgress ? { progress: progressOf(job) } : {}) });
  } catch (error) {
    queue.close();
    tell({ job, failure: failureOf(error) });
  }
}

function progressOf(job: number) {
  return (done: number, total: number, next: string): void => {
    const now = Date.now();
    if (now - lastTold < REDRAW_MILLISECONDS) return;
    lastTold = now;
    tell({ job, progress: [done, total, next] });
  };
}
