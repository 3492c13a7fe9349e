import type { Failure } from './failure.js';
import type { Work } from './job.js';

/** What a helping thread is told. */
export interface HelperTask {
  readonly work: Work;
  readonly jobs: number;
  /** Of the `JobQueue` that all threads take jobs from. */
  readonly queue: SharedArrayBuffer;
  readonly showsProgress: boolean;
}

/** What it tells: how far a job is, what came of it, or why nothing did. */
export type HelperMessage = { readonly job: number } & (
  | { readonly progress: readonly [done: number, total: number, next: string] }
  | { readonly result: unknown }
  | { readonly failure: Failure }
);
